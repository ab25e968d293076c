//! The password again, before what hands out access or changes the way in; on both databases. ASVS 7.5.1 to 7.5.3.

use atelier_domain::Preset;
use atelier_domain::session::PROOF;
use atelier_service::Error;
use atelier_service::keys::CreateKey;
use atelier_testkit::people::{PASSWORD, with_key};
use atelier_testkit::sharing::{edit, invitation, invite, street_signs};
use atelier_testkit::{Bench, on_both_databases};

on_both_databases! {
    access_and_the_way_in_are_changed_by_whoever_gave_the_password_not_long_ago,
    a_key_is_its_own_proof,
}

fn needs_password<T>(done: Result<T, Error>) {
    assert_eq!(done.err(), Some(Error::PasswordNeeded { or_passkey: false }));
}

/// ASVS 7.5.1, 7.5.2 and 7.5.3.
async fn access_and_the_way_in_are_changed_by_whoever_gave_the_password_not_long_ago(bench: Bench) {
    let service = &bench.service;
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let scopes = Preset::Viewer.scopes();
    let cy = invite(&bench, &ada.who, &app, "cy@example.org", scopes).await;
    let key = CreateKey { description: "Reads".into(), scopes, ..CreateKey::default() };
    let made = service.create_key(&ada.who, &key).await.unwrap().key.id;

    bench.clock.advance(PROOF);
    let session = service.list_sessions(&ada.who).await.unwrap().current.unwrap();
    needs_password(service.add_collaborators(&ada.who, &app, &invitation("di@example.org", scopes)).await);
    needs_password(service.edit_collaborator(&ada.who, &app, &edit(&cy, scopes)).await);
    needs_password(service.cancel_invitation(&ada.who, &app, cy.id).await);
    needs_password(service.resend_invitation(&ada.who, &app, cy.id).await);
    needs_password(service.create_key(&ada.who, &key).await);
    needs_password(service.rotate_key(&ada.who, made).await);
    needs_password(service.add_address(&ada.who, "ada@example.net").await);
    needs_password(service.end_session(&ada.who, session).await);
    needs_password(service.delete_app(&ada.who, &app, Some("street-signs")).await);
    // To look, to work and to end a key that may be stolen, nobody is asked.
    service.preview_edit(&ada.who, &app, &edit(&cy, scopes)).await.unwrap();
    service.revoke_key(&ada.who, made).await.unwrap();

    assert!(matches!(
        service.confirm_password(&ada.who, "not the password").await,
        Err(Error::Invalid { .. })
    ));
    needs_password(service.create_key(&ada.who, &key).await);
    service.confirm_password(&ada.who, PASSWORD).await.unwrap();
    bench.clock.advance(PROOF - 1);
    service.create_key(&ada.who, &key).await.unwrap();
    service.cancel_invitation(&ada.who, &app, cy.id).await.unwrap();
    // It counts for the session in which it was given.
    let other = bench.sign_in("ada", &ada.email).await;
    bench.clock.advance(1);
    needs_password(service.create_key(&ada.who, &key).await);
    service.create_key(&other.who, &key).await.unwrap();
}

async fn a_key_is_its_own_proof(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let key = CreateKey {
        description: "Everything".into(),
        scopes: atelier_domain::ScopeSet::ALL,
        ..CreateKey::default()
    };
    let secret = bench.service.create_key(&ada.who, &key).await.unwrap().secret;
    bench.clock.advance(PROOF);
    invite(&bench, &with_key(secret.expose()), &app, "cy@example.org", Preset::Viewer.scopes()).await;
}
