//! The state that the picture or text, the choice of concepts and the list of regions share.

use std::sync::Arc;

use atelier_domain::task::TaskKind;
use atelier_domain::{Label, Region, ResourceId, Shape};
use leptos::{prelude::*, svg};

use super::{
    drawing::Drawing,
    geometry::{self, Spot},
    merging::Stored,
    zoom::Zoom,
};
use crate::{
    api::{annotations::Mark, concepts::Concept},
    components::{
        edges::Edges,
        loaded::focus_soon,
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
    pub(super) tool: RwSignal<TaskKind>,
    /// The kinds of shapes among which one chooses; none, where only one is drawn.
    pub(super) tools: &'static [TaskKind],
    /// Whether a region gets its concept after it is drawn, rather than that of the brush.
    pub(super) asks: bool,
    /// What the server has, where each region is saved by itself.
    pub(super) stored: RwSignal<Stored>,
    /// Whether anything can be drawn, or only looked at.
    pub is_open: bool,
    /// Which corner of the region that is taken up is led by the arrow keys; none, while they move all of it.
    pub(super) corner: RwSignal<Option<usize>>,
    /// Whether it is being handed in: what would change meanwhile would be handed in by nobody.
    pub is_held: RwSignal<bool>,
    /// How large the picture is shown.
    pub(super) zoom: Zoom,
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
            tool: RwSignal::new(kind),
            tools: &[],
            asks: false,
            stored: RwSignal::default(),
            is_open: true,
            corner: RwSignal::new(None),
            is_held: RwSignal::new(false),
            zoom: Zoom::new(),
            surface: NodeRef::new(),
            concepts: StoredValue::new(concepts),
            text: StoredValue::new(None),
            toasts: Toasts::of_page(),
        }
    }

    /// One in which regions get their concepts after they are drawn, each saved by itself.
    pub(super) fn asking() -> Self {
        Self { asks: true, ..Self::new(TaskKind::Boxes, Vec::new(), Vec::new()) }
    }

    /// The same for another input, of which the server has these regions.
    pub(super) fn begin(
        self,
        kind: TaskKind,
        (stored, drawn): (Stored, Vec<Region>),
        concepts: Vec<Concept>,
        text: Option<String>,
    ) {
        // The hand keeps the kind of shape that it drew in the picture before.
        if kind == TaskKind::Spans || self.tool.get_untracked() == TaskKind::Spans {
            self.tool.set(kind);
        }
        self.draft.set(None);
        self.corner.set(None);
        self.zoom.forget();
        self.drawing.set(Drawing::new(drawn));
        self.stored.set(stored);
        self.concepts.set_value(concepts);
        self.text.set_value(text);
    }

    /// Knows a concept that somebody thought of just now.
    pub(super) fn learn(self, concept: &ResourceId) {
        self.concepts.update_value(|concepts| {
            if concepts.iter().all(|known| known.slug != concept.as_str()) {
                let (slug, name) = (concept.to_string(), concept.to_string());
                concepts.push(Concept { slug, name, color: "currentColor".to_owned() });
            }
        });
    }

    /// The concepts that are known.
    pub(super) fn concepts(self) -> Vec<Concept> {
        self.concepts.get_value()
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

    /// What a region is called, and its colour.
    pub(super) fn look_of(self, region: &Region) -> (String, String) {
        let (name, color) = self.look(region.concept());
        if !self.asks {
            return (name, color);
        }
        // What the server has is said with how sure it is.
        let said = self.stored.with(|stored| {
            let mark = stored.mark(&region.id)?;
            let is_as_said = mark.region().is_some_and(|said| said.labels == region.labels);
            is_as_said.then(|| mark.words.clone())
        });
        let unsaid = || if region.labels.is_empty() { "No concept yet".to_owned() } else { name };
        (said.unwrap_or_else(unsaid), color)
    }

    /// Whether a region is somebody else's.
    pub(super) fn is_others(self, id: &ResourceId) -> bool {
        self.stored.with(|stored| stored.mark(id).is_some_and(|mark| !mark.is_own))
    }

    /// Why a region cannot be changed, if it cannot.
    pub(super) fn why_fixed(self, id: &ResourceId) -> Option<String> {
        self.stored.with_untracked(|stored| stored.mark(id)?.no_change.clone())
    }

    /// Whether a region can be changed; if not, it is said why.
    pub(super) fn is_free(self, id: &ResourceId) -> bool {
        let why_not = self.why_fixed(id);
        if let Some(why_not) = &why_not {
            self.say(why_not);
        }
        why_not.is_none()
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
        // Where each region is saved by itself, only what the hand is at is not kept yet.
        self.draft.with(Option::is_some) || (!self.asks && self.drawing.with(Drawing::can_undo))
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
        let name = untrack(|| self.look_of(&region).0);
        self.toasts.say(format!("{name}: {}", geometry::words(&region.shape)));
    }

    /// Adds a region of the concept that is drawn with.
    pub(super) fn add(self, shape: Shape) {
        let brush = self.brush.get_untracked().filter(|_| !self.asks);
        let (Some(id), true) = (new_id(), self.asks || brush.is_some()) else { return };
        let labels = brush.map(|concept| Label { concept, value: 1.0 }).into_iter().collect();
        self.change(|drawing| drawing.add(Region { id, shape, labels }));
        self.say_chosen();
    }

    /// Draws shapes of `kind` from now on.
    pub(super) fn hold(self, kind: TaskKind) {
        self.settle();
        self.tool.set(kind);
        self.focus();
    }

    /// Gives up what the hand is at, and what has no concept yet; or lays down what is taken up.
    pub(super) fn cancel(self) {
        let was_drawing = self.draft.with_untracked(Option::is_some);
        self.draft.set(None);
        match self.chosen() {
            Some(region)
                if self.asks && !was_drawing && region.labels.is_empty() && self.is_new(&region.id) =>
            {
                self.change(|drawing| drawing.remove(&region.id));
                self.choose(None);
                self.say("Cancelled.");
            }
            _ => self.choose(None),
        }
    }

    /// Whether the server does not have a region yet.
    pub(super) fn is_new(self, id: &ResourceId) -> bool {
        self.stored.with_untracked(|stored| stored.mark(id).is_none())
    }

    /// Leads to where the region that is taken up gets its concept, where it gets one after it is drawn.
    pub(super) fn ask(self) {
        let chosen = self.chosen().filter(|_| self.asks && self.is_open);
        if chosen.is_some_and(|region| self.is_free(&region.id)) {
            focus_soon(super::naming::FIELD);
        }
    }

    /// Adds a region in the middle of the picture, where the arrow keys take it from.
    pub fn add_in_the_middle(self) {
        let Edges { top, left, bottom, right } = Edges::MIDDLE;
        match self.tool.get_untracked() {
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
        let mark = self.stored.with_untracked(|stored| stored.mark(id).cloned());
        match mark {
            Some(Mark { no_removal: Some(why_not), .. }) => return self.say(&why_not),
            Some(mark) if !mark.is_own => {
                return self.say(&format!("{}’s; remove it in the list", mark.author));
            }
            _ => {}
        }
        self.change(|drawing| drawing.remove(id));
        if self.asks {
            // What outlives the page when it is shown anew takes it back.
            self.toasts.show("Removed.", Some(Arc::new(move || self.undo())));
        } else {
            self.toasts.say("Removed.");
        }
    }

    /// Moves the region that is taken up, or the corner of it that is led, or with `is_stretched` its lower right corner, by
    /// shares of the picture.
    pub(super) fn nudge(self, cols: f32, rows: f32, is_stretched: bool) {
        let Some(Region { id, shape, .. }) = self.chosen() else { return };
        if !self.is_free(&id) {
            return;
        }
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
        if self.may_leave(Drawing::undone) {
            self.change(Drawing::undo);
            self.toasts.say("Taken back.");
        }
    }

    /// Makes what was taken back again.
    pub fn redo(self) {
        if self.may_leave(Drawing::redone) {
            self.change(Drawing::redo);
            self.toasts.say("Made again.");
        }
    }

    /// Whether the regions of a step may come to be what the server has; if not, it is said why.
    fn may_leave(self, step: fn(&Drawing) -> Option<&[Region]>) -> bool {
        let why_not = self.drawing.with_untracked(|drawing| {
            let regions = step(drawing)?;
            self.stored.with_untracked(|stored| stored.refusal(drawing.regions(), regions))
        });
        if let Some(why_not) = &why_not {
            self.say(why_not);
        }
        why_not.is_none()
    }
}

/// An identifier for a new region. None where there is no browser, which draws nothing.
fn new_id() -> Option<ResourceId> {
    let mut random = [0; 8];
    let crypto = window().crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut random).ok()?;
    format!("{:016x}", u64::from_be_bytes(random)).parse().ok()
}
