//! The inputs of an app.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use atelier_domain::Medium;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::segment;
use super::{
    annotations::Mark,
    apps::{App, AppPlace},
    batches::{Batch, NoBatches},
    concepts::Concept,
    explorer::{Asked, Finding},
};
use crate::error::UiError;

/// Which form of a picture is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureSize {
    /// As it was added.
    Original,
    /// Small, for lists.
    Thumbnail,
}

/// Where the inputs of an app are.
pub fn list_path(app: &App) -> String {
    format!("{}/inputs", app.path())
}

/// Where the page of an input is. People choose the identifiers, so that they may hold anything.
pub fn input_path(app: &App, input: &str) -> String {
    format!("{}/{}", list_path(app), segment(input))
}

/// Where a picture is.
pub fn picture_path(app: &App, input: &str, size: PictureSize) -> String {
    let size = match size {
        PictureSize::Original => "original",
        PictureSize::Thumbnail => "thumbnail",
    };
    format!("/pictures{}/{}/{size}", app.path(), segment(input))
}

/// By what a text is known that has no identifier: how it begins.
#[must_use]
pub fn beginning(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let short: String = line.chars().take(40).collect();
    if short.len() < line.len() { format!("{short}…") } else { short }
}

/// Where files for an app are sent to.
pub fn upload_path(app: &App) -> String {
    format!("/upload{}", app.path())
}

/// What becomes of files that were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadAnswer {
    /// The identifiers of the inputs that were made.
    pub added: Vec<String>,
    /// Those of them that hold the same bytes as another input of the app.
    #[serde(default)]
    pub same: Vec<SameInput>,
    /// The files of which none was made.
    pub refused: Vec<RefusedFile>,
}

/// An input that was made though there is another of the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameInput {
    /// The identifier of the new one.
    pub added: String,
    /// That of the one that was there.
    pub there: String,
}

/// Why no input was made of a file, as far as the address of a page may say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Obstacle {
    /// It is no picture or text that can be read.
    Unreadable,
    /// It is larger than may be.
    TooLarge,
    /// The person may not add inputs.
    Forbidden,
    /// Something else.
    Other,
}

impl Obstacle {
    const ALL: [Self; 4] = [Self::Unreadable, Self::TooLarge, Self::Forbidden, Self::Other];

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too-large",
            Self::Forbidden => "forbidden",
            Self::Other => "other",
        }
    }

    /// That of the name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|obstacle| obstacle.name() == name)
    }

    /// What it means, in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Unreadable => "It is neither a picture nor a text that can be read.",
            Self::TooLarge => "It is too large.",
            Self::Forbidden => "You cannot add inputs here.",
            Self::Other => "Try again in a moment.",
        }
    }
}

/// A file of which no input was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFile {
    /// What it is called.
    pub file: String,
    /// Why.
    pub message: String,
    /// The same in short.
    pub obstacle: Obstacle,
}

/// An input of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its identifier.
    pub slug: String,
    /// By what the list goes on behind it.
    pub cursor: String,
    /// What kind of thing it is.
    pub medium: Medium,
    /// How a text begins.
    pub beginning: Option<String>,
    /// Whether there is a small picture of it.
    pub has_thumbnail: bool,
    /// The concepts that people say are in it, by name.
    pub concepts: Vec<String>,
    /// Who added it.
    pub author: String,
    /// When, in microseconds UTC.
    pub made_at: i64,
}

/// A part of the inputs of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// Where they stand.
    pub place: AppPlace,
    /// The inputs, in the order that was asked for.
    pub inputs: Vec<Input>,
    /// Behind which input the next part begins, if there is one.
    pub next: Option<String>,
    /// How many there are in the app; none, if the person may not count them.
    pub total: Option<i64>,
    /// How many of them are still being fetched or prepared.
    pub pending: i64,
    /// How many of them could not be fetched or read.
    pub failed: i64,
    /// The concepts to look for.
    pub concepts: Vec<Concept>,
    /// What can be filtered, and what is: as far as everybody may who sees the list, if the person may not search.
    pub finding: Finding,
    /// Why the person cannot search, if they cannot.
    pub no_search: Option<String>,
    /// The tasks to which they may add inputs, by identifier and name.
    pub tasks: Vec<(String, String)>,
    /// What they have begun to do to many inputs.
    pub batches: Vec<Batch>,
    /// What they cannot do to inputs.
    pub no_batches: NoBatches,
    /// Why the person cannot add any, if they cannot.
    pub no_addition: Option<String>,
}

/// What follows in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoreInputs {
    /// The inputs, in the order that was asked for.
    pub inputs: Vec<Input>,
    /// Behind which input the next part begins, if there is one.
    pub next: Option<String>,
}

/// One input, with everything that is said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneInput {
    /// Where it stands.
    pub place: AppPlace,
    /// Its identifier.
    pub slug: String,
    /// What kind of thing it is.
    pub medium: Medium,
    /// The text.
    pub text: Option<String>,
    /// Whether there is a picture to show.
    pub has_picture: bool,
    /// The picture's width and height in pixels.
    pub pixels: Option<(i64, i64)>,
    /// What it is and what is kept with it, name by name.
    pub facts: Vec<(String, String)>,
    /// Who added it.
    pub author: String,
    /// When, in microseconds UTC.
    pub made_at: i64,
    /// What people say of it, the oldest first.
    pub marks: Vec<Mark>,
    /// The concepts that are offered.
    pub concepts: Vec<Concept>,
    /// The next newer input.
    pub newer: Option<String>,
    /// The next older input.
    pub older: Option<String>,
    /// Why the person cannot annotate it, if they cannot.
    pub no_addition: Option<String>,
    /// Why they cannot take away anything that is said of it, if they cannot.
    pub no_removal: Option<String>,
    /// Why they cannot delete it, if they cannot.
    pub no_deletion: Option<String>,
}

/// The inputs of an app that are asked for. Whoever may not search gets them the newest first, and of the filters what
/// everybody may ask for who sees the list.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to see them.
#[server(name = ListInputs, prefix = "/api", endpoint = "inputs/list")]
pub async fn list_inputs(
    owner: String,
    app: String,
    #[server(default)] asked: Asked,
) -> Result<Inputs, UiError> {
    server::list(&owner, &app, &asked).await
}

/// What follows in the list that is asked for, and nothing of what stands around it.
///
/// # Errors
/// As [`list_inputs`]; [`UiError::Invalid`] if what is asked for cannot be read.
#[server(name = ListMoreInputs, prefix = "/api", endpoint = "inputs/more")]
pub async fn more_inputs(
    owner: String,
    app: String,
    #[server(default)] asked: Asked,
) -> Result<MoreInputs, UiError> {
    server::more(&owner, &app, &asked).await
}

/// One input.
///
/// # Errors
/// As [`list_inputs`].
#[server(name = GetInput, prefix = "/api", endpoint = "inputs/get")]
pub async fn get_input(owner: String, app: String, input: String) -> Result<OneInput, UiError> {
    server::get(&owner, &app, &input).await
}

/// Deletes an input with everything that is said of it, and leads back to the others.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to.
#[server(name = DeleteInput, prefix = "/api", endpoint = "inputs/delete")]
pub async fn delete_input(owner: String, app: String, input: String) -> Result<(), UiError> {
    server::delete(&owner, &app, input).await
}

#[cfg(feature = "ssr")]
#[path = "inputs_server.rs"]
pub(super) mod server;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_called_by_the_beginning_of_its_first_line() {
        assert_eq!(beginning("\n One two\nthree"), "One two");
        assert_eq!(beginning(&"a".repeat(50)), format!("{}…", "a".repeat(40)));
    }
}
