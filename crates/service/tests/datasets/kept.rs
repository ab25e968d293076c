//! Datasets themselves: made, listed, changed, deleted.

use super::*;

on_both_databases! {
    what_is_kept_with_a_dataset_comes_back,
    values_that_are_not_valid_are_refused_where_they_stand,
    a_dataset_is_made_once,
    they_are_listed_as_one_asks,
    a_patch_changes_what_is_given,
    all_are_changed_or_none,
    deleting_a_dataset_deletes_no_input,
}

async fn what_is_kept_with_a_dataset_comes_back(bench: Bench) {
    let (ada, app) = app_with(&bench, &[], &[]).await;
    let given = NewDataset {
        slug: "town".into(),
        description: "Signs of the old town".into(),
        notes: "Without the market".into(),
        metadata: Some(json!({ "walks": 3 })),
    };
    let made = bench.service.post_datasets(&ada.who, &app, vec![given, NewDataset::default()]).await.unwrap();
    let [town, nameless] = made.value.as_slice() else { panic!("{made:?}") };
    assert_eq!(
        (town.description.as_str(), town.notes.as_str()),
        ("Signs of the old town", "Without the market")
    );
    assert_eq!(town.metadata, Some(json!({ "walks": 3 })));
    assert_eq!((town.created_at, town.changed_at), (bench.now(), bench.now()));
    assert_eq!(nameless.slug.len(), 32);
    for row in [town, nameless] {
        assert_eq!(&bench.service.get_dataset(&ada.who, &app, &row.slug).await.unwrap().value, row);
    }
    let counts = bench.service.count_resources(&ada.who, &app).await.unwrap();
    assert_eq!((counts.datasets, counts.inputs), (2, 0));
}

async fn values_that_are_not_valid_are_refused_where_they_stand(bench: Bench) {
    let (ada, app) = app_with(&bench, &[], &[]).await;
    let wrong = [
        (named("a/b"), "datasets[1].id"),
        (NewDataset { description: "x".repeat(4_001), ..named("long") }, "datasets[1].description"),
        (NewDataset { notes: "x".repeat(4_001), ..named("long") }, "datasets[1].notes"),
        (NewDataset { metadata: Some(json!(["no", "object"])), ..named("list") }, "datasets[1].metadata"),
    ];
    for (dataset, expected) in wrong {
        let refused = bench.service.post_datasets(&ada.who, &app, vec![named("town"), dataset]).await;
        assert_eq!(invalid(refused.unwrap_err()).0, expected);
    }
    let many = (0..=DATASETS).map(|number| named(&number.to_string())).collect();
    let refused = bench.service.post_datasets(&ada.who, &app, many).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "datasets");
    let all = DatasetsFilter::default();
    assert_eq!(bench.service.list_datasets(&ada.who, &app, &all, 0, 10).await.unwrap().value, []);
}

async fn a_dataset_is_made_once(bench: Bench) {
    let (ada, app) = app_with(&bench, &[], &["town"]).await;
    let twice = vec![named("coast"), named("town")];
    let Error::Taken(text) = bench.service.post_datasets(&ada.who, &app, twice).await.unwrap_err() else {
        panic!("it is taken");
    };
    assert!(text.starts_with("duplicate dataset `town`"), "{text}");
    assert_eq!(bench.service.get_dataset(&ada.who, &app, "coast").await, Err(Error::NotFound), "all or none");
    // Another app has its own of that name.
    let other = make_app(&bench, &ada, "house-signs").await;
    make(&bench, &ada.who, &other, "town").await.unwrap();
}

async fn they_are_listed_as_one_asks(bench: Bench) {
    let (ada, app) = app_with(&bench, &[], &["b", "a", "C"]).await;
    let change = PatchDataset {
        slug: "a".into(),
        description: Some("Signs of the TOWN, 100 % of them".into()),
        ..PatchDataset::default()
    };
    bench.service.patch_datasets(&ada.who, &app, PatchAction::Merge, vec![change]).await.unwrap();
    let listed = async |filter: DatasetsFilter, skip, size| -> Vec<String> {
        let rows = bench.service.list_datasets(&ada.who, &app, &filter, skip, size).await.unwrap().value;
        rows.into_iter().map(|row| row.slug).collect()
    };
    let by = |order, ascending| DatasetsFilter { order, ascending, ..DatasetsFilter::default() };
    let of = |text: &str| DatasetsFilter { text: Some(text.into()), ..DatasetsFilter::default() };
    let id = |slug: &str| DatasetsFilter { slug: Some(slug.into()), ..DatasetsFilter::default() };
    for (filter, expected) in [
        (DatasetsFilter::default(), vec!["C", "a", "b"]),
        (by(Order::Created, true), vec!["b", "a", "C"]),
        (by(Order::Changed, false), vec!["a", "C", "b"]),
        (by(Order::Changed, true), vec!["b", "C", "a"]),
        (by(Order::Slug, true), vec!["C", "a", "b"]),
        (by(Order::Slug, false), vec!["b", "a", "C"]),
        (of("town"), vec!["a"]),
        (of("c"), vec!["C"]),
        (of("%"), vec!["a"]),
        (id("a"), vec!["a"]),
        (id("town"), vec![]),
    ] {
        assert_eq!(listed(filter.clone(), 0, 10).await, expected, "{filter:?}");
    }
    for (skip, expected) in [(0, vec!["C", "a"]), (2, vec!["b"]), (3, vec![])] {
        assert_eq!(listed(DatasetsFilter::default(), skip, 2).await, expected);
    }
}

async fn a_patch_changes_what_is_given(bench: Bench) {
    let (ada, app) = app_with(&bench, &[], &[]).await;
    let given = NewDataset {
        description: "Signs".into(),
        metadata: Some(json!({ "a": 1, "b": 1 })),
        ..named("town")
    };
    let before = bench.service.post_datasets(&ada.who, &app, vec![given]).await.unwrap().value.remove(0);
    bench.clock.advance(1_000);
    let change =
        PatchDataset { slug: "town".into(), notes: Some("No market".into()), ..PatchDataset::default() };
    let patched =
        bench.service.patch_datasets(&ada.who, &app, PatchAction::Merge, vec![change]).await.unwrap();
    let expected = DatasetRow { notes: "No market".into(), changed_at: bench.now(), ..before };
    assert_eq!(patched.value, std::slice::from_ref(&expected));
    assert_eq!(bench.service.get_dataset(&ada.who, &app, "town").await.unwrap().value, expected);
    let kept = |metadata: Value| PatchDataset {
        slug: "town".into(),
        metadata: Some(metadata),
        ..PatchDataset::default()
    };
    for (action, metadata) in
        [(PatchAction::Merge, json!({ "a": 1, "b": 2 })), (PatchAction::Overwrite, json!({ "b": 2 }))]
    {
        let change = vec![kept(json!({ "b": 2 }))];
        bench.service.patch_datasets(&ada.who, &app, action, change).await.unwrap();
        let row = bench.service.get_dataset(&ada.who, &app, "town").await.unwrap().value;
        assert_eq!((row.metadata, row.description.as_str()), (Some(metadata), "Signs"));
    }
    let removal =
        bench.service.patch_datasets(&ada.who, &app, PatchAction::Remove, vec![kept(json!({}))]).await;
    assert_eq!(invalid(removal.unwrap_err()).0, "action");
}

async fn all_are_changed_or_none(bench: Bench) {
    let (ada, app) = app_with(&bench, &[], &["town", "coast"]).await;
    let describe = |slug: &str, text: &str| PatchDataset {
        slug: slug.into(),
        description: Some(text.into()),
        ..PatchDataset::default()
    };
    let input = vec![describe("town", "Signs"), describe("hills", "Signs")];
    let refused = bench.service.patch_datasets(&ada.who, &app, PatchAction::Merge, input).await;
    assert_eq!(refused, Err(Error::NotFound));
    let input = vec![describe("town", "Signs"), describe("coast", &"x".repeat(4_001))];
    let refused = bench.service.patch_datasets(&ada.who, &app, PatchAction::Merge, input).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "datasets[1].description");
    assert_eq!(bench.service.get_dataset(&ada.who, &app, "town").await.unwrap().value.description, "");
}

async fn deleting_a_dataset_deletes_no_input(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one", "two"], &["town", "coast", "hills"]).await;
    put(&bench, &ada.who, &app, "town", &["one", "two"]).await.unwrap();
    put(&bench, &ada.who, &app, "coast", &["two"]).await.unwrap();
    let delete = async |slugs: &[&str]| bench.service.delete_datasets(&ada.who, &app, &strings(slugs)).await;
    assert_eq!(delete(&[]).await, Ok(0));
    assert_eq!(delete(&["town", "no-such-dataset"]).await, Err(Error::NotFound));
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["one", "two"], "all or none");
    assert_eq!(delete(&["town", "hills", "town"]).await, Ok(2));
    assert_eq!(bench.service.get_dataset(&ada.who, &app, "town").await, Err(Error::NotFound));
    assert_eq!(all_inputs(&bench, &ada.who, &app).await, ["two", "one"]);
    assert_eq!(held(&bench, &ada.who, &app, "coast").await, ["two"]);
    // Of the same name another can be made, which is empty.
    make(&bench, &ada.who, &app, "town").await.unwrap();
    assert_eq!(held(&bench, &ada.who, &app, "town").await, Vec::<String>::new());
    let told = audited(&bench, &ada.who, &app, "dataset.deleted").await;
    assert_eq!(told, [("2 datasets".into(), Some(json!({ "datasets": ["hills", "town"] })))]);
}
