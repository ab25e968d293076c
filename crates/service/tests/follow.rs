//! Following an app: what an open page of it is told, on both databases.

use atelier_domain::closure::closed;
use atelier_domain::time::SECOND;
use atelier_domain::{Below, Preset, Scope, ScopeSet};
use atelier_service::apps::News;
use atelier_service::{AppName, Error};
use atelier_testkit::sharing::{edit, invite, street_signs};
use atelier_testkit::{Bench, on_both_databases};

on_both_databases! {
    a_follower_hears_what_others_do_and_what_becomes_of_themselves,
    whoever_signs_out_hears_no_more,
    strangers_follow_nothing,
}

async fn a_follower_hears_what_others_do_and_what_becomes_of_themselves(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    let grant = invite(&bench, &ada.who, &app, &bo.email, Preset::Worker.scopes()).await;
    let mut page = bench.service.follow_app(&bo.who, &app).await.unwrap();

    invite(&bench, &ada.who, &app, "cy@example.org", Preset::Worker.scopes()).await;
    assert_eq!(page.next().await, Some(News::Access));

    let scopes = closed(Preset::Worker.scopes().minus(ScopeSet::of(&[Scope::AnnotationsAdd])));
    let input = edit(&grant, scopes);
    // What is told in the audit list at the same moment has no order.
    bench.clock.advance(SECOND);
    bench.service.edit_collaborator(&ada.who, &app, &input).await.unwrap();
    let told = "Ada changed what you can do here: you can no longer add annotations, and change your own.";
    assert_eq!(page.next().await, Some(News::Own(told.into())));
    assert_eq!(page.next().await, Some(News::Access));

    bench.clock.advance(SECOND);
    bench.service.remove_collaborator(&ada.who, &app, grant.id, Below::RemoveToo).await.unwrap();
    assert_eq!(page.next().await, Some(News::Ended("You were removed from this app by Ada.".into())));
    assert_eq!(page.next().await, None);
}

async fn whoever_signs_out_hears_no_more(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let mut page = bench.service.follow_app(&ada.who, &app).await.unwrap();
    bench.service.sign_out(&ada.who).await.unwrap();
    let told = "You were signed out. Sign in again to go on.";
    assert_eq!(page.next().await, Some(News::Ended(told.into())));
    assert_eq!(page.next().await, None);
}

async fn strangers_follow_nothing(bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let app = street_signs(&bench, &ada).await;
    for name in [app, AppName::of("ada", "nothing")] {
        assert_eq!(bench.service.follow_app(&eve.who, &name).await.err(), Some(Error::NotFound));
    }
}
