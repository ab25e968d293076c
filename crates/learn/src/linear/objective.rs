//! What is minimised.
#![cfg_attr(
    not(test),
    expect(
        clippy::indexing_slicing,
        reason = "heads, rows and sums are cut from what is as long by construction"
    )
)]

use super::Problem;
use super::design::Design;
use crate::{Answer, Targets, kernel};

/// How many examples are gone through at once: few enough that they stay near the processor between the two products
/// that they take part in, and that sums over them are exact enough in single precision.
const BLOCK: usize = 32;

/// The log losses of examples. It has one head for two classes and for each concept, and one for each of more classes.
///
/// A head is a function of the features, of `width` coefficients and an intercept, in this order.
pub(super) struct Objective {
    /// How many classes or concepts there are.
    pub(super) outputs: usize,
    /// How many heads.
    pub(super) heads: usize,
    /// Whether each example is of exactly one class.
    pub(super) exclusive: bool,
    targets: Vec<Target>,
    /// The sum of weights that each head learns from.
    pub(super) totals: Vec<f64>,
}

/// What an example says to a head.
#[derive(Clone, Copy)]
struct Target {
    /// 1 for positive.
    is: f64,
    /// 0 if it is not known.
    weight: f64,
}

impl Objective {
    pub(super) fn new(problem: &Problem<'_>, examples: &[usize], balanced: bool) -> Self {
        let targets = problem.targets;
        let exclusive = targets.is_exclusive();
        let outputs = targets.width();
        let heads = if exclusive && outputs == 2 { 1 } else { outputs };
        // Of two classes, the head tells the second.
        let class = |head: usize| if heads == outputs { head } else { head + 1 };
        let mut said: Vec<Target> = Vec::with_capacity(examples.len() * heads);
        for example in examples {
            let weight =
                problem.weights.and_then(|weights| weights.get(*example)).map_or(1.0, |w| f64::from(*w));
            said.extend((0..heads).map(|head| match targets.answer(*example, class(head)) {
                Answer::Yes => Target { is: 1.0, weight },
                Answer::No => Target { is: 0.0, weight },
                Answer::Unknown => Target { is: 0.0, weight: 0.0 },
            }));
        }
        if balanced {
            balance(&targets, examples, heads, &mut said);
        }
        let mut totals = vec![0.0; heads];
        for row in said.chunks_exact(heads) {
            totals.iter_mut().zip(row).for_each(|(total, target)| *total += target.weight);
        }
        Self { outputs, heads, exclusive, targets: said, totals }
    }

    /// Whether the heads depend on each other: then they are one function, else a function each.
    pub(super) fn is_joint(&self) -> bool {
        self.exclusive && self.heads > 1
    }

    /// Of each head, the sums of weights of positives and of negatives.
    pub(super) fn sides(&self) -> Vec<(f64, f64)> {
        let mut sides = vec![(0.0, 0.0); self.heads];
        for row in self.targets.chunks_exact(self.heads) {
            for ((positive, negative), target) in sides.iter_mut().zip(row) {
                *positive += target.weight * target.is;
                *negative += target.weight * (1.0 - target.is);
            }
        }
        sides
    }

    /// The mean losses of the chosen heads, at `points`, and their gradients without any penalty; heads that are joint
    /// have one loss, in the first place.
    pub(super) fn evaluate(
        &self,
        design: &Design,
        chosen: &[usize],
        points: &[f64],
        losses: &mut [f64],
        gradient: &mut [f64],
    ) {
        let (stride, width, count) = (design.stride, design.width, chosen.len());
        let mut weights = vec![0.0_f32; count * stride];
        for (weights, point) in weights.chunks_exact_mut(stride).zip(points.chunks_exact(width + 1)) {
            weights.iter_mut().zip(&point[..width]).for_each(|(weight, exact)| *weight = *exact as f32);
        }
        let intercepts: Vec<f64> = points.chunks_exact(width + 1).map(|point| point[width]).collect();
        let mut sums = vec![0.0_f64; count * stride];
        let mut slopes = vec![0.0_f64; count];
        losses.fill(0.0);
        let mut scores = vec![0.0_f32; BLOCK * count];
        let mut exact = vec![0.0_f64; count];
        let blocks = design.values.chunks(BLOCK * stride).zip(self.targets.chunks(BLOCK * self.heads));
        for (rows, targets) in blocks {
            let scores = &mut scores[..rows.len() / stride * count];
            kernel::scores(rows, &weights, stride, scores);
            for (scores, targets) in scores.chunks_exact_mut(count).zip(targets.chunks_exact(self.heads)) {
                for ((exact, score), intercept) in exact.iter_mut().zip(&*scores).zip(&intercepts) {
                    *exact = f64::from(*score) + intercept;
                }
                if self.is_joint() {
                    losses[0] += softmax_loss(&mut exact, targets);
                } else {
                    for ((loss, exact), head) in losses.iter_mut().zip(&mut exact).zip(chosen) {
                        *loss += logistic_loss(exact, targets[*head]);
                    }
                }
                for ((score, exact), slope) in scores.iter_mut().zip(&exact).zip(&mut slopes) {
                    *score = *exact as f32;
                    *slope += exact;
                }
            }
            kernel::spread(rows, scores, stride, &mut sums);
        }
        let heads = gradient.chunks_exact_mut(width + 1).zip(sums.chunks_exact(stride));
        for (((gradient, sums), slope), head) in heads.zip(&slopes).zip(chosen) {
            let total = self.totals[*head];
            gradient.iter_mut().zip(&sums[..width]).for_each(|(gradient, sum)| *gradient = sum / total);
            gradient[width] = slope / total;
        }
        for (loss, head) in losses.iter_mut().zip(chosen) {
            *loss /= self.totals[*head];
        }
    }

    /// The sum of the losses of heads at this point, by their weights.
    pub(super) fn loss(&self, design: &Design, heads: &[f64]) -> f64 {
        let chosen: Vec<usize> = (0..self.heads).collect();
        let mut losses = vec![0.0; self.heads];
        self.evaluate(design, &chosen, heads, &mut losses, &mut vec![0.0; heads.len()]);
        let known = losses.iter().zip(&self.totals).filter(|(_, total)| **total > 0.0);
        known.map(|(loss, total)| loss * total).sum()
    }
}

/// Makes positives and negatives of each head, or all classes, count alike, by what their examples weigh.
fn balance(targets: &Targets<'_>, examples: &[usize], heads: usize, said: &mut [Target]) {
    match *targets {
        Targets::Exclusive { classes, of } => {
            let mut sums = vec![0.0_f64; classes];
            let class = |example: &usize| of[*example] as usize;
            for (row, example) in said.chunks_exact(heads).zip(examples) {
                sums[class(example)] += row[0].weight;
            }
            let share = sums.iter().sum::<f64>() / classes as f64;
            for (row, example) in said.chunks_exact_mut(heads).zip(examples) {
                row.iter_mut().for_each(|target| target.weight *= share / sums[class(example)]);
            }
        }
        Targets::Independent { .. } => {
            for head in 0..heads {
                let mut sums = [0.0_f64; 2];
                let side = |target: &Target| usize::from(target.is > 0.5);
                for target in said.iter().skip(head).step_by(heads) {
                    sums[side(target)] += target.weight;
                }
                let share = (sums[0] + sums[1]) / 2.0;
                for target in said.iter_mut().skip(head).step_by(heads).filter(|target| target.weight > 0.0) {
                    target.weight *= share / sums[side(target)];
                }
            }
        }
    }
}

/// The loss of an example by the scores of classes; what becomes of the scores is its slope in each.
fn softmax_loss(scores: &mut [f64], targets: &[Target]) -> f64 {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut right) = (0.0, 0.0);
    for (score, target) in scores.iter_mut().zip(targets) {
        *score -= largest;
        right += *score * target.is;
        *score = score.exp();
        sum += *score;
    }
    // It has one weight, which each of its classes says.
    let weight = targets.first().map_or(0.0, |target| target.weight);
    for (score, target) in scores.iter_mut().zip(targets) {
        *score = weight * (*score / sum - target.is);
    }
    weight * (sum.ln() - right)
}

/// The loss of an example by the score of one head; what becomes of the score is its slope.
fn logistic_loss(score: &mut f64, target: Target) -> f64 {
    let at = *score;
    let small = (-at.abs()).exp();
    let probability = if at >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) };
    *score = target.weight * (probability - target.is);
    target.weight * (at.max(0.0) + small.ln_1p() - target.is * at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Rows;
    use crate::linear::Scaling;
    use crate::linear::design::Scale;

    /// Some problem of each kind, with unknowns and weights.
    fn check(seed: &[f32], classes: usize, exclusive: bool, balanced: bool) -> Result<(), TestCaseError> {
        let width = 3;
        let rows = Rows::new(&seed[..30 * width], width).unwrap();
        let of: Vec<u32> = (0..30).map(|example| (example % classes) as u32).collect();
        let answers: Vec<Answer> = (0..30 * classes)
            .map(|at| [Answer::Yes, Answer::No, Answer::Unknown][(at / classes + at % classes) % 3])
            .collect();
        let targets = if exclusive {
            Targets::Exclusive { classes, of: &of }
        } else {
            Targets::Independent { concepts: classes, answers: &answers }
        };
        let weights: Vec<f32> = seed[..30].iter().map(|value| value.abs() + 0.1).collect();
        let problem = Problem { rows, targets, weights: Some(&weights) };
        let examples: Vec<usize> = (0..30).filter(|example| example % 7 != 3).collect();
        let design = Design::new(rows, &examples, &Scale::learn(rows, &examples, Scaling::None));
        let objective = Objective::new(&problem, &examples, balanced);
        let chosen: Vec<usize> = (0..objective.heads).collect();
        let point: Vec<f64> =
            seed.iter().rev().take(chosen.len() * 4).map(|value| f64::from(*value)).collect();
        let evaluate = |point: &[f64]| {
            let mut losses = vec![0.0; chosen.len()];
            let mut gradient = vec![0.0; point.len()];
            objective.evaluate(&design, &chosen, point, &mut losses, &mut gradient);
            (losses.iter().sum::<f64>(), gradient)
        };
        let (_, gradient) = evaluate(&point);
        for (at, slope) in gradient.iter().enumerate() {
            let moved = |by: f64| {
                let mut moved = point.clone();
                moved[at] += by;
                evaluate(&moved).0
            };
            let expected = (moved(1e-3) - moved(-1e-3)) / 2e-3;
            prop_assert!((slope - expected).abs() < 2e-3, "{slope} is not {expected}, at {at}");
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn gradients_are_those_of_the_loss(
            seed in prop::collection::vec(-2.0_f32..2.0, 100),
            classes in 2_usize..6,
            exclusive: bool,
            balanced: bool,
        ) {
            check(&seed, classes, exclusive, balanced)?;
        }
    }

    #[test]
    fn losses_of_huge_scores_are_finite() {
        for (score, is, loss, slope) in [(1e6, 1.0, 0.0, 0.0), (1e6, 0.0, 1e6, 1.0), (-1e6, 1.0, 1e6, -1.0)] {
            let mut at = score;
            assert_eq!(logistic_loss(&mut at, Target { is, weight: 1.0 }), loss);
            assert_eq!(at, slope);
        }
        let mut scores = [1e6, -1e6, 0.0];
        let targets = [0.0, 1.0, 0.0].map(|is| Target { is, weight: 1.0 });
        assert_eq!(softmax_loss(&mut scores, &targets), 2e6);
        assert_eq!(scores, [1.0, -1.0, 0.0]);
    }
}
