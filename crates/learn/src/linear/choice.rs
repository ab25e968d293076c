//! Choosing how strongly coefficients are held near 0.

use super::design::{Design, Scale};
use super::objective::Objective;
use super::solve::{Reporter, solve};
use super::{FitError, Options, Penalty, Problem, Scaling};
use crate::folds;
use crate::hash::{hash, words};

/// What is tried, from strong to weak, of features whose mean variance is 1; of others, it is divided by that. Over a
/// thousand dimensions all examples are separable long before the last, and stay near the frequencies at the first;
/// between neighbours, qualities hardly differ.
pub const GRID: [f64; 6] = [1e-4, 1e-3, 1e-2, 1e-1, 1.0, 1e1];
/// How often a part is held out.
pub(super) const FOLDS: usize = 3;
/// How many examples it is tried on at most: the best `C` changes little with their number, since it stands beside a
/// sum over them.
const EXAMPLES: usize = 2_000;
/// With fewer examples nothing is held out.
const FEWEST: usize = 4;

/// The penalty by which examples that were held out are predicted best. Which are held out together follows from the
/// examples themselves, so that their order does not matter, and copies are held out together.
pub(super) fn choose(
    problem: &Problem<'_>,
    examples: &[usize],
    options: &Options,
    reporter: &mut Reporter<'_>,
) -> Result<f64, FitError> {
    let some = sample(problem, examples);
    let variance = variance(problem, &some, options.scaling);
    if some.len() < FEWEST {
        return Ok(Penalty::DEFAULT / variance);
    }
    let grid = GRID.map(|penalty| penalty / variance);
    let parts = assigned(problem, &some, 1, FOLDS);
    let mut losses = [0.0_f64; GRID.len()];
    for fold in 0..FOLDS {
        let of = |held: bool| {
            let chosen = some.iter().zip(&parts).filter(move |(_, part)| (**part == fold) == held);
            chosen.map(|(example, _)| *example).collect::<Vec<usize>>()
        };
        let (learned, held) = (of(false), of(true));
        let scale = Scale::learn(problem.rows, &learned, options.scaling);
        let design = Design::new(problem.rows, &learned, &scale);
        let objective = Objective::new(problem, &learned, options.balanced);
        let judged = Design::new(problem.rows, &held, &scale);
        let judge = Objective::new(problem, &held, options.balanced);
        let mut start: Option<Vec<f64>> = None;
        for (at, (penalty, sum)) in grid.iter().zip(&mut losses).enumerate() {
            reporter.fit = fold * GRID.len() + at;
            // What was found for the stronger penalty is where the weaker begins.
            let found = solve(&design, &objective, *penalty, options, start.as_deref(), reporter)?;
            *sum += judge.loss(&judged, &found.heads);
            start = Some(found.heads);
        }
    }
    // Of equal ones, the strongest.
    let best =
        grid.iter().zip(losses).filter(|(_, loss)| loss.is_finite()).min_by(|(_, a), (_, b)| a.total_cmp(b));
    Ok(best.map_or(Penalty::DEFAULT / variance, |(penalty, _)| *penalty))
}

/// The mean variance of features as they are scaled.
fn variance(problem: &Problem<'_>, examples: &[usize], scaling: Scaling) -> f64 {
    if matches!(scaling, Scaling::Standard | Scaling::Common) {
        return 1.0;
    }
    let width = problem.rows.width();
    let design = Design::new(problem.rows, examples, &Scale::learn(problem.rows, examples, scaling));
    let mut moments = vec![(0.0_f64, 0.0_f64); width];
    for row in design.values.chunks_exact(design.stride) {
        for ((sum, squares), value) in moments.iter_mut().zip(row) {
            *sum += f64::from(*value);
            *squares += f64::from(*value) * f64::from(*value);
        }
    }
    let count = examples.len() as f64;
    let of = |(sum, squares): &(f64, f64)| (squares / count - (sum / count).powi(2)).max(0.0);
    let mean = moments.iter().map(of).sum::<f64>() / width as f64;
    if mean.is_finite() && mean > 0.0 { mean } else { 1.0 }
}

/// As many examples as it is tried on, with each class in its proportion.
fn sample(problem: &Problem<'_>, examples: &[usize]) -> Vec<usize> {
    let parts = examples.len().div_ceil(EXAMPLES);
    if parts == 1 {
        return examples.to_vec();
    }
    let assigned = assigned(problem, examples, 0, parts);
    examples.iter().zip(assigned).filter(|(_, part)| *part == 0).map(|(example, _)| *example).collect()
}

fn assigned(problem: &Problem<'_>, examples: &[usize], seed: u64, parts: usize) -> Vec<usize> {
    let keys: Vec<u64> =
        examples.iter().map(|example| hash(seed, words(problem.rows.row(*example)))).collect();
    folds::assign(&keys, problem.targets, examples, parts)
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::linear::{Scaling, fit};
    use crate::testing::{Random, clusters};
    use crate::{Rows, Targets};

    fn chosen(values: &[f32], width: usize, of: &[u32]) -> f64 {
        let rows = Rows::new(values, width).unwrap();
        let problem = Problem { rows, targets: Targets::Exclusive { classes: 2, of }, weights: None };
        let options = Options { scaling: Scaling::Common, ..Options::default() };
        let mut fits = Vec::new();
        let fitted = fit(&problem, &options, &mut |progress| {
            fits.push(progress.fit);
            assert_eq!(progress.fits, FOLDS * GRID.len() + 1);
            ControlFlow::Continue(())
        });
        assert!(fits.is_sorted() && fits.last() == Some(&(FOLDS * GRID.len())));
        fitted.unwrap().penalty
    }

    #[test]
    fn noise_is_held_strongly_and_what_is_clear_weakly() {
        let (width, count) = (20, 200);
        let mut random = Random(7);
        let noise: Vec<f32> = (0..width * count).map(|_| random.normal()).collect();
        let of: Vec<u32> = (0..count as u32).map(|example| example % 2).collect();
        let (clear, of_clear) = clusters(&mut random, count, width, 2, 4.0);
        let (strong, weak) = (chosen(&noise, width, &of), chosen(&clear, width, &of_clear));
        assert!(strong <= 1e-3 && weak >= 1e-1, "{strong} and {weak}");
    }

    #[test]
    fn the_order_of_examples_changes_nothing() {
        let (width, count) = (5, 60);
        let (values, of) = clusters(&mut Random(3), count, width, 2, 0.7);
        let backwards: Vec<f32> = values.chunks(width).rev().flatten().copied().collect();
        let of_backwards: Vec<u32> = of.iter().rev().copied().collect();
        assert_eq!(chosen(&values, width, &of), chosen(&backwards, width, &of_backwards));
    }

    #[test]
    fn of_many_examples_a_part_is_tried_with_its_classes_in_proportion() {
        let values: Vec<f32> = (0..5_000_u16).map(f32::from).collect();
        let of: Vec<u32> = (0..5_000).map(|example| u32::from(example % 10 == 0)).collect();
        let targets = Targets::Exclusive { classes: 2, of: &of };
        let problem = Problem { rows: Rows::new(&values, 1).unwrap(), targets, weights: None };
        let some = sample(&problem, &(0..5_000).collect::<Vec<_>>());
        let rare = some.iter().filter(|example| **example % 10 == 0).count();
        assert!(
            (1_660..=1_670).contains(&some.len()) && (166..=167).contains(&rare),
            "{rare} of {}",
            some.len()
        );
    }

    #[test]
    fn what_is_tried_follows_the_size_of_features() {
        let (values, of) = clusters(&mut Random(3), 100, 5, 2, 1.5);
        let large: Vec<f32> = values.iter().map(|value| value * 100.0).collect();
        let choose = |values: &[f32]| {
            let targets = Targets::Exclusive { classes: 2, of: &of };
            let problem = Problem { rows: Rows::new(values, 5).unwrap(), targets, weights: None };
            let options = Options { scaling: Scaling::None, tolerance: 1e-6, ..Options::default() };
            fit(&problem, &options, &mut |_| ControlFlow::Continue(())).unwrap().penalty
        };
        // Other numbers are held out together otherwise, so that the neighbour may seem as good.
        let share = choose(&values) / choose(&large);
        assert!((share.log10() - 4.0).abs() < 1.001, "{share}");
    }

    #[test]
    fn where_nothing_can_be_held_out_it_is_the_default() {
        let rows = Rows::new(&[0.0, 1.0, 2.0], 1).unwrap();
        let problem =
            Problem { rows, targets: Targets::Exclusive { classes: 2, of: &[0, 1, 1] }, weights: None };
        let fitted = fit(&problem, &Options::default(), &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(fitted.penalty, Penalty::DEFAULT);
    }
}
