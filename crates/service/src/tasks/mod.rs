//! Tasks: make, list, change, delete; label and review in them; and see how they stand.

mod act;
mod counts;
mod delete;
mod extend;
mod help;
mod list;
mod next;
mod patch;
mod people;
mod post;
mod progress;
mod restate;
mod submit;
mod suggest;
mod suggestion;

use std::collections::BTreeMap;

use atelier_domain::Permit;
use atelier_domain::assignment::Participant;
use atelier_domain::id::TaskId;
use atelier_store::Conn;
use atelier_store::queries::tasks;

pub use act::{ActOnAssignment, Acted};
pub use atelier_store::queries::assignment_reviews::ReviewRow;
pub use atelier_store::queries::assignments::{AssignmentRow, CountRow, SaidCountRow};
pub use atelier_store::queries::suggestions::{HelperRow, TakenCounts};
pub use atelier_store::queries::tasks::{ParticipantRow, TaskRow};
pub(crate) use extend::{Extended, open_task};
pub use help::{Help, Helping};
pub use list::TasksFilter;
pub use next::NextAssignment;
pub use patch::PatchTask;
pub use post::{Labeller, NewTask, Source};
pub use progress::{AppProgress, COMPARED, DayEnd, LabellerProgress, Progress};
pub use restate::{Restate, Restated};
pub use suggestion::Suggestion;

use crate::concepts::ConceptRow;
use crate::{Error, Result};

/// The most inputs that one task has.
pub const INPUTS: usize = 100_000;

/// The most assignments that one task has: inputs, times those who label each.
pub const ASSIGNMENTS: usize = 500_000;

/// The most people who label in one task, and the most who review in it.
pub const PEOPLE: usize = 200;

/// The most tasks that are added, changed or deleted at once.
pub const TASKS: usize = 100;

/// The most characters that instructions have, or what somebody writes beside what they do.
pub const INSTRUCTIONS: usize = 20_000;

/// Where a task can stand, by the wire's numbers.
pub mod status {
    /// It is worked on.
    pub const IN_PROGRESS: i64 = 54_001;
    /// Nothing is left to be done.
    pub const DONE: i64 = 54_002;
    /// It was given up.
    pub const WONT_DO: i64 = 54_003;
    /// It rests for a while.
    pub const IDLE: i64 = 54_006;
}

/// A task with its choices and its people.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// The task.
    pub row: TaskRow,
    /// Its choices, in their order.
    pub concepts: Vec<ConceptRow>,
    /// Who labels and reviews in it.
    pub people: Vec<ParticipantRow>,
}

impl Task {
    /// What somebody does in it.
    #[must_use]
    pub fn participant(&self, permit: &Permit) -> Participant {
        let own = self.people.iter().find(|person| person.user_id == permit.user());
        Participant {
            user: permit.user(),
            labels: own.is_some_and(|person| person.labels),
            reviews: own.is_some_and(|person| person.reviews),
        }
    }
}

/// Tasks with all that belongs to them, in their order.
async fn read(conn: &mut Conn, permit: &Permit, rows: Vec<TaskRow>) -> Result<Vec<Task>> {
    let slugs: Vec<&str> = rows.iter().map(|row| row.slug.as_str()).collect();
    let mut people: BTreeMap<TaskId, Vec<ParticipantRow>> = BTreeMap::new();
    for one in tasks::people(conn, permit, &slugs).await? {
        people.entry(one.task_id).or_default().push(one);
    }
    let mut concepts: BTreeMap<TaskId, Vec<ConceptRow>> = BTreeMap::new();
    for choice in tasks::concepts(conn, permit, &slugs).await? {
        concepts.entry(choice.task_id).or_default().push(choice.concept);
    }
    let whole = |row: TaskRow| Task {
        concepts: concepts.remove(&row.id).unwrap_or_default(),
        people: people.remove(&row.id).unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// A task with all that belongs to it.
async fn read_one(conn: &mut Conn, permit: &Permit, row: TaskRow) -> Result<Task> {
    read(conn, permit, vec![row]).await?.pop().ok_or(Error::NotFound)
}

/// One task of the permit's app.
async fn find(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Task> {
    let row = tasks::get(conn, permit, slug).await?.ok_or(Error::NotFound)?;
    read_one(conn, permit, row).await
}

fn check_count(count: usize) -> Result<()> {
    if count > TASKS {
        return Err(Error::invalid("tasks", format!("must be at most {TASKS} at once")));
    }
    Ok(())
}

fn check_text(field: &str, text: &str) -> Result<()> {
    if text.chars().count() > INSTRUCTIONS {
        return Err(Error::invalid(field, format!("must have at most {INSTRUCTIONS} characters")));
    }
    Ok(())
}
