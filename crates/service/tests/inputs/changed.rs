//! Changing and deleting inputs.

use super::*;

on_both_databases! {
    metadata_is_merged_overwritten_and_removed,
    a_place_is_kept_set_and_removed,
    all_are_changed_or_none,
    a_patch_changes_what_the_caller_said_and_nobody_else,
    taking_labels_away_needs_the_right_to_delete_them,
    what_is_deleted_leaves_no_bytes_and_is_audited,
    of_nothing_nothing_is_deleted,
}

async fn metadata_is_merged_overwritten_and_removed(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, text("sign", "Stop")).await.unwrap();
    let patch = async |action, metadata: Value| {
        let change = PatchInput { slug: "sign".into(), metadata: Some(metadata), ..PatchInput::default() };
        let rows = bench.service.patch_inputs(&ada.who, &app, action, vec![change]).await?;
        Ok::<_, Error>(rows.into_iter().next().unwrap())
    };
    let row = patch(PatchAction::Merge, json!({ "camera": "left", "shift": 1 })).await.unwrap();
    assert_eq!(row.metadata, Some(json!({ "camera": "left", "shift": 1 })));
    assert!(row.changed_at > row.created_at);
    let row = patch(PatchAction::Merge, json!({ "shift": 2, "light": "dusk" })).await.unwrap();
    assert_eq!(row.metadata, Some(json!({ "camera": "left", "shift": 2, "light": "dusk" })));
    let row = patch(PatchAction::Remove, json!({ "shift": null, "unknown": 1 })).await.unwrap();
    assert_eq!(row.metadata, Some(json!({ "camera": "left", "light": "dusk" })));
    patch(PatchAction::Merge, json!({ "place": { "street": { "name": "Elm" }, "tags": [1, 2] } }))
        .await
        .unwrap();
    let deeper = json!({ "place": { "street": { "number": 7 }, "tags": [3] } });
    let row = patch(PatchAction::Merge, deeper).await.unwrap();
    let place = json!({ "street": { "name": "Elm", "number": 7 }, "tags": [3] });
    assert_eq!(row.metadata, Some(json!({ "camera": "left", "light": "dusk", "place": place })));
    let row = patch(PatchAction::Overwrite, json!({ "weather": "rain" })).await.unwrap();
    assert_eq!(row.metadata, Some(json!({ "weather": "rain" })));

    // Small by itself, and too much with what is there.
    patch(PatchAction::Merge, json!({ "long": "x".repeat(40_000) })).await.unwrap();
    let refused = patch(PatchAction::Merge, json!({ "longer": "x".repeat(40_000) })).await.unwrap_err();
    assert_eq!(invalid(refused).0, "inputs[0].metadata");
    let refused = patch(PatchAction::Overwrite, json!("no object")).await.unwrap_err();
    assert_eq!(invalid(refused).0, "inputs[0].metadata");
}

async fn a_place_is_kept_set_and_removed(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let berlin = Place::new(52.52, 13.405).unwrap();
    let there = NewInput { place: Some(berlin), ..text("there", "Stop") };
    assert_eq!(add(&bench, &ada.who, &app, there).await.unwrap().place(), Some(berlin));
    assert_eq!(add(&bench, &ada.who, &app, text("sign", "Stop")).await.unwrap().place(), None);
    let patch = async |action, place: Option<Place>| {
        let change = PatchInput { slug: "sign".into(), place, ..PatchInput::default() };
        let rows = bench.service.patch_inputs(&ada.who, &app, action, vec![change]).await.unwrap();
        rows[0].place()
    };
    let fiji = Place::new(-17.7, 178.0).unwrap();
    assert_eq!(patch(PatchAction::Merge, Some(fiji)).await, Some(fiji));
    assert_eq!(patch(PatchAction::Overwrite, Some(berlin)).await, Some(berlin));
    for action in [PatchAction::Merge, PatchAction::Overwrite, PatchAction::Remove] {
        assert_eq!(patch(action, None).await, Some(berlin), "what is not given stays");
    }
    let stored = bench.service.get_input(&ada.who, &app, "sign").await.unwrap();
    assert_eq!(stored.place(), Some(berlin));
    assert_eq!(patch(PatchAction::Remove, Some(fiji)).await, None);
}

async fn all_are_changed_or_none(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let row = add(&bench, &ada.who, &app, text("sign", "Stop")).await.unwrap();
    let change = |slug: &str| PatchInput {
        slug: slug.into(),
        place: None,
        metadata: Some(json!({ "camera": "left" })),
        labels: said("stop", 1.0),
        datasets: Vec::new(),
    };
    let changes = vec![change("sign"), change("no-such-input")];
    let refused = bench.service.patch_inputs(&ada.who, &app, PatchAction::Merge, changes).await;
    assert_eq!(refused, Err(Error::NotFound));
    assert_eq!(bench.service.get_input(&ada.who, &app, "sign").await, Ok(row));
    assert!(sayings(&bench, &ada.who, &app, "sign").await.is_empty());
}

async fn a_patch_changes_what_the_caller_said_and_nobody_else(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let labelled = with_labels(text("sign", "Stop"), said("stop", 1.0));
    add(&bench, &ada.who, &app, labelled).await.unwrap();
    let rights = bringing().with(Scope::AnnotationsAdd).with(Scope::AnnotationsDelete);
    let bo = join(&bench, &ada, &app, "bo", rights).await;
    let patch = async |action, labels| {
        let change = PatchInput { slug: "sign".into(), labels, ..PatchInput::default() };
        bench.service.patch_inputs(&bo.who, &app, action, vec![change]).await.unwrap();
        bench.clock.advance(1_000);
        let rows = sayings(&bench, &ada.who, &app, "sign").await;
        rows.into_iter().map(|(author, _, value)| (author, value)).collect::<Vec<_>>()
    };
    let adas = ("ada".to_owned(), 1.0_f32);
    let bos = |value: f32| ("bo".to_owned(), value);
    assert_eq!(patch(PatchAction::Merge, said("stop", 0.5)).await, [adas.clone(), bos(0.5)]);
    assert_eq!(patch(PatchAction::Merge, said("stop", 0.25)).await, [adas.clone(), bos(0.25)]);
    assert_eq!(patch(PatchAction::Overwrite, said("stop", 0.0)).await, [adas.clone(), bos(0.0)]);
    assert_eq!(patch(PatchAction::Remove, said("stop", 1.0)).await, [adas]);
}

async fn taking_labels_away_needs_the_right_to_delete_them(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let labelled = with_labels(text("sign", "Stop"), said("stop", 1.0));
    add(&bench, &ada.who, &app, labelled).await.unwrap();
    let bo = join(&bench, &ada, &app, "bo", bringing().with(Scope::AnnotationsAdd)).await;
    let change = |labels, metadata| {
        vec![PatchInput { slug: "sign".into(), metadata, labels, ..PatchInput::default() }]
    };
    bench
        .service
        .patch_inputs(&bo.who, &app, PatchAction::Merge, change(said("stop", 1.0), None))
        .await
        .unwrap();
    for action in [PatchAction::Overwrite, PatchAction::Remove] {
        let refused =
            bench.service.patch_inputs(&bo.who, &app, action, change(said("stop", 0.0), None)).await;
        assert_eq!(forbidden(refused.unwrap_err()).0, ScopeSet::of(&[Scope::AnnotationsDelete]));
        // Metadata is nobody's saying.
        let kept = change(Labels::default(), Some(json!({ "camera": "left" })));
        assert!(bench.service.patch_inputs(&bo.who, &app, action, kept).await.is_ok());
    }
    let values: Vec<f32> =
        sayings(&bench, &ada.who, &app, "sign").await.into_iter().map(|(_, _, value)| value).collect();
    assert_eq!(values, [1.0_f32, 1.0]);
}

async fn what_is_deleted_leaves_no_bytes_and_is_audited(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let gone = add(&bench, &ada.who, &app, picture("gone", png(640, 400))).await.unwrap();
    add(&bench, &ada.who, &app, picture("stays", png(8, 8))).await.unwrap();
    add(&bench, &ada.who, &app, with_labels(text("note", "Stop"), said("stop", 1.0))).await.unwrap();
    let kept = kept_objects(&bench);

    // All of them or none.
    assert_eq!(delete(&bench, &ada.who, &app, &["gone", "no-such-input"]).await, Err(Error::NotFound));
    assert_eq!(all(&bench, &ada.who, &app).await, ["note", "stays", "gone"]);
    assert_eq!(kept_objects(&bench), kept);

    assert_eq!(delete(&bench, &ada.who, &app, &["gone", "note", "gone"]).await, Ok(2));
    assert_eq!(all(&bench, &ada.who, &app).await, ["stays"]);
    for key in [gone.object_key, gone.thumbnail_key].into_iter().flatten() {
        assert_eq!(bench.service.objects().get(&key).await.unwrap(), None, "{key}");
    }
    assert!(kept_objects(&bench) < kept);
    assert!(bench.service.picture(&ada.who, &app, "stays", PictureSize::Original).await.is_ok());
    assert_eq!(bench.service.get_input(&ada.who, &app, "gone").await, Err(Error::NotFound));

    let filter = AuditFilter { action: Some("input.deleted".into()), ..AuditFilter::default() };
    let entries = bench.service.list_app_audit(&ada.who, &app, &filter, 50).await.unwrap().entries;
    let told: Vec<_> = entries.iter().map(|entry| entry.before_state.clone()).collect();
    assert_eq!(told, [Some(json!({ "inputs": ["gone", "note"] }))]);

    let one = ["stays".to_owned()];
    let alone = bench.service.delete_inputs(&ada.who, &app, Endpoint::DeleteInput, &one).await;
    assert_eq!(alone, Ok(1));
    let again = bench.service.delete_inputs(&ada.who, &app, Endpoint::DeleteInput, &one).await;
    assert_eq!(again, Err(Error::NotFound));
    assert_eq!(kept_objects(&bench), 0);
}

async fn of_nothing_nothing_is_deleted(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, picture("sign", png(8, 8))).await.unwrap();
    let kept = kept_objects(&bench);
    assert_eq!(delete(&bench, &ada.who, &app, &[]).await, Ok(0));
    assert_eq!(all(&bench, &ada.who, &app).await, ["sign"]);
    assert_eq!(kept_objects(&bench), kept);
}
