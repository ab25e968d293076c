//! What happens when two people change access at the same time.

use std::time::Duration;

use atelier_domain::closure::closed;
use atelier_domain::id::GrantId;
use atelier_domain::time::DAY;
use atelier_domain::{Change, Conditions, Email, Endpoint, Member, Preset, Rights, Scope, ScopeSet};
use atelier_service::Error;
use atelier_service::collaborators::EditCollaborator;
use atelier_store::queries::{grants, invitations, users};
use atelier_testkit::people::PASSWORD;
use atelier_testkit::sharing::{edit, invitation, invite, people, street_signs};
use atelier_testkit::{Bench, on_both_databases};

on_both_databases! {
    an_inviter_who_is_narrowed_meanwhile_gives_nothing_away,
    of_two_editors_at_once_the_second_is_told,
    whoever_proves_an_address_while_it_is_invited_joins,
    whoever_is_invited_while_they_prove_their_address_is_added,
}

async fn an_inviter_who_is_narrowed_meanwhile_gives_nothing_away(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    let scopes = closed(ScopeSet::of(&[Scope::AnnotationsAdd, Scope::CollaboratorsAdd]));
    let less = closed(ScopeSet::of(&[Scope::AnnotationsGet, Scope::CollaboratorsAdd]));
    let bo_grant = invite(&bench, &ada.who, &app, &bo.email, scopes).await;
    // Bo looks at what he may give, and chooses all of it.
    let seen = bench.service.get_app(&bo.who, &app, Endpoint::ViewApp).await.unwrap().1.permit.scopes();
    assert_eq!(seen, scopes);
    // Ada's change is on its way, and not yet written.
    let (_, asked) = bench.service.get_app(&ada.who, &app, Endpoint::ViewApp).await.unwrap();
    let mut tx = bench.service.store().write().await.unwrap();
    grants::lock(&mut tx, &asked.permit).await.unwrap();
    // Bo confirms: by all that is written he may. His invitation waits for Ada's change.
    let confirmed = tokio::spawn({
        let (service, bo, app) = (bench.service.clone(), bo.clone(), app.clone());
        async move { service.add_collaborators(&bo.who, &app, &invitation("cy@example.org", seen)).await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!confirmed.is_finished(), "nobody changes access while somebody else does");
    let before = bo_grant.member();
    let change = Change::Set { before, after: Member { rights: Rights::of(less), ..before } };
    grants::apply(&mut tx, &asked.permit, &change, ada.id, bench.now()).await.unwrap();
    tx.commit().await.unwrap();
    match confirmed.await.unwrap() {
        Err(Error::Forbidden { missing, .. }) => assert_eq!(missing, scopes.minus(less)),
        other => panic!("{other:?}"),
    }
    let rows = people(&bench, &ada.who, &app).await;
    assert_eq!(rows.len(), 1, "nobody was added");
    assert_eq!(rows[0].scopes, less);
    // What he has left he can give.
    let added = bench.service.add_collaborators(&bo.who, &app, &invitation("cy@example.org", less)).await;
    assert_eq!(added.unwrap().grants[0].scopes, less);
}

async fn of_two_editors_at_once_the_second_is_told(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    let grant = invite(&bench, &ada.who, &app, &bo.email, Preset::Worker.scopes()).await;
    invite(&bench, &ada.who, &app, "cy@example.org", ScopeSet::ALL).await;
    let cy = bench.person("cy").await;
    // Both have the page open; both choose, and confirm at the same moment.
    let choose = |scopes| EditCollaborator { expected_version: Some(grant.version), ..edit(&grant, scopes) };
    let (adas, cys) = (choose(Preset::Viewer.scopes()), choose(Preset::Reviewer.scopes()));
    let (one, other) = tokio::join!(
        bench.service.edit_collaborator(&ada.who, &app, &adas),
        bench.service.edit_collaborator(&cy.who, &app, &cys),
    );
    let (done, told) = if one.is_ok() { (one, other) } else { (other, one) };
    let done = done.unwrap();
    assert!(matches!(&told, Err(Error::Conflict(text)) if text.contains("Bo")), "{told:?}");
    assert_eq!(done.version, grant.version + 1);
    let rows = people(&bench, &ada.who, &app).await;
    let stands = rows.iter().find(|row| row.id == grant.id).unwrap();
    assert_eq!((stands.scopes, stands.version), (done.scopes, done.version));
}

async fn whoever_proves_an_address_while_it_is_invited_joins(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    bench.sign_up("cy", "cy@example.org").await;
    let link = bench.mailed_secret("cy@example.org", "/verify/").await;
    // The invitation is on its way: nobody has proved the address, and it is not yet written that it waits.
    let address: Email = "cy@example.org".parse().unwrap();
    let mut tx = bench.service.store().write().await.unwrap();
    let endpoint = Endpoint::PostCollaborators;
    let asked = bench.service.permit(&mut tx, &ada.who, &app, endpoint, Conditions::NONE).await.unwrap();
    users::lock_addresses(&mut tx, std::slice::from_ref(&address)).await.unwrap();
    grants::lock(&mut tx, &asked.permit).await.unwrap();
    assert!(users::by_verified_address(&mut tx, &address).await.unwrap().is_none());
    let expires_at = bench.now().plus(DAY);
    let invitation = grants::Invitation { address: &address, secret_hash: &[7; 32], expires_at };
    let grant = grants::NewGrant {
        id: GrantId::new(bench.now(), &bench.service.world().salt()),
        user: None,
        invitation: Some(invitation),
        parent: None,
        rights: Rights::of(Preset::Worker.scopes()),
        note: "",
    };
    grants::insert(&mut tx, &asked.permit, &grant, bench.now()).await.unwrap();
    // Cy follows her link. What she joins is not known before the invitation is written.
    let proved = tokio::spawn({
        let (service, origin) = (bench.service.clone(), ada.who.origin.clone());
        async move { service.verify_address(&origin, &link, PASSWORD).await }
    });
    // Her password takes a moment to be checked.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!proved.is_finished(), "an address is not proved while it is invited");
    tx.commit().await.unwrap();
    assert_eq!(proved.await.unwrap().unwrap().joined, ["street-signs"]);
    let rows = people(&bench, &ada.who, &app).await;
    assert!(matches!(rows.as_slice(), [row] if !row.is_pending()), "{rows:?}");
}

async fn whoever_is_invited_while_they_prove_their_address_is_added(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    bench.sign_up("cy", "cy@example.org").await;
    // The proof is on its way: nothing waits for the address, and it is not yet written whose it is.
    let address: Email = "cy@example.org".parse().unwrap();
    let mut tx = bench.service.store().write().await.unwrap();
    let cy = users::by_slug(&mut tx, "cy").await.unwrap().unwrap();
    assert!(users::verify_address(&mut tx, cy.id, &address, bench.now()).await.unwrap());
    assert!(invitations::waiting_for(&mut tx, &address, bench.now()).await.unwrap().is_empty());
    let invited = tokio::spawn({
        let (service, ada, app) = (bench.service.clone(), ada.clone(), app.clone());
        let input = invitation("cy@example.org", Preset::Worker.scopes());
        async move { service.add_collaborators(&ada.who, &app, &input).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!invited.is_finished(), "an address is not invited while it is being proved");
    tx.commit().await.unwrap();
    let added = invited.await.unwrap().unwrap().grants;
    assert!(matches!(added.as_slice(), [row] if !row.is_pending()), "{added:?}");
    let cy = bench.sign_in("cy", "cy@example.org").await;
    assert!(bench.service.get_app(&cy.who, &app, Endpoint::ViewApp).await.is_ok());
}
