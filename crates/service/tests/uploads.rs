//! Models that people upload: taken in, asked, refused, deleted, and by whom.

use std::fs::File;
use std::io::Write as _;

use atelier_domain::time::SECOND;
use atelier_domain::workflow::{ModelRef, Node};
use atelier_domain::{Endpoint, Medium, ModelKind, Preset, Rights, Scope, ScopeSet, Training};
use atelier_service::inputs::Content;
use atelier_service::models::uploaded::{Input, MOST_BYTES, Order, Output};
use atelier_service::models::{
    DeleteModels, Found, Model, ModelName, NewModel, NewVersion, PatchModel, Predict, Scale, Upload,
    UploadTo, Wanted,
};
use atelier_service::workflows::{NewWorkflow, NodeRan, RunWorkflow};
use atelier_service::{AppName, Error, Result, Service, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::onnx::{Graph, channels, features, floats};
use atelier_testkit::pictures::written;
use atelier_testkit::sharing::{give_exactly, join, make_app, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

on_both_databases! {
    a_model_for_pictures_tells_what_its_file_tells,
    a_model_for_vectors_takes_those_of_the_public_models,
    another_file_is_another_version_and_takes_the_same,
    what_is_no_model_is_refused_and_nothing_of_it_kept,
    an_input_without_an_answer_leaves_the_others_theirs,
    an_uploaded_model_is_not_trained_and_a_trained_one_takes_no_file,
    what_is_deleted_goes_with_its_bytes,
    whoever_hangs_up_leaves_a_whole_version,
    a_workflow_asks_it_as_any_other,
    whoever_may_not_upload_hears_why,
}

/// How many numbers the vectors of pictures and of texts have.
const OF_PICTURES: usize = 1_280;
const OF_TEXTS: usize = 384;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn picture(red: u8, green: u8, blue: u8) -> Content {
    let picture = RgbImage::from_pixel(40, 40, Rgb([red, green, blue]));
    Content::Image(written(&DynamicImage::ImageRgb8(picture), ImageFormat::Png).into())
}

struct Lab {
    bench: Bench,
    ada: Person,
    app: AppName,
}

impl Lab {
    async fn open(bench: Bench) -> Self {
        let ada = bench.person("ada").await;
        let app = street_signs(&bench, &ada).await;
        Self { bench, ada, app }
    }

    fn service(&self) -> &Service {
        &self.bench.service
    }

    async fn upload_as(&self, who: &Who, to: UploadTo, bytes: &[u8], concepts: &[&str]) -> Result<Model> {
        let upload = Upload {
            to,
            file: file(bytes),
            concepts: concepts.iter().map(ToString::to_string).collect(),
            scale: Scale::UNIT,
            description: String::new(),
        };
        self.service().upload_model(who, &self.app, upload).await.map(|made| made.value)
    }

    /// Uploads a file as a new model.
    async fn upload(&self, slug: &str, bytes: &[u8], concepts: &[&str]) -> Result<Model> {
        let new = NewModel { slug: slug.into(), ..NewModel::default() };
        self.upload_as(&self.ada.who, UploadTo::New(new), bytes, concepts).await
    }

    /// Uploads a file as a version of a model.
    async fn add(&self, slug: &str, bytes: &[u8], concepts: &[&str]) -> Result<Model> {
        self.upload_as(&self.ada.who, UploadTo::Model(slug.into()), bytes, concepts).await
    }

    async fn get(&self, slug: &str) -> Result<Model> {
        let name = ModelName::at(&self.app, slug, "");
        self.service().get_model(&self.ada.who, &self.app, Endpoint::GetModel, &name).await
    }

    /// What a model finds in each input: the concepts, the surest first.
    async fn predict(
        &self,
        slug: &str,
        version: &str,
        inputs: Vec<Content>,
        wanted: Wanted,
    ) -> Result<Vec<Result<Vec<(String, f32)>>>> {
        let ask = Predict { model: ModelName::at(&self.app, slug, version), inputs, wanted };
        let endpoint = Endpoint::PostModelOutputs;
        let predictions = self.service().predict(&self.ada.who, &self.app, endpoint, ask).await?;
        let told = |found: Result<Found>| match found? {
            Found::Concepts(found) => {
                Ok(found.into_iter().map(|found| (found.concept.slug, found.value)).collect())
            }
            Found::Embedding(_) => panic!("it gives concepts"),
        };
        Ok(predictions.outputs.into_iter().map(told).collect())
    }

    /// How many objects are kept, of which none is that of an input.
    async fn objects(&self) -> usize {
        let mut count = 0;
        let mut folders = vec![self.bench.folder().join("objects")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { count += 1 }
            }
        }
        count
    }
}

async fn a_model_for_pictures_tells_what_its_file_tells(bench: Bench) {
    let lab = Lab::open(bench).await;
    let bytes = channels(&[-1, 3, 8, 16]).file();
    // One is there, the other is made, as it is called.
    let new = atelier_service::concepts::NewConcept { slug: "red".into(), ..Default::default() };
    lab.service().post_concepts(&lab.ada.who, &lab.app, vec![new]).await.unwrap();
    let made = lab.upload("colours", &bytes, &["red", "Deep blue"]).await.unwrap();
    assert_eq!((made.kind, made.takes), (ModelKind::VisualClassifier, Some(Medium::Image)));
    assert_eq!((made.versions, made.is_uploaded(), made.is_public()), (1, true, false));
    let version = made.version.clone().unwrap();
    assert_eq!((version.slug.len(), version.concepts, version.answers()), (32, 2, true));
    let uploaded = version.upload().unwrap();
    assert_eq!((uploaded.size, uploaded.row.author_slug.as_str()), (bytes.len() as u64, "ada"));
    let told = &uploaded.told;
    assert_eq!(told.input, Input::Picture { width: 16, height: 8, order: Order::Planes });
    assert_eq!((told.output, told.scale, &told.embedder), (Output::Scores, Some(Scale::UNIT), &None));
    assert!(told.cost.products > 0 && told.took < 5_000_000);
    assert_eq!(lab.get("colours").await.unwrap(), made);

    let (red, blue) = (picture(255, 9, 0), picture(0, 9, 255));
    let found = lab.predict("colours", "", vec![red, blue.clone()], Wanted::default()).await.unwrap();
    let [Ok(red), Ok(of_blue)] = found.as_slice() else { panic!("{found:?}") };
    // Scores of 1 and 0 become probabilities.
    let surest = 1.0 / (1.0 + (-1.0_f32).exp());
    assert_eq!(red.iter().map(|(slug, _)| slug.as_str()).collect::<Vec<_>>(), ["red", "deep-blue"]);
    assert!((red[0].1 - surest).abs() < 1e-6 && (red[1].1 - (1.0 - surest)).abs() < 1e-6, "{red:?}");
    assert_eq!(of_blue[0].0, "deep-blue");
    let only = Wanted { only: vec!["Deep blue".into()], from: 0.5, ..Wanted::default() };
    let found = lab.predict("colours", &version.slug, vec![blue], only).await.unwrap().remove(0).unwrap();
    assert_eq!(found, of_blue[..1]);
    let name = ModelName::at(&lab.app, "colours", "");
    let known = lab.service().list_model_concepts(&lab.ada.who, &lab.app, &name, None, 0, 9).await.unwrap();
    assert_eq!(known.value.iter().map(|known| known.name.as_str()).collect::<Vec<_>>(), ["red", "Deep blue"]);
    let concept = lab.service().get_concept(&lab.ada.who, &lab.app, "deep-blue").await.unwrap();
    assert_eq!(concept.value.name, "Deep blue");
    // A text is not what it takes.
    let text =
        lab.predict("colours", "", vec![Content::Text("red".into())], Wanted::default()).await.unwrap();
    assert_eq!(invalid(text[0].clone().unwrap_err()).0, "text");
    assert_eq!(
        lab.service()
            .get_model_evaluation(&lab.ada.who, &lab.app, "colours", &version.slug)
            .await
            .unwrap_err(),
        Error::NotFound,
        "nobody judged it"
    );
}

async fn a_model_for_vectors_takes_those_of_the_public_models(bench: Bench) {
    let lab = Lab::open(bench).await;
    for (slug, count, medium, content) in [
        ("of-texts", OF_TEXTS, Medium::Text, Content::Text("A cat sleeps on the sofa.".into())),
        ("of-pictures", OF_PICTURES, Medium::Image, picture(200, 180, 20)),
    ] {
        let made = lab.upload(slug, &features(count).file(), &["one", "two"]).await.unwrap();
        assert_eq!((made.kind, made.takes), (ModelKind::EmbeddingClassifier, Some(medium)));
        let told = made.version.unwrap().upload().unwrap().told.clone();
        assert_eq!((told.input, told.output, told.scale), (Input::Features(count), Output::Each, None));
        // The public model's vector, whose first numbers it makes likelihoods of.
        let embedder = format!("general-{}-embedding", medium.name());
        let ask = Predict {
            model: ModelName::public(&embedder),
            inputs: vec![content.clone()],
            wanted: Wanted::default(),
        };
        let endpoint = Endpoint::PostModelOutputs;
        let seen = lab.service().predict(&lab.ada.who, &lab.app, endpoint, ask).await.unwrap().outputs;
        let Ok(Found::Embedding(vector)) = &seen[0] else { panic!("{seen:?}") };
        let found = lab.predict(slug, "", vec![content], Wanted::default()).await.unwrap().remove(0).unwrap();
        for (concept, number) in [("one", vector[0]), ("two", vector[1])] {
            let value = found.iter().find(|(slug, _)| slug == concept).unwrap().1;
            assert!((value - 1.0 / (1.0 + (-number).exp())).abs() < 1e-5, "{value} of {number}");
        }
    }
    let (field, why) = invalid(lab.upload("odd", &features(7).file(), &["one", "two"]).await.unwrap_err());
    assert_eq!((field.as_str(), why.ends_with("the 384 of a text’s, and takes 7")), ("file", true), "{why}");
}

async fn another_file_is_another_version_and_takes_the_same(bench: Bench) {
    let lab = Lab::open(bench).await;
    let first = lab.upload("colours", &channels(&[-1, 3, 8, 8]).file(), &["red", "blue"]).await.unwrap();
    let first = first.version.unwrap().slug;
    lab.bench.clock.advance(SECOND);
    // What it sees may be of another size, and its numbers about something else.
    let second = lab.add("colours", &channels(&[-1, 3, 20, 30]).file(), &["warm", "cold"]).await.unwrap();
    assert_eq!(second.versions, 2);
    let find = async |version: &str| {
        let found = lab.predict("colours", version, vec![picture(255, 0, 0)], Wanted::default()).await;
        found.unwrap().remove(0).unwrap()[0].0.clone()
    };
    assert_eq!((find("").await, find(&first).await), ("warm".to_owned(), "red".to_owned()));
    let refused = lab.add("colours", &features(OF_PICTURES).file(), &["red", "blue"]).await.unwrap_err();
    assert_eq!(
        invalid(refused),
        (
            "file".to_owned(),
            "must take what the model’s other versions take, which is pictures, and takes vectors of pictures"
                .to_owned()
        )
    );
    assert_eq!(lab.objects().await, 2);
    let nowhere = lab.add("shapes", &features(OF_TEXTS).file(), &["one", "two"]).await.unwrap_err();
    assert_eq!(nowhere, Error::NotFound);
}

/// ASVS 5.2.1 and 5.2.2.
async fn what_is_no_model_is_refused_and_nothing_of_it_kept(bench: Bench) {
    let lab = Lab::open(bench).await;
    let good = channels(&[-1, 3, 8, 8]).file();
    let both = &["red", "blue"][..];
    let looped = Graph::new(&[-1, 3, 8, 8], &[-1, 2]).node("Loop", &["x"], "y", &[]).file();
    let infinite = Graph::new(&[-1, 384], &[-1, 2])
        .weights(floats("w", &[384, 2], &[0.0; 768]))
        .node("MatMul", &["x", "w"], "zero", &[])
        .node("Log", &["zero"], "y", &[])
        .file();
    let many: Vec<String> = (0..1_001).map(|number| format!("c{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (bytes, concepts, field, why) in [
        (&b"GIF89a"[..], both, "file", "must be an ONNX model: "),
        (&good[..good.len() / 2], both, "file", "must be an ONNX model: "),
        (&[], both, "file", "must be an ONNX model: "),
        (&looped, both, "file", "uses the operator `Loop`, which models here cannot use"),
        (&good, &["red"], "file", "must give one number for each concept: it gives 2, and 1 is named"),
        (&infinite, both, "file", "cannot be used: the model gave something that is no number"),
        (&good, &[], "concepts", "must be between 1 and 1000"),
        (&good, &many, "concepts", "must be between 1 and 1000"),
        (&good, &["red", "Red"], "concepts", "must be named once: `red` is named again"),
        (&good, &["red", " "], "concepts", "must"),
    ] {
        let (of, told) = invalid(lab.upload("colours", bytes, concepts).await.unwrap_err());
        assert!(of == field && told.starts_with(why), "{of} {told}, not {field} {why}");
    }
    let large = tempfile::tempfile().unwrap();
    large.set_len(MOST_BYTES as u64 + 1).unwrap();
    let upload = |file: File, scale: Scale| Upload {
        to: UploadTo::New(NewModel { slug: "colours".into(), ..NewModel::default() }),
        file,
        concepts: vec!["red".into(), "blue".into()],
        scale,
        description: String::new(),
    };
    let (who, app) = (&lab.ada.who, &lab.app);
    let refused = lab.service().upload_model(who, app, upload(large, Scale::UNIT)).await.unwrap_err();
    assert_eq!(invalid(refused), ("file".into(), "must have at most 200 MiB".into()));
    for deviation in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let scale = Scale { deviation: [1.0, deviation, 1.0], ..Scale::UNIT };
        let refused = lab.service().upload_model(who, app, upload(file(&good), scale)).await.unwrap_err();
        assert_eq!(invalid(refused).0, "scale", "{deviation}");
    }
    assert_eq!((lab.get("colours").await.unwrap_err(), lab.objects().await), (Error::NotFound, 0));
    let concepts = lab.service().list_concepts(who, app, None, 0, 9).await.unwrap().value;
    assert!(concepts.is_empty(), "{concepts:?}");
    // The name of another is refused before anything is kept, and the other stays.
    lab.upload("colours", &good, both).await.unwrap();
    assert!(matches!(lab.upload("colours", &good, both).await.unwrap_err(), Error::Taken(_)));
    assert_eq!(lab.objects().await, 1);
    let refused = lab.upload("general-text-embedding", &good, both).await.unwrap_err();
    assert_eq!(invalid(refused).0, "id");
}

async fn an_input_without_an_answer_leaves_the_others_theirs(bench: Bench) {
    let lab = Lab::open(bench).await;
    // 1 / (x - 1), of which white has none.
    let graph = channels(&[-1, 3, 4, 4]);
    let graph = Graph { nodes: graph.nodes[..4].to_vec(), ..graph }
        .weights(floats("one", &[1], &[1.0]))
        .node("Sub", &["embedding", "one"], "away", &[])
        .node("Reciprocal", &["away"], "turned", &[])
        .node("Gemm", &["turned", "classes"], "y", &[("transB", &[1])]);
    lab.upload("colours", &graph.file(), &["red", "blue"]).await.unwrap();
    let inputs = vec![
        picture(0, 0, 0),
        picture(255, 255, 255),
        Content::Image(b"no".to_vec().into()),
        picture(10, 0, 99),
    ];
    let found = lab.predict("colours", "", inputs, Wanted::default()).await.unwrap();
    assert!(found[0].is_ok() && found[3].is_ok(), "{found:?}");
    let (field, why) = invalid(found[1].clone().unwrap_err());
    assert_eq!(
        (field.as_str(), why.as_str()),
        ("input", "has no answer: the model gave something that is no number")
    );
    assert_eq!(invalid(found[2].clone().unwrap_err()).0, "image");
}

async fn an_uploaded_model_is_not_trained_and_a_trained_one_takes_no_file(bench: Bench) {
    let lab = Lab::open(bench).await;
    let (who, app, bytes) = (&lab.ada.who, &lab.app, features(OF_TEXTS).file());
    lab.upload("uploaded", &bytes, &["one", "two"]).await.unwrap();
    let trained = lab.service().train_model(who, app, "uploaded", NewVersion::default()).await.unwrap_err();
    assert_eq!(invalid(trained), ("model".into(), "was uploaded, and is not trained here".into()));
    let change = atelier_domain::training::TrainingChange { is_exclusive: Some(true), ..Default::default() };
    let patch = PatchModel { slug: "uploaded".into(), change, ..PatchModel::default() };
    assert_eq!(
        invalid(lab.service().patch_models(who, app, vec![patch]).await.unwrap_err()).0,
        "models[0].model"
    );
    let named = PatchModel { slug: "uploaded".into(), name: Some("Ours".into()), ..PatchModel::default() };
    assert_eq!(lab.service().patch_models(who, app, vec![named]).await.unwrap().value[0].name, "Ours");
    let new = NewModel { slug: "trained".into(), settings: Training::default(), ..NewModel::default() };
    lab.service().post_models(who, app, vec![new]).await.unwrap();
    let refused = lab.add("trained", &bytes, &["one", "two"]).await.unwrap_err();
    assert_eq!(invalid(refused).0, "model");
    assert_eq!(lab.objects().await, 1);
}

async fn what_is_deleted_goes_with_its_bytes(bench: Bench) {
    let lab = Lab::open(bench).await;
    let bytes = channels(&[-1, 3, 8, 8]).file();
    let both = &["red", "blue"][..];
    let first = lab.upload("colours", &bytes, both).await.unwrap().version.unwrap().slug;
    lab.add("colours", &bytes, both).await.unwrap();
    lab.upload("others", &bytes, both).await.unwrap();
    let (service, who, app) = (lab.service(), &lab.ada.who, &lab.app);
    assert!(lab.predict("colours", &first, vec![picture(9, 9, 9)], Wanted::default()).await.is_ok());
    service.delete_model_version(who, app, "colours", &first).await.unwrap();
    assert_eq!(lab.objects().await, 2);
    let gone = lab.predict("colours", &first, vec![picture(9, 9, 9)], Wanted::default()).await.unwrap_err();
    assert_eq!(gone, Error::NotFound, "what is in memory is not asked before the database");
    let named = DeleteModels::Named(vec!["colours".into()]);
    service.delete_models(who, app, Endpoint::DeleteModels, &named).await.unwrap();
    assert_eq!(lab.objects().await, 1);
    assert!(lab.predict("others", "", vec![picture(9, 9, 9)], Wanted::default()).await.is_ok());
    // A model of which the last version went can be given another, and until then answers nothing.
    let only = lab.get("others").await.unwrap().version.unwrap().slug;
    service.delete_model_version(who, app, "others", &only).await.unwrap();
    let empty = lab.predict("others", "", vec![picture(9, 9, 9)], Wanted::default()).await.unwrap_err();
    assert!(matches!(empty, Error::Untrained { state: None, .. }), "{empty:?}");
    lab.add("others", &bytes, both).await.unwrap();
    assert!(lab.predict("others", "", vec![picture(9, 9, 9)], Wanted::default()).await.is_ok());
}

async fn whoever_hangs_up_leaves_a_whole_version(bench: Bench) {
    let lab = Lab::open(bench).await;
    let bytes = channels(&[-1, 3, 8, 8]).file();
    {
        let uploading = lab.upload("colours", &bytes, &["red", "blue"]);
        let hung_up = tokio::time::timeout(std::time::Duration::ZERO, uploading).await;
        assert!(hung_up.is_err(), "it cannot be done at once");
    }
    lab.service().finish().await;
    let found = lab.predict("colours", "", vec![picture(255, 0, 0)], Wanted::default()).await.unwrap();
    assert_eq!((found[0].as_ref().unwrap()[0].0.as_str(), lab.objects().await), ("red", 1));
}

async fn a_workflow_asks_it_as_any_other(bench: Bench) {
    let lab = Lab::open(bench).await;
    let (service, who, app) = (lab.service(), &lab.ada.who, &lab.app);
    lab.upload("colours", &channels(&[-1, 3, 8, 8]).file(), &["red", "blue"]).await.unwrap();
    lab.upload("kinds", &features(OF_PICTURES).file(), &["one", "two"]).await.unwrap();
    let public = |id: &str, model: &str| Node {
        id: id.into(),
        model: ModelRef {
            owner: "clarifai".into(),
            app: "main".into(),
            model: model.into(),
            ..ModelRef::default()
        },
        ..Node::default()
    };
    let own = |id: &str, before: &[&str]| Node {
        id: id.into(),
        model: ModelRef { model: id.into(), ..ModelRef::default() },
        inputs: before.iter().map(ToString::to_string).collect(),
        ..Node::default()
    };
    let nodes =
        vec![own("colours", &[]), public("embed", "general-image-embedding"), own("kinds", &["embed"])];
    let new = NewWorkflow { slug: "w".into(), nodes, ..NewWorkflow::default() };
    service.post_workflows(who, app, vec![new]).await.unwrap();
    let run =
        RunWorkflow { workflow: "w".into(), inputs: vec![picture(0, 0, 255)], ..RunWorkflow::default() };
    let ran = service.run_workflow(who, app, run).await.unwrap();
    let names: Vec<&str> = ran.version.graph.nodes().iter().map(|node| node.id.as_str()).collect();
    for (name, came) in names.iter().zip(&ran.results[0]) {
        let NodeRan::Found(found) = came else { panic!("{name}: {came:?}") };
        match (*name, found) {
            ("colours", Found::Concepts(found)) => assert_eq!(found[0].concept.slug, "blue"),
            ("kinds", Found::Concepts(found)) => assert_eq!(found.len(), 2),
            ("embed", Found::Embedding(vector)) => assert_eq!(vector.len(), OF_PICTURES),
            other => panic!("{other:?}"),
        }
    }
    // What looks at pictures has no use for vectors.
    let nodes = vec![public("embed", "general-image-embedding"), own("colours", &["embed"])];
    let new = NewWorkflow { slug: "odd".into(), nodes, ..NewWorkflow::default() };
    let (_, why) = invalid(service.post_workflows(who, app, vec![new]).await.unwrap_err());
    assert!(why.contains("it has no use for them"), "{why}");
}

async fn whoever_may_not_upload_hears_why(bench: Bench) {
    let lab = Lab::open(bench).await;
    let bytes = channels(&[-1, 3, 8, 8]).file();
    let new = || UploadTo::New(NewModel { slug: "colours".into(), ..NewModel::default() });
    let both = &["red", "blue"][..];
    let needs = Endpoint::PostModelVersionsUpload.needs();
    let bo = join(&lab.bench, &lab.ada, &lab.app, "bo", Preset::Viewer.scopes()).await;
    let refused = lab.upload_as(&bo.who, new(), &bytes, both).await.unwrap_err();
    assert_eq!(forbidden(refused).0, needs.minus(Preset::Viewer.scopes()));
    for scope in needs.iter() {
        let rights = Rights::of(needs.minus(ScopeSet::of(&[scope])));
        give_exactly(&lab.bench, &lab.ada, &lab.app, bo.id, rights).await;
        let refused = lab.upload_as(&bo.who, new(), &bytes, both).await.unwrap_err();
        assert_eq!(forbidden(refused).0, ScopeSet::of(&[scope]));
    }
    assert_eq!(lab.objects().await, 0);
    // Whoever may, and may not add concepts, names those that there are.
    give_exactly(&lab.bench, &lab.ada, &lab.app, bo.id, Rights::of(needs)).await;
    let (field, why) = invalid(lab.upload_as(&bo.who, new(), &bytes, both).await.unwrap_err());
    assert_eq!((field.as_str(), why.contains("Concepts_Add")), ("concepts", true), "{why}");
    assert_eq!(lab.objects().await, 0);
    let rights = Rights::of(needs.union(ScopeSet::of(&[Scope::ConceptsAdd])));
    give_exactly(&lab.bench, &lab.ada, &lab.app, bo.id, rights).await;
    lab.upload_as(&bo.who, new(), &bytes, both).await.unwrap();
    let stranger = lab.bench.person("cy").await;
    let refused = lab.upload_as(&stranger.who, new(), &bytes, both).await.unwrap_err();
    assert_eq!(refused, Error::NotFound);
    // In another app of hers there is no such model.
    let other = make_app(&lab.bench, &lab.ada, "other").await;
    let name = ModelName::at(&other, "colours", "");
    let gone = lab.service().get_model(&lab.ada.who, &other, Endpoint::GetModel, &name).await;
    assert_eq!(gone.unwrap_err(), Error::NotFound);
}
