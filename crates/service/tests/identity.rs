//! Accounts, addresses, passwords and sessions, on both databases.

use atelier_domain::session;
use atelier_service::Error;
use atelier_service::audit::AuditFilter;
use atelier_service::identity::SignUp;
use atelier_testkit::people::{PASSWORD, anonymous};
use atelier_testkit::{Bench, on_both_databases};

on_both_databases! {
    sign_up_verify_sign_in_and_out,
    a_known_address_is_not_told_at_sign_up_or_reset,
    wrong_passwords_and_unknown_addresses_look_the_same,
    weak_passwords_and_taken_names_are_refused_beside_the_field,
    a_reset_link_works_once_and_ends_every_session,
    links_expire,
    a_link_verifies_nothing_for_whoever_does_not_know_the_password,
    sessions_end_by_idleness_and_by_hand,
    further_addresses_are_verified_before_they_count,
    a_hash_of_earlier_parameters_is_made_anew_at_sign_in,
    without_a_database_nobody_gets_anything,
}

fn fields(error: Error) -> Vec<String> {
    match error {
        Error::Invalid { fields } => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("{other:?}"),
    }
}

async fn sign_up_verify_sign_in_and_out(bench: Bench) {
    let ada = bench.person("ada").await;
    let me = bench.service.whoami(&ada.who).await.unwrap().unwrap();
    assert_eq!((me.slug.as_str(), me.name.as_str()), ("ada", "Ada"));
    let audit = bench.service.list_own_audit(&ada.who, &AuditFilter::default(), 50).await.unwrap();
    let actions: Vec<&str> = audit.entries.iter().rev().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["account.created", "address.verified", "session.started"]);
    bench.service.sign_out(&ada.who).await.unwrap();
    assert!(bench.service.whoami(&ada.who).await.unwrap().is_none());
    assert!(matches!(bench.service.get_account(&ada.who).await, Err(Error::Unauthenticated(_))));
    assert!(matches!(bench.service.get_account(&anonymous()).await, Err(Error::Unauthenticated(_))));
}

/// ASVS 6.3.8.
async fn a_known_address_is_not_told_at_sign_up_or_reset(bench: Bench) {
    let ada = bench.person("ada").await;
    // The same answer for a known address as for a new one; only the owner's mail tells.
    bench.sign_up("eve", &ada.email).await;
    let mail = bench.next_mail().await.unwrap();
    assert_eq!(mail.recipient, ada.email);
    assert!(!mail.body.contains("/verify/"), "{}", mail.body);
    bench.service.request_reset("nobody@example.org").await.unwrap();
    assert!(bench.next_mail().await.is_none());
}

/// ASVS 6.3.8.
async fn wrong_passwords_and_unknown_addresses_look_the_same(bench: Bench) {
    let ada = bench.person("ada").await;
    let origin = anonymous().origin;
    let wrong = bench.service.sign_in(&ada.email, "not the password", &origin).await.unwrap_err();
    let unknown = bench.service.sign_in("nobody@example.org", PASSWORD, &origin).await.unwrap_err();
    assert_eq!(wrong, unknown);
}

async fn weak_passwords_and_taken_names_are_refused_beside_the_field(bench: Bench) {
    bench.person("ada").await;
    let origin = anonymous().origin;
    let input = SignUp {
        email: "not an address".into(),
        name: String::new(),
        slug: String::new(),
        password: "password1234".into(),
    };
    let wrong = fields(bench.service.sign_up(&origin, &input).await.err().unwrap());
    assert!(wrong.contains(&"email".into()) && wrong.contains(&"password".into()), "{wrong:?}");
    let taken = SignUp {
        email: "other@example.org".into(),
        name: "Other".into(),
        slug: "Ada".into(),
        password: PASSWORD.into(),
    };
    assert_eq!(fields(bench.service.sign_up(&origin, &taken).await.err().unwrap()), ["slug"]);
}

/// ASVS 6.4.1 and 7.4.3.
async fn a_reset_link_works_once_and_ends_every_session(bench: Bench) {
    let ada = bench.person("ada").await;
    let origin = anonymous().origin;
    bench.service.request_reset(&ada.email).await.unwrap();
    let link = bench.mailed_secret(&ada.email, "/reset/").await;
    assert!(bench.service.reset_password(&origin, &link, "short").await.is_err());
    bench.service.reset_password(&origin, &link, "another good sentence").await.unwrap();
    assert!(bench.service.reset_password(&origin, &link, "yet another good sentence").await.is_err());
    assert!(bench.service.whoami(&ada.who).await.unwrap().is_none());
    assert!(bench.service.sign_in(&ada.email, PASSWORD, &origin).await.is_err());
    assert!(bench.service.sign_in(&ada.email, "another good sentence", &origin).await.is_ok());
}

/// ASVS 6.4.1.
async fn links_expire(bench: Bench) {
    bench.sign_up("ada", "ada@example.org").await;
    let link = bench.mailed_secret("ada@example.org", "/verify/").await;
    bench.clock.advance(atelier_service::identity::VERIFICATION_LINK);
    assert_eq!(
        fields(bench.service.verify_address(&anonymous().origin, &link, PASSWORD).await.unwrap_err()),
        ["link"]
    );
}

async fn a_link_verifies_nothing_for_whoever_does_not_know_the_password(bench: Bench) {
    // Eve signs up with Ada's address; Ada follows the link that Eve caused, with a password of her own.
    bench.sign_up("eve", "ada@example.org").await;
    let link = bench.mailed_secret("ada@example.org", "/verify/").await;
    let origin = anonymous().origin;
    let refused = bench.service.verify_address(&origin, &link, "ada's own long password").await.unwrap_err();
    assert_eq!(fields(refused), ["password"]);
    // Nothing is lost by it: whoever signed up can still use the link.
    assert!(bench.service.verify_address(&origin, &link, PASSWORD).await.is_ok());
}

/// ASVS 7.3.1, 7.3.2 and 7.4.1.
async fn sessions_end_by_idleness_and_by_hand(bench: Bench) {
    let ada = bench.person("ada").await;
    let other = bench.sign_in("ada", &ada.email).await;
    let listed = bench.service.list_sessions(&ada.who).await.unwrap();
    assert_eq!(listed.sessions.len(), 2);
    let own = listed.current.unwrap();
    let stolen = listed.sessions.iter().find(|session| session.id != own).unwrap();
    bench.service.end_session(&ada.who, stolen.id).await.unwrap();
    assert!(bench.service.whoami(&other.who).await.unwrap().is_none());
    bench.clock.advance(session::IDLE);
    assert!(bench.service.whoami(&ada.who).await.unwrap().is_none());
}

async fn further_addresses_are_verified_before_they_count(bench: Bench) {
    let ada = bench.person("ada").await;
    bench.service.add_address(&ada.who, "work@example.org").await.unwrap();
    assert!(bench.service.make_address_primary(&ada.who, "work@example.org").await.is_err());
    let link = bench.mailed_secret("work@example.org", "/verify/").await;
    bench.service.verify_address(&ada.who.origin, &link, PASSWORD).await.unwrap();
    let addresses = bench.service.make_address_primary(&ada.who, "work@example.org").await.unwrap();
    assert_eq!(addresses.first().map(|address| address.address.as_str()), Some("work@example.org"));
    assert!(
        bench.service.remove_address(&ada.who, "work@example.org").await.is_err(),
        "the primary one stays"
    );
    assert_eq!(bench.service.remove_address(&ada.who, &ada.email).await.unwrap().len(), 1);
}

/// ASVS 11.4.2.
async fn a_hash_of_earlier_parameters_is_made_anew_at_sign_in(bench: Bench) {
    use argon2::password_hash::PasswordHasher as _;
    use argon2::{Algorithm, Argon2, Params, Version};
    use atelier_store::queries::users;

    let ada = bench.person("ada").await;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8_192, 2, 1, None).unwrap());
    let weak = weak.hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16]).unwrap().to_string();
    let store = bench.service.store();
    let mut tx = store.write().await.unwrap();
    users::set_password(&mut tx, ada.id, &weak, bench.now()).await.unwrap();
    tx.commit().await.unwrap();
    let hash = async || {
        let mut tx = store.read().await.unwrap();
        users::password_of(&mut tx, ada.id).await.unwrap().unwrap().password_hash.unwrap()
    };

    bench.service.sign_in(&ada.email, "not the password", &anonymous().origin).await.unwrap_err();
    assert_eq!(hash().await, weak);
    bench.sign_in("ada", &ada.email).await;
    let anew = hash().await;
    assert!(anew.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{anew}");
    bench.sign_in("ada", &ada.email).await;
    assert_eq!(hash().await, anew, "one that is as it should be stays");
}

/// ASVS 16.5.3.
async fn without_a_database_nobody_gets_anything(bench: Bench) {
    let ada = bench.person("ada").await;
    bench.service.store().close().await;
    assert_eq!(bench.service.get_account(&ada.who).await.unwrap_err(), Error::Unavailable);
    assert_eq!(bench.service.whoami(&ada.who).await.unwrap_err(), Error::Unavailable);
}
