//! Who may do what with datasets.

use super::*;

on_both_databases! {
    who_may_only_look_changes_nothing,
    whoever_names_datasets_may_see_them,
    strangers_find_nothing,
    another_apps_ids_are_out_of_reach,
}

async fn who_may_only_look_changes_nothing(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one"], &["town"]).await;
    put(&bench, &ada.who, &app, "town", &["one"]).await.unwrap();
    freeze(&bench, &ada.who, &app, "town", version("spring")).await.unwrap();
    let looking = Preset::Viewer.scopes().with(Scope::SavedSearchGet);
    let bo = join(&bench, &ada, &app, "bo", looking).await;
    let (service, who) = (&bench.service, &bo.who);
    assert_eq!(held(&bench, who, &app, "town").await, ["one"]);
    assert!(service.get_dataset(who, &app, "town").await.is_ok());
    assert!(service.get_dataset_version(who, &app, "town", "spring").await.is_ok());
    let change = PatchDataset { slug: "town".into(), ..PatchDataset::default() };
    let kept = PatchVersion { slug: "spring".into(), ..PatchVersion::default() };
    let (town, one, spring) = (strings(&["town"]), strings(&["one"]), strings(&["spring"]));
    for (error, missing) in [
        (make(&bench, who, &app, "coast").await.unwrap_err(), Scope::DatasetsAdd),
        (
            service.patch_datasets(who, &app, PatchAction::Merge, vec![change]).await.unwrap_err(),
            Scope::DatasetsAdd,
        ),
        (service.delete_datasets(who, &app, &town).await.unwrap_err(), Scope::DatasetsDelete),
        (put(&bench, who, &app, "town", &["one"]).await.unwrap_err(), Scope::InputsAdd),
        (service.merge_dataset(who, &app, "town", "town").await.unwrap_err(), Scope::InputsAdd),
        (service.delete_dataset_inputs(who, &app, "town", &one).await.unwrap_err(), Scope::InputsDelete),
        (freeze(&bench, who, &app, "town", version("summer")).await.unwrap_err(), Scope::DatasetsAdd),
        (
            service
                .patch_dataset_versions(who, &app, "town", PatchAction::Merge, vec![kept])
                .await
                .unwrap_err(),
            Scope::DatasetsAdd,
        ),
        (
            service.delete_dataset_versions(who, &app, "town", &spring).await.unwrap_err(),
            Scope::DatasetsDelete,
        ),
        // Not even of nothing: whoever may not is told so.
        (service.delete_datasets(who, &app, &[]).await.unwrap_err(), Scope::DatasetsDelete),
    ] {
        assert!(forbidden(error).0.contains(missing), "{missing}");
    }
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["one"]);
    let cy = join(&bench, &ada, &app, "cy", bringing()).await;
    make(&bench, &cy.who, &app, "coast").await.unwrap();
    put(&bench, &cy.who, &app, "coast", &["one"]).await.unwrap();
    freeze(&bench, &cy.who, &app, "coast", version("spring")).await.unwrap();
    assert_eq!(service.delete_datasets(&cy.who, &app, &strings(&["coast"])).await, Ok(1));
}

async fn whoever_names_datasets_may_see_them(bench: Bench) {
    let (ada, app) = app_with(&bench, &[], &["town"]).await;
    let adding = ScopeSet::of(&[
        Scope::InputsAdd,
        Scope::AnnotationsGet,
        Scope::ConceptsGet,
        Scope::ModelsGet,
        Scope::WorkflowsGet,
    ]);
    let bo = join(&bench, &ada, &app, "bo", adding).await;
    let into_town = |slug: &str| NewInput { datasets: strings(&["town"]), ..text(slug) };
    add(&bench, &bo.who, &app, text("plain")).await.unwrap();
    let refused = add(&bench, &bo.who, &app, into_town("his")).await.unwrap_err();
    assert_eq!(forbidden(refused).0, ScopeSet::of(&[Scope::DatasetsGet]));
    let change =
        || PatchInput { slug: "plain".into(), datasets: strings(&["town"]), ..PatchInput::default() };
    let refused = bench.service.patch_inputs(&bo.who, &app, PatchAction::Merge, vec![change()]).await;
    assert_eq!(forbidden(refused.unwrap_err()).0, ScopeSet::of(&[Scope::DatasetsGet]));
    // Putting inputs into a dataset is no change of the dataset.
    let cy = join(&bench, &ada, &app, "cy", adding.with(Scope::DatasetsGet)).await;
    add(&bench, &cy.who, &app, into_town("hers")).await.unwrap();
    bench.service.patch_inputs(&cy.who, &app, PatchAction::Merge, vec![change()]).await.unwrap();
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["hers", "plain"]);
}

/// What everything that can be asked of a dataset answers to `who`, who names one input and one version.
async fn refusals(bench: &Bench, who: &Who, app: &AppName, dataset: &str) -> Vec<Error> {
    let service = &bench.service;
    let change = PatchDataset { slug: dataset.into(), ..PatchDataset::default() };
    let kept = PatchVersion { slug: "spring".into(), ..PatchVersion::default() };
    let (one, spring) = (strings(&["one"]), strings(&["spring"]));
    vec![
        service.get_dataset(who, app, dataset).await.unwrap_err(),
        service.patch_datasets(who, app, PatchAction::Merge, vec![change]).await.unwrap_err(),
        service.delete_datasets(who, app, &strings(&[dataset])).await.unwrap_err(),
        service.list_dataset_inputs(who, app, dataset, (None, 0), 10).await.unwrap_err(),
        service.get_dataset_input(who, app, dataset, "one").await.unwrap_err(),
        service.post_dataset_inputs(who, app, dataset, &one).await.unwrap_err(),
        service.merge_dataset(who, app, dataset, dataset).await.unwrap_err(),
        service.delete_dataset_inputs(who, app, dataset, &one).await.unwrap_err(),
        service.list_dataset_versions(who, app, dataset, 0, 10).await.unwrap_err(),
        service.get_dataset_version(who, app, dataset, "spring").await.unwrap_err(),
        freeze(bench, who, app, dataset, version("summer")).await.unwrap_err(),
        service.patch_dataset_versions(who, app, dataset, PatchAction::Merge, vec![kept]).await.unwrap_err(),
        service.delete_dataset_versions(who, app, dataset, &spring).await.unwrap_err(),
        service.list_dataset_version_inputs(who, app, (dataset, "spring"), None, 0, 10).await.unwrap_err(),
    ]
}

async fn strangers_find_nothing(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one"], &["town"]).await;
    freeze(&bench, &ada.who, &app, "town", version("spring")).await.unwrap();
    let eve = bench.person("eve").await;
    for name in [app.clone(), AppName::of("ada", "no-such-app")] {
        let mut errors = refusals(&bench, &eve.who, &name, "town").await;
        let all = DatasetsFilter::default();
        errors.push(bench.service.list_datasets(&eve.who, &name, &all, 0, 10).await.unwrap_err());
        errors.push(make(&bench, &eve.who, &name, "hers").await.unwrap_err());
        for error in errors {
            assert_eq!(error, Error::NotFound);
        }
    }
}

/// ASVS 8.3.3.
async fn another_apps_ids_are_out_of_reach(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one"], &["town"]).await;
    put(&bench, &ada.who, &app, "town", &["one"]).await.unwrap();
    freeze(&bench, &ada.who, &app, "town", version("spring")).await.unwrap();
    let before = frozen(&bench, &ada.who, &app, ("town", "spring")).await;
    let other = make_app(&bench, &ada, "other").await;
    for error in refusals(&bench, &ada.who, &other, "town").await {
        assert_eq!(error, Error::NotFound);
    }
    // Into a dataset of the other app goes no input of this one.
    make(&bench, &ada.who, &other, "town").await.unwrap();
    let refused = put(&bench, &ada.who, &other, "town", &["one"]).await.unwrap_err();
    assert_eq!(invalid(refused).0, "dataset_inputs[0].input.id");
    let elsewhere = NewInput { datasets: strings(&["town"]), ..text("theirs") };
    add(&bench, &ada.who, &other, elsewhere).await.unwrap();
    freeze(&bench, &ada.who, &other, "town", version("spring")).await.unwrap();
    bench.service.delete_dataset_versions(&ada.who, &other, "town", &strings(&["spring"])).await.unwrap();
    bench.service.delete_datasets(&ada.who, &other, &strings(&["town"])).await.unwrap();

    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["one"]);
    assert_eq!(frozen(&bench, &ada.who, &app, ("town", "spring")).await, before);
}
