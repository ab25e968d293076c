//! Examples as numbers.

/// Examples, each of which is a row of `width` finite numbers; one row follows the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rows<'a> {
    values: &'a [f32],
    width: usize,
}

/// Why numbers are no rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRows {
    /// Rows of nothing.
    #[error("examples without features")]
    NoFeatures,
    /// The last row is not whole.
    #[error("{values} numbers are not rows of {width}")]
    Ragged {
        /// How many numbers there are.
        values: usize,
        /// How many make a row.
        width: usize,
    },
    /// Infinite, or not a number.
    #[error("feature {feature} of example {example} is not a finite number")]
    NotFinite {
        /// Of which example, counted from 0.
        example: usize,
        /// Which of its features, counted from 0.
        feature: usize,
    },
}

impl<'a> Rows<'a> {
    /// Takes `values` as rows of `width` numbers.
    ///
    /// # Errors
    /// When they are not whole rows, or not all of them are finite.
    pub fn new(values: &'a [f32], width: usize) -> Result<Self, InvalidRows> {
        if width == 0 {
            return Err(InvalidRows::NoFeatures);
        }
        if !values.len().is_multiple_of(width) {
            return Err(InvalidRows::Ragged { values: values.len(), width });
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(InvalidRows::NotFinite { example: at / width, feature: at % width }),
            None => Ok(Self { values, width }),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.values.len() / self.width
    }

    /// How many numbers each has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// One after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a [f32]> + use<'a> {
        self.values.chunks_exact(self.width)
    }

    /// The row at `index`, and an empty one if there is none.
    #[must_use]
    pub fn row(&self, index: usize) -> &'a [f32] {
        index
            .checked_mul(self.width)
            .and_then(|start| self.values.get(start..start.checked_add(self.width)?))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_whole_and_finite() {
        let rows = Rows::new(&[1.0, 2.0, 3.0, 4.0], 2).unwrap();
        assert_eq!((rows.count(), rows.width(), rows.row(1)), (2, 2, [3.0, 4.0].as_slice()));
        assert_eq!(rows.row(2), [] as [f32; 0]);
        assert_eq!(Rows::new(&[], 0), Err(InvalidRows::NoFeatures));
        assert_eq!(Rows::new(&[], 3).unwrap().count(), 0);
        let ragged = Rows::new(&[1.0, 2.0, 3.0], 2).unwrap_err();
        assert_eq!(ragged.to_string(), "3 numbers are not rows of 2");
        for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let refused = Rows::new(&[0.0, 0.0, 0.0, wrong], 2).unwrap_err();
            assert_eq!(refused.to_string(), "feature 1 of example 1 is not a finite number");
        }
    }
}
