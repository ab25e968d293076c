//! Apps and who they are shared with, as most tests begin.

use atelier_domain::id::UserId;
use atelier_domain::{Change, Conditions, Endpoint, Member, Reach, Rights, ScopeSet};
use atelier_service::apps::CreateApp;
use atelier_service::collaborators::{AddCollaborators, EditCollaborator, Filter, GrantRow, Invitee};
use atelier_service::{AppName, Who};

use atelier_store::queries::grants;

use crate::{Bench, Person};

/// Makes an app of `owner`'s.
///
/// # Panics
/// When it fails, as everything here does.
pub async fn make_app(bench: &Bench, owner: &Person, slug: &str) -> AppName {
    let input = CreateApp { slug: slug.into(), ..CreateApp::default() };
    bench.service.create_app(&owner.who, &input).await.expect("an app can be made");
    AppName::of(&owner.slug, slug)
}

/// Makes the app `street-signs` of `owner`'s.
///
/// # Panics
/// When it fails.
pub async fn street_signs(bench: &Bench, owner: &Person) -> AppName {
    make_app(bench, owner, "street-signs").await
}

/// An invitation of `address` with `scopes`, and nothing else about it.
#[must_use]
pub fn invitation(address: &str, scopes: ScopeSet) -> AddCollaborators {
    AddCollaborators { people: vec![Invitee::Address(address.into())], scopes, ..AddCollaborators::default() }
}

/// Adds whoever has `address` to the app with `scopes` and what they need, and answers their grant.
///
/// # Panics
/// When it fails.
pub async fn invite(bench: &Bench, by: &Who, app: &AppName, address: &str, scopes: ScopeSet) -> GrantRow {
    let added = bench.service.add_collaborators(by, app, &invitation(address, scopes)).await;
    added.expect("they can be added").grants.remove(0)
}

/// Registers `slug`, who joins the app of `owner` with `scopes` and what they need.
///
/// # Panics
/// When it fails.
pub async fn join(bench: &Bench, owner: &Person, app: &AppName, slug: &str, scopes: ScopeSet) -> Person {
    let person = bench.person(slug).await;
    invite(bench, &owner.who, app, &person.email, scopes).await;
    person
}

/// A change of `grant` that gives `scopes`, whatever it gives now.
#[must_use]
pub fn edit(grant: &GrantRow, scopes: ScopeSet) -> EditCollaborator {
    EditCollaborator {
        grant: grant.id,
        scopes,
        endpoints: None,
        reach: Reach::Everything,
        ends_at: None,
        note: None,
        expected_version: None,
    }
}

/// Everyone with whom the app is shared, and who is invited.
///
/// # Panics
/// When they cannot be listed.
pub async fn people(bench: &Bench, who: &Who, app: &AppName) -> Vec<GrantRow> {
    let listed = bench.service.list_collaborators(who, app, &Filter::default(), 100).await;
    listed.expect("they can be listed").rows
}

/// Gives `user` exactly these rights in the app of `owner`'s, whatever they need: the service would add that.
///
/// # Panics
/// When they are no collaborator.
pub async fn give_exactly(bench: &Bench, owner: &Person, app: &AppName, user: UserId, rights: Rights) {
    let mut tx = bench.service.store().write().await.expect("a transaction");
    let asked =
        bench.service.permit(&mut tx, &owner.who, app, Endpoint::PatchCollaborators, Conditions::NONE);
    let permit = asked.await.expect("the owner may").permit;
    let row = grants::of_user(&mut tx, &permit, user).await.expect("a read").expect("a collaborator");
    let before: Member = row.member();
    let change = Change::Set { before, after: Member { rights, ..before } };
    grants::apply(&mut tx, &permit, &change, owner.id, bench.now()).await.expect("a change");
    tx.commit().await.expect("a commit");
}
