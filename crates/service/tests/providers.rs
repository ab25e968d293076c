//! Signing in by a provider, on both databases. ASVS 10.

use atelier_domain::Preset;
use atelier_domain::session::PROOF;
use atelier_service::audit::AuditFilter;
use atelier_service::identity::{Admission, Answer, Begun, Purpose, Returned, Stopped, VISIT, WaitingFor};
use atelier_service::{Error, Who};
use atelier_testkit::errors::invalid;
use atelier_testkit::people::{PASSWORD, anonymous, with_session};
use atelier_testkit::provider::{Known, Manner, TestProvider, Wrong};
use atelier_testkit::sharing::{invite, street_signs};
use atelier_testkit::{Bench, on_both_databases};

on_both_databases! {
    whoever_is_new_gets_an_account_whose_address_is_theirs,
    whoever_is_known_is_let_in_whatever_their_address_became,
    an_account_that_has_the_address_is_connected_by_its_password_alone,
    an_address_that_the_provider_has_not_checked_decides_nothing,
    who_somebody_is_may_be_answered_instead_of_put_into_the_token,
    whoever_is_new_is_called_as_the_provider_says,
    a_visit_ends_once_in_time_and_in_the_browser_that_began_it,
    a_token_that_is_not_the_providers_for_this_visit_is_not_believed,
    a_key_that_is_not_known_yet_is_asked_for,
    a_provider_that_is_gone_keeps_nobody_from_anything_else,
    one_provider_does_not_answer_for_another,
    a_second_factor_is_shown_before_anything_is_connected,
    an_identity_is_connected_in_the_session_that_asked_for_it,
    whose_identity_it_is_already_is_not_changed,
    the_last_way_in_is_not_disconnected,
    whoever_has_no_password_shows_anew_who_they_are,
    of_two_who_come_back_at_once_one_makes_the_account,
    visits_that_took_too_long_are_taken_away,
}

async fn open(bench: &mut Bench) -> TestProvider {
    let provider = TestProvider::start().await;
    provider.serve(bench);
    provider
}

async fn go(bench: &Bench, who: &Who, purpose: Purpose) -> Begun {
    bench.service.begin_visit(who, "example", purpose, "/apps").await.expect("the provider answers")
}

async fn come_back(bench: &Bench, who: &Who, begun: &Begun, answer: Answer) -> Returned {
    bench.service.end_visit(who, "example", Some(&begun.secret), answer).await.expect("the database answers")
}

/// Goes to the provider and comes back as `known`.
async fn visit(
    bench: &Bench,
    provider: &TestProvider,
    who: &Who,
    purpose: Purpose,
    known: &Known,
    manner: Manner,
) -> Returned {
    let begun = go(bench, who, purpose).await;
    let answer = provider.sign_in(bench, &begun, known, manner);
    come_back(bench, who, &begun, answer).await
}

async fn sign_in(bench: &Bench, provider: &TestProvider, known: &Known) -> Returned {
    visit(bench, provider, &anonymous(), Purpose::SignIn, known, Manner::default()).await
}

/// The session of somebody who was let in.
fn let_in(returned: Returned) -> Who {
    match returned {
        Returned::Admitted { admission: Admission::SignedIn(signed_in), next } => {
            assert_eq!(next, "/apps");
            with_session(&signed_in.secret)
        }
        other => panic!("{other:?}"),
    }
}

fn waits(returned: Returned) -> String {
    match returned {
        Returned::Waits { secret } => secret,
        other => panic!("{other:?}"),
    }
}

fn stopped(returned: Returned) -> Stopped {
    match returned {
        Returned::Stopped(stopped) => stopped,
        other => panic!("{other:?}"),
    }
}

async fn slug(bench: &Bench, who: &Who) -> String {
    bench.service.whoami(who).await.unwrap().expect("they are signed in").slug
}

async fn actions(bench: &Bench, who: &Who) -> Vec<String> {
    let audit = bench.service.list_own_audit(who, &AuditFilter::default(), 50).await.unwrap();
    audit.entries.into_iter().rev().map(|entry| entry.action).collect()
}

/// ASVS 10.5.2.
async fn whoever_is_new_gets_an_account_whose_address_is_theirs(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    invite(&bench, &ada.who, &app, "bo@example.org", Preset::Worker.scopes()).await;
    // Somebody else claims the address, and has not proved it.
    bench.sign_up("eve", "bo@example.org").await;
    while bench.next_mail().await.is_some() {}

    let bo = let_in(sign_in(&bench, &provider, &Known::new("bo")).await);
    assert_eq!(slug(&bench, &bo).await, "bo");
    let account = bench.service.get_account(&bo).await.unwrap();
    assert!(account.addresses[0].is_primary && account.addresses[0].verified_at.is_some());
    assert_eq!((account.identities.len(), account.identities[0].provider.as_str()), (1, "Example"));
    assert!(!account.has_password);
    // What waited for the address is theirs.
    let (row, _) = bench.service.get_app(&bo, &app, atelier_domain::Endpoint::ViewApp).await.unwrap();
    assert_eq!(row.slug, "street-signs");
    let expected = ["account.created", "identity.connected", "address.verified"];
    assert_eq!(actions(&bench, &bo).await[..3], expected);
    // Without a password there is none to be right.
    for password in ["", PASSWORD] {
        let refused = bench.service.sign_in("bo@example.org", password, &bo.origin).await;
        assert!(matches!(refused, Err(Error::Unauthenticated(_))), "{refused:?}");
    }
    // They set one by a letter.
    bench.service.request_reset("bo@example.org").await.unwrap();
    let link = bench.mailed_secret("bo@example.org", "/reset/").await;
    bench.service.reset_password(&bo.origin, &link, PASSWORD).await.unwrap();
    bench.sign_in("bo", "bo@example.org").await;
}

/// ASVS 10.5.2.
async fn whoever_is_known_is_let_in_whatever_their_address_became(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let bo = Known::new("bo");
    let_in(sign_in(&bench, &provider, &bo).await);
    let ada = bench.person("ada").await;
    // The same person, who has another address there now; even one that is somebody else's here.
    for email in [Some(ada.email.clone()), Some("bo@example.net".into()), None] {
        let changed = Known { email, is_checked: false, ..bo.clone() };
        let again = let_in(sign_in(&bench, &provider, &changed).await);
        assert_eq!(slug(&bench, &again).await, "bo");
    }
    // Another person, to whom the address went: they are not Bo.
    let heir = Known { subject: "somebody new".into(), ..bo };
    waits(sign_in(&bench, &provider, &heir).await);
}

/// ASVS 6.3.8 and 10.5.2.
async fn an_account_that_has_the_address_is_connected_by_its_password_alone(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let ada = bench.person("ada").await;
    let known = Known::new("ada");
    let secret = waits(sign_in(&bench, &provider, &known).await);
    let waiting = bench.service.waiting(&anonymous(), &secret).await.unwrap().unwrap();
    assert_eq!((waiting.provider.as_str(), waiting.called.as_str()), ("Example", ada.email.as_str()));
    assert_eq!(waiting.by, WaitingFor::Password);
    let origin = anonymous().origin;

    let refused = bench.service.connect_by_password(&origin, &secret, "not the password").await.unwrap_err();
    assert_eq!(invalid(refused).0, "password");
    assert!(bench.service.get_account(&ada.who).await.unwrap().identities.is_empty());
    // Nor in the session of somebody who has another address.
    let eve = bench.person("eve").await;
    let refused = bench.service.connect_identity(&eve.who, &secret).await.unwrap_err();
    assert_eq!(invalid(refused).0, "visit");

    let (admission, next) = bench.service.connect_by_password(&origin, &secret, PASSWORD).await.unwrap();
    assert_eq!(next, "/apps");
    let connected = with_session(&admission.signed_in().unwrap().secret);
    assert_eq!(slug(&bench, &connected).await, "ada");
    let mail = bench.next_mail().await.unwrap();
    assert_eq!((mail.recipient.as_str(), mail.body.contains("signing in with Example")), (&*ada.email, true));
    assert!(actions(&bench, &connected).await.contains(&"identity.connected".to_owned()));
    // It is settled.
    assert!(bench.service.waiting(&anonymous(), &secret).await.unwrap().is_none());
    let refused = bench.service.connect_by_password(&origin, &secret, PASSWORD).await.unwrap_err();
    assert_eq!(invalid(refused).0, "visit");
    assert_eq!(slug(&bench, &let_in(sign_in(&bench, &provider, &known).await)).await, "ada");
}

/// ASVS 6.3.8.
async fn an_address_that_the_provider_has_not_checked_decides_nothing(mut bench: Bench) {
    let provider = open(&mut bench).await;
    bench.person("ada").await;
    while bench.next_mail().await.is_some() {}
    // The same for an address that an account has as for one that none has.
    for name in ["ada", "nobody"] {
        let unchecked = Known { is_checked: false, ..Known::new(name) };
        assert_eq!(stopped(sign_in(&bench, &provider, &unchecked).await), Stopped::NoAddress);
        let none = Known { email: None, ..Known::new(name) };
        assert_eq!(stopped(sign_in(&bench, &provider, &none).await), Stopped::NoAddress);
    }
    assert!(bench.next_mail().await.is_none());
}

async fn who_somebody_is_may_be_answered_instead_of_put_into_the_token(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let manner = Manner { only_answered: true, ..Manner::default() };
    let known = Known::new("bo");
    let bo = visit(&bench, &provider, &anonymous(), Purpose::SignIn, &known, manner).await;
    assert_eq!(slug(&bench, &let_in(bo)).await, "bo");
    // What is answered about somebody else does not count.
    let manner = Manner { wrong: Some(Wrong::Subject), ..manner };
    let wrong = visit(&bench, &provider, &anonymous(), Purpose::SignIn, &Known::new("cy"), manner).await;
    assert_eq!(stopped(wrong), Stopped::NotBelieved);
}

async fn whoever_is_new_is_called_as_the_provider_says(mut bench: Bench) {
    let provider = open(&mut bench).await;
    bench.person("ada").await;
    let called = |subject: &str, name: Option<&str>, user_name: Option<&str>| Known {
        name: name.map(Into::into),
        user_name: user_name.map(Into::into),
        ..Known::new(subject)
    };
    for (known, name, slug) in [
        (called("bo", Some("Bo Lindqvist"), Some("lindqvist")), "Bo Lindqvist", "lindqvist"),
        // Neither can be kept as it is.
        (called("cy", Some("  "), Some("Cy <3 signs!")), "cy", "Cy--3-signs"),
        (called("di", None, None), "di", "di"),
    ] {
        let who = let_in(sign_in(&bench, &provider, &known).await);
        let me = bench.service.whoami(&who).await.unwrap().unwrap();
        assert_eq!((me.name.as_str(), me.slug.as_str()), (name, slug));
    }
    let taken = called("ed", None, Some("ada"));
    let who = let_in(sign_in(&bench, &provider, &taken).await);
    assert!(slug(&bench, &who).await.starts_with("ada-"));
}

/// ASVS 10.1.2 and 10.2.1.
async fn a_visit_ends_once_in_time_and_in_the_browser_that_began_it(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let (who, known) = (anonymous(), Known::new("bo"));
    let over = |returned| assert_eq!(stopped(returned), Stopped::Over);

    // Somebody is sent here with a code and a state that are another's.
    let (mine, theirs) = (go(&bench, &who, Purpose::SignIn).await, go(&bench, &who, Purpose::SignIn).await);
    let answer = provider.sign_in(&bench, &theirs, &known, Manner::default());
    over(come_back(&bench, &who, &mine, answer.clone()).await);
    let without = bench.service.end_visit(&who, "example", None, answer.clone()).await.unwrap();
    over(without);
    let own = provider.sign_in(&bench, &mine, &known, Manner::default());
    // With their own state, but the code of another: it cannot be exchanged.
    let mixed = Answer { code: answer.code.clone(), ..own };
    assert_eq!(stopped(come_back(&bench, &who, &mine, mixed).await), Stopped::NotBelieved);

    // Nobody used it up, so that it still leads in, once.
    let answer = provider.sign_in(&bench, &theirs, &known, Manner::default());
    let_in(come_back(&bench, &who, &theirs, answer.clone()).await);
    over(come_back(&bench, &who, &theirs, answer).await);
    let late = go(&bench, &who, Purpose::SignIn).await;
    let answer = provider.sign_in(&bench, &late, &known, Manner::default());
    bench.clock.advance(VISIT);
    over(come_back(&bench, &who, &late, answer).await);

    // Whoever gave up learns so.
    let begun = go(&bench, &who, Purpose::SignIn).await;
    let answer = provider.sign_in(&bench, &begun, &known, Manner::default());
    let declined = come_back(&bench, &who, &begun, Answer { code: None, ..answer }).await;
    assert_eq!(stopped(declined), Stopped::Declined);
}

/// ASVS 10.5.1, 10.5.3 and 10.5.4.
async fn a_token_that_is_not_the_providers_for_this_visit_is_not_believed(mut bench: Bench) {
    let provider = open(&mut bench).await;
    for wrong in [
        Wrong::Nonce,
        Wrong::Audience,
        Wrong::Issuer,
        Wrong::Signature,
        Wrong::SharedSecret,
        Wrong::Unsigned,
        Wrong::Expired,
    ] {
        let manner = Manner { wrong: Some(wrong), ..Manner::default() };
        let refused =
            visit(&bench, &provider, &anonymous(), Purpose::SignIn, &Known::new("bo"), manner).await;
        assert_eq!(stopped(refused), Stopped::NotBelieved, "{wrong:?}");
    }
    let_in(sign_in(&bench, &provider, &Known::new("bo")).await);
}

async fn a_key_that_is_not_known_yet_is_asked_for(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let known = Known::new("bo");
    let_in(sign_in(&bench, &provider, &known).await);
    let_in(sign_in(&bench, &provider, &known).await);
    let count = |path: &str| provider.asked().iter().filter(|asked| *asked == path).count();
    assert_eq!((count("/keys"), count("/token")), (1, 2), "what it says of itself is kept");
    provider.change_key();
    let_in(sign_in(&bench, &provider, &known).await);
    assert_eq!(count("/keys"), 2);
}

async fn a_provider_that_is_gone_keeps_nobody_from_anything_else(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let begun = go(&bench, &anonymous(), Purpose::SignIn).await;
    let answer = provider.sign_in(&bench, &begun, &Known::new("bo"), Manner::default());
    drop(provider);
    // What was accepted is let go, too.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(stopped(come_back(&bench, &anonymous(), &begun, answer).await), Stopped::Unavailable);

    let gone = TestProvider::start().await;
    gone.serve(&mut bench);
    drop(gone);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let refused = bench.service.begin_visit(&anonymous(), "example", Purpose::SignIn, "/apps").await;
    assert_eq!(refused.unwrap_err(), Error::Unavailable);
    let unknown = bench.service.begin_visit(&anonymous(), "another", Purpose::SignIn, "/apps").await;
    assert_eq!(unknown.unwrap_err(), Error::NotFound);
    bench.person("ada").await;
}

/// ASVS 10.2.2.
async fn one_provider_does_not_answer_for_another(mut bench: Bench) {
    use atelier_service::identity::Providers;

    let (one, other) = (TestProvider::start().await, TestProvider::start().await);
    let providers = Providers::new(vec![one.settings("example"), other.settings("other")]).unwrap();
    bench.service = bench.service.clone().with_providers(providers);
    let (who, known) = (anonymous(), Known::new("bo"));
    let begun = go(&bench, &who, Purpose::SignIn).await;
    let answer = one.sign_in(&bench, &begun, &known, Manner::default());
    let elsewhere = bench.service.end_visit(&who, "other", Some(&begun.secret), answer).await.unwrap();
    assert_eq!(stopped(elsewhere), Stopped::Over);

    let begun = go(&bench, &who, Purpose::SignIn).await;
    let answer = one.sign_in(&bench, &begun, &known, Manner::default());
    let answer = Answer { issuer: Some(other.settings("other").issuer), ..answer };
    assert_eq!(stopped(come_back(&bench, &who, &begun, answer).await), Stopped::NotBelieved);

    // The same name at both is two people.
    let_in(sign_in(&bench, &one, &known).await);
    let begun = bench.service.begin_visit(&who, "other", Purpose::SignIn, "/apps").await.unwrap();
    let answer = other.sign_in(&bench, &begun, &known, Manner::default());
    let returned = bench.service.end_visit(&who, "other", Some(&begun.secret), answer).await.unwrap();
    let waiting = bench.service.waiting(&anonymous(), &waits(returned)).await.unwrap().unwrap();
    assert_eq!(waiting.by, WaitingFor::AnotherWay, "the account has no password that could be given");
}

async fn a_second_factor_is_shown_before_anything_is_connected(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let ada = bench.person("ada").await;
    let known = Known::new("ada");
    let mut tx = bench.service.store().write().await.unwrap();
    let now = bench.now();
    let sql = "INSERT INTO authenticators (user_id, secret, last_step, created_at) VALUES ($1, $2, $3, $4)";
    let secret = [7; 32];
    tx.execute(sql, &[ada.id.into(), (&secret).into(), 0.into(), now.into()]).await.unwrap();
    tx.commit().await.unwrap();

    let secret = waits(sign_in(&bench, &provider, &known).await);
    let connected = bench.service.connect_by_password(&ada.who.origin, &secret, PASSWORD).await;
    assert!(matches!(connected.unwrap().0, Admission::SecondFactor(_)));
    assert!(bench.service.get_account(&ada.who).await.unwrap().identities.is_empty());
    // Whoever has shown both connects it in the session that has begun; nobody else does in theirs.
    let eve = bench.person("eve").await;
    let refused = bench.service.connect_identity(&eve.who, &secret).await.unwrap_err();
    assert_eq!(invalid(refused).0, "visit");
    let waiting = bench.service.waiting(&ada.who, &secret).await.unwrap().unwrap();
    assert_eq!(waiting.by, WaitingFor::Session);
    bench.service.connect_identity(&ada.who, &secret).await.unwrap();
    // Nor does the provider alone let anyone in.
    let back = sign_in(&bench, &provider, &known).await;
    assert!(matches!(back, Returned::Admitted { admission: Admission::SecondFactor(_), .. }), "{back:?}");
}

/// ASVS 7.5.1.
async fn an_identity_is_connected_in_the_session_that_asked_for_it(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    while bench.next_mail().await.is_some() {}
    // Its address need not be one of hers, nor be checked.
    let known = Known { is_checked: false, ..Known::new("lovelace") };
    let signed_out = bench.service.begin_visit(&anonymous(), "example", Purpose::Connect, "/apps").await;
    assert!(matches!(signed_out, Err(Error::Unauthenticated(_))));
    let begun = go(&bench, &ada.who, Purpose::Connect).await;
    let answer = provider.sign_in(&bench, &begun, &known, Manner::default());
    assert_eq!(stopped(come_back(&bench, &eve.who, &begun, answer).await), Stopped::Over);

    let manner = Manner::default();
    let secret = waits(visit(&bench, &provider, &ada.who, Purpose::Connect, &known, manner).await);
    assert_eq!(bench.service.waiting(&anonymous(), &secret).await.unwrap().unwrap().by, WaitingFor::Session);
    assert!(bench.service.get_account(&ada.who).await.unwrap().identities.is_empty(), "not without a word");
    let refused = bench.service.connect_identity(&eve.who, &secret).await.unwrap_err();
    assert_eq!(invalid(refused).0, "visit");
    let refused = bench.service.connect_by_password(&eve.who.origin, &secret, PASSWORD).await.unwrap_err();
    assert_eq!(invalid(refused).0, "visit");
    bench.clock.advance(PROOF);
    let secret = waits(visit(&bench, &provider, &ada.who, Purpose::Connect, &known, manner).await);
    let old = bench.service.connect_identity(&ada.who, &secret).await;
    assert_eq!(old.unwrap_err(), Error::PasswordNeeded { or_passkey: false });
    bench.prove_password(&ada).await;
    assert_eq!(bench.service.connect_identity(&ada.who, &secret).await.unwrap(), "/apps");
    assert_eq!(bench.next_mail().await.unwrap().recipient, ada.email);
    assert_eq!(slug(&bench, &let_in(sign_in(&bench, &provider, &known).await)).await, "ada");
}

async fn whose_identity_it_is_already_is_not_changed(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let (bo, manner) = (Known::new("bo"), Manner::default());
    let_in(sign_in(&bench, &provider, &bo).await);
    let ada = bench.person("ada").await;
    let taken = visit(&bench, &provider, &ada.who, Purpose::Connect, &bo, manner).await;
    assert_eq!(stopped(taken), Stopped::SomeoneElses);
    // Two accounts are asked to take the same identity; the first that says so has it.
    let eve = bench.person("eve").await;
    let cy = Known::new("cy");
    let first = waits(visit(&bench, &provider, &ada.who, Purpose::Connect, &cy, manner).await);
    let second = waits(visit(&bench, &provider, &eve.who, Purpose::Connect, &cy, manner).await);
    bench.service.connect_identity(&ada.who, &first).await.unwrap();
    let refused = bench.service.connect_identity(&eve.who, &second).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)), "{refused:?}");
    // To connect one's own once more changes nothing.
    let again = visit(&bench, &provider, &ada.who, Purpose::Connect, &cy, manner).await;
    assert!(matches!(again, Returned::LedOn { .. }), "{again:?}");
}

/// ASVS 7.5.1.
async fn the_last_way_in_is_not_disconnected(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let known = Known::new("bo");
    let bo = let_in(sign_in(&bench, &provider, &known).await);
    while bench.next_mail().await.is_some() {}
    let first = bench.service.get_account(&bo).await.unwrap().identities[0].id;
    let refused = bench.service.disconnect_identity(&bo, first).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)), "{refused:?}");
    let eve = bench.person("eve").await;
    assert_eq!(bench.service.disconnect_identity(&eve.who, first).await.unwrap_err(), Error::NotFound);

    let other = Known::new("bo-at-work");
    let secret = waits(visit(&bench, &provider, &bo, Purpose::Connect, &other, Manner::default()).await);
    bench.service.connect_identity(&bo, &secret).await.unwrap();
    let second = bench.service.get_account(&bo).await.unwrap().identities[1].id;
    // Each of the two could go; not both at once.
    let (one, two) = tokio::join!(
        bench.service.disconnect_identity(&bo, first),
        bench.service.disconnect_identity(&bo, second)
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert!(actions(&bench, &bo).await.contains(&"identity.disconnected".to_owned()));
    let gone = if one.is_ok() { &known } else { &other };
    let back = sign_in(&bench, &provider, gone).await;
    assert!(!matches!(back, Returned::Admitted { .. }) || slug(&bench, &let_in(back)).await != "bo");
}

/// ASVS 7.5.1, 7.5.2 and 7.5.3.
async fn whoever_has_no_password_shows_anew_who_they_are(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let known = Known::new("bo");
    let bo = let_in(sign_in(&bench, &provider, &known).await);
    bench.clock.advance(PROOF);
    let needed = Error::SignInNeeded { providers: bench.service.list_providers(), or_passkey: false };
    let add = async || bench.service.add_address(&bo, "bo@example.net").await;
    assert_eq!(add().await.unwrap_err(), needed);
    assert!(bench.service.confirm_password(&bo, "").await.is_err());

    let prove = async |known: &Known, shown_ago| {
        let manner = Manner { shown_ago, ..Manner::default() };
        visit(&bench, &provider, &bo, Purpose::Prove, known, manner).await
    };
    let begun = go(&bench, &bo, Purpose::Prove).await;
    assert!(
        begun.address.contains("prompt=login") && begun.address.contains("max_age=0"),
        "{}",
        begun.address
    );
    assert_eq!(stopped(prove(&known, None).await), Stopped::NotAnew);
    assert_eq!(stopped(prove(&known, Some(3_600)).await), Stopped::NotAnew);
    assert_eq!(stopped(prove(&Known::new("eve"), Some(0)).await), Stopped::SomeoneElses);
    assert_eq!(add().await.unwrap_err(), needed);
    assert!(matches!(prove(&known, Some(0)).await, Returned::LedOn { next } if next == "/apps"));
    assert_eq!(add().await.unwrap().len(), 2);
}

async fn of_two_who_come_back_at_once_one_makes_the_account(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let (who, known) = (anonymous(), Known::new("bo"));
    let (one, two) = (go(&bench, &who, Purpose::SignIn).await, go(&bench, &who, Purpose::SignIn).await);
    let first = provider.sign_in(&bench, &one, &known, Manner::default());
    let second = provider.sign_in(&bench, &two, &known, Manner::default());
    let both = tokio::join!(come_back(&bench, &who, &one, first), come_back(&bench, &who, &two, second));
    let let_in = [&both.0, &both.1].iter().filter(|one| matches!(one, Returned::Admitted { .. })).count();
    assert!(let_in > 0, "{both:?}");
    let again = self::let_in(sign_in(&bench, &provider, &known).await);
    assert_eq!(bench.service.get_account(&again).await.unwrap().identities.len(), 1);
}

async fn visits_that_took_too_long_are_taken_away(mut bench: Bench) {
    let _provider = open(&mut bench).await;
    go(&bench, &anonymous(), Purpose::SignIn).await;
    assert_eq!(bench.service.forget_visits().await.unwrap(), 0);
    bench.clock.advance(VISIT);
    assert_eq!(bench.service.forget_visits().await.unwrap(), 1);
}
