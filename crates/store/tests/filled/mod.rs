//! A store with rows in every table, made by the operations that make them.

use std::io::Write as _;

use atelier_domain::assignment::Act;
use atelier_domain::collector::{Limits, Share};
use atelier_domain::id::IdentityId;
use atelier_domain::task::{Queue, Review, WorkerStrategy};
use atelier_domain::time::DAY;
use atelier_domain::workflow::{ModelRef, Node};
use atelier_domain::{Endpoint, Labels, Place, Preset, Scope, Training};
use atelier_service::annotations::{AnnotationsFilter, NewAnnotation};
use atelier_service::apps::ChangeApp;
use atelier_service::batches::{self, Chosen, NewBatch};
use atelier_service::collectors::{NewCollector, Predictions, Source};
use atelier_service::concepts::{ConceptLanguage, KnowledgeGraphRow, NewConcept, NewRelation};
use atelier_service::inputs::{Content, InputsFilter, NewInput, PostInputs};
use atelier_service::keys::CreateKey;
use atelier_service::models::{NewModel, NewVersion, Scale, Upload, UploadTo};
use atelier_service::search::{self, NewSearch, Query};
use atelier_service::tasks::{self, ActOnAssignment, Labeller, NewTask};
use atelier_service::vocabs::NewVocab;
use atelier_service::workflows::NewWorkflow;
use atelier_service::{AppName, Origin, Service, World};
use atelier_store::queries::identities::{self, Subject};
use atelier_store::queries::visits::{self, Purpose, Visit};
use atelier_store::{Objects, Store};
use atelier_testkit::onnx;
use atelier_testkit::people::{PASSWORD, with_session};
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{invite, make_app, street_signs};
use atelier_testkit::{Bench, Person, SeededEntropy, SteppedClock};
use bytes::Bytes;
use serde_json::json;

/// The tables that are filled.
pub(crate) const TABLES: [&str; 54] = [
    "identities",
    "visits",
    "first_links",
    "users",
    "email_addresses",
    "mailed_links",
    "sessions",
    "apps",
    "grants",
    "keys",
    "former_secrets",
    "audit",
    "mails",
    "inputs",
    "concepts",
    "concept_languages",
    "concept_relations",
    "knowledge_graphs",
    "vocabs",
    "vocab_concepts",
    "tasks",
    "task_concepts",
    "task_people",
    "assignments",
    "assignment_reviews",
    "annotations",
    "annotation_history",
    "input_jobs",
    "authenticators",
    "offered_authenticators",
    "recovery_codes",
    "pending_sign_ins",
    "passkeys",
    "passkey_challenges",
    "datasets",
    "dataset_inputs",
    "dataset_versions",
    "dataset_version_inputs",
    "searches",
    "batches",
    "batch_items",
    "collectors",
    "embeddings",
    "embedding_changes",
    "models",
    "model_versions",
    "model_results",
    "model_files",
    "model_inputs",
    "task_helpers",
    "suggestions",
    "workflows",
    "workflow_versions",
    "default_workflows",
];

/// Says a concept of several inputs at once.
async fn say_of_several(bench: &Bench, ada: &Person, app: &AppName) {
    let chosen = Chosen::Named(vec!["notes".into(), "crossing".into()]);
    let new = NewBatch { act: batches::Act::Say, subject: "stop".into(), chosen };
    bench.service.begin_batch(&ada.who, app, &new).await.expect("it can be said of several");
    // What is still being done would differ between two looks at it.
    loop {
        let listed = bench.service.list_batches(&ada.who, app).await.expect("they can be listed");
        if listed.iter().all(|one| one.row.state == batches::BatchState::Done) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

/// What is in it.
pub(crate) struct Filled {
    pub(crate) ada: Person,
    pub(crate) app: AppName,
    pub(crate) picture: Bytes,
}

impl Filled {
    pub(crate) async fn fill(bench: &Bench) -> Self {
        bench.service.first_link().await.expect("nobody is there").expect("so there is a link");
        let ada = bench.person("ada").await;
        let bo = bench.person("bo").await;
        add_ways_in(bench, &ada).await;
        let app = street_signs(bench, &ada).await;
        let scopes = Preset::Worker.scopes().with(Scope::CollaboratorsAdd).with(Scope::CollaboratorsGet);
        invite(bench, &ada.who, &app, &bo.email, scopes).await;
        // Below Bo's, one grant that waits for an account: rows that refer to rows of their own table.
        invite(bench, &bo.who, &app, "cy@example.org", Preset::Worker.scopes()).await;

        let picture = Bytes::from(png(40, 30));
        let inputs = vec![
            new("crossing", Content::Image(picture.clone())),
            new("notes", Content::Text("Two stop signs on Mill Hill, “one” of them bent.\n".into())),
        ];
        let posted =
            bench.service.post_inputs(&ada.who, &app, PostInputs { inputs, ..PostInputs::default() }).await;
        assert!(posted.expect("inputs can be added").inputs.iter().all(std::result::Result::is_ok));
        let label = |value| atelier_domain::Label { concept: "stop".parse().expect("a concept"), value };
        let said = NewAnnotation {
            input: "crossing".into(),
            labels: Labels { concepts: vec![label(0.1)], regions: Vec::new() },
            info: Some(json!({ "zeta": 1.5, "alpha": [null, { "b": true, "a": "ä" }] })),
            ..NewAnnotation::default()
        };
        bench.service.post_annotations(&ada.who, &app, vec![said]).await.expect("it can be said");

        gather(bench, &ada, &app).await;
        name_concepts(bench, &ada, &app).await;
        label_in_a_task(bench, &ada, &bo, &app).await;

        let key = CreateKey {
            description: "A script".into(),
            scopes: Preset::Worker.scopes(),
            ends_at: Some(bench.now().plus(30 * DAY)),
            ..CreateKey::default()
        };
        let key = bench.service.create_key(&ada.who, &key).await.expect("a key can be made");
        bench.service.rotate_key(&ada.who, key.key.id).await.expect("it can be given another secret");

        add_dataset(bench, &ada, &app).await;
        keep_search(bench, &ada, &app).await;
        say_of_several(bench, &ada, &app).await;
        train(bench, &ada, &app).await;
        help(bench, &ada, &app).await;
        upload(bench, &ada, &app).await;
        make_workflow(bench, &ada, &app).await;

        // Bo signs in with a second factor, and is about to set up another app.
        bench.set_up_app(&bo).await;
        bench.service.set_up_authenticator(&bo.who).await.expect("another can be set up");
        bench.service.sign_in(&bo.email, PASSWORD, &bo.who.origin).await.expect("the password is right");

        // She has two passkeys, and a browser is asked for one.
        bench.add_passkey(&ada, "Work laptop").await;
        bench.add_passkey(&ada, "Phone").await;
        bench.service.begin_passkey_sign_in().await.expect("whoever comes is asked for one");
        Self { ada, app, picture }
    }
}

/// A model that was trained, on texts of two kinds.
async fn train(bench: &Bench, ada: &Person, app: &AppName) {
    let text = |(number, kind): (usize, &str)| {
        let label = atelier_domain::Label { concept: kind.parse().expect("a concept"), value: 1.0 };
        let labels = Labels { concepts: vec![label], regions: Vec::new() };
        NewInput {
            labels,
            ..new(&format!("{kind}-{number}"), Content::Text(format!("A {kind}, number {number}")))
        }
    };
    let kinds = ["owl", "boat"].into_iter().cycle().take(6);
    let inputs = PostInputs { inputs: kinds.enumerate().map(text).collect(), ..PostInputs::default() };
    bench.service.post_inputs(&ada.who, app, inputs).await.expect("inputs can be added");
    let concepts = ["owl", "boat"].map(|kind| kind.parse().expect("a concept")).to_vec();
    let settings = Training { concepts, is_exclusive: true, ..Training::default() };
    let model = NewModel { slug: "kinds".into(), settings, ..NewModel::default() };
    bench.service.post_models(&ada.who, app, vec![model]).await.expect("a model can be made");
    bench
        .service
        .train_model(&ada.who, app, "kinds", NewVersion::default())
        .await
        .expect("it can be trained");
    assert_eq!(bench.service.train_next().await, Ok(true));
    let library = make_app(bench, ada, "library").await;
    bench.service.share_model(&ada.who, app, "kinds", &library).await.expect("it can be shared");
}

/// A task in which that model helps.
async fn help(bench: &Bench, ada: &Person, app: &AppName) {
    let task = NewTask {
        slug: "kinds".into(),
        concepts: vec!["owl".into(), "boat".into()],
        source: tasks::Source::Inputs(vec!["owl-0".into()]),
        labellers: vec![Labeller::new("ada")],
        ..NewTask::default()
    };
    bench.service.post_tasks(&ada.who, app, vec![task]).await.expect("it can be made");
    let help = tasks::Help { model: "kinds".into(), from: 0.5, queue: Queue::LeastCertain };
    bench.service.help_in_task(&ada.who, app, "kinds", Some(&help)).await.expect("it can help");
    assert_eq!(bench.service.suggest_some().await, Ok(1));
    let said = Labels::default();
    bench.service.next_to_label(&ada.who, app, "kinds").await.expect("it is hers");
    let suggested = bench.service.suggestion(&ada.who, app, "kinds", "owl-0").await.expect("she may see it");
    let version = suggested.map(|suggested| suggested.version);
    bench
        .service
        .submit_labels(&ada.who, app, "kinds", "owl-0", said, version.as_deref())
        .await
        .expect("it is hers to label");
}

/// A model that was uploaded.
async fn upload(bench: &Bench, ada: &Person, app: &AppName) {
    let mut file = tempfile::tempfile().expect("a file can be made");
    file.write_all(&onnx::channels(&[-1, 3, 8, 8]).file()).expect("it can be written");
    let new = NewModel { slug: "colours".into(), ..NewModel::default() };
    let concepts = vec!["Red".to_owned(), "Blue".to_owned()];
    let (to, scale, description) = (UploadTo::New(new), Scale::IMAGE_NET, "ours".to_owned());
    let upload = Upload { to, file, concepts, scale, description };
    bench.service.upload_model(&ada.who, app, upload).await.expect("it can be uploaded");
}

/// A workflow of that model, which is the app's own default.
async fn make_workflow(bench: &Bench, ada: &Person, app: &AppName) {
    let node = Node {
        id: "tell".into(),
        model: ModelRef { model: "kinds".into(), ..ModelRef::default() },
        ..Node::default()
    };
    let workflow = NewWorkflow {
        slug: "kinds".into(),
        metadata: Some(json!({ "since": "autumn" })),
        nodes: vec![node],
        ..NewWorkflow::default()
    };
    bench.service.post_workflows(&ada.who, app, vec![workflow]).await.expect("a workflow can be made");
    let change = ChangeApp { default_workflow: Some(Some("kinds".into())), ..ChangeApp::default() };
    bench
        .service
        .change_app(&ada.who, app, Endpoint::PatchApp, &change)
        .await
        .expect("it can be the default");
}

/// A collector that watches a model, and has everything that one can have.
async fn gather(bench: &Bench, ada: &Person, app: &AppName) {
    let of = Predictions {
        model: "signs".into(),
        version: "1".into(),
        caller: "ada".into(),
        ..Default::default()
    };
    let collector = NewCollector {
        slug: "watch".into(),
        description: "What is asked about signs".into(),
        source: Source::Predictions(of),
        share: Share::new(0.25).expect("a share"),
        limits: Limits { per_hour: Some(10), in_total: Some(1_000) },
    };
    bench.service.post_collectors(&ada.who, app, vec![collector]).await.expect("it can be made");
}

/// Says how concepts are called and stand to one another, and lists them.
async fn name_concepts(bench: &Bench, ada: &Person, app: &AppName) {
    let service = &bench.service;
    let sign = NewConcept { slug: "sign".into(), shortcut: Some("1".into()), ..NewConcept::default() };
    service.post_concepts(&ada.who, app, vec![sign]).await.expect("it is new");
    let german = ConceptLanguage { language: "de".into(), name: "Halt".into(), definition: String::new() };
    service.post_concept_languages(&ada.who, app, "stop", vec![german]).await.expect("it has no name there");
    let graph = KnowledgeGraphRow { slug: "signs".into(), name: String::new(), description: String::new() };
    service.post_knowledge_graphs(&ada.who, app, vec![graph]).await.expect("it is new");
    let kind =
        NewRelation { predicate: "hyponym".into(), object: "sign".into(), knowledge_graph: "signs".into() };
    service.post_concept_relations(&ada.who, app, "stop", vec![kind]).await.expect("both are there");
    let vocab =
        NewVocab { slug: "all".into(), concepts: vec!["sign".into(), "stop".into()], ..NewVocab::default() };
    service.post_vocabs(&ada.who, app, vec![vocab]).await.expect("it is new");
}

/// Has Bo label what Ada gives back to him.
async fn label_in_a_task(bench: &Bench, ada: &Person, bo: &Person, app: &AppName) {
    let service = &bench.service;
    let task = NewTask {
        slug: "signs".into(),
        concepts: vec!["stop".into()],
        labellers: vec![Labeller::new("bo")],
        reviewers: vec!["ada".into()],
        review: Review::Manual { percent: 100, approvals: 1 },
        strategy: WorkerStrategy::Partitioned,
        ..NewTask::default()
    };
    service.post_tasks(&ada.who, app, vec![task]).await.expect("it can be made");
    for (who, act) in [(bo, Act::Submit), (ada, Act::RequestChanges), (bo, Act::Start)] {
        let input = ActOnAssignment {
            task: "signs".into(),
            input: "notes".into(),
            act,
            labellers: Vec::new(),
            note: "Look again.".into(),
        };
        service.act_on_assignment(&who.who, app, &input).await.expect("it is their turn");
    }
}

/// Connects Ada to a provider, to which she goes once more.
async fn add_ways_in(bench: &Bench, ada: &Person) {
    let now = bench.now();
    let session = bench.service.list_sessions(&ada.who).await.expect("she is signed in").current;
    let subject = Subject { issuer: "https://id.example.org", name: "subject of Ada" };
    let visit = Visit {
        provider: "example".into(),
        purpose: Purpose::Connect,
        next: "/account".into(),
        session,
        began_at: now,
    };
    let mut tx = bench.service.store().write().await.expect("a transaction");
    let id = IdentityId::new(now, &[7; 10]);
    identities::insert(&mut tx, id, subject, ada.id, now).await.expect("it is connected to nobody");
    visits::keep(&mut tx, &[7; 32], &visit, subject, "ada@example.org", now.plus(DAY))
        .await
        .expect("it is new");
    tx.commit().await.expect("the commit holds");
}

/// Makes a dataset of what there is, and a version of it that is divided.
async fn add_dataset(bench: &Bench, ada: &Person, app: &AppName) {
    use atelier_service::datasets;
    let dataset = datasets::NewDataset {
        slug: "harbour-road".into(),
        description: "Signs along the harbour".into(),
        metadata: Some(json!({ "walks": 3, "best": [1.5, null] })),
        ..datasets::NewDataset::default()
    };
    bench.service.post_datasets(&ada.who, app, vec![dataset]).await.expect("it can be made");
    let inputs = ["crossing".to_owned(), "notes".to_owned()];
    let put = bench.service.post_dataset_inputs(&ada.who, app, "harbour-road", &inputs).await;
    assert_eq!(put.expect("inputs can be put in").value.len(), 2);
    let version = datasets::versions::NewVersion {
        slug: "spring".into(),
        metadata: Some(json!({ "split": { "seed": 7, "train": 0.5, "test": 0.5 } })),
        ..datasets::versions::NewVersion::default()
    };
    let made = bench.service.post_dataset_versions(&ada.who, app, "harbour-road", vec![version]).await;
    assert_eq!(made.expect("it can be frozen").value[0].inputs, 2);
}

/// Keeps a search for some of it.
async fn keep_search(bench: &Bench, ada: &Person, app: &AppName) {
    let filter = "all(text('bent signs'),not(said(by:bo)))".parse().expect("a filter");
    let search = NewSearch {
        slug: "bent".into(),
        name: "Bent signs".into(),
        subject: search::Subject::Inputs,
        query: Query { filter, oldest_first: true },
    };
    let kept = bench.service.keep_search(&ada.who, app, Endpoint::PostInputsSearches, &search).await;
    kept.expect("it can be kept");
}

fn new(slug: &str, content: Content) -> NewInput {
    NewInput {
        slug: slug.into(),
        content,
        metadata: Some(json!({ "weather": "rain", "lens": 35.0, "count": 3 })),
        place: Some(Place::new(52.52, 13.405).expect("it lies on earth")),
        labels: Labels::default(),
        datasets: Vec::new(),
    }
}

/// The service over a store that was opened by hand, at the moment at which it was filled.
pub(crate) fn service_over(store: Store, objects: Objects) -> Service {
    let world = World::new(SteppedClock::default(), SeededEntropy::default());
    Service::new(store, objects, world, "https://atelier.test")
}

/// That what the kept backup of the first schema holds is still read, by those who could then.
pub(crate) async fn check_first_schema(service: &Service) {
    let origin = Origin::default();
    let signed_in =
        service.sign_in("ada@example.org", PASSWORD, &origin).await.expect("whoever could sign in still can");
    let ada = with_session(&signed_in.signed_in().expect("with no second factor").secret);
    let app = AppName::of("ada", "street-signs");
    let page =
        service.list_inputs(&ada, &app, &InputsFilter::default(), 0, 10).await.expect("inputs are read");
    assert_eq!(page.inputs.len(), 2);
    let size = atelier_service::inputs::PictureSize::Original;
    assert_eq!(service.picture(&ada, &app, "crossing", size).await.expect("so are bytes").bytes, png(40, 30));
    let said = service
        .list_annotations(&ada, &app, &AnnotationsFilter::default(), 0, 10)
        .await
        .expect("annotations, too");
    assert_eq!(said[0].labels.concepts(), [("stop", 0.1)].into());
    let people =
        service.list_collaborators(&ada, &app, &atelier_service::collaborators::Filter::default(), 10).await;
    assert_eq!(people.expect("people, too").rows.len(), 2);
    assert!(service.list_keys(&ada).await.expect("and keys").len() > 1);
}
