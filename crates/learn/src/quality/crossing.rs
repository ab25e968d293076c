//! Predicting each example by what was learned from others.

use std::ops::ControlFlow;

use crate::folds::Folds;
use crate::linear::{FitError, OnProgress, Options, Problem, fit_some};

/// What was predicted of examples without having learned from them.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfFold {
    /// Which examples were predicted together.
    pub folds: Folds,
    /// For each example the probability of each class or concept.
    pub probabilities: Vec<f64>,
    /// The `C` that was chosen for each fold, without looking at what was predicted.
    pub penalties: Vec<f64>,
}

/// Predicts the examples of each fold from those of the others. Where these have no positives or no negatives of a
/// concept, what is predicted is how often it occurs.
///
/// # Errors
/// When there is nothing to be learned, or it was cancelled.
pub fn cross_validate(
    problem: &Problem<'_>,
    folds: Folds,
    options: &Options,
    progress: OnProgress<'_>,
) -> Result<OutOfFold, FitError> {
    problem.check()?;
    options.check()?;
    let examples = problem.rows.count();
    if folds.of().len() != examples {
        return Err(FitError::FoldCount { examples, divided: folds.of().len() });
    }
    let width = problem.targets.width();
    let mut probabilities = vec![0.0; examples * width];
    let mut penalties = Vec::with_capacity(folds.count());
    let fits = folds.count() * options.fits();
    for fold in 0..folds.count() {
        let (learned, held) = folds.split(fold);
        // Copies stay together, so that a fold may be empty, or all there is.
        if learned.is_empty() || held.is_empty() {
            return Err(FitError::Indivisible);
        }
        let before = fold * options.fits();
        let mut on = |mut told: crate::linear::Progress| -> ControlFlow<()> {
            told.fit += before;
            told.fits = fits;
            progress(told)
        };
        let fitted = fit_some(problem, &learned, options, &mut on)?;
        let found = fitted.model.probabilities_of(problem.rows, &held).unwrap_or_default();
        for (example, found) in held.iter().zip(found.chunks_exact(width)) {
            if let Some(into) = probabilities.get_mut(example * width..(example + 1) * width) {
                into.copy_from_slice(found);
            }
        }
        penalties.push(fitted.penalty);
    }
    Ok(OutOfFold { folds, probabilities, penalties })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::{Penalty, fit};
    use crate::quality::evaluate;
    use crate::testing::{Random, clusters};
    use crate::{Answer, Rows, Targets};

    const FIXED: Options = Options {
        scaling: crate::linear::Scaling::Common,
        penalty: Penalty::Fixed(1.0),
        balanced: false,
        tolerance: 1e-5,
        iterations: 300,
    };

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|example| format!("input {example}")).collect()
    }

    #[test]
    fn what_cannot_be_known_is_not_known() {
        // More features than examples, and labels by chance: what was learned fits perfectly what it was learned from.
        let mut random = Random(11);
        let values: Vec<f32> = (0..120 * 200).map(|_| random.normal()).collect();
        let of: Vec<u32> = (0..120).map(|_| u32::from(random.uniform() > 0.5)).collect();
        let targets = Targets::Exclusive { classes: 2, of: &of };
        let rows = Rows::new(&values, 200).unwrap();
        let problem = Problem { rows, targets, weights: None };
        let fitted = fit(&problem, &FIXED, &mut |_| ControlFlow::Continue(())).unwrap();
        let seen = evaluate(targets, &fitted.model.probabilities(rows).unwrap()).unwrap();
        let folds = Folds::stratified(1, &names(120), targets);
        let crossed = cross_validate(&problem, folds, &FIXED, &mut |_| ControlFlow::Continue(())).unwrap();
        let honest = evaluate(targets, &crossed.probabilities).unwrap();
        assert_eq!(seen.accuracy.value, 1.0);
        assert!((0.35..0.65).contains(&honest.accuracy.value), "{:?}", honest.accuracy);
    }

    #[test]
    fn what_can_be_known_is_and_all_of_it_is_told() {
        let (values, of) = clusters(&mut Random(6), 150, 12, 3, 5.0);
        let targets = Targets::Exclusive { classes: 3, of: &of };
        let problem = Problem { rows: Rows::new(&values, 12).unwrap(), targets, weights: None };
        let folds = Folds::stratified(1, &names(150), targets);
        let mut told = Vec::new();
        let crossed = cross_validate(&problem, folds, &Options::default(), &mut |progress| {
            told.push((progress.fit, progress.fits));
            ControlFlow::Continue(())
        });
        let crossed = crossed.unwrap();
        assert!(evaluate(targets, &crossed.probabilities).unwrap().accuracy.value > 0.9);
        assert_eq!(crossed.penalties.len(), 5);
        let fits = 5 * Options::default().fits();
        assert!(told.is_sorted() && told.last() == Some(&(fits - 1, fits)));
    }

    #[test]
    fn a_concept_of_one_positive_is_predicted_by_how_often_it_occurs() {
        use Answer::{No, Yes};
        let (values, of) = clusters(&mut Random(8), 20, 3, 2, 3.0);
        let answers: Vec<Answer> = of
            .iter()
            .enumerate()
            .flat_map(|(example, of)| [if *of == 1 { Yes } else { No }, if example == 4 { Yes } else { No }])
            .collect();
        let targets = Targets::Independent { concepts: 2, answers: &answers };
        let problem = Problem { rows: Rows::new(&values, 3).unwrap(), targets, weights: None };
        let folds = Folds::stratified(1, &names(20), targets);
        assert_eq!(folds.count(), 2);
        let crossed = cross_validate(&problem, folds, &FIXED, &mut |_| ControlFlow::Continue(())).unwrap();
        // What predicts the one positive never saw any.
        assert!((crossed.probabilities[4 * 2 + 1] - 0.5 / 11.0).abs() < 1e-6, "{:?}", crossed.probabilities);
    }

    #[test]
    fn copies_of_one_cannot_be_divided() {
        let targets = Targets::Exclusive { classes: 2, of: &[0, 1] };
        let problem = Problem { rows: Rows::new(&[1.0, 2.0], 1).unwrap(), targets, weights: None };
        let folds = Folds::stratified(1, &["same", "same"], targets);
        let refused =
            cross_validate(&problem, folds, &FIXED, &mut |_| ControlFlow::Continue(())).unwrap_err();
        assert_eq!(refused.to_string(), "examples that stay together cannot be divided into folds");
        let folds = Folds::stratified(1, &["one"], Targets::Exclusive { classes: 2, of: &[0] });
        let refused =
            cross_validate(&problem, folds, &FIXED, &mut |_| ControlFlow::Continue(())).unwrap_err();
        assert_eq!(refused.to_string(), "there are 2 examples, and 1 were divided into folds");
    }
}
