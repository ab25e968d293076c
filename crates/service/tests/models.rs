//! The public models: who sees them, and what they find.

use atelier_domain::{Endpoint, Preset, Rights, Scope, ScopeSet};
use atelier_service::inputs::Content;
use atelier_service::keys::CreateKey;
use atelier_service::models::{Found, MOST_AT_ONCE, ModelName, ModelsFilter, Predict, Wanted};
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::people::with_key;
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{give_exactly, join, street_signs};
use atelier_testkit::{Bench, on_both_databases};

on_both_databases! {
    the_catalogue_is_there_under_both_of_its_names,
    whoever_may_see_no_models_sees_none_on_any_way,
    a_picture_is_recognised_as_far_as_is_wanted,
    what_cannot_be_looked_at_is_told_in_its_place,
    texts_that_mean_the_like_have_vectors_that_are_near,
}

const OUTPUTS: Endpoint = Endpoint::PostModelOutputs;
const RECOGNITION: &str = "general-image-recognition";
const FILTER: &str = "concept-thresholder";

fn catalogue() -> AppName {
    AppName::of("clarifai", "main")
}

async fn listed(bench: &Bench, who: &Who, app: &AppName, filter: &ModelsFilter) -> Result<Vec<String>> {
    let models = bench.service.list_models(who, app, Endpoint::ListModels, filter).await?;
    Ok(models.into_iter().map(|model| model.slug).collect())
}

/// What the model of that name, of the catalogue, finds in one input.
async fn found(bench: &Bench, who: &Who, model: &str, input: Content, wanted: Wanted) -> Result<Found> {
    let ask = Predict { model: ModelName::public(model), inputs: vec![input], wanted };
    bench.service.predict(who, &catalogue(), OUTPUTS, ask).await?.outputs.remove(0)
}

fn picture() -> Content {
    Content::Image(png(64, 48).into())
}

async fn the_catalogue_is_there_under_both_of_its_names(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let all = ModelsFilter::default();
    let names = [RECOGNITION, "general-image-embedding", "general-text-embedding", FILTER];
    for place in [catalogue(), AppName::of("atelier", "main"), AppName::of("clarifai", "")] {
        assert_eq!(listed(&bench, &ada.who, &place, &all).await.unwrap(), names, "{place:?}");
    }
    // Ada's app has none of its own; in it, the public ones are seen as such.
    assert_eq!(listed(&bench, &ada.who, &app, &all).await.unwrap(), Vec::<String>::new());
    let public = bench.service.list_public_models(&ada.who, &app).await.unwrap();
    assert_eq!(public.iter().map(|model| model.slug.as_str()).collect::<Vec<_>>(), names);
    for (filter, expected) in [
        (ModelsFilter { kind: Some("text-embedder".into()), text: None }, vec![names[2]]),
        (ModelsFilter { kind: Some("visual-detector".into()), text: None }, vec![]),
        (ModelsFilter { kind: None, text: Some("IMAGE emb".into()) }, vec![names[1]]),
        (ModelsFilter { kind: Some("text-embedder".into()), text: Some("image".into()) }, vec![]),
    ] {
        assert_eq!(listed(&bench, &ada.who, &catalogue(), &filter).await.unwrap(), expected, "{filter:?}");
    }
    let get = async |slug: &str, version: &str| {
        let name = ModelName::at(&catalogue(), slug, version);
        bench.service.get_model(&ada.who, &catalogue(), Endpoint::GetModel, &name).await
    };
    let model = get(RECOGNITION, "").await.unwrap();
    let version = model.version.clone().unwrap();
    assert_eq!((version.concepts, version.slug.len()), (1000, 32));
    assert_eq!(get(RECOGNITION, &version.slug).await.unwrap(), model);
    for (slug, version) in [(RECOGNITION, "00000000000000000000000000000000"), ("general", "")] {
        assert_eq!(get(slug, version).await.unwrap_err(), Error::NotFound);
    }
    let name = ModelName::at(&app, RECOGNITION, "");
    let of_app = bench.service.get_model(&ada.who, &app, Endpoint::GetModel, &name).await;
    assert_eq!(of_app.unwrap_err(), Error::NotFound);
}

async fn whoever_may_see_no_models_sees_none_on_any_way(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    // Nearly everything needs the right to see models; this does not.
    let scopes = ScopeSet::of(&[Scope::AppsGet, Scope::CollaboratorsGet]);
    let bo = join(&bench, &ada, &app, "bo", Preset::Viewer.scopes()).await;
    give_exactly(&bench, &ada, &app, bo.id, Rights::of(scopes)).await;
    let input =
        CreateKey { description: "Camera".into(), scopes, app: Some(app.clone()), ..CreateKey::default() };
    bench.prove_password(&ada).await;
    let key = with_key(bench.service.create_key(&ada.who, &input).await.unwrap().secret.expose());
    let missing = |endpoint: Endpoint| endpoint.needs().minus(scopes);
    for (who, place) in [(&bo.who, &app), (&key, &app), (&key, &catalogue())] {
        let name = ModelName::public(RECOGNITION);
        for (endpoint, refusal) in [
            (Endpoint::ListModels, listed(&bench, who, place, &ModelsFilter::default()).await.unwrap_err()),
            (Endpoint::ListModels, bench.service.list_public_models(who, place).await.unwrap_err()),
            (
                Endpoint::GetModel,
                bench.service.get_model(who, place, Endpoint::GetModel, &name).await.unwrap_err(),
            ),
            (
                Endpoint::ListModelConcepts,
                bench.service.list_model_concepts(who, place, &name, None, 0, 10).await.unwrap_err(),
            ),
        ] {
            assert_eq!(forbidden(refusal).0, missing(endpoint), "{endpoint} {place:?}");
        }
        let ask = Predict {
            model: ModelName::public(RECOGNITION),
            inputs: vec![picture()],
            wanted: Wanted::default(),
        };
        let refusal = bench.service.predict(who, place, OUTPUTS, ask).await.unwrap_err();
        assert_eq!(forbidden(refusal).0, missing(Endpoint::PostModelOutputs), "{place:?}");
    }
    // Whoever trains models may predict, in the app and by its keys.
    let cy = join(&bench, &ada, &app, "cy", Preset::ModelTrainer.scopes()).await;
    assert!(bench.service.list_public_models(&cy.who, &app).await.is_ok());
}

async fn a_picture_is_recognised_as_far_as_is_wanted(bench: Bench) {
    let ada = bench.person("ada").await;
    let concepts = async |wanted: Wanted| {
        let found = found(&bench, &ada.who, RECOGNITION, picture(), wanted).await?;
        let Found::Concepts(concepts) = found else { panic!("a classifier gives concepts") };
        Ok::<_, Error>(concepts)
    };
    let all = concepts(Wanted { concepts: Some(1000), ..Wanted::default() }).await.unwrap();
    assert_eq!(all.len(), 1000);
    let sum: f32 = all.iter().map(|found| found.value).sum();
    assert!((sum - 1.0).abs() < 1e-3, "{sum}");
    assert!(all.is_sorted_by(|one, other| one.value >= other.value));
    let first = concepts(Wanted::default()).await.unwrap();
    assert_eq!(first, all[..20]);
    let from = all[3].value;
    let sure = concepts(Wanted { from, ..Wanted::default() }).await.unwrap();
    assert!(sure.len() >= 4 && sure.iter().all(|found| found.value >= from));
    // By identifier or name, and as sure of them as among all.
    let only = vec![all[500].concept.slug.clone(), all[30].concept.name.clone()];
    let chosen = concepts(Wanted { only, ..Wanted::default() }).await.unwrap();
    assert_eq!(chosen, [all[30].clone(), all[500].clone()]);
    let unknown = Wanted { only: vec!["person".into()], ..Wanted::default() };
    let (field, why) = invalid(concepts(unknown).await.unwrap_err());
    assert!(field == "select_concepts" && why.contains("`person`"), "{field} {why}");
    let (field, _) = invalid(concepts(Wanted { from: 1.5, ..Wanted::default() }).await.unwrap_err());
    assert_eq!(field, "min_value");
    let vector = found(&bench, &ada.who, "general-image-embedding", picture(), Wanted::default()).await;
    assert!(matches!(vector.unwrap(), Found::Embedding(vector) if vector.len() == 1280));
}

async fn what_cannot_be_looked_at_is_told_in_its_place(bench: Bench) {
    let ada = bench.person("ada").await;
    let predict = async |inputs: Vec<Content>| {
        let ask = Predict { model: ModelName::public(RECOGNITION), inputs, wanted: Wanted::default() };
        bench.service.predict(&ada.who, &catalogue(), OUTPUTS, ask).await
    };
    let inputs = vec![
        Content::Text("A sign".into()),
        picture(),
        Content::Image(b"<svg/>".to_vec().into()),
        Content::Image(png(64, 48)[..60].to_vec().into()),
        picture(),
    ];
    let outputs = predict(inputs).await.unwrap().outputs;
    let fields: Vec<Option<String>> =
        outputs.iter().map(|output| output.clone().err().map(|error| invalid(error).0)).collect();
    let image = || Some("image".to_owned());
    assert_eq!(fields, [Some("text".to_owned()), None, image(), image(), None]);
    assert_eq!(outputs[1], outputs[4]);
    for count in [0, MOST_AT_ONCE + 1] {
        let (field, _) = invalid(predict(vec![picture(); count]).await.unwrap_err());
        assert_eq!(field, "inputs", "{count}");
    }
    // Where nothing can be looked at, each is told so all the same.
    assert!(predict(vec![Content::Text("A sign".into())]).await.unwrap().outputs[0].is_err());
}

async fn texts_that_mean_the_like_have_vectors_that_are_near(bench: Bench) {
    let ada = bench.person("ada").await;
    let texts = ["A cat sleeps on the sofa.", "A kitten naps on the couch.", "Interest rates went up again."];
    let inputs = texts.iter().map(|text| Content::Text((*text).into())).chain([Content::Text(" ".into())]);
    let ask = Predict {
        model: ModelName::public("general-text-embedding"),
        inputs: inputs.collect(),
        wanted: Wanted::default(),
    };
    let outputs = bench.service.predict(&ada.who, &catalogue(), OUTPUTS, ask).await.unwrap().outputs;
    let vectors: Vec<Vec<f32>> = outputs[..3]
        .iter()
        .map(|output| match output {
            Ok(Found::Embedding(vector)) => vector.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    let near = |one: usize, other: usize| -> f32 {
        vectors[one].iter().zip(&vectors[other]).map(|(a, b)| a * b).sum()
    };
    assert!((near(0, 0) - 1.0).abs() < 1e-3);
    assert!(near(0, 1) > near(0, 2) + 0.2, "{} {}", near(0, 1), near(0, 2));
    assert_eq!(invalid(outputs[3].clone().unwrap_err()).0, "text");
}
