//! For whom a collector acts, and when it stops.

use super::*;

on_both_databases! {
    it_stops_when_its_creator_is_narrowed_and_says_why,
    it_stops_when_its_creator_is_removed_or_their_time_is_over,
    it_acts_through_the_key_with_which_it_was_made,
    a_key_for_one_thing_offers_and_does_nothing_else,
    whoever_may_not_add_inputs_makes_and_widens_none,
    another_apps_collectors_are_out_of_reach,
}

async fn key_of(bench: &Bench, person: &Person, app: &AppName, scopes: ScopeSet, only: &[Endpoint]) -> Who {
    let endpoints = (!only.is_empty()).then(|| only.iter().copied().collect::<EndpointSet>());
    let input = CreateKey {
        description: "Camera".into(),
        scopes,
        endpoints,
        app: Some(app.clone()),
        ..CreateKey::default()
    };
    bench.prove_password(person).await;
    let made = bench.service.create_key(&person.who, &input).await.unwrap();
    with_key(made.secret.expose())
}

async fn it_stops_when_its_creator_is_narrowed_and_says_why(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", collecting()).await;
    make(&bench, &bo.who, &app, uploads("camera")).await.unwrap();
    make(&bench, &bo.who, &app, uploads("unused")).await.unwrap();
    assert!(matches!(offer_one(&bench, &ada.who, &app, "camera", "One").await, Ok(Became::Gathered(_))));

    let grant = people(&bench, &ada.who, &app).await.remove(0);
    let narrow = edit(&grant, BasicScope::Collector.own().union(Preset::Viewer.scopes()));
    bench.service.edit_collaborator(&ada.who, &app, &narrow).await.unwrap();
    // It is seen at once, whether anything is offered or not.
    let reason = "its creator’s access to this app no longer includes `Inputs_Add`";
    for slug in ["camera", "unused"] {
        let now = shown(&bench, &ada.who, &app, slug).await.row;
        assert_eq!((now.state, now.reason.as_deref()), (State::Stopped, Some(reason)));
    }
    let listed = bench.service.list_collectors(&ada.who, &app, 0, 10).await.unwrap().value;
    assert!(listed.iter().all(|one| one.row.state == State::Stopped), "{listed:?}");
    // One that has not learned of it yet is not said to go on either.
    let go_on = |slug: &str| PatchCollector {
        slug: slug.into(),
        wanted: Some(Wanted::Gather),
        ..PatchCollector::default()
    };
    let refused = bench.service.patch_collectors(&ada.who, &app, vec![go_on("unused")]).await;
    assert!(matches!(&refused, Err(Error::Conflict(why)) if why.contains(reason)), "{refused:?}");
    // Ada offers, who may add inputs herself: that is not what counts.
    let why = stopped(offer_one(&bench, &ada.who, &app, "camera", "Two").await);
    assert_eq!(why, format!("collector `camera` has stopped: {reason}"));
    assert_eq!(count(&bench, &ada.who, &app).await, 1);
    assert_eq!(audited(&bench, &ada, &app).await[0], ("collector.stopped".into(), "Atelier".into()));

    // It goes on only when somebody says so, and not before its creator may.
    let refused = bench.service.patch_collectors(&ada.who, &app, vec![go_on("camera")]).await;
    assert!(matches!(&refused, Err(Error::Conflict(why)) if why.contains(reason)), "{refused:?}");
    let grant = people(&bench, &ada.who, &app).await.remove(0);
    bench.service.edit_collaborator(&ada.who, &app, &edit(&grant, collecting())).await.unwrap();
    stopped(offer_one(&bench, &ada.who, &app, "camera", "Two").await);
    let gone_on =
        bench.service.patch_collectors(&ada.who, &app, vec![go_on("camera")]).await.unwrap().value.remove(0);
    assert_eq!((gone_on.row.state, gone_on.row.reason), (State::Gathering, None));
    assert!(matches!(offer_one(&bench, &ada.who, &app, "camera", "Two").await, Ok(Became::Gathered(_))));
}

async fn it_stops_when_its_creator_is_removed_or_their_time_is_over(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", collecting()).await;
    let cy = join(&bench, &ada, &app, "cy", collecting()).await;
    make(&bench, &bo.who, &app, uploads("of-bo")).await.unwrap();
    make(&bench, &cy.who, &app, uploads("of-cy")).await.unwrap();
    let rights = Rights {
        ends_at: Some(bench.now().plus(DAY)),
        ..Rights::of(collecting().union(Preset::Viewer.scopes()))
    };
    give_exactly(&bench, &ada, &app, bo.id, rights).await;
    bench.service.leave_app(&cy.who, &app).await.unwrap();
    assert!(matches!(offer_one(&bench, &ada.who, &app, "of-bo", "One").await, Ok(Became::Gathered(_))));
    bench.clock.advance(DAY);
    let ada = bench.sign_in("ada", &ada.email).await;
    for (slug, reason) in [
        ("of-bo", "its creator’s access to this app has ended"),
        ("of-cy", "its creator no longer has access to this app"),
    ] {
        assert_eq!(shown(&bench, &ada.who, &app, slug).await.row.reason.as_deref(), Some(reason));
        assert!(stopped(offer_one(&bench, &ada.who, &app, slug, "Two").await).ends_with(reason));
    }
    assert_eq!(count(&bench, &ada.who, &app).await, 1);
}

async fn it_acts_through_the_key_with_which_it_was_made(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let key = key_of(&bench, &ada, &app, collecting(), &[]).await;
    make(&bench, &key, &app, uploads("camera")).await.unwrap();
    assert!(matches!(offer_one(&bench, &ada.who, &app, "camera", "One").await, Ok(Became::Gathered(_))));
    // Ada owns the app and may do everything; the key has ended.
    let id = bench.service.list_keys(&ada.who).await.unwrap()[0].id;
    bench.service.revoke_key(&ada.who, id).await.unwrap();
    let why = stopped(offer_one(&bench, &ada.who, &app, "camera", "Two").await);
    assert!(why.ends_with("the key with which it was made was ended"), "{why}");
    // A key that may make collectors and nothing else makes none that add inputs.
    let narrow = key_of(&bench, &ada, &app, collecting(), &[Endpoint::PostCollectors]).await;
    let refused = make(&bench, &narrow, &app, uploads("other")).await.unwrap_err();
    assert!(forbidden(refused).1.contains("limited to certain endpoints"));
}

async fn a_key_for_one_thing_offers_and_does_nothing_else(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    make(&bench, &ada.who, &app, uploads("camera")).await.unwrap();
    let scopes = Endpoint::PostCollectorInputs.needs();
    let key = key_of(&bench, &ada, &app, scopes, &[Endpoint::PostCollectorInputs]).await;
    assert!(matches!(offer_one(&bench, &key, &app, "camera", "One").await, Ok(Became::Gathered(_))));
    let service = &bench.service;
    let list = service.list_inputs(&key, &app, &InputsFilter::default(), 0, 10).await.map(|_| ());
    let errors = [
        list.unwrap_err(),
        service.list_collectors(&key, &app, 0, 10).await.unwrap_err(),
        service.post_inputs(&key, &app, Default::default()).await.unwrap_err(),
        make(&bench, &key, &app, uploads("other")).await.unwrap_err(),
    ];
    for error in errors {
        let (missing, why) = forbidden(error);
        assert!(!missing.is_empty() || why.contains("limited to certain endpoints"), "{why}");
    }
    // Whoever reads only offers nothing, though it would be Ada who adds it.
    let bo = join(&bench, &ada, &app, "bo", Preset::Viewer.scopes().union(BasicScope::Collector.own())).await;
    let refused = offer_one(&bench, &bo.who, &app, "camera", "Two").await.unwrap_err();
    assert_eq!(forbidden(refused).0, ScopeSet::of(&[Scope::InputsAdd]));
}

async fn whoever_may_not_add_inputs_makes_and_widens_none(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let limits = Limits { per_hour: Some(5), in_total: None };
    make(&bench, &ada.who, &app, NewCollector { limits, ..uploads("camera") }).await.unwrap();
    let scopes = BasicScope::Collector.own().union(Preset::Viewer.scopes());
    let bo = join(&bench, &ada, &app, "bo", scopes).await;
    let refused = make(&bench, &bo.who, &app, uploads("other")).await.unwrap_err();
    assert_eq!(forbidden(refused).0, ScopeSet::of(&[Scope::InputsAdd]));
    let patch = async |change: PatchCollector| {
        let change = PatchCollector { slug: "camera".into(), ..change };
        bench.service.patch_collectors(&bo.who, &app, vec![change]).await.map(|found| found.value)
    };
    for wider in [Some(None), Some(Some(6))] {
        let refused =
            patch(PatchCollector { per_hour: wider, ..PatchCollector::default() }).await.unwrap_err();
        assert_eq!(forbidden(refused).0, ScopeSet::of(&[Scope::InputsAdd]));
    }
    // To take less, or to have it rest, is anybody's who changes collectors; to go on is not.
    let tenth = Share::new(0.1).unwrap();
    patch(PatchCollector { share: Some(tenth), per_hour: Some(Some(4)), ..PatchCollector::default() })
        .await
        .unwrap();
    patch(PatchCollector { wanted: Some(Wanted::Rest), ..PatchCollector::default() }).await.unwrap();
    let refused = patch(PatchCollector { wanted: Some(Wanted::Gather), ..PatchCollector::default() }).await;
    assert_eq!(forbidden(refused.unwrap_err()).0, ScopeSet::of(&[Scope::InputsAdd]));
    let now = shown(&bench, &ada.who, &app, "camera").await.row;
    assert_eq!((now.state, now.share, now.per_hour), (State::Paused, tenth, Some(4)));
}

async fn another_apps_collectors_are_out_of_reach(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let (app, other) = (street_signs(&bench, &ada).await, make_app(&bench, &bo, "other").await);
    make(&bench, &ada.who, &app, uploads("camera")).await.unwrap();
    let service = &bench.service;
    let change = || PatchCollector { slug: "camera".into(), ..PatchCollector::default() };
    for (who, name) in [(&bo.who, &app), (&bo.who, &other)] {
        let errors = [
            service.get_collector(who, name, "camera").await.unwrap_err(),
            service.patch_collectors(who, name, vec![change()]).await.unwrap_err(),
            service.delete_collectors(who, name, &["camera".into()]).await.unwrap_err(),
            offer_one(&bench, who, name, "camera", "One").await.map(|_| ()).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error, Error::NotFound);
        }
    }
    assert_eq!(service.list_collectors(&bo.who, &other, 0, 10).await.unwrap().value, []);
    // The same identifier is free there, and what happens to it does not touch the first.
    make(&bench, &bo.who, &other, uploads("camera")).await.unwrap();
    offer_one(&bench, &bo.who, &other, "camera", "One").await.unwrap();
    service.delete_collectors(&bo.who, &other, &["camera".into()]).await.unwrap();
    assert_eq!(shown(&bench, &ada.who, &app, "camera").await.row.taken, 0);
    // While the app is deleted, nothing is gathered.
    bench.prove_password(&ada).await;
    service.delete_app(&ada.who, &app, None).await.unwrap();
    assert_eq!(offer_one(&bench, &ada.who, &app, "camera", "One").await.map(|_| ()), Err(Error::NotFound));
    tokio::time::timeout(Duration::from_secs(30), service.finish()).await.unwrap();
}
