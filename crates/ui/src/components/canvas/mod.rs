//! Where regions are drawn: boxes, outlines and points in pictures, stretches of texts; with the mouse, or by keys
//! alone.
//!
//! [`Sketch`] is what is drawn, with the way back ([`drawing`]); [`Canvas`] and [`TextSheet`](text::TextSheet) show
//! it and take what the hand does (`hand`, on shapes that [`geometry`] moves); [`RegionChoices`](list::RegionChoices)
//! and [`DrawnRegions`](list::DrawnRegions) stand beside it. Within a task all of it is handed in at once ([`kept`]);
//! on the page of an input each region is saved by itself ([`desk`]), beside what others say of it ([`said`]). While
//! something is moved only that is drawn anew, so that hundreds of regions cost nothing.

pub mod desk;
mod drawing;
mod geometry;
mod hand;
pub mod kept;
pub mod list;
mod merging;
pub mod naming;
pub mod said;
mod sketch;
pub mod text;
mod zoom;

use atelier_domain::task::TaskKind;
use atelier_domain::{Region, Shape};
use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    prelude::*,
};

pub use self::{drawing::Drawing, sketch::Sketch};
use self::{geometry::Spot, hand::Hand, sketch::Draft, zoom::Zoom};
use crate::components::{edges::Edges, shortcuts::use_shortcut};

/// With more regions than this, only the one that is taken up shows its name: the others' would hide the picture.
const MOST_NAMES: usize = 40;

/// A picture with what is drawn in it. Without JavaScript it shows the regions and takes none.
///
/// Coordinates are percentages of the drawing, which lies over the picture and is as large: so lines and letters keep
/// their width, however large the picture is shown.
#[component]
pub fn Canvas(
    /// Where the picture is.
    src: String,
    /// What it shows, in words: all that is known is its identifier.
    alt: String,
    /// Its width and height in pixels, so that nothing jumps when it comes.
    pixels: (i64, i64),
    /// What is drawn.
    sketch: Sketch,
) -> impl IntoView {
    let (hand, zoom) = (Hand::new(sketch), sketch.zoom);
    zoom.restore();
    let has_names = move || sketch.drawing.with(|drawing| drawing.regions().len() <= MOST_NAMES);
    let others = move || {
        let chosen = sketch.drawing.with(|drawing| drawing.chosen().map(|region| region.id.clone()));
        sketch.drawing.with(|drawing| {
            drawing
                .regions()
                .iter()
                .filter(|region| Some(&region.id) != chosen.as_ref())
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    let is_enlarged = move || zoom.times.get() > 1.0;
    let press = move |event: PointerEvent| match event.button() {
        0 => hand.press(&event),
        1 => zoom.take_hold(&event),
        _ => {}
    };
    let track = move |event: PointerEvent| {
        if !zoom.pull(&event) {
            hand.track(&event);
        }
    };
    let release = move |event: PointerEvent| {
        if !zoom.let_go() {
            hand.release(&event);
        }
    };
    let key = move |event: KeyboardEvent| hand.key(&event);
    let label = format!("Drawing over {alt}");
    view! {
        <div class="canvas" class:is-open=sketch.is_open class:is-changed=move || sketch.is_changed()>
            <div
                class="canvas-frame"
                class:is-enlarged=is_enlarged
                node_ref=zoom.frame
                on:scroll=move |_| zoom.note_scrolled()
            >
                <div class="canvas-sheet" node_ref=zoom.sheet on:wheel=move |event| zoom.wheel(&event)>
                    <img src=src alt=alt width=pixels.0 height=pixels.1 />
                    <svg
                        node_ref=sketch.surface
                        id="canvas-drawing"
                        class="canvas-drawing"
                        class:has-names=has_names
                        role="application"
                        tabindex="0"
                        aria-label=label
                        aria-describedby="canvas-keys"
                        on:pointerdown=press
                        on:pointermove=track
                        on:pointerup=release
                        on:pointercancel=move |_| hand.drop()
                        on:keydown=key
                    >
                        <For each=others key=identity let:region>{still(sketch, &region)}</For>
                        {move || in_hand(sketch)}
                    </svg>
                </div>
            </div>
            <Tools sketch zoom />
        </div>
    }
}

/// What tells a region as it is shown from the same one as it was.
fn identity(region: &Region) -> String {
    format!("{} {:?} {:?}", region.id, region.labels, region.shape)
}

/// A region that nobody holds.
fn still(sketch: Sketch, region: &Region) -> AnyView {
    let (_, color) = sketch.look_of(region);
    let at = geometry::bounds(&region.shape).map(|edges| (edges.left, edges.top)).unwrap_or_default();
    let (id, named) = (region.id.clone(), region.clone());
    let name = move || sketch.look_of(&named).0;
    view! {
        <g class="drawn" class:is-others=move || sketch.is_others(&id)>
            {outline(&region.shape, color)}
            {words(at, name)}
        </g>
    }
    .into_any()
}

/// What the hand holds, or draws: all that is drawn anew as it moves.
fn in_hand(sketch: Sketch) -> AnyView {
    let draft = sketch.draft.get();
    let chosen = sketch.drawing.with(|drawing| drawing.chosen().cloned());
    let brush = || sketch.look(sketch.brush.get().as_ref()).1;
    match draft {
        Some(Draft::Box(edges)) => {
            view! { <g class="drawn is-draft">{outline(&edges.shape(), brush())}</g> }.into_any()
        }
        Some(Draft::Outline(corners, tip)) => open_outline(&corners, tip, brush()),
        draft => {
            let Some(region) = chosen else { return ().into_any() };
            let shape = match draft {
                Some(Draft::Change(id, shape)) if id == region.id => shape,
                _ => region.shape.clone(),
            };
            let (name, color) = sketch.look_of(&region);
            let at = geometry::bounds(&shape).map(|edges| (edges.left, edges.top)).unwrap_or_default();
            let is_free = sketch.is_open && sketch.why_fixed(&region.id).is_none();
            let handles = if is_free { geometry::handles(&shape) } else { Vec::new() };
            let is_others = sketch.is_others(&region.id);
            let handles: Vec<AnyView> = handles
                .into_iter()
                .enumerate()
                .map(|(place, (col, row))| {
                    let is_led = sketch.corner.get() == Some(place);
                    view! {
                        <circle class="handle" class:is-led=is_led cx=percent(col) cy=percent(row) r="5" />
                    }
                    .into_any()
                })
                .collect();
            view! {
                <g class="drawn is-chosen" class:is-others=is_others>
                    {outline(&shape, color)}
                    {words(at, move || name.clone())}
                    {handles}
                </g>
            }
            .into_any()
        }
    }
}

/// The lines of a shape.
fn outline(shape: &Shape, color: String) -> AnyView {
    match shape {
        Shape::Box { .. } => {
            let edges = Edges::of(shape).unwrap_or(Edges::MIDDLE);
            view! {
                <rect
                    x=percent(edges.left)
                    y=percent(edges.top)
                    width=percent(edges.width())
                    height=percent(edges.height())
                    stroke=color.clone()
                    fill=color
                />
            }
            .into_any()
        }
        Shape::Polygon { points } => {
            let corners: Vec<_> = points.iter().map(|point| format!("{},{}", point.col, point.row)).collect();
            // A drawing of its own, because corners cannot be percentages.
            view! {
                <svg viewBox="0 0 1 1" preserveAspectRatio="none">
                    <polygon points=corners.join(" ") stroke=color.clone() fill=color />
                </svg>
            }
            .into_any()
        }
        Shape::Point(point) => view! {
            <circle class="spot" cx=percent(point.col) cy=percent(point.row) r="7" stroke=color.clone() fill=color />
        }
        .into_any(),
        Shape::Span { .. } => ().into_any(),
    }
}

/// An outline that is not closed yet, up to where the pointer is.
fn open_outline(corners: &[Spot], tip: Spot, color: String) -> AnyView {
    let path: Vec<_> = corners.iter().chain([&tip]).map(|(col, row)| format!("{col},{row}")).collect();
    let first = corners.first().copied().unwrap_or(tip);
    view! {
        <g class="drawn is-draft">
            <svg viewBox="0 0 1 1" preserveAspectRatio="none">
                <polyline points=path.join(" ") stroke=color fill="none" />
            </svg>
            <circle class="handle" cx=percent(first.0) cy=percent(first.1) r="6" />
        </g>
    }
    .into_any()
}

/// What a region is called, at its upper left corner.
fn words(at: Spot, name: impl Fn() -> String + Send + 'static) -> AnyView {
    view! { <text aria-hidden="true" x=percent(at.0) y=percent(at.1) dx="6" dy="17">{name}</text> }.into_any()
}

fn percent(share: f32) -> String {
    format!("{}%", share * 100.0)
}

/// The buttons under the picture, and the keys that do the same.
#[component]
fn Tools(sketch: Sketch, zoom: Zoom) -> impl IntoView {
    use_shortcut("+", "Show it larger", move || zoom.step(true));
    use_shortcut("-", "Show it smaller", move || zoom.step(false));
    use_shortcut("0", "Show all of it", move || zoom.fit());
    let size = move || format!("{:.0} %", zoom.times.get() * 100.0);
    let making = sketch.is_open.then(|| {
        use_shortcut("a", "Add a region in the middle", move || sketch.add_in_the_middle());
        use_shortcut("c", "Take the next corner of the region", move || sketch.take_next_corner());
        let what = move || match sketch.tool.get() {
            TaskKind::Polygons => "New outline",
            TaskKind::Points => "New point",
            _ => "New box",
        };
        view! {
            <ShapeChoice sketch />
            <button type="button" id="new-region" class="button" on:click=move |_| sketch.add_in_the_middle()>
                {what}
            </button>
        }
        .into_any()
    });
    let how = move || match (sketch.is_open, sketch.tool.get()) {
        (false, _) => "",
        (true, TaskKind::Polygons) => {
            "Press corner after corner; the first one, or Enter, closes the outline. Backspace takes a corner back."
        }
        (true, TaskKind::Points) => "Press to set a point.",
        (true, _) => "Pull to draw a box.",
    };
    view! {
        <div class="canvas-tools needs-script">
            {making}
            <span class="canvas-zoom" role="group" aria-label="Size">
                <button type="button" class="button is-quiet" aria-label="Smaller" on:click=move |_| zoom.step(false)>"−"</button>
                <button type="button" class="button is-quiet" on:click=move |_| zoom.fit()>
                    {size}
                    <span class="visually-hidden">", show all of it"</span>
                </button>
                <button type="button" class="button is-quiet" aria-label="Larger" on:click=move |_| zoom.step(true)>"+"</button>
            </span>
        </div>
        <p id="canvas-keys" class="field-hint needs-script">
            {how}
            {sketch.is_open.then_some(
                " N and P take up the next and the previous region, C its next corner; arrows move it, with Shift they stretch it, with Alt \
                 in small steps. Alt begins a region within another.",
            )}
            {sketch.asks.then_some(" Enter leads to its concept. Yours are solid, others’ dotted.")}
            " Ctrl and the wheel enlarge; the middle button moves the picture about."
        </p>
    }
}

/// The kinds of shapes to draw, where one chooses among them.
#[component]
fn ShapeChoice(sketch: Sketch) -> impl IntoView {
    let choices = sketch.tools.iter().map(|tool| {
        let (key, name) = match tool {
            TaskKind::Polygons => ("o", "Outlines"),
            TaskKind::Points => ("d", "Points"),
            _ => ("b", "Boxes"),
        };
        let take = move || sketch.hold(*tool);
        use_shortcut(key, format!("Draw {}", name.to_lowercase()), take);
        let is_held = move || if sketch.tool.get() == *tool { "true" } else { "false" };
        view! {
            <button type="button" class="button is-quiet" aria-pressed=is_held on:click=move |_| take()>
                {name}
                <kbd aria-hidden="true">{key}</kbd>
            </button>
        }
    });
    let choices = choices.collect_view();
    (!sketch.tools.is_empty()).then(|| {
        view! { <span class="canvas-shapes" role="group" aria-label="What is drawn">{choices}</span> }
    })
}
