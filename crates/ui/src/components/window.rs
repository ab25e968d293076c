//! Which rows of a long list are in the document: those in sight, and as much again above and below. What is left out is
//! made up for by empty space, so that the list is as high as if all of it were there.

use std::ops::Range;

/// How many rows come and go at once: one by one, each step of the wheel would change the document.
const STEP: usize = 4;

/// How a list is laid out, as it was measured: all of its rows are equally high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// How many items stand beside each other.
    pub columns: usize,
    /// How far a row is from the next, in pixels.
    pub pitch: f64,
}

impl Layout {
    /// How many rows so many items take.
    fn rows(self, count: usize) -> usize {
        count.div_ceil(self.columns.max(1))
    }

    /// The row at a depth of the list, among so many.
    fn row_at(self, depth: f64, rows: usize) -> usize {
        if depth <= 0.0 || self.pitch <= 0.0 {
            return 0;
        }
        // What is beyond the end is cut off here, also where the quotient is larger than any number of rows.
        ((depth / self.pitch) as usize).min(rows)
    }

    /// The place of the item that begins a row at `depth` below the beginning of the list.
    #[must_use]
    pub fn place_at(self, depth: f64) -> usize {
        self.row_at(depth, usize::MAX).saturating_mul(self.columns.max(1))
    }

    /// How deep the row begins in which the item at `place` is.
    #[must_use]
    pub fn depth_of(self, place: usize) -> f64 {
        (place / self.columns.max(1)) as f64 * self.pitch
    }

    /// Which of `count` items belong into the document, where the window begins at `depth` below the beginning of the list
    /// and is `height` high, both in pixels. Of a list that has ended above, the last rows.
    #[must_use]
    pub fn within(self, count: usize, depth: f64, height: f64) -> Range<usize> {
        let (rows, columns) = (self.rows(count), self.columns.max(1));
        let most = rows.saturating_sub(1);
        let first = self.row_at(depth - height, most) / STEP * STEP;
        let last = self.row_at(depth + 2.0 * height, most).saturating_add(1).next_multiple_of(STEP);
        first.saturating_mul(columns)..last.saturating_mul(columns).min(count)
    }

    /// How high the space is that stands for what is left out before and behind `within`, in pixels.
    #[must_use]
    pub fn spaces(self, count: usize, within: &Range<usize>) -> (f64, f64) {
        let columns = self.columns.max(1);
        let before = within.start / columns;
        let behind = self.rows(count).saturating_sub(within.end.div_ceil(columns));
        (before as f64 * self.pitch, behind as f64 * self.pitch)
    }

    /// How deep the window has to be in this layout for the same item to be at its top as at `depth` in `before`.
    #[must_use]
    pub fn depth_as(self, before: Self, depth: f64) -> f64 {
        if depth <= 0.0 || before.pitch <= 0.0 {
            return depth;
        }
        let row = (depth / before.pitch).floor();
        let item = row * before.columns.max(1) as f64;
        let own_row = (item / self.columns.max(1) as f64).floor();
        own_row * self.pitch + (depth - row * before.pitch).min(self.pitch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Layout = Layout { columns: 6, pitch: 200.0 };

    #[test]
    fn what_is_in_sight_is_in_the_document_with_a_window_above_and_below() {
        assert_eq!(GRID.within(10_000, 0.0, 800.0), 0..72);
        // Row 100 is at the top: from row 96 to row 108, and the step that they are part of.
        assert_eq!(GRID.within(10_000, 20_000.0, 800.0), 96 * 6..112 * 6);
        assert_eq!(GRID.spaces(10_000, &(96 * 6..112 * 6)), (19_200.0, (1_667.0 - 112.0) * 200.0));
        // Before the list begins, and behind its end.
        assert_eq!(GRID.within(10_000, -500.0, 800.0), 0..48);
        assert_eq!(GRID.within(20, 90_000.0, 800.0), 0..20);
        assert_eq!(GRID.within(0, 0.0, 800.0), 0..0);
        assert_eq!(GRID.spaces(20, &(0..20)), (0.0, 0.0));
    }

    #[test]
    fn the_item_at_the_top_stays_there_when_the_layout_changes() {
        let narrow = Layout { columns: 2, pitch: 150.0 };
        // Item 60, 40 pixels of which are above the window.
        assert_eq!(narrow.depth_as(GRID, 2_040.0), 30.0 * 150.0 + 40.0);
        assert_eq!(GRID.depth_as(GRID, 2_040.0), 2_040.0);
        assert_eq!(narrow.depth_as(GRID, -300.0), -300.0);
        assert_eq!((GRID.place_at(2_040.0), GRID.depth_of(61)), (60, 2_000.0));
        assert_eq!((GRID.place_at(-9.0), GRID.depth_of(0)), (0, 0.0));
    }

    #[test]
    fn nothing_in_sight_is_missing_and_no_more_than_a_few_windows_are_there() {
        for (columns, pitch, height) in
            [(1, 64.0, 900.0), (2, 231.5, 640.0), (5, 187.25, 1_080.0), (11, 40.0, 300.0)]
        {
            let layout = Layout { columns, pitch };
            for count in [1_usize, 7, 48, 1_001, 100_000] {
                let whole = count.div_ceil(columns) as f64 * pitch;
                for part in -2..=52 {
                    let depth = whole * f64::from(part) / 50.0;
                    let within = layout.within(count, depth, height);
                    assert!(
                        !within.is_empty() && within.end <= count && within.start.is_multiple_of(columns)
                    );
                    let rows = within.len().div_ceil(columns);
                    assert!(rows as f64 <= 3.0 * height / pitch + 2.0 * STEP as f64 + 1.0, "{rows}");
                    let is_in_sight = |item: &usize| {
                        let top = (item / columns) as f64 * pitch;
                        top + pitch > depth && top < depth + height
                    };
                    let is_missing = |item: &usize| is_in_sight(item) && !within.contains(item);
                    assert_eq!((0..count).find(is_missing), None, "{layout:?} {count} {depth}");
                    let (before, behind) = layout.spaces(count, &within);
                    assert!((before + rows as f64 * pitch + behind - whole).abs() < 1.0);
                }
            }
        }
    }
}
