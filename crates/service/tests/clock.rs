//! A clock that jumps, forwards and back: what ends by time ends, what does not goes on, and nothing waits for a moment
//! that will not come for long.

use atelier_domain::time::{DAY, HOUR, MINUTE};
use atelier_domain::{Preset, ScopeSet, Timestamp};
use atelier_service::apps::CreateApp;
use atelier_service::collaborators::AddCollaborators;
use atelier_service::inputs::InputsFilter;
use atelier_service::keys::{CreateKey, KeyRow};
use atelier_service::{AppName, Error, Who};
use atelier_testkit::people::with_key;
use atelier_testkit::sharing::{invitation, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    what_ends_by_time_ends_when_the_clock_says_so,
    a_use_that_was_noted_in_the_future_is_noted_again,
    mail_is_sent_though_the_clock_went_back,
}

async fn opens(bench: &Bench, who: &Who, app: &AppName) -> Result<(), Error> {
    bench.service.list_inputs(who, app, &InputsFilter::default(), 0, 1).await.map(drop)
}

async fn what_ends_by_time_ends_when_the_clock_says_so(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let bo = bench.person("bo").await;
    let in_an_hour = Some(bench.now().plus(HOUR));
    let added = AddCollaborators { ends_at: in_an_hour, ..invitation(&bo.email, Preset::Worker.scopes()) };
    bench.service.add_collaborators(&ada.who, &app, &added).await.unwrap();
    let key = |ends_at| CreateKey {
        description: "A script".into(),
        scopes: ScopeSet::ALL,
        ends_at,
        ..CreateKey::default()
    };
    let short = bench.service.create_key(&ada.who, &key(in_an_hour)).await.unwrap();
    let long = bench.service.create_key(&ada.who, &key(Some(bench.now().plus(30 * DAY)))).await.unwrap();
    let (short, long) = (with_key(short.secret.expose()), with_key(long.secret.expose()));
    for who in [&ada.who, &bo.who, &short, &long] {
        opens(&bench, who, &app).await.unwrap();
    }

    bench.clock.advance(DAY);
    assert!(
        matches!(opens(&bench, &ada.who, &app).await, Err(Error::Unauthenticated(_))),
        "a session was idle"
    );
    assert!(matches!(opens(&bench, &short, &app).await, Err(Error::Forbidden { .. })), "a key has ended");
    opens(&bench, &long, &app).await.unwrap();
    let bo_now = bench.sign_in("bo", &bo.email).await;
    assert!(
        matches!(opens(&bench, &bo_now.who, &app).await, Err(Error::Forbidden { .. })),
        "a grant has ended"
    );

    // It was a mistake of the clock: it is today again, and what has not ended today has not ended.
    bench.clock.advance(-DAY);
    for who in [&ada.who, &bo.who, &short, &long] {
        opens(&bench, who, &app).await.unwrap();
    }
    // A moment before anything was made is odd, and no reason to let somebody in, or to fall over.
    bench.clock.advance(-DAY);
    opens(&bench, &long, &app).await.unwrap();
    let later = CreateApp { slug: "later".into(), ..CreateApp::default() };
    bench.service.create_app(&ada.who, &later).await.unwrap();
    assert_eq!(
        bench.service.list_inputs(&ada.who, &app, &InputsFilter::default(), 0, 1).await.unwrap().inputs.len(),
        0
    );
}

/// When the key was last used, once what happens beside requests has happened.
async fn used_at(bench: &Bench, ada: &Person, key: &KeyRow) -> Option<Timestamp> {
    bench.service.finish().await;
    bench.service.get_key(&ada.who, key.id).await.unwrap().used_at
}

async fn a_use_that_was_noted_in_the_future_is_noted_again(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let key = CreateKey { description: "A script".into(), scopes: ScopeSet::ALL, ..CreateKey::default() };
    let key = bench.service.create_key(&ada.who, &key).await.unwrap();
    let script = with_key(key.secret.expose());
    bench.clock.advance(DAY);
    opens(&bench, &script, &app).await.unwrap();
    let ada_tomorrow = bench.sign_in("ada", &ada.email).await;
    assert_eq!(used_at(&bench, &ada_tomorrow, &key.key).await, Some(bench.now()));

    bench.clock.advance(-DAY);
    opens(&bench, &script, &app).await.unwrap();
    assert_eq!(used_at(&bench, &ada, &key.key).await, Some(bench.now()));
    bench.clock.advance(2 * MINUTE);
    opens(&bench, &script, &app).await.unwrap();
    assert_eq!(used_at(&bench, &ada, &key.key).await, Some(bench.now()));
}

async fn mail_is_sent_though_the_clock_went_back(bench: Bench) {
    bench.clock.advance(DAY);
    bench.sign_up("ada", "ada@example.org").await;
    bench.clock.advance(-DAY);
    let mail = bench.next_mail().await.expect("it does not wait for tomorrow");
    assert_eq!(mail.recipient, "ada@example.org");
    assert!(bench.next_mail().await.is_none(), "nor is it sent twice");
}
