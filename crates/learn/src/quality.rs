//! How good predictions are, by what is known of examples that they were not learned from.
//!
//! Where nothing can be said, such as how precise predictions of a class are that was never predicted, there is `None`,
//! and averages over classes count it as 0.

mod calibration;
mod comparison;
mod crossing;
mod proportion;
mod ranking;
mod thinning;
mod warnings;

use serde::{Deserialize, Serialize};

pub use calibration::{Bin, Calibration};
pub use comparison::{Comparison, compare};
pub use crossing::{OutOfFold, cross_validate};
pub use proportion::Proportion;
pub use ranking::{PrecisionRecall, Ranking, Roc, Threshold};
pub use warnings::{Warning, warnings};

use crate::targets::Counts;
use crate::{Answer, InvalidTargets, Targets};

/// How many mistakes are named.
pub const MISTAKES: usize = 50;
/// As of which probability a concept counts as predicted.
pub const THRESHOLD: f64 = 0.5;

/// How good predictions are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Whether each example is of exactly one class.
    pub exclusive: bool,
    /// How many examples were predicted.
    pub examples: usize,
    /// The share of answers that are right. Of exclusive classes there is an answer for each example, the most
    /// probable class. Of concepts there is one for each example and each concept of which the truth is known, and
    /// since those of one example are not independent of each other, the interval is too narrow where there are many
    /// concepts.
    pub accuracy: Proportion,
    /// The share that would be right if always the most frequent was answered.
    pub chance: f64,
    /// The mean of −ln of the probability of what is true.
    pub log_loss: f64,
    /// The mean squared distance of probabilities from what is true: of more than two exclusive classes, the sum over
    /// all classes, as scikit-learn's `brier_score_loss` has it.
    pub brier: f64,
    /// How far probabilities are what they say.
    pub calibration: Calibration,
    /// How many examples of each class were predicted as each: `confusion[truth][predicted]`. Only of exclusive
    /// classes.
    pub confusion: Option<Vec<Vec<usize>>>,
    /// How good predictions of each class or concept are.
    pub classes: Vec<ClassQuality>,
    /// Means over classes.
    pub means: Means,
    /// The mistakes that were surest of themselves: those that give what is true the least probability come first.
    pub mistakes: Vec<Mistake>,
}

/// How good predictions of a class are, against all others; or of a concept, against what is known not to show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassQuality {
    /// How many examples show it, and how many do not.
    pub truth: Counts,
    /// How many it was predicted of, rightly and wrongly.
    pub predicted: Counts,
    /// Which share of what was predicted is right.
    pub precision: Option<f64>,
    /// Which share of what is true was predicted.
    pub recall: Option<f64>,
    /// The harmonic mean of both.
    pub f1: Option<f64>,
    /// What becomes of both where the threshold is put elsewhere.
    pub ranking: Option<Ranking>,
}

/// Means over classes, each of which counts alike.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Means {
    /// Of precisions.
    pub precision: f64,
    /// Of recalls.
    pub recall: f64,
    /// Of their harmonic means.
    pub f1: f64,
    /// Of average precisions, over those classes that have one.
    pub average_precision: Option<f64>,
    /// Of areas under the ROC curve, over those classes that have one.
    pub roc_auc: Option<f64>,
}

/// An answer that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    /// Of which example.
    pub example: usize,
    /// The class that it is said to be of; or the concept.
    pub class: usize,
    /// What is said of the concept; `Yes` of exclusive classes.
    pub said: Answer,
    /// The class that was predicted; none of concepts, of which the opposite was.
    pub predicted: Option<usize>,
    /// The probability of what is said.
    pub probability: f64,
    /// The probability of what was predicted.
    pub certainty: f64,
}

/// Why predictions cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum InvalidPredictions {
    /// What is known is not of these examples.
    #[error(transparent)]
    Targets(#[from] InvalidTargets),
    /// There are probabilities missing, or too many.
    #[error("there are {probabilities} probabilities of {classes} classes for {examples} examples")]
    Count {
        /// How many examples something is known of.
        examples: usize,
        /// How many classes or concepts there are.
        classes: usize,
        /// How many probabilities there are.
        probabilities: usize,
    },
    /// A number that is no probability.
    #[error("{value} is no probability of class {class} of example {example}")]
    NoProbability {
        /// Of which example.
        example: usize,
        /// Of which class or concept.
        class: usize,
        /// What stands there.
        value: f64,
    },
    /// Nothing is known of any of them.
    #[error("of no example it is known what it shows")]
    NothingKnown,
}

/// Predictions beside what is known: for each example the probability of each class or concept.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub(crate) targets: Targets<'a>,
    probabilities: &'a [f64],
}

impl<'a> Judged<'a> {
    pub(crate) fn new(targets: Targets<'a>, probabilities: &'a [f64]) -> Result<Self, InvalidPredictions> {
        let (examples, classes) = (targets.count(), targets.width());
        targets.check_shape(examples)?;
        if probabilities.len() != examples * classes {
            return Err(InvalidPredictions::Count { examples, classes, probabilities: probabilities.len() });
        }
        if let Some(at) = probabilities.iter().position(|value| !(0.0..=1.0).contains(value)) {
            let value = probabilities.get(at).copied().unwrap_or(f64::NAN);
            return Err(InvalidPredictions::NoProbability {
                example: at / classes,
                class: at % classes,
                value,
            });
        }
        let judged = Self { targets, probabilities };
        if judged.answers().next().is_none() { Err(InvalidPredictions::NothingKnown) } else { Ok(judged) }
    }

    /// The probabilities of each example.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = &'a [f64]> + use<'a> {
        self.probabilities.chunks_exact(self.targets.width())
    }

    pub(crate) fn probability(&self, example: usize, class: usize) -> f64 {
        self.probabilities.get(example * self.targets.width() + class).copied().unwrap_or_default()
    }

    /// Of exclusive classes, what was answered for each example; of concepts, for each of which the truth is known.
    fn answers(&self) -> impl Iterator<Item = Judgement> + '_ {
        let (targets, width) = (self.targets, self.targets.width());
        self.rows().enumerate().flat_map(move |(example, row)| {
            let predicted = targets.is_exclusive().then(|| most_probable(row));
            let share = move |class: usize| row.get(class).copied().unwrap_or_default();
            (0..width).filter_map(move |class| {
                let said = targets.answer(example, class);
                let (probability, certainty, wrong) = match (predicted, said) {
                    (Some(predicted), Answer::Yes) => (share(class), share(predicted), predicted != class),
                    (None, Answer::Yes | Answer::No) => {
                        let (yes, no) = (share(class), 1.0 - share(class));
                        let found = yes >= THRESHOLD;
                        let is = said == Answer::Yes;
                        (if is { yes } else { no }, if found { yes } else { no }, found != is)
                    }
                    _ => return None,
                };
                let answer = Mistake { example, class, said, predicted, probability, certainty };
                Some(Judgement { answer, wrong })
            })
        })
    }

    /// Whether a class or concept was predicted of an example.
    fn is_predicted(&self, example: usize, class: usize, predicted: &[usize]) -> bool {
        match predicted.get(example) {
            Some(predicted) => *predicted == class,
            None => self.probability(example, class) >= THRESHOLD,
        }
    }
}

/// The first of the most probable.
pub(crate) fn most_probable(row: &[f64]) -> usize {
    let best = row.iter().enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map_or(0, |(class, _)| class)
}

/// What was answered, and whether it is a mistake.
struct Judgement {
    answer: Mistake,
    wrong: bool,
}

/// Judges the probabilities of each class or concept, row by row, by what is known of the examples.
///
/// # Errors
/// When probabilities are missing or none, or nothing is known.
pub fn evaluate(targets: Targets<'_>, probabilities: &[f64]) -> Result<Evaluation, InvalidPredictions> {
    let judged = Judged::new(targets, probabilities)?;
    let predicted: Vec<usize> =
        if targets.is_exclusive() { judged.rows().map(most_probable).collect() } else { Vec::new() };
    let answers: Vec<Judgement> = judged.answers().collect();
    let wrong = answers.iter().filter(|judgement| judgement.wrong).count();
    let classes = classes(&judged, &predicted);
    // What has no probability at all counts as if it had the least that can be added to 1.
    let log_loss: f64 = answers.iter().map(|found| -found.answer.probability.max(f64::EPSILON).ln()).sum();
    Ok(Evaluation {
        exclusive: targets.is_exclusive(),
        examples: targets.count(),
        accuracy: Proportion::of(answers.len() - wrong, answers.len()),
        chance: chance(&targets, answers.len()),
        log_loss: log_loss / answers.len() as f64,
        brier: brier(&judged),
        calibration: Calibration::of(&judged),
        confusion: targets.is_exclusive().then(|| confusion(&targets, &predicted)),
        means: Means::of(&classes),
        classes,
        mistakes: mistakes(answers),
    })
}

/// The share of right answers if always the most frequent was answered.
fn chance(targets: &Targets<'_>, answers: usize) -> f64 {
    let counts = targets.counts();
    let right = if targets.is_exclusive() {
        counts.iter().map(|counts| counts.positive).max().unwrap_or(0)
    } else {
        counts.iter().map(|counts| counts.positive.max(counts.negative)).sum()
    };
    right as f64 / answers as f64
}

fn brier(judged: &Judged<'_>) -> f64 {
    let (mut sum, mut known) = (0.0, 0_usize);
    for (example, row) in judged.rows().enumerate() {
        for (class, probability) in row.iter().enumerate() {
            let truth = match judged.targets.answer(example, class) {
                Answer::Yes => 1.0,
                Answer::No => 0.0,
                Answer::Unknown => continue,
            };
            sum += (probability - truth).powi(2);
            known += 1;
        }
    }
    if judged.targets.is_exclusive() {
        // Both probabilities of two classes are as far off: one of them counts.
        let halves = if judged.targets.width() == 2 { 2 } else { 1 };
        sum / (judged.targets.count() * halves) as f64
    } else {
        sum / known as f64
    }
}

fn confusion(targets: &Targets<'_>, predicted: &[usize]) -> Vec<Vec<usize>> {
    let mut matrix = vec![vec![0; targets.width()]; targets.width()];
    for (example, predicted) in predicted.iter().enumerate() {
        let truth = (0..targets.width()).find(|class| targets.answer(example, *class) == Answer::Yes);
        if let Some(count) = truth.and_then(|truth| matrix.get_mut(truth)?.get_mut(*predicted)) {
            *count += 1;
        }
    }
    matrix
}

fn classes(judged: &Judged<'_>, predicted: &[usize]) -> Vec<ClassQuality> {
    let of = |(class, truth): (usize, Counts)| {
        let mut scored = Vec::with_capacity(truth.positive + truth.negative);
        let mut found = Counts::default();
        for example in 0..judged.targets.count() {
            let positive = match judged.targets.answer(example, class) {
                Answer::Yes => true,
                Answer::No => false,
                Answer::Unknown => continue,
            };
            scored.push((judged.probability(example, class), positive));
            if judged.is_predicted(example, class, predicted) {
                if positive {
                    found.positive += 1;
                } else {
                    found.negative += 1;
                }
            }
        }
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        ClassQuality {
            truth,
            predicted: found,
            precision: share(found.positive, found.positive + found.negative),
            recall: share(found.positive, truth.positive),
            f1: share(2 * found.positive, found.positive + found.negative + truth.positive),
            ranking: Ranking::of(scored),
        }
    };
    judged.targets.counts().into_iter().enumerate().map(of).collect()
}

impl Means {
    fn of(classes: &[ClassQuality]) -> Self {
        let mean = |value: fn(&ClassQuality) -> Option<f64>| {
            classes.iter().map(|class| value(class).unwrap_or(0.0)).sum::<f64>() / classes.len() as f64
        };
        let known = |value: fn(&Ranking) -> f64| {
            let values: Vec<f64> =
                classes.iter().filter_map(|class| class.ranking.as_ref()).map(value).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        Self {
            precision: mean(|class| class.precision),
            recall: mean(|class| class.recall),
            f1: mean(|class| class.f1),
            average_precision: known(|ranking| ranking.average_precision),
            roc_auc: known(|ranking| ranking.roc_auc),
        }
    }
}

fn mistakes(answers: Vec<Judgement>) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> =
        answers.into_iter().filter(|judgement| judgement.wrong).map(|judgement| judgement.answer).collect();
    // In order of examples where probabilities are equal: the sort is stable.
    mistakes.sort_by(|one, other| one.probability.total_cmp(&other.probability));
    mistakes.truncate(MISTAKES);
    mistakes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Answer::{No, Unknown, Yes};
    use super::*;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-12
    }

    /// Three classes, four examples, of which the last is wrong.
    const PROBABILITIES: [f64; 12] = [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6, 0.5, 0.3, 0.2];
    const OF: [u32; 4] = [0, 1, 2, 1];

    #[test]
    fn classes_are_judged_as_computed_by_hand() {
        let targets = Targets::Exclusive { classes: 3, of: &OF };
        let found = evaluate(targets, &PROBABILITIES).unwrap();
        assert_eq!(
            (found.exclusive, found.examples, found.accuracy.count, found.accuracy.of),
            (true, 4, 3, 4)
        );
        assert!(near(found.chance, 0.5));
        let log_loss = -(0.7_f64.ln() + 0.8_f64.ln() + 0.6_f64.ln() + 0.3_f64.ln()) / 4.0;
        assert!(near(found.log_loss, log_loss));
        let brier = (0.09 + 0.04 + 0.01) + (0.01 + 0.04 + 0.01) + (0.04 + 0.04 + 0.16) + (0.25 + 0.49 + 0.04);
        assert!(near(found.brier, brier / 4.0));
        assert_eq!(found.confusion, Some(vec![vec![1, 0, 0], vec![1, 1, 0], vec![0, 0, 1]]));
        let shares: Vec<_> = found.classes.iter().map(|class| (class.precision, class.recall)).collect();
        assert_eq!(shares, [(Some(0.5), Some(1.0)), (Some(1.0), Some(0.5)), (Some(1.0), Some(1.0))]);
        assert!(near(found.classes[1].f1.unwrap(), 2.0 / 3.0));
        assert!(near(found.means.precision, 2.5 / 3.0) && near(found.means.recall, 2.5 / 3.0));
        let mistake =
            Mistake { example: 3, class: 1, said: Yes, predicted: Some(0), probability: 0.3, certainty: 0.5 };
        assert_eq!(found.mistakes, [mistake]);
        // Class 1: 0.8 and 0.3 against 0.2 and 0.2; class 0: 0.7 against 0.1, 0.2 and 0.5.
        let ranking = found.classes[1].ranking.as_ref().unwrap();
        assert!(near(ranking.roc_auc, 1.0) && near(ranking.average_precision, 1.0));
    }

    #[test]
    fn concepts_are_judged_as_computed_by_hand() {
        let answers = [Yes, No, Yes, Unknown, No, Yes];
        let probabilities = [0.9, 0.6, 0.4, 0.5, 0.2, 0.5];
        let targets = Targets::Independent { concepts: 2, answers: &answers };
        let found = evaluate(targets, &probabilities).unwrap();
        assert_eq!((found.accuracy.count, found.accuracy.of), (3, 5));
        assert!(near(found.chance, 3.0 / 5.0));
        let log_loss = -(0.9_f64.ln() + 0.4_f64.ln() + 0.4_f64.ln() + 0.8_f64.ln() + 0.5_f64.ln()) / 5.0;
        assert!(near(found.log_loss, log_loss));
        assert!(near(found.brier, (0.01 + 0.36 + 0.36 + 0.04 + 0.25) / 5.0));
        assert_eq!(found.confusion, None);
        let first = &found.classes[0];
        assert_eq!((first.truth.positive, first.truth.negative), (2, 1));
        assert_eq!((first.precision, first.recall), (Some(1.0), Some(0.5)));
        let second = &found.classes[1];
        assert_eq!((second.precision, second.recall), (Some(0.5), Some(1.0)));
        assert!(near(second.ranking.as_ref().unwrap().roc_auc, 0.0));
        let wrong: Vec<_> =
            found.mistakes.iter().map(|mistake| (mistake.example, mistake.class, mistake.said)).collect();
        assert_eq!(wrong, [(0, 1, No), (1, 0, Yes)]);
    }

    #[test]
    fn two_classes_have_the_brier_score_of_one_probability() {
        let found = evaluate(Targets::Exclusive { classes: 2, of: &[1, 0] }, &[0.3, 0.7, 0.6, 0.4]).unwrap();
        assert!(near(found.brier, (0.09 + 0.16) / 2.0));
    }

    #[test]
    fn what_was_never_predicted_has_no_precision() {
        let found = evaluate(Targets::Exclusive { classes: 2, of: &[0, 1] }, &[0.9, 0.1, 0.8, 0.2]).unwrap();
        assert_eq!(
            (found.classes[1].precision, found.classes[1].recall, found.classes[1].f1),
            (None, Some(0.0), Some(0.0))
        );
        // All examples of one class: nothing to rank against.
        let found = evaluate(Targets::Exclusive { classes: 2, of: &[0, 0] }, &[0.9, 0.1, 0.8, 0.2]).unwrap();
        assert!(found.classes.iter().all(|class| class.ranking.is_none()) && found.means.roc_auc.is_none());
    }

    #[test]
    fn what_cannot_be_judged_is_refused_by_name() {
        let targets = Targets::Exclusive { classes: 2, of: &[0, 1] };
        let refused = |probabilities: &[f64]| evaluate(targets, probabilities).unwrap_err().to_string();
        assert_eq!(refused(&[0.5; 3]), "there are 3 probabilities of 2 classes for 2 examples");
        assert_eq!(refused(&[0.5, 0.5, 0.5, 1.5]), "1.5 is no probability of class 1 of example 1");
        assert_eq!(refused(&[0.5, f64::NAN, 0.5, 0.5]), "NaN is no probability of class 1 of example 0");
        let unknown = Targets::Independent { concepts: 1, answers: &[Unknown] };
        assert_eq!(evaluate(unknown, &[0.5]), Err(InvalidPredictions::NothingKnown));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn figures_fit_each_other(
            rows in prop::collection::vec((0_u32..4, [0_u8..8, 0_u8..8, 0_u8..8, 0_u8..8]), 1..80)
        ) {
            let of: Vec<u32> = rows.iter().map(|(of, _)| *of).collect();
            let probabilities: Vec<f64> = rows
                .iter()
                .flat_map(|(_, parts)| {
                    let sum: f64 = parts.iter().map(|part| f64::from(*part) + 1.0).sum();
                    parts.map(|part| (f64::from(part) + 1.0) / sum)
                })
                .collect();
            let found = evaluate(Targets::Exclusive { classes: 4, of: &of }, &probabilities).unwrap();
            let matrix = found.confusion.clone().unwrap();
            prop_assert_eq!(matrix.iter().flatten().sum::<usize>(), of.len());
            prop_assert_eq!((0..4).map(|class| matrix[class][class]).sum::<usize>(), found.accuracy.count);
            for (class, quality) in found.classes.iter().enumerate() {
                prop_assert_eq!(matrix[class].iter().sum::<usize>(), quality.truth.positive);
                let predicted: usize = matrix.iter().map(|row| row[class]).sum();
                prop_assert_eq!(predicted, quality.predicted.positive + quality.predicted.negative);
                prop_assert_eq!(matrix[class][class], quality.predicted.positive);
            }
            prop_assert_eq!(found.mistakes.len(), (found.accuracy.of - found.accuracy.count).min(MISTAKES));
            prop_assert!(found.accuracy.low <= found.accuracy.value && found.accuracy.value <= found.accuracy.high);
            prop_assert_eq!(found.calibration.bins.iter().map(|bin| bin.count).sum::<usize>(), of.len());
            // It is kept as JSON, which has nothing for what is infinite.
            let read: Evaluation = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
            prop_assert_eq!((read.confusion, read.classes.len()), (found.confusion, 4));
        }
    }
}
