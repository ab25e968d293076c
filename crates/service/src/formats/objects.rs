//! What there is to be found in a picture, as the formats of detectors see it.

use atelier_domain::{Point, Shape};

use crate::annotations::status;
use crate::datasets::versions::FrozenInputRow;

/// Edges, as shares of the picture's height and width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edges {
    pub(super) top: f64,
    pub(super) left: f64,
    pub(super) bottom: f64,
    pub(super) right: f64,
}

impl Edges {
    /// The box around some points; none around none.
    fn around(points: &[Point]) -> Option<Self> {
        let first = points.first()?;
        let (row, col) = (f64::from(first.row), f64::from(first.col));
        let point = Self { top: row, left: col, bottom: row, right: col };
        Some(points.iter().fold(point, |edges, point| {
            let (row, col) = (f64::from(point.row), f64::from(point.col));
            Self {
                top: edges.top.min(row),
                left: edges.left.min(col),
                bottom: edges.bottom.max(row),
                right: edges.right.max(col),
            }
        }))
    }
}

/// Something in a picture: a box or polygon, as what one label sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Object<'a> {
    /// What it is.
    pub(super) concept: &'a str,
    /// How sure that is, above 0.
    pub(super) value: f32,
    /// Where it is.
    pub(super) edges: Edges,
    /// The corners of a polygon; none of a box.
    pub(super) corners: &'a [Point],
}

/// What was found in a picture by what counts, in its order.
pub(super) fn objects(input: &FrozenInputRow) -> Vec<Object<'_>> {
    let counting = input.said.iter().filter(|said| said.status == status::SUCCESS);
    let mut objects = Vec::new();
    for region in counting.flat_map(|said| &said.labels.regions) {
        let (edges, corners): (Option<Edges>, &[Point]) = match &region.shape {
            Shape::Box { top, left, bottom, right } => {
                let [top, left, bottom, right] = [top, left, bottom, right].map(|edge| f64::from(*edge));
                (Some(Edges { top, left, bottom, right }), &[])
            }
            Shape::Polygon { points } => (Edges::around(points), points),
            Shape::Point(_) | Shape::Span { .. } => (None, &[]),
        };
        let Some(edges) = edges else { continue };
        let there = region.labels.iter().filter(|label| label.value > 0.0);
        objects.extend(there.map(|label| Object {
            concept: label.concept.as_str(),
            value: label.value,
            edges,
            corners,
        }));
    }
    objects
}
