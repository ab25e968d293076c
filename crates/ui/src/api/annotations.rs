//! What is said of an input: adding to it, changing it, taking it away.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use atelier_domain::{Labels, Region, Shape};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::apps::AppPlace;
use crate::error::UiError;

/// One thing that somebody said of an input: a concept of the whole, or a region with what is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The annotation that says it.
    pub annotation: String,
    /// What is said: one concept or one region.
    pub labels: Labels,
    /// The same in words, such as "Stop sign".
    pub words: String,
    /// What its author is called.
    pub author: String,
    /// Whether the author is the person who looks.
    pub is_own: bool,
    /// When its annotation last changed, in microseconds UTC.
    pub changed_at: i64,
    /// How its annotation stands, in words, unless it counts.
    pub state: Option<String>,
    /// Why the person cannot change it, if they cannot.
    pub no_change: Option<String>,
    /// Why they cannot take it away, if they cannot.
    pub no_removal: Option<String>,
}

impl Mark {
    /// The region, unless it is about the whole.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        self.labels.regions.first()
    }

    /// The part of the input that it is about, unless it is about the whole.
    #[must_use]
    pub fn shape(&self) -> Option<&Shape> {
        self.region().map(|region| &region.shape)
    }

    /// What is said of the whole or the part first: its identifier.
    #[must_use]
    pub fn concept(&self) -> Option<&str> {
        let of_region = self.labels.regions.iter().flat_map(|region| &region.labels);
        self.labels.concepts.iter().chain(of_region).next().map(|label| label.concept.as_str())
    }

    /// What its only concept is called, if there is one, and it is said to be there for certain.
    #[must_use]
    pub fn only_concept(&self) -> Option<&str> {
        let of_region = self.labels.regions.iter().flat_map(|region| &region.labels);
        let mut labels = self.labels.concepts.iter().chain(of_region);
        let is_certain = labels.next().is_some_and(|label| label.value >= 1.0);
        (is_certain && labels.next().is_none()).then_some(self.words.as_str())
    }

    /// The identifier of its region; empty, if it is about the whole.
    #[must_use]
    pub fn region_id(&self) -> &str {
        self.region().map_or("", |region| region.id.as_str())
    }

    /// What tells it from the other marks of its input.
    #[must_use]
    pub fn key(&self) -> String {
        let part =
            if self.region().is_some() { self.region_id() } else { self.concept().unwrap_or_default() };
        format!("{}-{part}", self.annotation)
    }
}

/// How an annotation stood from one moment on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// The annotation.
    pub annotation: String,
    /// Whose it is.
    pub author: String,
    /// Who let it stand so.
    pub changed_by: String,
    /// From when on, in microseconds UTC.
    pub changed_at: i64,
    /// What it said, in words.
    pub words: String,
    /// Whether it counted, in words.
    pub state: String,
    /// Within which task it was said.
    pub task: Option<String>,
    /// Whether it stands so now.
    pub is_now: bool,
}

/// What was said of an input, from time to time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Who looks, and at which app.
    pub place: AppPlace,
    /// The input.
    pub input: String,
    /// How its annotations stood, the latest first.
    pub stood: Vec<Stood>,
    /// How many come before those of the next page, if there is one.
    pub next: Option<usize>,
}

/// What was said of an input, by whom and when; `skip` leaves out that many of the latest.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, and if there is no such input; [`UiError::Forbidden`] to those who may not see
/// annotations.
#[server(name = GetHistory, prefix = "/api", endpoint = "annotations/history")]
pub async fn get_history(
    owner: String,
    app: String,
    input: String,
    #[server(default)] skip: usize,
) -> Result<History, UiError> {
    server::history(&owner, &app, input, skip).await
}

/// Says that a concept is in an input as a whole.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be said.
#[server(name = AddMark, prefix = "/api", endpoint = "annotations/add")]
pub async fn add_mark(owner: String, app: String, input: String, concept: String) -> Result<(), UiError> {
    server::add(&owner, &app, input, &concept).await
}

/// Adds an annotation that says what is in a region, as JSON. Answers when that was, in microseconds UTC. Adding the
/// same again changes nothing, so that what was answered and did not arrive can be asked once more.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be said.
#[server(name = AddRegion, prefix = "/api", endpoint = "annotations/add-region")]
pub async fn add_region(
    owner: String,
    app: String,
    input: String,
    annotation: String,
    region: String,
) -> Result<i64, UiError> {
    let place = server::Place { owner, app, input, annotation };
    server::add_region(&place, &region).await
}

/// Gives a region of an annotation, which last changed at `seen`, the shape and the concepts of `region`, as JSON.
/// Answers when that was, in microseconds UTC. Changing it to what it is changes nothing, as with [`add_region`].
///
/// # Errors
/// [`UiError::Forbidden`] without the right to: to put another concept in the place of one takes that to delete.
/// [`UiError::Conflict`] if the annotation changed since it was seen, [`UiError::NotFound`] if the region is gone.
#[server(name = ChangeRegion, prefix = "/api", endpoint = "annotations/change-region")]
pub async fn change_region(
    owner: String,
    app: String,
    input: String,
    annotation: String,
    region: String,
    seen: i64,
) -> Result<i64, UiError> {
    let place = server::Place { owner, app, input, annotation };
    server::change_region(&place, &region, seen).await
}

/// Takes away a region or, if `region` is empty, a concept of the whole; its annotation too, if nothing is left of
/// it. With `seen`, only if the annotation last changed then. Answers when what is left of the annotation changed, if
/// anything is.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if it is gone already, [`UiError::Conflict`] if
/// its annotation changed since it was seen.
#[server(name = RemoveMark, prefix = "/api", endpoint = "annotations/remove")]
pub async fn remove_mark(
    owner: String,
    app: String,
    input: String,
    annotation: String,
    #[server(default)] region: String,
    #[server(default)] concept: String,
    #[server(default)] seen: Option<i64>,
) -> Result<Option<i64>, UiError> {
    let place = server::Place { owner, app, input, annotation };
    server::remove(&place, &region, &concept, seen).await
}

/// Says again what was taken away: `labels`, as JSON.
///
/// # Errors
/// As [`add_mark`].
#[server(name = PutBackMark, prefix = "/api", endpoint = "annotations/put-back")]
pub async fn put_back_mark(owner: String, app: String, input: String, labels: String) -> Result<(), UiError> {
    server::put_back(&owner, &app, input, &labels).await
}

#[cfg(feature = "ssr")]
#[path = "annotations_server.rs"]
pub(super) mod server;
