//! What stands beside the picture or text: the concepts to draw with, and what is drawn.

use atelier_domain::{Region, ResourceId};
use leptos::{ev, prelude::*};

use super::{Sketch, geometry};
use crate::{
    api::concepts::Concept,
    components::{loaded::focus_soon, shortcuts::use_shortcut, swatch::Swatch},
};

/// A concept to draw with.
#[derive(Clone, Debug)]
pub struct RegionChoice {
    /// The concept.
    pub concept: Concept,
    /// What it means.
    pub definition: String,
    /// The key that takes it.
    pub key: Option<String>,
}

/// The concepts, of which the next region becomes one, and the region that is taken up.
#[component]
pub fn RegionChoices(
    /// What is drawn.
    sketch: Sketch,
    /// The concepts, in their order.
    choices: Vec<RegionChoice>,
) -> impl IntoView {
    let rows = choices
        .into_iter()
        .enumerate()
        .filter_map(|(index, choice)| {
            let slug: ResourceId = choice.concept.slug.parse().ok()?;
            let id = format!("brush-{index}");
            if let Some(key) = choice.key.clone() {
                let slug = slug.clone();
                use_shortcut(key, format!("Draw {}", choice.concept.name), move || sketch.take(&slug));
            }
            let is_taken = {
                let slug = slug.clone();
                move || sketch.brush.with(|brush| brush.as_ref() == Some(&slug))
            };
            let key = choice.key.map(|key| view! { <kbd>{key}</kbd> });
            let meaning = (!choice.definition.is_empty()).then_some(choice.definition);
            // For those who do not point at it: shown, it would push what is drawn out of sight.
            let spoken = meaning.clone().map(|meaning| view! { <span class="visually-hidden">" " {meaning}</span> });
            let row = view! {
                <p class="checkbox label-choice" title=meaning>
                    <input
                        type="radio"
                        id=id.clone()
                        name="brush"
                        prop:checked=is_taken
                        on:change=move |_| sketch.take(&slug)
                    />
                    <label for=id>
                        <span class="swatched"><Swatch color=choice.concept.color />{choice.concept.name}</span>
                        {spoken}
                    </label>
                    {key}
                </p>
            };
            Some(row.into_any())
        })
        .collect_view();
    view! {
        <fieldset class="fieldset region-choices needs-script">
            <legend>"Concept"</legend>
            {rows}
        </fieldset>
    }
}

/// What is drawn, one by one, with the way back.
#[component]
pub fn DrawnRegions(
    /// What is drawn.
    sketch: Sketch,
) -> impl IntoView {
    let regions = move || sketch.drawing.with(|drawing| drawing.regions().to_vec());
    view! {
        <section class="said">
            <DrawnHead sketch />
            <ol class="mark-list drawn-list" role="list">
                <For each=regions key=|region| region.id.clone() let:region>
                    {row(sketch, region)}
                </For>
            </ol>
        </section>
    }
}

/// How many regions there are, with the way back and the keys for all of them.
#[component]
pub(super) fn DrawnHead(sketch: Sketch) -> impl IntoView {
    use_shortcut("n", "Take up the next region", move || sketch.choose_beside(true));
    use_shortcut("p", "Take up the previous region", move || sketch.choose_beside(false));
    if sketch.is_open {
        use_shortcut("Delete", "Remove the region that is taken up", move || sketch.remove_chosen());
        listen_for_undo(sketch);
    }
    let count = move || match sketch.drawing.with(|drawing| drawing.regions().len()) {
        0 => "No regions yet".to_owned(),
        1 => "1 region".to_owned(),
        count => format!("{count} regions"),
    };
    let ways_back = sketch.is_open.then(|| {
        view! {
            <span class="row-actions needs-script">
                <button
                    type="button"
                    class="button is-quiet is-small"
                    aria-keyshortcuts="Control+Z"
                    disabled=move || !sketch.drawing.with(|drawing| drawing.can_undo())
                    on:click=move |_| sketch.undo()
                >
                    "Undo"
                </button>
                <button
                    type="button"
                    class="button is-quiet is-small"
                    aria-keyshortcuts="Control+Shift+Z"
                    disabled=move || !sketch.drawing.with(|drawing| drawing.can_redo())
                    on:click=move |_| sketch.redo()
                >
                    "Redo"
                </button>
            </span>
        }
    });
    view! {
        <div class="drawn-head">
            <h2 tabindex="-1">{count}</h2>
            {ways_back}
        </div>
    }
}

fn row(sketch: Sketch, region: Region) -> AnyView {
    let quote = sketch.quote(&region.shape);
    let quote = quote.map(|words| view! { <span class="row-note drawn-words">{words}</span> });
    let id = StoredValue::new(region.id);
    // As it is now: a row stays the same one, whatever its region becomes, and so keeps the focus.
    let now = Memo::new(move |_| {
        sketch.drawing.with(|drawing| {
            let mut regions = drawing.regions().iter();
            id.with_value(|id| regions.find(|region| region.id == *id).cloned())
        })
    });
    let look = Memo::new(move |_| now.with(|region| sketch.look(region.as_ref().and_then(Region::concept))));
    let name = move || look.get().0;
    let swatch = move || view! { <Swatch color=look.get().1 /> };
    let place = move || {
        now.with(|region| region.as_ref().map(|region| geometry::words(&region.shape)).unwrap_or_default())
    };
    let is_chosen = Signal::derive(move || id.with_value(|id| sketch.is_chosen(id)));
    let removal = sketch.is_open.then(|| {
        let remove = move |_| {
            sketch.remove(&id.get_value());
            // The button goes, and would take the focus with it.
            focus_soon(".drawn-head h2");
        };
        view! {
            <button type="button" class="button is-quiet is-small needs-script" on:click=remove>
                "Remove"
                <span class="visually-hidden">" " {name}</span>
            </button>
        }
    });
    view! {
        <li class="mark" class:is-chosen=is_chosen>
            <button
                type="button"
                class="button is-quiet is-small drawn-name"
                aria-pressed=move || if is_chosen.get() { "true" } else { "false" }
                on:click=move |_| sketch.choose(Some(id.get_value()))
            >
                <span class="swatched">{swatch}{name}</span>
                {quote}
                <span class="visually-hidden">" " {place}</span>
            </button>
            {removal}
        </li>
    }
    .into_any()
}

/// Ctrl+Z, and with Shift the way forth again, wherever nothing is typed.
fn listen_for_undo(sketch: Sketch) {
    Effect::new(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            let is_ours =
                (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.default_prevented();
            if !is_ours || is_in_a_field() {
                return;
            }
            let undone = match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
                ("z", false) => Sketch::undo,
                ("z", true) | ("y", false) => Sketch::redo,
                _ => return,
            };
            event.prevent_default();
            undone(sketch);
        });
        on_cleanup(move || handle.remove());
    });
}

/// Whether the keys go into a field, which has an undo of its own.
fn is_in_a_field() -> bool {
    let typed = "input:not([type=checkbox], [type=radio]):focus, textarea:focus, select:focus";
    document().query_selector(typed).is_ok_and(|found| found.is_some())
}
