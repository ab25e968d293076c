//! Models that an app shares with another: asked there like its own, changed where they come from alone.

use std::io::{Seek as _, Write as _};

use atelier_domain::task::{Queue, TaskKind};
use atelier_domain::time::SECOND;
use atelier_domain::training::TrainingChange;
use atelier_domain::workflow::{ModelRef, Node, Wanted as WantedOfNode};
use atelier_domain::{BasicScope, Endpoint, Medium, ModelKind, Preset, Reach, Rights, Scope, ScopeSet};
use atelier_service::audit::{AuditEntry, AuditFilter};
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::models::{
    DeleteModels, Found, Model, ModelName, ModelsFilter, NewFilter, NewModel, NewVersion, PatchModel,
    PatchVersion, Predict, Scale, SharedFrom, Upload, UploadTo, Wanted,
};
use atelier_service::tasks::{Help, Labeller, NewTask, Source};
use atelier_service::workflows::{NewWorkflow, NodeRan, RunWorkflow};
use atelier_service::{AppAddress, AppName, Error, Result, Service, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::onnx::channels;
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{give_exactly, join, make_app, street_signs};
use atelier_testkit::topics::{TOPICS, add_topics, train_topics};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    those_of_the_other_app_ask_it_until_it_is_withdrawn,
    it_answers_by_the_newest_version_that_is_trained,
    nothing_of_it_is_changed_where_it_is_shared,
    it_is_shared_by_whoever_may_on_both_sides,
    workflows_and_tasks_there_use_it,
    a_filter_is_shared_as_well,
    it_rests_while_the_app_is_deleted_that_shares_it_and_goes_with_the_model,
    an_uploaded_one_keeps_its_bytes_when_the_other_app_lets_it_go,
}

const KITTEN: &str = "The kitten sleeps beside the old cat.";

/// Ada's app, whose model learned what texts are about; and her library, in which Bo may ask models, but who knows nothing of
/// the former.
struct Lab {
    bench: Bench,
    ada: Person,
    bo: Person,
    app: AppName,
    library: AppName,
    version: String,
}

impl Lab {
    async fn open(bench: Bench) -> Self {
        let ada = bench.person("ada").await;
        let app = street_signs(&bench, &ada).await;
        let library = make_app(&bench, &ada, "library").await;
        let asks = [BasicScope::Predict, BasicScope::Workflow, BasicScope::Model];
        let asks = asks.into_iter().fold(ScopeSet::EMPTY, |all, basic| all.union(basic.own()));
        let bo = join(&bench, &ada, &library, "bo", asks).await;
        add_topics(&bench, &ada.who, &app).await;
        let version = train_topics(&bench, &ada.who, &app).await;
        Self { bench, ada, bo, app, library, version }
    }

    fn service(&self) -> &Service {
        &self.bench.service
    }

    async fn share(&self) -> Result<String> {
        self.service().share_model(&self.ada.who, &self.app, TOPICS, &self.library).await
    }

    /// A model of the library, as Bo sees it.
    async fn get(&self, slug: &str) -> Result<Model> {
        let name = ModelName::at(&self.library, slug, "");
        self.service().get_model(&self.bo.who, &self.library, Endpoint::GetModel, &name).await
    }

    async fn predict(&self, who: &Who, app: &AppName, slug: &str, input: Content) -> Result<String> {
        let ask =
            Predict { model: ModelName::at(app, slug, ""), inputs: vec![input], wanted: Wanted::default() };
        let mut told = self.service().predict(who, app, Endpoint::PostModelOutputs, ask).await?;
        match told.outputs.remove(0)? {
            Found::Concepts(found) => Ok(found[0].concept.slug.clone()),
            Found::Embedding(_) => panic!("it gives concepts"),
        }
    }

    /// What the model in the library says of a kitten, to Bo.
    async fn ask(&self) -> Result<String> {
        self.predict(&self.bo.who, &self.library, TOPICS, Content::Text(KITTEN.into())).await
    }

    async fn withdraw(&self) {
        let shares = self.service().list_model_shares(&self.ada.who, &self.app, TOPICS).await.unwrap();
        assert_eq!(shares.len(), 1);
        let share = shares[0].id.to_string();
        self.service().withdraw_model(&self.ada.who, &self.app, TOPICS, &share).await.unwrap();
    }

    /// What was done to models of an app, and to which; asserts that it is told from where, if it was done in that app.
    async fn audited(&self, app: &AppName, is_done_there: bool) -> Vec<(String, String)> {
        let page =
            self.service().list_app_audit(&self.ada.who, app, &AuditFilter::default(), 100).await.unwrap();
        let of_models = page.entries.into_iter().filter(|entry| entry.action.starts_with("model."));
        let told = |entry: AuditEntry| {
            assert_eq!(!entry.address.is_empty(), is_done_there, "{entry:?}");
            (entry.action, entry.subject)
        };
        of_models.map(told).collect()
    }
}

async fn those_of_the_other_app_ask_it_until_it_is_withdrawn(bench: Bench) {
    let lab = Lab::open(bench).await;
    assert_eq!(lab.ask().await, Err(Error::NotFound));
    assert_eq!(lab.share().await.unwrap(), TOPICS);

    let model = lab.get(TOPICS).await.unwrap();
    let from = AppAddress { owner: "ada".into(), app: "street-signs".into() };
    assert_eq!(model.shared_from, Some(SharedFrom { app: from, model: TOPICS.into() }));
    assert_eq!(model.app.as_ref().unwrap().app, "library");
    assert_eq!((model.takes, model.versions), (Some(Medium::Text), 1));
    assert!(!model.is_uploaded() && !model.is_public() && model.settings.is_none() && model.can_help());
    let version = model.version.unwrap();
    assert_eq!((version.slug.as_str(), version.concepts, version.answers()), (lab.version.as_str(), 2, true));
    // Not how it was trained, by whom, and from what.
    assert!(version.training().is_none() && version.upload().is_none());
    let known: Vec<String> = version.known().into_iter().map(|concept| concept.slug).collect();
    assert_eq!(known, ["cat", "bank"]);
    let name = ModelName::at(&lab.library, TOPICS, "");
    let learned = lab.service().list_model_inputs(&lab.ada.who, &lab.library, &name, 0, 10).await;
    assert!(learned.unwrap().value.is_empty());
    let evaluation =
        lab.service().get_model_evaluation(&lab.ada.who, &lab.library, TOPICS, &lab.version).await;
    assert_eq!(evaluation.unwrap_err(), Error::NotFound);
    let all = ModelsFilter::default();
    let listed = lab.service().list_models(&lab.bo.who, &lab.library, Endpoint::ListModels, &all);
    assert_eq!(listed.await.unwrap().len(), 1);

    assert_eq!(lab.ask().await.unwrap(), "cat");
    // The app from which it comes is no more there for Bo than before.
    let there = lab.predict(&lab.bo.who, &lab.app, TOPICS, Content::Text(KITTEN.into())).await;
    assert_eq!(there, Err(Error::NotFound));

    lab.withdraw().await;
    assert_eq!(lab.ask().await, Err(Error::NotFound));
    assert_eq!(lab.get(TOPICS).await, Err(Error::NotFound));
    assert!(lab.service().list_model_shares(&lab.ada.who, &lab.app, TOPICS).await.unwrap().is_empty());
    let told = ["model.withdrawn", "model.shared"].map(|action| (action.to_owned(), TOPICS.to_owned()));
    assert_eq!(lab.audited(&lab.app, true).await, told);
    assert_eq!(lab.audited(&lab.library, false).await, told);
    // Where it comes from, nothing is lost.
    let there = lab.predict(&lab.ada.who, &lab.app, TOPICS, Content::Text(KITTEN.into())).await;
    assert_eq!(there.unwrap(), "cat");
}

async fn it_answers_by_the_newest_version_that_is_trained(bench: Bench) {
    let lab = Lab::open(bench).await;
    let service = lab.service();
    lab.share().await.unwrap();
    lab.bench.clock.advance(SECOND);
    // One that waits to be trained is of no matter there.
    service.train_model(&lab.ada.who, &lab.app, TOPICS, NewVersion::default()).await.unwrap();
    let seen = lab.get(TOPICS).await.unwrap();
    assert_eq!((seen.versions, seen.version.unwrap().slug), (1, lab.version.clone()));
    assert_eq!(service.train_next().await, Ok(true));
    let seen = lab.get(TOPICS).await.unwrap();
    let newer = seen.version.unwrap().slug;
    assert!(seen.versions == 2 && newer != lab.version);
    let name = ModelName::at(&lab.library, TOPICS, "");
    let listed = service.list_model_versions(&lab.bo.who, &lab.library, &name, 0, 10).await.unwrap();
    let listed: Vec<String> = listed.value.into_iter().map(|version| version.slug).collect();
    assert_eq!(listed, [newer.clone(), lab.version.clone()]);
    // An earlier one can be meant, until it is deleted.
    let name = ModelName::at(&lab.library, TOPICS, &lab.version);
    let get = async || service.get_model(&lab.bo.who, &lab.library, Endpoint::GetModelVersion, &name).await;
    assert!(get().await.is_ok());
    service.delete_model_version(&lab.ada.who, &lab.app, TOPICS, &lab.version).await.unwrap();
    assert_eq!(get().await.unwrap_err(), Error::NotFound);
    assert_eq!(lab.ask().await.unwrap(), "cat");
    service.delete_model_version(&lab.ada.who, &lab.app, TOPICS, &newer).await.unwrap();
    let Error::Untrained { why, .. } = lab.ask().await.unwrap_err() else { panic!("it has no version") };
    assert!(why.contains("the app that shares this model has no version"), "{why}");
}

async fn nothing_of_it_is_changed_where_it_is_shared(bench: Bench) {
    let lab = Lab::open(bench).await;
    let service = lab.service();
    lab.share().await.unwrap();
    let (who, library) = (&lab.ada.who, &lab.library);
    let refused = |outcome: Error| {
        let (field, why) = invalid(outcome);
        assert!(field.ends_with("model") && why.contains("shared by ada/street-signs"), "{field} {why}");
    };
    refused(service.train_model(who, library, TOPICS, NewVersion::default()).await.unwrap_err());
    refused(service.cancel_training(who, library, TOPICS, &lab.version).await.unwrap_err());
    refused(service.delete_model_version(who, library, TOPICS, &lab.version).await.unwrap_err());
    let change = PatchVersion { slug: lab.version.clone(), description: Some("Ours".into()) };
    refused(service.patch_model_versions(who, library, TOPICS, vec![change]).await.unwrap_err());
    let change = TrainingChange { is_exclusive: Some(true), ..TrainingChange::default() };
    let change = PatchModel { slug: TOPICS.into(), change, ..PatchModel::default() };
    refused(service.patch_models(who, library, vec![change]).await.unwrap_err());
    let onwards = make_app(&lab.bench, &lab.ada, "onwards").await;
    refused(service.share_model(who, library, TOPICS, &onwards).await.unwrap_err());

    // As what it is known there is the library's own matter.
    let change = PatchModel { slug: TOPICS.into(), name: Some("Subjects".into()), ..PatchModel::default() };
    service.patch_models(who, library, vec![change]).await.unwrap();
    assert_eq!(lab.get(TOPICS).await.unwrap().name, "Subjects");
    let name = ModelName::at(&lab.app, TOPICS, "");
    let there = service.get_model(who, &lab.app, Endpoint::GetModel, &name).await.unwrap();
    assert_eq!((there.name.as_str(), there.versions), (TOPICS, 1));

    service.delete_models(who, library, Endpoint::DeleteModels, &DeleteModels::All).await.unwrap();
    assert_eq!(lab.get(TOPICS).await, Err(Error::NotFound));
    // Where it comes from, one learns of it.
    let newest = AuditFilter { action: Some("model.withdrawn".into()), ..AuditFilter::default() };
    let told = service.list_app_audit(who, &lab.app, &newest, 10).await.unwrap().entries;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].subject.as_str(), told[0].address.as_str()), (TOPICS, ""));
    let there = lab.predict(who, &lab.app, TOPICS, Content::Text(KITTEN.into())).await;
    assert_eq!(there.unwrap(), "cat");
    assert!(service.list_model_shares(who, &lab.app, TOPICS).await.unwrap().is_empty());
}

async fn it_is_shared_by_whoever_may_on_both_sides(bench: Bench) {
    let lab = Lab::open(bench).await;
    let service = lab.service();
    let cy = join(&lab.bench, &lab.ada, &lab.app, "cy", Preset::Trusted.scopes()).await;
    let share = async |with: &AppName| service.share_model(&cy.who, &lab.app, TOPICS, with).await;
    for lost in [Scope::Predict, Scope::ModelsTrain, Scope::ModelsAdd] {
        let rights = Rights::of(ScopeSet::ALL.minus(ScopeSet::of(&[lost])));
        give_exactly(&lab.bench, &lab.ada, &lab.app, cy.id, rights).await;
        assert_eq!(forbidden(share(&lab.library).await.unwrap_err()).0, ScopeSet::of(&[lost]));
        let listed = service.list_model_shares(&cy.who, &lab.app, TOPICS).await;
        assert_eq!(forbidden(listed.unwrap_err()).0, ScopeSet::of(&[lost]));
    }
    let some = Rights { reach: Reach::Assigned, ..Rights::FULL };
    give_exactly(&lab.bench, &lab.ada, &lab.app, cy.id, some).await;
    assert!(matches!(share(&lab.library).await, Err(Error::Forbidden { .. })));
    give_exactly(&lab.bench, &lab.ada, &lab.app, cy.id, Rights::FULL).await;

    // Who may not add models to an app learns no more than of one that is not there.
    let words = |error: Error| invalid(error);
    let nowhere = words(share(&AppName::of("ada", "nowhere")).await.unwrap_err());
    assert_eq!(nowhere, ("with".into(), "must be an app to which you may add models".into()));
    assert_eq!(words(share(&lab.library).await.unwrap_err()), nowhere);
    let viewer = lab.service().get_app(&lab.ada.who, &lab.library, Endpoint::ViewApp).await;
    assert!(viewer.is_ok());
    let itself = words(share(&lab.app).await.unwrap_err());
    assert_eq!(itself, ("with".into(), "must be another app".into()));
    let offered = async |person: &Person| -> Vec<String> {
        let offered = service.apps_to_share_with(&person.who, &lab.app, TOPICS).await.unwrap();
        offered.into_iter().map(|offered| offered.address.app).collect()
    };
    assert!(offered(&cy).await.is_empty());
    let own = make_app(&lab.bench, &cy, "own").await;
    assert_eq!(offered(&cy).await, ["own"]);
    assert_eq!(share(&own).await.unwrap(), TOPICS);
    assert!(offered(&cy).await.is_empty());
    assert!(matches!(share(&own).await, Err(Error::Taken(_))));
    assert_eq!(share(&AppName::of("cy", "own")).await.unwrap_err(), share(&own).await.unwrap_err());

    lab.bench.clock.advance(SECOND);
    // Under another identifier, where another model has its.
    assert_eq!(offered(&lab.ada).await, ["library"]);
    let other = NewModel { slug: TOPICS.into(), ..NewModel::default() };
    service.post_models(&lab.ada.who, &lab.library, vec![other]).await.unwrap();
    assert_eq!(lab.share().await.unwrap(), "topics-street-signs");
    let shares = service.list_model_shares(&lab.ada.who, &lab.app, TOPICS).await.unwrap();
    let shares: Vec<_> =
        shares.iter().map(|row| (row.app.as_str(), row.model.as_str(), row.by_name.as_str())).collect();
    assert_eq!(shares, [("own", TOPICS, "Cy"), ("library", "topics-street-signs", "Ada")]);
    let unknown = service.withdraw_model(&lab.ada.who, &lab.app, TOPICS, "nothing").await;
    assert_eq!(unknown.unwrap_err(), Error::NotFound);
}

fn workflow(model: &str) -> NewWorkflow {
    let model = ModelRef { model: model.into(), ..ModelRef::default() };
    let node = Node { id: "tell".into(), model, ..Node::default() };
    NewWorkflow { slug: "w".into(), nodes: vec![node], ..NewWorkflow::default() }
}

async fn workflows_and_tasks_there_use_it(bench: Bench) {
    let lab = Lab::open(bench).await;
    let (service, who, library) = (lab.service(), &lab.ada.who, &lab.library);
    lab.share().await.unwrap();
    service.post_workflows(who, library, vec![workflow(TOPICS)]).await.unwrap();
    let run = async || {
        let inputs = vec![Content::Text(KITTEN.into())];
        let run = RunWorkflow { workflow: "w".into(), inputs, ..RunWorkflow::default() };
        service.run_workflow(&lab.bo.who, library, run).await
    };
    let ran = run().await.unwrap();
    let NodeRan::Found(Found::Concepts(found)) = &ran.results[0][0] else { panic!("it finds something") };
    assert_eq!(found[0].concept.slug, "cat");

    // Concepts are the same where they are called the same.
    let concepts = ["cat", "bank"]
        .map(|slug| atelier_service::concepts::NewConcept { slug: slug.into(), ..Default::default() });
    service.post_concepts(who, library, concepts.into()).await.unwrap();
    let input = NewInput {
        slug: "new".into(),
        content: Content::Text(KITTEN.into()),
        metadata: None,
        place: None,
        labels: atelier_domain::Labels::default(),
        datasets: Vec::new(),
    };
    let inputs = PostInputs { inputs: vec![input], ..PostInputs::default() };
    service.post_inputs(who, library, inputs).await.unwrap();
    let task = NewTask {
        slug: "sort".into(),
        name: "Sort".into(),
        kind: TaskKind::Classification,
        concepts: vec!["bank".into(), "cat".into()],
        source: Source::Inputs(vec!["new".into()]),
        labellers: vec![Labeller::new("ada")],
        ..NewTask::default()
    };
    service.post_tasks(who, library, vec![task]).await.unwrap();
    while service.embed_some().await.unwrap() > 0 {}
    let help = Help { model: TOPICS.into(), from: 0.5, queue: Queue::InTurn };
    service.help_in_task(who, library, "sort", Some(&help)).await.unwrap();
    assert_eq!(service.suggest_some().await, Ok(1));
    let suggestion = async || service.suggestion(who, library, "sort", "new").await.unwrap();
    let suggested = suggestion().await.unwrap();
    assert_eq!(suggested.concepts().collect::<Vec<_>>(), ["cat"]);
    assert_eq!(suggested.version, lab.version);
    // A newer version tells anew.
    lab.bench.clock.advance(SECOND);
    let newer = train_topics(&lab.bench, who, &lab.app).await;
    lab.bench.clock.advance(SECOND);
    assert_eq!(service.suggest_some().await, Ok(1));
    assert_eq!(suggestion().await.unwrap().version, newer);

    lab.withdraw().await;
    assert_eq!(suggestion().await, None);
    assert_eq!(service.suggest_some().await, Ok(0));
    let (field, why) = invalid(run().await.unwrap_err());
    assert!(field == "nodes" && why.contains("`topics`") && why.contains("does not exist"), "{field} {why}");
}

async fn a_filter_is_shared_as_well(bench: Bench) {
    let lab = Lab::open(bench).await;
    let (service, who, library) = (lab.service(), &lab.ada.who, &lab.library);
    lab.share().await.unwrap();
    let surest = NewFilter {
        lets: WantedOfNode { concepts: Some(1), ..WantedOfNode::default() },
        ..NewFilter::default()
    };
    let new = NewModel {
        slug: "surest".into(),
        kind: ModelKind::ConceptThresholder.name().into(),
        filter: Some(Box::new(surest.clone())),
        ..NewModel::default()
    };
    service.post_models(who, &lab.app, vec![new]).await.unwrap();
    assert_eq!(service.share_model(who, &lab.app, "surest", library).await.unwrap(), "surest");
    let seen = lab.get("surest").await.unwrap();
    assert!(seen.kind == ModelKind::ConceptThresholder && !seen.is_uploaded() && !seen.can_help());
    let refused = service.post_filter_version(who, library, "surest", &surest).await.unwrap_err();
    assert!(invalid(refused).1.contains("shared by ada/street-signs"));

    let behind = Node {
        id: "surest".into(),
        model: ModelRef { model: "surest".into(), ..ModelRef::default() },
        inputs: vec!["tell".into()],
        ..Node::default()
    };
    let mut both = workflow(TOPICS);
    both.nodes.push(behind);
    service.post_workflows(who, library, vec![both]).await.unwrap();
    let inputs = vec![Content::Text(KITTEN.into())];
    let run = RunWorkflow { workflow: "w".into(), inputs, ..RunWorkflow::default() };
    let ran = service.run_workflow(&lab.bo.who, library, run).await.unwrap();
    let NodeRan::Found(Found::Concepts(through)) = &ran.results[0][1] else { panic!("one is let through") };
    assert_eq!(through.iter().map(|found| found.concept.slug.as_str()).collect::<Vec<_>>(), ["cat"]);
}

async fn it_rests_while_the_app_is_deleted_that_shares_it_and_goes_with_the_model(bench: Bench) {
    let lab = Lab::open(bench).await;
    let (service, who) = (lab.service(), &lab.ada.who);
    lab.share().await.unwrap();
    let (row, _) = service.get_app(who, &lab.app, Endpoint::ViewApp).await.unwrap();
    service.delete_app(who, &lab.app, None).await.unwrap();
    assert!(matches!(lab.ask().await, Err(Error::Untrained { .. })));
    let seen = lab.get(TOPICS).await.unwrap();
    assert_eq!((seen.versions, seen.version), (0, None));
    service.restore_app(who, row.id).await.unwrap();
    assert_eq!(lab.ask().await.unwrap(), "cat");
    let named = DeleteModels::Named(vec![TOPICS.into()]);
    service.delete_models(who, &lab.app, Endpoint::DeleteModels, &named).await.unwrap();
    assert_eq!(lab.get(TOPICS).await, Err(Error::NotFound));
    assert_eq!(lab.audited(&lab.library, false).await[0], ("model.withdrawn".to_owned(), TOPICS.to_owned()));
}

async fn an_uploaded_one_keeps_its_bytes_when_the_other_app_lets_it_go(bench: Bench) {
    let lab = Lab::open(bench).await;
    let (service, who) = (lab.service(), &lab.ada.who);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&channels(&[-1, 3, 8, 16]).file()).unwrap();
    file.rewind().unwrap();
    let again = file.try_clone().unwrap();
    let new = NewModel { slug: "colours".into(), ..NewModel::default() };
    let upload = |to, file| Upload {
        to,
        file,
        concepts: vec!["red".into(), "blue".into()],
        scale: Scale::UNIT,
        description: String::new(),
    };
    service.upload_model(who, &lab.app, upload(UploadTo::New(new), file)).await.unwrap();
    service.share_model(who, &lab.app, "colours", &lab.library).await.unwrap();
    let picture = || Content::Image(png(64, 48).into());
    let here = lab.predict(who, &lab.app, "colours", picture()).await.unwrap();
    assert_eq!(lab.predict(&lab.bo.who, &lab.library, "colours", picture()).await.unwrap(), here);
    let seen = lab.get("colours").await.unwrap();
    assert!(!seen.is_uploaded() && !seen.can_help() && seen.version.unwrap().upload().is_none());
    let to = UploadTo::Model("colours".into());
    let refused = service.upload_model(who, &lab.library, upload(to, again)).await.unwrap_err();
    assert!(invalid(refused).1.contains("shared by ada/street-signs"));

    service.delete_models(who, &lab.library, Endpoint::DeleteModels, &DeleteModels::All).await.unwrap();
    service.finish().await;
    let apps = std::fs::read_dir(lab.bench.folder().join("objects/apps")).unwrap();
    let models = apps.map(|app| app.unwrap().path().join("models")).filter(|folder| folder.exists());
    let files: usize = models.map(|folder| std::fs::read_dir(folder).unwrap().count()).sum();
    assert_eq!(files, 1);
}
