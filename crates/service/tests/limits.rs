//! Limits on what is tried and what is mailed, on both databases. ASVS 6.3.1 and 2.4.1.

use atelier_domain::time::{DAY, HOUR, MINUTE, SECOND};
use atelier_domain::{Below, Preset, ScopeSet};
use atelier_service::collaborators::{AddCollaborators, Invitee};
use atelier_service::identity::SignUp;
use atelier_service::{Error, Origin};
use atelier_testkit::people::{PASSWORD, anonymous};
use atelier_testkit::sharing::{invitation, invite, street_signs};
use atelier_testkit::{Bench, on_both_databases};

on_both_databases! {
    five_wrong_passwords_are_free_and_then_each_doubles_the_wait,
    many_passwords_at_once_are_counted_each,
    an_address_without_an_account_is_limited_as_one_with_it,
    a_right_password_forgets_the_wrong_ones_of_its_account_alone,
    passwords_from_one_network_are_limited_whosever_they_are,
    every_door_that_takes_a_password_counts_it,
    a_new_password_gets_in_whoever_was_locked_out,
    twenty_strangers_are_invited_in_an_hour,
    five_letters_are_sent_again_in_an_hour,
    nobodys_mailbox_is_flooded,
    twenty_accounts_are_made_from_one_network_in_an_hour,
    what_is_forgotten_is_taken_away,
}

fn from(address: &str) -> Origin {
    Origin { address: address.into(), user_agent: "test".into() }
}

fn seconds(error: Error) -> u64 {
    match error {
        Error::Throttled { seconds, .. } => seconds,
        other => panic!("{other:?}"),
    }
}

async fn wrong(bench: &Bench, email: &str, origin: &Origin) -> Error {
    bench.service.sign_in(email, "not the password", origin).await.unwrap_err()
}

/// ASVS 6.3.1.
async fn five_wrong_passwords_are_free_and_then_each_doubles_the_wait(bench: Bench) {
    let ada = bench.person("ada").await;
    let origin = anonymous().origin;
    for _ in 0..5 {
        assert!(matches!(wrong(&bench, &ada.email, &origin).await, Error::Unauthenticated(_)));
    }
    for wait in [1, 2, 4, 8] {
        // The right password is not looked at either: what is answered must not tell that it was right.
        let refused = bench.service.sign_in(&ada.email, PASSWORD, &origin).await.unwrap_err();
        assert_eq!(seconds(refused), wait);
        bench.clock.advance(i64::try_from(wait).unwrap() * SECOND);
        assert!(matches!(wrong(&bench, &ada.email, &origin).await, Error::Unauthenticated(_)));
    }
    bench.clock.advance(DAY);
    bench.sign_in("ada", &ada.email).await;
}

/// ASVS 6.3.1.
async fn many_passwords_at_once_are_counted_each(bench: Bench) {
    let ada = bench.person("ada").await;
    let tries = (0..12).map(|_| {
        let (service, email) = (bench.service.clone(), ada.email.clone());
        tokio::spawn(async move { service.sign_in(&email, "not the password", &anonymous().origin).await })
    });
    let mut looked_at = 0;
    for tried in tries.collect::<Vec<_>>() {
        looked_at += usize::from(matches!(tried.await.unwrap().unwrap_err(), Error::Unauthenticated(_)));
    }
    assert_eq!(looked_at, 5);
}

/// ASVS 6.3.8.
async fn an_address_without_an_account_is_limited_as_one_with_it(bench: Bench) {
    let ada = bench.person("ada").await;
    let origin = anonymous().origin;
    for _ in 0..7 {
        let known = wrong(&bench, &ada.email, &origin).await;
        assert_eq!(known, wrong(&bench, "nobody@example.org", &origin).await);
    }
}

async fn a_right_password_forgets_the_wrong_ones_of_its_account_alone(bench: Bench) {
    let ada = bench.person("ada").await;
    let bo = bench.person("bo").await;
    let origin = anonymous().origin;
    for _ in 0..4 {
        wrong(&bench, &ada.email, &origin).await;
        wrong(&bench, &bo.email, &origin).await;
    }
    bench.sign_in("ada", &ada.email).await;
    for _ in 0..5 {
        assert!(matches!(wrong(&bench, &ada.email, &origin).await, Error::Unauthenticated(_)));
    }
    assert!(matches!(wrong(&bench, &bo.email, &origin).await, Error::Unauthenticated(_)));
    seconds(wrong(&bench, &bo.email, &origin).await);
}

/// ASVS 6.3.1.
async fn passwords_from_one_network_are_limited_whosever_they_are(bench: Bench) {
    let ada = bench.person("ada").await;
    let thief = from("2001:db8:1:2::7");
    for number in 0..20 {
        wrong(&bench, &format!("person-{number}@example.org"), &thief).await;
    }
    // From the same customer's network; one's own right passwords do not open it for guesses of others'.
    let neighbour = from("2001:db8:1:2:3:4:5:6");
    seconds(bench.service.sign_in(&ada.email, PASSWORD, &neighbour).await.unwrap_err());
    bench.clock.advance(SECOND);
    bench.service.sign_in(&ada.email, PASSWORD, &neighbour).await.unwrap();
    bench.clock.advance(SECOND);
    assert!(matches!(wrong(&bench, "someone@example.org", &thief).await, Error::Unauthenticated(_)));
    assert_eq!(seconds(wrong(&bench, "someone-else@example.org", &thief).await), 2);
    // From elsewhere, and on this machine itself, nothing was tried.
    bench.service.sign_in(&ada.email, PASSWORD, &from("192.0.2.1")).await.unwrap();
    bench.sign_in("ada", &ada.email).await;
    bench.clock.advance(HOUR);
    assert!(matches!(wrong(&bench, "nobody@example.org", &thief).await, Error::Unauthenticated(_)));
}

/// ASVS 6.3.1.
async fn every_door_that_takes_a_password_counts_it(bench: Bench) {
    let service = &bench.service;
    let ada = bench.person("ada").await;
    service.add_address(&ada.who, "ada@example.net").await.unwrap();
    let link = bench.mailed_secret("ada@example.net", "/verify/").await;
    let origin = anonymous().origin;
    for _ in 0..5 {
        service.verify_address(&origin, &link, "not the password").await.unwrap_err();
    }
    seconds(service.sign_in(&ada.email, PASSWORD, &origin).await.unwrap_err());
    seconds(service.verify_address(&origin, &link, PASSWORD).await.unwrap_err());
    // In her session, where strangers cannot try, she has tries of her own.
    for _ in 0..2 {
        service.confirm_password(&ada.who, "not the password").await.unwrap_err();
        service.change_password(&ada.who, "not the password", "another one entirely").await.unwrap_err();
    }
    service.confirm_password(&ada.who, PASSWORD).await.unwrap();
    for _ in 0..5 {
        service.confirm_password(&ada.who, "not the password").await.unwrap_err();
    }
    seconds(service.confirm_password(&ada.who, PASSWORD).await.unwrap_err());
    seconds(service.change_password(&ada.who, PASSWORD, "another one entirely").await.unwrap_err());
    bench.clock.advance(SECOND);
    service.verify_address(&origin, &link, PASSWORD).await.unwrap();
}

/// ASVS 6.3.1.
async fn a_new_password_gets_in_whoever_was_locked_out(bench: Bench) {
    let ada = bench.person("ada").await;
    let origin = anonymous().origin;
    while !matches!(wrong(&bench, &ada.email, &origin).await, Error::Throttled { .. }) {}
    bench.service.request_reset(&ada.email).await.unwrap();
    let link = bench.mailed_secret(&ada.email, "/reset/").await;
    let new = "seven quiet moons rise";
    bench.service.reset_password(&origin, &link, new).await.unwrap();
    bench.service.sign_in(&ada.email, new, &origin).await.unwrap();
}

fn strangers(count: usize, from: usize) -> AddCollaborators {
    let people = (from..from + count).map(|number| Invitee::Address(format!("new-{number}@example.org")));
    AddCollaborators { people: people.collect(), scopes: Preset::Viewer.scopes(), ..Default::default() }
}

/// ASVS 2.4.1.
async fn twenty_strangers_are_invited_in_an_hour(bench: Bench) {
    let service = &bench.service;
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let cy = bench.person("cy").await;
    let too_many = service.add_collaborators(&ada.who, &app, &strangers(21, 0)).await.unwrap_err();
    assert!(matches!(too_many, Error::Invalid { .. }), "{too_many:?}");
    service.add_collaborators(&ada.who, &app, &strangers(18, 0)).await.unwrap();
    // All of them or none: what is refused is not spent.
    seconds(service.add_collaborators(&ada.who, &app, &strangers(3, 18)).await.unwrap_err());
    service.add_collaborators(&ada.who, &app, &strangers(2, 18)).await.unwrap();
    let refused = service.add_collaborators(&ada.who, &app, &strangers(1, 20)).await.unwrap_err();
    assert_eq!(seconds(refused), 3 * 60);
    // Whoever has an account is added, not invited.
    invite(&bench, &ada.who, &app, &cy.email, Preset::Viewer.scopes()).await;
    bench.clock.advance(3 * MINUTE);
    service.add_collaborators(&ada.who, &app, &strangers(1, 20)).await.unwrap();
}

/// ASVS 2.4.1.
async fn five_letters_are_sent_again_in_an_hour(bench: Bench) {
    let service = &bench.service;
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let cy = invite(&bench, &ada.who, &app, "cy@example.org", Preset::Viewer.scopes()).await;
    service.add_address(&ada.who, "ada@example.net").await.unwrap();
    for _ in 0..4 {
        service.resend_invitation(&ada.who, &app, cy.id).await.unwrap();
    }
    service.resend_verification(&ada.who, "ada@example.net").await.unwrap();
    seconds(service.resend_verification(&ada.who, "ada@example.net").await.unwrap_err());
    seconds(service.resend_invitation(&ada.who, &app, cy.id).await.unwrap_err());
    bench.clock.advance(12 * MINUTE);
    service.resend_invitation(&ada.who, &app, cy.id).await.unwrap();
}

async fn letters_to(bench: &Bench, email: &str) -> usize {
    let mut letters = 0;
    while let Some(mail) = bench.next_mail().await {
        letters += usize::from(mail.recipient == email);
    }
    letters
}

/// ASVS 2.4.1.
async fn nobodys_mailbox_is_flooded(bench: Bench) {
    let ada = bench.person("ada").await;
    letters_to(&bench, &ada.email).await;
    // Her account's own letter was one of the five.
    for _ in 0..6 {
        // The answer does not tell whether a letter was written.
        bench.service.request_reset(&ada.email).await.unwrap();
    }
    assert_eq!(letters_to(&bench, &ada.email).await, 4);
    for number in 0..6 {
        bench.sign_up(&format!("eve-{number}"), "dora@example.org").await;
    }
    assert_eq!(letters_to(&bench, "dora@example.org").await, 5);
    // Nor by somebody who says again and again that an address is theirs, nor by adding people again and again.
    bench.clock.advance(HOUR);
    bench.service.confirm_password(&ada.who, PASSWORD).await.unwrap();
    for _ in 0..6 {
        bench.service.add_address(&ada.who, "dora@example.org").await.unwrap();
        bench.service.remove_address(&ada.who, "dora@example.org").await.unwrap();
    }
    assert_eq!(letters_to(&bench, "dora@example.org").await, 5);
    let bo = bench.person("bo").await;
    let app = street_signs(&bench, &ada).await;
    letters_to(&bench, &bo.email).await;
    for _ in 0..21 {
        let grant = invite(&bench, &ada.who, &app, &bo.email, Preset::Viewer.scopes()).await;
        bench.service.remove_collaborator(&ada.who, &app, grant.id, Below::RemoveToo).await.unwrap();
    }
    let mut told = 0;
    while let Some(mail) = bench.next_mail().await {
        told += usize::from(mail.subject.starts_with("You are now a collaborator"));
    }
    assert_eq!(told, 20);
    bench.clock.advance(HOUR);
    bench.service.request_reset(&ada.email).await.unwrap();
    assert_eq!(letters_to(&bench, &ada.email).await, 1);
}

/// ASVS 2.4.1.
async fn twenty_accounts_are_made_from_one_network_in_an_hour(bench: Bench) {
    let sign_up = async |number: usize, origin: &Origin| {
        let input = SignUp {
            email: format!("person-{number}@example.org"),
            name: "Person".into(),
            slug: String::new(),
            password: PASSWORD.into(),
        };
        bench.service.sign_up(origin, &input).await
    };
    let origin = from("192.0.2.7");
    let weak = SignUp { email: "person@example.org".into(), ..SignUp::default() };
    assert!(
        matches!(bench.service.sign_up(&origin, &weak).await, Err(Error::Invalid { .. })),
        "costs nothing"
    );
    for number in 0..20 {
        sign_up(number, &origin).await.unwrap();
    }
    seconds(sign_up(20, &origin).await.unwrap_err());
    sign_up(20, &from("192.0.2.8")).await.unwrap();
    bench.clock.advance(3 * MINUTE);
    sign_up(21, &origin).await.unwrap();
}

async fn what_is_forgotten_is_taken_away(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    bench.service.forget_limits().await.unwrap();
    bench
        .service
        .add_collaborators(&ada.who, &app, &invitation("cy@example.org", ScopeSet::ALL))
        .await
        .unwrap();
    wrong(&bench, &ada.email, &from("192.0.2.7")).await;
    bench.clock.advance(2 * HOUR);
    // The invitation and the network's failure; the account's failure is kept for a day. Letters are an hour's, too.
    let forgotten = bench.service.forget_limits().await.unwrap();
    assert!(forgotten >= 2, "{forgotten}");
    bench.clock.advance(DAY);
    assert_eq!(bench.service.forget_limits().await.unwrap(), 1);
    assert_eq!(bench.service.forget_limits().await.unwrap(), 0);
}
