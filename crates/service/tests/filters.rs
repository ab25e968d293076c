//! Filters that apps make: models whose versions say what they let through.

use atelier_domain::training::TrainingChange;
use atelier_domain::workflow::{Bound, Comparison, ModelRef, Node, Threshold, Wanted};
use atelier_domain::{Condition, Conditions, Endpoint, ModelKind, Rights, Scope, ScopeSet};
use atelier_service::concepts::NewConcept;
use atelier_service::inputs::Content;
use atelier_service::models::{
    DeleteModels, Found, Model, ModelName, NewFilter, NewModel, NewVersion, PatchModel, Predict,
};
use atelier_service::workflows::{NewWorkflow, NodeRan, RunWorkflow};
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{give_exactly, join, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    a_filter_is_made_with_what_it_lets_through_and_used_in_workflows,
    what_is_no_filter_and_what_cannot_be_let_through_is_refused,
    whoever_may_not_train_makes_no_version_of_a_filter,
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
        let stop = NewConcept { slug: "stop".into(), name: "Stop sign".into(), ..NewConcept::default() };
        bench.service.post_concepts(&ada.who, &app, vec![stop]).await.unwrap();
        Self { bench, ada, app }
    }

    async fn make(&self, who: &Who, slug: &str, filter: Option<NewFilter>) -> Result<Model> {
        let kind = ModelKind::ConceptThresholder.name().to_owned();
        let filter = filter.map(Box::new);
        let new = NewModel { slug: slug.into(), kind, filter, ..NewModel::default() };
        self.bench.service.post_models(who, &self.app, vec![new]).await.map(|mut made| made.value.remove(0))
    }

    async fn add(&self, who: &Who, slug: &str, lets: Wanted) -> Result<Model> {
        let new = NewFilter { description: String::new(), lets };
        self.bench.service.post_filter_version(who, &self.app, slug, &new).await.map(|made| made.value)
    }

    /// Makes a workflow of a recogniser and the filter, of which `wanted` is wanted where it stands.
    async fn workflow(&self, slug: &str, version: Option<&str>, wanted: Wanted) -> Result<()> {
        let recogniser = ModelRef {
            owner: "clarifai".into(),
            app: "main".into(),
            model: "general-image-recognition".into(),
            ..ModelRef::default()
        };
        let own =
            ModelRef { model: "sure".into(), version: version.map(str::to_owned), ..ModelRef::default() };
        let nodes = vec![
            Node { id: "look".into(), model: recogniser, ..Node::default() },
            Node { id: "sure".into(), model: own, inputs: vec!["look".into()], wanted, ..Node::default() },
        ];
        let new = NewWorkflow { slug: slug.into(), nodes, ..NewWorkflow::default() };
        self.bench.service.post_workflows(&self.ada.who, &self.app, vec![new]).await.map(drop)
    }

    /// What the recogniser finds in a picture, and what the filter lets through.
    async fn run(&self, slug: &str) -> [Vec<(String, f32)>; 2] {
        let inputs = vec![Content::Image(png(64, 48).into())];
        let run = RunWorkflow { workflow: slug.into(), inputs, ..RunWorkflow::default() };
        let ran = self.bench.service.run_workflow(&self.ada.who, &self.app, run).await.unwrap();
        let found = |came: &NodeRan| match came {
            NodeRan::Found(Found::Concepts(found)) => {
                found.iter().map(|found| (found.concept.slug.clone(), found.value)).collect()
            }
            other => panic!("{other:?}"),
        };
        [found(&ran.results[0][0]), found(&ran.results[0][1])]
    }
}

fn bounds(comparison: Comparison, named: &[(&str, f32)]) -> Wanted {
    let bounds = named.iter().map(|(concept, value)| Bound { concept: (*concept).into(), value: *value });
    Wanted { threshold: Some(Threshold { comparison, bounds: bounds.collect() }), ..Wanted::default() }
}

async fn a_filter_is_made_with_what_it_lets_through_and_used_in_workflows(bench: Bench) {
    let lab = Lab::open(bench).await;
    let (service, ada) = (&lab.bench.service, &lab.ada.who);
    let made = lab.make(ada, "sure", None).await.unwrap();
    assert_eq!((made.kind, made.takes, made.versions), (ModelKind::ConceptThresholder, None, 0));
    assert!(!made.is_uploaded() && made.settings.is_none());
    let early = invalid(lab.workflow("early", None, Wanted::default()).await.unwrap_err());
    assert!(early.1.contains("`sure`, which has no version"), "{early:?}");

    let few = Wanted { concepts: Some(3), ..Wanted::default() };
    let made = lab.add(ada, "sure", few.clone()).await.unwrap();
    let version = made.version.unwrap();
    assert_eq!((version.slug.len(), version.answers(), made.versions), (32, true, 1));
    assert_eq!(version.filter().map(|filter| &filter.lets), Some(&few));
    lab.workflow("few", None, Wanted::default()).await.unwrap();
    let [all, through] = lab.run("few").await;
    assert_eq!((all.len(), through.as_slice()), (20, &all[..3]));
    // What is wanted where it stands holds besides.
    lab.workflow("fewer", None, Wanted { concepts: Some(1), ..Wanted::default() }).await.unwrap();
    assert_eq!(lab.run("fewer").await[1], all[..1]);
    lab.workflow("one", None, Wanted { only: vec![all[1].0.clone()], ..Wanted::default() }).await.unwrap();
    assert_eq!(lab.run("one").await[1], all[1..2]);

    // Another version: a workflow keeps its own, and one that is made names the newest.
    let (first, second) = (all[0].0.as_str(), all[1].0.as_str());
    let named = bounds(Comparison::LessThan, &[(first, 1.0), (second, 0.0), ("Stop sign", 0.5)]);
    // Identifiers are in the order of time.
    lab.bench.clock.advance(1);
    let second_version = lab.add(ada, "sure", named).await.unwrap().version.unwrap();
    assert_eq!(lab.run("few").await[1], all[..3]);
    lab.workflow("named", None, Wanted::default()).await.unwrap();
    assert_eq!(lab.run("named").await[1], all[..1]);
    lab.workflow("again", Some(&version.slug), Wanted::default()).await.unwrap();
    assert_eq!(lab.run("again").await[1], all[..3]);

    let name = ModelName::at(&lab.app, "sure", "");
    let versions = service.list_model_versions(ada, &lab.app, &name, 0, 10).await.unwrap().value;
    let slugs: Vec<&str> = versions.iter().map(|version| version.slug.as_str()).collect();
    assert_eq!(slugs, [second_version.slug.as_str(), version.slug.as_str()]);
    assert!(service.list_model_concepts(ada, &lab.app, &name, None, 0, 10).await.unwrap().value.is_empty());
    assert!(service.list_model_inputs(ada, &lab.app, &name, 0, 10).await.unwrap().value.is_empty());
    assert_eq!(service.train_next().await, Ok(false), "nothing is to be learned");
    // Alone it answers nothing.
    let ask = Predict {
        model: name.clone(),
        inputs: vec![Content::Text("A stop sign".into())],
        wanted: atelier_service::models::Wanted::default(),
    };
    let answer = service.predict(ada, &lab.app, Endpoint::PostModelOutputs, ask).await.unwrap();
    let (_, why) = invalid(answer.outputs[0].clone().unwrap_err());
    assert!(why.contains("use it in a workflow"), "{why}");
    service
        .delete_models(ada, &lab.app, Endpoint::DeleteModels, &DeleteModels::Named(vec!["sure".into()]))
        .await
        .unwrap();
    assert_eq!(service.list_model_versions(ada, &lab.app, &name, 0, 10).await, Err(Error::NotFound));
}

async fn what_is_no_filter_and_what_cannot_be_let_through_is_refused(bench: Bench) {
    let lab = Lab::open(bench).await;
    let (service, ada) = (&lab.bench.service, &lab.ada.who);
    lab.make(ada, "sure", None).await.unwrap();
    let unknown = bounds(Comparison::default(), &[("stop", 0.5), ("n07930864", 0.5), ("Nothing", 0.5)]);
    for (lets, field, word) in [
        (Wanted { from: 1.5, ..Wanted::default() }, "output_info", "between 0 and 1"),
        (bounds(Comparison::default(), &[("stop", -0.5)]), "output_info", "between 0 and 1"),
        (bounds(Comparison::default(), &[]), "output_info", "must name the concepts"),
        (bounds(Comparison::default(), &[(" ", 0.5)]), "output_info", "must be named"),
        (unknown.clone(), "concepts", "`Nothing` is neither"),
        (Wanted { only: vec!["Nothing".into()], ..Wanted::default() }, "concepts", "`Nothing` is neither"),
    ] {
        let (told, why) = invalid(lab.add(ada, "sure", lets.clone()).await.unwrap_err());
        assert!(told == field && why.contains(word), "{told} {why}");
        let at_once = NewFilter { description: String::new(), lets };
        let (told, why) = invalid(lab.make(ada, "other", Some(at_once)).await.unwrap_err());
        assert!(told == format!("models[0].{field}") && why.contains(word), "{told} {why}");
    }
    assert_eq!(lab.add(ada, "none", Wanted::default()).await.unwrap_err(), Error::NotFound);

    let train = service.train_model(ada, &lab.app, "sure", NewVersion::default()).await.unwrap_err();
    assert_eq!(invalid(train).1, "is a filter, and is not trained");
    let change = TrainingChange { is_exclusive: Some(true), ..TrainingChange::default() };
    let change = PatchModel { slug: "sure".into(), change, ..PatchModel::default() };
    let changed = service.patch_models(ada, &lab.app, vec![change]).await.unwrap_err();
    assert_eq!(invalid(changed).1, "is a filter, and is not trained");
    let named = PatchModel { slug: "sure".into(), name: Some("Sure".into()), ..PatchModel::default() };
    let named = service.patch_models(ada, &lab.app, vec![named]).await.unwrap().value.remove(0);
    assert_eq!(named.name, "Sure");

    let trained = NewModel { slug: "signs".into(), ..NewModel::default() };
    service.post_models(ada, &lab.app, vec![trained]).await.unwrap();
    let (_, why) = invalid(lab.add(ada, "signs", Wanted::default()).await.unwrap_err());
    assert!(why.contains("is no filter"), "{why}");
    let both = NewModel { slug: "both".into(), filter: Some(Box::default()), ..NewModel::default() };
    let (_, why) = invalid(service.post_models(ada, &lab.app, vec![both]).await.unwrap_err());
    assert!(why.contains("that is for filters"), "{why}");
}

async fn whoever_may_not_train_makes_no_version_of_a_filter(bench: Bench) {
    let lab = Lab::open(bench).await;
    let needs = Endpoint::PostModels.needs();
    let bo = join(&lab.bench, &lab.ada, &lab.app, "bo", needs).await;
    give_exactly(&lab.bench, &lab.ada, &lab.app, bo.id, Rights::of(needs)).await;
    lab.make(&bo.who, "sure", None).await.unwrap();
    let train = ScopeSet::of(&[Scope::ModelsTrain]);
    let at_once = lab.make(&bo.who, "other", Some(NewFilter::default())).await.unwrap_err();
    assert_eq!(forbidden(at_once).0, train);
    assert!(
        forbidden(lab.add(&bo.who, "sure", Wanted::default()).await.unwrap_err())
            .0
            .contains(Scope::ModelsTrain)
    );
    let more = Endpoint::PostModels.needs_for(Conditions::NONE.and(Condition::Trains, true));
    let more = more.union(Endpoint::PostModelVersions.needs());
    give_exactly(&lab.bench, &lab.ada, &lab.app, bo.id, Rights::of(more)).await;
    assert_eq!(lab.make(&bo.who, "other", Some(NewFilter::default())).await.unwrap().versions, 1);
    assert_eq!(lab.add(&bo.who, "sure", Wanted::default()).await.unwrap().versions, 1);
    let stranger = lab.bench.person("eve").await;
    assert_eq!(lab.add(&stranger.who, "sure", Wanted::default()).await.unwrap_err(), Error::NotFound);
}
