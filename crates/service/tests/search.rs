//! What the wire searches and lists, on both databases.

use atelier_domain::time::MINUTE;
use atelier_domain::{Endpoint, Preset, ScopeSet};
use atelier_service::AppName;
use atelier_service::audit::Search;
use atelier_testkit::sharing::{invite, make_app};
use atelier_testkit::{Bench, Person};

async fn share(bench: &Bench, owner: &Person, app: &str, with: &str, scopes: ScopeSet) {
    bench.clock.advance(MINUTE);
    let app = make_app(bench, owner, app).await;
    // What is told at the same moment has no order.
    bench.clock.advance(1);
    invite(bench, &owner.who, &app, &format!("{with}@example.org"), scopes).await;
}

async fn searches_of_the_audit_list_take_names_exactly(bench: Bench) {
    let ana = bench.person("ana").await;
    bench.person("bo").await;
    share(&bench, &ana, "tea", "bo", Preset::Worker.scopes()).await;
    let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    let find = async |app: Option<&AppName>, search: Search, page: u32| {
        let found = bench.service.search_audit(&ana.who, app, &search, page, 2).await.unwrap();
        found.into_iter().map(|row| row.action).collect::<Vec<_>>()
    };
    let tea = AppName::of("ana", "tea");
    let all = Search::default();
    assert_eq!(find(Some(&tea), all.clone(), 1).await, ["collaborator.added", "app.created"]);
    assert_eq!(find(Some(&tea), all, 2).await, [""; 0]);
    let oldest = Search { oldest_first: true, ..Search::default() };
    assert_eq!(find(Some(&tea), oldest, 1).await, ["app.created", "collaborator.added"]);
    let added = Search { actions: names(&["app.deleted", "collaborator.added"]), ..Search::default() };
    assert_eq!(find(None, added, 1).await, ["collaborator.added"]);
    let others = Search { other_actions: vec!["app.created".into()], ..Search::default() };
    assert_eq!(find(Some(&tea), others, 1).await, ["collaborator.added"]);
    for (target, found) in [("bo", 1), ("ana/tea", 2), ("b_", 0), ("ana/te", 0), ("%", 0)] {
        let search = Search { targets: names(&[target]), ..Search::default() };
        assert_eq!(find(Some(&tea), search, 1).await.len(), found, "{target}");
    }
    for (actor, found) in [("ana", 2), ("bo", 0), ("an_", 0)] {
        let search = Search { actors: names(&[actor]), ..Search::default() };
        assert_eq!(find(Some(&tea), search, 1).await.len(), found, "{actor}");
    }
    for (address, found) in [("127.0.0.1", 2), ("127.0.0.", 0)] {
        let search = Search { addresses: names(&[address]), ..Search::default() };
        assert_eq!(find(Some(&tea), search, 1).await.len(), found, "{address}");
    }
    let none = Search { actors: Some(Vec::new()), ..Search::default() };
    assert_eq!(find(Some(&tea), none, 1).await, [""; 0], "nobody is not everybody");
    let later = Search { from: Some(bench.now().plus(1)), ..Search::default() };
    assert_eq!(find(Some(&tea), later, 1).await, [""; 0]);
}

async fn others_apps_are_listed_as_far_as_they_are_shared(bench: Bench) {
    let ana = bench.person("ana").await;
    let bo = bench.person("bo").await;
    for app in ["tea", "rain"] {
        share(&bench, &ana, app, "bo", Preset::Worker.scopes()).await;
    }
    let list = async |owner: &str, size: usize| {
        let endpoint = Endpoint::ListApps;
        let page = bench.service.list_apps_of(&bo.who, Some(owner), endpoint, None, size).await.unwrap();
        (page.apps.into_iter().map(|app| app.slug).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(list("ana", 10).await, (vec!["rain".into(), "tea".into()], false));
    assert_eq!(list("ana", 1).await, (vec!["rain".into()], true));
    assert_eq!(list("bo", 10).await, (vec![], false));
    assert_eq!(list("nobody", 10).await, (vec![], false));
    bench.service.leave_app(&bo.who, &AppName::of("ana", "rain")).await.unwrap();
    assert_eq!(list("ana", 10).await, (vec!["tea".into()], false));

    let rows = bench.service.list_annotation_workers(&ana.who, &AppName::of("ana", "tea"), 1, 10).await;
    assert_eq!(rows.unwrap(), []);
    let counts = bench.service.count_resources(&ana.who, &AppName::of("ana", "tea")).await.unwrap();
    assert_eq!(counts.inputs, 0);
}

atelier_testkit::on_both_databases! {
    searches_of_the_audit_list_take_names_exactly,
    others_apps_are_listed_as_far_as_they_are_shared,
}
