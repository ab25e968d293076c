//! A picture with its regions, in which boxes are drawn, moved and stretched, with the mouse or with the keyboard.

use atelier_domain::Shape;
use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    prelude::*,
    svg,
    wasm_bindgen::JsCast as _,
};

use crate::{
    api::annotations::Mark,
    components::{
        edges::Edges,
        marking::{DRAFT_FIELD, Draft, Marking, focus_soon},
    },
};

/// How far an arrow key moves a box.
const STEP: f32 = 0.01;

/// What the pointer is doing, and the spot, `(col, row)`, where it began.
#[derive(Clone, Copy)]
enum Drag {
    /// Drawing a new box.
    Drawing((f32, f32)),
    /// Moving the draft, which stood there when it began.
    Moving((f32, f32), Edges),
}

/// The picture. Without JavaScript it shows the regions and takes none.
///
/// Coordinates are percentages of the drawing, which lies over the picture and is as large: so lines and letters keep
/// their width, whatever the picture's proportions.
#[component]
pub fn PictureRegions(
    /// Where the picture is.
    src: String,
    /// What it shows, in words: all that is known is its identifier.
    alt: String,
    /// Its width and height in pixels, so that nothing jumps when it comes.
    pixels: Option<(i64, i64)>,
    /// What is being marked.
    marking: Marking,
) -> impl IntoView {
    let drawing = NodeRef::<svg::Svg>::new();
    let drag = StoredValue::new(None::<Drag>);
    let label = format!("Regions of {alt}");
    let (width, height) = pixels.unzip();
    let regions = marking.marks.with_value(|marks| {
        marks.iter().enumerate().filter_map(|(place, mark)| region(marking, place, mark)).collect_view()
    });
    let is_drawing_anew = move || marking.draft.with(|draft| matches!(draft, Some(Draft { of: None, .. })));
    let press = move |event: PointerEvent| {
        if event.button() == 0
            && let Some(spot) = spot_of(drawing, &event)
        {
            begin(marking, drag, spot);
            capture(drawing, &event);
            // The browser would drag the picture itself.
            event.prevent_default();
        }
    };
    let track = move |event: PointerEvent| {
        if let Some(spot) = spot_of(drawing, &event) {
            go_on(marking, drag, spot);
        }
    };
    let release = move |event: PointerEvent| {
        if let Some(spot) = spot_of(drawing, &event) {
            end(marking, drag, spot);
        }
    };
    view! {
        <div class="picture" class:is-drawable=marking.can_add>
            <img src=src alt=alt width=width height=height />
            <svg
                node_ref=drawing
                class="regions"
                role="group"
                aria-label=label
                on:pointerdown=press
                on:pointermove=track
                on:pointerup=release
                on:pointercancel=move |_| drag.set_value(None)
            >
                {regions}
                <Show when=is_drawing_anew>{new_box(marking)}</Show>
            </svg>
        </div>
    }
}

/// A region that was saved; nothing for what is about the whole, or about a text.
fn region(marking: Marking, place: usize, mark: &Mark) -> Option<AnyView> {
    let name = format!("{}, by {}", mark.words, mark.author);
    let is_chosen = move || marking.chosen.get() == Some(place);
    let shape = match mark.shape()? {
        Shape::Box { .. } => return Some(saved_box(marking, place, mark, name)),
        Shape::Polygon { points } => {
            let corners: Vec<_> = points.iter().map(|point| format!("{},{}", point.col, point.row)).collect();
            // A drawing of its own, because corners cannot be percentages.
            view! {
                <svg viewBox="0 0 1 1" preserveAspectRatio="none">
                    <polygon points=corners.join(" ") />
                </svg>
            }
            .into_any()
        }
        Shape::Point(point) => {
            view! { <circle cx=percent(point.col) cy=percent(point.row) r="6" /> }.into_any()
        }
        Shape::Span { .. } => return None,
    };
    let view = view! {
        <g
            class="region"
            class:is-chosen=is_chosen
            role="button"
            tabindex="0"
            aria-label=name
            on:focus=move |_| marking.chosen.set(Some(place))
            on:keydown=move |event| act(marking, Some(place), &event)
        >
            {shape}
        </g>
    };
    Some(view.into_any())
}

fn saved_box(marking: Marking, place: usize, mark: &Mark, name: String) -> AnyView {
    let edges = move || edges_of(marking, Some(place));
    let is_drafted =
        move || marking.draft.with(|draft| draft.as_ref().is_some_and(|draft| draft.of == Some(place)));
    view! {
        <rect
            id=region_id(mark)
            class="region"
            class:is-chosen=move || marking.chosen.get() == Some(place)
            class:is-draft=is_drafted
            class:is-fixed=mark.no_change.is_some()
            role="button"
            tabindex="0"
            aria-label=name
            x=move || percent(edges().left)
            y=move || percent(edges().top)
            width=move || percent(edges().width())
            height=move || percent(edges().height())
            on:focus=move |_| marking.chosen.set(Some(place))
            on:keydown=move |event| act(marking, Some(place), &event)
        />
        // The same words as the name of the box, for those who see them.
        <text
            aria-hidden="true"
            x=move || percent(edges().left)
            y=move || percent(edges().top)
            dx="6"
            dy="17"
        >
            {mark.words.clone()}
        </text>
    }
    .into_any()
}

/// The box that is being made.
fn new_box(marking: Marking) -> AnyView {
    let edges = move || edges_of(marking, None);
    view! {
        <rect
            id="new-region"
            class="region is-draft is-new"
            role="button"
            tabindex="0"
            aria-label="New box"
            x=move || percent(edges().left)
            y=move || percent(edges().top)
            width=move || percent(edges().width())
            height=move || percent(edges().height())
            on:keydown=move |event| act(marking, None, &event)
        />
    }
    .into_any()
}

/// The button that places a box in the middle, where the arrow keys take it from.
#[component]
pub fn NewBoxButton(
    /// What is being marked.
    marking: Marking,
) -> impl IntoView {
    let place = move |_| {
        if marking.draw(None, Edges::MIDDLE.shape()) {
            focus_soon(".region.is-new");
            marking.say(format!("New box, {}.", Edges::MIDDLE.words()));
        }
    };
    view! {
        <button type="button" id="new-box" class="button" on:click=place>"New box"</button>
    }
}

/// The id of a region's element. It is of the mark rather than of its place, which another takes when it is removed.
fn region_id(mark: &Mark) -> String {
    format!("region-{}", mark.key())
}

/// A share as a length of the drawing.
fn percent(share: f32) -> String {
    format!("{:.2}%", share * 100.0)
}

/// Where a box stands now. The new one is asked once more while it goes.
fn edges_of(marking: Marking, of: Option<usize>) -> Edges {
    marking.shape(of).as_ref().and_then(Edges::of).unwrap_or(Edges::MIDDLE)
}

/// What a key does to the box that has the focus.
fn act(marking: Marking, of: Option<usize>, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let shape = untrack(|| marking.shape(of));
    let edges = shape.as_ref().and_then(Edges::of);
    let (cols, rows) = match event.key().as_str() {
        "ArrowLeft" => (-STEP, 0.0),
        "ArrowRight" => (STEP, 0.0),
        "ArrowUp" => (0.0, -STEP),
        "ArrowDown" => (0.0, STEP),
        "Enter" | " " => {
            event.prevent_default();
            if let Some(shape) = shape
                && marking.draw(of, shape)
            {
                focus_soon(DRAFT_FIELD);
            }
            return;
        }
        "Escape" => {
            marking.cancel();
            if of.is_none() {
                focus_soon("#new-box");
            }
            return;
        }
        "Delete" | "Backspace" => {
            event.prevent_default();
            match of {
                Some(place) => marking.remove(place),
                None => {
                    marking.cancel();
                    focus_soon("#new-box");
                }
            }
            return;
        }
        _ => return,
    };
    // Otherwise the page would scroll away under the box.
    event.prevent_default();
    let Some(edges) = edges else { return };
    let edges = if event.shift_key() { edges.stretched(cols, rows) } else { edges.moved(cols, rows) };
    if marking.draw(of, edges.shape()) {
        marking.say(edges.words());
    }
}

/// Where the pointer is in the drawing, as `(col, row)`.
fn spot_of(drawing: NodeRef<svg::Svg>, event: &PointerEvent) -> Option<(f32, f32)> {
    let area = drawing.get_untracked()?.get_bounding_client_rect();
    let share = |at: i32, from: f64, length: f64| ((f64::from(at) - from) / length).clamp(0.0, 1.0) as f32;
    let has_area = area.width() > 0.0 && area.height() > 0.0;
    has_area.then(|| {
        (
            share(event.client_x(), area.left(), area.width()),
            share(event.client_y(), area.top(), area.height()),
        )
    })
}

/// Keeps the pointer's events coming when it leaves the picture.
fn capture(drawing: NodeRef<svg::Svg>, event: &PointerEvent) {
    if let Some(drawing) = drawing.get_untracked() {
        // A pointer that has gone meanwhile cannot be captured, and needs not be.
        let _ = drawing.set_pointer_capture(event.pointer_id());
    }
}

/// Inside the draft the pointer takes hold of it, elsewhere it begins a box.
fn begin(marking: Marking, drag: StoredValue<Option<Drag>>, spot: (f32, f32)) {
    let held = marking.draft.with_untracked(|draft| draft.as_ref().and_then(|draft| Edges::of(&draft.shape)));
    let held = held.filter(|edges| edges.contains(spot));
    drag.set_value(Some(match held {
        Some(edges) => Drag::Moving(spot, edges),
        None => Drag::Drawing(spot),
    }));
}

fn go_on(marking: Marking, drag: StoredValue<Option<Drag>>, spot: (f32, f32)) {
    match drag.get_value() {
        Some(Drag::Drawing(from)) if marking.can_add => {
            if let Some(edges) = Edges::between(from, spot) {
                marking.draw(None, edges.shape());
            }
        }
        Some(Drag::Moving(from, edges)) => {
            let moved = edges.moved(spot.0 - from.0, spot.1 - from.1);
            let of = marking.draft.with_untracked(|draft| draft.as_ref().and_then(|draft| draft.of));
            marking.draw(of, moved.shape());
        }
        Some(Drag::Drawing(_)) | None => {}
    }
}

fn end(marking: Marking, drag: StoredValue<Option<Drag>>, spot: (f32, f32)) {
    let Some(ended) = drag.get_value() else { return };
    drag.set_value(None);
    match ended {
        Drag::Drawing(from) if marking.can_add && Edges::between(from, spot).is_some() => {
            focus_soon(DRAFT_FIELD);
            marking.say(edges_untracked(marking, None).words());
        }
        // A press without a move points at what is there.
        Drag::Drawing(_) => point_at(marking, spot),
        Drag::Moving(..) => {
            let of = marking.draft.with_untracked(|draft| draft.as_ref().and_then(|draft| draft.of));
            marking.say(edges_untracked(marking, of).words());
        }
    }
}

fn edges_untracked(marking: Marking, of: Option<usize>) -> Edges {
    untrack(|| edges_of(marking, of))
}

/// Puts the focus on the smallest box at a spot: it is the one that could not be reached otherwise.
fn point_at(marking: Marking, spot: (f32, f32)) {
    let found = marking.marks.with_value(|marks| {
        let boxes = marks.iter().filter_map(|mark| {
            let edges = Edges::of(mark.shape()?)?;
            edges.contains(spot).then_some((mark, edges.width() * edges.height()))
        });
        boxes.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(mark, _)| region_id(mark))
    });
    let element = found.and_then(|id| document().get_element_by_id(&id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::SvgElement>().ok()) {
        // It has a tabindex, so that it takes the focus.
        let _ = element.focus();
    }
}
