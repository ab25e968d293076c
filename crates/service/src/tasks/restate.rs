//! Reviewing what was said within a task, of many inputs at once.

use std::collections::BTreeSet;

use atelier_domain::assignment::Act;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::assignments::{self, ReviewsFilter};

use super::{ActOnAssignment, find};
use crate::annotations::status as said;
use crate::{AppName, Error, Result, Service, Who};

/// How many assignments are reviewed in one transaction: nobody else writes meanwhile.
const AT_ONCE: usize = 100;

/// How what was said within a task is to stand.
#[derive(Clone, Debug)]
pub struct Restate {
    /// Within which task.
    pub task: String,
    /// Only what these people said, by their slugs; without any, what everybody said.
    pub labellers: Vec<String>,
    /// Only of inputs of which they said something that stands so, by the wire's numbers; without any, of all.
    pub statuses: Vec<i64>,
    /// How it is to stand: it counts, it does not, or it is to be labelled again.
    pub status: i64,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restated {
    /// How many annotations stand otherwise than before.
    pub annotations: u64,
    /// Who said them, by their slugs.
    pub labellers: BTreeSet<String>,
}

impl Service {
    /// Approves, rejects or gives back what was said within a task of the app, input by input, as far as it waits for a review
    /// by the caller: what they said themselves, what others are just looking at, and what nobody has submitted stays as it
    /// stands.
    ///
    /// Many inputs take several transactions, each of which asks whether the caller still may. Whatever interrupts this leaves
    /// each input as it was or as it is to be, and asking again goes on.
    ///
    /// # Errors
    /// When the caller may not, there is no such task, they do not review in it, nothing can be made to stand so, or it is their
    /// turn with none of what waits.
    pub async fn restate_annotations(&self, who: &Who, app: &AppName, input: &Restate) -> Result<Restated> {
        let (mut restated, mut acts, mut after) = (Restated::default(), 0_usize, (-1, -1));
        loop {
            let mut tx = self.store.write().await?;
            let endpoint = Endpoint::PatchAnnotationsStatus;
            let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
            // Whoever may not review one input may not review many.
            self.permit(&mut tx, who, app, Endpoint::PutTaskAssignments, Conditions::NONE).await?;
            let permit = &asked.permit;
            let act = review_to(input.status)?;
            let task = find(&mut tx, permit, &input.task).await?;
            task.participant(permit).reviewing().map_err(|not| Error::Conflict(not.to_string()))?;
            let task = task.row.id;
            let filter = ReviewsFilter { labellers: &input.labellers, statuses: &input.statuses, after };
            let (reviewer, now) = (permit.user(), self.world.now());
            let waiting =
                assignments::to_review_among(&mut tx, permit, task, reviewer, filter, AT_ONCE, now).await?;
            let Some(last) = waiting.last() else { return Ok(restated) };
            after = (last.key.position, last.key.place);
            let (before, mut refused) = (acts, None);
            for row in waiting {
                let Some(labeller) = row.worker_slug else { continue };
                let review = ActOnAssignment {
                    task: input.task.clone(),
                    input: row.input_slug,
                    act,
                    labellers: vec![labeller.clone()],
                    note: String::new(),
                };
                match self.act_within(&mut tx, who, app, &review).await {
                    Ok(acted) => {
                        acts += 1;
                        if acted.value.restated > 0 {
                            restated.annotations += acted.value.restated;
                            restated.labellers.insert(labeller);
                        }
                    }
                    // Somebody else was quicker; or the task is not worked on, which is so of all.
                    Err(not_now @ Error::Conflict(_)) => {
                        refused.get_or_insert(not_now);
                    }
                    Err(error) => return Err(error),
                }
            }
            match refused {
                Some(not_now) if acts == 0 => return Err(not_now),
                Some(_) if acts == before => return Ok(restated),
                _ => tx.commit().await?,
            }
        }
    }
}

/// The review after which what was said stands so.
fn review_to(status: i64) -> Result<Act> {
    match status {
        said::SUCCESS => Ok(Act::Approve),
        said::REVIEW_DENIED => Ok(Act::Reject),
        said::PENDING => Ok(Act::RequestChanges),
        _ => Err(Error::invalid(
            "status_code",
            format!(
                "must be {} (success), {} (review denied) or {} (pending): what awaits review is submitted input by input",
                said::SUCCESS,
                said::REVIEW_DENIED,
                said::PENDING
            ),
        )),
    }
}
