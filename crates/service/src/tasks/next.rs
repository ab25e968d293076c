//! What somebody is to do next in a task.

use atelier_domain::assignment::{AssignmentState, BATCH, LOCKED_FOR};
use atelier_domain::id::InputId;
use atelier_domain::{Conditions, Endpoint, Permit};
use atelier_store::Conn;
use atelier_store::queries::{assignment_reviews, assignments, inputs};

use super::{AssignmentRow, find, status};
use crate::inputs::InputRow;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What is next.
#[derive(Clone, Debug, PartialEq)]
pub struct NextAssignment {
    /// The assignments, in the order of the task: the caller's own to be labelled, or others' to be reviewed.
    pub assignments: Vec<AssignmentRow>,
    /// Their inputs, each once, in the same order.
    pub inputs: Vec<InputRow>,
    /// Whether they are to be reviewed, rather than labelled.
    pub reviews: bool,
}

impl Service {
    /// What the caller is to label next in a task of the app: at most a batch. Where inputs lie in a common pool, whoever
    /// has none left takes the next batch out of it, for as long as [`LOCKED_FOR`] after they last did something.
    ///
    /// # Errors
    /// When the caller may not, or there is no such task. Somebody who does not label in it has nothing to do.
    pub async fn next_to_label(&self, who: &Who, app: &AppName, slug: &str) -> Result<InApp<NextAssignment>> {
        let mut tx = self.store.write().await?;
        let asked =
            self.permit(&mut tx, who, app, Endpoint::ListNextTaskAssignments, Conditions::NONE).await?;
        let permit = &asked.permit;
        let task = find(&mut tx, permit, slug).await?;
        let by = task.participant(permit);
        if !by.labels || task.row.status != status::IN_PROGRESS {
            let value = with_inputs(&mut tx, permit, Vec::new(), false).await?;
            return Ok(InApp { app: asked.app, value });
        }
        let now = self.world.now();
        let mut own = assignments::pending_of(&mut tx, permit, task.row.id, by.user, BATCH).await?;
        // What was taken and has lapsed may be somebody else's in a moment.
        if own.is_empty() || own.iter().any(|row| row.pooled) {
            let until = now.plus(LOCKED_FOR);
            assignments::keep_taken(&mut tx, permit, task.row.id, by.user, until).await?;
            if own.is_empty() {
                assignments::put_back_lapsed(&mut tx, permit, task.row.id, now).await?;
                let taken =
                    assignments::take(&mut tx, permit, task.row.id, by.user, BATCH, now, until).await?;
                if taken > 0 {
                    own = assignments::pending_of(&mut tx, permit, task.row.id, by.user, BATCH).await?;
                }
            }
            let value = with_inputs(&mut tx, permit, own, false).await?;
            tx.commit().await?;
            return Ok(InApp { app: asked.app, value });
        }
        let value = with_inputs(&mut tx, permit, own, false).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// What the caller could review next in a task of the app: what others labelled and nobody else is looking at.
    ///
    /// # Errors
    /// When the caller may not, or there is no such task. Somebody who does not review in it has nothing to do.
    pub async fn next_to_review(
        &self,
        who: &Who,
        app: &AppName,
        slug: &str,
    ) -> Result<InApp<NextAssignment>> {
        let mut tx = self.store.read().await?;
        let asked =
            self.permit(&mut tx, who, app, Endpoint::ListNextTaskAssignments, Conditions::NONE).await?;
        let permit = &asked.permit;
        let task = find(&mut tx, permit, slug).await?;
        let by = task.participant(permit);
        let assignments = if by.reviews && task.row.status == status::IN_PROGRESS {
            let now = self.world.now();
            assignments::to_review(&mut tx, permit, task.row.id, by.user, BATCH, now).await?
        } else {
            Vec::new()
        };
        let value = with_inputs(&mut tx, permit, assignments, true).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// How the assignments of one input of a task of the app stand, and what reviewers said of each.
    ///
    /// # Errors
    /// When the caller may not see them, or there is no such task, or no such input in it.
    pub async fn assignments_of_input(
        &self,
        who: &Who,
        app: &AppName,
        slug: &str,
        input: &str,
    ) -> Result<Vec<(AssignmentRow, Vec<super::ReviewRow>)>> {
        let mut tx = self.store.read().await?;
        let asked =
            self.permit(&mut tx, who, app, Endpoint::ListNextTaskAssignments, Conditions::NONE).await?;
        let task = find(&mut tx, &asked.permit, slug).await?;
        let rows = assignments::of_input(&mut tx, &asked.permit, task.row.id, input).await?;
        if rows.is_empty() {
            return Err(Error::NotFound);
        }
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let reviews = match row.assignment.state {
                AssignmentState::Pending if row.round == 0 => Vec::new(),
                _ => assignment_reviews::list(&mut tx, &asked.permit, row.key).await?,
            };
            found.push((row, reviews));
        }
        Ok(found)
    }
}

/// Assignments with their inputs.
async fn with_inputs(
    conn: &mut Conn,
    permit: &Permit,
    assignments: Vec<AssignmentRow>,
    reviews: bool,
) -> Result<NextAssignment> {
    let mut ids: Vec<InputId> = Vec::with_capacity(assignments.len());
    for row in &assignments {
        if !ids.contains(&row.input) {
            ids.push(row.input);
        }
    }
    let mut found = inputs::get_all(conn, permit, &ids).await?;
    found.sort_by_key(|input| ids.iter().position(|id| *id == input.id));
    Ok(NextAssignment { assignments, inputs: found, reviews })
}
