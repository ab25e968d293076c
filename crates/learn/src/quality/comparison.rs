//! Whether one model is better than another.

use serde::{Deserialize, Serialize};

use super::proportion::DEVIATIONS;
use super::{InvalidPredictions, Judged};
use crate::Targets;

/// Two predictions of the same examples, compared answer by answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// How many answers both have right.
    pub both: usize,
    /// How many only the first has right.
    pub only_first: usize,
    /// How many only the second has right.
    pub only_second: usize,
    /// How many neither has right.
    pub neither: usize,
    /// By how much the second is right more often: the difference of accuracies.
    pub difference: f64,
    /// Where the 95 % interval of the difference begins (Agresti and Min, 2005).
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// How probable a difference at least as large is if neither is better: McNemar's test, exactly.
    pub p_value: f64,
}

/// Compares two predictions of the same examples.
///
/// # Errors
/// When either cannot be judged.
pub fn compare(
    targets: Targets<'_>,
    first: &[f64],
    second: &[f64],
) -> Result<Comparison, InvalidPredictions> {
    let (first, second) = (Judged::new(targets, first)?, Judged::new(targets, second)?);
    let mut counts = [[0_usize; 2]; 2];
    for (one, other) in first.answers().zip(second.answers()) {
        let [[both, only_first], [only_second, neither]] = &mut counts;
        *match (one.wrong, other.wrong) {
            (false, false) => both,
            (false, true) => only_first,
            (true, false) => only_second,
            (true, true) => neither,
        } += 1;
    }
    let [[both, only_first], [only_second, neither]] = counts;
    let all = (both + only_first + only_second + neither) as f64;
    let (lost, won) = (only_first as f64, only_second as f64);
    // Half an example is added to each count, without which the interval is a point where they never differ.
    let (middle, size) = ((won - lost) / (all + 2.0), won + lost + 1.0);
    let reach = DEVIATIONS * (size - (won - lost).powi(2) / (all + 2.0)).sqrt() / (all + 2.0);
    Ok(Comparison {
        both,
        only_first,
        only_second,
        neither,
        difference: (won - lost) / all,
        low: (middle - reach).max(-1.0),
        high: (middle + reach).min(1.0),
        p_value: sign_test(only_first, only_second),
    })
}

/// How probable it is that of as many tosses of a coin one side comes up as seldom as this, or more seldom.
fn sign_test(one: usize, other: usize) -> f64 {
    let all = one + other;
    // The logarithm of the probability of each count, from that of the one before.
    let mut logarithm = -(all as f64) * std::f64::consts::LN_2;
    let mut sum = logarithm.exp();
    for count in 1..=one.min(other) {
        logarithm += ((all - count + 1) as f64 / count as f64).ln();
        sum += logarithm.exp();
    }
    (2.0 * sum).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coins_are_tossed_as_computed_by_hand() {
        assert_eq!(sign_test(0, 0), 1.0);
        assert_eq!(sign_test(3, 3), 1.0);
        assert!((sign_test(0, 5) - 2.0 / 32.0).abs() < 1e-12);
        assert!((sign_test(8, 2) - 2.0 * (1.0 + 10.0 + 45.0) / 1024.0).abs() < 1e-12);
        // Two standard deviations of ten thousand tosses, where probabilities are too small to be written.
        let found = sign_test(4_902, 5_098);
        assert!((found - 0.0511).abs() < 5e-4, "{found}");
    }

    #[test]
    fn predictions_are_compared_example_by_example() {
        let of = [0, 0, 0, 0, 1, 1, 1, 1];
        let targets = Targets::Exclusive { classes: 2, of: &of };
        let saying = |right: [bool; 8]| -> Vec<f64> {
            let first = of.iter().zip(right).map(|(of, right)| if (*of == 0) == right { 0.9 } else { 0.1 });
            first.flat_map(|share| [share, 1.0 - share]).collect()
        };
        let (t, f) = (true, false);
        let first = saying([t, t, f, f, t, f, f, f]);
        let second = saying([t, t, t, t, t, t, t, f]);
        let found = compare(targets, &first, &second).unwrap();
        assert_eq!((found.both, found.only_first, found.only_second, found.neither), (3, 0, 4, 1));
        assert!((found.difference - 0.5).abs() < 1e-12 && (found.p_value - 0.125).abs() < 1e-12);
        assert!((found.low - (0.4 - DEVIATIONS * 3.4_f64.sqrt() / 10.0)).abs() < 1e-12, "{found:?}");
        let back = compare(targets, &second, &first).unwrap();
        assert!((back.low + found.high).abs() < 1e-12 && (back.difference + found.difference).abs() < 1e-12);
        let same = compare(targets, &first, &first).unwrap();
        assert!(same.difference == 0.0 && same.p_value == 1.0 && same.low < 0.0 && same.high > 0.0);
    }
}
