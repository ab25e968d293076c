//! What datasets hold.

use super::*;

on_both_databases! {
    inputs_are_put_in_once_and_listed_as_they_came,
    pages_follow_one_another,
    many_are_put_in_at_once,
    an_input_that_does_not_exist_is_named_and_nothing_is_put_in,
    what_is_taken_out_stays_in_the_app,
    a_dataset_takes_all_of_another,
    an_input_that_is_deleted_is_in_no_dataset,
    inputs_come_with_their_datasets,
    a_patch_puts_inputs_into_datasets_and_takes_none_out,
    inputs_say_in_which_datasets_they_are,
}

async fn inputs_are_put_in_once_and_listed_as_they_came(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one", "two", "three"], &["town", "coast"]).await;
    let first = bench.now();
    // They are answered in the order of the request, those that are named twice once.
    let answered = put(&bench, &ada.who, &app, "town", &["three", "one", "three"]).await.unwrap();
    assert_eq!(answered, ["three", "one"]);
    assert_eq!(put(&bench, &ada.who, &app, "town", &["two", "one"]).await.unwrap(), ["two", "one"]);
    // Those that came at once stand in their own order; whoever was there already stays where they were.
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["one", "three", "two"]);
    assert_eq!(held(&bench, &ada.who, &app, "coast").await, Vec::<String>::new());
    let one = bench.service.get_dataset_input(&ada.who, &app, "town", "one").await.unwrap().value;
    assert_eq!((one.input.input.slug.as_str(), one.added_at), ("one", first));
    for (dataset, input) in [("coast", "one"), ("town", "four"), ("hills", "one")] {
        let none = bench.service.get_dataset_input(&ada.who, &app, dataset, input).await;
        assert_eq!(none, Err(Error::NotFound), "{dataset} {input}");
    }
}

async fn pages_follow_one_another(bench: Bench) {
    let (ada, app) = app_with(&bench, &["a", "b", "c", "d", "e"], &["town"]).await;
    put(&bench, &ada.who, &app, "town", &["e"]).await.unwrap();
    put(&bench, &ada.who, &app, "town", &["a", "b", "c", "d"]).await.unwrap();
    let all = ["e", "a", "b", "c", "d"];
    let page = async |after, skip| {
        let found = bench.service.list_dataset_inputs(&ada.who, &app, "town", (after, skip), 2).await;
        found.unwrap().value
    };
    for (skip, expected) in [(0, &all[..2]), (2, &all[2..4]), (4, &all[4..]), (5, &[][..])] {
        assert_eq!(slugs(&page(None, skip).await), expected, "after {skip}");
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let found = page(after, 0).await;
        let Some(last) = found.last() else { break };
        after = Some(last.last());
        seen.extend(slugs(&found));
    }
    assert_eq!(seen, all);
}

async fn many_are_put_in_at_once(bench: Bench) {
    let (ada, app) = app_with(&bench, &[], &["town"]).await;
    let names: Vec<String> = (0..1_000).map(|number| format!("note-{number}")).collect();
    for some in names.chunks(500) {
        let inputs = some.iter().map(|slug| text(slug)).collect();
        let inputs = PostInputs { inputs, ..PostInputs::default() };
        bench.service.post_inputs(&ada.who, &app, inputs).await.unwrap();
        bench.clock.advance(1_000);
    }
    let put = bench.service.post_dataset_inputs(&ada.who, &app, "town", &names).await.unwrap();
    assert_eq!(slugs(&put.value), names);
    let found = bench.service.list_dataset_inputs(&ada.who, &app, "town", (None, 990), 100).await.unwrap();
    assert_eq!(slugs(&found.value), names[990..]);
    let too_many = vec!["note-1".to_owned(); 10_001];
    let refused = bench.service.post_dataset_inputs(&ada.who, &app, "town", &too_many).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "dataset_inputs");
}

async fn an_input_that_does_not_exist_is_named_and_nothing_is_put_in(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one"], &["town"]).await;
    let refused = put(&bench, &ada.who, &app, "town", &["one", "none"]).await.unwrap_err();
    let (field, message) = invalid(refused);
    assert_eq!(field, "dataset_inputs[1].input.id");
    assert!(message.contains("`none`"), "{message}");
    assert_eq!(put(&bench, &ada.who, &app, "hills", &["one"]).await, Err(Error::NotFound));
    assert_eq!(held(&bench, &ada.who, &app, "town").await, Vec::<String>::new());
}

async fn what_is_taken_out_stays_in_the_app(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one", "two"], &["town", "coast"]).await;
    for dataset in ["town", "coast"] {
        put(&bench, &ada.who, &app, dataset, &["one", "two"]).await.unwrap();
    }
    let take = async |dataset: &str, inputs: &[&str]| {
        bench.service.delete_dataset_inputs(&ada.who, &app, dataset, &strings(inputs)).await
    };
    assert_eq!(take("town", &[]).await, Ok(0));
    assert_eq!(take("hills", &["one"]).await, Err(Error::NotFound));
    assert_eq!(take("town", &["one", "none"]).await, Err(Error::NotFound));
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["one", "two"], "all or none");
    assert_eq!(take("town", &["one", "one"]).await, Ok(1));
    assert_eq!(take("town", &["one"]).await, Err(Error::NotFound), "it is not in it any more");
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["two"]);
    assert_eq!(held(&bench, &ada.who, &app, "coast").await, ["one", "two"]);
    assert_eq!(all_inputs(&bench, &ada.who, &app).await, ["two", "one"]);
    let told = audited(&bench, &ada.who, &app, "dataset_input.removed").await;
    assert_eq!(told, [("town".into(), Some(json!({ "inputs": ["one"] })))]);
}

async fn a_dataset_takes_all_of_another(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one", "two", "three"], &["town", "coast"]).await;
    put(&bench, &ada.who, &app, "town", &["one"]).await.unwrap();
    put(&bench, &ada.who, &app, "coast", &["one", "two"]).await.unwrap();
    let merge = async |into: &str, from: &str| bench.service.merge_dataset(&ada.who, &app, into, from).await;
    assert_eq!(merge("town", "coast").await, Ok(1));
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["one", "two"]);
    assert_eq!(held(&bench, &ada.who, &app, "coast").await, ["one", "two"]);
    assert_eq!(merge("town", "town").await, Ok(0));
    for (into, from) in [("town", "hills"), ("hills", "town")] {
        assert_eq!(merge(into, from).await, Err(Error::NotFound));
    }
}

async fn an_input_that_is_deleted_is_in_no_dataset(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one", "two"], &["town"]).await;
    put(&bench, &ada.who, &app, "town", &["one", "two"]).await.unwrap();
    let endpoint = Endpoint::DeleteInputs;
    bench.service.delete_inputs(&ada.who, &app, endpoint, &strings(&["one"])).await.unwrap();
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["two"]);
    // One of the same name is another one.
    add(&bench, &ada.who, &app, text("one")).await.unwrap();
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["two"]);
}

async fn inputs_come_with_their_datasets(bench: Bench) {
    let (ada, app) = app_with(&bench, &[], &["town", "coast"]).await;
    let both = NewInput { datasets: strings(&["town", "coast", "town"]), ..text("both") };
    add(&bench, &ada.who, &app, both).await.unwrap();
    let lost = NewInput { datasets: strings(&["town", "hills"]), ..text("lost") };
    let (field, message) = invalid(add(&bench, &ada.who, &app, lost).await.unwrap_err());
    assert_eq!(field, "dataset_ids");
    assert!(message.contains("`hills`"), "{message}");
    assert_eq!(
        all_inputs(&bench, &ada.who, &app).await,
        ["both"],
        "an input comes with all of them or not at all"
    );
    for dataset in ["town", "coast"] {
        assert_eq!(held(&bench, &ada.who, &app, dataset).await, ["both"]);
    }
}

async fn a_patch_puts_inputs_into_datasets_and_takes_none_out(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one", "two"], &["town", "coast"]).await;
    put(&bench, &ada.who, &app, "town", &["one"]).await.unwrap();
    let patch = async |action, datasets: &[&str]| {
        let change = |slug: &str| PatchInput {
            slug: slug.into(),
            datasets: strings(datasets),
            ..PatchInput::default()
        };
        bench.service.patch_inputs(&ada.who, &app, action, vec![change("one"), change("two")]).await
    };
    patch(PatchAction::Merge, &["coast"]).await.unwrap();
    assert_eq!(held(&bench, &ada.who, &app, "coast").await, ["one", "two"]);
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["one"]);
    let (field, _) = invalid(patch(PatchAction::Merge, &["hills"]).await.unwrap_err());
    assert_eq!(field, "inputs[0].dataset_ids");
    for action in [PatchAction::Overwrite, PatchAction::Remove] {
        assert_eq!(invalid(patch(action, &["coast"]).await.unwrap_err()).0, "dataset_ids");
        patch(action, &[]).await.unwrap();
    }
    assert_eq!(held(&bench, &ada.who, &app, "coast").await, ["one", "two"]);
}

async fn inputs_say_in_which_datasets_they_are(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one", "two"], &["town", "coast"]).await;
    put(&bench, &ada.who, &app, "coast", &["one"]).await.unwrap();
    put(&bench, &ada.who, &app, "town", &["one"]).await.unwrap();
    let both = strings(&["town", "coast"]);
    let seen = async |who: &Who| {
        let all = InputsFilter::default();
        let listed = bench.service.list_inputs_with_said(who, &app, &all, 0, 10).await.unwrap().value;
        listed.into_iter().map(|one| (one.input.slug, one.said.datasets)).collect::<Vec<_>>()
    };
    assert_eq!(seen(&ada.who).await, [("two".to_owned(), Vec::new()), ("one".to_owned(), both.clone())]);
    let one = bench.service.get_input_with_said(&ada.who, &app, "one").await.unwrap().value;
    assert_eq!(one.said.datasets, both);
    let held = bench.service.get_dataset_input(&ada.who, &app, "town", "one").await.unwrap().value;
    assert_eq!(held.input.said.datasets, both);
    let endpoint = Endpoint::PatchInputs;
    let said = bench.service.said_of_inputs(&ada.who, &app, endpoint, &["one"]).await.unwrap().value;
    assert_eq!(said["one"].datasets, both);
    // Whoever may see inputs and no datasets is not told of these.
    let scopes = ScopeSet::of(&[Scope::InputsGet, Scope::AnnotationsGet, Scope::ConceptsGet]);
    let bo = join(&bench, &ada, &app, "bo", scopes).await;
    assert_eq!(seen(&bo.who).await, [("two".to_owned(), Vec::new()), ("one".to_owned(), Vec::new())]);
}
