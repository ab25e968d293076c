//! The tasks of an app.
#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro makes public fields of the arguments, which the functions describe, of every field of a form"
)]

use atelier_domain::Region;
use atelier_domain::task::{Queue, TaskKind};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::segment;
use super::{
    apps::{App, AppPlace},
    concepts::Concept,
};
use crate::error::UiError;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It is worked on.
    InProgress,
    /// Nothing is left to be done.
    Done,
    /// It was given up.
    GivenUp,
    /// It rests for a while.
    Resting,
}

impl Standing {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::InProgress => "in progress",
            Self::Done => "done",
            Self::GivenUp => "given up",
            Self::Resting => "resting",
        }
    }
}

/// How many assignments stand in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// To be labelled.
    pub pending: i64,
    /// Waiting for a review, or for others who label the same.
    pub waiting: i64,
    /// What counts.
    pub done: i64,
    /// What does not count.
    pub rejected: i64,
    /// What was left.
    pub skipped: i64,
}

impl Counts {
    /// All of them.
    pub fn total(self) -> i64 {
        self.pending + self.waiting + self.over()
    }

    /// Those of which nothing is left to be done.
    pub fn over(self) -> i64 {
        self.done + self.rejected + self.skipped
    }
}

/// A task of the list, as far as the person is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedTask {
    /// Its identifier.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What a labeller does.
    pub does: String,
    /// Where it stands.
    pub standing: Standing,
    /// How urgent it is: 1 is low, 2 is medium, 3 is high.
    pub priority: i64,
    /// Until when it is to be done, in microseconds UTC.
    pub due_at: Option<i64>,
    /// How its assignments stand.
    pub counts: Counts,
    /// How many the person could label now; none, if they do not label in it.
    pub to_label: Option<i64>,
    /// How many they could review now; none, if they do not review in it.
    pub to_review: Option<i64>,
}

/// The tasks of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tasks {
    /// Where they stand.
    pub place: AppPlace,
    /// The tasks, the newest first.
    pub tasks: Vec<ListedTask>,
    /// Whether the person may see how the work goes on.
    pub has_progress: bool,
    /// Why the person cannot make any, if they cannot.
    pub no_addition: Option<String>,
}

/// Somebody who could take part in a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Their slug.
    pub slug: String,
    /// What they are called.
    pub name: String,
    /// Whether their access is enough to label.
    pub can_label: bool,
    /// Whether it is enough to review.
    pub can_review: bool,
}

/// Something of the app that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its identifier.
    pub slug: String,
    /// What it is called.
    pub name: String,
}

/// What a new task can be made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskMaterial {
    /// Where it will stand.
    pub place: AppPlace,
    /// The people of the app, as far as the maker sees them.
    pub people: Vec<Candidate>,
    /// The concepts of the app.
    pub concepts: Vec<Concept>,
    /// Its vocabularies.
    pub vocabs: Vec<Choice>,
    /// Its datasets.
    pub datasets: Vec<Choice>,
    /// Why the person cannot make one, if they cannot.
    pub no_addition: Option<String>,
}

/// Somebody's part in a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskPerson {
    /// What they are called; nothing, for what lies in the pool.
    pub name: String,
    /// Whether they label.
    pub labels: bool,
    /// Whether they review.
    pub reviews: bool,
    /// How what is theirs stands.
    pub counts: Counts,
}

/// The model that helps in a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskHelper {
    /// Which.
    pub model: Choice,
    /// From which probability on it suggests a concept, in a hundred.
    pub from: String,
    /// In which order inputs come.
    pub queue: Queue,
    /// Whether it has told what it finds in the inputs of the task.
    pub has_told: bool,
}

/// How a model helps in a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskHelp {
    /// The model that does, if one does.
    pub helper: Option<TaskHelper>,
    /// How often what was suggested was said so.
    pub accepted: i64,
    /// How often something else was said.
    pub corrected: i64,
    /// The models that could.
    pub models: Vec<Choice>,
    /// Why the person cannot change it, if they cannot.
    pub no_change: Option<String>,
}

/// One task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskShown {
    /// Where it stands in the app.
    pub place: AppPlace,
    /// The task itself.
    pub task: ListedTask,
    /// What its labellers are to do, as safe HTML.
    pub instructions: String,
    /// How inputs come to them.
    pub strategy: String,
    /// Who looks at what was labelled, in words.
    pub review: String,
    /// Its choices.
    pub concepts: Vec<Concept>,
    /// Who takes part.
    pub people: Vec<TaskPerson>,
    /// How a model helps in it, where one can and the person may see that.
    pub help: Option<TaskHelp>,
    /// Whether they may see how the work goes on, person by person.
    pub has_progress: bool,
    /// Why the person cannot change it, if they cannot.
    pub no_change: Option<String>,
    /// Why they cannot delete it, if they cannot.
    pub no_deletion: Option<String>,
}

/// One of a task's choices while one labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelChoice {
    /// The concept.
    pub concept: Concept,
    /// What it means.
    pub definition: String,
    /// The key that says it.
    pub key: Option<String>,
    /// Whether it is said already.
    pub said: bool,
    /// How probable a model holds it, from 0 to 1.
    pub probability: Option<f64>,
    /// Whether the model suggests it.
    pub suggested: bool,
}

/// The model that suggests what is there in the input at hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggester {
    /// The version that looked at it.
    pub version: String,
    /// What the model is called.
    pub name: String,
}

/// What somebody said of an input, while somebody else reviews it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToReview {
    /// The slug of whose it is.
    pub labeller: String,
    /// What they are called.
    pub name: String,
    /// What they said, by name.
    pub said: Vec<Concept>,
    /// The parts that they marked.
    pub drawn: Vec<Region>,
}

/// The input that is at hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkInput {
    /// How often the person handed it in before.
    pub round: i64,
    /// Its identifier.
    pub slug: String,
    /// The picture's address, its width and its height.
    pub picture: Option<(String, i64, i64)>,
    /// The text.
    pub text: Option<String>,
    /// What a reviewer asked for.
    pub remarks: Vec<String>,
    /// The parts that the person marked before.
    pub drawn: Vec<Region>,
    /// What is to be reviewed, if that is what it is at hand for.
    pub to_review: Vec<ToReview>,
}

/// The place where somebody labels or reviews.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Where it stands.
    pub place: AppPlace,
    /// The task.
    pub task: ListedTask,
    /// What its labellers are to do, as safe HTML.
    pub instructions: String,
    /// What is to be said of inputs.
    pub kind: TaskKind,
    /// The choices, in their order.
    pub choices: Vec<LabelChoice>,
    /// Which model looked at the input at hand.
    pub suggester: Option<Suggester>,
    /// The input at hand; none, if nothing is left for the person.
    pub input: Option<WorkInput>,
}

/// The page of the tasks of an app.
pub fn tasks_path(app: &App) -> String {
    format!("{}/tasks", app.path())
}

/// The page of one of them.
pub fn task_path(app: &App, task: &str) -> String {
    format!("{}/{}", tasks_path(app), segment(task))
}

/// The tasks of an app, and what the person could do in each.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to see them.
#[server(name = ListTasks, prefix = "/api", endpoint = "tasks/list")]
pub async fn list_tasks(owner: String, app: String) -> Result<Tasks, UiError> {
    server::list(&owner, &app).await
}

/// What a new task can be made of.
///
/// # Errors
/// [`UiError::NotFound`] to strangers.
#[server(name = GetTaskMaterial, prefix = "/api", endpoint = "tasks/material")]
pub async fn get_task_material(owner: String, app: String) -> Result<TaskMaterial, UiError> {
    server::material(&owner, &app).await
}

/// Makes a task, and leads to it.
///
/// `concepts` and `inputs` are lists with one on each line or between commas; `source` is `all`, `dataset` or `inputs`;
/// `review` is `none`, `manual` or `consensus`; `needed` is how many have to approve, or to say the same.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be accepted.
#[server(name = AddTask, prefix = "/api", endpoint = "tasks/add")]
pub async fn add_task(
    owner: String,
    app: String,
    name: String,
    kind: String,
    #[server(default)] instructions: String,
    #[server(default)] concepts: String,
    #[server(default)] vocab: String,
    source: String,
    #[server(default)] dataset: String,
    #[server(default)] inputs: String,
    #[server(default)] labellers: Vec<String>,
    #[server(default)] other_labellers: String,
    strategy: String,
    #[server(default)] per_input: String,
    review: String,
    #[server(default)] reviewers: Vec<String>,
    #[server(default)] other_reviewers: String,
    #[server(default)] percent: String,
    #[server(default)] needed: String,
    #[server(default)] priority: String,
    #[server(default)] due_on: String,
) -> Result<(), UiError> {
    let typed = server::TypedTask {
        name,
        kind,
        instructions,
        concepts,
        vocab,
        source,
        dataset,
        inputs,
        labellers,
        other_labellers,
        strategy,
        per_input,
        review,
        reviewers,
        other_reviewers,
        percent,
        needed,
        priority,
        due_on,
    };
    server::add(&owner, &app, typed).await
}

/// One task of an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none; [`UiError::Forbidden`] without the right to see it.
#[server(name = GetTask, prefix = "/api", endpoint = "tasks/get")]
pub async fn get_task(owner: String, app: String, task: String) -> Result<TaskShown, UiError> {
    server::get(&owner, &app, &task).await
}

/// Has a task rest, go on, or be given up: `to` is `rest`, `work` or `give-up`.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = SetTaskStanding, prefix = "/api", endpoint = "tasks/stand")]
pub async fn set_task_standing(owner: String, app: String, task: String, to: String) -> Result<(), UiError> {
    server::stand(&owner, &app, task, &to).await
}

/// Has a model of the app help in a task, or none, if `model` is empty: it suggests a concept from a probability of `from` in a
/// hundred on; `queue` is the name of a [`Queue`].
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for a model that cannot help in it.
#[server(name = SetTaskHelp, prefix = "/api", endpoint = "tasks/help")]
pub async fn set_task_help(
    owner: String,
    app: String,
    task: String,
    #[server(default)] model: String,
    #[server(default)] from: String,
    #[server(default)] queue: String,
) -> Result<(), UiError> {
    server::help(&owner, &app, &task, model, &from, &queue).await
}

/// Deletes a task, and leads to those that are left.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = DeleteTask, prefix = "/api", endpoint = "tasks/delete")]
pub async fn delete_task(owner: String, app: String, task: String) -> Result<(), UiError> {
    server::delete(&owner, &app, task).await
}

/// What is next for the person in a task: something to label, or with `reviews` something to review.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none; [`UiError::Forbidden`] without the right to.
#[server(name = GetWork, prefix = "/api", endpoint = "tasks/work")]
pub async fn get_work(owner: String, app: String, task: String, reviews: bool) -> Result<Work, UiError> {
    server::work(&owner, &app, &task, reviews).await
}

/// Says what the person chose of an input of a task, of the whole, and is done with it. Where a model had suggested something,
/// `suggested_by` is its version, and `suggested` is that: it is what counts, if they chose to `accept` it.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Conflict`] if it is not their turn.
#[server(name = SubmitLabels, prefix = "/api", endpoint = "tasks/submit")]
pub async fn submit_labels(
    owner: String,
    app: String,
    task: String,
    input: String,
    #[server(default)] chosen: Vec<String>,
    #[server(default)] suggested_by: String,
    #[server(default)] suggested: Vec<String>,
    #[server(default)] accept: String,
) -> Result<(), UiError> {
    let chosen = if accept.is_empty() { chosen } else { suggested };
    server::submit(&owner, &app, &task, &input, &chosen, &suggested_by).await
}

/// Says what the person marked in an input of a task, and is done with it: `regions` is a JSON list of what
/// [`Region`] is.
///
/// What they marked before and have taken back is said not to be there: to take away what one said is a right of its own.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Conflict`] if it is not their turn, [`UiError::Invalid`] for what
/// the task does not ask for.
#[server(name = SubmitRegions, prefix = "/api", endpoint = "tasks/submit-regions")]
pub async fn submit_regions(
    owner: String,
    app: String,
    task: String,
    input: String,
    regions: String,
) -> Result<(), UiError> {
    server::submit_regions(&owner, &app, &task, &input, &regions).await
}

/// Leaves an input of a task, and says why.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] without a reason.
#[server(name = SkipInput, prefix = "/api", endpoint = "tasks/skip")]
pub async fn skip_input(
    owner: String,
    app: String,
    task: String,
    input: String,
    note: String,
) -> Result<(), UiError> {
    server::skip(&owner, &app, task, input, note).await
}

/// Says what becomes of what somebody labelled: `act` is `approve`, `request-changes` or `reject`.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Conflict`] if it is not their turn.
#[server(name = ReviewLabels, prefix = "/api", endpoint = "tasks/review")]
pub async fn review_labels(
    owner: String,
    app: String,
    task: String,
    input: String,
    labeller: String,
    act: String,
    #[server(default)] note: String,
) -> Result<(), UiError> {
    server::review(&owner, &app, task, input, labeller, &act, note).await
}

#[cfg(feature = "ssr")]
#[path = "tasks_server.rs"]
mod server;
