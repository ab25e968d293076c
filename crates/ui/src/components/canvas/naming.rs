//! Where a region gets its concept after it is drawn.

use atelier_domain::{Region, ResourceId};
use leptos::{
    ev::{FocusEvent, KeyboardEvent, SubmitEvent},
    prelude::*,
};

use super::desk::Desk;
use crate::{
    api::concepts::meant_by,
    components::{concept_list::CONCEPT_LIST, loaded::focus_soon},
};

/// Where the concept is typed.
pub(super) const FIELD: &str = "#region-concept";

/// Where a further region is begun.
const BEGINNING: &str = "#canvas-drawing, #find-words";

/// The form for the concept of the region that is taken up, while one is that can be changed.
#[component]
pub fn NameRegion(
    /// What is drawn.
    desk: Desk,
) -> impl IntoView {
    let sketch = desk.sketch;
    let of = Memo::new(move |_| {
        let chosen = sketch.drawing.with(|drawing| drawing.chosen().map(|region| region.id.clone()));
        chosen.filter(|id| {
            let is_fixed =
                sketch.stored.with(|stored| stored.mark(id).is_some_and(|mark| mark.no_change.is_some()));
            sketch.is_open && !is_fixed
        })
    });
    move || of.get().map(|id| form(desk, id))
}

fn form(desk: Desk, id: ResourceId) -> AnyView {
    let (sketch, typed) = (desk.sketch, desk.typed);
    let region = sketch.chosen();
    let is_named = region.as_ref().is_some_and(|region| !region.labels.is_empty());
    if desk.typed_of.get_value().as_ref() != Some(&id) {
        let name = |region: &Region| sketch.look(region.concept()).0;
        let now = if is_named { region.as_ref().map(name) } else { None };
        typed.set(now.unwrap_or_else(|| desk.last_typed.get_value()));
        desk.typed_of.set_value(Some(id.clone()));
    }
    let error = RwSignal::new(None::<String>);
    let name = {
        let id = id.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            match meant_by(&sketch.concepts(), &typed.get_untracked()) {
                Ok(concept) => {
                    sketch.learn(&concept);
                    desk.last_typed.set_value(typed.get_untracked());
                    sketch.change(|drawing| drawing.say(&id, concept));
                    lay_down(desk);
                }
                Err(why) => error.set(Some(format!("The concept {why}."))),
            }
        }
    };
    let leave = move || {
        sketch.cancel();
        lay_down(desk);
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            leave();
        }
    };
    // What is typed takes the place of what was typed last.
    let select = move |event: FocusEvent| event_target::<web_sys::HtmlInputElement>(&event).select();
    let title = if is_named { "Its concept" } else { "New region" };
    view! {
        <form class="naming needs-script" on:submit=name on:keydown=key>
            <h3>{title}</h3>
            <div class="field">
                <label for="region-concept">"Concept"</label>
                <input
                    id="region-concept"
                    class="input"
                    name="concept"
                    autocomplete="off"
                    list=CONCEPT_LIST
                    prop:value=move || typed.get()
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby="region-concept-error"
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:focus=select
                />
                <p id="region-concept-error" class="field-error" role="alert">{move || error.get()}</p>
            </div>
            <p class="actions">
                <button type="submit" class="button is-primary">"Save"</button>
                <button type="button" class="button" on:click=move |_| leave()>"Cancel"</button>
            </p>
        </form>
    }
    .into_any()
}

/// Lays the region down: its form goes, and would take the focus with it.
fn lay_down(desk: Desk) {
    desk.typed_of.set_value(None);
    desk.sketch.choose(None);
    focus_soon(BEGINNING);
}
