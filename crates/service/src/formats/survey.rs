//! What there is in a version: which classes its pictures show, and how much of it a format leaves out.

use std::collections::BTreeSet;

use atelier_domain::{Labels, Medium, Shape};

use super::is_measured;
use super::objects::objects;
use crate::annotations::status;
use crate::datasets::versions::FrozenInputRow;

/// What was seen while a version was looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Whether it has a split.
    pub(super) has_split: bool,
    /// The concepts of which there is a box or polygon in a picture, by their identifiers.
    pub(super) classes: BTreeSet<String>,
    /// How many inputs there are.
    pub(super) inputs: u64,
    /// How many of them are texts.
    pub(super) texts: u64,
    /// How many are pictures whose size is not known.
    pub(super) unmeasured: u64,
    /// Of how many it is known where they were made.
    pub(super) places: u64,
    /// How many annotations there are.
    pub(super) annotations: u64,
    /// How many of them do not count: nobody has submitted or approved them.
    pub(super) uncounted: u64,
    /// How many labels there are of whole inputs.
    pub(super) wholes: u64,
    /// How many labels say that something is not there.
    pub(super) absent: u64,
    /// How many labels are less sure than certain.
    pub(super) unsure: u64,
    /// How many polygons there are.
    pub(super) polygons: u64,
    /// How many points.
    pub(super) points: u64,
    /// How many stretches of texts.
    pub(super) spans: u64,
    /// How many regions say nothing of what is in them.
    pub(super) unnamed: u64,
}

impl Survey {
    /// Of a version of which nothing was looked at yet.
    pub(crate) fn of(has_split: bool) -> Self {
        Self { has_split, ..Self::default() }
    }

    /// Looks at one more input.
    pub(crate) fn add(&mut self, input: &FrozenInputRow) {
        self.inputs += 1;
        self.places += u64::from(input.place().is_some());
        match input.kind {
            Medium::Text => self.texts += 1,
            Medium::Image if !is_measured(input) => self.unmeasured += 1,
            Medium::Image => {}
        }
        for said in &input.said {
            self.annotations += 1;
            if said.status == status::SUCCESS {
                self.add_labels(&said.labels);
            } else {
                self.uncounted += 1;
            }
        }
        if is_measured(input) {
            for object in objects(input) {
                if !self.classes.contains(object.concept) {
                    self.classes.insert(object.concept.to_owned());
                }
            }
        }
    }

    fn add_labels(&mut self, labels: &Labels) {
        self.wholes += labels.concepts.len() as u64;
        let of_regions = labels.regions.iter().flat_map(|region| &region.labels);
        for label in labels.concepts.iter().chain(of_regions) {
            self.absent += u64::from(label.value <= 0.0);
            self.unsure += u64::from(label.value > 0.0 && label.value < 1.0);
        }
        for region in &labels.regions {
            self.unnamed += u64::from(region.labels.is_empty());
            match region.shape {
                Shape::Box { .. } => {}
                Shape::Polygon { .. } => self.polygons += 1,
                Shape::Point(_) => self.points += 1,
                Shape::Span { .. } => self.spans += 1,
            }
        }
    }
}
