//! What speaks against trusting a model.

use serde::{Deserialize, Serialize};

use super::Evaluation;

/// With fewer examples, figures of a class say little: the interval of a share of 20 is 40 points wide.
const FEW: usize = 20;
/// As of how many times as many examples classes are unbalanced.
const UNBALANCED: f64 = 10.0;
/// Up to which area under the ROC curve a class is hardly told from others.
const HARDLY: f64 = 0.6;

/// Something that speaks against trusting a model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// It may be no better than always answering the most frequent: the interval of its accuracy reaches down to that.
    NoBetterThanChance,
    /// A class has few examples; of a concept, there are few positives or few negatives.
    FewExamples {
        /// Which class or concept.
        class: usize,
        /// How many examples show it.
        positive: usize,
        /// How many do not.
        negative: usize,
    },
    /// Some class has many times the examples of another.
    Unbalanced {
        /// The class of the most.
        largest: usize,
        /// The class of the fewest.
        smallest: usize,
        /// How many times as many.
        ratio: f64,
    },
    /// A class is hardly told from the others.
    HardlySeparable {
        /// Which class or concept.
        class: usize,
        /// Its area under the ROC curve.
        roc_auc: f64,
    },
    /// Of equal examples, different things are said.
    Contradictions {
        /// How many pairs there are.
        pairs: usize,
    },
}

/// What speaks against trusting a model that was evaluated so, and whose examples have so many
/// [contradictions](crate::targets::contradictions).
#[must_use]
pub fn warnings(evaluation: &Evaluation, contradictions: usize) -> Vec<Warning> {
    let mut found = Vec::new();
    if evaluation.accuracy.low <= evaluation.chance {
        found.push(Warning::NoBetterThanChance);
    }
    let classes = || evaluation.classes.iter().enumerate();
    for (class, quality) in classes() {
        let (positive, negative) = (quality.truth.positive, quality.truth.negative);
        // That other classes have many is no merit of this one, and that they have few is said of them.
        if positive < FEW || (!evaluation.exclusive && negative < FEW) {
            found.push(Warning::FewExamples { class, positive, negative });
        }
    }
    let sizes = || classes().map(|(class, quality)| (quality.truth.positive, class));
    if let (true, Some((most, largest)), Some((fewest, smallest))) =
        (evaluation.exclusive, sizes().max_by_key(|(size, _)| *size), sizes().min_by_key(|(size, _)| *size))
    {
        let ratio = most as f64 / fewest.max(1) as f64;
        if ratio >= UNBALANCED {
            found.push(Warning::Unbalanced { largest, smallest, ratio });
        }
    }
    for (class, quality) in classes() {
        if let Some(ranking) = quality.ranking.as_ref().filter(|ranking| ranking.roc_auc < HARDLY) {
            found.push(Warning::HardlySeparable { class, roc_auc: ranking.roc_auc });
        }
    }
    if contradictions > 0 {
        found.push(Warning::Contradictions { pairs: contradictions });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::evaluate;
    use crate::{Answer, Targets};

    #[test]
    fn what_is_good_is_not_warned_of() {
        let of: Vec<u32> = (0..100).map(|example| example % 2).collect();
        let probabilities: Vec<f64> =
            of.iter().flat_map(|of| if *of == 0 { [0.9, 0.1] } else { [0.2, 0.8] }).collect();
        let found = evaluate(Targets::Exclusive { classes: 2, of: &of }, &probabilities).unwrap();
        assert_eq!(warnings(&found, 0), []);
        assert_eq!(warnings(&found, 3), [Warning::Contradictions { pairs: 3 }]);
    }

    #[test]
    fn what_is_little_unbalanced_and_by_chance_is_warned_of() {
        let of: Vec<u32> = (0..220).map(|example| u32::from(example % 22 == 0)).collect();
        // The rare class is said to be the less probable the more it is so.
        let probabilities: Vec<f64> =
            of.iter().flat_map(|of| if *of == 0 { [0.8, 0.2] } else { [0.9, 0.1] }).collect();
        let found = evaluate(Targets::Exclusive { classes: 2, of: &of }, &probabilities).unwrap();
        let expected = [
            Warning::NoBetterThanChance,
            Warning::FewExamples { class: 1, positive: 10, negative: 210 },
            Warning::Unbalanced { largest: 0, smallest: 1, ratio: 21.0 },
            Warning::HardlySeparable { class: 0, roc_auc: 0.0 },
            Warning::HardlySeparable { class: 1, roc_auc: 0.0 },
        ];
        assert_eq!(warnings(&found, 0), expected);
    }

    #[test]
    fn a_concept_needs_negatives_too() {
        let answers: Vec<Answer> = (0..60).map(|at| if at < 50 { Answer::Yes } else { Answer::No }).collect();
        let probabilities: Vec<f64> = (0..60).map(|at| if at < 50 { 0.9 } else { 0.1 }).collect();
        let found =
            evaluate(Targets::Independent { concepts: 1, answers: &answers }, &probabilities).unwrap();
        assert_eq!(warnings(&found, 0), [Warning::FewExamples { class: 0, positive: 50, negative: 10 }]);
    }
}
