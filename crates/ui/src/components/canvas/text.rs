//! A text in which stretches are selected, and become regions.

use atelier_domain::{Region, Shape};
use leptos::{html, prelude::*};

use super::Sketch;
use crate::components::{
    swatch::Swatch,
    text_spans::{as_shown, cut, ends, next_place, selected, slice},
};

/// The text, with what is marked in it. What is selected becomes a region of the concept that is drawn with.
#[component]
pub fn TextSheet(
    /// The text.
    text: String,
    /// What is marked.
    sketch: Sketch,
) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    let stored = StoredValue::new(text.clone());
    let pieces = move || {
        let (regions, chosen) = sketch
            .drawing
            .with(|drawing| (drawing.regions().to_vec(), drawing.chosen().map(|region| region.id.clone())));
        stored.with_value(|text| {
            let stretches = regions.iter().filter_map(|region| ends(&region.shape));
            cut(text, stretches)
                .into_iter()
                .map(|(start, end)| {
                    let covers = |region: &&Region| {
                        ends(&region.shape).is_some_and(|ends| ends.0 <= start && end <= ends.1)
                    };
                    let over: Vec<&Region> = regions.iter().filter(covers).collect();
                    let is_chosen = over.iter().any(|region| Some(&region.id) == chosen.as_ref());
                    piece(sketch, as_shown(slice(text, start, end)), start, &over, is_chosen)
                })
                .collect_view()
        })
    };
    let select = move || {
        if let Some((start, end)) = sketch.is_open.then(|| selected(element, stored)).flatten() {
            mark(sketch, start, end);
            // What is marked is shown as marked; a selection over it would hide that.
            if let Ok(Some(selection)) = window().get_selection() {
                let _ = selection.remove_all_ranges();
            }
        }
    };
    let finding = sketch.is_open.then(|| view! { <FindWords text sketch /> });
    view! {
        <div class="canvas is-text" class:is-changed=move || sketch.is_changed()>
            <div node_ref=element class="text-body work-text" on:pointerup=move |_| select() on:keyup=move |_| select()>
                {pieces}
            </div>
            {finding}
        </div>
    }
}

/// Makes a region of a stretch, unless it is there already.
fn mark(sketch: Sketch, start: u32, end: u32) {
    let concept = sketch.brush.get_untracked();
    let is_there = sketch.drawing.with_untracked(|drawing| {
        let mut regions = drawing.regions().iter();
        regions
            .any(|region| ends(&region.shape) == Some((start, end)) && region.concept() == concept.as_ref())
    });
    if !is_there {
        sketch.add(Shape::Span { start, end });
    }
}

/// A piece of the text; a press takes up the last region over it.
fn piece(sketch: Sketch, text: String, start: u32, over: &[&Region], is_chosen: bool) -> AnyView {
    let Some(last) = over.last() else { return text.into_any() };
    let names: Vec<String> = over.iter().map(|region| sketch.look(region.concept()).0).collect();
    // Where a stretch begins, its colour stands. A drawing has no characters, so that places are counted as before.
    let begins = ends(&last.shape).is_some_and(|ends| ends.0 == start);
    let swatch = begins.then(|| view! { <Swatch color=sketch.look(last.concept()).1 /> });
    let id = last.id.clone();
    view! {
        <mark
            class="span"
            class:is-chosen=is_chosen
            title=names.join(", ")
            on:click=move |_| sketch.choose(Some(id.clone()))
        >
            {swatch}
            {text}
        </mark>
    }
    .into_any()
}

/// Marks words by typing them, for whoever does not select with a mouse.
#[component]
fn FindWords(text: String, sketch: Sketch) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let find = move |_| {
        let last = sketch.chosen().and_then(|region| ends(&region.shape));
        let from = last.map_or(0, |(_, end)| end);
        if let Some((start, end)) = words.with_untracked(|words| next_place(&text, words, from)) {
            mark(sketch, start, end);
        } else {
            sketch.say("These words do not stand in the text.");
        }
    };
    view! {
        <p class="find-span needs-script">
            <label for="find-words">"Words of the text"</label>
            <input
                id="find-words"
                class="input"
                autocomplete="off"
                on:input=move |event| words.set(event_target_value(&event))
            />
            <button type="button" class="button" on:click=find>"Mark the next"</button>
        </p>
    }
}
