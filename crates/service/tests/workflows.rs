//! Workflows: made, changed by versions, and run, by whoever may.

use atelier_domain::workflow::{Bound, Comparison, ModelRef, Node, Threshold, Wanted};
use atelier_domain::{Endpoint, ModelKind, PatchAction, Preset, Rights, Scope, ScopeSet};
use atelier_service::apps::ChangeApp;
use atelier_service::inputs::Content;
use atelier_service::models::{Found, MOST_AT_ONCE};
use atelier_service::workflows::versions::PatchVersion;
use atelier_service::workflows::{NewWorkflow, NodeRan, PatchWorkflow, RunWorkflow, WorkflowRow};
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{give_exactly, join, street_signs};
use atelier_testkit::{Bench, on_both_databases};
use serde_json::json;

on_both_databases! {
    a_workflow_says_which_models_it_asks,
    what_cannot_be_run_is_refused_where_it_is_made,
    changed_nodes_make_another_version,
    versions_are_said_something_of_and_deleted,
    an_input_goes_as_far_as_something_is_found,
    texts_go_through_as_well,
    a_filter_compares_what_it_names,
    the_empty_workflow_asks_nothing,
    an_app_has_a_default_workflow,
    whoever_may_not_does_not,
}

fn public(model: &str) -> ModelRef {
    ModelRef { owner: "clarifai".into(), app: "main".into(), model: model.into(), ..ModelRef::default() }
}

fn node(id: &str, model: &str, inputs: &[&str]) -> Node {
    Node {
        id: id.into(),
        model: public(model),
        inputs: inputs.iter().map(ToString::to_string).collect(),
        ..Node::default()
    }
}

fn filter(id: &str, inputs: &[&str], wanted: Wanted) -> Node {
    Node { wanted, ..node(id, "concept-thresholder", inputs) }
}

fn recognise() -> Node {
    node("recognise", "general-image-recognition", &[])
}

fn sure(from: f32) -> Wanted {
    Wanted { from, ..Wanted::default() }
}

fn picture() -> Content {
    Content::Image(png(64, 48).into())
}

async fn make(bench: &Bench, who: &Who, app: &AppName, slug: &str, nodes: Vec<Node>) -> Result<WorkflowRow> {
    let new = NewWorkflow { slug: slug.into(), nodes, ..NewWorkflow::default() };
    bench.service.post_workflows(who, app, vec![new]).await.map(|mut made| made.value.remove(0))
}

/// What each node came to for each of the inputs.
async fn run(bench: &Bench, who: &Who, app: &AppName, inputs: Vec<Content>) -> Result<Vec<Vec<NodeRan>>> {
    let run = RunWorkflow { workflow: "w".into(), inputs, ..RunWorkflow::default() };
    bench.service.run_workflow(who, app, run).await.map(|ran| ran.results)
}

fn concepts(came: &NodeRan) -> Vec<(String, f32)> {
    let NodeRan::Found(Found::Concepts(found)) = came else { panic!("{came:?}") };
    found.iter().map(|found| (found.concept.slug.clone(), found.value)).collect()
}

async fn a_workflow_says_which_models_it_asks(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    // Not in the order in which they run.
    let nodes = vec![filter("sure", &["recognise"], sure(0.5)), recognise()];
    let made = make(&bench, &ada.who, &app, "signs", nodes).await.unwrap();
    let ids: Vec<&str> = made.graph.nodes().iter().map(|node| node.id.as_str()).collect();
    assert_eq!((ids, made.versions), (vec!["recognise", "sure"], 1));
    let model = &made.graph.nodes()[0].model;
    assert_eq!(model.kind, Some(ModelKind::VisualClassifier));
    assert_eq!(model.version.as_ref().map(String::len), Some(32));
    let found = bench.service.get_workflow(&ada.who, &app, "signs").await.unwrap();
    assert_eq!((found.app.owner.as_str(), &found.value), ("ada", &made));
    let new = NewWorkflow {
        slug: "all".into(),
        description: "100% of_them".into(),
        notes: "Notes".into(),
        metadata: Some(json!({ "by": "ada" })),
        nodes: vec![recognise()],
    };
    let all = bench.service.post_workflows(&ada.who, &app, vec![new]).await.unwrap().value.remove(0);
    assert_eq!((all.notes.as_str(), all.metadata.clone()), ("Notes", Some(json!({ "by": "ada" }))));
    let list = async |text: Option<&str>, skip, size| {
        let found = bench.service.list_workflows(&ada.who, &app, text, skip, size).await.unwrap();
        found.value.into_iter().map(|row| row.slug).collect::<Vec<_>>()
    };
    assert_eq!(list(None, 0, 10).await, ["all", "signs"]);
    assert_eq!(list(None, 1, 10).await, ["signs"]);
    assert_eq!(list(Some("SIGN"), 0, 10).await, ["signs"]);
    assert_eq!(list(Some("0% OF_"), 0, 10).await, ["all"]);
    assert_eq!(list(Some("s_g"), 0, 10).await, [""; 0]);
    let own = bench.service.list_own_workflows(&ada.who, None, 0, 10).await.unwrap();
    let own: Vec<_> = own.iter().map(|own| (own.app.app.as_str(), own.value.slug.as_str())).collect();
    assert_eq!(own, [("street-signs", "all"), ("street-signs", "signs")]);
    assert_eq!(bench.service.count_resources(&ada.who, &app).await.unwrap().workflows, 2);
}

async fn what_cannot_be_run_is_refused_where_it_is_made(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let why = async |nodes: Vec<Node>| {
        let (field, why) = invalid(make(&bench, &ada.who, &app, "w", nodes).await.unwrap_err());
        assert_eq!(field, "workflows[0].nodes");
        why
    };
    let circle = vec![filter("a", &["b"], Wanted::default()), filter("b", &["a"], Wanted::default())];
    assert_eq!(why(circle).await, "must not go in a circle: a → b → a");
    assert_eq!(why(Vec::new()).await, "must have at least one node");
    let misfit = vec![node("e", "general-image-embedding", &[]), filter("f", &["e"], Wanted::default())];
    assert!(why(misfit).await.contains("`f` comes after `e`, which gives embeddings"));
    let unknown = vec![node("a", "no-such-model", &[])];
    let expected = "name models: `a` names `clarifai/main/no-such-model`, which does not exist";
    assert_eq!(why(unknown).await, expected);
    let own = Node { model: ModelRef { model: "mine".into(), ..ModelRef::default() }, ..recognise() };
    assert_eq!(why(vec![own]).await, "name models: `recognise` names `mine`, which does not exist");
    let elsewhere = ModelRef { owner: "bo".into(), app: "tea".into(), ..public("theirs") };
    assert!(
        why(vec![Node { model: elsewhere, ..recognise() }]).await.contains("`bo/tea/theirs`, which does")
    );
    let old = ModelRef { version: Some("0".repeat(32)), ..public("general-image-recognition") };
    assert!(why(vec![Node { model: old, ..recognise() }]).await.contains("in the version 000"));
    let ids = [("", "workflows[0].id"), ("a/b", "workflows[0].id")];
    for (slug, field) in ids {
        let error = make(&bench, &ada.who, &app, slug, vec![recognise()]).await.unwrap_err();
        assert_eq!(invalid(error).0, field, "{slug:?}");
    }
    make(&bench, &ada.who, &app, "w", vec![recognise()]).await.unwrap();
    let again = make(&bench, &ada.who, &app, "w", vec![recognise()]).await.unwrap_err();
    assert!(matches!(again, Error::Taken(_)), "{again:?}");
}

async fn changed_nodes_make_another_version(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let first = make(&bench, &ada.who, &app, "w", vec![recognise()]).await.unwrap();
    let patch = async |action, change: PatchWorkflow| {
        let change = PatchWorkflow { slug: "w".into(), ..change };
        let changed = bench.service.patch_workflows(&ada.who, &app, action, vec![change]).await;
        changed.map(|mut changed| changed.value.remove(0))
    };
    let nodes = |nodes: Vec<Node>| PatchWorkflow { nodes: Some(nodes), ..PatchWorkflow::default() };
    // Nothing else than its nodes makes a version, and nodes that stay as they are make none.
    let described = PatchWorkflow { description: Some("Signs".into()), ..nodes(vec![recognise()]) };
    let row = patch(PatchAction::Merge, described).await.unwrap();
    assert_eq!((row.description.as_str(), row.versions, row.version_id), ("Signs", 1, first.version_id));
    // The clock stands still, and the newest is the newest all the same.
    let added = filter("sure", &["recognise"], sure(0.5));
    let second = patch(PatchAction::Merge, nodes(vec![added.clone()])).await.unwrap();
    assert_eq!((second.versions, second.graph.nodes().len()), (2, 2));
    let third = patch(PatchAction::Overwrite, nodes(vec![recognise(), added])).await.unwrap();
    assert_eq!(third.version_id, second.version_id);
    let removed = patch(PatchAction::Remove, nodes(vec![recognise()])).await.unwrap_err();
    assert!(invalid(removed).1.contains("`sure` takes concepts"));
    let third = patch(PatchAction::Remove, nodes(vec![node("sure", "", &[])])).await.unwrap();
    assert_eq!((third.versions, third.graph.nodes().len()), (3, 1));
    let versions = bench.service.list_workflow_versions(&ada.who, &app, "w", 0, 10).await.unwrap().value;
    let ids: Vec<_> = versions.iter().map(|version| version.id).collect();
    assert_eq!(ids, [third.version_id, second.version_id, first.version_id]);
    assert_eq!(versions[1].graph, second.graph);
    assert!(!versions[0].creator.is_empty());
    let gone = PatchWorkflow { slug: "none".into(), ..PatchWorkflow::default() };
    let gone = bench.service.patch_workflows(&ada.who, &app, PatchAction::Merge, vec![gone]).await;
    assert_eq!(gone.unwrap_err(), Error::NotFound);
}

async fn versions_are_said_something_of_and_deleted(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    make(&bench, &ada.who, &app, "w", vec![recognise()]).await.unwrap();
    let embed = node("embed", "general-image-embedding", &[]);
    let change = PatchWorkflow { slug: "w".into(), nodes: Some(vec![embed]), ..PatchWorkflow::default() };
    bench.service.patch_workflows(&ada.who, &app, PatchAction::Merge, vec![change]).await.unwrap();
    let list = async || bench.service.list_workflow_versions(&ada.who, &app, "w", 0, 10).await.unwrap().value;
    let before = list().await;
    let ids: Vec<String> = before.iter().map(|version| version.id.to_string()).collect();
    let change = PatchVersion {
        id: ids[1].clone(),
        description: Some("The first".into()),
        license: Some("MIT".into()),
        is_deprecated: Some(true),
        metadata: Some(json!({ "a": 1 })),
    };
    let changed =
        bench.service.patch_workflow_versions(&ada.who, &app, "w", PatchAction::Merge, vec![change]).await;
    let changed = changed.unwrap().value.remove(0);
    assert_eq!(changed.graph, before[1].graph);
    assert_eq!(list().await[1], changed);
    assert!(changed.is_deprecated && changed.description == "The first" && changed.license == "MIT");
    let delete =
        async |ids: &[String]| bench.service.delete_workflow_versions(&ada.who, &app, "w", ids).await;
    assert!(matches!(delete(&ids).await.unwrap_err(), Error::Conflict(_)), "one stays");
    assert_eq!(delete(&["0".repeat(32)]).await.unwrap_err(), Error::NotFound);
    assert_eq!(delete(&["none".into()]).await.unwrap_err(), Error::NotFound);
    assert_eq!(delete(&[]).await, Ok(0));
    assert_eq!(list().await.len(), 2);
    assert_eq!(delete(&ids[..1]).await, Ok(1));
    let left = bench.service.get_workflow(&ada.who, &app, "w").await.unwrap().value;
    assert_eq!((left.versions, left.version_id.to_string()), (1, ids[1].clone()));
    let gone = bench.service.get_workflow_version(&ada.who, &app, "w", &ids[0]).await;
    assert_eq!(gone.unwrap_err(), Error::NotFound);
}

async fn an_input_goes_as_far_as_something_is_found(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let silent = Node { is_silent: true, ..node("embed", "general-image-embedding", &[]) };
    let nodes = vec![
        recognise(),
        filter("all", &["recognise"], Wanted { concepts: Some(3), ..Wanted::default() }),
        filter("none", &["recognise"], sure(1.0)),
        node("again", "general-image-recognition", &["all"]),
        node("never", "general-image-recognition", &["none"]),
        filter("behind", &["never"], Wanted::default()),
        silent,
    ];
    make(&bench, &ada.who, &app, "w", nodes).await.unwrap();
    let inputs = vec![picture(), Content::Text("A sign".into()), Content::Image(b"<svg/>".to_vec().into())];
    let results = run(&bench, &ada.who, &app, inputs).await.unwrap();
    let [looked, text, broken] = results.as_slice() else { panic!("{results:?}") };
    let recognised = concepts(&looked[0]);
    assert_eq!(recognised.len(), 20);
    assert_eq!(concepts(&looked[1]), recognised[..3]);
    assert_eq!(concepts(&looked[2]), []);
    // It looks at the picture itself, since something was found in it.
    assert_eq!(concepts(&looked[3]), recognised);
    assert_eq!(looked[4], NodeRan::Ended("none".into()));
    assert_eq!(looked[5], NodeRan::Ended("never".into()));
    assert!(matches!(&looked[6], NodeRan::Found(Found::Embedding(vector)) if vector.len() == 1280));
    for (result, field) in [(text, "text"), (broken, "image")] {
        for came in result {
            let NodeRan::Failed(error) = came else { panic!("{came:?}") };
            assert_eq!(invalid(error.clone()).0, field);
        }
    }
    // What is answered of all nodes changes nothing of what they give to one another.
    let answered = Wanted { concepts: Some(1), ..Wanted::default() };
    let few = RunWorkflow { workflow: "w".into(), inputs: vec![picture()], answered, ..Default::default() };
    let few = bench.service.run_workflow(&ada.who, &app, few).await.unwrap();
    assert_eq!(concepts(&few.results[0][0]), recognised[..1]);
    assert_eq!(concepts(&few.results[0][3]), recognised[..1]);
    for count in [0, MOST_AT_ONCE + 1] {
        let error = run(&bench, &ada.who, &app, vec![picture(); count]).await.unwrap_err();
        assert_eq!(invalid(error).0, "inputs", "{count}");
    }
}

async fn texts_go_through_as_well(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let both = vec![recognise(), node("read", "general-text-embedding", &[])];
    let (_, why) = invalid(make(&bench, &ada.who, &app, "w", both).await.unwrap_err());
    assert_eq!(why, "must all take the same: `recognise` takes image, `read` takes text");
    make(&bench, &ada.who, &app, "w", vec![node("read", "general-text-embedding", &[])]).await.unwrap();
    let inputs = vec![Content::Text("A cup of tea".into()), Content::Text(" ".into())];
    let results = run(&bench, &ada.who, &app, inputs).await.unwrap();
    assert!(matches!(&results[0][0], NodeRan::Found(Found::Embedding(vector)) if vector.len() == 384));
    assert!(matches!(&results[1][0], NodeRan::Failed(_)));
}

async fn a_filter_compares_what_it_names(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    make(&bench, &ada.who, &app, "w", vec![recognise()]).await.unwrap();
    let found = concepts(&run(&bench, &ada.who, &app, vec![picture()]).await.unwrap()[0][0]);
    let (first, last) = (found[0].clone(), found[19].clone());
    assert!(first.1 > last.1, "{found:?}");
    let threshold = |comparison, value| Wanted {
        threshold: Some(Threshold {
            comparison,
            bounds: [&first.0, &last.0].map(|id| Bound { concept: id.clone(), value }).to_vec(),
        }),
        ..Wanted::default()
    };
    let middle = f32::midpoint(first.1, last.1);
    let nodes = vec![
        recognise(),
        filter("more", &["recognise"], threshold(Comparison::GreaterThan, middle)),
        filter("less", &["recognise"], threshold(Comparison::LessThan, middle)),
        filter(
            "both",
            &["more", "less", "recognise"],
            Wanted { only: vec![last.0.clone(), first.0.clone()], ..sure(0.0) },
        ),
    ];
    let change = PatchWorkflow { slug: "w".into(), nodes: Some(nodes), ..PatchWorkflow::default() };
    bench.service.patch_workflows(&ada.who, &app, PatchAction::Overwrite, vec![change]).await.unwrap();
    let came = run(&bench, &ada.who, &app, vec![picture()]).await.unwrap().remove(0);
    assert_eq!(concepts(&came[1]), std::slice::from_ref(&first));
    assert_eq!(concepts(&came[2]), std::slice::from_ref(&last));
    // What comes by several ways is there once.
    assert_eq!(concepts(&came[3]), [first, last]);
    let named = Wanted { only: vec!["person".into()], ..Wanted::default() };
    let nodes = vec![Node { wanted: named, ..recognise() }];
    let change = PatchWorkflow { slug: "w".into(), nodes: Some(nodes), ..PatchWorkflow::default() };
    bench.service.patch_workflows(&ada.who, &app, PatchAction::Overwrite, vec![change]).await.unwrap();
    let (_, why) = invalid(run(&bench, &ada.who, &app, vec![picture()]).await.unwrap_err());
    assert!(why.contains("`person` is not"), "{why}");
}

async fn the_empty_workflow_asks_nothing(bench: Bench) {
    let ada = bench.person("ada").await;
    let main = AppName::of("clarifai", "main");
    let listed = bench.service.list_workflows(&ada.who, &main, None, 0, 10).await.unwrap().value;
    assert_eq!(listed.iter().map(|row| row.slug.as_str()).collect::<Vec<_>>(), ["Empty"]);
    assert_eq!(bench.service.list_workflows(&ada.who, &main, Some("x"), 0, 10).await.unwrap().value, []);
    let found = bench.service.get_workflow(&ada.who, &main, "Empty").await.unwrap();
    assert_eq!((found.value.graph.nodes().len(), found.app.app.as_str()), (0, "main"));
    assert_eq!(bench.service.get_workflow(&ada.who, &main, "w").await.unwrap_err(), Error::NotFound);
    let version = found.value.version_id.to_string();
    let versions = bench.service.list_workflow_versions(&ada.who, &main, "Empty", 0, 10).await.unwrap();
    assert_eq!(versions.value[0].id.to_string(), version);
    assert!(bench.service.get_workflow_version(&ada.who, &main, "Empty", &version).await.is_ok());
    let run = |workflow: &str, version: Option<String>| {
        let run =
            RunWorkflow { workflow: workflow.into(), version, inputs: vec![picture()], ..Default::default() };
        bench.service.run_workflow(&ada.who, &main, run)
    };
    assert_eq!(run("Empty", Some(version)).await.unwrap().results, [vec![]]);
    assert_eq!(run("Empty", Some("0".repeat(32))).await.unwrap_err(), Error::NotFound);
    assert_eq!(run("w", None).await.unwrap_err(), Error::NotFound);
    // Nobody makes one there.
    assert_eq!(make(&bench, &ada.who, &main, "w", vec![recognise()]).await.unwrap_err(), Error::NotFound);
}

async fn an_app_has_a_default_workflow(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let default =
        async || bench.service.get_app(&ada.who, &app, Endpoint::GetApp).await.unwrap().0.default_workflow;
    let set = async |who: &Who, workflow: Option<&str>| {
        let change =
            ChangeApp { default_workflow: Some(workflow.map(str::to_owned)), ..ChangeApp::default() };
        bench.service.change_app(who, &app, Endpoint::PatchApps, &change).await
    };
    assert_eq!(default().await, None);
    assert_eq!(invalid(set(&ada.who, Some("w")).await.unwrap_err()).0, "default_workflow");
    make(&bench, &ada.who, &app, "w", vec![recognise()]).await.unwrap();
    assert_eq!(set(&ada.who, Some("w")).await.unwrap().default_workflow.as_deref(), Some("w"));
    // Who changes the app and sees no workflows does not find out about them by naming one.
    let bo = join(&bench, &ada, &app, "bo", Preset::Viewer.scopes()).await;
    let scopes = ScopeSet::of(&[Scope::AppsGet, Scope::AppsAdd]);
    give_exactly(&bench, &ada, &app, bo.id, Rights::of(scopes)).await;
    let (missing, _) = forbidden(set(&bo.who, Some("w")).await.unwrap_err());
    assert!(missing.contains(Scope::WorkflowsGet));
    set(&ada.who, None).await.unwrap();
    assert_eq!(default().await, None);
    set(&ada.who, Some("w")).await.unwrap();
    let delete = Endpoint::DeleteWorkflows;
    assert_eq!(bench.service.delete_workflows(&ada.who, &app, delete, &["w".into()]).await, Ok(1));
    assert_eq!(default().await, None);
    let again = bench.service.delete_workflows(&ada.who, &app, delete, &["w".into()]).await;
    assert_eq!(again.unwrap_err(), Error::NotFound);
}

async fn whoever_may_not_does_not(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    make(&bench, &ada.who, &app, "w", vec![recognise()]).await.unwrap();
    // Sees and makes them, and may not predict.
    let scopes = Endpoint::PostWorkflows.needs().union(Endpoint::PatchWorkflows.needs());
    let bo = join(&bench, &ada, &app, "bo", Preset::Viewer.scopes()).await;
    give_exactly(&bench, &ada, &app, bo.id, Rights::of(scopes)).await;
    make(&bench, &bo.who, &app, "of-bo", vec![recognise()]).await.unwrap();
    let (missing, _) = forbidden(run(&bench, &bo.who, &app, vec![picture()]).await.unwrap_err());
    assert_eq!(missing, Endpoint::PostWorkflowResults.needs().minus(scopes));
    let delete = Endpoint::DeleteWorkflow;
    let refused = bench.service.delete_workflows(&bo.who, &app, delete, &["w".into()]).await.unwrap_err();
    assert_eq!(forbidden(refused).0, ScopeSet::of(&[Scope::WorkflowsDelete]));
    // Sees none at all.
    let scopes = Preset::Viewer.scopes().minus(ScopeSet::of(&[Scope::WorkflowsGet]));
    give_exactly(&bench, &ada, &app, bo.id, Rights::of(scopes)).await;
    let refused = bench.service.list_workflows(&bo.who, &app, None, 0, 10).await.unwrap_err();
    assert!(forbidden(refused).0.contains(Scope::WorkflowsGet));
    let refused = bench.service.get_workflow(&bo.who, &app, "w").await.unwrap_err();
    assert!(forbidden(refused).0.contains(Scope::WorkflowsGet));
    // Somebody else's app does not exist.
    let cy = bench.person("cy").await;
    assert_eq!(run(&bench, &cy.who, &app, vec![picture()]).await.unwrap_err(), Error::NotFound);
}
