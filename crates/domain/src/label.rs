//! What is said of an input: concepts of the whole, and regions with concepts of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::value::ResourceId;

/// The most concepts that one annotation, or one region, names.
pub const MOST_CONCEPTS: usize = 1_000;

/// The most regions that one annotation has.
pub const MOST_REGIONS: usize = 1_000;

/// The most corners that one polygon has.
pub const MOST_CORNERS: usize = 10_000;

/// What kind of thing an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// These labels with one concept said in the place of another, or with nothing in its place. Where both were named,
    /// the higher value holds.
    #[must_use]
    pub fn renamed(&self, concept: &ResourceId, into: Option<&ResourceId>) -> Self {
        let mut labels = self.clone();
        rename(&mut labels.concepts, concept, into);
        for region in &mut labels.regions {
            rename(&mut region.labels, concept, into);
        }
        labels
    }

    /// Checks that all of it can be said of an input of `medium`; a text's `characters` bound its spans.
    ///
    /// # Errors
    /// The first thing that cannot.
    pub fn check(&self, medium: Medium, characters: Option<u32>) -> Result<(), InvalidLabels> {
        check_labels(&self.concepts)?;
        if self.regions.len() > MOST_REGIONS {
            return Err(InvalidLabels::TooMany(MOST_REGIONS, "regions"));
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

    /// These labels with `change` said as well: what it names anew is added, what is there already takes its values.
    #[must_use]
    pub fn merged(&self, change: &Self) -> Self {
        let mut labels = self.clone();
        merge(&mut labels.concepts, &change.concepts);
        for region in &change.regions {
            match labels.regions.iter_mut().find(|own| own.id == region.id) {
                Some(own) => {
                    own.shape.clone_from(&region.shape);
                    merge(&mut own.labels, &region.labels);
                }
                None => labels.regions.push(region.clone()),
            }
        }
        labels
    }

    /// What is to be merged into these labels so that they say what `meant` says, without taking anything away: what they
    /// said beyond that is said not to be there.
    ///
    /// To take away what one said is a right of its own, and to change one's mind is not.
    #[must_use]
    pub fn revised(&self, meant: &Self) -> Self {
        let mut regions = Vec::with_capacity(meant.regions.len());
        for region in &meant.regions {
            let before = self.regions.iter().find(|own| own.id == region.id);
            let labels = before
                .map_or_else(|| region.labels.clone(), |own| revised_labels(&own.labels, &region.labels));
            regions.push(Region { labels, ..region.clone() });
        }
        let left = self.regions.iter().filter(|own| meant.regions.iter().all(|region| region.id != own.id));
        regions.extend(left.map(|own| Region { labels: revised_labels(&own.labels, &[]), ..own.clone() }));
        Self { concepts: revised_labels(&self.concepts, &meant.concepts), regions }
    }

    /// These labels, of which the lists that `change` gives are replaced by them. A list that it leaves empty stays.
    #[must_use]
    pub fn overwritten(&self, change: &Self) -> Self {
        fn chosen<T: Clone>(own: &[T], other: &[T]) -> Vec<T> {
            if other.is_empty() { own.to_vec() } else { other.to_vec() }
        }
        Self {
            concepts: chosen(&self.concepts, &change.concepts),
            regions: chosen(&self.regions, &change.regions),
        }
    }

    /// These labels without what `change` names: concepts of the whole; of a region the concepts that are named with
    /// it, or all of it when none are.
    #[must_use]
    pub fn without(&self, change: &Self) -> Self {
        let mut labels = self.clone();
        take_away(&mut labels.concepts, &change.concepts);
        for named in &change.regions {
            if named.labels.is_empty() {
                labels.regions.retain(|own| own.id != named.id);
            } else if let Some(own) = labels.regions.iter_mut().find(|own| own.id == named.id) {
                take_away(&mut own.labels, &named.labels);
            }
        }
        labels
    }
}

/// What `meant` says, and that nothing else of what `own` said is there.
fn revised_labels(own: &[Label], meant: &[Label]) -> Vec<Label> {
    let left = own.iter().filter(|own| meant.iter().all(|label| label.concept != own.concept));
    let denied = left.map(|own| Label { value: 0.0, ..own.clone() });
    meant.iter().cloned().chain(denied).collect()
}

fn merge(own: &mut Vec<Label>, change: &[Label]) {
    for label in change {
        match own.iter_mut().find(|own| own.concept == label.concept) {
            Some(own) => own.value = label.value,
            None => own.push(label.clone()),
        }
    }
}

fn rename(labels: &mut Vec<Label>, concept: &ResourceId, into: Option<&ResourceId>) {
    let Some(place) = labels.iter().position(|label| label.concept == *concept) else { return };
    let Some(into) = into else {
        labels.remove(place);
        return;
    };
    let other = labels.iter().find(|label| label.concept == *into).map(|label| label.value);
    if let Some(label) = labels.get_mut(place) {
        label.concept.clone_from(into);
        label.value = other.unwrap_or(label.value).max(label.value);
    }
    let mut index = 0;
    labels.retain(|label| {
        let is_other = label.concept == *into && index != place;
        index += 1;
        !is_other
    });
}

fn take_away(own: &mut Vec<Label>, named: &[Label]) {
    own.retain(|own| named.iter().all(|named| named.concept != own.concept));
}

/// What a patch does with what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchAction {
    /// Adds it to what is there.
    Merge,
    /// Puts it in the place of what is there.
    Overwrite,
    /// Takes it away.
    Remove,
}

impl PatchAction {
    /// Whether something that somebody said may be gone afterwards: such a patch is a deletion, and needs the right
    /// to delete.
    #[must_use]
    pub fn deletes(self) -> bool {
        matches!(self, Self::Overwrite | Self::Remove)
    }
}

/// That a text names nothing that a patch can do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of merge, overwrite and remove")]
pub struct UnknownAction(String);

impl FromStr for PatchAction {
    type Err = UnknownAction;

    /// Reads `merge`, `overwrite` or `remove`; nothing is the gentlest of them.
    fn from_str(name: &str) -> Result<Self, UnknownAction> {
        match name {
            "" | "merge" => Ok(Self::Merge),
            "overwrite" => Ok(Self::Overwrite),
            "remove" => Ok(Self::Remove),
            other => Err(UnknownAction(other.into())),
        }
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
    fn a_mind_is_changed_without_taking_anything_away() {
        let before = Labels {
            concepts: vec![label("rain", 1.0), label("snow", 1.0)],
            regions: vec![
                boxed("kept", MIDDLE, vec![label("stop", 1.0)]),
                boxed("renamed", MIDDLE, vec![label("stop", 1.0)]),
                boxed("dropped", MIDDLE, vec![label("stop", 1.0)]),
            ],
        };
        let moved = [0.0, 0.0, 0.5, 0.5];
        let meant = Labels {
            concepts: vec![label("snow", 1.0), label("fog", 1.0)],
            regions: vec![
                boxed("kept", moved, vec![label("stop", 1.0)]),
                boxed("renamed", MIDDLE, vec![label("yield", 1.0)]),
                boxed("new", MIDDLE, vec![label("yield", 1.0)]),
            ],
        };
        let after = before.merged(&before.revised(&meant));
        let there = |labels: &[Label]| -> Vec<String> {
            labels.iter().filter(|label| label.is_there()).map(|label| label.concept.to_string()).collect()
        };
        assert_eq!(there(&after.concepts), ["snow", "fog"]);
        assert_eq!(after.concepts.len(), 3, "what was said stands there, denied");
        let said: Vec<_> = after.regions.iter().filter(|region| !region.is_denied()).collect();
        assert_eq!(
            said.iter().map(|region| region.id.as_str()).collect::<Vec<_>>(),
            ["kept", "renamed", "new"]
        );
        assert_eq!(said[0].shape, meant.regions[0].shape);
        assert_eq!(said[1].concept(), Some(&id("yield")));
        assert!(after.regions.iter().any(|region| region.id == id("dropped") && region.is_denied()));
        assert_eq!(after.merged(&after.revised(&meant)), after, "twice is as once");
    }

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
    fn merging_adds_and_takes_new_values() {
        let own = Labels {
            concepts: vec![label("a", 1.0)],
            regions: vec![boxed("r", MIDDLE, vec![label("stop", 1.0)])],
        };
        let change = Labels {
            concepts: vec![label("a", 0.0), label("b", 1.0)],
            regions: vec![
                boxed("r", [0.0, 0.0, 0.5, 0.5], vec![label("give-way", 1.0)]),
                boxed("s", MIDDLE, Vec::new()),
            ],
        };
        let merged = own.merged(&change);
        assert_eq!(merged.concepts, change.concepts);
        assert_eq!(
            merged.regions,
            [
                boxed("r", [0.0, 0.0, 0.5, 0.5], vec![label("stop", 1.0), label("give-way", 1.0)]),
                boxed("s", MIDDLE, Vec::new()),
            ]
        );
        assert_eq!(merged.merged(&change), merged, "merging twice is merging once");
    }

    #[test]
    fn overwriting_replaces_the_lists_that_are_given() {
        let own = Labels { concepts: vec![label("a", 1.0)], regions: vec![boxed("r", MIDDLE, Vec::new())] };
        let change = Labels { concepts: vec![label("b", 1.0)], regions: Vec::new() };
        let overwritten = own.overwritten(&change);
        assert_eq!((overwritten.concepts, overwritten.regions), (change.concepts, own.regions));
    }

    #[test]
    fn removing_takes_away_what_is_named_and_nothing_else() {
        let own = Labels {
            concepts: vec![label("a", 1.0), label("b", 1.0)],
            regions: vec![
                boxed("r", MIDDLE, vec![label("stop", 1.0), label("sign", 1.0)]),
                boxed("s", MIDDLE, Vec::new()),
            ],
        };
        let change = Labels {
            concepts: vec![label("a", 1.0), label("unknown", 1.0)],
            regions: vec![boxed("r", MIDDLE, vec![label("stop", 1.0)]), boxed("s", MIDDLE, Vec::new())],
        };
        let left = own.without(&change);
        assert_eq!(left.concepts, [label("b", 1.0)]);
        assert_eq!(left.regions, [boxed("r", MIDDLE, vec![label("sign", 1.0)])]);
    }

    #[test]
    fn one_concept_takes_the_place_of_another_or_none_does() {
        let own = Labels {
            concepts: vec![label("cat", 0.0), label("kitten", 1.0), label("dog", 1.0)],
            regions: vec![boxed("r", MIDDLE, vec![label("kitten", 0.5)])],
        };
        let merged = own.renamed(&id("kitten"), Some(&id("cat")));
        assert_eq!(
            merged.concepts,
            [label("cat", 1.0), label("dog", 1.0)],
            "named once, by the higher value"
        );
        assert_eq!(merged.regions, [boxed("r", MIDDLE, vec![label("cat", 0.5)])]);
        assert_eq!(merged.renamed(&id("kitten"), Some(&id("cat"))), merged, "twice is once");
        let gone = own.renamed(&id("kitten"), None);
        assert_eq!(gone.concepts, [label("cat", 0.0), label("dog", 1.0)]);
        assert_eq!(gone.regions, [boxed("r", MIDDLE, Vec::new())], "the part stays");
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

    #[test]
    fn only_merging_leaves_everything_there() {
        let actions =
            ["", "merge", "overwrite", "remove"].map(|name| name.parse::<PatchAction>().unwrap().deletes());
        assert_eq!(actions, [false, false, true, true]);
        assert!("replace".parse::<PatchAction>().is_err());
    }
}
