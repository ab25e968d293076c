//! Passkeys: added, used to sign in and to show once more who one is, refused and removed; on both databases.

use atelier_domain::session::PROOF;
use atelier_service::audit::AuditFilter;
use atelier_service::identity::{
    Admission, CHALLENGE, Challenge, MOST_PASSKEYS, Purpose, Reset, Returned, SignedIn,
};
use atelier_service::{Error, Origin, Who};
use atelier_testkit::errors::invalid;
use atelier_testkit::passkeys::{Manner, Passkey};
use atelier_testkit::people::{PASSWORD, anonymous, with_session};
use atelier_testkit::provider::{Known, Manner as ProviderManner, TestProvider};
use atelier_testkit::{Bench, Person, on_both_databases};
use serde_json::Value;

on_both_databases! {
    whoever_has_one_signs_in_by_it_and_by_nothing_else,
    nobody_is_asked_for_a_code_besides,
    to_be_asked_for_one_is_the_same_for_everybody,
    only_a_device_that_finds_it_and_makes_sure_of_its_owner_keeps_one,
    what_a_device_signs_for_another_place_or_question_is_not_believed,
    an_answer_counts_once_in_time_and_in_the_browser_that_was_asked,
    one_that_signs_for_somebody_else_signs_nobody_in,
    a_copy_is_found_by_how_often_it_has_signed,
    one_that_was_removed_signs_nobody_in,
    an_answer_that_would_add_one_counts_in_its_session_alone,
    whoever_adds_or_removes_one_has_shown_not_long_ago_who_they_are,
    it_shows_once_more_who_somebody_is,
    too_many_from_one_network_are_refused,
    that_one_was_added_or_removed_is_told,
    the_last_way_in_stays,
    an_account_has_so_many_and_nobody_has_anothers,
    whoever_lost_everything_has_them_removed,
    what_was_never_answered_is_taken_away,
    where_there_are_none_nothing_is_asked,
}

/// What a browser is asked, and by what it is known.
async fn ask(bench: &Bench) -> Challenge {
    bench.service.begin_passkey_sign_in().await.expect("whoever comes is asked")
}

async fn answer(bench: &Bench, secret: &str, answer: &str) -> Result<Admission, Error> {
    bench.service.sign_in_by_passkey(secret, answer, &anonymous().origin).await
}

/// Signs in by a passkey in a browser of its own.
async fn sign_in(bench: &Bench, passkey: &mut Passkey, manner: &Manner) -> Result<Admission, Error> {
    let asked = ask(bench).await;
    answer(bench, &asked.secret, &passkey.sign(&asked.options, manner)).await
}

fn let_in(admission: Result<Admission, Error>) -> SignedIn {
    admission.expect("they are let in").signed_in().expect("nothing more is asked for")
}

fn is_refused(done: Result<Admission, Error>) {
    assert!(matches!(done, Err(Error::Unauthenticated(_))), "{done:?}");
}

fn is_conflict<T: std::fmt::Debug>(done: Result<T, Error>) {
    assert!(matches!(done, Err(Error::Conflict(_))), "{done:?}");
}

/// What the audit list tells of a person, the newest last.
async fn told(bench: &Bench, who: &Who) -> Vec<String> {
    let page = bench.service.list_own_audit(who, &AuditFilter::default(), 50).await.unwrap();
    page.entries.into_iter().rev().map(|entry| entry.action).collect()
}

async fn letters(bench: &Bench, person: &Person) -> Vec<String> {
    let mut subjects = Vec::new();
    while let Some(mail) = bench.next_mail().await {
        assert_eq!(mail.recipient, person.email);
        subjects.push(mail.subject);
    }
    subjects
}

/// ASVS 6.3.3.
async fn whoever_has_one_signs_in_by_it_and_by_nothing_else(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let mut adas = bench.add_passkey(&ada, "Work laptop").await;
    let mut bos = bench.add_passkey(&bo, "Phone").await;
    bench.clock.advance(1);
    for _ in 0..2 {
        assert_eq!(let_in(sign_in(&bench, &mut adas, &Manner::default()).await).user_id, ada.id);
    }
    let signed_in = let_in(sign_in(&bench, &mut bos, &Manner::default()).await);
    assert_eq!((signed_in.user_id, signed_in.slug.as_str()), (bo.id, "bo"));
    let account = bench.service.get_account(&with_session(&signed_in.secret)).await.unwrap();
    let passkey = &account.passkeys[0];
    assert_eq!((account.passkeys.len(), passkey.name.as_str()), (1, "Phone"));
    assert_eq!((passkey.created_at, passkey.used_at), (bench.now().plus(-1), Some(bench.now())));
    // The password does as before.
    bench.sign_in("bo", &bo.email).await;
    assert!(told(&bench, &bo.who).await.ends_with(&["session.started".into(), "session.started".into()]));
    for nothing in ["", "null", "{}", "hello"] {
        is_refused(answer(&bench, &ask(&bench).await.secret, nothing).await);
    }
}

/// ASVS 6.3.3 and 6.3.4.
async fn nobody_is_asked_for_a_code_besides(bench: Bench) {
    let ada = bench.person("ada").await;
    let mut passkey = bench.add_passkey(&ada, "Work laptop").await;
    bench.set_up_app(&ada).await;
    let_in(sign_in(&bench, &mut passkey, &Manner::default()).await);
    // The password alone still lets nobody in.
    let admission = bench.service.sign_in(&ada.email, PASSWORD, &anonymous().origin).await.unwrap();
    assert!(matches!(admission, Admission::SecondFactor(_)));
}

/// ASVS 6.3.8 and 6.7.2.
async fn to_be_asked_for_one_is_the_same_for_everybody(bench: Bench) {
    let before: Value = serde_json::from_str(&ask(&bench).await.options).unwrap();
    let ada = bench.person("ada").await;
    bench.add_passkey(&ada, "Work laptop").await;
    let after: Value = serde_json::from_str(&ask(&bench).await.options).unwrap();
    assert_ne!(before["challenge"], after["challenge"]);
    assert!(after["challenge"].as_str().unwrap().len() >= 43, "256 random bits: {after}");
    assert_eq!(after["allowCredentials"], Value::Array(Vec::new()));
    assert_eq!((&after["rpId"], &after["userVerification"]), (&"atelier.test".into(), &"required".into()));
    let rest = |mut options: Value| {
        options.as_object_mut().unwrap().remove("challenge");
        options
    };
    assert_eq!(rest(before), rest(after));
}

/// ASVS 6.3.3.
async fn only_a_device_that_finds_it_and_makes_sure_of_its_owner_keeps_one(bench: Bench) {
    let ada = bench.person("ada").await;
    let asked = bench.service.begin_passkey(&ada.who, "Phone").await.unwrap();
    let options: Value = serde_json::from_str(&asked.options).unwrap();
    let selection = &options["authenticatorSelection"];
    assert_eq!(
        (&selection["residentKey"], &selection["requireResidentKey"]),
        (&"required".into(), &true.into())
    );
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(options["user"]["name"], ada.email);
    let careless = Manner { verifies: false, ..Manner::default() };
    let (_, answer) = Passkey::make(&asked.options, &careless);
    is_conflict(bench.service.add_passkey(&ada.who, &asked.secret, "Phone", &answer).await);

    for manner in elsewhere() {
        let asked = bench.service.begin_passkey(&ada.who, "Phone").await.unwrap();
        let (_, answer) = Passkey::make(&asked.options, &manner);
        is_conflict(bench.service.add_passkey(&ada.who, &asked.secret, "Phone", &answer).await);
    }
    assert!(bench.service.get_account(&ada.who).await.unwrap().passkeys.is_empty());
}

/// What is signed at another place, or for another question.
fn elsewhere() -> [Manner; 4] {
    let right = Manner::default();
    [
        Manner { origin: "https://atelier.test.example.org".into(), ..right.clone() },
        Manner { origin: "http://atelier.test".into(), ..right.clone() },
        Manner { host: "example.org".into(), ..right.clone() },
        Manner { challenge: Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into()), ..right },
    ]
}

/// ASVS 6.3.3 and 6.7.2.
async fn what_a_device_signs_for_another_place_or_question_is_not_believed(bench: Bench) {
    let ada = bench.person("ada").await;
    let mut passkey = bench.add_passkey(&ada, "Work laptop").await;
    let before = told(&bench, &ada.who).await.len();
    for manner in elsewhere() {
        is_refused(sign_in(&bench, &mut passkey, &manner).await);
    }
    is_refused(sign_in(&bench, &mut passkey, &Manner { verifies: false, ..Manner::default() }).await);
    assert_eq!(told(&bench, &ada.who).await[before..], ["passkey.refused"; 5].map(str::to_owned));
    let_in(sign_in(&bench, &mut passkey, &Manner::default()).await);
}

/// ASVS 6.5.1 and 6.7.2.
async fn an_answer_counts_once_in_time_and_in_the_browser_that_was_asked(bench: Bench) {
    let ada = bench.person("ada").await;
    let mut passkey = bench.add_passkey(&ada, "Work laptop").await;
    let right = Manner::default();
    let asked = ask(&bench).await;
    let signed = passkey.sign(&asked.options, &right);
    // Whoever saw the answer on its way has not the secret of the browser, nor has another question the same answer.
    is_conflict(answer(&bench, "", &signed).await);
    is_conflict(answer(&bench, "unknown", &signed).await);
    is_refused(answer(&bench, &ask(&bench).await.secret, &signed).await);
    let_in(answer(&bench, &asked.secret, &signed).await);
    is_conflict(answer(&bench, &asked.secret, &signed).await);
    // What was refused is used up as well.
    let asked = ask(&bench).await;
    is_refused(answer(&bench, &asked.secret, "{}").await);
    is_conflict(answer(&bench, &asked.secret, &passkey.sign(&asked.options, &right)).await);

    let asked = ask(&bench).await;
    bench.clock.advance(CHALLENGE - 1);
    let_in(answer(&bench, &asked.secret, &passkey.sign(&asked.options, &right)).await);
    let asked = ask(&bench).await;
    bench.clock.advance(CHALLENGE);
    is_conflict(answer(&bench, &asked.secret, &passkey.sign(&asked.options, &right)).await);
}

/// ASVS 6.3.3.
async fn one_that_signs_for_somebody_else_signs_nobody_in(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let adas = bench.add_passkey(&ada, "Work laptop").await;
    let mut bos = bench.add_passkey(&bo, "Phone").await;
    let pretending = |id: &[u8], owner: &[u8]| {
        let mut passkey = bos.clone();
        (passkey.id, passkey.owner) = (id.to_vec(), owner.to_vec());
        passkey
    };
    let pretended = [(&bos.id, &adas.owner), (&adas.id, &bos.owner), (&adas.id, &adas.owner)]
        .map(|(id, owner)| pretending(id, owner));
    for mut passkey in pretended {
        is_refused(sign_in(&bench, &mut passkey, &Manner::default()).await);
    }
    assert_eq!(let_in(sign_in(&bench, &mut bos, &Manner::default()).await).user_id, bo.id);
}

/// ASVS 6.3.3.
async fn a_copy_is_found_by_how_often_it_has_signed(bench: Bench) {
    let ada = bench.person("ada").await;
    let mut passkey = bench.add_passkey(&ada, "Work laptop").await;
    let mut copy = passkey.clone();
    let_in(sign_in(&bench, &mut passkey, &Manner::default()).await);
    let_in(sign_in(&bench, &mut passkey, &Manner::default()).await);
    is_refused(sign_in(&bench, &mut copy, &Manner::default()).await);
    let page = bench.service.list_own_audit(&ada.who, &AuditFilter::default(), 1).await.unwrap();
    assert_eq!(page.entries[0].action, "passkey.refused");
    assert!(page.entries[0].after_state.as_ref().is_some_and(|after| after.to_string().contains("copied")));
    // Those whose device counts nothing say nought each time.
    let bo = bench.person("bo").await;
    let mut synchronised = bench.add_passkey(&bo, "Everywhere").await;
    for _ in 0..2 {
        let_in(sign_in(&bench, &mut synchronised, &Manner { counts: false, ..Manner::default() }).await);
    }
}

/// ASVS 6.3.3.
async fn one_that_was_removed_signs_nobody_in(bench: Bench) {
    let ada = bench.person("ada").await;
    let mut first = bench.add_passkey(&ada, "Work laptop").await;
    bench.clock.advance(1);
    let mut second = bench.add_passkey(&ada, "Phone").await;
    let session = with_session(&let_in(sign_in(&bench, &mut first, &Manner::default()).await).secret);
    let asked = ask(&bench).await;
    let signed = first.sign(&asked.options, &Manner::default());
    let id = bench.service.get_account(&ada.who).await.unwrap().passkeys[0].id;
    let bo = bench.person("bo").await;
    assert_eq!(bench.service.remove_passkey(&bo.who, id).await.unwrap_err(), Error::NotFound);
    bench.service.remove_passkey(&ada.who, id).await.unwrap();
    assert_eq!(bench.service.remove_passkey(&ada.who, id).await.unwrap_err(), Error::NotFound);
    is_refused(answer(&bench, &asked.secret, &signed).await);
    is_refused(sign_in(&bench, &mut first, &Manner::default()).await);
    let_in(sign_in(&bench, &mut second, &Manner::default()).await);
    assert!(bench.service.whoami(&session).await.unwrap().is_some(), "sessions that it began go on");
}

/// ASVS 6.7.2.
async fn an_answer_that_would_add_one_counts_in_its_session_alone(bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let service = &bench.service;
    let asked = service.begin_passkey(&eve.who, "Mine").await.unwrap();
    let (_, made) = Passkey::make(&asked.options, &Manner::default());
    is_conflict(service.add_passkey(&ada.who, &asked.secret, "Mine", &made).await);
    let elsewhere = bench.sign_in("eve", &eve.email).await;
    let asked = service.begin_passkey(&eve.who, "Mine").await.unwrap();
    let (mut passkey, made) = Passkey::make(&asked.options, &Manner::default());
    is_conflict(service.add_passkey(&elsewhere.who, &asked.secret, "Mine", &made).await);
    // What was asked for one thing is no answer to another.
    let asked = service.begin_passkey(&eve.who, "Mine").await.unwrap();
    is_conflict(answer(&bench, &asked.secret, &passkey.sign(&asked.options, &Manner::default())).await);
    let asked = ask(&bench).await;
    let signed = passkey.sign(&asked.options, &Manner::default());
    is_conflict(service.add_passkey(&eve.who, &asked.secret, "Mine", &signed).await);
    let asked = service.begin_passkey_proof(&eve.who).await.unwrap();
    let signed = passkey.sign(&asked.options, &Manner::default());
    is_conflict(service.add_passkey(&eve.who, &asked.secret, "Mine", &signed).await);
    let asked = service.begin_passkey(&eve.who, "Mine").await.unwrap();
    let signed = passkey.sign(&asked.options, &Manner::default());
    is_conflict(service.prove_by_passkey(&eve.who, &asked.secret, &signed).await);

    let asked = service.begin_passkey(&eve.who, "Mine").await.unwrap();
    let (_, made) = Passkey::make(&asked.options, &Manner::default());
    service.add_passkey(&eve.who, &asked.secret, "Mine", &made).await.unwrap();
    is_conflict(service.add_passkey(&eve.who, &asked.secret, "Mine", &made).await);
}

/// ASVS 7.5.1, 7.5.2 and 7.5.3.
async fn whoever_adds_or_removes_one_has_shown_not_long_ago_who_they_are(bench: Bench) {
    let ada = bench.person("ada").await;
    let service = &bench.service;
    let asked = service.begin_passkey(&ada.who, "Phone").await.unwrap();
    let (_, made) = Passkey::make(&asked.options, &Manner::default());
    bench.clock.advance(PROOF);
    let needed = |or_passkey| Some(Error::PasswordNeeded { or_passkey });
    assert_eq!(service.begin_passkey(&ada.who, "Phone").await.err(), needed(false));
    assert_eq!(service.add_passkey(&ada.who, &asked.secret, "Phone", &made).await.err(), needed(false));
    bench.prove_password(&ada).await;
    bench.add_passkey(&ada, "Phone").await;
    let id = service.get_account(&ada.who).await.unwrap().passkeys[0].id;
    bench.clock.advance(PROOF);
    assert_eq!(service.remove_passkey(&ada.who, id).await.err(), needed(true));
}

/// ASVS 7.5.1, 7.5.2 and 7.5.3.
async fn it_shows_once_more_who_somebody_is(mut bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let mut adas = bench.add_passkey(&ada, "Work laptop").await;
    let mut eves = bench.add_passkey(&eve, "Phone").await;
    let right = Manner::default();
    bench.clock.advance(PROOF);
    let needed = Some(Error::PasswordNeeded { or_passkey: true });
    let add = async || bench.service.add_address(&ada.who, "ada@example.net").await;
    assert_eq!(add().await.err(), needed);

    let asked = bench.service.begin_passkey_proof(&ada.who).await.unwrap();
    let signed = eves.sign(&asked.options, &right);
    is_conflict(bench.service.prove_by_passkey(&ada.who, &asked.secret, &signed).await);
    let asked = bench.service.begin_passkey_proof(&ada.who).await.unwrap();
    let signed = adas.sign(&asked.options, &Manner { verifies: false, ..right.clone() });
    is_conflict(bench.service.prove_by_passkey(&ada.who, &asked.secret, &signed).await);
    // What was signed to sign in, or in another session, shows nothing in this one.
    let asked = ask(&bench).await;
    let signed = adas.sign(&asked.options, &right);
    is_conflict(bench.service.prove_by_passkey(&ada.who, &asked.secret, &signed).await);
    let elsewhere = bench.sign_in("ada", &ada.email).await;
    let asked = bench.service.begin_passkey_proof(&elsewhere.who).await.unwrap();
    let signed = adas.sign(&asked.options, &right);
    is_conflict(bench.service.prove_by_passkey(&ada.who, &asked.secret, &signed).await);
    assert_eq!(add().await.err(), needed);

    let asked = bench.service.begin_passkey_proof(&ada.who).await.unwrap();
    let signed = adas.sign(&asked.options, &right);
    bench.service.prove_by_passkey(&ada.who, &asked.secret, &signed).await.unwrap();
    assert_eq!(add().await.unwrap().len(), 2);
    assert_eq!(told(&bench, &ada.who).await.iter().filter(|one| *one == "passkey.refused").count(), 2);
    assert_eq!(told(&bench, &eve.who).await.iter().filter(|one| *one == "passkey.refused").count(), 0);

    // Whoever has no password shows it by the passkey alone.
    let provider = TestProvider::start().await;
    provider.serve(&mut bench);
    let (bo, mut passkey) = without_password(&bench, &provider, "bo").await;
    bench.clock.advance(PROOF);
    let needed = Error::SignInNeeded { providers: bench.service.list_providers(), or_passkey: true };
    assert_eq!(bench.service.add_address(&bo.who, "bo@example.net").await.unwrap_err(), needed);
    let asked = bench.service.begin_passkey_proof(&bo.who).await.unwrap();
    let signed = passkey.sign(&asked.options, &right);
    bench.service.prove_by_passkey(&bo.who, &asked.secret, &signed).await.unwrap();
    bench.service.add_address(&bo.who, "bo@example.net").await.unwrap();
}

/// Somebody who signed up by a provider, and has a passkey.
async fn without_password(bench: &Bench, provider: &TestProvider, slug: &str) -> (Person, Passkey) {
    let begun = bench.service.begin_visit(&anonymous(), "example", Purpose::SignIn, "/apps").await.unwrap();
    let came_back = provider.sign_in(bench, &begun, &Known::new(slug), ProviderManner::default());
    let returned = bench.service.end_visit(&anonymous(), "example", Some(&begun.secret), came_back).await;
    let Ok(Returned::Admitted { admission, .. }) = returned else { panic!("{returned:?}") };
    let signed_in = admission.signed_in().expect("they have no second factor");
    let person = Person {
        id: signed_in.user_id,
        slug: slug.into(),
        email: format!("{slug}@example.org"),
        who: with_session(&signed_in.secret),
    };
    let passkey = bench.add_passkey(&person, "Phone").await;
    (person, passkey)
}

/// ASVS 6.3.1.
async fn too_many_from_one_network_are_refused(bench: Bench) {
    let ada = bench.person("ada").await;
    let mut passkey = bench.add_passkey(&ada, "Work laptop").await;
    let origin = Origin { address: "192.0.2.7".into(), user_agent: "test".into() };
    let mut refused = Vec::new();
    for _ in 0..22 {
        let asked = ask(&bench).await;
        refused.push(bench.service.sign_in_by_passkey(&asked.secret, "{}", &origin).await.unwrap_err());
    }
    let throttled = refused.iter().position(|error| matches!(error, Error::Throttled { .. }));
    assert_eq!(throttled, Some(20), "{refused:?}");
    let asked = ask(&bench).await;
    let signed = passkey.sign(&asked.options, &Manner::default());
    let done = bench.service.sign_in_by_passkey(&asked.secret, &signed, &origin).await;
    assert!(matches!(done, Err(Error::Throttled { .. })), "{done:?}");
    // From elsewhere the same passkey does: strangers keep nobody from theirs.
    let_in(sign_in(&bench, &mut passkey, &Manner::default()).await);
}

/// ASVS 6.3.7.
async fn that_one_was_added_or_removed_is_told(bench: Bench) {
    let ada = bench.person("ada").await;
    letters(&bench, &ada).await;
    bench.add_passkey(&ada, "Work laptop").await;
    assert_eq!(letters(&bench, &ada).await, ["A passkey was added"]);
    let id = bench.service.get_account(&ada.who).await.unwrap().passkeys[0].id;
    bench.service.remove_passkey(&ada.who, id).await.unwrap();
    assert_eq!(letters(&bench, &ada).await, ["A passkey was removed"]);
    assert!(told(&bench, &ada.who).await.ends_with(&["passkey.added".into(), "passkey.removed".into()]));
    let page = bench.service.list_own_audit(&ada.who, &AuditFilter::default(), 1).await.unwrap();
    assert_eq!(page.entries[0].subject, "Work laptop");
}

/// ASVS 7.5.1.
async fn the_last_way_in_stays(mut bench: Bench) {
    let provider = TestProvider::start().await;
    provider.serve(&mut bench);
    let (bo, mut passkey) = without_password(&bench, &provider, "bo").await;
    let account = bench.service.get_account(&bo.who).await.unwrap();
    let (identity, id) = (account.identities[0].id, account.passkeys[0].id);
    // Each of the two could go; not both at once.
    let (one, two) = tokio::join!(
        bench.service.disconnect_identity(&bo.who, identity),
        bench.service.remove_passkey(&bo.who, id)
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    if one.is_ok() {
        is_conflict(two);
        assert_eq!(let_in(sign_in(&bench, &mut passkey, &Manner::default()).await).user_id, bo.id);
    } else {
        is_conflict(one);
    }

    let (cy, _) = without_password(&bench, &provider, "cy").await;
    let account = bench.service.get_account(&cy.who).await.unwrap();
    bench.service.disconnect_identity(&cy.who, account.identities[0].id).await.unwrap();
    let only = account.passkeys[0].id;
    is_conflict(bench.service.remove_passkey(&cy.who, only).await);
    bench.add_passkey(&cy, "Another").await;
    bench.service.remove_passkey(&cy.who, only).await.unwrap();
    // Whoever has a password needs no other way.
    let di = bench.person("di").await;
    bench.add_passkey(&di, "Phone").await;
    let id = bench.service.get_account(&di.who).await.unwrap().passkeys[0].id;
    bench.service.remove_passkey(&di.who, id).await.unwrap();
}

async fn an_account_has_so_many_and_nobody_has_anothers(bench: Bench) {
    let ada = bench.person("ada").await;
    let refused = bench.service.begin_passkey(&ada.who, " ").await.unwrap_err();
    assert_eq!(invalid(refused).0, "name");
    let first = bench.add_passkey(&ada, "Phone 1").await;
    let asked = bench.service.begin_passkey(&ada.who, "Phone 1 again").await.unwrap();
    let options: Value = serde_json::from_str(&asked.options).unwrap();
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1, "a device makes no second one");

    // A device that says that it made one which is somebody else's.
    let eve = bench.person("eve").await;
    let asked = bench.service.begin_passkey(&eve.who, "Mine").await.unwrap();
    let (_, made) = Passkey::make(&asked.options, &Manner { id: Some(first.id), ..Manner::default() });
    is_conflict(bench.service.add_passkey(&eve.who, &asked.secret, "Mine", &made).await);
    for number in 1..MOST_PASSKEYS {
        bench.add_passkey(&ada, &format!("Phone {}", number + 1)).await;
    }
    is_conflict(bench.service.begin_passkey(&ada.who, "One more").await);
}

/// ASVS 6.3.7 and 6.4.4.
async fn whoever_lost_everything_has_them_removed(bench: Bench) {
    let ada = bench.person("ada").await;
    is_conflict(bench.service.reset_factors(&ada.email).await);
    let mut passkey = bench.add_passkey(&ada, "Work laptop").await;
    letters(&bench, &ada).await;
    let reset = bench.service.reset_factors(&ada.email).await.unwrap();
    assert_eq!(reset, Reset { second_factor: false, passkeys: 1 });
    assert_eq!(letters(&bench, &ada).await, ["Your passkeys were removed"]);
    is_refused(sign_in(&bench, &mut passkey, &Manner::default()).await);
    bench.set_up_app(&ada).await;
    bench.add_passkey(&ada, "Work laptop").await;
    letters(&bench, &ada).await;
    let reset = bench.service.reset_factors(&ada.email).await.unwrap();
    assert_eq!(reset, Reset { second_factor: true, passkeys: 1 });
    assert_eq!(letters(&bench, &ada).await, ["A second factor was switched off"]);
    let page = bench.service.list_own_audit(&ada.who, &AuditFilter::default(), 50).await.unwrap();
    let by_operator = page.entries.iter().filter(|entry| entry.actor == "The operator").count();
    assert_eq!(by_operator, 3);
}

async fn what_was_never_answered_is_taken_away(bench: Bench) {
    ask(&bench).await;
    bench.clock.advance(CHALLENGE - 1);
    assert_eq!(bench.service.forget_passkey_challenges().await.unwrap(), 0);
    bench.clock.advance(1);
    assert_eq!(bench.service.forget_passkey_challenges().await.unwrap(), 1);
}

async fn where_there_are_none_nothing_is_asked(bench: Bench) {
    let ada = bench.person("ada").await;
    let mut passkey = bench.add_passkey(&ada, "Work laptop").await;
    let asked = ask(&bench).await;
    let signed = passkey.sign(&asked.options, &Manner::default());
    let (store, objects) = (bench.service.store().clone(), bench.service.objects().clone());
    let by_number =
        atelier_service::Service::new(store, objects, bench.service.world().clone(), "https://192.0.2.7");
    assert!(bench.service.offers_passkeys() && !by_number.offers_passkeys());
    assert_eq!(by_number.begin_passkey_sign_in().await.unwrap_err(), Error::NotFound);
    let done = by_number.sign_in_by_passkey(&asked.secret, &signed, &anonymous().origin).await;
    assert_eq!(done.unwrap_err(), Error::NotFound);
    assert_eq!(by_number.begin_passkey(&ada.who, "Phone").await.unwrap_err(), Error::NotFound);
    bench.clock.advance(PROOF);
    let needed = Error::PasswordNeeded { or_passkey: false };
    assert_eq!(by_number.add_address(&ada.who, "ada@example.net").await.unwrap_err(), needed);
}
