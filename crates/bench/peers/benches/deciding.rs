//! May this collaborator add annotations to this app? Asked of `atelier_domain`, `cedar-policy` and `casbin`, of each
//! with everything prepared that can be prepared.

use std::collections::{HashMap, HashSet};

use atelier_domain::id::{AppId, GrantId, KeyId, UserId};
use atelier_domain::{
    AppRef, Caller, Conditions, Credential, Endpoint, Preset, Rights, Scope, Standing, Timestamp, decide,
};
use casbin::{CoreApi as _, DefaultModel, Enforcer, MemoryAdapter, MgmtApi as _};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use divan::{AllocProfiler, Bencher, black_box};
use uuid::Uuid;

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

/// What the question needs.
const NEEDED: [Scope; 2] = [Scope::AppsGet, Scope::AnnotationsAdd];

fn main() {
    divan::main();
}

/// What a worker has.
fn held() -> Vec<Scope> {
    Scope::all().filter(|scope| Preset::Worker.scopes().contains(*scope)).collect()
}

/// As each request asks it: by a token of the collaborator's own, which may give less than their grant. A thousand times in
/// each sample, since once takes about as long as reading the clock.
#[divan::bench(sample_size = 1_000)]
fn atelier(bencher: Bencher<'_, '_>) {
    let now = Timestamp::from_micros(1_000);
    let app = AppRef { id: AppId(Uuid::from_u128(1)), owner: UserId(Uuid::from_u128(2)) };
    let rights = Rights::of(Preset::Worker.scopes());
    let credential = Credential::Token { id: KeyId(Uuid::from_u128(3)), rights, app: Some(app.id) };
    let caller = Caller { user: UserId(Uuid::from_u128(4)), credential };
    let standing = Standing::Collaborator { grant: GrantId(Uuid::from_u128(5)), rights };
    assert!(decide(&caller, app, &standing, Endpoint::PostAnnotations, Conditions::NONE, now).is_ok());
    bencher.bench(|| {
        decide(
            black_box(&caller),
            black_box(app),
            black_box(&standing),
            black_box(Endpoint::PostAnnotations),
            Conditions::NONE,
            black_box(now),
        )
    });
}

/// One policy: whoever the app knows as a holder of the scopes may.
#[divan::bench]
fn cedar(bencher: Bencher<'_, '_>) {
    let policies: PolicySet = r#"permit (principal, action == Action::"PostAnnotations", resource)
        when { principal.app == resource && principal.scopes.containsAll(["Apps_Get", "Annotations_Add"]) };"#
        .parse()
        .expect("the policy is well formed");
    let uid = |kind: &str, name: &str| {
        let kind: EntityTypeName = kind.parse().expect("a type's name");
        EntityUid::from_type_name_and_id(kind, name.parse().expect("a name"))
    };
    let (grant, action, app) =
        (uid("Grant", "5"), uid("Action", "PostAnnotations"), uid("App", "1"));
    let scopes = held().into_iter().map(|scope| RestrictedExpression::new_string(scope.wire().into()));
    let attributes = HashMap::from([
        ("app".to_owned(), RestrictedExpression::new_entity_uid(app.clone())),
        ("scopes".to_owned(), RestrictedExpression::new_set(scopes)),
    ]);
    let holder = Entity::new(grant.clone(), attributes, HashSet::new()).expect("the attributes are plain");
    let entities = Entities::from_entities([holder], None).expect("one entity");
    let request = Request::new(grant, action, app, Context::empty(), None).expect("a question");
    let authorizer = Authorizer::new();
    let ask = || authorizer.is_authorized(black_box(&request), &policies, &entities).decision();
    assert_eq!(ask(), Decision::Allow);
    bencher.bench(ask);
}

/// One rule for each scope that is held; both that are needed are asked for.
#[divan::bench]
fn casbin(bencher: Bencher<'_, '_>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let enforcer = runtime.block_on(async {
        let model = DefaultModel::from_str(
            "[request_definition]\nr = sub, dom, act\n[policy_definition]\np = sub, dom, act\n\
             [policy_effect]\ne = some(where (p.eft == allow))\n\
             [matchers]\nm = r.sub == p.sub && r.dom == p.dom && r.act == p.act\n",
        )
        .await
        .expect("the model is well formed");
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.expect("an enforcer");
        let rules = held()
            .into_iter()
            .map(|scope| vec!["grant-5".to_owned(), "app-1".to_owned(), scope.wire().to_owned()])
            .collect();
        enforcer.add_policies(rules).await.expect("rules");
        enforcer
    });
    let ask = || {
        NEEDED.iter().all(|scope| {
            enforcer.enforce((black_box("grant-5"), "app-1", scope.wire())).expect("an answer")
        })
    };
    assert!(ask());
    bencher.bench(ask);
}
