//! How the work goes on: figures, each as a plot and as a table.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::apps::{App, AppPlace};
use super::tasks::task_path;
use crate::error::UiError;

/// A figure: what it shows, as a plot and as a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is of.
    pub title: String,
    /// How it is to be read.
    pub lead: String,
    /// The plot, as SVG; nothing, if there is nothing to be drawn.
    pub svg: String,
    /// The parts of its bars, from the first on, where they are told apart.
    pub parts: Vec<String>,
    /// The columns of its table: whether they hold numbers, and what they are called.
    pub columns: Vec<(bool, String)>,
    /// The rows of its table.
    pub rows: Vec<Vec<String>>,
    /// The table as CSV.
    pub csv: String,
    /// The name of that file.
    pub file: String,
}

/// How the work in a task goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskProgress {
    /// Where it stands.
    pub place: AppPlace,
    /// The task's identifier.
    pub slug: String,
    /// What the task is called.
    pub name: String,
    /// The figures.
    pub figures: Vec<Figure>,
}

/// How the work in all tasks of an app goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppProgress {
    /// Where it stands.
    pub place: AppPlace,
    /// The figures; none, if nothing is in any task yet.
    pub figures: Vec<Figure>,
}

/// The page that shows how the work in all tasks goes on.
pub fn app_progress_path(app: &App) -> String {
    format!("{}/progress", app.path())
}

/// How the work in all tasks of an app goes on, labeller by labeller.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to see its people.
#[server(name = GetAppProgress, prefix = "/api", endpoint = "tasks/progress-of-all")]
pub async fn get_app_progress(owner: String, app: String) -> Result<AppProgress, UiError> {
    server::of_app(&owner, &app).await
}

/// The page that shows how the work in a task goes on.
pub fn progress_path(app: &App, task: &str) -> String {
    format!("{}/progress", task_path(app, task))
}

/// How the work in a task goes on, labeller by labeller.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none; [`UiError::Forbidden`] without the right to see its people.
#[server(name = GetTaskProgress, prefix = "/api", endpoint = "tasks/progress")]
pub async fn get_task_progress(owner: String, app: String, task: String) -> Result<TaskProgress, UiError> {
    server::progress(&owner, &app, &task).await
}

#[cfg(feature = "ssr")]
#[path = "progress_server.rs"]
mod server;
