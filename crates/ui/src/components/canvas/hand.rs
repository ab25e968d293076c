//! What pointer and keys do in a picture.

use atelier_domain::task::TaskKind;
use atelier_domain::{Region, Shape};
use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    prelude::*,
};

use super::{
    geometry::{self, Spot},
    sketch::{Draft, Sketch},
};
use crate::components::edges::Edges;

/// How far an arrow key moves a region, and how far with Alt.
const STEP: f32 = 0.01;
const SMALL_STEP: f32 = 0.001;

/// How near to a corner or a point a press takes hold of it, in pixels of the screen.
const REACH: f32 = 10.0;

/// What the pointer is doing while its button is down, and the spot where it began.
#[derive(Clone, Debug)]
enum Drag {
    /// Drawing a box, or pressing what lies under it.
    Drawing(Spot),
    /// Moving a region.
    Moving(Spot, Region),
    /// Leading one of a region's corners.
    Leading(usize, Region),
}

/// The hand over a picture.
#[derive(Clone, Copy)]
pub(super) struct Hand {
    sketch: Sketch,
    drag: StoredValue<Option<Drag>>,
}

impl Hand {
    pub(super) fn new(sketch: Sketch) -> Self {
        Self { sketch, drag: StoredValue::new(None) }
    }

    /// Whether the pointer is held down.
    pub(super) fn is_down(self) -> bool {
        self.drag.with_value(Option::is_some)
    }

    /// The main button goes down.
    pub(super) fn press(self, event: &PointerEvent) {
        let Some((spot, near)) = self.spot(event) else { return };
        // The browser would drag the picture itself.
        event.prevent_default();
        self.sketch.focus();
        if let Some(surface) = self.sketch.surface.get_untracked() {
            // A pointer that has gone meanwhile cannot be captured, and needs not be.
            let _ = surface.set_pointer_capture(event.pointer_id());
        }
        if !self.sketch.is_open {
            return self.sketch.choose(self.found(spot, near).map(|region| region.id));
        }
        if let Some(Draft::Outline(corners, _)) = self.sketch.draft.get_untracked() {
            return self.go_on_outline(corners, spot, near);
        }
        // With Alt something is begun even where something lies.
        let (chosen, found) =
            if event.alt_key() { (None, None) } else { (self.sketch.chosen(), self.found(spot, near)) };
        let chosen = chosen.filter(|region| self.sketch.why_fixed(&region.id).is_none());
        let held = chosen.as_ref().and_then(|region| {
            let handles = geometry::handles(&region.shape);
            handles.iter().position(|handle| geometry::is_near(*handle, spot, near))
        });
        let drag = match (chosen, held) {
            (Some(region), Some(handle)) => Drag::Leading(handle, region),
            (Some(region), None) if geometry::contains(&region.shape, spot, near) => {
                Drag::Moving(spot, region)
            }
            _ => match (self.sketch.tool.get_untracked(), found) {
                // A box may be drawn within another: only a press without a move takes that up.
                (TaskKind::Boxes, _) => Drag::Drawing(spot),
                (_, Some(region)) => {
                    self.sketch.choose(Some(region.id.clone()));
                    if !self.sketch.is_free(&region.id) {
                        return;
                    }
                    Drag::Moving(spot, region)
                }
                (TaskKind::Polygons, None) => {
                    self.sketch.choose(None);
                    self.sketch.draft.set(Some(Draft::Outline(vec![spot], spot)));
                    return;
                }
                (_, None) => {
                    self.sketch.add(Shape::Point(geometry::at(spot)));
                    return self.sketch.ask();
                }
            },
        };
        self.drag.set_value(Some(drag));
    }

    /// A further corner; near the first one, the outline is closed.
    fn go_on_outline(self, mut corners: Vec<Spot>, spot: Spot, near: Spot) {
        let is_closed =
            corners.len() >= 3 && corners.first().is_some_and(|first| geometry::is_near(*first, spot, near));
        if is_closed {
            return self.close_outline();
        }
        let is_new = corners.last().is_none_or(|last| *last != spot);
        if is_new {
            corners.push(spot);
        }
        self.sketch.draft.set(Some(Draft::Outline(corners, spot)));
    }

    /// Makes a region of the outline, if it has three corners.
    fn close_outline(self) {
        let can_be_closed = self
            .sketch
            .draft
            .with_untracked(|draft| matches!(draft, Some(Draft::Outline(corners, _)) if corners.len() >= 3));
        if can_be_closed {
            self.sketch.settle();
            self.sketch.ask();
        }
    }

    /// The pointer moves.
    pub(super) fn track(self, event: &PointerEvent) {
        let is_outline = self.sketch.draft.with_untracked(|draft| matches!(draft, Some(Draft::Outline(..))));
        if !self.is_down() && !is_outline {
            return;
        }
        let Some((spot, _)) = self.spot(event) else { return };
        let draft = match self.drag.get_value() {
            Some(Drag::Drawing(from)) => Edges::between(from, spot).map(Draft::Box),
            Some(Drag::Moving(from, region)) => {
                let shape = geometry::moved(&region.shape, spot.0 - from.0, spot.1 - from.1);
                (shape != region.shape).then_some(Draft::Change(region.id, shape))
            }
            Some(Drag::Leading(handle, region)) => {
                geometry::led(&region.shape, handle, spot).map(|shape| Draft::Change(region.id, shape))
            }
            None => match self.sketch.draft.get_untracked() {
                Some(Draft::Outline(corners, _)) => Some(Draft::Outline(corners, spot)),
                other => other,
            },
        };
        if draft.is_some() {
            self.sketch.draft.set(draft);
        }
    }

    /// The button comes up.
    pub(super) fn release(self, event: &PointerEvent) {
        let Some(ended) = self.drag.try_update_value(Option::take).flatten() else { return };
        match (ended, self.sketch.draft.get_untracked()) {
            (_, Some(Draft::Box(edges))) => {
                self.sketch.draft.set(None);
                self.sketch.add(edges.shape());
                self.sketch.ask();
            }
            (_, Some(Draft::Change(id, shape))) => {
                self.sketch.draft.set(None);
                self.sketch.change(|drawing| drawing.reshape(&id, shape));
            }
            // A press without a move takes up what lies there.
            (Drag::Drawing(_), _) => {
                let found = self.spot(event).and_then(|(spot, near)| self.found(spot, near));
                self.sketch.choose(found.map(|region| region.id));
            }
            _ => {}
        }
    }

    /// The pointer was taken away.
    pub(super) fn drop(self) {
        self.drag.set_value(None);
        self.sketch.draft.set(None);
    }

    /// A key, while the drawing has the focus.
    pub(super) fn key(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() {
            return;
        }
        let step = if event.alt_key() { SMALL_STEP } else { STEP };
        let (cols, rows) = match event.key().as_str() {
            "ArrowLeft" => (-step, 0.0),
            "ArrowRight" => (step, 0.0),
            "ArrowUp" => (0.0, -step),
            "ArrowDown" => (0.0, step),
            "Escape" => {
                self.drag.set_value(None);
                return self.sketch.cancel();
            }
            "Enter" if self.sketch.draft.with_untracked(Option::is_some) => {
                event.prevent_default();
                return self.close_outline();
            }
            "Enter" if self.sketch.asks && self.sketch.chosen().is_some() => {
                event.prevent_default();
                return self.sketch.ask();
            }
            "Backspace" | "Delete" if self.sketch.is_open => {
                event.prevent_default();
                return self.take_away();
            }
            _ => return,
        };
        if self.sketch.is_open && self.sketch.drawing.with_untracked(|drawing| drawing.chosen().is_some()) {
            // Otherwise the page would scroll away under the region.
            event.prevent_default();
            self.sketch.nudge(cols, rows, event.shift_key());
        }
    }

    /// The last corner of the outline that is being drawn, or the region that is taken up.
    fn take_away(self) {
        match self.sketch.draft.get_untracked() {
            Some(Draft::Outline(mut corners, tip)) => {
                corners.pop();
                let left = (!corners.is_empty()).then_some(Draft::Outline(corners, tip));
                self.sketch.draft.set(left);
            }
            _ => self.sketch.remove_chosen(),
        }
    }

    /// Where the pointer is in the picture, and what is near on the screen, as shares of it.
    fn spot(self, event: &PointerEvent) -> Option<(Spot, Spot)> {
        let area = self.sketch.surface.get_untracked()?.get_bounding_client_rect();
        let share =
            |at: i32, from: f64, length: f64| ((f64::from(at) - from) / length).clamp(0.0, 1.0) as f32;
        let has_area = area.width() > 0.0 && area.height() > 0.0;
        has_area.then(|| {
            let col = share(event.client_x(), area.left(), area.width());
            let row = share(event.client_y(), area.top(), area.height());
            ((col, row), (REACH / area.width() as f32, REACH / area.height() as f32))
        })
    }

    /// The smallest region at a spot: it is the one that could not be reached otherwise.
    fn found(self, spot: Spot, near: Spot) -> Option<Region> {
        let area = |region: &Region| {
            geometry::bounds(&region.shape).map_or(0.0, |edges| edges.width() * edges.height())
        };
        self.sketch.drawing.with_untracked(|drawing| {
            let there =
                drawing.regions().iter().filter(|region| geometry::contains(&region.shape, spot, near));
            there.min_by(|one, other| area(one).total_cmp(&area(other))).cloned()
        })
    }
}
