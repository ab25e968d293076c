//! The datasets of an app.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]
#![expect(clippy::too_many_arguments, reason = "a server function's arguments are the fields of its form")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::apps::{App, AppPlace};
use super::segment;
use crate::error::UiError;

/// A dataset of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedDataset {
    /// Its identifier.
    pub slug: String,
    /// What it is.
    pub description: String,
    /// When it was made, in microseconds UTC.
    pub made_at: i64,
}

/// The datasets of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Datasets {
    /// Where they stand.
    pub place: AppPlace,
    /// The datasets, the newest first.
    pub datasets: Vec<ListedDataset>,
    /// Why the person cannot make any, if they cannot.
    pub no_addition: Option<String>,
}

/// An input of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldInput {
    /// Its identifier.
    pub slug: String,
    /// What the concepts are called that people say are in it.
    pub concepts: Vec<String>,
    /// When it was put into the dataset, in microseconds UTC.
    pub added_at: i64,
}

/// A version of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedVersion {
    /// Its identifier.
    pub slug: String,
    /// What it is.
    pub description: String,
    /// How many inputs it has.
    pub inputs: i64,
    /// Of how many nobody had said anything.
    pub unlabelled: i64,
    /// How many inputs are for training, validation and testing, if it has a split.
    pub parts: Option<[i64; 3]>,
    /// When it was made, in microseconds UTC.
    pub made_at: i64,
}

/// As what a file is posted to the page of a dataset or of inputs.
pub const IMPORT_FORM: &str = "datasets/import";

/// What became of a file that was posted to the page of a dataset or of inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportAnswer {
    /// The identifier of the dataset, if it was posted to the page of one.
    pub dataset: Option<String>,
    /// How many inputs were added.
    pub inputs: usize,
    /// How many annotations.
    pub annotations: usize,
    /// How many inputs were there already.
    pub inputs_there: usize,
    /// How many annotations were there already.
    pub annotations_there: usize,
    /// What was not taken.
    pub told: Vec<NotTaken>,
    /// How much more there was to tell of.
    pub untold: usize,
}

/// The type of an answer that tells line by line how a file is taken in.
pub const IMPORT_LINES: &str = "application/x-ndjson";

/// A line of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportLine {
    /// It is under way.
    Progress {
        /// How many inputs were looked at.
        through: usize,
        /// Of how many.
        of: usize,
    },
    /// It has ended so.
    Done(ImportAnswer),
    /// It has failed.
    Failed(UiError),
}

/// Something that was not taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotTaken {
    /// Where it stands in the file.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

/// A format in which a version can be downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFormat {
    /// The name by which it is asked for.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What it holds, and what it cannot.
    pub holds: String,
}

/// One dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneDataset {
    /// Where it stands.
    pub place: AppPlace,
    /// Its identifier.
    pub slug: String,
    /// What it is.
    pub description: String,
    /// A part of what it holds, in the order in which it came.
    pub inputs: Vec<HeldInput>,
    /// Where the next part begins, if there is one.
    pub next: Option<String>,
    /// Its versions, the newest first.
    pub versions: Vec<ListedVersion>,
    /// Why the person cannot change what it is said to be, if they cannot.
    pub no_change: Option<String>,
    /// Why the person cannot put inputs into it, if they cannot.
    pub no_filling: Option<String>,
    /// Why they cannot import any, if they cannot.
    pub no_import: Option<String>,
    /// Why they cannot take any out, if they cannot.
    pub no_removal: Option<String>,
    /// Why they cannot freeze it, if they cannot.
    pub no_freezing: Option<String>,
    /// In which formats a version can be downloaded.
    pub formats: Vec<ExportFormat>,
    /// Why they cannot download any, if they cannot.
    pub no_export: Option<String>,
    /// Why they cannot delete it or a version of it, if they cannot.
    pub no_deletion: Option<String>,
}

/// Where the datasets of an app are.
pub fn datasets_path(app: &App) -> String {
    format!("{}/datasets", app.path())
}

/// Where the page of a dataset is.
pub fn dataset_path(app: &App, dataset: &str) -> String {
    format!("{}/{}", datasets_path(app), segment(dataset))
}

/// Where a version of a dataset is downloaded.
pub fn download_path(app: &App, dataset: &str, version: &str) -> String {
    format!("{}/versions/{}/download", dataset_path(app, dataset), segment(version))
}

/// The datasets of an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to see them.
#[server(name = ListDatasets, prefix = "/api", endpoint = "datasets/list")]
pub async fn list_datasets(owner: String, app: String) -> Result<Datasets, UiError> {
    server::list(&owner, &app).await
}

/// One dataset: what it holds, beginning after `after` if that is given, and its versions.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none; [`UiError::Forbidden`] without the right to see it.
#[server(name = GetDataset, prefix = "/api", endpoint = "datasets/get")]
pub async fn get_dataset(
    owner: String,
    app: String,
    dataset: String,
    #[server(default)] after: String,
) -> Result<OneDataset, UiError> {
    server::get(&owner, &app, &dataset, &after).await
}

/// Makes a dataset, and leads to it.
///
/// # Errors
/// [`UiError::Invalid`] for what cannot be accepted, [`UiError::Conflict`] if there is one of that identifier.
#[server(name = AddDataset, prefix = "/api", endpoint = "datasets/add")]
pub async fn add_dataset(
    owner: String,
    app: String,
    slug: String,
    #[server(default)] description: String,
) -> Result<(), UiError> {
    server::add(&owner, &app, &slug, &description).await
}

/// Changes what a dataset is said to be.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = ChangeDataset, prefix = "/api", endpoint = "datasets/change")]
pub async fn change_dataset(
    owner: String,
    app: String,
    dataset: String,
    #[server(default)] description: String,
) -> Result<(), UiError> {
    server::change(&owner, &app, dataset, &description).await
}

/// Puts inputs into a dataset: their identifiers, one on each line.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] if one of them is no input of the app.
#[server(name = PutIntoDataset, prefix = "/api", endpoint = "datasets/put-in")]
pub async fn put_into_dataset(
    owner: String,
    app: String,
    dataset: String,
    inputs: String,
) -> Result<(), UiError> {
    server::put_in(&owner, &app, &dataset, &inputs).await
}

/// Takes an input out of a dataset. It stays in the app.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if it is not in it.
#[server(name = TakeOutOfDataset, prefix = "/api", endpoint = "datasets/take-out")]
pub async fn take_out_of_dataset(
    owner: String,
    app: String,
    dataset: String,
    input: String,
) -> Result<(), UiError> {
    server::take_out(&owner, &app, &dataset, input).await
}

/// Makes a version of a dataset as it is now. If shares are given, in percent, it is split by them and the seed.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be accepted.
#[server(name = FreezeDataset, prefix = "/api", endpoint = "datasets/freeze")]
pub async fn freeze_dataset(
    owner: String,
    app: String,
    dataset: String,
    #[server(default)] description: String,
    #[server(default)] train: String,
    #[server(default)] valid: String,
    #[server(default)] test: String,
    #[server(default)] seed: String,
) -> Result<(), UiError> {
    let shares = [train, valid, test];
    server::freeze(&owner, &app, &dataset, &description, &shares, &seed).await
}

/// Deletes a version of a dataset.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = DeleteDatasetVersion, prefix = "/api", endpoint = "datasets/delete-version")]
pub async fn delete_dataset_version(
    owner: String,
    app: String,
    dataset: String,
    frozen: String,
) -> Result<(), UiError> {
    server::delete_version(&owner, &app, &dataset, frozen).await
}

/// Deletes a dataset, and leads to those that are left. Its inputs and its versions stay.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = DeleteDataset, prefix = "/api", endpoint = "datasets/delete")]
pub async fn delete_dataset(owner: String, app: String, dataset: String) -> Result<(), UiError> {
    server::delete(&owner, &app, dataset).await
}

#[cfg(feature = "ssr")]
#[path = "datasets_server.rs"]
mod server;
