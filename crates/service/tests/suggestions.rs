//! Models that help in tasks: what they suggest, to whom, and what is taken of it.

use atelier_domain::task::{Queue, TaskKind, WorkerStrategy};
use atelier_domain::time::SECOND;
use atelier_domain::{Endpoint, Label, Labels, PatchAction, Preset, Rights, Scope, ScopeSet};
use atelier_service::annotations::{AnnotationRow, AnnotationsFilter};
use atelier_service::batches::{Act, BatchState, Chosen, NewBatch};
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::models::DeleteModels;
use atelier_service::tasks::{Help, Helping, Labeller, NewTask, PatchTask, Source, Suggestion, status};
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::sharing::{give_exactly, join, street_signs};
use atelier_testkit::topics::{TOPICS, add_topics, train_topics};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    what_a_model_suggests_is_seen_taken_or_corrected_and_marked_so,
    the_least_certain_comes_first_if_that_is_wanted,
    a_newer_version_tells_anew_of_what_is_still_to_be_labelled,
    what_is_new_is_told_and_nothing_while_a_task_rests,
    a_model_that_goes_takes_its_suggestions_along,
    whoever_may_not_ask_models_cannot_have_them_help,
}

/// What is to be labelled: about a cat, about money, about neither.
const NEW: [(&str, &str); 3] = [
    ("new-cat", "The kitten sleeps beside the old cat."),
    ("new-bank", "The bank raised interest rates on savings."),
    ("new-rain", "It will rain on Thursday."),
];

/// Ada's app with texts that are labelled and three that are not, a model that learned from the former, and a task in which
/// Bo is to label the latter.
struct Lab {
    bench: Bench,
    ada: Person,
    bo: Person,
    app: AppName,
}

fn labels(said: &[&str]) -> Labels {
    let concepts = said.iter().map(|slug| Label { concept: slug.parse().unwrap(), value: 1.0 });
    Labels { concepts: concepts.collect(), regions: Vec::new() }
}

fn help(queue: Queue) -> Help {
    Help { model: TOPICS.into(), from: 0.5, queue }
}

impl Lab {
    async fn open(bench: Bench) -> Self {
        let ada = bench.person("ada").await;
        let app = street_signs(&bench, &ada).await;
        let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
        let lab = Self { bench, ada, bo, app };
        add_topics(&lab.bench, &lab.ada.who, &lab.app).await;
        lab.add(NEW.iter().map(|(slug, text)| (*slug, *text, Labels::default()))).await;
        let task = NewTask {
            slug: "sort".into(),
            name: "Sort".into(),
            kind: TaskKind::Classification,
            concepts: vec!["bank".into(), "cat".into()],
            source: Source::Inputs(NEW.map(|(slug, _)| slug.to_owned()).into()),
            labellers: vec![Labeller::new("bo")],
            strategy: WorkerStrategy::Partitioned,
            ..NewTask::default()
        };
        lab.bench.service.post_tasks(&lab.ada.who, &lab.app, vec![task]).await.unwrap();
        lab
    }

    async fn add<'a>(&self, texts: impl Iterator<Item = (&'a str, &'a str, Labels)>) {
        let inputs = texts.map(|(slug, text, labels)| NewInput {
            slug: slug.into(),
            content: Content::Text(text.into()),
            metadata: None,
            place: None,
            labels,
            datasets: Vec::new(),
        });
        let inputs = PostInputs { inputs: inputs.collect(), ..PostInputs::default() };
        self.bench.service.post_inputs(&self.ada.who, &self.app, inputs).await.unwrap();
    }

    async fn train(&self) -> String {
        train_topics(&self.bench, &self.ada.who, &self.app).await
    }

    /// Trains the model, has it help, and it tells what it finds; answers its version.
    async fn begin(&self, queue: Queue) -> String {
        let version = self.train().await;
        while self.bench.service.embed_some().await.unwrap() > 0 {}
        self.help(&self.ada.who, Some(&help(queue))).await.unwrap();
        assert_eq!(self.bench.service.suggest_some().await, Ok(NEW.len()));
        version
    }

    async fn help(&self, who: &Who, help: Option<&Help>) -> Result<()> {
        self.bench.service.help_in_task(who, &self.app, "sort", help).await
    }

    async fn helping(&self) -> Helping {
        self.bench.service.task_help(&self.ada.who, &self.app, "sort").await.unwrap().value
    }

    async fn suggestion(&self, input: &str) -> Option<Suggestion> {
        self.bench.service.suggestion(&self.bo.who, &self.app, "sort", input).await.unwrap()
    }

    /// Adds an input to the task.
    async fn assign(&self, input: &str) {
        let chosen = Chosen::Named(vec![input.to_owned()]);
        let batch = NewBatch { act: Act::Assign, subject: "sort".into(), chosen };
        let begun = self.bench.service.begin_batch(&self.ada.who, &self.app, &batch).await.unwrap();
        for _ in 0..2_000 {
            let all = self.bench.service.list_batches(&self.ada.who, &self.app).await.unwrap();
            if all.iter().any(|batch| batch.row.id == begun.id && batch.row.state == BatchState::Done) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("it does not end");
    }

    async fn next(&self) -> Vec<String> {
        let next = self.bench.service.next_to_label(&self.bo.who, &self.app, "sort").await.unwrap().value;
        next.inputs.into_iter().map(|input| input.slug).collect()
    }

    async fn submit(&self, input: &str, said: &[&str], version: Option<&str>) {
        let service = &self.bench.service;
        service.submit_labels(&self.bo.who, &self.app, "sort", input, labels(said), version).await.unwrap();
    }

    /// What is said of an input within the task.
    async fn said(&self, input: &str) -> AnnotationRow {
        let of_this = AnnotationsFilter {
            inputs: vec![input.into()],
            task: Some("sort".into()),
            ..AnnotationsFilter::default()
        };
        let service = &self.bench.service;
        service.list_annotations(&self.ada.who, &self.app, &of_this, 0, 9).await.unwrap().remove(0)
    }
}

async fn what_a_model_suggests_is_seen_taken_or_corrected_and_marked_so(bench: Bench) {
    let lab = Lab::open(bench).await;
    assert_eq!(lab.helping().await.helper, None);
    let version = lab.begin(Queue::InTurn).await;
    let helper = lab.helping().await.helper.unwrap();
    assert_eq!((helper.model.as_str(), helper.from_value), ("topics", 0.5));
    assert_eq!(helper.told_by.unwrap().to_string(), version);

    let of_cat = lab.suggestion("new-cat").await.unwrap();
    assert_eq!((of_cat.version.as_str(), of_cat.name.as_str()), (version.as_str(), "topics"));
    assert_eq!(of_cat.concepts().collect::<Vec<_>>(), ["cat"]);
    // In the order of the choices, and all that the model knows of them.
    let slugs: Vec<&str> = of_cat.found.iter().map(|(slug, _)| slug.as_str()).collect();
    assert_eq!(slugs, ["bank", "cat"]);
    let sum: f64 = of_cat.found.iter().map(|(_, value)| value).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{of_cat:?}");
    let of_bank = lab.suggestion("new-bank").await.unwrap();
    assert_eq!(of_bank.concepts().collect::<Vec<_>>(), ["bank"]);
    assert_eq!(lab.suggestion("cat-0").await, None, "that is none of the task");

    lab.submit("new-cat", &["cat"], Some(&version)).await;
    lab.submit("new-bank", &["cat"], Some(&version)).await;
    lab.submit("new-rain", &[], None).await;
    let taken = lab.helping().await.taken;
    assert_eq!((taken.accepted, taken.corrected), (1, 1));
    for input in ["new-cat", "new-bank"] {
        let by = lab.said(input).await.suggested_by.map(|by| by.to_string());
        assert_eq!(by.as_deref(), Some(version.as_str()), "{input}");
    }
    let by_version = AnnotationsFilter { versions: vec![version.clone()], ..AnnotationsFilter::default() };
    let service = &lab.bench.service;
    let said = service.list_annotations(&lab.ada.who, &lab.app, &by_version, 0, 9).await.unwrap();
    let of: Vec<&str> = said.iter().map(|row| row.input_slug.as_str()).collect();
    assert_eq!(of, ["new-cat", "new-bank"]);
    assert_eq!(lab.said("new-rain").await.suggested_by, None, "nobody had seen what was suggested");
}

async fn the_least_certain_comes_first_if_that_is_wanted(bench: Bench) {
    let lab = Lab::open(bench).await;
    let given = NEW.map(|(slug, _)| slug);
    lab.begin(Queue::LeastCertain).await;
    let mut by_margin = Vec::new();
    for slug in given {
        let found = lab.suggestion(slug).await.unwrap().found;
        by_margin.push(((found[0].1 - found[1].1).abs(), slug));
    }
    by_margin.sort_by(|one, other| one.0.total_cmp(&other.0));
    let expected: Vec<&str> = by_margin.iter().map(|(_, slug)| *slug).collect();
    assert_eq!(expected[0], "new-rain", "it is about neither: {by_margin:?}");
    assert_eq!(lab.next().await, expected);
    lab.help(&lab.ada.who, Some(&help(Queue::InTurn))).await.unwrap();
    assert_eq!(lab.next().await, given);
    // What was told is still known: it is in order before anything is told anew.
    lab.help(&lab.ada.who, Some(&help(Queue::LeastCertain))).await.unwrap();
    assert_eq!(lab.next().await, expected);
    lab.help(&lab.ada.who, None).await.unwrap();
    assert_eq!(lab.next().await, given);
    assert_eq!(lab.suggestion("new-cat").await, None);
}

async fn a_newer_version_tells_anew_of_what_is_still_to_be_labelled(bench: Bench) {
    let lab = Lab::open(bench).await;
    let old = lab.begin(Queue::InTurn).await;
    lab.submit("new-rain", &["bank"], None).await;
    lab.bench.clock.advance(SECOND);
    let new = lab.train().await;
    assert_eq!(lab.bench.service.suggest_some().await, Ok(2), "one is labelled already");
    assert_eq!(lab.bench.service.suggest_some().await, Ok(0));
    assert_eq!(lab.suggestion("new-cat").await.unwrap().version, new);
    // What the older one had suggested cannot be compared any more.
    lab.submit("new-cat", &["cat"], Some(&old)).await;
    assert_eq!(lab.said("new-cat").await.suggested_by, None);
    lab.submit("new-bank", &["bank"], Some(&new)).await;
    assert_eq!(lab.helping().await.taken.accepted, 1);
}

async fn what_is_new_is_told_and_nothing_while_a_task_rests(bench: Bench) {
    let lab = Lab::open(bench).await;
    let service = &lab.bench.service;
    lab.help(&lab.ada.who, Some(&help(Queue::InTurn))).await.unwrap();
    assert_eq!(service.suggest_some().await, Ok(0), "the model was never trained");
    assert_eq!(lab.helping().await.helper.unwrap().told_by, None);
    let stand = async |status| {
        let change = PatchTask { slug: "sort".into(), status: Some(status), ..PatchTask::default() };
        service.patch_tasks(&lab.ada.who, &lab.app, PatchAction::Merge, vec![change]).await.unwrap();
    };
    stand(status::IDLE).await;
    // The training has inputs looked at, these among them.
    lab.train().await;
    assert_eq!(service.suggest_some().await, Ok(0), "the task rests");
    stand(status::IN_PROGRESS).await;
    assert_eq!(service.suggest_some().await, Ok(NEW.len()));
    lab.bench.clock.advance(SECOND);
    assert_eq!(service.suggest_some().await, Ok(0));

    // One that comes into the task before it was looked at, and one after.
    let later = ["later-1", "later-2"].map(|slug| (slug, "A cat and her kittens.", Labels::default()));
    lab.add(later.iter().take(1).cloned()).await;
    lab.assign("later-1").await;
    lab.bench.clock.advance(SECOND);
    assert_eq!(service.suggest_some().await, Ok(0), "nobody has looked at it");
    assert_eq!(service.embed_some().await, Ok(1));
    lab.bench.clock.advance(SECOND);
    assert_eq!(service.suggest_some().await, Ok(1));
    lab.add(later.iter().skip(1).cloned()).await;
    assert_eq!(service.embed_some().await, Ok(1));
    lab.bench.clock.advance(SECOND);
    assert_eq!(service.suggest_some().await, Ok(0), "it is in no task");
    lab.assign("later-2").await;
    lab.bench.clock.advance(SECOND);
    assert_eq!(service.suggest_some().await, Ok(1));
    let suggested = lab.suggestion("later-2").await.unwrap();
    assert_eq!(suggested.concepts().collect::<Vec<_>>(), ["cat"]);
}

async fn a_model_that_goes_takes_its_suggestions_along(bench: Bench) {
    let lab = Lab::open(bench).await;
    let service = &lab.bench.service;
    let version = lab.begin(Queue::LeastCertain).await;
    lab.submit("new-cat", &["cat"], Some(&version)).await;
    let named = DeleteModels::Named(vec!["topics".into()]);
    service.delete_models(&lab.ada.who, &lab.app, Endpoint::DeleteModels, &named).await.unwrap();
    let helping = lab.helping().await;
    assert_eq!((helping.helper, helping.taken.accepted), (None, 1), "how often it was right stays known");
    assert_eq!(lab.said("new-cat").await.suggested_by, None);
    assert_eq!(lab.suggestion("new-bank").await, None);
    assert_eq!(lab.next().await, ["new-bank", "new-rain"]);
    assert_eq!(service.suggest_some().await, Ok(0));
}

async fn whoever_may_not_ask_models_cannot_have_them_help(bench: Bench) {
    let lab = Lab::open(bench).await;
    let lead = join(&lab.bench, &lab.ada, &lab.app, "cy", Preset::LabellingLead.scopes()).await;
    let refused = |error: Error| forbidden(error).0;
    let help = help(Queue::InTurn);
    assert!(refused(lab.help(&lab.bo.who, Some(&help)).await.unwrap_err()).contains(Scope::TasksAdd));
    assert!(refused(lab.help(&lead.who, Some(&help)).await.unwrap_err()).contains(Scope::Predict));
    give_exactly(&lab.bench, &lab.ada, &lab.app, lead.id, {
        let scopes = Endpoint::PatchTasks.needs().union(Endpoint::PostModelOutputs.needs());
        Rights::of(scopes)
    })
    .await;
    lab.help(&lead.who, Some(&help)).await.unwrap();

    let cannot = async |help: Help| invalid(lab.help(&lab.ada.who, Some(&help)).await.unwrap_err()).0;
    assert_eq!(cannot(Help { model: "none".into(), ..help.clone() }).await, "model");
    for from in [0.0, 1.0, -0.5, f64::NAN] {
        assert_eq!(cannot(Help { from, ..help.clone() }).await, "from", "{from}");
    }
    // Whoever sees no models sees no suggestions, and no helper.
    let without = Endpoint::ViewSuggestions.needs().minus(ScopeSet::of(&[Scope::ModelsGet]));
    give_exactly(&lab.bench, &lab.ada, &lab.app, lead.id, Rights::of(without)).await;
    let service = &lab.bench.service;
    let unseen = service.suggestion(&lead.who, &lab.app, "sort", "new-cat").await.unwrap_err();
    assert!(refused(unseen).contains(Scope::ModelsGet));
    let unseen = service.task_help(&lead.who, &lab.app, "sort").await.unwrap_err();
    assert!(refused(unseen).contains(Scope::ModelsGet));
    let stranger = lab.bench.person("di").await;
    assert_eq!(lab.help(&stranger.who, None).await, Err(Error::NotFound));
}
