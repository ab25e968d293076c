//! What is done to many inputs at once: a concept is said of them or taken out of what is said, they are put into a
//! dataset, added to a task, or deleted.
//!
//! It is done beside requests, part by part. Each part is one transaction that holds the batch, asks anew whether whoever
//! began it may, by what they showed then, does some inputs, and notes how far it has come: so nobody waits long for the
//! one writer, a server that is killed leaves nothing half done, any other goes on, and no two do the same twice. What
//! could not be done is noted input by input, and what was done as far as it takes to undo it.

mod assign;
mod begin;
mod change;
mod list;
mod run;
mod say;
mod taken;
mod undo;

use atelier_domain::time::{DAY, HOUR, MINUTE};
use atelier_domain::{Condition, Conditions, Endpoint, ResourceId};
use atelier_store::queries::batches;

pub use atelier_store::queries::batch_items::{ItemRow, ItemState};
pub use atelier_store::queries::batches::{Act, BatchRow, BatchState};
pub use begin::{Chosen, NewBatch};
pub use list::Batch;

use crate::{Error, Origin, Result, Service, Who};

/// The most inputs that are named.
pub const NAMED: usize = 10_000;

/// The most inputs that are found.
const FOUND: usize = 1_000_000;

/// To how many inputs something is done in one transaction: nobody else writes meanwhile.
const AT_ONCE: usize = 100;

/// After how long without coming on a batch is taken up by another server: much longer than one part takes.
const LEFT: i64 = MINUTE;

/// For how long those that ended are shown to whoever began them.
const SHOWN: i64 = HOUR;

/// For how long it is kept what became of each input.
const KEPT: i64 = 30 * DAY;

/// As whom a batch goes on.
fn who(row: &BatchRow) -> Result<Who> {
    let origin = Origin { address: row.address.clone(), user_agent: row.user_agent.clone() };
    Ok(Who { proof: Some(row.proof()?), origin })
}

/// What has to be permitted for it to be done.
fn needed(act: Act) -> (Endpoint, Conditions) {
    match act {
        Act::Say | Act::Deny => (Endpoint::PostAnnotations, Conditions::NONE),
        Act::Unsay => {
            let removes = Conditions::NONE.and(Condition::RemovesOrOverwrites, true);
            (Endpoint::PatchAnnotations, removes)
        }
        Act::Put => (Endpoint::PostDatasetInputs, Conditions::NONE),
        Act::Assign => (Endpoint::PatchTasks, Conditions::NONE),
        Act::Delete => (Endpoint::DeleteInputs, Conditions::NONE),
    }
}

/// What has to be permitted for it to be undone; nothing, if it cannot be.
#[must_use]
pub fn undone_by(act: Act) -> Option<Endpoint> {
    match act {
        Act::Say | Act::Deny => Some(Endpoint::DeleteAnnotations),
        Act::Put => Some(Endpoint::DeleteDatasetInputs),
        Act::Assign => Some(Endpoint::PatchTasks),
        // What was taken out is said again.
        Act::Unsay => Some(Endpoint::PostAnnotations),
        Act::Delete => None,
    }
}

/// The concept by which something is done.
fn concept(subject: &str) -> Result<ResourceId> {
    subject.parse().map_err(|error| Error::invalid("concept", error))
}

/// The identifiers of the inputs of these items.
fn inputs_of(items: &[ItemRow]) -> Vec<&str> {
    items.iter().map(|item| item.input.as_str()).collect()
}

/// How many, as the database counts.
fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Service {
    /// Goes on with the batches that a server which was killed or stopped has left, and forgets those that ended long ago.
    /// For servers to call from time to time; answers how many were taken up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn go_on_with_batches(&self) -> Result<usize> {
        let now = self.world.now();
        let left = batches::left(&mut *self.store.read().await?, now.plus(-LEFT)).await?;
        for id in &left {
            self.work_on(*id);
        }
        let mut tx = self.store.write().await?;
        batches::forget(&mut tx, now.plus(-KEPT)).await?;
        tx.commit().await?;
        Ok(left.len())
    }

    /// What somebody shows, as it is kept with what they begin.
    pub(crate) fn shown(who: &Who) -> Result<&crate::Proof> {
        let unknown = || Error::Unauthenticated("sign in, or send a key, to do this".into());
        who.proof.as_ref().ok_or_else(unknown)
    }
}
