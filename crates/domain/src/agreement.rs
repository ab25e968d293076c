//! How far people agree in what they say of the same inputs.
//!
//! Chance-corrected agreement on concepts is Cohen's kappa of two people (J. Cohen, 1960) and Fleiss' kappa of several
//! (J. L. Fleiss, 1971). Parts of pictures are compared by the area that they share: intersection over union.

use std::collections::{BTreeMap, BTreeSet};

use crate::label::{Label, Labels, Point, Region, Shape, encloses};

/// From which share of a common area on two regions are one.
pub const SAME_REGION: f32 = 0.5;

/// Into how many rows and columns the ground is divided on which polygons are compared.
const GRID: u16 = 128;

/// The agreement of two people beyond chance, of how often the one chose the category of the row while the other chose
/// that of the column: 1 is always, 0 is as often as chance would have it. None, if nothing was said, or both always
/// chose the same single category, so that chance explains everything.
#[must_use]
pub fn cohen_kappa<C: Ord>(pairs: impl IntoIterator<Item = (C, C)>) -> Option<f64> {
    let (mut firsts, mut seconds) = (BTreeMap::new(), BTreeMap::new());
    let (mut all, mut same) = (0.0_f64, 0.0_f64);
    for (first, second) in pairs {
        all += 1.0;
        if first == second {
            same += 1.0;
        }
        *firsts.entry(first).or_insert(0.0_f64) += 1.0;
        *seconds.entry(second).or_insert(0.0_f64) += 1.0;
    }
    if all == 0.0 {
        return None;
    }
    let by_chance: f64 = firsts
        .iter()
        .map(|(category, count)| count / all * seconds.get(category).copied().unwrap_or_default() / all)
        .sum();
    beyond_chance(same / all, by_chance)
}

/// The agreement of several people beyond chance. Each entry says of one input how many chose each category, the same
/// number of people for all inputs; those that fewer than two people looked at say nothing and are left out. None, as for
/// [`cohen_kappa`], or if the inputs were looked at by different numbers of people.
#[must_use]
pub fn fleiss_kappa<C: Ord>(counts: impl IntoIterator<Item = BTreeMap<C, u32>>) -> Option<f64> {
    let mut people = None;
    let (mut inputs, mut agreement) = (0.0_f64, 0.0_f64);
    let mut chosen: BTreeMap<C, f64> = BTreeMap::new();
    for input in counts {
        let number = input.values().sum::<u32>();
        if number < 2 {
            continue;
        }
        if *people.get_or_insert(number) != number {
            return None;
        }
        let n = f64::from(number);
        inputs += 1.0;
        agreement += input.values().map(|count| f64::from(*count) * (f64::from(*count) - 1.0)).sum::<f64>()
            / (n * (n - 1.0));
        for (category, count) in input {
            *chosen.entry(category).or_insert(0.0) += f64::from(count);
        }
    }
    let all = inputs * f64::from(people?);
    let by_chance = chosen.values().map(|count| (count / all).powi(2)).sum();
    beyond_chance(agreement / inputs, by_chance)
}

fn beyond_chance(observed: f64, by_chance: f64) -> Option<f64> {
    (by_chance < 1.0).then(|| (observed - by_chance) / (1.0 - by_chance))
}

/// What share of the area that two regions cover together they have in common, from 0 to 1. Boxes exactly, polygons on a
/// grid; points and spans are one or they are not. Regions of different kinds have nothing in common.
#[must_use]
pub fn overlap(one: &Shape, other: &Shape) -> f32 {
    match (one, other) {
        (
            Shape::Box { top, left, bottom, right },
            Shape::Box { top: other_top, left: other_left, bottom: other_bottom, right: other_right },
        ) => {
            let area = |top: f32, left: f32, bottom: f32, right: f32| {
                (bottom - top).max(0.0) * (right - left).max(0.0)
            };
            let common = area(
                top.max(*other_top),
                left.max(*other_left),
                bottom.min(*other_bottom),
                right.min(*other_right),
            );
            let both = area(*top, *left, *bottom, *right)
                + area(*other_top, *other_left, *other_bottom, *other_right)
                - common;
            if both > 0.0 { common / both } else { 0.0 }
        }
        (Shape::Polygon { points }, Shape::Polygon { points: others }) => polygon_overlap(points, others),
        (Shape::Point(one), Shape::Point(other)) => {
            /// How far apart, as a share of the height and width, two points are that mean the same spot.
            const NEAR: f32 = 0.02;
            let apart = (one.row - other.row).abs().max((one.col - other.col).abs());
            if apart <= NEAR { 1.0 } else { 0.0 }
        }
        (Shape::Span { start, end }, Shape::Span { start: other_start, end: other_end }) => {
            let common = end.min(other_end).saturating_sub(*start.max(other_start));
            let both = end.saturating_sub(*start) + other_end.saturating_sub(*other_start) - common;
            if both == 0 { 0.0 } else { common as f32 / both as f32 }
        }
        _ => 0.0,
    }
}

/// The overlap of two polygons, counted on a grid over the smallest box around both.
fn polygon_overlap(one: &[Point], other: &[Point]) -> f32 {
    let corners = || one.iter().chain(other);
    let edge = |of: fn(&Point) -> f32, least: bool| {
        let choose = if least { f32::min } else { f32::max };
        corners().map(of).reduce(choose).unwrap_or_default()
    };
    let (top, bottom) = (edge(|point| point.row, true), edge(|point| point.row, false));
    let (left, right) = (edge(|point| point.col, true), edge(|point| point.col, false));
    let (mut common, mut both) = (0_u32, 0_u32);
    for row in 0..GRID {
        for col in 0..GRID {
            let middle = |index: u16, from: f32, to: f32| {
                from + (to - from) * (f32::from(index) + 0.5) / f32::from(GRID)
            };
            let point = Point { row: middle(row, top, bottom), col: middle(col, left, right) };
            let (in_one, in_other) = (encloses(one, point), encloses(other, point));
            common += u32::from(in_one && in_other);
            both += u32::from(in_one || in_other);
        }
    }
    if both == 0 { 0.0 } else { common as f32 / both as f32 }
}

/// The regions of two people that are about the same: which of the one is which of the other, by their places in the two
/// lists, and how far they overlap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matching {
    /// The pairs, the best first.
    pub pairs: Vec<(usize, usize, f32)>,
    /// How many of the first person's have no partner.
    pub only_first: usize,
    /// How many of the second person's have none.
    pub only_second: usize,
}

impl Matching {
    /// How far the pairs overlap on average; none, if there is no pair.
    #[must_use]
    pub fn mean_overlap(&self) -> Option<f64> {
        let sum: f64 = self.pairs.iter().map(|(.., overlap)| f64::from(*overlap)).sum();
        (!self.pairs.is_empty()).then(|| sum / self.pairs.len() as f64)
    }

    /// Whether every region of the one is a region of the other.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.only_first == 0 && self.only_second == 0
    }
}

/// Pairs the regions of two people: of all pairs that name the same concepts and overlap by [`SAME_REGION`] at least, the
/// best is taken first, and none twice.
#[must_use]
pub fn matched(first: &[Region], second: &[Region]) -> Matching {
    let mut candidates: Vec<(usize, usize, f32)> = first
        .iter()
        .enumerate()
        .flat_map(|(index, one)| {
            second
                .iter()
                .enumerate()
                .filter(|(_, other)| said(&one.labels) == said(&other.labels))
                .map(move |(place, other)| (index, place, overlap(&one.shape, &other.shape)))
        })
        .filter(|(.., overlap)| *overlap >= SAME_REGION)
        .collect();
    // The best first; of equal ones those that were drawn first, so that the outcome is one and the same.
    candidates.sort_by(|one, other| other.2.total_cmp(&one.2).then((one.0, one.1).cmp(&(other.0, other.1))));
    let (mut taken_first, mut taken_second) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    for (index, place, overlap) in candidates {
        if !taken_first.contains(&index) && !taken_second.contains(&place) {
            taken_first.insert(index);
            taken_second.insert(place);
            pairs.push((index, place, overlap));
        }
    }
    Matching { only_first: first.len() - pairs.len(), only_second: second.len() - pairs.len(), pairs }
}

/// The concepts that are said to be there.
fn said(labels: &[Label]) -> BTreeSet<&str> {
    labels.iter().filter(|label| label.is_there()).map(|label| label.concept.as_str()).collect()
}

/// Whether two people said the same: the same concepts of the whole, and the same regions, up to [`SAME_REGION`]. What
/// they took back counts for nothing.
#[must_use]
pub fn agree(one: &Labels, other: &Labels) -> bool {
    let regions = |labels: &Labels| -> Vec<Region> {
        labels.regions.iter().filter(|region| !region.is_denied()).cloned().collect()
    };
    said(&one.concepts) == said(&other.concepts) && matched(&regions(one), &regions(other)).is_complete()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square(top: f32, left: f32, side: f32) -> Shape {
        Shape::Box { top, left, bottom: top + side, right: left + side }
    }

    fn polygon(corners: &[(f32, f32)]) -> Shape {
        Shape::Polygon { points: corners.iter().map(|(row, col)| Point { row: *row, col: *col }).collect() }
    }

    fn region(id: &str, shape: Shape, concept: &str) -> Region {
        let labels = vec![Label { concept: concept.parse().unwrap(), value: 1.0 }];
        Region { id: id.parse().unwrap(), shape, labels }
    }

    fn near(found: Option<f64>, expected: f64) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 5e-4), "{found:?} is not {expected}");
    }

    #[test]
    fn two_people_agree_beyond_chance_as_the_textbook_says() {
        // Cohen's measure of 20 times yes by both, 15 times no by both, 5 and 10 times one of each.
        let pairs = [(true, true, 20), (true, false, 5), (false, true, 10), (false, false, 15)];
        let pairs =
            pairs.into_iter().flat_map(|(one, other, times)| std::iter::repeat_n((one, other), times));
        near(cohen_kappa(pairs), 0.4);
        near(cohen_kappa([(1, 1), (2, 2), (3, 3)]), 1.0);
        near(cohen_kappa([(1, 2), (2, 1)]), -1.0);
        assert_eq!(cohen_kappa([(1, 1), (1, 1)]), None, "there was no choice");
        assert_eq!(cohen_kappa(Vec::<(u8, u8)>::new()), None);
    }

    #[test]
    fn several_people_agree_beyond_chance_as_the_textbook_says() {
        // Fleiss' measure of fourteen people who sorted ten things into five categories.
        const COUNTS: [[u32; 5]; 10] = [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ];
        let counts = COUNTS.map(|row| (0..).zip(row).collect::<BTreeMap<u8, u32>>());
        near(fleiss_kappa(counts), 0.210);
        let uneven = [BTreeMap::from([(1, 2)]), BTreeMap::from([(1, 3)])];
        assert_eq!(fleiss_kappa(uneven), None);
        let alone = [BTreeMap::from([(1, 1)]), BTreeMap::from([(1, 2)]), BTreeMap::from([(2, 2)])];
        near(fleiss_kappa(alone), 1.0);
    }

    #[test]
    fn boxes_share_what_lies_in_both() {
        let whole = square(0.0, 0.0, 0.5);
        assert_eq!(overlap(&whole, &whole), 1.0);
        assert_eq!(overlap(&whole, &square(0.5, 0.5, 0.5)), 0.0, "a corner is no area");
        assert!((overlap(&whole, &square(0.0, 0.25, 0.5)) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(overlap(&whole, &Shape::Point(Point { row: 0.1, col: 0.1 })), 0.0);
    }

    #[test]
    fn polygons_share_what_lies_in_both_up_to_the_grid() {
        let triangle = polygon(&[(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)]);
        let full = polygon(&[(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]);
        assert_eq!(overlap(&full, &full), 1.0);
        assert!((overlap(&triangle, &full) - 0.5).abs() < 0.01);
        let away = polygon(&[(0.9, 0.9), (0.9, 1.0), (1.0, 1.0)]);
        assert_eq!(overlap(&triangle, &away), 0.0);
    }

    #[test]
    fn spans_share_characters_and_points_their_spot() {
        let span = |start, end| Shape::Span { start, end };
        assert_eq!(overlap(&span(0, 4), &span(2, 6)), 2.0 / 6.0);
        assert_eq!(overlap(&span(0, 4), &span(4, 6)), 0.0);
        let point = |row, col| Shape::Point(Point { row, col });
        assert_eq!(overlap(&point(0.5, 0.5), &point(0.51, 0.49)), 1.0);
        assert_eq!(overlap(&point(0.5, 0.5), &point(0.51, 0.4)), 0.0);
    }

    #[test]
    fn each_region_has_one_partner_of_the_same_concept_the_best_first() {
        let first = [region("a", square(0.0, 0.0, 0.4), "cat"), region("b", square(0.05, 0.0, 0.4), "cat")];
        let second = [region("x", square(0.05, 0.0, 0.4), "cat"), region("y", square(0.0, 0.0, 0.4), "dog")];
        let found = matched(&first, &second);
        assert_eq!(found.pairs, [(1, 0, 1.0)]);
        assert_eq!((found.only_first, found.only_second), (1, 1));
        assert_eq!(found.mean_overlap(), Some(1.0));
        assert!(!found.is_complete() && matched(&[], &[]).is_complete());
    }

    #[test]
    fn people_agree_when_they_say_the_same_of_the_whole_and_of_its_parts() {
        let whole = |concepts: &[(&str, f32)]| Labels {
            concepts: concepts
                .iter()
                .map(|(concept, value)| Label { concept: concept.parse().unwrap(), value: *value })
                .collect(),
            regions: vec![region("r", square(0.1, 0.1, 0.5), "cat")],
        };
        assert!(
            agree(&whole(&[("a", 1.0), ("b", 0.0)]), &whole(&[("a", 0.9)])),
            "what is not there is not said"
        );
        assert!(!agree(&whole(&[("a", 1.0)]), &whole(&[("b", 1.0)])));
        let mut moved = whole(&[("a", 1.0)]);
        moved.regions = vec![region("other", square(0.4, 0.4, 0.5), "cat")];
        assert!(!agree(&whole(&[("a", 1.0)]), &moved));
        let mut with_denied = whole(&[]);
        let denied = vec![Label { concept: "cat".parse().unwrap(), value: 0.0 }];
        with_denied.regions.push(Region { labels: denied, ..region("s", square(0.6, 0.6, 0.2), "cat") });
        assert!(agree(&whole(&[]), &with_denied), "what was taken back counts for nothing");
    }

    proptest! {
        #[test]
        fn overlap_is_a_share_whichever_way_it_is_asked(
            a in (0.0_f32..0.9, 0.0_f32..0.9, 0.01_f32..0.1), b in (0.0_f32..0.9, 0.0_f32..0.9, 0.01_f32..0.1)
        ) {
            let (one, other) = (square(a.0, a.1, a.2), square(b.0, b.1, b.2));
            let share = overlap(&one, &other);
            prop_assert!((0.0..=1.0).contains(&share));
            prop_assert_eq!(share, overlap(&other, &one));
        }

        #[test]
        fn kappa_is_one_exactly_when_nobody_ever_differs(choices in prop::collection::vec((0_u8..3, 0_u8..3), 1..50)) {
            let same = choices.iter().all(|(one, other)| one == other);
            if let Some(kappa) = cohen_kappa(choices) {
                prop_assert!(kappa <= 1.0 && (same == (kappa > 1.0 - 1e-12)));
            }
        }
    }
}
