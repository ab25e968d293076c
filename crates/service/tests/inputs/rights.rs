//! Who may do what with inputs.

use super::*;

on_both_databases! {
    labels_need_the_right_to_annotate,
    a_worker_neither_adds_nor_changes_nor_deletes,
    strangers_find_nothing,
    another_apps_ids_are_out_of_reach,
}

async fn labels_need_the_right_to_annotate(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, with_labels(text("first", "Stop"), said("stop", 1.0))).await.unwrap();
    let bo = join(&bench, &ada, &app, "bo", bringing()).await;
    let labelled = with_labels(text("labelled", "Stop"), said("stop", 1.0));
    // One of them refuses the request, before anything is added.
    let inputs = vec![text("plain", "Stop"), labelled.clone()];
    let refused = post(&bench.service, &bo.who, &app, inputs).await.unwrap_err();
    assert_eq!(forbidden(refused).0, ScopeSet::of(&[Scope::AnnotationsAdd]));
    assert_eq!(all(&bench, &ada.who, &app).await, ["first"]);
    add(&bench, &bo.who, &app, text("plain", "Stop")).await.unwrap();

    let patch = PatchInput { slug: "plain".into(), labels: said("stop", 1.0), ..PatchInput::default() };
    let refused = bench.service.patch_inputs(&bo.who, &app, PatchAction::Merge, vec![patch]).await;
    assert_eq!(forbidden(refused.unwrap_err()).0, ScopeSet::of(&[Scope::AnnotationsAdd]));

    let cy = join(&bench, &ada, &app, "cy", bringing().with(Scope::AnnotationsAdd)).await;
    add(&bench, &cy.who, &app, labelled).await.unwrap();
    // To name a concept that the app lacks is to add one.
    let unknown = with_labels(picture("unknown", png(8, 8)), said("give-way", 1.0));
    let refused = add(&bench, &cy.who, &app, unknown).await.unwrap_err();
    let (field, message) = invalid(refused);
    assert_eq!(field, "concepts");
    assert!(message.contains("`give-way`") && message.contains("Concepts_Add"), "{message}");
    assert_eq!(kept_objects(&bench), 0);
}

async fn a_worker_neither_adds_nor_changes_nor_deletes(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, picture("sign", png(8, 8))).await.unwrap();
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    let kept = kept_objects(&bench);

    assert_eq!(all(&bench, &bo.who, &app).await, ["sign"]);
    assert!(bench.service.picture(&bo.who, &app, "sign", PictureSize::Thumbnail).await.is_ok());
    let refused = post(&bench.service, &bo.who, &app, vec![picture("his", png(8, 8))]).await.unwrap_err();
    assert!(forbidden(refused).0.contains(Scope::InputsAdd));
    let patch = PatchInput { slug: "sign".into(), metadata: Some(json!({})), ..PatchInput::default() };
    let refused = bench.service.patch_inputs(&bo.who, &app, PatchAction::Merge, vec![patch]).await;
    assert!(forbidden(refused.unwrap_err()).0.contains(Scope::InputsAdd));
    assert!(
        forbidden(delete(&bench, &bo.who, &app, &["sign"]).await.unwrap_err())
            .0
            .contains(Scope::InputsDelete)
    );
    // Not even of nothing: whoever may not is told so.
    assert!(forbidden(delete(&bench, &bo.who, &app, &[]).await.unwrap_err()).0.contains(Scope::InputsDelete));

    assert_eq!(all(&bench, &ada.who, &app).await, ["sign"]);
    assert_eq!(kept_objects(&bench), kept);
}

async fn strangers_find_nothing(bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let app = street_signs(&bench, &ada).await;
    let row = add(&bench, &ada.who, &app, picture("sign", png(8, 8))).await.unwrap();
    for name in [app.clone(), AppName::of("ada", "no-such-app")] {
        let (service, who, name) = (&bench.service, &eve.who, &name);
        let patch = PatchInput { slug: "sign".into(), ..PatchInput::default() };
        let everything = InputsFilter::default();
        let errors = [
            post(service, who, name, vec![text("hers", "text")]).await.unwrap_err(),
            service.list_inputs(who, name, &everything, 0, 10).await.unwrap_err(),
            service.get_input(who, name, "sign").await.unwrap_err(),
            service.picture(who, name, "sign", PictureSize::Original).await.unwrap_err(),
            service.patch_inputs(who, name, PatchAction::Merge, vec![patch]).await.unwrap_err(),
            delete(&bench, who, name, &["sign"]).await.unwrap_err(),
            service.count_inputs(who, name).await.unwrap_err(),
            service.neighbours(who, name, row.id).await.unwrap_err(),
            service.list_inputs_add_jobs(who, name, 0, 10).await.unwrap_err(),
            service.get_inputs_add_job(who, name, "batch").await.unwrap_err(),
            service.cancel_inputs_add_job(who, name, "batch").await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error, Error::NotFound);
        }
    }
}

/// ASVS 8.3.3.
async fn another_apps_ids_are_out_of_reach(bench: Bench) {
    let ada = bench.person("ada").await;
    let (app, other) = (street_signs(&bench, &ada).await, make_app(&bench, &ada, "other").await);
    let row = add(&bench, &ada.who, &app, picture("sign", png(8, 8))).await.unwrap();
    let batch = PostInputs { job: Some("batch".into()), ..adding(vec![text("note", "Stop")]) };
    bench.service.post_inputs(&ada.who, &app, batch).await.unwrap();

    let (service, who) = (&bench.service, &ada.who);
    let patch = PatchInput { slug: "sign".into(), metadata: Some(json!({})), ..PatchInput::default() };
    let errors = [
        service.get_input(who, &other, "sign").await.unwrap_err(),
        service.picture(who, &other, "sign", PictureSize::Original).await.unwrap_err(),
        service.patch_inputs(who, &other, PatchAction::Merge, vec![patch]).await.unwrap_err(),
        delete(&bench, who, &other, &["sign"]).await.unwrap_err(),
        service.get_inputs_add_job(who, &other, "batch").await.unwrap_err(),
        service.cancel_inputs_add_job(who, &other, "batch").await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error, Error::NotFound);
    }
    let named = InputsFilter { slugs: vec!["sign".into()], ..InputsFilter::default() };
    assert_eq!(listed(&bench, who, &other, &named).await, Vec::<String>::new());
    let counts = service.count_inputs(who, &other).await.unwrap();
    assert_eq!(counts, InputCounts::default());

    // The same identifier is free there, and what happens to it does not touch the first.
    add(&bench, who, &other, picture("sign", png(16, 16))).await.unwrap();
    assert_eq!(delete(&bench, who, &other, &["sign"]).await, Ok(1));
    assert_eq!(service.get_input(who, &app, "sign").await, Ok(row));
    assert!(service.picture(who, &app, "sign", PictureSize::Original).await.is_ok());
}
