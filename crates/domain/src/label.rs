//! What is said of an input: concepts of the whole, and regions with concepts of their own.

mod change;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use change::{PatchAction, UnknownAction};

use crate::value::ResourceId;

/// The most concepts that one annotation, or one region, names.
pub const MOST_CONCEPTS: usize = 1_000;

/// The most regions that one annotation has.
pub const MOST_REGIONS: usize = 1_000;

/// The most regions of one annotation that were taken back: see [`Region::is_denied`].
pub const MOST_DENIED: usize = 2_000;

/// The most corners that one polygon has.
pub const MOST_CORNERS: usize = 10_000;

/// What kind of thing an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// A picture.
    Image,
    /// A text.
    Text,
}

impl Medium {
    /// Its name: `image` or `text`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// That a text names no kind of input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither image nor text")]
pub struct UnknownMedium(String);

impl FromStr for Medium {
    type Err = UnknownMedium;

    fn from_str(name: &str) -> Result<Self, UnknownMedium> {
        [Self::Image, Self::Text]
            .into_iter()
            .find(|medium| medium.name() == name)
            .ok_or_else(|| UnknownMedium(name.into()))
    }
}

/// That a concept is there, or is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// Which concept.
    pub concept: ResourceId,
    /// How sure: 1 is "there", 0 is "not there".
    pub value: f32,
}

impl Label {
    /// Whether it says that the concept is there, rather than that it is not.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.value > 0.5
    }
}

/// A spot in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// From the top, as a share of the height.
    pub row: f32,
    /// From the left, as a share of the width.
    pub col: f32,
}

/// Which part of an input a region is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shape {
    /// An upright box in a picture; its edges are shares of the height and width.
    Box {
        /// The upper edge.
        top: f32,
        /// The left edge.
        left: f32,
        /// The lower edge.
        bottom: f32,
        /// The right edge.
        right: f32,
    },
    /// A closed line in a picture.
    Polygon {
        /// Its corners, in order.
        points: Vec<Point>,
    },
    /// A spot in a picture.
    Point(Point),
    /// A stretch of a text.
    Span {
        /// Its first character, counted from 0.
        start: u32,
        /// The character after its last.
        end: u32,
    },
}

/// A part of an input, and what is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// By what it is known within its annotation.
    pub id: ResourceId,
    /// Which part it is.
    pub shape: Shape,
    /// What is in it.
    pub labels: Vec<Label>,
}

/// What one annotation says of its input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Labels {
    /// Of the whole.
    pub concepts: Vec<Label>,
    /// Of parts.
    pub regions: Vec<Region>,
}

/// Why labels are not valid, in words that follow the field's name.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidLabels {
    /// A value is no share.
    #[error("has the value {1} for `{0}`, which is not between 0 and 1")]
    Value(ResourceId, f32),
    /// A concept is named twice in one place.
    #[error("names the concept `{0}` twice")]
    ConceptTwice(ResourceId),
    /// Two regions have one id.
    #[error("has two regions `{0}`")]
    RegionTwice(ResourceId),
    /// More than an annotation may have.
    #[error("has more than {0} {1}")]
    TooMany(usize, &'static str),
    /// An edge or point outside the picture.
    #[error("has the region `{0}`, which reaches outside the picture: edges lie between 0 and 1")]
    Outside(ResourceId),
    /// A box whose edges are in the wrong order, or coincide.
    #[error(
        "has the region `{0}`, whose box has no area: its bottom must be below its top, its right beyond its left"
    )]
    NoArea(ResourceId),
    /// A polygon of too few corners.
    #[error("has the region `{0}`, whose polygon has fewer than three corners")]
    TooFewCorners(ResourceId),
    /// A stretch of text that is empty or turned round.
    #[error("has the region `{0}`, whose span ends before it begins")]
    EmptySpan(ResourceId),
    /// A stretch that goes on after the text's end.
    #[error("has the region `{0}`, whose span goes on after the text's end at {1}")]
    BeyondText(ResourceId, u32),
    /// A shape of another medium.
    #[error("has the region `{0}`, whose shape does not fit {1} input")]
    WrongMedium(ResourceId, &'static str),
}

impl Shape {
    /// Which kind of input it is a part of.
    #[must_use]
    pub fn medium(&self) -> Medium {
        match self {
            Self::Box { .. } | Self::Polygon { .. } | Self::Point(_) => Medium::Image,
            Self::Span { .. } => Medium::Text,
        }
    }
}

/// Whether `value` is a share. What is not a number is none.
fn is_share(value: f32) -> bool {
    (0.0..=1.0).contains(&value)
}

impl Point {
    fn is_inside(&self) -> bool {
        is_share(self.row) && is_share(self.col)
    }
}

/// Whether a spot lies within a closed line of these corners: whether a ray from it to the right crosses the line an odd
/// number of times.
#[must_use]
pub fn encloses(corners: &[Point], spot: Point) -> bool {
    let next = corners.iter().cycle().skip(1);
    let crossings = corners.iter().zip(next).filter(|(from, to)| {
        let spans = (from.row > spot.row) != (to.row > spot.row);
        spans && spot.col < from.col + (to.col - from.col) * (spot.row - from.row) / (to.row - from.row)
    });
    crossings.count() % 2 == 1
}

impl Region {
    /// The first concept that is said to be in it.
    #[must_use]
    pub fn concept(&self) -> Option<&ResourceId> {
        self.labels.iter().find(|label| label.is_there()).map(|label| &label.concept)
    }

    /// Whether all that is said of it is that something is not there: so somebody takes it back who may take nothing away.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        !self.labels.is_empty() && self.concept().is_none()
    }

    fn check(&self, medium: Medium, characters: Option<u32>) -> Result<(), InvalidLabels> {
        let id = || self.id.clone();
        if self.shape.medium() != medium {
            let input = match medium {
                Medium::Image => "an image",
                Medium::Text => "a text",
            };
            return Err(InvalidLabels::WrongMedium(id(), input));
        }
        match &self.shape {
            Shape::Box { top, left, bottom, right } => {
                if ![top, left, bottom, right].into_iter().all(|edge| is_share(*edge)) {
                    return Err(InvalidLabels::Outside(id()));
                }
                if top >= bottom || left >= right {
                    return Err(InvalidLabels::NoArea(id()));
                }
            }
            Shape::Polygon { points } => {
                if points.len() < 3 {
                    return Err(InvalidLabels::TooFewCorners(id()));
                }
                if points.len() > MOST_CORNERS {
                    return Err(InvalidLabels::TooMany(MOST_CORNERS, "corners in one polygon"));
                }
                if !points.iter().all(Point::is_inside) {
                    return Err(InvalidLabels::Outside(id()));
                }
            }
            Shape::Point(point) if !point.is_inside() => return Err(InvalidLabels::Outside(id())),
            Shape::Point(_) => {}
            Shape::Span { start, end } => {
                if start >= end {
                    return Err(InvalidLabels::EmptySpan(id()));
                }
                if let Some(length) = characters.filter(|length| end > length) {
                    return Err(InvalidLabels::BeyondText(id(), length));
                }
            }
        }
        check_labels(&self.labels)
    }
}

fn check_labels(labels: &[Label]) -> Result<(), InvalidLabels> {
    if labels.len() > MOST_CONCEPTS {
        return Err(InvalidLabels::TooMany(MOST_CONCEPTS, "concepts in one place"));
    }
    let mut seen = BTreeSet::new();
    for label in labels {
        if !is_share(label.value) {
            return Err(InvalidLabels::Value(label.concept.clone(), label.value));
        }
        if !seen.insert(&label.concept) {
            return Err(InvalidLabels::ConceptTwice(label.concept.clone()));
        }
    }
    Ok(())
}

impl Labels {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty() && self.regions.is_empty()
    }

    /// Every concept that is named, of the whole or of a part, with the highest value that it has anywhere.
    #[must_use]
    pub fn concepts(&self) -> BTreeMap<&str, f32> {
        let mut found = BTreeMap::new();
        let of_regions = self.regions.iter().flat_map(|region| &region.labels);
        for label in self.concepts.iter().chain(of_regions) {
            let highest = found.entry(label.concept.as_str()).or_insert(label.value);
            *highest = label.value.max(*highest);
        }
        found
    }

    /// Checks that all of it can be said of an input of `medium`; a text's `characters` bound its spans.
    ///
    /// # Errors
    /// The first thing that cannot.
    pub fn check(&self, medium: Medium, characters: Option<u32>) -> Result<(), InvalidLabels> {
        check_labels(&self.concepts)?;
        let denied = self.regions.iter().filter(|region| region.is_denied()).count();
        if self.regions.len() - denied > MOST_REGIONS {
            return Err(InvalidLabels::TooMany(MOST_REGIONS, "regions"));
        }
        if denied > MOST_DENIED {
            return Err(InvalidLabels::TooMany(MOST_DENIED, "regions that were taken back"));
        }
        let mut seen = BTreeSet::new();
        for region in &self.regions {
            if !seen.insert(&region.id) {
                return Err(InvalidLabels::RegionTwice(region.id.clone()));
            }
            region.check(medium, characters)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ResourceId {
        text.parse().unwrap()
    }

    fn label(concept: &str, value: f32) -> Label {
        Label { concept: id(concept), value }
    }

    fn boxed(name: &str, edges: [f32; 4], labels: Vec<Label>) -> Region {
        let [top, left, bottom, right] = edges;
        Region { id: id(name), shape: Shape::Box { top, left, bottom, right }, labels }
    }

    fn regions(regions: Vec<Region>) -> Labels {
        Labels { concepts: Vec::new(), regions }
    }

    const MIDDLE: [f32; 4] = [0.25, 0.25, 0.75, 0.75];

    #[test]
    fn shapes_lie_inside_and_have_extent() {
        let check = |shape: Shape| {
            let region = Region { id: id("r"), shape, labels: Vec::new() };
            let medium = region.shape.medium();
            regions(vec![region]).check(medium, Some(10))
        };
        let corners = |n: usize| vec![Point { row: 0.5, col: 0.5 }; n];
        assert_eq!(check(Shape::Box { top: 0.0, left: 0.0, bottom: 1.0, right: 1.0 }), Ok(()));
        assert_eq!(check(Shape::Polygon { points: corners(3) }), Ok(()));
        assert_eq!(check(Shape::Point(Point { row: 1.0, col: 0.0 })), Ok(()));
        assert_eq!(check(Shape::Span { start: 0, end: 10 }), Ok(()));
        for bad in [
            Shape::Box { top: 0.5, left: 0.0, bottom: 0.5, right: 1.0 },
            Shape::Box { top: 0.0, left: 0.9, bottom: 1.0, right: 0.1 },
            Shape::Box { top: -0.1, left: 0.0, bottom: 1.0, right: 1.0 },
            Shape::Box { top: 0.0, left: 0.0, bottom: f32::NAN, right: 1.0 },
            Shape::Polygon { points: corners(2) },
            Shape::Polygon { points: corners(MOST_CORNERS + 1) },
            Shape::Point(Point { row: 1.1, col: 0.0 }),
            Shape::Span { start: 3, end: 3 },
            Shape::Span { start: 3, end: 11 },
        ] {
            assert!(check(bad.clone()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_was_taken_back_takes_no_place() {
        let there = |number: usize| boxed(&format!("r{number}"), MIDDLE, vec![label("a", 1.0)]);
        let denied = |number: usize| boxed(&format!("d{number}"), MIDDLE, vec![label("a", 0.0)]);
        let check = |labels: Labels| labels.check(Medium::Image, None);
        let mut full = regions((0..MOST_REGIONS).map(there).chain((0..MOST_DENIED).map(denied)).collect());
        assert_eq!(check(full.clone()), Ok(()));
        full.regions.push(denied(MOST_DENIED));
        assert_eq!(
            check(full.clone()),
            Err(InvalidLabels::TooMany(MOST_DENIED, "regions that were taken back"))
        );
        full.regions.pop();
        full.regions.push(there(MOST_REGIONS));
        assert_eq!(check(full), Err(InvalidLabels::TooMany(MOST_REGIONS, "regions")));
    }

    #[test]
    fn a_spot_lies_within_a_line_and_not_in_its_notch() {
        let corners =
            [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.2, 0.5), (1.0, 0.0)].map(|(row, col)| Point { row, col });
        assert!(encloses(&corners, Point { row: 0.1, col: 0.5 }));
        assert!(!encloses(&corners, Point { row: 0.6, col: 0.5 }));
    }

    #[test]
    fn shapes_fit_their_medium_only() {
        let picture = regions(vec![boxed("r", MIDDLE, Vec::new())]);
        assert_eq!(picture.check(Medium::Image, None), Ok(()));
        assert_eq!(
            picture.check(Medium::Text, Some(10)).map_err(|error| error.to_string()),
            Err("has the region `r`, whose shape does not fit a text input".into())
        );
    }

    #[test]
    fn nothing_is_said_twice_or_beyond_certainty() {
        let of_whole = |concepts| Labels { concepts, regions: Vec::new() };
        let check = |labels: Labels| labels.check(Medium::Image, None);
        assert_eq!(check(of_whole(vec![label("a", 0.0), label("b", 1.0)])), Ok(()));
        assert_eq!(
            check(of_whole(vec![label("a", 0.5), label("a", 1.0)])),
            Err(InvalidLabels::ConceptTwice(id("a")))
        );
        assert_eq!(check(of_whole(vec![label("a", 1.5)])), Err(InvalidLabels::Value(id("a"), 1.5)));
        let twice = regions(vec![boxed("r", MIDDLE, Vec::new()), boxed("r", MIDDLE, Vec::new())]);
        assert_eq!(check(twice), Err(InvalidLabels::RegionTwice(id("r"))));
    }

    #[test]
    fn concepts_are_those_of_the_whole_and_of_parts() {
        let labels = Labels {
            concepts: vec![label("a", 0.0)],
            regions: vec![boxed("r", MIDDLE, vec![label("a", 0.5), label("b", 1.0)])],
        };
        assert_eq!(labels.concepts(), BTreeMap::from([("a", 0.5), ("b", 1.0)]));
    }

    #[test]
    fn labels_keep_their_meaning_in_json() {
        let labels = Labels {
            concepts: vec![label("a", 0.5)],
            regions: vec![
                boxed("r", MIDDLE, vec![label("b", 1.0)]),
                Region {
                    id: id("p"),
                    shape: Shape::Point(Point { row: 0.5, col: 0.25 }),
                    labels: Vec::new(),
                },
            ],
        };
        let text = serde_json::to_string(&labels).unwrap();
        assert_eq!(serde_json::from_str::<Labels>(&text).unwrap(), labels);
    }
}
