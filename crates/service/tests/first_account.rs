//! The first account, by the link that the server prints while there is none; on both databases. ASVS 6.3.2.

use atelier_service::Error;
use atelier_service::audit::AuditFilter;
use atelier_service::identity::{FIRST_LINK, SignUp};
use atelier_testkit::errors::invalid;
use atelier_testkit::people::{PASSWORD, anonymous, with_session};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    whoever_has_the_link_makes_the_first_account_and_its_address_is_theirs,
    the_link_ends_by_time_by_the_next_and_by_the_first_account,
    of_many_who_use_the_link_at_once_one_makes_an_account,
    a_refused_form_costs_no_link,
}

/// The link's secret, as an operator reads it.
async fn secret(bench: &Bench) -> String {
    let link = bench.service.first_link().await.unwrap().expect("there is no account yet");
    link.strip_prefix("https://atelier.test/sign-up/").expect("it leads to the page for it").to_owned()
}

fn named(name: &str) -> SignUp {
    SignUp {
        email: format!("{name}@example.org"),
        name: name.into(),
        slug: String::new(),
        password: PASSWORD.into(),
    }
}

async fn make(bench: &Bench, secret: &str, name: &str) -> Result<Person, Error> {
    let made = bench.service.make_first_account(&anonymous().origin, secret, &named(name)).await?;
    let email = format!("{name}@example.org");
    Ok(Person { id: made.user_id, slug: made.slug, email, who: with_session(&made.secret) })
}

async fn has_ended(bench: &Bench, secret: &str) {
    let refused = make(bench, secret, "mallory").await.expect_err("the link has ended");
    assert_eq!(invalid(refused).0, "link");
    let mut tx = bench.service.store().read().await.unwrap();
    let mallory = atelier_store::queries::users::by_slug(&mut tx, "mallory").await.unwrap();
    assert!(mallory.is_none(), "nothing is left of the account");
}

/// ASVS 6.3.2.
async fn whoever_has_the_link_makes_the_first_account_and_its_address_is_theirs(bench: Bench) {
    let secret = secret(&bench).await;
    assert_eq!(secret.len(), 43, "256 bits: {secret}");
    has_ended(&bench, "another").await;
    let ada = make(&bench, &secret, "ada").await.unwrap();
    let account = bench.service.get_account(&ada.who).await.unwrap();
    assert_eq!((account.user.slug.as_str(), account.user.name.as_str()), ("ada", "ada"));
    assert!(account.addresses[0].is_primary && account.addresses[0].verified_at.is_some());
    let audit = bench.service.list_own_audit(&ada.who, &AuditFilter::default(), 50).await.unwrap();
    let actions: Vec<&str> = audit.entries.iter().rev().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["account.created", "address.verified", "session.started"]);
    bench.sign_in("ada", &ada.email).await;
    assert!(bench.next_mail().await.is_none(), "nothing is left to be proved");
}

/// ASVS 6.3.2.
async fn the_link_ends_by_time_by_the_next_and_by_the_first_account(bench: Bench) {
    let first = secret(&bench).await;
    let second = secret(&bench).await;
    has_ended(&bench, &first).await;
    bench.clock.advance(FIRST_LINK);
    has_ended(&bench, &second).await;
    let third = secret(&bench).await;
    // Somebody signs up by the page for everyone, and has not proved anything yet.
    bench.sign_up("bo", "bo@example.org").await;
    has_ended(&bench, &third).await;
    assert_eq!(bench.service.first_link().await.unwrap(), None);
}

async fn of_many_who_use_the_link_at_once_one_makes_an_account(bench: Bench) {
    let secret = secret(&bench).await;
    let tries = (0..4).map(|number| {
        let (service, secret) = (bench.service.clone(), secret.clone());
        tokio::spawn(async move {
            let input = named(&format!("person{number}"));
            service.make_first_account(&anonymous().origin, &secret, &input).await.is_ok()
        })
    });
    let mut made = 0;
    for tried in tries.collect::<Vec<_>>() {
        made += usize::from(tried.await.unwrap());
    }
    assert_eq!(made, 1);
}

async fn a_refused_form_costs_no_link(bench: Bench) {
    let secret = secret(&bench).await;
    let weak = SignUp { password: "short".into(), ..named("ada") };
    let refused = bench.service.make_first_account(&anonymous().origin, &secret, &weak).await.unwrap_err();
    assert_eq!(invalid(refused).0, "password");
    make(&bench, &secret, "ada").await.unwrap();
}
