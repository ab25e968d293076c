//! Inputs that are nearly the same.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    apps::{App, AppPlace},
    inputs::Input,
};
use crate::error::UiError;

/// How alike inputs are to be, in a hundred, in the order in which it is offered; the first is what is taken at first.
pub const ALIKE_FROM: [u8; 4] = [98, 99, 95, 90];

/// Inputs that are nearly the same as others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Duplicates {
    /// Where it stands.
    pub place: AppPlace,
    /// How alike they are, in a hundred.
    pub from: u8,
    /// The groups: in each the oldest first, then those that are like it, each with how alike, up to 1.
    pub groups: Vec<Vec<(Input, f32)>>,
    /// How many groups there are besides.
    pub more: usize,
    /// Whether all inputs were compared that were looked at.
    pub is_all: bool,
    /// How many inputs of the app were not looked at yet.
    pub waiting: i64,
    /// Why the person cannot delete any, if they cannot.
    pub no_deletion: Option<String>,
}

/// The page of the inputs of an app that are nearly the same, from so many in a hundred on.
pub fn duplicates_path(app: &App, from: Option<u8>) -> String {
    let path = format!("{}/duplicates", app.path());
    from.map_or(path.clone(), |from| format!("{path}?from={from}"))
}

/// The inputs of an app that are at least so like another one: `from` is one of [`ALIKE_FROM`]; if it is not, the first counts.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to search.
#[server(name = GetDuplicates, prefix = "/api", endpoint = "inputs/duplicates")]
pub async fn get_duplicates(
    owner: String,
    app: String,
    #[server(default)] from: String,
) -> Result<Duplicates, UiError> {
    server::get(&owner, &app, &from).await
}

/// Deletes inputs with everything that is said of them.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] if none is chosen, [`UiError::NotFound`] if one of them is gone:
/// then none is deleted.
#[server(name = DeleteDuplicates, prefix = "/api", endpoint = "inputs/delete-duplicates")]
pub async fn delete_duplicates(
    owner: String,
    app: String,
    #[server(default)] chosen: Vec<String>,
) -> Result<(), UiError> {
    server::delete(&owner, &app, &chosen).await
}

#[cfg(feature = "ssr")]
#[path = "duplicates_server.rs"]
mod server;
