//! Every server function, called by everybody who must not get what it gives. ASVS 8.2.1 and 8.3.1.

use std::collections::BTreeSet;

use atelier_domain::assignment::Act;
use atelier_domain::collector::{Limits, Share};
use atelier_domain::task::Review;
use atelier_domain::{Auth, Label, Labels, Region, Rights, Scope, Shape};
use atelier_service::annotations::NewAnnotation;
use atelier_service::batches::{Act as BatchAct, BatchState, Chosen, NewBatch};
use atelier_service::collaborators::GrantRow;
use atelier_service::collectors::{NewCollector, Source};
use atelier_service::concepts::{ConceptLanguage, NewConcept, NewRelation};
use atelier_service::datasets::NewDataset;
use atelier_service::datasets::versions::NewVersion;
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::models::{NewModel, NewVersion as NewTraining};
use atelier_service::search::{NewSearch, Query, Subject};
use atelier_service::tasks::{ActOnAssignment, Labeller, NewTask};
use atelier_service::vocabs::NewVocab;
use atelier_service::workflows::NewWorkflow;
use atelier_testkit::Database;
use atelier_testkit::sharing::{give_exactly, make_app};
use atelier_ui::api::doors::Door;
use leptos::server_fn::axum::server_fn_paths;

use super::*;

const REGION: Shape = Shape::Span { start: 0, end: 5 };

/// Ana, who owns `ana/tea` with everything in it; Bo, with whom she shares it, and whom Di was invited by; and Mallory,
/// who has an app of her own.
struct Story {
    bench: Bench,
    ana: Person,
    bo: Person,
    mallory: Person,
    app: AppName,
    di: GrantRow,
    pending: GrantRow,
    annotation: String,
    /// When it was said, in microseconds UTC.
    said_at: i64,
    relation: String,
    key: String,
    session: String,
    batch: String,
    /// A version of her own model.
    version: String,
    /// As what it is shared.
    share: String,
    app_id: String,
    /// The version of the workflow.
    workflow: String,
}

/// A workflow of one model.
const FLOW: &str = "workflow: {id: flow, nodes: [{id: look, model: {model_id: general-image-recognition, \
                    user_id: clarifai, app_id: main}}]}";

fn tell<F: Future<Output = ()>>(test: impl FnOnce(Story) -> F) {
    Bench::run(Database::Sqlite, async |bench| test(Story::tell(bench).await).await);
}

impl Story {
    async fn tell(bench: Bench) -> Self {
        let (ana, bo) = (bench.person("ana").await, bench.person("bo").await);
        let (di, mallory) = (bench.person("di").await, bench.person("mallory").await);
        let service = &bench.service;
        let app = make_app(&bench, &ana, "tea").await;
        make_app(&bench, &mallory, "own").await;
        // To which Ana's model is shared, and to which Bo can.
        let shelf = make_app(&bench, &ana, "shelf").await;
        make_app(&bench, &bo, "pot").await;
        let input = NewInput {
            slug: "note".into(),
            content: Content::Text("Green tea".into()),
            metadata: None,
            place: None,
            labels: Labels::default(),
            datasets: Vec::new(),
        };
        let inputs = PostInputs { inputs: vec![input], ..PostInputs::default() };
        service.post_inputs(&ana.who, &app, inputs).await.unwrap();
        let named = |slug: &str| NewConcept { slug: slug.into(), ..NewConcept::default() };
        let concepts = vec![named("green"), named("black"), named("tea")];
        service.post_concepts(&ana.who, &app, concepts).await.unwrap();
        let german = ConceptLanguage { language: "de".into(), name: "Schwarz".into(), ..Default::default() };
        service.post_concept_languages(&ana.who, &app, "black", vec![german]).await.unwrap();
        let kind =
            NewRelation { predicate: "hyponym".into(), object: "tea".into(), ..NewRelation::default() };
        let kind = service.post_concept_relations(&ana.who, &app, "black", vec![kind]).await.unwrap();
        let relation = kind.value[0].id.to_string();
        let vocab = NewVocab {
            slug: "leaves".into(),
            concepts: vec!["black".into(), "green".into()],
            ..NewVocab::default()
        };
        service.post_vocabs(&ana.who, &app, vec![vocab]).await.unwrap();
        let kinds = NewDataset { slug: "kinds".into(), ..NewDataset::default() };
        service.post_datasets(&ana.who, &app, vec![kinds]).await.unwrap();
        service.post_dataset_inputs(&ana.who, &app, "kinds", &["note".into()]).await.unwrap();
        let spring = NewVersion { slug: "spring".into(), ..NewVersion::default() };
        service.post_dataset_versions(&ana.who, &app, "kinds", vec![spring]).await.unwrap();
        invite(&bench, &ana.who, &app, &bo.email, ScopeSet::ALL).await;
        let di = invite(&bench, &bo.who, &app, &di.email, Preset::Viewer.scopes()).await;
        let pending = invite(&bench, &bo.who, &app, "cy@example.org", Preset::Viewer.scopes()).await;
        let label = Label { concept: "green".parse().unwrap(), value: 1.0 };
        let region = Region { id: "r1".parse().unwrap(), shape: REGION, labels: vec![label] };
        let said = NewAnnotation {
            input: "note".into(),
            labels: Labels { concepts: Vec::new(), regions: vec![region] },
            ..NewAnnotation::default()
        };
        let said = service.post_annotations(&bo.who, &app, vec![said]).await.unwrap();
        let task = |slug: &str, labeller: &str| NewTask {
            slug: slug.into(),
            concepts: vec!["green".into()],
            labellers: vec![Labeller::new(labeller)],
            ..NewTask::default()
        };
        let reviewed = NewTask {
            review: Review::Manual { percent: 100, approvals: 1 },
            reviewers: vec!["bo".into()],
            ..task("reviewed", "ana")
        };
        service.post_tasks(&ana.who, &app, vec![task("labelled", "bo"), reviewed]).await.unwrap();
        let submit = ActOnAssignment {
            task: "reviewed".into(),
            input: "note".into(),
            act: Act::Submit,
            labellers: Vec::new(),
            note: String::new(),
        };
        service.act_on_assignment(&ana.who, &app, &submit).await.unwrap();
        let camera = NewCollector {
            slug: "camera".into(),
            description: String::new(),
            source: Source::Uploads,
            share: Share::new(0.5).unwrap(),
            limits: Limits::default(),
        };
        service.post_collectors(&ana.who, &app, vec![camera]).await.unwrap();
        let flow = NewWorkflow {
            slug: "flow".into(),
            nodes: atelier_service::workflows::yaml::read(FLOW).unwrap().1,
            ..NewWorkflow::default()
        };
        let flow = service.post_workflows(&ana.who, &app, vec![flow]).await.unwrap();
        let workflow = flow.value[0].version_id.to_string();
        let key = CreateKey { description: "Reads".into(), scopes: ScopeSet::ALL, ..CreateKey::default() };
        let key = service.create_key(&ana.who, &key).await.unwrap().key.id.to_string();
        let session = service.list_sessions(&ana.who).await.unwrap().current.unwrap().to_string();
        let (row, _) = service.get_app(&ana.who, &app, atelier_domain::Endpoint::ViewApp).await.unwrap();
        let (annotation, app_id) = (said[0].slug.clone(), row.id.to_string());
        let said_at = said[0].changed_at.micros();
        let greens = NewSearch {
            slug: "greens".into(),
            name: String::new(),
            subject: Subject::Inputs,
            query: Query::default(),
        };
        let keeps = atelier_domain::Endpoint::PostInputsSearches;
        service.keep_search(&ana.who, &app, keeps, &greens).await.unwrap();
        let model = NewModel { slug: "own".into(), ..NewModel::default() };
        service.post_models(&ana.who, &app, vec![model]).await.unwrap();
        let training = NewTraining::default();
        let begun_so = service.train_model(&ana.who, &app, "own", training).await.unwrap().value;
        let version = begun_so.version.unwrap().slug;
        service.share_model(&ana.who, &app, "own", &shelf).await.unwrap();
        let shares = service.list_model_shares(&ana.who, &app, "own").await.unwrap();
        let share = shares[0].id.to_string();
        let batch = begun(service, &bo.who, &app).await;
        Self {
            bench,
            ana,
            bo,
            mallory,
            app,
            di,
            pending,
            annotation,
            said_at,
            relation,
            key,
            session,
            batch,
            version,
            share,
            app_id,
            workflow,
        }
    }

    /// Everything that any server function takes, about what is Ana's; each takes what it knows of.
    fn fields(&self, door: &Door, owner: &str, app: &str) -> Vec<(&'static str, String)> {
        let id = match door.path {
            "/api/account/end-session" => &self.session,
            "/api/apps/restore" => &self.app_id,
            _ => &self.key,
        };
        let grant = if door.path.ends_with("/resend") || door.path.ends_with("/cancel") {
            &self.pending
        } else {
            &self.di
        };
        let is_about_concepts =
            ["/api/concepts/", "/api/vocabs/"].iter().any(|room| door.path.starts_with(room));
        let concept = match door.path {
            // What is green was said to be so already.
            "/api/annotations/add" => "tea",
            _ if is_about_concepts => "black",
            _ => "green",
        };
        let labels = Labels {
            concepts: vec![Label { concept: "green".parse().unwrap(), value: 1.0 }],
            regions: Vec::new(),
        };
        let adds_region = door.path == "/api/annotations/add-region";
        let is_drawn = adds_region || door.path == "/api/annotations/change-region";
        let moved = Region {
            id: "r1".parse().unwrap(),
            shape: Shape::Span { start: 1, end: 2 },
            labels: labels.concepts.clone(),
        };
        let drawn = serde_json::to_string(&moved).unwrap();
        let is_own = door.path == "/api/tasks/help"
            || door.path.starts_with("/api/models/") && door.path != "/api/models/get";
        let mut fields = vec![
            ("owner", owner.to_owned()),
            ("app", app.to_owned()),
            ("confirmation", app.to_owned()),
            ("id", id.clone()),
            ("grant", grant.id.to_string()),
            (
                "version",
                match door.path {
                    path if path.starts_with("/api/workflows/") => self.workflow.clone(),
                    _ if is_own => self.version.clone(),
                    _ => grant.version.to_string(),
                },
            ),
            ("annotation", if adds_region { "drawn".to_owned() } else { self.annotation.clone() }),
            ("seen", self.said_at.to_string()),
            ("region", if is_drawn { drawn } else { "r1".to_owned() }),
            ("relation", self.relation.clone()),
            // What is deleted or merged is what nothing is said with: the rest needs further rights.
            ("concept", concept.to_owned()),
            ("labels", serde_json::to_string(&labels).unwrap()),
            ("batch", self.batch.clone()),
            ("share", if door.path == "/api/models/withdraw" { self.share.clone() } else { "50".to_owned() }),
        ];
        // A set is one text; the boxes of a form are a list.
        let scopes = if door.path.ends_with("/preview-edit") { "scopes" } else { "scopes[0]" };
        fields.push((scopes, Scope::CollaboratorsGet.wire().to_owned()));
        let chooses_inputs =
            ["/api/inputs/begin-batch", "/api/inputs/delete-duplicates"].contains(&door.path);
        let plain = [
            ("input", "note"),
            ("input_reach", "everything"),
            ("dataset", "kinds"),
            ("inputs", "note"),
            ("frozen", "spring"),
            ("vocab", "leaves"),
            ("concepts", "tea"),
            ("into", "tea"),
            ("object", "green"),
            ("predicate", "synonym"),
            ("language", if door.path.ends_with("/add-name") { "fr" } else { "de" }),
            ("step", "later"),
            ("color", "#2a7f9e"),
            ("shortcut", "7"),
            ("name", "Renamed"),
            ("slug", "renamed"),
            ("description", "Described"),
            ("definition", "Of the leaf"),
            ("people", "new@example.org"),
            ("email", "new@example.org"),
            ("ends", "never"),
            ("note", "Because"),
            ("below", "remove"),
            ("reach", ""),
            ("kind", if door.path == "/api/tasks/add" { "classification" } else { "" }),
            ("task", if door.path == "/api/tasks/review" { "reviewed" } else { "labelled" }),
            ("reviews", "false"),
            ("source", if door.path == "/api/collectors/add" { "uploads" } else { "all" }),
            ("collector", "camera"),
            ("model", if is_own { "own" } else { "general-image-recognition" }),
            ("medium", "text"),
            ("choice", "one"),
            ("with", if door.path == "/api/models/share" { "bo/pot" } else { "" }),
            ("workflow", "flow"),
            ("yaml", FLOW),
            ("ids[0]", "look"),
            ("models[0]", "clarifai/main/general-image-embedding"),
            ("sought", ""),
            ("strategy", "dynamic"),
            ("review", "none"),
            ("labellers[0]", "ana"),
            ("chosen[0]", if chooses_inputs { "note" } else { "green" }),
            ("queue", "in_turn"),
            ("saved", "greens"),
            ("regions", "[]"),
            ("labeller", "ana"),
            ("act", if door.path == "/api/inputs/begin-batch" { "say" } else { "approve" }),
            ("to", "rest"),
            ("words", ""),
            ("before", ""),
            ("token", "unknown"),
            ("code", "unknown"),
            ("recovery_code", "unknown"),
            ("answer", "unknown"),
            ("secret", "unknown"),
            ("password", "unknown"),
            ("old_password", "unknown"),
            ("new_password", "seven quiet moons rise"),
            ("search[text]", ""),
            ("filter[actor]", ""),
            ("filter[subject]", ""),
            ("filter[action]", ""),
            ("filter[from]", ""),
            ("filter[until]", ""),
            ("filter[before]", ""),
        ];
        fields.extend(plain.map(|(name, value)| (name, value.to_owned())));
        if door.path == "/api/account/confirm-password" {
            fields.push((PASSWORD_AGAIN_FIELD, "unknown".into()));
        }
        fields
    }

    /// Calls a server function about `owner/app`; answers the status, and what is said.
    async fn call(&self, browser: &Browser, door: &Door, owner: &str, app: &str) -> (u16, String) {
        let fields = self.fields(door, owner, app);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(door.path, &fields).await
    }

    async fn is_refused(&self, browser: &Browser, door: &Door, status: u16, words: &[&str]) {
        let (answered, body) = self.call(browser, door, "ana", "tea").await;
        assert_eq!(answered, status, "{}: {body}", door.path);
        assert!(words.iter().all(|word| body.contains(word)), "{}: {body}: {words:?}", door.path);
    }

    fn stranger(&self) -> Browser {
        let router = super::super::router(AssetPaths::default(), context(&self.bench.service, PLAIN));
        Browser { router, cookie: String::new() }
    }

    /// What Ana can see of her app, to be compared with what she sees later: the people in it, and the rest.
    async fn state(&self) -> (String, String) {
        let (service, who, app) = (&self.bench.service, &self.ana.who, &self.app);
        let people = people(&self.bench, who, app).await;
        let row = service.get_app(who, app, atelier_domain::Endpoint::ViewApp).await.unwrap().0;
        let keys = service.list_keys(who).await.unwrap();
        let concepts = service.list_concepts(who, app, None, 0, 100).await.unwrap().value;
        let counts = service.count_inputs(who, app).await.unwrap();
        let said = service.get_annotation(who, app, "note", &self.annotation).await.unwrap();
        let held = service.list_dataset_inputs(who, app, "kinds", (None, 0), 10).await.unwrap().value;
        let frozen = service.list_dataset_versions(who, app, "kinds", 0, 10).await.unwrap().value;
        let kinds = service.get_dataset(who, app, "kinds").await.unwrap().value;
        let people: Vec<_> = people.iter().map(|row| (row.id, row.scopes, row.version)).collect();
        let keys: Vec<_> = keys.iter().map(|row| (row.id, row.last_four.clone())).collect();
        let concepts: Vec<_> = concepts.iter().map(|row| (row.slug.clone(), row.name.clone())).collect();
        let sets = (kinds.description, held.len(), frozen.len());
        let rest = format!("{} {keys:?} {concepts:?} {counts:?} {:?} {sets:?}", row.name, said.labels);
        (format!("{people:?}"), rest)
    }
}

/// Something that was done to an input, and can be undone.
async fn begun(service: &atelier_service::Service, who: &atelier_service::Who, app: &AppName) -> String {
    let new =
        NewBatch { act: BatchAct::Say, subject: "green".into(), chosen: Chosen::Named(vec!["note".into()]) };
    let id = service.begin_batch(who, app, &new).await.unwrap().id.to_string();
    while service.list_batches(who, app).await.unwrap()[0].row.state != BatchState::Done {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    id
}

fn is_open(door: &Door) -> bool {
    door.asks.iter().any(|endpoint| endpoint.auth() == Auth::Open)
}

/// Whether it is about an app: its own endpoint is one, and asks nothing of an account.
fn is_of_app(door: &Door) -> bool {
    let rooms = [
        "apps/",
        "collaborators/",
        "annotations/",
        "inputs/",
        "concepts/",
        "vocabs/",
        "datasets/",
        "tasks/",
        "collectors/",
        "models/",
        "workflows/",
        "audit/app",
    ];
    let others = ["apps/list", "apps/shared", "apps/create", "apps/restore"];
    let name = door.path.trim_start_matches("/api/");
    rooms.iter().any(|room| name.starts_with(room)) && !others.contains(&name)
}

/// The scopes that its questions about the app need.
fn needs(door: &Door) -> ScopeSet {
    let of_app = door.asks.iter().filter(|endpoint| endpoint.is_of_app() || endpoint.paths().is_empty());
    of_app.fold(door.also, |all, endpoint| all.union(endpoint.needs()))
}

/// ASVS 8.2.1 and 8.3.1.
#[test]
fn every_server_function_has_its_row_and_no_row_is_left_over() {
    let written: BTreeSet<&str> = server_fn_paths().map(|(path, _)| path).collect();
    let listed: BTreeSet<&str> = DOORS.iter().map(|door| door.path).collect();
    assert_eq!(written, listed);
    assert_eq!(listed.len(), DOORS.len());
}

#[test]
fn whoever_is_not_signed_in_or_no_longer_gets_nothing() {
    tell(async |story| {
        let stranger = story.stranger();
        let gone = Browser::of(&story.bench, &story.bo).await;
        for session in story.bench.service.list_sessions(&story.bo.who).await.unwrap().sessions {
            story.bench.service.end_session(&story.bo.who, session.id).await.ok();
        }
        let before = story.state().await;
        // Who one is can be asked by anyone: nobody, then.
        let asked = DOORS.iter().filter(|door| !is_open(door) && door.path != "/api/identity/person");
        for door in asked {
            // To sign out twice does no harm.
            if door.path != "/api/identity/sign-out" {
                story.is_refused(&stranger, door, 401, &["SignedOut"]).await;
                story.is_refused(&gone, door, 401, &["SignedOut"]).await;
            }
        }
        assert_eq!(story.state().await, before);
    });
}

/// ASVS 8.2.2 and 8.4.1.
#[test]
fn to_a_stranger_neither_the_app_nor_what_is_in_it_exists() {
    tell(async |story| {
        let mallory = Browser::of(&story.bench, &story.mallory).await;
        let before = story.state().await;
        for door in DOORS.iter().filter(|door| is_of_app(door)) {
            story.is_refused(&mallory, door, 404, &["NotFound"]).await;
        }
        assert_eq!(story.state().await, before);
    });
}

/// ASVS 8.2.2 and 8.4.1.
#[test]
fn what_is_in_anothers_app_is_not_found_by_way_of_ones_own() {
    tell(async |story| {
        let mallory = Browser::of(&story.bench, &story.mallory).await;
        let before = story.state().await;
        for name in [
            "annotations/add",
            "annotations/add-region",
            "annotations/change-region",
            "annotations/remove",
            "annotations/put-back",
            "inputs/get",
            "inputs/delete",
            "inputs/delete-duplicates",
            "inputs/forget-view",
            "inputs/cancel-batch",
            "inputs/undo-batch",
            "concepts/get",
            "concepts/change",
            "concepts/add-name",
            "concepts/remove-name",
            "concepts/unrelate",
            "concepts/delete",
            "datasets/get",
            "datasets/change",
            "datasets/put-in",
            "datasets/take-out",
            "datasets/freeze",
            "datasets/delete-version",
            "datasets/delete",
            "tasks/get",
            "tasks/stand",
            "tasks/help",
            "tasks/delete",
            "tasks/work",
            "tasks/submit",
            "tasks/submit-regions",
            "tasks/skip",
            "tasks/review",
            "vocabs/get",
            "vocabs/change",
            "vocabs/remove-concept",
            "vocabs/move",
            "vocabs/delete",
            "workflows/get",
            "workflows/material",
            "workflows/change",
            "workflows/delete",
            "collectors/get",
            "collectors/change",
            "collectors/stand",
            "collectors/delete",
            "collaborators/get",
            "collaborators/edit",
            "collaborators/preview-edit",
            "collaborators/preview-removal",
            "collaborators/remove",
            "collaborators/resend",
            "collaborators/cancel",
            "account/end-session",
            "apps/restore",
            "keys/get",
            "keys/open",
            "keys/rotate",
            "keys/revoke",
        ] {
            let path = format!("/api/{name}");
            let door = DOORS.iter().find(|door| door.path == path).unwrap();
            let (status, body) = story.call(&mallory, door, "mallory", "own").await;
            assert_eq!(status, 404, "{name}: {body}");
        }
        assert_eq!(story.state().await, before);
    });
}

/// ASVS 8.2.1 and 8.3.1.
#[test]
fn a_collaborator_who_lacks_one_scope_is_refused_by_that_scope() {
    tell(async |story| {
        let bo = Browser::of(&story.bench, &story.bo).await;
        let before = story.state().await;
        let mut refused = 0;
        for lost in Scope::all() {
            let rights = Rights::of(ScopeSet::ALL.minus(ScopeSet::of(&[lost])));
            give_exactly(&story.bench, &story.ana, &story.app, story.bo.id, rights).await;
            for door in DOORS.iter().filter(|door| is_of_app(door) && needs(door).contains(lost)) {
                story.is_refused(&bo, door, 403, &["Forbidden", lost.wire()]).await;
                refused += 1;
            }
        }
        assert!(refused > 80, "{refused}");
        assert_eq!(story.state().await.1, before.1);
    });
}

#[test]
fn a_grant_that_has_ended_opens_nothing() {
    tell(async |story| {
        let bo = Browser::of(&story.bench, &story.bo).await;
        let rights = Rights { ends_at: Some(story.bench.now()), ..Rights::FULL };
        give_exactly(&story.bench, &story.ana, &story.app, story.bo.id, rights).await;
        for door in DOORS.iter().filter(|door| is_of_app(door)) {
            story.is_refused(&bo, door, 403, &["our access to this app has ended"]).await;
        }
    });
}

/// ASVS 8.2.1 and 8.3.1.
#[test]
fn exactly_the_scopes_that_are_asked_for_open_a_door() {
    for door in DOORS.iter().filter(|door| is_of_app(door)) {
        tell(async |story| {
            let rights = Rights::of(needs(door));
            give_exactly(&story.bench, &story.ana, &story.app, story.bo.id, rights).await;
            let bo = Browser::of(&story.bench, &story.bo).await;
            let (status, body) = story.call(&bo, door, "ana", "tea").await;
            assert_eq!(status, 200, "{}: {body}", door.path);
        });
    }
}
