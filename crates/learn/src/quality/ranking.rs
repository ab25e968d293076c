//! What becomes of precision and recall where the threshold is put elsewhere.

use serde::{Deserialize, Serialize};

use super::thinning::thinned;

/// How well positives are ranked above negatives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// The probability that a positive ranks above a negative, of which equal ones count half: the area under the ROC
    /// curve.
    pub roc_auc: f64,
    /// The mean of the precisions at which each positive is found.
    pub average_precision: f64,
    /// Where precision and recall have the largest harmonic mean.
    pub best: Threshold,
    /// The curve of both, from the highest threshold to the lowest, at 200 points at most.
    pub precision_recall: Vec<PrecisionRecall>,
    /// The ROC curve, as many points at most.
    pub roc: Vec<Roc>,
}

/// What a threshold comes to: what has at least this probability is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The probability.
    pub threshold: f64,
    /// Which share of what is predicted is right.
    pub precision: f64,
    /// Which share of what is true is predicted.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
}

/// A point of the curve of precision and recall.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrecisionRecall {
    /// As of which probability something is predicted.
    pub threshold: f64,
    /// Which share of what is predicted is right.
    pub precision: f64,
    /// Which share of what is true is predicted.
    pub recall: f64,
}

/// A point of the ROC curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Roc {
    /// As of which probability something is predicted; none where nothing is.
    pub threshold: Option<f64>,
    /// Which share of the negatives is predicted.
    pub false_positive_rate: f64,
    /// Which share of the positives is predicted.
    pub true_positive_rate: f64,
}

/// How many positives and negatives have at least some probability.
#[derive(Clone, Copy)]
struct Step {
    threshold: f64,
    positive: f64,
    negative: f64,
}

impl Ranking {
    /// The ranking of what has these probabilities and is positive or not; none if there are not both.
    pub(super) fn of(mut scored: Vec<(f64, bool)>) -> Option<Self> {
        scored.sort_by(|one, other| other.0.total_cmp(&one.0));
        let (mut positive, mut negative) = (0.0, 0.0);
        let mut steps = Vec::new();
        for equal in scored.chunk_by(|one, other| one.0 == other.0) {
            let positives = equal.iter().filter(|(_, is)| *is).count();
            positive += positives as f64;
            negative += (equal.len() - positives) as f64;
            steps.extend(equal.first().map(|(threshold, _)| Step {
                threshold: *threshold,
                positive,
                negative,
            }));
        }
        if positive == 0.0 || negative == 0.0 {
            return None;
        }
        let (mut area, mut average) = (0.0, 0.0);
        let (mut before, mut negatives_before) = (0.0, 0.0);
        for step in &steps {
            area += (step.negative - negatives_before) * (step.positive + before) / 2.0;
            average += (step.positive - before) * step.positive / (step.positive + step.negative);
            (before, negatives_before) = (step.positive, step.negative);
        }
        let threshold = |step: &Step| Threshold {
            threshold: step.threshold,
            precision: step.positive / (step.positive + step.negative),
            recall: step.positive / positive,
            f1: 2.0 * step.positive / (step.positive + step.negative + positive),
        };
        // Of equally good ones, the highest.
        let best =
            steps.iter().map(threshold).reduce(|best, next| if next.f1 > best.f1 { next } else { best })?;
        let precision_recall = steps.iter().map(|step| {
            let Threshold { threshold, precision, recall, .. } = threshold(step);
            PrecisionRecall { threshold, precision, recall }
        });
        let nothing = Roc { threshold: None, false_positive_rate: 0.0, true_positive_rate: 0.0 };
        let roc = steps.iter().map(|step| Roc {
            threshold: Some(step.threshold),
            false_positive_rate: step.negative / negative,
            true_positive_rate: step.positive / positive,
        });
        Some(Self {
            roc_auc: area / (positive * negative),
            average_precision: average / positive,
            best,
            precision_recall: thinned(precision_recall.collect(), |point| (point.recall, point.precision)),
            roc: thinned(std::iter::once(nothing).chain(roc).collect(), |point| {
                (point.false_positive_rate, point.true_positive_rate)
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::Random;

    #[test]
    fn a_small_ranking_is_as_computed_by_hand() {
        let found = Ranking::of(vec![(0.1, false), (0.4, false), (0.35, true), (0.8, true)]).unwrap();
        assert_eq!(found.roc_auc, 0.75);
        assert!((found.average_precision - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        assert_eq!((found.best.threshold, found.best.f1), (0.35, 0.8));
        let roc: Vec<_> =
            found.roc.iter().map(|point| (point.false_positive_rate, point.true_positive_rate)).collect();
        assert_eq!(roc, [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)]);
        assert!(Ranking::of(vec![(0.1, true)]).is_none() && Ranking::of(vec![]).is_none());
    }

    fn area(roc: &[Roc]) -> f64 {
        roc.windows(2)
            .map(|pair| {
                let width = pair[1].false_positive_rate - pair[0].false_positive_rate;
                width * (pair[1].true_positive_rate + pair[0].true_positive_rate) / 2.0
            })
            .sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_area_is_how_often_a_positive_ranks_above_a_negative(
            scored in prop::collection::vec((0_u8..12, any::<bool>()), 2..60)
        ) {
            let scored: Vec<(f64, bool)> =
                scored.into_iter().map(|(score, is)| (f64::from(score) / 11.0, is)).collect();
            let side = |wanted| scored.iter().filter(move |(_, is)| *is == wanted).map(|(score, _)| *score);
            let pairs = side(true).count() * side(false).count();
            let Some(found) = Ranking::of(scored.clone()) else {
                prop_assert_eq!(pairs, 0);
                return Ok(());
            };
            let above: f64 = side(true)
                .flat_map(|one| side(false).map(move |other| (one, other)))
                .map(|(one, other)| if one > other { 1.0 } else if one == other { 0.5 } else { 0.0 })
                .sum();
            prop_assert!((found.roc_auc - above / pairs as f64).abs() < 1e-12);
            prop_assert!((area(&found.roc) - found.roc_auc).abs() < 1e-12);
            let best = found.precision_recall.iter().map(|point| {
                let sum = point.precision + point.recall;
                if sum > 0.0 { 2.0 * point.precision * point.recall / sum } else { 0.0 }
            });
            prop_assert!((best.fold(0.0, f64::max) - found.best.f1).abs() < 1e-12);
        }
    }

    #[test]
    fn curves_of_many_keep_their_areas() {
        let mut random = Random(4);
        for apart in [0.0, 0.5, 2.0] {
            let scored: Vec<(f64, bool)> = (0..20_000)
                .map(|at| (f64::from(random.normal() + if at % 7 == 0 { apart } else { 0.0 }), at % 7 == 0))
                .collect();
            let found = Ranking::of(scored).unwrap();
            assert!(found.roc.len() <= 200 && found.precision_recall.len() <= 200);
            assert!(
                (area(&found.roc) - found.roc_auc).abs() < 1e-4,
                "{} {}",
                area(&found.roc),
                found.roc_auc
            );
            let points = found.precision_recall.windows(2);
            let under: f64 = points
                .map(|pair| (pair[1].recall - pair[0].recall) * (pair[1].precision + pair[0].precision) / 2.0)
                .sum();
            assert!((under - found.average_precision).abs() < 2e-3, "{under} {}", found.average_precision);
        }
    }
}
