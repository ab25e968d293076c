//! What of the list comes in as one goes down it.
//!
//! The parts belong to the page rather than to what it loads: the list is made anew when others change it, and what was
//! gone through already stays where it is. Parts are then asked for anew one after the other, and each takes its place
//! when it has come. The browser lays out what is near the window alone (`content-visibility`).

use leptos::{html, prelude::*};

use super::{inputs_chosen::Selection, inputs_shown::of_view};
use crate::{
    api::{
        apps::App,
        explorer::Asked,
        inputs::{Input, MoreInputs, list_more_inputs},
    },
    components::toast::Toasts,
};

/// A part that came in.
#[derive(Clone)]
struct Part {
    /// What tells it from what was in its place before.
    number: u32,
    inputs: Vec<Input>,
}

/// The parts that have come in, for as long as the page is open, and of which list they are: in which app, and what its
/// address asks for.
#[derive(Clone, Copy)]
struct Kept {
    of: StoredValue<Option<(String, String, Asked)>>,
    parts: StoredValue<Vec<Part>>,
    number: StoredValue<u32>,
}

/// The parts of a list behind the first one.
#[derive(Clone, Copy)]
pub(super) struct Further {
    kept: Kept,
    selection: Selection,
    toasts: Toasts,
    /// The inputs of the first part.
    first: StoredValue<Vec<String>>,
    parts: RwSignal<Vec<Part>>,
    /// Behind which input the next part begins.
    next: RwSignal<Option<String>>,
    is_under_way: RwSignal<bool>,
}

impl Further {
    /// Makes [`Self::of_list`] work for the lists of a page, with no parts.
    pub(super) fn keep() {
        provide_context(Kept {
            of: StoredValue::new(None),
            parts: StoredValue::default(),
            number: StoredValue::new(0),
        });
    }

    /// Goes on after the first part of a list, behind `next`, and says what is shown to what chooses among it. If it is the
    /// list that was there before, its parts stay until they have come anew.
    ///
    /// # Panics
    /// Outside the page of inputs.
    pub(super) fn of_list(
        selection: Selection,
        app: &App,
        asked: &Asked,
        first: &[Input],
        next: Option<String>,
    ) {
        let kept: Kept = expect_context();
        let of = Some((app.owner.clone(), app.slug.clone(), asked.clone()));
        if kept.of.with_value(|before| *before != of) {
            kept.parts.set_value(Vec::new());
        }
        kept.of.set_value(of);
        let further = Self {
            kept,
            selection,
            toasts: Toasts::of_page(),
            first: StoredValue::new(first.iter().map(|input| input.slug.clone()).collect()),
            parts: RwSignal::new(kept.parts.get_value()),
            next: RwSignal::new(next),
            is_under_way: RwSignal::new(false),
        };
        provide_context(further);
        further.tell();
        let parts = further.parts.with_untracked(Vec::len);
        if parts > 0 {
            further.fetch(0, parts);
        }
    }

    /// Fetches the part at `place`, and those behind it up to `end` that were there already.
    fn fetch(self, place: usize, end: usize) {
        let Some((owner, app, asked)) = self.kept.of.get_value() else { return };
        let Some(after) = self.next.get_untracked() else {
            // There is less than before.
            self.put(place, None);
            self.is_under_way.set(false);
            return;
        };
        self.is_under_way.set(true);
        leptos::task::spawn_local(async move {
            let answer = list_more_inputs(owner, app, asked.behind(&after)).await;
            // Meanwhile the list may have been made anew, or one has gone to another page: then nobody waits for it.
            if self.next.try_get_untracked().flatten() != Some(after) {
                return;
            }
            match answer {
                Ok(MoreInputs { inputs, next }) => {
                    self.next.set(next);
                    self.put(place, Some(inputs));
                    if place + 1 < end { self.fetch(place + 1, end) } else { self.is_under_way.set(false) }
                }
                Err(error) => {
                    self.is_under_way.set(false);
                    self.toasts.show(error.to_string(), None);
                }
            }
        });
    }

    /// Puts a part into its place; without one, there is none there, nor behind it.
    fn put(self, place: usize, inputs: Option<Vec<Input>>) {
        let number = self.kept.number.get_value().wrapping_add(1);
        self.kept.number.set_value(number);
        self.parts.update(|parts| match inputs {
            Some(inputs) => {
                let part = Part { number, inputs };
                match parts.get_mut(place) {
                    Some(before) => *before = part,
                    None => parts.push(part),
                }
            }
            None => parts.truncate(place),
        });
        self.kept.parts.set_value(self.parts.get_untracked());
        self.tell();
    }

    /// Fetches the next part, unless one is on its way.
    fn go_on(self) {
        if !self.is_under_way.get_untracked() && self.next.with_untracked(Option::is_some) {
            let place = self.parts.with_untracked(Vec::len);
            self.fetch(place, place + 1);
        }
    }

    fn tell(self) {
        let further = self.parts.with_untracked(|parts| {
            let inputs = parts.iter().flat_map(|part| &part.inputs);
            inputs.map(|input| input.slug.clone()).collect::<Vec<_>>()
        });
        self.selection.show([self.first.get_value(), further].concat());
    }
}

/// The parts that have come in, as the cards or rows of their list.
pub(super) fn further(app: App, is_list: bool, can_choose: bool) -> AnyView {
    let further: Further = expect_context();
    let app = StoredValue::new(app);
    let part = move |part: Part| {
        let inputs = part.inputs.into_iter();
        app.with_value(|app| inputs.map(|input| of_view(app, input, is_list, can_choose)).collect_view())
    };
    view! { <For each=move || further.parts.get() key=|part| part.number children=part /> }.into_any()
}

/// What fetches the next part: by itself when one comes near the end, and when it is pressed.
#[component]
pub(super) fn More(
    /// Where the next part is, for those who open it elsewhere.
    href: String,
) -> impl IntoView {
    let further: Further = expect_context();
    let end = NodeRef::<html::P>::new();
    let look = move || {
        let Some(end) = end.get_untracked() else { return };
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        // Two windows ahead, so that one seldom sees the end.
        if end.get_bounding_client_rect().top() < 3.0 * height {
            further.go_on();
        }
    };
    Effect::new(move || {
        // The list became longer, and may still be too short.
        further.parts.track();
        request_animation_frame(look);
        let scrolled = window_event_listener(leptos::ev::scroll, move |_| look());
        on_cleanup(move || scrolled.remove());
    });
    let pressed = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        further.go_on();
    };
    let is_there = move || further.next.with(Option::is_some);
    view! {
        <p node_ref=end class="more needs-script" hidden=move || !is_there()>
            <a class="button" href=href on:click=pressed aria-busy=move || further.is_under_way.get().then_some("true")>
                {move || if further.is_under_way.get() { "Loading …" } else { "Show more" }}
            </a>
        </p>
    }
}
