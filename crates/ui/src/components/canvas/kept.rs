//! What is drawn and not handed in yet, kept in the browser: nothing is lost by a reload, or without a connection.

use std::time::Duration;

use atelier_domain::Region;
use leptos::{ev, prelude::*};
use serde::{Deserialize, Serialize};

use super::Sketch;
use crate::error::UiError;

/// How long to wait until something that did not get through is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(10);

/// What is kept.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    regions: Vec<Region>,
    /// Whether it was handed in and did not get through.
    is_waiting: bool,
}

/// Where something is kept that is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    /// What `person` draws in an input of a task, each by its path.
    pub fn new(person: &str, task: &str, input: &str) -> Self {
        Self(format!("atelier.drawn {person} {task} {input}"))
    }

    fn load(&self) -> Option<Kept> {
        let json = window().local_storage().ok()??.get_item(&self.0).ok()??;
        serde_json::from_slice(json.as_bytes()).ok()
    }

    /// Keeps it; answers whether the browser does.
    fn keep(&self, kept: &Kept) -> bool {
        let Ok(Some(storage)) = window().local_storage() else { return false };
        serde_json::to_string(kept).is_ok_and(|json| storage.set_item(&self.0, &json).is_ok())
    }

    fn forget(&self) {
        if let Ok(Some(storage)) = window().local_storage() {
            // What cannot be reached keeps nothing, either.
            let _ = storage.remove_item(&self.0);
        }
    }
}

/// How what is drawn is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// As the server has it.
    Unchanged,
    /// In this browser.
    Kept,
    /// Nowhere but on the page: the browser keeps nothing.
    OnPage,
    /// Handed in, and not got through yet.
    Waiting,
}

impl State {
    fn words(self) -> &'static str {
        match self {
            Self::Unchanged => "",
            Self::Kept => "Kept in this browser until you submit it.",
            Self::OnPage => "This browser keeps nothing: submit it before you leave the page.",
            Self::Waiting => "No connection. It is kept here, and submitted as soon as there is one.",
        }
    }
}

/// Keeps what is drawn in `sketch`, and says so.
#[component]
pub fn KeptDrawing(
    /// What is drawn.
    sketch: Sketch,
    /// Where it is kept.
    place: Place,
    /// Whether it was handed in.
    done: Signal<bool>,
    /// Why handing it in failed.
    error: Signal<Option<UiError>>,
    /// Hands it in.
    submit: Callback<()>,
) -> impl IntoView {
    let state = RwSignal::new(State::Unchanged);
    let first = StoredValue::new(None::<Vec<Region>>);
    let place = StoredValue::new(place);
    let keep = move |regions: Vec<Region>, is_waiting: bool| {
        let is_kept = place.with_value(|place| place.keep(&Kept { regions, is_waiting }));
        state.set(match (is_kept, is_waiting) {
            (_, true) => State::Waiting,
            (true, false) => State::Kept,
            (false, false) => State::OnPage,
        });
    };
    // Takes up what was kept, once, and keeps each change from then on.
    Effect::new(move || {
        let regions = sketch.drawing.with(|drawing| drawing.regions().to_vec());
        let Some(saved) = first.get_value() else {
            first.set_value(Some(regions));
            if let Some(kept) = place.with_value(Place::load) {
                let is_waiting = kept.is_waiting;
                sketch.drawing.update(|drawing| drawing.replace(kept.regions));
                state.set(if is_waiting { State::Waiting } else { State::Kept });
                if is_waiting {
                    submit.run(());
                }
            }
            return;
        };
        if state.get_untracked() == State::Unchanged && regions == saved {
            return;
        }
        if place.with_value(Place::load).is_some_and(|kept| kept.regions == regions) {
            return;
        }
        keep(regions, false);
    });
    let regions = move || sketch.drawing.with_untracked(|drawing| drawing.regions().to_vec());
    Effect::new(move || {
        if done.get() {
            place.with_value(Place::forget);
        } else if matches!(error.get(), Some(UiError::Unavailable)) {
            keep(regions(), true);
            set_timeout(
                move || {
                    if state.try_get_untracked() == Some(State::Waiting) {
                        submit.run(());
                    }
                },
                TRY_AGAIN,
            );
        }
    });
    Effect::new(move || {
        let handle = window_event_listener_untyped("online", move |_: ev::Event| {
            if state.try_get_untracked() == Some(State::Waiting) {
                submit.run(());
            }
        });
        on_cleanup(move || handle.remove());
    });
    view! { <p class="field-hint kept-state" role="status">{move || state.get().words()}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back() {
        let region = r#"{"id":"a","shape":{"kind":"point","row":0.5,"col":0.25},"labels":[]}"#;
        let kept: Kept =
            serde_json::from_str(&format!(r#"{{"regions":[{region}],"is_waiting":true}}"#)).unwrap();
        assert_eq!(kept.regions.len(), 1);
        let json = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Kept>(&json).unwrap(), kept);
        assert_ne!(Place::new("ada", "x", "y"), Place::new("bo", "x", "y"));
    }
}
