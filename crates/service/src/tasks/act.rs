//! Labelling and reviewing: what somebody does with an input of a task.

use atelier_domain::assignment::{Act, Assignment, AssignmentState, LOCKED_FOR, consensus};
use atelier_domain::id::{AssignmentReviewId, InputId, TaskId, UserId};
use atelier_domain::task::Review;
use atelier_domain::{Condition, Conditions, Endpoint, Labels, Permit};
use atelier_store::queries::{annotations, assignment_reviews, assignments, tasks};
use atelier_store::{Event, WriteTx};

use super::{AssignmentRow, Task, check_text, find, status};
use crate::annotations::status as said;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What somebody does with an input of a task.
#[derive(Clone, Debug)]
pub struct ActOnAssignment {
    /// Of which task.
    pub task: String,
    /// Which input.
    pub input: String,
    /// What they do.
    pub act: Act,
    /// Of whose labels, if it is a review: the slugs of labellers. All that wait for a review, if none is named.
    pub labellers: Vec<String>,
    /// What they write beside it: why it is skipped, or what is to be changed.
    pub note: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Acted {
    /// The assignments that somebody did something with.
    pub assignments: Vec<AssignmentRow>,
    /// How many annotations stand otherwise than before.
    pub restated: u64,
    /// Whether nothing is left to be done in the task.
    pub is_task_done: bool,
}

impl Service {
    /// Does something with an input of a task of the app, and answers what became of it.
    ///
    /// # Errors
    /// When the caller may not, there is no such task or input, the task is not worked on, it is not the caller's turn, or
    /// what they labelled is not what the task asks for.
    pub async fn act_on_assignment(
        &self,
        who: &Who,
        app: &AppName,
        input: &ActOnAssignment,
    ) -> Result<InApp<Acted>> {
        let mut tx = self.store.write().await?;
        let acted = self.act_within(&mut tx, who, app, input).await?;
        tx.commit().await?;
        Ok(acted)
    }

    /// As [`Self::act_on_assignment`], within a transaction that does more.
    pub(super) async fn act_within(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        app: &AppName,
        input: &ActOnAssignment,
    ) -> Result<InApp<Acted>> {
        let conditions = Conditions::NONE.and(Condition::Labels, input.act.labels());
        let asked = self.permit(tx, who, app, Endpoint::PutTaskAssignments, conditions).await?;
        let permit = &asked.permit;
        check_text("note", &input.note)?;
        if input.act == Act::Skip && input.note.trim().is_empty() {
            return Err(Error::invalid("note", "must say why it is skipped"));
        }
        let task = find(tx, permit, &input.task).await?;
        if task.row.status != status::IN_PROGRESS {
            return Err(Error::Conflict("this task is not worked on just now".into()));
        }
        let rows = assignments::of_input_to_change(tx, permit, task.row.id, &input.input).await?;
        let meant = meant(permit, &rows, input)?;
        let (mut changed, mut restated) = (Vec::with_capacity(meant.len()), 0);
        for row in meant {
            restated += self.act(tx, permit, &task, row, input).await?;
            changed.push(row.key);
        }
        if input.act == Act::Submit && matches!(task.row.review, Review::Consensus { .. }) {
            restated += self.compare(tx, permit, &task, &input.input).await?;
        }
        let is_task_done = self.complete(tx, permit, &task).await?;
        let rows = assignments::of_input(tx, permit, task.row.id, &input.input).await?;
        let assignments = rows.into_iter().filter(|row| changed.contains(&row.key)).collect();
        tx.announce(Event::Data(permit.app()));
        Ok(InApp { app: asked.app, value: Acted { assignments, restated, is_task_done } })
    }

    /// Does it with one assignment; answers how many annotations stand otherwise than before.
    async fn act(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        task: &Task,
        row: &AssignmentRow,
        input: &ActOnAssignment,
    ) -> Result<u64> {
        let now = self.world.now();
        let by = task.participant(permit);
        let mut before = row.assignment.clone();
        if !input.act.labels() {
            let reviews = assignment_reviews::list(tx, permit, row.key).await?;
            let approvals = reviews.iter().filter(|one| one.round == row.round && one.act == "approve");
            before.approved_by = approvals.map(|one| one.reviewer_id).collect();
        }
        let is_sampled = task.row.review.samples(task.row.id, row.input);
        let after = before
            .after(input.act, by, task.row.review, is_sampled, now)
            .map_err(|not| Error::Conflict(not.to_string()))?;
        if input.act == Act::Submit {
            check_said(tx, permit, task, row.input).await?;
        }
        let (round, submitted_at) = match input.act {
            Act::Submit => (row.round + 1, Some(now)),
            _ => (row.round, row.submitted_at),
        };
        let reason = (input.act == Act::Skip).then_some(input.note.as_str());
        let change = assignments::AssignmentChange { assignment: &after, round, reason, submitted_at };
        assignments::update(tx, permit, row.key, &change, now).await?;
        let id = AssignmentReviewId::new(now, &self.world.salt());
        let review = assignment_reviews::NewReview {
            id,
            key: row.key,
            round: row.round,
            act: input.act,
            comment: &input.note,
        };
        assignment_reviews::insert(tx, permit, review, now).await?;
        let restated = match after.worker {
            Some(worker) => self.stand(tx, permit, task.row.id, row.input, worker, after.state).await?,
            None => 0,
        };
        if input.act.labels() {
            // Whoever works through a batch loses none of it.
            assignments::keep_taken(tx, permit, task.row.id, by.user, now.plus(LOCKED_FOR)).await?;
        }
        Ok(restated)
    }

    /// Has what somebody said of an input within a task stand as their assignment does; answers how many annotations stand
    /// otherwise than before.
    async fn stand(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        task: TaskId,
        input: InputId,
        worker: UserId,
        state: AssignmentState,
    ) -> Result<u64> {
        let number = match state {
            AssignmentState::Pending | AssignmentState::Skipped => said::PENDING,
            AssignmentState::AwaitingReview | AssignmentState::AwaitingConsensus => said::AWAITING_REVIEW,
            AssignmentState::Done => said::SUCCESS,
            AssignmentState::Rejected => said::REVIEW_DENIED,
        };
        let now = self.world.now();
        Ok(annotations::set_status_within(tx, permit, task, input, worker, number, now).await?)
    }

    /// Looks whether enough of those who labelled an input said the same; answers how many annotations stand otherwise than
    /// before.
    async fn compare(&self, tx: &mut WriteTx, permit: &Permit, task: &Task, input: &str) -> Result<u64> {
        let Review::Consensus { labellers } = task.row.review else { return Ok(0) };
        let rows = assignments::of_input_to_change(tx, permit, task.row.id, input).await?;
        let waits = |row: &&AssignmentRow| row.assignment.state == AssignmentState::AwaitingConsensus;
        let labelled: Vec<&AssignmentRow> = rows.iter().filter(waits).collect();
        let Some(first) = labelled.first() else { return Ok(0) };
        let said = assignments::said(tx, permit, task.row.id, first.input).await?;
        let of = |row: &AssignmentRow| -> Labels {
            let own = said.iter().filter(|one| Some(one.user_id) == row.assignment.worker);
            own.fold(Labels::default(), |all, one| all.merged(&one.labels))
        };
        let labels: Vec<Labels> = labelled.iter().map(|row| of(row)).collect();
        let labels: Vec<&Labels> = labels.iter().collect();
        let open = rows.iter().filter(|row| row.assignment.state == AssignmentState::Pending).count();
        let states = consensus(&labels, open, usize::from(labellers));
        let (now, mut restated) = (self.world.now(), 0);
        for (row, state) in labelled.into_iter().zip(states) {
            if state == row.assignment.state {
                continue;
            }
            let after = Assignment { state, lock: None, ..row.assignment.clone() };
            let change = assignments::AssignmentChange {
                assignment: &after,
                round: row.round,
                reason: None,
                submitted_at: row.submitted_at,
            };
            assignments::update(tx, permit, row.key, &change, now).await?;
            if let Some(worker) = after.worker {
                restated += self.stand(tx, permit, task.row.id, row.input, worker, state).await?;
            }
        }
        Ok(restated)
    }

    /// Says that a task is done, once nothing is left to be done in it; answers whether it is.
    async fn complete(&self, tx: &mut WriteTx, permit: &Permit, task: &Task) -> Result<bool> {
        if assignments::any_open(tx, permit, task.row.id).await? {
            return Ok(false);
        }
        self.stand_as(tx, permit, &task.row, status::DONE).await?;
        Ok(true)
    }

    /// The task within which the caller says `labels` of `input`: they label it there, and it is what the task asks for.
    ///
    /// # Errors
    /// When there is no such task, the input is not theirs to label in it, or the task asks for something else.
    pub(crate) async fn may_say_within(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        task: &str,
        input: InputId,
        labels: &Labels,
    ) -> Result<TaskId> {
        let unknown = || Error::invalid("task", format!("must be one of this app: `{task}` is none"));
        let row = tasks::get(tx, permit, task).await?.ok_or_else(unknown)?;
        let task = super::read_one(tx, permit, row).await?;
        let own = assignments::own(tx, permit, task.row.id, input, permit.user()).await?;
        let is_open = own.is_some_and(|row| row.assignment.state == AssignmentState::Pending);
        if !is_open || task.row.status != status::IN_PROGRESS {
            return Err(Error::invalid("task", "must be one in which this input is yours to label just now"));
        }
        let choices: Vec<String> = task.concepts.iter().map(|concept| concept.slug.clone()).collect();
        task.row.kind.check(labels, &choices).map_err(|not| Error::invalid("labels", not))?;
        Ok(task.row.id)
    }
}

/// The assignments of an input that somebody means.
fn meant<'a>(
    permit: &Permit,
    rows: &'a [AssignmentRow],
    input: &ActOnAssignment,
) -> Result<Vec<&'a AssignmentRow>> {
    if rows.is_empty() {
        return Err(Error::NotFound);
    }
    let user = permit.user();
    if input.act.labels() {
        // Their own; else one that nobody has yet; else one of which the domain says whose it is.
        let own = rows.iter().find(|row| row.assignment.worker == Some(user));
        let free = || rows.iter().find(|row| row.assignment.worker.is_none());
        return Ok(own.or_else(free).or_else(|| rows.first()).into_iter().collect());
    }
    if input.labellers.is_empty() {
        let waits = |row: &&AssignmentRow| {
            row.assignment.state == AssignmentState::AwaitingReview && row.assignment.worker != Some(user)
        };
        let waiting: Vec<&AssignmentRow> = rows.iter().filter(waits).collect();
        // Where none waits, the domain says why.
        return Ok(if waiting.is_empty() { rows.iter().take(1).collect() } else { waiting });
    }
    let of = |slug: &String| {
        let row = rows.iter().find(|row| row.worker_slug.as_ref() == Some(slug));
        row.ok_or_else(|| Error::invalid("workers", format!("must label this input: `{slug}` does not")))
    };
    input.labellers.iter().map(of).collect()
}

/// Checks that what the caller said of an input within a task is what it asks for.
async fn check_said(tx: &mut WriteTx, permit: &Permit, task: &Task, input: InputId) -> Result<()> {
    let choices: Vec<String> = task.concepts.iter().map(|concept| concept.slug.clone()).collect();
    let said = assignments::said(tx, permit, task.row.id, input).await?;
    for one in said.iter().filter(|one| one.user_id == permit.user()) {
        task.row.kind.check(&one.labels, &choices).map_err(|not| Error::invalid("labels", not))?;
    }
    Ok(())
}
