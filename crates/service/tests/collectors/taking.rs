//! What of it a collector takes, and within which limits.

use super::*;

on_both_databases! {
    a_collector_takes_its_share_within_its_limits,
    limits_hold_however_many_offer_at_once,
    what_is_not_taken_leaves_no_bytes,
    what_cannot_be_is_refused_by_its_field,
}

async fn a_collector_takes_its_share_within_its_limits(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let limits = Limits { per_hour: Some(12), in_total: Some(20) };
    let new = NewCollector { share: Share::new(0.5).unwrap(), limits, ..uploads("camera") };
    let made = make(&bench, &ada.who, &app, new).await.unwrap();
    assert_eq!((made.row.state, made.row.taken, made.row.creator.as_str()), (State::Gathering, 0, "Ada"));

    let texts = || (0..60).map(|number| text(format!("Sign {number}"))).collect::<Vec<_>>();
    let offered = offer(&bench, &ada.who, &app, "camera", texts()).await.unwrap();
    let sampled: Vec<bool> = offered.iter().map(|one| !matches!(one.became, Became::NotSampled)).collect();
    let in_sample = sampled.iter().filter(|sampled| **sampled).count();
    assert!((15..45).contains(&in_sample), "about the half: {in_sample}");
    assert_eq!(gathered(&offered), 12, "the limit of the hour");
    assert!(offered.iter().any(|one| matches!(one.became, Became::OverLimit(Full::Hour))));
    assert_eq!(count(&bench, &ada.who, &app).await, 12);
    let now = shown(&bench, &ada.who, &app, "camera").await;
    assert_eq!((now.row.taken, now.in_hour, now.row.taken_at), (12, 12, Some(bench.now())));

    // An hour later the same belong to the sample, at any server.
    bench.clock.advance(HOUR);
    assert_eq!(shown(&bench, &ada.who, &app, "camera").await.in_hour, 0);
    let offered = offer(&bench, &ada.who, &app, "camera", texts()).await.unwrap();
    assert!(
        offered
            .iter()
            .zip(&sampled)
            .all(|(one, sampled)| matches!(one.became, Became::NotSampled) != *sampled)
    );
    assert_eq!(gathered(&offered), 8, "the limit of all");
    assert!(offered.iter().any(|one| matches!(one.became, Became::OverLimit(Full::Total))));

    // Who added them is who made the collector.
    let page = bench.service.list_inputs(&ada.who, &app, &InputsFilter::default(), 0, 1).await.unwrap();
    assert_eq!(page.inputs[0].created_by, ada.id);
    // Resting, it takes nothing; deleted, it leaves what it gathered.
    let rest =
        PatchCollector { slug: "camera".into(), wanted: Some(Wanted::Rest), ..PatchCollector::default() };
    bench.service.patch_collectors(&ada.who, &app, vec![rest]).await.unwrap();
    assert!(stopped(offer_one(&bench, &ada.who, &app, "camera", "Sign").await).contains("paused"));
    bench.service.delete_collectors(&ada.who, &app, &["camera".into()]).await.unwrap();
    assert_eq!(bench.service.get_collector(&ada.who, &app, "camera").await, Err(Error::NotFound));
    assert_eq!(count(&bench, &ada.who, &app).await, 20);
    let done = ["collector.deleted", "collector.changed", "collector.created"];
    assert_eq!(audited(&bench, &ada, &app).await, done.map(|action| (action.into(), "Ada".into())));
}

async fn limits_hold_however_many_offer_at_once(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let limits = Limits { per_hour: Some(10), in_total: Some(25) };
    make(&bench, &ada.who, &app, NewCollector { limits, ..uploads("camera") }).await.unwrap();
    // As a second server over the same database does.
    let store = atelier_store::Store::open(bench.url()).await.unwrap();
    let other = atelier_service::Service::new(
        store,
        bench.service.objects().clone(),
        bench.service.world().clone(),
        "https://atelier.test",
    );
    for (hour, expected) in [(0, 10), (1, 20), (2, 25), (3, 25)] {
        let offering = (0..40).map(|number| {
            let service = if number % 2 == 0 { bench.service.clone() } else { other.clone() };
            let (who, app) = (ada.who.clone(), app.clone());
            tokio::spawn(async move {
                let inputs = vec![text(format!("Sign {hour} {number}"))];
                service.offer_to_collector(&who, &app, "camera", inputs, 0).await.unwrap().remove(0).became
            })
        });
        let offering: Vec<_> = offering.collect();
        for one in offering {
            let became = one.await.unwrap();
            assert!(matches!(became, Became::Gathered(_) | Became::OverLimit(_)), "{became:?}");
        }
        assert_eq!(count(&bench, &ada.who, &app).await, expected);
        let now = shown(&bench, &ada.who, &app, "camera").await;
        assert_eq!(usize::try_from(now.row.taken).unwrap(), expected, "what is counted is what is there");
        bench.clock.advance(HOUR);
    }
}

async fn what_is_not_taken_leaves_no_bytes(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let limits = Limits { per_hour: None, in_total: Some(1) };
    make(&bench, &ada.who, &app, NewCollector { limits, ..uploads("camera") }).await.unwrap();
    let picture = |side, slug: &str| NewInput {
        slug: slug.into(),
        content: Content::Image(png(side, side).into()),
        ..text("")
    };
    let said = Labels {
        concepts: vec![Label { concept: "stop".parse().unwrap(), value: 1.0 }],
        regions: Vec::new(),
    };
    let inputs = vec![
        NewInput { labels: said, ..picture(8, "labelled") },
        NewInput { datasets: vec!["nothing".into()], ..picture(9, "filed") },
        picture(10, "first"),
        picture(11, "second"),
    ];
    let offered = offer(&bench, &ada.who, &app, "camera", inputs).await.unwrap();
    let errors = offered.iter().filter_map(|one| match &one.became {
        Became::Refused(error) => Some((one.slug.as_str(), error.to_string())),
        _ => None,
    });
    let errors: Vec<_> = errors.collect();
    assert!(
        matches!(errors.as_slice(), [("labelled", labels), ("filed", dataset)]
        if labels.contains("must not say anything") && dataset.contains("`nothing` is none")),
        "{errors:?}"
    );
    assert!(matches!(offered[2].became, Became::Gathered(_)), "{:?}", offered[2]);
    assert!(matches!(offered[3].became, Became::OverLimit(Full::Total)), "{:?}", offered[3]);
    fn files(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }
    assert_eq!(files(&bench.folder().join("objects")), 2, "one picture, and what is shown of it in lists");
}

async fn what_cannot_be_is_refused_by_its_field(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let of = |change: fn(&mut Predictions)| {
        let mut of = Predictions { model: "signs".into(), ..Predictions::default() };
        change(&mut of);
        NewCollector { source: Source::Predictions(of), ..uploads("watch") }
    };
    for (new, field, words) in [
        (uploads("a/b"), "collectors[0].id", "/"),
        (
            NewCollector { limits: Limits { per_hour: Some(0), in_total: None }, ..uploads("x") },
            "collectors[0].limit_per_hour",
            "between 1",
        ),
        (of(|of| of.model.clear()), "collectors[0].model", "empty"),
        (of(|of| of.app = "other".into()), "collectors[0].model", "of this app"),
        (of(|of| of.caller = "cy".into()), "collectors[0].caller", "`cy` has none"),
        (of(|of| of.key = "0".repeat(32)), "collectors[0].key", "with which"),
    ] {
        let refused = make(&bench, &ada.who, &app, new).await.unwrap_err();
        let (wrong, why) = invalid(refused);
        assert!(wrong == field && why.contains(words), "{wrong} {why}");
    }
    make(&bench, &ada.who, &app, uploads("camera")).await.unwrap();
    assert!(matches!(make(&bench, &ada.who, &app, uploads("camera")).await, Err(Error::Taken(_))));
    for inputs in [Vec::new(), vec![text("One"); 1_001]] {
        let refused = offer(&bench, &ada.who, &app, "camera", inputs).await.unwrap_err();
        assert_eq!(invalid(refused).0, "inputs");
    }
    let twice = vec![NewInput { slug: "one".into(), ..text("One") }; 2];
    let offered = offer(&bench, &ada.who, &app, "camera", twice).await.unwrap();
    assert!(matches!(&offered[1].became, Became::Refused(Error::Taken(_))), "{offered:?}");
    assert_eq!(shown(&bench, &ada.who, &app, "camera").await.row.taken, 1, "what is refused is not counted");
}
