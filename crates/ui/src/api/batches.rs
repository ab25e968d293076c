//! What is done to many inputs at once.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]
#![expect(clippy::too_many_arguments, reason = "a server function's arguments are the fields of its form")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;

/// Why the person cannot do something to inputs, thing by thing; none, where they can.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoBatches {
    /// To say that a concept is there, or is not.
    pub saying: Option<String>,
    /// To take a concept out of what is said.
    pub unsaying: Option<String>,
    /// To put inputs into a dataset.
    pub putting: Option<String>,
    /// To add inputs to a task.
    pub assigning: Option<String>,
    /// To delete inputs.
    pub deletion: Option<String>,
}

impl NoBatches {
    /// Whether there is nothing that they can do.
    pub fn is_all(&self) -> bool {
        let all = [&self.saying, &self.unsaying, &self.putting, &self.assigning, &self.deletion];
        all.into_iter().all(Option::is_some)
    }
}

/// An input to which something was not done, or of which it was not undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotDone {
    /// Its identifier.
    pub input: String,
    /// Why.
    pub why: String,
}

/// Something that is done to many inputs, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Its identifier.
    pub id: String,
    /// What is done, such as "Put into harbour".
    pub words: String,
    /// How far it is, in sentences.
    pub standing: String,
    /// How many inputs are through.
    pub through: i64,
    /// Of how many.
    pub of: i64,
    /// Whether it is under way.
    pub is_under_way: bool,
    /// Whether it can be undone.
    pub can_undo: bool,
    /// Why the person cannot undo it, if it can be.
    pub no_undo: Option<String>,
    /// To which inputs it could not be done, and why.
    pub told: Vec<NotDone>,
    /// To how many more.
    pub untold: i64,
}

/// Begins to do `act` to inputs: to those that are `chosen`, or to all that the filter `q` lets through if `reach` is `all`.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] if nothing is chosen or it is not said by what.
#[server(name = BeginBatch, prefix = "/api", endpoint = "inputs/begin-batch")]
pub async fn begin_batch(
    owner: String,
    app: String,
    #[server(default)] act: String,
    #[server(default)] concept: String,
    #[server(default)] dataset: String,
    #[server(default)] task: String,
    #[server(default)] q: String,
    #[server(default)] reach: String,
    #[server(default)] chosen: Vec<String>,
) -> Result<(), UiError> {
    let inputs = server::Reach { q, is_all: reach == "all", chosen };
    server::begin(&owner, &app, &act, server::By { concept, dataset, task }, inputs).await
}

/// Stops what is under way. What was done stays.
///
/// # Errors
/// [`UiError::NotFound`] if the person has begun no such thing.
#[server(name = CancelBatch, prefix = "/api", endpoint = "inputs/cancel-batch")]
pub async fn cancel_batch(owner: String, app: String, batch: String) -> Result<(), UiError> {
    server::cancel(&owner, &app, &batch).await
}

/// Begins to undo what was done.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to take it back, [`UiError::Conflict`] if it cannot be undone.
#[server(name = UndoBatch, prefix = "/api", endpoint = "inputs/undo-batch")]
pub async fn undo_batch(owner: String, app: String, batch: String) -> Result<(), UiError> {
    server::undo(&owner, &app, &batch).await
}

/// What the person has begun to do to inputs and what is under way or ended not long ago.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to see inputs.
#[server(name = ListBatches, prefix = "/api", endpoint = "inputs/batches")]
pub async fn list_batches(owner: String, app: String) -> Result<Vec<Batch>, UiError> {
    server::list(&owner, &app).await
}

#[cfg(feature = "ssr")]
#[path = "batches_server.rs"]
pub(super) mod server;
