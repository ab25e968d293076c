//! What is drawn and not handed in yet, kept in the browser: nothing is lost by a reload, or without a connection.

use std::time::Duration;

use atelier_domain::Region;
use leptos::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Sketch;
use crate::error::UiError;

/// How long to wait until something that did not get through is tried again.
pub(super) const TRY_AGAIN: Duration = Duration::from_secs(5);

/// What is kept.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    /// What the server had when it was begun.
    before: Vec<Region>,
    /// What is drawn.
    regions: Vec<Region>,
    /// Whether it was handed in and did not get through.
    is_waiting: bool,
    /// How often the input had been handed in when it was begun.
    #[serde(default)]
    round: i64,
}

/// Where something is kept that is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    /// What `person` draws in an input of a task or of an app, each by its path.
    pub fn new(person: &str, within: &str, input: &str) -> Self {
        Self(format!("atelier.drawn {person} {within} {input}"))
    }

    pub(super) fn load<T: DeserializeOwned>(&self) -> Option<T> {
        let json = window().local_storage().ok()??.get_item(&self.0).ok()??;
        serde_json::from_slice(json.as_bytes()).ok()
    }

    /// Keeps it; answers whether the browser does.
    pub(super) fn keep(&self, kept: &impl Serialize) -> bool {
        let Ok(Some(storage)) = window().local_storage() else { return false };
        serde_json::to_string(kept).is_ok_and(|json| storage.set_item(&self.0, &json).is_ok())
    }

    pub(super) fn forget(&self) {
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
    /// Begun before the server had what it has now: it has been handed in meanwhile, here or elsewhere.
    Older,
}

impl State {
    fn words(self) -> &'static str {
        match self {
            Self::Unchanged => "",
            Self::Kept => "Kept in this browser until you submit it.",
            Self::OnPage => "This browser keeps nothing: submit it before you leave the page.",
            Self::Waiting => "No connection. It is kept here, and submitted as soon as there is one.",
            Self::Older => "This browser keeps an older drawing of this input.",
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
    /// How often the input was handed in before.
    round: i64,
    /// Whether it is being handed in.
    pending: Signal<bool>,
    /// Whether it was handed in.
    done: Signal<bool>,
    /// Why handing it in failed.
    error: Signal<Option<UiError>>,
    /// Hands it in.
    submit: Callback<()>,
) -> impl IntoView {
    let state = RwSignal::new(State::Unchanged);
    let before = StoredValue::new(None::<Vec<Region>>);
    let place = StoredValue::new(place);
    let regions = move || sketch.drawing.with_untracked(|drawing| drawing.regions().to_vec());
    let keep = move |regions: Vec<Region>, is_waiting: bool| {
        let kept = Kept { before: before.get_value().unwrap_or_default(), regions, is_waiting, round };
        let is_kept = place.with_value(|place| place.keep(&kept));
        state.set(match (is_kept, is_waiting) {
            (_, true) => State::Waiting,
            (true, false) => State::Kept,
            (false, false) => State::OnPage,
        });
    };
    let try_again = move || {
        if state.try_get_untracked() == Some(State::Waiting) {
            submit.run(());
        }
    };
    // Takes up what was kept, once, and keeps each change from then on.
    Effect::new(move || {
        let regions = sketch.drawing.with(|drawing| drawing.regions().to_vec());
        if before.with_value(Option::is_none) {
            before.set_value(Some(regions.clone()));
            match place.with_value(Place::load::<Kept>) {
                Some(kept) if kept.round == round && kept.before == regions => {
                    state.set(if kept.is_waiting { State::Waiting } else { State::Kept });
                    sketch.drawing.update(|drawing| drawing.replace(kept.regions));
                    if kept.is_waiting {
                        submit.run(());
                    }
                }
                // It was handed in, and nobody was there any more to hear that it got through.
                Some(kept) if kept.regions == regions => place.with_value(Place::forget),
                Some(_) => state.set(State::Older),
                None => {}
            }
            return;
        }
        let is_as_before = before.with_value(|before| before.as_ref() == Some(&regions));
        if is_as_before && matches!(state.get_untracked(), State::Unchanged | State::Older) {
            return;
        }
        if place.with_value(Place::load::<Kept>).is_some_and(|kept| kept.regions == regions) {
            return;
        }
        keep(regions, false);
    });
    let take_up = move |_| {
        if let Some(kept) = place.with_value(Place::load::<Kept>) {
            sketch.change(|drawing| drawing.replace(kept.regions));
        }
    };
    Effect::new(move || sketch.is_held.set(pending.get()));
    Effect::new(move || {
        if done.get() {
            return place.with_value(Place::forget);
        }
        match error.get() {
            Some(UiError::Unavailable) => {
                keep(regions(), true);
                set_timeout(try_again, TRY_AGAIN);
            }
            // It did get through, and was refused: the form says why.
            Some(_) => keep(regions(), false),
            None => {}
        }
    });
    Effect::new(move || {
        let handle = window_event_listener_untyped("online", move |_: web_sys::Event| try_again());
        on_cleanup(move || handle.remove());
    });
    let older = move || {
        (state.get() == State::Older).then(|| {
            view! {
                <button type="button" class="button is-quiet is-small" on:click=take_up>"Take it up"</button>
            }
        })
    };
    view! {
        <p class="field-hint kept-state" role="status">{move || state.get().words()}</p>
        {older}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back() {
        let region = r#"{"id":"a","shape":{"kind":"point","row":0.5,"col":0.25},"labels":[]}"#;
        let kept: Kept =
            serde_json::from_str(&format!(r#"{{"before":[],"regions":[{region}],"is_waiting":true}}"#))
                .unwrap();
        assert_eq!(kept.regions.len(), 1);
        let json = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Kept>(&json).unwrap(), kept);
        assert_ne!(Place::new("ada", "x", "y"), Place::new("bo", "x", "y"));
    }
}
