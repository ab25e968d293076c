//! The audit list of an app, and of one's own account.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{apps::AppPlace, identity::Person};
use crate::error::UiError;

/// What to list, as the page's address says it; what is empty does not limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// A part of the name of whoever did it.
    pub actor: String,
    /// A part of the name of whom or what it was done to.
    pub subject: String,
    /// How the action's name begins, such as `collaborator`.
    pub action: String,
    /// The first day, such as `2027-01-31`.
    pub from: String,
    /// The last day.
    pub until: String,
    /// Only what is older than this entry.
    pub before: String,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its identifier.
    pub id: String,
    /// When, in microseconds UTC.
    pub at: i64,
    /// Who did it.
    pub actor: String,
    /// Whether they did it with a key.
    pub with_key: bool,
    /// What was done: `collaborator.changed`.
    pub action: String,
    /// To whom or what.
    pub subject: String,
    /// What is different since.
    pub changes: Vec<Change>,
    /// From which network address.
    pub address: String,
}

/// One thing that is different since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which.
    pub name: String,
    /// As it stood before; nothing if it did not exist.
    pub before: Option<String>,
    /// As it stood afterwards; nothing if it was gone.
    pub after: Option<String>,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entries {
    /// The entries, the newest first.
    pub entries: Vec<Entry>,
    /// Where older ones begin, if there are any.
    pub next: Option<String>,
}

/// What was done in an app.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to read it, [`UiError::Invalid`] for a day that is none.
#[server(name = ListAppAudit, prefix = "/api", endpoint = "audit/app")]
pub async fn list_app_audit(
    owner: String,
    app: String,
    filter: Filter,
) -> Result<(AppPlace, Entries), UiError> {
    server::of_app(&owner, &app, filter).await
}

/// What was done by and to whoever is signed in.
///
/// # Errors
/// [`UiError::SignedOut`] if nobody is, [`UiError::Invalid`] for a day that is none.
#[server(name = ListOwnAudit, prefix = "/api", endpoint = "audit/own")]
pub async fn list_own_audit(filter: Filter) -> Result<(Person, Entries), UiError> {
    server::own(filter).await
}

#[cfg(feature = "ssr")]
#[path = "audit_server.rs"]
mod server;
