//! The second factor: set up, asked for, lost and switched off; on both databases.

use atelier_domain::session::PROOF;
use atelier_domain::time::{MINUTE, SECOND};
use atelier_service::audit::AuditFilter;
use atelier_service::identity::{
    Admission, Completed, PENDING_SIGN_IN, RECOVERY_CODES, SecondProof, SignedIn,
};
use atelier_service::{Error, Origin};
use atelier_testkit::codes::STEP;
use atelier_testkit::people::{PASSWORD, anonymous, with_session};
use atelier_testkit::{Bench, CodeApp, Person, on_both_databases};

on_both_databases! {
    it_is_asked_for_once_the_app_has_shown_its_first_code,
    a_code_is_taken_once,
    a_clock_may_be_half_a_minute_wrong,
    too_many_codes_are_refused_and_a_right_password_forgives_none,
    many_codes_at_once_are_counted_each,
    codes_from_one_network_are_limited_as_passwords_are,
    a_recovery_code_gets_in_once,
    new_recovery_codes_end_the_earlier_ones,
    a_pending_sign_in_ends_with_time_and_is_used_once,
    a_pending_sign_in_ends_with_the_password_and_with_the_factor,
    nobody_gets_in_by_anothers_app,
    whoever_changes_it_gave_the_password_not_long_ago,
    another_app_takes_over_once_it_has_shown_its_first_code,
    switching_it_off_is_told,
    a_new_password_does_not_switch_it_off,
    whoever_runs_the_server_takes_it_from_whoever_lost_everything,
    a_wrong_password_tells_nothing_of_it,
}

/// Gives the right password; answers the secret of the sign-in that waits.
async fn begin(bench: &Bench, person: &Person) -> String {
    match bench.service.sign_in(&person.email, PASSWORD, &anonymous().origin).await.unwrap() {
        Admission::SecondFactor(pending) => pending.secret,
        Admission::SignedIn(_) => panic!("the password alone let somebody in"),
    }
}

async fn show(bench: &Bench, pending: &str, code: &str) -> Result<Completed, Error> {
    bench.service.complete_sign_in(pending, SecondProof::Code(code), &anonymous().origin).await
}

async fn recover(bench: &Bench, pending: &str, code: &str) -> Result<Completed, Error> {
    bench.service.complete_sign_in(pending, SecondProof::RecoveryCode(code), &anonymous().origin).await
}

fn is_wrong<T: std::fmt::Debug>(done: Result<T, Error>) {
    match done.unwrap_err() {
        Error::Invalid { fields } => assert_eq!(fields[0].field, "code"),
        other => panic!("{other:?}"),
    }
}

fn is_over<T: std::fmt::Debug>(done: Result<T, Error>) {
    assert!(matches!(done.unwrap_err(), Error::Unauthenticated(_)));
}

fn seconds<T: std::fmt::Debug>(done: Result<T, Error>) -> u64 {
    match done.unwrap_err() {
        Error::Throttled { seconds, .. } => seconds,
        other => panic!("{other:?}"),
    }
}

/// A code that is not the one of this moment, nor of one near it.
fn another(app: &CodeApp, bench: &Bench) -> String {
    let near: Vec<String> = (-1..=1).map(|step| app.code(bench.now().plus(step * STEP))).collect();
    let other = (0..4).map(|number| format!("{number:06}")).find(|code| !near.contains(code));
    other.expect("there are more codes than are near")
}

async fn is_signed_in(bench: &Bench, signed_in: &SignedIn) -> bool {
    bench.service.whoami(&with_session(&signed_in.secret)).await.unwrap().is_some()
}

/// What the audit list tells of a person, the newest last.
async fn told(bench: &Bench, person: &Person) -> Vec<String> {
    let page = bench.service.list_own_audit(&person.who, &AuditFilter::default(), 50).await.unwrap();
    page.entries.into_iter().rev().map(|entry| entry.action).collect()
}

/// The subjects of the letters that wait for a person.
async fn letters(bench: &Bench, person: &Person) -> Vec<String> {
    let mut subjects = Vec::new();
    while let Some(mail) = bench.next_mail().await {
        if mail.recipient == person.email {
            subjects.push(mail.subject);
        }
    }
    subjects
}

/// ASVS 6.3.3.
async fn it_is_asked_for_once_the_app_has_shown_its_first_code(bench: Bench) {
    let ada = bench.person("ada").await;
    letters(&bench, &ada).await;
    let service = &bench.service;
    service.set_up_authenticator(&ada.who).await.unwrap();
    // As long as nobody knows that the app has the secret, nobody is locked out by it.
    bench.sign_in("ada", &ada.email).await;
    let factor = service.get_second_factor(&ada.who).await.unwrap();
    assert_eq!((factor.since, factor.recovery_codes_left), (None, 0));
    let app = CodeApp::new(&factor.offer.unwrap().secret);
    is_wrong(service.confirm_authenticator(&ada.who, &another(&app, &bench)).await);
    bench.sign_in("ada", &ada.email).await;
    let codes = service.confirm_authenticator(&ada.who, &app.code(bench.now())).await.unwrap();
    assert_eq!(codes.len(), RECOVERY_CODES);
    let factor = service.get_second_factor(&ada.who).await.unwrap();
    assert_eq!((factor.since, factor.recovery_codes_left), (Some(bench.now()), RECOVERY_CODES));
    assert!(factor.offer.is_none(), "the secret is shown to nobody any more");
    assert_eq!(letters(&bench, &ada).await, ["A second factor was set up"]);

    bench.clock.advance(STEP);
    let before = told(&bench, &ada).await.len();
    let pending = begin(&bench, &ada).await;
    assert!(service.whoami(&with_session(&pending)).await.unwrap().is_none(), "it is no session");
    is_wrong(show(&bench, &pending, &another(&app, &bench)).await);
    is_wrong(show(&bench, &pending, "").await);
    let done = show(&bench, &pending, &app.code(bench.now())).await.unwrap();
    assert!(is_signed_in(&bench, &done.signed_in).await);
    let refused = "second_factor.refused";
    assert_eq!(told(&bench, &ada).await[before..], [refused, refused, "session.started"]);
}

/// ASVS 6.5.1.
async fn a_code_is_taken_once(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    let (first, second) = (begin(&bench, &ada).await, begin(&bench, &ada).await);
    is_wrong(show(&bench, &first, &app.code(bench.now().plus(-STEP))).await);
    show(&bench, &first, &app.code(bench.now())).await.unwrap();
    is_wrong(show(&bench, &second, &app.code(bench.now())).await);
    bench.clock.advance(STEP);
    show(&bench, &second, &app.code(bench.now())).await.unwrap();
}

/// ASVS 6.5.5.
async fn a_clock_may_be_half_a_minute_wrong(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    bench.clock.advance(10 * STEP);
    for (steps, is_taken) in [(-2, false), (-1, true), (0, true), (2, false), (1, true)] {
        let pending = begin(&bench, &ada).await;
        let shown = show(&bench, &pending, &app.code(bench.now().plus(steps * STEP))).await;
        assert_eq!(shown.is_ok(), is_taken, "{steps}");
    }
}

/// ASVS 6.3.1.
async fn too_many_codes_are_refused_and_a_right_password_forgives_none(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    for _ in 0..5 {
        // Whoever tries codes knows the password.
        let pending = begin(&bench, &ada).await;
        is_wrong(show(&bench, &pending, &another(&app, &bench)).await);
    }
    let pending = begin(&bench, &ada).await;
    assert_eq!(seconds(show(&bench, &pending, &app.code(bench.now())).await), 1);
    assert_eq!(seconds(recover(&bench, &pending, &app.recovery_codes[0]).await), 1);
    bench.clock.advance(SECOND);
    is_wrong(show(&bench, &pending, &another(&app, &bench)).await);
    assert_eq!(seconds(show(&bench, &pending, &app.code(bench.now())).await), 2);
    bench.clock.advance(2 * SECOND);
    show(&bench, &pending, &app.code(bench.now())).await.unwrap();
    // A right one forgives them.
    let pending = begin(&bench, &ada).await;
    is_wrong(show(&bench, &pending, &another(&app, &bench)).await);
}

/// ASVS 6.3.1.
async fn many_codes_at_once_are_counted_each(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    let (pending, wrong) = (begin(&bench, &ada).await, another(&app, &bench));
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let (service, pending, wrong) = (bench.service.clone(), pending.clone(), wrong.clone());
            tokio::spawn(async move {
                service.complete_sign_in(&pending, SecondProof::Code(&wrong), &anonymous().origin).await
            })
        })
        .collect();
    let mut looked_at = 0;
    for tried in tries {
        looked_at += usize::from(matches!(tried.await.unwrap(), Err(Error::Invalid { .. })));
    }
    assert_eq!(looked_at, 5);
}

/// ASVS 6.3.1.
async fn codes_from_one_network_are_limited_as_passwords_are(bench: Bench) {
    let origin = Origin { address: "192.0.2.7".into(), user_agent: "test".into() };
    let mut people = Vec::new();
    for slug in ["ada", "bo", "cy", "di", "em"] {
        let person = bench.person(slug).await;
        people.push((bench.set_up_app(&person).await, person));
    }
    let mut refused = 0;
    for (app, person) in &people {
        let pending = begin(&bench, person).await;
        let wrong = another(app, &bench);
        for _ in 0..5 {
            let shown = bench.service.complete_sign_in(&pending, SecondProof::Code(&wrong), &origin).await;
            refused += usize::from(matches!(shown, Err(Error::Throttled { .. })));
        }
    }
    assert_eq!(refused, 5, "after twenty");
}

/// ASVS 6.3.7 and 6.5.1.
async fn a_recovery_code_gets_in_once(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    letters(&bench, &ada).await;
    let typed = app.recovery_codes[3].to_uppercase().replace('-', " ");
    let pending = begin(&bench, &ada).await;
    is_wrong(recover(&bench, &pending, "aaaaaa-aaaaaa-aaaaaa-aaaaaa").await);
    is_wrong(show(&bench, &pending, &typed).await);
    let done = recover(&bench, &pending, &typed).await.unwrap();
    assert_eq!(done.recovery_codes_left, RECOVERY_CODES - 1);
    assert!(is_signed_in(&bench, &done.signed_in).await);
    assert_eq!(letters(&bench, &ada).await, ["A recovery code was used"]);
    assert!(told(&bench, &ada).await.contains(&"recovery_codes.used".into()));

    let pending = begin(&bench, &ada).await;
    is_wrong(recover(&bench, &pending, &typed).await);
    recover(&bench, &pending, &app.recovery_codes[4]).await.unwrap();
    let left = bench.service.get_second_factor(&ada.who).await.unwrap().recovery_codes_left;
    assert_eq!(left, RECOVERY_CODES - 2);
}

/// ASVS 6.3.7.
async fn new_recovery_codes_end_the_earlier_ones(bench: Bench) {
    let ada = bench.person("ada").await;
    assert!(matches!(bench.service.make_recovery_codes(&ada.who).await, Err(Error::Conflict(_))));
    let app = bench.set_up_app(&ada).await;
    letters(&bench, &ada).await;
    let codes = bench.service.make_recovery_codes(&ada.who).await.unwrap();
    assert!(codes.iter().all(|code| !app.recovery_codes.contains(code)));
    assert_eq!(letters(&bench, &ada).await, ["New recovery codes were made"]);
    let pending = begin(&bench, &ada).await;
    is_wrong(recover(&bench, &pending, &app.recovery_codes[0]).await);
    recover(&bench, &pending, &codes[0]).await.unwrap();
}

/// ASVS 6.5.5.
async fn a_pending_sign_in_ends_with_time_and_is_used_once(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    let pending = begin(&bench, &ada).await;
    bench.clock.advance(PENDING_SIGN_IN);
    is_over(show(&bench, &pending, &app.code(bench.now())).await);
    is_over(show(&bench, "unknown", &app.code(bench.now())).await);
    assert_eq!(bench.service.forget_pending_sign_ins().await.unwrap(), 1);

    let pending = begin(&bench, &ada).await;
    bench.clock.advance(PENDING_SIGN_IN - 1);
    assert_eq!(bench.service.forget_pending_sign_ins().await.unwrap(), 0);
    show(&bench, &pending, &app.code(bench.now())).await.unwrap();
    bench.clock.advance(-MINUTE);
    is_over(recover(&bench, &pending, &app.recovery_codes[0]).await);
}

async fn a_pending_sign_in_ends_with_the_password_and_with_the_factor(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    let pending = begin(&bench, &ada).await;
    let new = "another good sentence";
    let signed_in = bench.service.change_password(&ada.who, PASSWORD, new).await.unwrap();
    is_over(show(&bench, &pending, &app.code(bench.now())).await);
    let ada = Person { who: with_session(&signed_in.secret), ..ada };

    let admission = bench.service.sign_in(&ada.email, new, &anonymous().origin).await.unwrap();
    let Admission::SecondFactor(pending) = admission else { panic!("the factor is asked for") };
    bench.service.remove_second_factor(&ada.who).await.unwrap();
    is_over(show(&bench, &pending.secret, &app.code(bench.now())).await);
}

async fn nobody_gets_in_by_anothers_app(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let (adas, bos) = (bench.set_up_app(&ada).await, bench.set_up_app(&bo).await);
    bench.clock.advance(STEP);
    let pending = begin(&bench, &ada).await;
    is_wrong(show(&bench, &pending, &bos.code(bench.now())).await);
    is_wrong(recover(&bench, &pending, &bos.recovery_codes[0]).await);
    let done = show(&bench, &pending, &adas.code(bench.now())).await.unwrap();
    assert_eq!(done.signed_in.user_id, ada.id);
    // What was shown in vain was not used up.
    let pending = begin(&bench, &bo).await;
    recover(&bench, &pending, &bos.recovery_codes[0]).await.unwrap();
}

/// ASVS 7.5.1, 7.5.2 and 7.5.3.
async fn whoever_changes_it_gave_the_password_not_long_ago(bench: Bench) {
    let ada = bench.person("ada").await;
    let service = &bench.service;
    service.set_up_authenticator(&ada.who).await.unwrap();
    bench.clock.advance(PROOF);
    let needed = Some(Error::PasswordNeeded { or_passkey: false });
    assert!(service.get_second_factor(&ada.who).await.unwrap().offer.is_none(), "nor is the secret shown");
    assert_eq!(service.set_up_authenticator(&ada.who).await.err(), needed);
    assert_eq!(service.confirm_authenticator(&ada.who, "000000").await.err(), needed);
    assert_eq!(service.make_recovery_codes(&ada.who).await.err(), needed);
    assert_eq!(service.remove_second_factor(&ada.who).await.err(), needed);
    service.confirm_password(&ada.who, PASSWORD).await.unwrap();
    assert!(service.get_second_factor(&ada.who).await.unwrap().offer.is_some());
    bench.clock.advance(PROOF);
    bench.prove_password(&ada).await;
    // What was offered has expired.
    assert!(matches!(service.confirm_authenticator(&ada.who, "000000").await, Err(Error::Conflict(_))));
}

async fn another_app_takes_over_once_it_has_shown_its_first_code(bench: Bench) {
    let ada = bench.person("ada").await;
    let first = bench.set_up_app(&ada).await;
    bench.service.set_up_authenticator(&ada.who).await.unwrap();
    let offer = bench.service.get_second_factor(&ada.who).await.unwrap().offer.unwrap();
    let second = CodeApp::new(&offer.secret);
    let pending = begin(&bench, &ada).await;
    is_wrong(show(&bench, &pending, &second.code(bench.now())).await);
    show(&bench, &pending, &first.code(bench.now())).await.unwrap();

    bench.service.confirm_authenticator(&ada.who, &second.code(bench.now())).await.unwrap();
    bench.clock.advance(STEP);
    let pending = begin(&bench, &ada).await;
    is_wrong(show(&bench, &pending, &first.code(bench.now())).await);
    is_wrong(recover(&bench, &pending, &first.recovery_codes[0]).await);
    show(&bench, &pending, &second.code(bench.now())).await.unwrap();
}

/// ASVS 6.3.7.
async fn switching_it_off_is_told(bench: Bench) {
    let ada = bench.person("ada").await;
    assert!(matches!(bench.service.remove_second_factor(&ada.who).await, Err(Error::Conflict(_))));
    bench.set_up_app(&ada).await;
    letters(&bench, &ada).await;
    bench.service.remove_second_factor(&ada.who).await.unwrap();
    bench.sign_in("ada", &ada.email).await;
    assert_eq!(letters(&bench, &ada).await, ["A second factor was switched off"]);
    assert!(told(&bench, &ada).await.contains(&"second_factor.removed".into()));
    let factor = bench.service.get_second_factor(&ada.who).await.unwrap();
    assert_eq!((factor.since, factor.recovery_codes_left), (None, 0));
}

/// ASVS 6.4.3.
async fn a_new_password_does_not_switch_it_off(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    bench.service.request_reset(&ada.email).await.unwrap();
    let link = bench.mailed_secret(&ada.email, "/reset/").await;
    let (origin, new) = (anonymous().origin, "another good sentence");
    bench.service.reset_password(&origin, &link, new).await.unwrap();
    let Admission::SecondFactor(pending) = bench.service.sign_in(&ada.email, new, &origin).await.unwrap()
    else {
        panic!("the new password alone let somebody in")
    };
    show(&bench, &pending.secret, &app.code(bench.now())).await.unwrap();
}

/// ASVS 6.3.7 and 6.4.4.
async fn whoever_runs_the_server_takes_it_from_whoever_lost_everything(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    let pending = begin(&bench, &ada).await;
    letters(&bench, &ada).await;
    assert!(bench.service.reset_factors("nobody@example.org").await.is_err());
    bench.service.reset_factors(&ada.email).await.unwrap();
    assert!(matches!(bench.service.reset_factors(&ada.email).await, Err(Error::Conflict(_))));
    is_over(show(&bench, &pending, &app.code(bench.now())).await);
    let ada = bench.sign_in("ada", &ada.email).await;
    assert_eq!(letters(&bench, &ada).await, ["A second factor was switched off"]);
    let page = bench.service.list_own_audit(&ada.who, &AuditFilter::default(), 50).await.unwrap();
    let entry = page.entries.iter().find(|entry| entry.action == "second_factor.removed").unwrap();
    assert_eq!(entry.actor, "The operator");
}

/// ASVS 6.3.8.
async fn a_wrong_password_tells_nothing_of_it(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    bench.set_up_app(&ada).await;
    let origin = anonymous().origin;
    let wrong = "not the password";
    let with = bench.service.sign_in(&ada.email, wrong, &origin).await.unwrap_err();
    let without = bench.service.sign_in(&bo.email, wrong, &origin).await.unwrap_err();
    let unknown = bench.service.sign_in("nobody@example.org", wrong, &origin).await.unwrap_err();
    assert_eq!((&with, &without), (&unknown, &unknown));
}
