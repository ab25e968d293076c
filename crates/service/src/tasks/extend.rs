//! Adding inputs to tasks that are not over.

use std::collections::{BTreeMap, BTreeSet};

use atelier_domain::partition::partition_behind;
use atelier_domain::task::WorkerStrategy;
use atelier_domain::{Medium, Permit};
use atelier_store::WriteTx;
use atelier_store::queries::annotations::TargetRow;
use atelier_store::queries::task_assignments::{self, NewAssignment};
use atelier_store::queries::{annotations, assignments, suggestions, tasks};

use super::{ASSIGNMENTS, INPUTS, ParticipantRow, Task, TaskRow, read_one, status};
use crate::{Error, Result, Service};

/// What became of an input that was to be added to a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Extended {
    /// It is there to be labelled.
    Added,
    /// It was in the task already.
    Held,
    /// It cannot be added, because.
    Refused(String),
}

impl Service {
    /// Adds those of the inputs `slugs` that are there to a task of the permit's app, as if it had been made with them:
    /// they are divided up among those who label now, go to each of them, or lie in the pool, and are reviewed like the
    /// others. A task in which nothing was left to be done is worked on again.
    ///
    /// # Errors
    /// When there is no such task, or it was given up.
    pub(crate) async fn extend_task(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        slug: &str,
        slugs: &[&str],
    ) -> Result<BTreeMap<String, Extended>> {
        let task = open_task(tx, permit, slug).await?;
        let held: BTreeSet<String> = task_assignments::held(tx, permit, task.row.id, slugs).await?;
        let mut targets = annotations::targets(tx, permit, slugs).await?;
        // As when it is made: the oldest first.
        targets.sort_by_key(|target| target.id);
        let before = task_assignments::positions(tx, permit, task.row.id).await?;
        let labellers: Vec<&ParticipantRow> = task.people.iter().filter(|person| person.labels).collect();
        let per_input = per_input(&task, labellers.len());
        let most = INPUTS.min(ASSIGNMENTS / per_input.max(1)).saturating_sub(before);
        let mut became = BTreeMap::new();
        let mut added: Vec<&TargetRow> = Vec::with_capacity(targets.len());
        for target in &targets {
            let what = if held.contains(&target.slug) {
                Extended::Held
            } else if let Some(why) = misfit(&task, target) {
                Extended::Refused(why)
            } else if added.len() >= most {
                Extended::Refused("the task has as many inputs as one can have".into())
            } else {
                added.push(target);
                Extended::Added
            };
            became.insert(target.slug.clone(), what);
        }
        let turns = turns(task.row.strategy, before, added.len(), &labellers, per_input);
        let of_input = |(index, target): (usize, &&TargetRow)| {
            let turns = turns.get(index).cloned().unwrap_or_default();
            let input = target.id;
            (0..per_input).map(move |place| NewAssignment {
                position: before + index,
                place,
                input,
                turn: turns.get(place).copied(),
            })
        };
        let new: Vec<NewAssignment> = added.iter().enumerate().flat_map(of_input).collect();
        task_assignments::insert(tx, permit, task.row.id, &new, self.world.now()).await?;
        suggestions::look_again(tx, permit, task.row.id).await?;
        if !new.is_empty() && task.row.status == status::DONE {
            self.stand_as(tx, permit, &task.row, status::IN_PROGRESS).await?;
        }
        Ok(became)
    }

    /// Takes those of the inputs `slugs` out of a task of the permit's app with which nobody has begun; answers which.
    ///
    /// # Errors
    /// When there is no such task.
    pub(crate) async fn shorten_task(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        slug: &str,
        slugs: &[&str],
    ) -> Result<BTreeSet<String>> {
        let row = tasks::get_to_change(tx, permit, slug).await?.ok_or(Error::NotFound)?;
        let withdrawn = task_assignments::withdraw(tx, permit, row.id, slugs).await?;
        let is_over = !withdrawn.is_empty()
            && row.status == status::IN_PROGRESS
            && !assignments::any_open(tx, permit, row.id).await?;
        if is_over {
            self.stand_as(tx, permit, &row, status::DONE).await?;
        }
        Ok(withdrawn)
    }

    /// Has a task stand so.
    pub(super) async fn stand_as(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        row: &TaskRow,
        status: i64,
    ) -> Result<()> {
        let change = tasks::TaskChange {
            name: &row.name,
            instructions: &row.instructions,
            priority: row.priority,
            due_at: row.due_at,
            metadata: row.metadata.as_ref(),
            status,
        };
        Ok(tasks::update(tx, permit, row.id, &change, self.world.now()).await?)
    }
}

/// A task of the permit's app that takes inputs, which nobody else changes until the transaction ends.
///
/// # Errors
/// When there is none of that name, or it was given up.
pub(crate) async fn open_task(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Task> {
    let row = tasks::get_to_change(tx, permit, slug).await?.ok_or(Error::NotFound)?;
    if row.status == status::WONT_DO {
        return Err(Error::Conflict(format!("the task `{slug}` was given up")));
    }
    read_one(tx, permit, row).await
}

/// How many people label each input that is added: as many as each that the task has, and where everybody does, all who
/// label now. Somebody may have come since it was made.
fn per_input(task: &Task, labellers: usize) -> usize {
    let made_with = usize::try_from(task.row.per_input).unwrap_or_default();
    match task.row.strategy {
        WorkerStrategy::Full => made_with.max(labellers),
        WorkerStrategy::Partitioned | WorkerStrategy::Dynamic => made_with,
    }
}

/// Why an input is none that the task could be about.
fn misfit(task: &Task, target: &TargetRow) -> Option<String> {
    let asked = task.row.kind.medium().filter(|medium| *medium != target.kind)?;
    let about = match asked {
        Medium::Image => "pictures",
        Medium::Text => "texts",
    };
    Some(format!("the task is about {about}"))
}

/// Who labels each of the inputs that come behind those that the task has, by their turns; nobody yet, where they lie in
/// the pool.
fn turns(
    strategy: WorkerStrategy,
    before: usize,
    inputs: usize,
    labellers: &[&ParticipantRow],
    per_input: usize,
) -> Vec<Vec<usize>> {
    // Who left has left their turn open.
    let turn = |place: usize| labellers.get(place).and_then(|one| usize::try_from(one.turn).ok());
    match strategy {
        WorkerStrategy::Partitioned => {
            let weights: Vec<u32> =
                labellers.iter().map(|one| u32::try_from(one.weight).unwrap_or_default()).collect();
            let parts = partition_behind(before, inputs, &weights, per_input);
            parts.into_iter().map(|part| part.into_iter().filter_map(turn).collect()).collect()
        }
        WorkerStrategy::Full => vec![(0..labellers.len()).filter_map(turn).collect(); inputs],
        WorkerStrategy::Dynamic => Vec::new(),
    }
}
