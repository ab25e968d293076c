//! Whether probabilities are what they say.

use serde::{Deserialize, Serialize};

use super::{Judged, most_probable};
use crate::Answer;

/// Into how many bins of the same width probabilities are put.
const BINS: u8 = 10;

/// How often things happen that are said to have some probability. Of exclusive classes, what is judged is how often
/// the most probable class is right; of concepts, how often what is predicted with some probability is so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Those bins into which anything fell, from improbable to probable. Each has its upper end, and not its lower one.
    pub bins: Vec<Bin>,
    /// The mean distance between probability and frequency over the bins, weighted by what fell into them: the expected
    /// calibration error.
    pub expected_error: f64,
}

/// What was said with about the same probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// How often.
    pub count: usize,
    /// The mean of the probabilities.
    pub probability: f64,
    /// How often it was so, of all.
    pub frequency: f64,
}

impl Calibration {
    pub(super) fn of(judged: &Judged<'_>) -> Self {
        let targets = judged.targets;
        let said: Vec<(f64, bool)> = if targets.is_exclusive() {
            let best = judged.rows().map(most_probable).enumerate();
            best.map(|(example, class)| {
                (judged.probability(example, class), targets.answer(example, class) == Answer::Yes)
            })
            .collect()
        } else {
            let all = (0..targets.count())
                .flat_map(|example| (0..targets.width()).map(move |class| (example, class)));
            all.filter_map(|(example, class)| match targets.answer(example, class) {
                Answer::Yes => Some((judged.probability(example, class), true)),
                Answer::No => Some((judged.probability(example, class), false)),
                Answer::Unknown => None,
            })
            .collect()
        };
        Self::of_said(&said)
    }

    fn of_said(said: &[(f64, bool)]) -> Self {
        let mut sums = [(0_usize, 0.0_f64, 0_usize); BINS as usize];
        for (probability, is) in said {
            let bin = (1..BINS).filter(|edge| *probability > f64::from(*edge) / f64::from(BINS)).count();
            if let Some((count, sum, right)) = sums.get_mut(bin) {
                *count += 1;
                *sum += probability;
                *right += usize::from(*is);
            }
        }
        let bin = |(count, sum, right): (usize, f64, usize)| {
            let all = count as f64;
            Bin { count, probability: sum / all, frequency: right as f64 / all }
        };
        let bins: Vec<Bin> = sums.into_iter().filter(|(count, _, _)| *count > 0).map(bin).collect();
        let off = |bin: &Bin| (bin.probability - bin.frequency).abs() * bin.count as f64;
        let expected_error = bins.iter().map(off).sum::<f64>() / said.len().max(1) as f64;
        Self { bins, expected_error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_stand_beside_probabilities() {
        let said = [(0.1, false), (0.05, true), (0.95, true), (1.0, true), (0.85, false)];
        let found = Calibration::of_said(&said);
        let bins: Vec<_> = found.bins.iter().map(|bin| (bin.count, bin.frequency)).collect();
        assert_eq!(bins, [(2, 0.5), (1, 0.0), (2, 1.0)]);
        let expected = (2.0 * (0.5 - 0.075) + 0.85 + 2.0 * (1.0 - 0.975)) / 5.0;
        assert!((found.expected_error - expected).abs() < 1e-12);
    }

    #[test]
    fn what_happens_as_often_as_it_is_said_is_calibrated() {
        let said: Vec<(f64, bool)> = (0..1_000).map(|at| (0.3, at % 10 < 3)).collect();
        assert!(Calibration::of_said(&said).expected_error < 1e-9);
    }
}
