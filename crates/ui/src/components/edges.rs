//! Where a box stands in a picture, and how it is moved and stretched.

use atelier_domain::Shape;

/// The four edges of a box, as shares of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edges {
    /// From above.
    pub top: f32,
    /// From the left.
    pub left: f32,
    /// From above, below `top`.
    pub bottom: f32,
    /// From the left, beyond `left`.
    pub right: f32,
}

/// The least height and width: what is smaller was not meant.
const LEAST: f32 = 0.01;

impl Edges {
    /// Where a box stands that was not drawn.
    pub const MIDDLE: Self = Self { top: 0.375, left: 0.375, bottom: 0.625, right: 0.625 };

    /// Those of a shape, if it is a box.
    #[must_use]
    pub fn of(shape: &Shape) -> Option<Self> {
        match *shape {
            Shape::Box { top, left, bottom, right } => Some(Self { top, left, bottom, right }),
            Shape::Polygon { .. } | Shape::Point(_) | Shape::Span { .. } => None,
        }
    }

    /// The box that has them.
    #[must_use]
    pub fn shape(self) -> Shape {
        let Self { top, left, bottom, right } = self;
        Shape::Box { top, left, bottom, right }
    }

    /// The box between two of its corners, each `(col, row)`; none, if that is not more than a slip of the hand.
    #[must_use]
    pub fn between(one: (f32, f32), other: (f32, f32)) -> Option<Self> {
        let edges = Self {
            top: share(one.1.min(other.1)),
            left: share(one.0.min(other.0)),
            bottom: share(one.1.max(other.1)),
            right: share(one.0.max(other.0)),
        };
        (edges.height() >= LEAST && edges.width() >= LEAST).then_some(edges)
    }

    /// How high it is.
    #[must_use]
    pub fn height(self) -> f32 {
        self.bottom - self.top
    }

    /// How wide it is.
    #[must_use]
    pub fn width(self) -> f32 {
        self.right - self.left
    }

    /// Moved, as far as the picture goes.
    #[must_use]
    pub fn moved(self, cols: f32, rows: f32) -> Self {
        let cols = cols.clamp(-self.left, 1.0 - self.right);
        let rows = rows.clamp(-self.top, 1.0 - self.bottom);
        Self {
            top: share(self.top + rows),
            left: share(self.left + cols),
            bottom: share(self.bottom + rows),
            right: share(self.right + cols),
        }
    }

    /// With its lower right corner moved, as far as the picture goes, and never to nothing.
    #[must_use]
    pub fn stretched(self, cols: f32, rows: f32) -> Self {
        let least = |edge: f32| (edge + LEAST).min(1.0);
        Self {
            bottom: share((self.bottom + rows).max(least(self.top))),
            right: share((self.right + cols).max(least(self.left))),
            ..self
        }
    }

    /// Whether a spot, `(col, row)`, lies inside.
    #[must_use]
    pub fn contains(self, spot: (f32, f32)) -> bool {
        (self.left..=self.right).contains(&spot.0) && (self.top..=self.bottom).contains(&spot.1)
    }

    /// Where it stands, in words that can be read out.
    #[must_use]
    pub fn words(self) -> String {
        let percent = |share: f32| (share * 100.0).round();
        format!(
            "{} % from the left, {} % from the top, {} % wide, {} % high",
            percent(self.left),
            percent(self.top),
            percent(self.width()),
            percent(self.height())
        )
    }
}

/// Within the picture, and to a tenth of a thousandth, so that steps there and back end where they began.
fn share(value: f32) -> f32 {
    (value.clamp(0.0, 1.0) * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_stays_inside_and_keeps_its_size_when_moved() {
        let moved = Edges::MIDDLE.moved(5.0, -5.0);
        assert_eq!(moved, Edges { top: 0.0, left: 0.75, bottom: 0.25, right: 1.0 });
        let round = (0..7).fold(Edges::MIDDLE, |edges, _| edges.moved(0.01, 0.01));
        assert_eq!((0..7).fold(round, |edges, _| edges.moved(-0.01, -0.01)), Edges::MIDDLE);
    }

    #[test]
    fn a_box_is_never_stretched_to_nothing_nor_beyond_the_picture() {
        let small = Edges::MIDDLE.stretched(-5.0, -5.0);
        assert!(small.width() > 0.0 && small.height() > 0.0);
        let large = Edges::MIDDLE.stretched(5.0, 5.0);
        assert_eq!((large.right, large.bottom), (1.0, 1.0));
    }

    #[test]
    fn corners_may_be_given_in_any_order_and_a_slip_is_no_box() {
        let edges = Edges { top: 0.1, left: 0.2, bottom: 0.5, right: 0.6 };
        assert_eq!(Edges::between((0.6, 0.1), (0.2, 0.5)), Some(edges));
        assert_eq!(Edges::between((0.6, 0.1), (0.2, 0.105)), None);
        assert_eq!(Edges::of(&edges.shape()), Some(edges));
        assert!(edges.contains((0.2, 0.5)) && !edges.contains((0.1, 0.3)));
    }
}
