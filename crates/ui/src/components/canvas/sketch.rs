//! The state that the picture or text, the choice of concepts and the list of regions share.

use atelier_domain::task::TaskKind;
use atelier_domain::{Label, Region, ResourceId, Shape};
use leptos::{prelude::*, svg};

use super::{
    drawing::Drawing,
    geometry::{self, Spot},
};
use crate::{
    api::concepts::Concept,
    components::{
        edges::Edges,
        text_spans::{ends, slice},
        toast::Toasts,
    },
};

/// What the hand is at, and is no region yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Draft {
    /// A box that is being drawn.
    Box(Edges),
    /// The corners of an outline that is not closed, and where its next one would be.
    Outline(Vec<Spot>, Spot),
    /// A region that is being moved or stretched, as it would be.
    Change(ResourceId, Shape),
}

/// What somebody draws in an input.
#[derive(Clone, Copy)]
pub struct Sketch {
    /// The regions.
    pub drawing: RwSignal<Drawing>,
    /// The concept that the next region gets.
    pub brush: RwSignal<Option<ResourceId>>,
    /// What the hand is at.
    pub(super) draft: RwSignal<Option<Draft>>,
    /// The kind of shape that is drawn.
    pub kind: TaskKind,
    /// Whether anything can be drawn, or only looked at.
    pub is_open: bool,
    /// Which corner of the region that is taken up is led by the arrow keys; none, while they move all of it.
    pub(super) corner: RwSignal<Option<usize>>,
    /// Whether it is being handed in: what would change meanwhile would be handed in by nobody.
    pub is_held: RwSignal<bool>,
    /// The drawing over the picture, which has the keys.
    pub(super) surface: NodeRef<svg::Svg>,
    concepts: StoredValue<Vec<Concept>>,
    text: StoredValue<Option<String>>,
    toasts: Toasts,
}

impl Sketch {
    /// One that begins with `regions`, and draws shapes of `kind` that are one of `concepts`.
    pub fn new(kind: TaskKind, regions: Vec<Region>, concepts: Vec<Concept>) -> Self {
        let first = concepts.first().and_then(|concept| concept.slug.parse().ok());
        Self {
            drawing: RwSignal::new(Drawing::new(regions)),
            brush: RwSignal::new(first),
            draft: RwSignal::new(None),
            kind,
            is_open: true,
            corner: RwSignal::new(None),
            is_held: RwSignal::new(false),
            surface: NodeRef::new(),
            concepts: StoredValue::new(concepts),
            text: StoredValue::new(None),
            toasts: Toasts::of_page(),
        }
    }

    /// One that is only looked at.
    pub fn closed(kind: TaskKind, regions: Vec<Region>, concepts: Vec<Concept>) -> Self {
        Self { is_open: false, ..Self::new(kind, regions, concepts) }
    }

    /// The same, in a text.
    pub fn of_text(self, text: &str) -> Self {
        self.text.set_value(Some(text.to_owned()));
        self
    }

    /// The words that a region marks, if it is a stretch of a text.
    pub(super) fn quote(self, shape: &Shape) -> Option<String> {
        let (start, end) = ends(shape)?;
        self.text.with_value(|text| text.as_ref().map(|text| slice(text, start, end).to_owned()))
    }

    /// What a concept is called, and its colour.
    pub(super) fn look(self, concept: Option<&ResourceId>) -> (String, String) {
        self.concepts.with_value(|concepts| {
            let found = concept
                .and_then(|concept| concepts.iter().find(|known| known.slug == concept.as_str()))
                .map(|known| (known.name.clone(), known.color.clone()));
            let unknown = || {
                (concept.map_or_else(|| "Nothing".to_owned(), ToString::to_string), "currentColor".to_owned())
            };
            found.unwrap_or_else(unknown)
        })
    }

    /// Takes a concept to draw with. A region that is taken up becomes one of it.
    pub fn take(self, concept: &ResourceId) {
        self.brush.set(Some(concept.clone()));
        let chosen = self.chosen();
        if let Some(chosen) = chosen.filter(|_| self.is_open) {
            self.change(|drawing| drawing.say(&chosen.id, concept.clone()));
        }
        self.toasts.say(self.look(Some(concept)).0);
    }

    /// Changes what is drawn, unless it is being handed in.
    pub(super) fn change(self, change: impl FnOnce(&mut Drawing)) {
        if self.is_open && !self.is_held.get_untracked() {
            self.drawing.update(change);
        }
    }

    /// Whether something is drawn that would be lost with the page.
    pub(super) fn is_changed(self) -> bool {
        self.draft.with(Option::is_some) || self.drawing.with(Drawing::can_undo)
    }

    /// The region that is taken up.
    pub(super) fn chosen(self) -> Option<Region> {
        self.drawing.with_untracked(|drawing| drawing.chosen().cloned())
    }

    /// Whether a region is the one that is taken up.
    pub(super) fn is_chosen(self, id: &ResourceId) -> bool {
        self.drawing.with(|drawing| drawing.chosen().is_some_and(|region| region.id == *id))
    }

    /// Takes a region up.
    pub(super) fn choose(self, id: Option<ResourceId>) {
        self.corner.set(None);
        self.drawing.update(|drawing| drawing.choose(id));
        self.say_chosen();
    }

    /// Has the arrow keys lead the next corner of the region that is taken up; after the last one, all of it again.
    pub fn take_next_corner(self) {
        let Some(region) = self.chosen() else { return };
        let corners = geometry::handles(&region.shape);
        let next = self.corner.get_untracked().map_or(0, |corner| corner + 1);
        self.corner.set((next < corners.len()).then_some(next));
        self.focus();
        match corners.get(next) {
            Some(corner) => self.say(&format!(
                "Corner {} of {}: {}",
                next + 1,
                corners.len(),
                geometry::spot_words(*corner)
            )),
            None => self.say_chosen(),
        }
    }

    /// Ends what the hand is at: an outline that could be closed is, and one that could not is given up. Answers whether the
    /// hand was at anything.
    pub fn settle(self) -> bool {
        let draft = self.draft.get_untracked();
        let was_open = draft.is_some();
        self.draft.set(None);
        match draft {
            Some(Draft::Outline(corners, _)) if corners.len() >= 3 => {
                self.add(Shape::Polygon { points: corners.into_iter().map(geometry::at).collect() });
            }
            _ => {}
        }
        was_open
    }

    /// Takes up the next region, or the one before, and gives the drawing the keys.
    pub fn choose_beside(self, is_forth: bool) {
        self.corner.set(None);
        self.drawing.update(|drawing| drawing.choose_beside(is_forth));
        self.focus();
        self.say_chosen();
    }

    /// Gives the drawing the keys.
    pub(super) fn focus(self) {
        if let Some(surface) = self.surface.get_untracked() {
            let _ = surface.focus();
        }
    }

    /// Reads something out.
    pub(super) fn say(self, text: &str) {
        self.toasts.say(text);
    }

    /// Says which region is taken up.
    fn say_chosen(self) {
        let Some(region) = self.chosen() else { return };
        let name = self.look(region.concept()).0;
        self.toasts.say(format!("{name}: {}", geometry::words(&region.shape)));
    }

    /// Adds a region of the concept that is drawn with.
    pub(super) fn add(self, shape: Shape) {
        let (Some(id), Some(concept)) = (new_id(), self.brush.get_untracked()) else { return };
        let labels = vec![Label { concept, value: 1.0 }];
        self.change(|drawing| drawing.add(Region { id, shape, labels }));
        self.say_chosen();
    }

    /// Adds a region in the middle of the picture, where the arrow keys take it from.
    pub fn add_in_the_middle(self) {
        let Edges { top, left, bottom, right } = Edges::MIDDLE;
        match self.kind {
            TaskKind::Boxes => self.add(Edges::MIDDLE.shape()),
            TaskKind::Polygons => {
                let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
                self.add(Shape::Polygon { points: corners.map(geometry::at).to_vec() });
            }
            TaskKind::Points => self.add(Shape::Point(geometry::at((0.5, 0.5)))),
            TaskKind::Classification | TaskKind::Spans => return,
        }
        self.focus();
    }

    /// Takes away the region that is taken up.
    pub fn remove_chosen(self) {
        if let Some(chosen) = self.chosen() {
            self.remove(&chosen.id);
        }
    }

    /// Takes a region away.
    pub(super) fn remove(self, id: &ResourceId) {
        self.change(|drawing| drawing.remove(id));
        self.toasts.say("Removed.");
    }

    /// Moves the region that is taken up, or the corner of it that is led, or with `is_stretched` its lower right corner, by
    /// shares of the picture.
    pub(super) fn nudge(self, cols: f32, rows: f32, is_stretched: bool) {
        let Some(Region { id, shape, .. }) = self.chosen() else { return };
        let led = self.corner.get_untracked().and_then(|corner| {
            let (col, row) = *geometry::handles(&shape).get(corner)?;
            geometry::led(&shape, corner, (col + cols, row + rows))
        });
        let shape = led.unwrap_or_else(|| {
            let by = if is_stretched { geometry::stretched } else { geometry::moved };
            by(&shape, cols, rows)
        });
        self.change(|drawing| drawing.nudge(&id, shape));
        self.say_chosen();
    }

    /// Takes back the last change.
    pub fn undo(self) {
        self.draft.set(None);
        self.change(Drawing::undo);
        self.toasts.say("Taken back.");
    }

    /// Makes what was taken back again.
    pub fn redo(self) {
        self.change(Drawing::redo);
        self.toasts.say("Made again.");
    }
}

/// An identifier for a new region. None where there is no browser, which draws nothing.
fn new_id() -> Option<ResourceId> {
    let mut random = [0; 8];
    let crypto = window().crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut random).ok()?;
    format!("{:016x}", u64::from_be_bytes(random)).parse().ok()
}
