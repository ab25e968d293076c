//! Where the shapes of a picture are, and what becomes of them when they are moved, stretched and taken hold of.
//!
//! Spots are `(col, row)`, shares of the picture's width and height.

use atelier_domain::{Point, Shape, label::encloses};

use crate::components::edges::Edges;

/// A place in the picture: shares of its width and of its height.
pub(super) type Spot = (f32, f32);

/// A shape moved, as far as the picture goes.
pub(super) fn moved(shape: &Shape, cols: f32, rows: f32) -> Shape {
    match shape {
        Shape::Box { .. } => {
            Edges::of(shape).map_or_else(|| shape.clone(), |edges| edges.moved(cols, rows).shape())
        }
        Shape::Polygon { points } => {
            let Some(around) = bounds(shape) else { return shape.clone() };
            let cols = cols.clamp(-around.left, 1.0 - around.right);
            let rows = rows.clamp(-around.top, 1.0 - around.bottom);
            Shape::Polygon {
                points: points.iter().map(|corner| at((corner.col + cols, corner.row + rows))).collect(),
            }
        }
        Shape::Point(point) => Shape::Point(at((point.col + cols, point.row + rows))),
        Shape::Span { .. } => shape.clone(),
    }
}

/// A shape with its lower right corner moved, and never to nothing; an outline grows from its upper left corner.
pub(super) fn stretched(shape: &Shape, cols: f32, rows: f32) -> Shape {
    match shape {
        Shape::Polygon { points } => {
            let Some(before) = bounds(shape) else { return shape.clone() };
            let after = before.stretched(cols, rows);
            let share =
                |value: f32, from: f32, length: f32| if length > 0.0 { (value - from) / length } else { 0.0 };
            let corner = |corner: &Point| {
                at((
                    after.left + share(corner.col, before.left, before.width()) * after.width(),
                    after.top + share(corner.row, before.top, before.height()) * after.height(),
                ))
            };
            Shape::Polygon { points: points.iter().map(corner).collect() }
        }
        Shape::Box { .. } => {
            Edges::of(shape).map_or_else(|| shape.clone(), |edges| edges.stretched(cols, rows).shape())
        }
        Shape::Point(_) | Shape::Span { .. } => shape.clone(),
    }
}

/// What of a shape can be taken hold of: the corners of a box, clockwise from the upper left, or of an outline.
pub(super) fn handles(shape: &Shape) -> Vec<Spot> {
    match shape {
        Shape::Box { top, left, bottom, right } => {
            vec![(*left, *top), (*right, *top), (*right, *bottom), (*left, *bottom)]
        }
        Shape::Polygon { points } => points.iter().map(|corner| (corner.col, corner.row)).collect(),
        Shape::Point(_) | Shape::Span { .. } => Vec::new(),
    }
}

/// A shape with one of its [`handles`] led to a spot. None, if nothing would be left of it.
pub(super) fn led(shape: &Shape, handle: usize, spot: Spot) -> Option<Shape> {
    match shape {
        Shape::Box { .. } => {
            let opposite = *handles(shape).get((handle + 2) % 4)?;
            Edges::between(opposite, spot).map(Edges::shape)
        }
        Shape::Polygon { points } => {
            let mut points = points.clone();
            *points.get_mut(handle)? = at(spot);
            Some(Shape::Polygon { points })
        }
        Shape::Point(_) | Shape::Span { .. } => None,
    }
}

/// The upright box around a shape of a picture.
pub(super) fn bounds(shape: &Shape) -> Option<Edges> {
    match shape {
        Shape::Box { .. } => Edges::of(shape),
        Shape::Polygon { points } => {
            let mut points = points.iter();
            let first = points.next()?;
            let start = Edges { top: first.row, left: first.col, bottom: first.row, right: first.col };
            Some(points.fold(start, |around, corner| Edges {
                top: around.top.min(corner.row),
                left: around.left.min(corner.col),
                bottom: around.bottom.max(corner.row),
                right: around.right.max(corner.col),
            }))
        }
        Shape::Point(point) => {
            Some(Edges { top: point.row, left: point.col, bottom: point.row, right: point.col })
        }
        Shape::Span { .. } => None,
    }
}

/// Whether a spot lies in a shape, or within `near` (shares of width and height) of a point.
pub(super) fn contains(shape: &Shape, spot: Spot, near: Spot) -> bool {
    match shape {
        Shape::Box { .. } => Edges::of(shape).is_some_and(|edges| edges.contains(spot)),
        Shape::Polygon { points } => encloses(points, Point { col: spot.0, row: spot.1 }),
        Shape::Point(point) => is_near((point.col, point.row), spot, near),
        Shape::Span { .. } => false,
    }
}

/// Whether two spots are within `near` of each other, shares of width and height.
pub(super) fn is_near(one: Spot, other: Spot, near: Spot) -> bool {
    (one.0 - other.0).abs() <= near.0 && (one.1 - other.1).abs() <= near.1
}

/// The spot as a point of the picture: inside, and to a tenth of a thousandth.
pub(super) fn at(spot: Spot) -> Point {
    let share = |value: f32| (value.clamp(0.0, 1.0) * 10_000.0).round() / 10_000.0;
    Point { col: share(spot.0), row: share(spot.1) }
}

/// Where a spot is, in words that can be read out.
pub(super) fn spot_words((col, row): Spot) -> String {
    let percent = |share: f32| (share * 100.0).round();
    format!("{} % from the left, {} % from the top", percent(col), percent(row))
}

/// What a shape is called, and where it stands, in words that can be read out.
pub(super) fn words(shape: &Shape) -> String {
    match shape {
        Shape::Box { .. } => bounds(shape).map(Edges::words).unwrap_or_default(),
        Shape::Polygon { points } => {
            let around = bounds(shape).map(Edges::words).unwrap_or_default();
            format!("{} corners, {around}", points.len())
        }
        Shape::Point(point) => spot_words((point.col, point.row)),
        Shape::Span { start, end } => format!("characters {} to {end}", start + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEAR: Spot = (0.02, 0.02);

    fn polygon(corners: &[Spot]) -> Shape {
        Shape::Polygon { points: corners.iter().map(|spot| at(*spot)).collect() }
    }

    fn boxed(left: f32, top: f32, right: f32, bottom: f32) -> Shape {
        Shape::Box { top, left, bottom, right }
    }

    #[test]
    fn what_is_moved_stays_whole_and_inside() {
        let triangle = polygon(&[(0.1, 0.1), (0.3, 0.1), (0.2, 0.4)]);
        assert_eq!(moved(&triangle, 5.0, -5.0), polygon(&[(0.8, 0.0), (1.0, 0.0), (0.9, 0.3)]));
        assert_eq!(moved(&boxed(0.1, 0.1, 0.2, 0.2), 0.1, 0.0), boxed(0.2, 0.1, 0.3, 0.2));
        let corner = Shape::Point(at((1.0, 0.0)));
        assert_eq!(moved(&Shape::Point(at((0.5, 0.5))), 9.0, -9.0), corner);
        let span = Shape::Span { start: 1, end: 2 };
        assert_eq!(moved(&span, 0.1, 0.1), span);
    }

    #[test]
    fn an_outline_is_stretched_from_its_upper_left_corner() {
        let square = polygon(&[(0.2, 0.2), (0.4, 0.2), (0.4, 0.4), (0.2, 0.4)]);
        assert_eq!(stretched(&square, 0.2, 0.0), polygon(&[(0.2, 0.2), (0.6, 0.2), (0.6, 0.4), (0.2, 0.4)]));
        let flat = stretched(&square, -9.0, -9.0);
        assert!(bounds(&flat).is_some_and(|edges| edges.width() > 0.0 && edges.height() > 0.0));
    }

    #[test]
    fn a_corner_that_is_led_leaves_the_opposite_one_where_it_is() {
        let shape = boxed(0.2, 0.2, 0.6, 0.6);
        assert_eq!(led(&shape, 0, (0.1, 0.3)), Some(boxed(0.1, 0.3, 0.6, 0.6)));
        assert_eq!(led(&shape, 2, (0.1, 0.1)), Some(boxed(0.1, 0.1, 0.2, 0.2)), "it may turn over");
        assert_eq!(led(&shape, 2, (0.2, 0.5)), None, "nothing would be left");
        let triangle = polygon(&[(0.0, 0.0), (0.5, 0.0), (0.0, 0.5)]);
        assert_eq!(led(&triangle, 1, (2.0, 0.25)), Some(polygon(&[(0.0, 0.0), (1.0, 0.25), (0.0, 0.5)])));
        assert_eq!(led(&triangle, 7, (0.0, 0.0)), None);
        assert_eq!(handles(&triangle).len(), 3);
    }

    #[test]
    fn a_spot_lies_in_an_outline_and_not_in_its_notch() {
        let notched = polygon(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.2), (0.0, 1.0)]);
        assert!(contains(&notched, (0.5, 0.1), NEAR));
        assert!(!contains(&notched, (0.5, 0.6), NEAR));
        assert!(contains(&Shape::Point(at((0.5, 0.5))), (0.51, 0.49), NEAR));
        assert!(!contains(&Shape::Point(at((0.5, 0.5))), (0.51, 0.6), NEAR));
    }
}
