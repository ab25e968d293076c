//! Shares, and how sure they are.

use serde::{Deserialize, Serialize};

/// How many standard deviations lie on each side of the mean within 95 % of a normal distribution.
pub(super) const DEVIATIONS: f64 = 1.959_963_984_540_054;

/// A share of a count, with the 95 % interval of Wilson, which also holds for small counts and for shares near 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proportion {
    /// How many.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// The share; 0 of nothing.
    pub value: f64,
    /// Where the interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

impl Proportion {
    /// The share of `count` of `of`.
    #[must_use]
    pub fn of(count: usize, of: usize) -> Self {
        if of == 0 {
            return Self { count, of, value: 0.0, low: 0.0, high: 1.0 };
        }
        let (all, value) = (of as f64, count as f64 / of as f64);
        let square = DEVIATIONS * DEVIATIONS / all;
        let middle = value + square / 2.0;
        let reach = DEVIATIONS * (value * (1.0 - value) / all + square / (4.0 * all)).sqrt();
        // Rounding must not put an end beyond the share, where they meet at 0 and 1.
        let low = ((middle - reach) / (1.0 + square)).clamp(0.0, value);
        let high = ((middle + reach) / (1.0 + square)).clamp(value, 1.0);
        Self { count, of, value, low, high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures of Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I.
    #[test]
    fn intervals_are_those_that_were_published() {
        for (count, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let found = Proportion::of(count, of);
            assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?}");
        }
        let all = Proportion::of(20, 20);
        assert!((all.low - 0.8389).abs() < 5e-5 && all.high == 1.0, "{all:?}");
        assert_eq!((Proportion::of(0, 0).low, Proportion::of(0, 0).high), (0.0, 1.0));
    }
}
