//! What is predicted, and who gathers it.

use super::*;

on_both_databases! {
    what_is_predicted_goes_to_those_who_watch,
    whoever_may_no_longer_predict_gathers_no_predictions,
    a_model_that_is_asked_offers_what_it_could_look_at,
}

fn predictions(slug: &str, model: &str) -> NewCollector {
    let of = Predictions { model: model.into(), ..Predictions::default() };
    NewCollector { source: Source::Predictions(of), ..uploads(slug) }
}

async fn predicting(bench: &Bench, person: &Person, app: &AppName) -> Permit {
    let mut tx = bench.service.store().read().await.unwrap();
    let asked = bench.service.permit(&mut tx, &person.who, app, Endpoint::PostModelOutputs, Conditions::NONE);
    asked.await.unwrap().permit
}

async fn what_is_predicted_goes_to_those_who_watch(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", BasicScope::Predict.own()).await;
    let of = |model: &str, version: &str, caller: &str| {
        let of = Predictions {
            model: model.into(),
            version: version.into(),
            caller: caller.into(),
            owner: "ada".into(),
            app: "street-signs".into(),
            ..Predictions::default()
        };
        NewCollector { source: Source::Predictions(of), ..uploads("") }
    };
    for (slug, new) in [
        ("any", of("signs", "", "")),
        ("first-version", of("signs", "1", "")),
        ("of-ada", of("signs", "", "ada")),
        ("other-model", of("birds", "", "")),
    ] {
        make(&bench, &ada.who, &app, NewCollector { slug: slug.into(), ..new }).await.unwrap();
    }
    make(&bench, &ada.who, &app, uploads("camera")).await.unwrap();
    let permit = predicting(&bench, &bo, &app).await;
    let by = |version: &str| Predicted { model: "signs".into(), version: version.into() };
    // The second time under another identifier: what is predicted with twice has none of its own.
    for (version, body, expected) in [("1", "Stop", vec!["any", "first-version"]), ("2", "Stop", vec!["any"])]
    {
        let input = NewInput { slug: "mine".into(), ..text(body) };
        let offered = bench.service.collect(&permit, &by(version), &[input]).await.unwrap();
        let to: Vec<&str> = offered.iter().map(|one| one.collector.as_str()).collect();
        assert_eq!((to, gathered(&offered)), (expected.clone(), expected.len()), "{offered:?}");
    }
    // Ada adds them: Bo, who predicts, could not.
    let page = bench.service.list_inputs(&ada.who, &app, &InputsFilter::default(), 0, 10).await.unwrap();
    assert!(page.inputs.iter().all(|row| row.created_by == ada.id) && page.inputs.len() == 3);
    let permit = predicting(&bench, &ada, &app).await;
    let offered = bench.service.collect(&permit, &by("2"), &[text("Yield")]).await.unwrap();
    assert_eq!(offered.iter().map(|one| one.collector.as_str()).collect::<Vec<_>>(), ["any", "of-ada"]);
    // Nobody sends to one that watches a model.
    let refused = offer_one(&bench, &ada.who, &app, "any", "Stop").await.unwrap_err();
    let (field, why) = invalid(refused);
    assert!(field == "collector_id" && why.contains("watches the predictions"), "{field} {why}");
}

async fn whoever_may_no_longer_predict_gathers_no_predictions(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", collecting()).await;
    let refused = make(&bench, &bo.who, &app, predictions("watch", "signs")).await.unwrap_err();
    assert_eq!(forbidden(refused).0, ScopeSet::of(&[Scope::Predict]));
    let grant = people(&bench, &ada.who, &app).await.remove(0);
    bench
        .service
        .edit_collaborator(&ada.who, &app, &edit(&grant, collecting().with(Scope::Predict)))
        .await
        .unwrap();
    make(&bench, &bo.who, &app, predictions("watch", "signs")).await.unwrap();
    let permit = predicting(&bench, &ada, &app).await;
    let by = Predicted { model: "signs".into(), version: "1".into() };
    assert_eq!(gathered(&bench.service.collect(&permit, &by, &[text("One")]).await.unwrap()), 1);
    let grant = people(&bench, &ada.who, &app).await.remove(0);
    bench.service.edit_collaborator(&ada.who, &app, &edit(&grant, collecting())).await.unwrap();
    let offered = bench.service.collect(&permit, &by, &[text("Two")]).await.unwrap();
    assert!(
        matches!(&offered[0].became, Became::Refused(Error::Conflict(why)) if why.contains("`Predict`")),
        "{offered:?}"
    );
    // From then on it is passed over.
    assert!(bench.service.collect(&permit, &by, &[text("Three")]).await.unwrap().is_empty());
}

async fn a_model_that_is_asked_offers_what_it_could_look_at(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let service = &bench.service;
    add_topics(&bench, &ada.who, &app).await;
    train_topics(&bench, &ada.who, &app).await;
    make(&bench, &ada.who, &app, predictions("watch", TOPICS)).await.unwrap();

    let ask = async |model: ModelName, texts: &[&str]| {
        let inputs = texts.iter().map(|body| Content::Text((*body).into())).collect();
        let ask = Predict { model, inputs, wanted: WantedConcepts::default() };
        service.predict(&ada.who, &app, Endpoint::PostModelOutputs, ask).await.unwrap().outputs
    };
    // An empty text is answered with why it cannot be looked at.
    let outputs = ask(ModelName::at(&app, TOPICS, ""), &["A new kitten", "", "A loan"]).await;
    assert_eq!(outputs.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    // Another model is none of its concern.
    assert!(ask(ModelName::public("general-text-embedding"), &["A sign"]).await[0].is_ok());
    // That is done beside the answer.
    service.finish().await;
    let page = service.list_inputs(&ada.who, &app, &InputsFilter::default(), 0, 50).await.unwrap();
    let mut bodies: Vec<String> = page.inputs.iter().filter_map(|row| row.body.clone()).collect();
    bodies.retain(|body| !CATS.contains(&body.as_str()) && !BANKS.contains(&body.as_str()));
    bodies.sort_unstable();
    assert_eq!(bodies, ["A loan", "A new kitten"]);
}
