//! Tasks, on both databases: who labels what, who reviews it, and what becomes of work when somebody goes.

mod labelling;
mod leaving;
mod making;
mod reach;
mod reviewing;

use atelier_domain::assignment::{Act, AssignmentState, LOCKED_FOR};
use atelier_domain::closure::closed;
use atelier_domain::task::{Review, TaskKind, WorkerStrategy};
use atelier_domain::{
    Below, Label, Labels, PatchAction, Preset, Reach, Region, Rights, Scope, ScopeSet, Shape,
};
use atelier_service::annotations::{AnnotationsFilter, NewAnnotation, PatchAnnotation, status as said};
use atelier_service::concepts::NewConcept;
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::tasks::{
    ActOnAssignment, Acted, Labeller, NewTask, PatchTask, Restate, Restated, Source, Task, TasksFilter,
    status,
};
use atelier_service::vocabs::NewVocab;
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::sharing::{give_exactly, join, people, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};

/// Ada's app with three concepts and `inputs` texts, and three labellers and a reviewer.
struct Story {
    bench: Bench,
    ada: Person,
    app: AppName,
    bo: Person,
    cy: Person,
    di: Person,
}

impl Story {
    async fn of(bench: Bench, inputs: usize) -> Self {
        let ada = bench.person("ada").await;
        let app = street_signs(&bench, &ada).await;
        let named =
            ["stop", "yield", "turn"].map(|slug| NewConcept { slug: slug.into(), ..NewConcept::default() });
        bench.service.post_concepts(&ada.who, &app, named.into()).await.unwrap();
        let texts = (0..inputs).map(|number| NewInput {
            slug: format!("note-{number:02}"),
            content: Content::Text("Stop at the sign".into()),
            metadata: None,
            place: None,
            labels: Labels::default(),
            datasets: Vec::new(),
        });
        let posted = PostInputs { inputs: texts.collect(), ..PostInputs::default() };
        if inputs > 0 {
            bench.service.post_inputs(&ada.who, &app, posted).await.unwrap();
        }
        let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
        let cy = join(&bench, &ada, &app, "cy", Preset::Worker.scopes()).await;
        let di = join(&bench, &ada, &app, "di", Preset::Reviewer.scopes()).await;
        Self { bench, ada, app, bo, cy, di }
    }

    async fn make(&self, task: NewTask) -> Result<Task> {
        let made = self.bench.service.post_tasks(&self.ada.who, &self.app, vec![task]).await?;
        Ok(made.value.into_iter().next().unwrap())
    }

    /// What each of these is to label next, as the numbers of inputs.
    async fn next(&self, who: &Who) -> Vec<usize> {
        let next = self.bench.service.next_to_label(who, &self.app, "signs").await.unwrap().value;
        let slugs: Vec<&str> = next.inputs.iter().map(|input| input.slug.as_str()).collect();
        let rows: Vec<&str> = next.assignments.iter().map(|row| row.input_slug.as_str()).collect();
        assert_eq!(slugs, rows);
        slugs.iter().map(|slug| slug.trim_start_matches("note-").parse().unwrap()).collect()
    }

    async fn to_review(&self, who: &Who) -> Vec<(String, String)> {
        let next = self.bench.service.next_to_review(who, &self.app, "signs").await.unwrap().value;
        let named = |row: &atelier_service::tasks::AssignmentRow| {
            (row.input_slug.clone(), row.worker_slug.clone().unwrap_or_default())
        };
        next.assignments.iter().map(named).collect()
    }

    async fn act(&self, who: &Who, number: usize, act: Act, note: &str) -> Result<Acted> {
        let input = ActOnAssignment {
            task: "signs".into(),
            input: format!("note-{number:02}"),
            act,
            labellers: Vec::new(),
            note: note.into(),
        };
        self.bench.service.act_on_assignment(who, &self.app, &input).await.map(|done| done.value)
    }

    async fn say(&self, who: &Who, number: usize, concept: &str) -> Result<String> {
        let said = NewAnnotation {
            input: format!("note-{number:02}"),
            labels: labels(concept),
            task: "signs".into(),
            ..NewAnnotation::default()
        };
        let rows = self.bench.service.post_annotations(who, &self.app, vec![said]).await?;
        Ok(rows[0].slug.clone())
    }

    /// Labels an input from beginning to end.
    async fn label(&self, who: &Who, number: usize, concept: &str) -> Acted {
        self.act(who, number, Act::Start, "").await.unwrap();
        self.say(who, number, concept).await.unwrap();
        self.act(who, number, Act::Submit, "").await.unwrap()
    }

    /// How what `who` said of an input stands.
    async fn stands(&self, who: &Person, number: usize) -> Vec<i64> {
        let filter = AnnotationsFilter {
            inputs: vec![format!("note-{number:02}")],
            authors: vec![who.slug.clone()],
            ..AnnotationsFilter::default()
        };
        let rows =
            self.bench.service.list_annotations(&self.ada.who, &self.app, &filter, 0, 10).await.unwrap();
        rows.iter().map(|row| row.status).collect()
    }

    async fn task(&self) -> Task {
        self.bench.service.get_task(&self.ada.who, &self.app, "signs").await.unwrap().value
    }

    /// How many assignments stand in which way, by their workers.
    async fn counts(&self) -> Vec<(Option<String>, AssignmentState, i64)> {
        let endpoint = atelier_domain::Endpoint::GetTaskInputCount;
        let counts =
            self.bench.service.task_counts(&self.ada.who, &self.app, endpoint, "signs").await.unwrap();
        counts.value.into_iter().map(|count| (count.slug, count.state, count.count)).collect()
    }
}

fn labels(concept: &str) -> Labels {
    let concepts = vec![Label { concept: concept.parse().unwrap(), value: 1.0 }];
    Labels { concepts, regions: Vec::new() }
}

/// A task of every input, for these people.
fn task(labellers: &[&str], strategy: WorkerStrategy) -> NewTask {
    NewTask {
        slug: "signs".into(),
        concepts: vec!["yield".into(), "stop".into()],
        labellers: labellers.iter().map(|slug| Labeller::new(*slug)).collect(),
        strategy,
        ..NewTask::default()
    }
}

fn reviewed(task: NewTask, percent: u8) -> NewTask {
    NewTask { review: Review::Manual { percent, approvals: 1 }, reviewers: vec!["di".into()], ..task }
}
