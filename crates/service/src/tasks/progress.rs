//! How the work in a task goes on, and how far its people agree.

use std::collections::BTreeMap;

use atelier_domain::assignment::AssignmentState;
use atelier_domain::id::{InputId, TaskId, UserId};
use atelier_domain::team::{TeamAgreement, agreement};
use atelier_domain::{Conditions, Endpoint, Labels, Permit};
use atelier_store::Conn;
use atelier_store::queries::task_progress::{self, ChangedRow, SharedRow};

use super::{Task, find};
use crate::annotations::status as said;
use crate::{AppName, InApp, Result, Service, Who};

/// Of how many inputs that several people labelled is looked at how far they agree.
pub const COMPARED: i64 = 500;

/// What counts as said: what stands, and what waits for others.
const SAID: [i64; 2] = [said::SUCCESS, said::AWAITING_REVIEW];

/// How a task stood at the end of a day, by when what stands now came to stand so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayEnd {
    /// The day, counted from 1970-01-01 UTC.
    pub day: i64,
    /// Of how many assignments nothing was left to be done.
    pub over: i64,
    /// How many waited for a review or for other labellers.
    pub waiting: i64,
    /// How many were still to be labelled.
    pub left: i64,
}

/// The work of one labeller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabellerProgress {
    /// Who.
    pub user_id: UserId,
    /// What they are called.
    pub name: String,
    /// How many assignments they submitted.
    pub submitted: i64,
    /// On how many days.
    pub days: i64,
    /// How many of these a reviewer approved, as they were submitted last.
    pub approved: i64,
    /// Of how many one asked for changes.
    pub returned: i64,
    /// How many one rejected.
    pub rejected: i64,
}

/// How the work in a task goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The task.
    pub task: Task,
    /// How it stood day by day, from the first on which something was done to the last.
    pub course: Vec<DayEnd>,
    /// Its labellers, those who submitted most first.
    pub labellers: Vec<LabellerProgress>,
    /// In how many inputs each of its concepts was said to be there: by their identifiers, in the order of its choices.
    pub concepts: Vec<(String, i64)>,
    /// How far people agree, of at most [`COMPARED`] inputs that several labelled.
    pub agreement: TeamAgreement,
    /// What the people are called between whom it was compared.
    pub names: BTreeMap<UserId, String>,
}

/// How the work in all tasks of an app goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppProgress {
    /// How they stood day by day, taken together.
    pub course: Vec<DayEnd>,
    /// The labellers, those who submitted most first.
    pub labellers: Vec<LabellerProgress>,
    /// In how many inputs concepts were said to be there, by their identifiers, the most frequent first.
    pub concepts: Vec<(String, i64)>,
}

impl Service {
    /// How the work in a task of the app goes on, labeller by labeller.
    ///
    /// # Errors
    /// When the caller may not see it, or there is no such task.
    pub async fn task_progress(&self, who: &Who, app: &AppName, slug: &str) -> Result<InApp<Progress>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ViewTaskProgress, Conditions::NONE).await?;
        let permit = &asked.permit;
        let task = find(&mut tx, permit, slug).await?;
        let id = task.row.id;
        let changed = task_progress::changed(&mut tx, permit, Some(id)).await?;
        let labellers = labellers(&mut tx, permit, Some(id)).await?;
        let named = task_progress::named(&mut tx, permit, Some(id), SAID).await?;
        let named: BTreeMap<String, i64> = named.into_iter().map(|row| (row.concept, row.count)).collect();
        let concepts = task.concepts.iter().map(|concept| {
            let count = named.get(&concept.slug).copied().unwrap_or_default();
            (concept.slug.clone(), count)
        });
        let shared = task_progress::shared(&mut tx, permit, id, SAID, COMPARED).await?;
        let (said, names) = by_person(shared);
        let choices: Vec<&str> = task.concepts.iter().map(|concept| concept.slug.as_str()).collect();
        let value = Progress {
            course: course(&changed),
            labellers,
            concepts: concepts.collect(),
            agreement: agreement(&said, &choices),
            names,
            task,
        };
        Ok(InApp { app: asked.app, value })
    }

    /// How the work in all tasks of the app goes on.
    ///
    /// # Errors
    /// When the caller may not see it.
    pub async fn app_progress(&self, who: &Who, app: &AppName) -> Result<InApp<AppProgress>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ViewTaskProgress, Conditions::NONE).await?;
        let permit = &asked.permit;
        let changed = task_progress::changed(&mut tx, permit, None).await?;
        let labellers = labellers(&mut tx, permit, None).await?;
        let named = task_progress::named(&mut tx, permit, None, SAID).await?;
        let mut concepts: Vec<(String, i64)> =
            named.into_iter().map(|row| (row.concept, row.count)).collect();
        concepts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        let value = AppProgress { course: course(&changed), labellers, concepts };
        Ok(InApp { app: asked.app, value })
    }
}

/// What each person did within one task of the permit's app or all, those who submitted most first.
async fn labellers(conn: &mut Conn, permit: &Permit, task: Option<TaskId>) -> Result<Vec<LabellerProgress>> {
    let mut labellers: BTreeMap<UserId, LabellerProgress> = BTreeMap::new();
    for row in task_progress::submitted(conn, permit, task).await? {
        let own = labellers.entry(row.worker_id).or_insert_with(|| LabellerProgress {
            user_id: row.worker_id,
            name: row.name.clone(),
            submitted: 0,
            days: 0,
            approved: 0,
            returned: 0,
            rejected: 0,
        });
        own.submitted += row.count;
        own.days += 1;
    }
    for row in task_progress::reviewed(conn, permit, task).await? {
        let Some(own) = labellers.get_mut(&row.worker_id) else { continue };
        match row.act.as_str() {
            "approve" => own.approved += row.count,
            "reject" => own.rejected += row.count,
            _ => own.returned += row.count,
        }
    }
    let mut labellers: Vec<LabellerProgress> = labellers.into_values().collect();
    labellers
        .sort_by(|one, other| other.submitted.cmp(&one.submitted).then_with(|| one.name.cmp(&other.name)));
    Ok(labellers)
}

/// What each said of each input, of however many annotations, and what they are called.
fn by_person(rows: Vec<SharedRow>) -> (BTreeMap<(InputId, UserId), Labels>, BTreeMap<UserId, String>) {
    let mut said: BTreeMap<(InputId, UserId), Labels> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for row in rows {
        let own = said.entry((row.input_id, row.user_id)).or_default();
        *own = own.merged(&row.labels);
        names.insert(row.user_id, row.name);
    }
    (said, names)
}

/// How a task stood at the end of each day on which something was done, by when what stands now came to stand so. Those
/// that nobody touched stand as they did from the beginning.
fn course(changed: &[ChangedRow]) -> Vec<DayEnd> {
    let total: i64 = changed.iter().map(|row| row.count).sum();
    let mut course: Vec<DayEnd> = Vec::new();
    for row in changed {
        let before = course.last().copied().unwrap_or_default();
        if before.day != row.day || course.is_empty() {
            course.push(DayEnd { day: row.day, ..before });
        }
        let Some(today) = course.last_mut() else { continue };
        match row.state {
            AssignmentState::Pending => {}
            AssignmentState::AwaitingReview | AssignmentState::AwaitingConsensus => {
                today.waiting += row.count
            }
            AssignmentState::Done | AssignmentState::Rejected | AssignmentState::Skipped => {
                today.over += row.count;
            }
        }
        today.left = total - today.over - today.waiting;
    }
    course
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(day: i64, state: AssignmentState, count: i64) -> ChangedRow {
        ChangedRow { day, state, count }
    }

    #[test]
    fn each_day_ends_with_what_was_done_until_then() {
        let changed = [
            row(10, AssignmentState::Pending, 5),
            row(11, AssignmentState::Done, 2),
            row(13, AssignmentState::AwaitingReview, 1),
            row(13, AssignmentState::Skipped, 1),
        ];
        let end = |day, over, waiting, left| DayEnd { day, over, waiting, left };
        assert_eq!(course(&changed), [end(10, 0, 0, 9), end(11, 2, 0, 7), end(13, 3, 1, 5)]);
        assert_eq!(course(&[]), []);
    }
}
