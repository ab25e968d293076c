//! What a decision costs: nanoseconds, and no allocation.

use atelier_domain::id::{AppId, GrantId, KeyId, UserId};
use atelier_domain::{
    AppRef, Caller, Conditions, Credential, Endpoint, Permit, Preset, Refusal, Rights, ScopeSet, Standing,
    Timestamp, decide,
};
use divan::{AllocProfiler, Bencher, black_box};
use uuid::Uuid;

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

const OWNER: UserId = UserId(Uuid::from_u128(1));
const PERSON: UserId = UserId(Uuid::from_u128(2));
const APP: AppRef = AppRef { id: AppId(Uuid::from_u128(3)), owner: OWNER };
const NOW: Timestamp = Timestamp::from_micros(1_000);
const SESSION: Caller = Caller { user: PERSON, credential: Credential::Session { proved_at: NOW } };

fn main() {
    divan::main();
}

fn holding(scopes: ScopeSet) -> Standing {
    let rights = Rights { ends_at: Some(Timestamp::from_micros(2_000)), ..Rights::of(scopes) };
    Standing::Collaborator { grant: GrantId(Uuid::from_u128(4)), rights }
}

fn ask(caller: &Caller, standing: &Standing) -> Result<Permit, Refusal> {
    decide(
        black_box(caller),
        black_box(APP),
        black_box(standing),
        black_box(Endpoint::PostAnnotations),
        black_box(Conditions::NONE),
        black_box(NOW),
    )
}

#[divan::bench]
fn an_owner(bencher: Bencher<'_, '_>) {
    let caller = Caller { user: OWNER, ..SESSION };
    bencher.bench(|| ask(&caller, &Standing::Owner));
}

#[divan::bench]
fn a_collaborator(bencher: Bencher<'_, '_>) {
    let standing = holding(Preset::Worker.scopes());
    bencher.bench(|| ask(&SESSION, &standing));
}

#[divan::bench]
fn a_collaborator_with_a_key(bencher: Bencher<'_, '_>) {
    let standing = holding(Preset::Worker.scopes());
    let rights = Rights::of(Preset::Reviewer.scopes());
    let credential = Credential::Token { id: KeyId(Uuid::from_u128(5)), rights, app: Some(APP.id) };
    let caller = Caller { user: PERSON, credential };
    bencher.bench(|| ask(&caller, &standing));
}

#[divan::bench]
fn a_refusal(bencher: Bencher<'_, '_>) {
    let standing = holding(Preset::Viewer.scopes());
    bencher.bench(|| ask(&SESSION, &standing));
}
