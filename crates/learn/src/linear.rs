//! Regularised logistic regression on dense features, by L-BFGS.
//!
//! What is minimised over coefficients and intercepts is what scikit-learn's `LogisticRegression` minimises: the mean
//! of the examples' log losses, each by its weight, plus the sum of the squared coefficients over `2 · C · (sum of
//! weights)`. Intercepts are not penalised. Of exclusive classes, two are told apart by one logistic function, and
//! more by a softmax; independent concepts are told by a logistic function each, from those examples of which
//! something is known.

mod choice;
mod design;
mod lbfgs;
mod model;
mod objective;
mod solve;

use std::ops::ControlFlow;

pub use choice::GRID;
pub use lbfgs::Stop;
pub use model::{InvalidModel, Model};

use crate::{InvalidTargets, Rows, Targets};
use design::{Design, Scale};
use objective::Objective;
use solve::{Reporter, solve};

/// How features are brought to a common size before anything is learned. What a model was fitted with, it applies to
/// what it predicts, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// As they are.
    None,
    /// Each example is divided by its length, so that only its direction counts. One of length 0 stays as it is.
    Length,
    /// From each feature its mean is taken, and what is left is divided by its standard deviation, as scikit-learn's
    /// `StandardScaler` does it. Features that never change stay 0.
    Standard,
    /// From each feature its mean is taken, and all are divided by one number, so that their mean variance is 1.
    ///
    /// This is what embeddings are for: the angles and proportions between them mean something, which standardising
    /// each feature by itself would distort, and of few examples it would blow up those features that hardly ever
    /// differ from 0.
    #[default]
    Common,
}

/// How strongly coefficients are held near 0: `C` of the objective, which is the smaller the stronger.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Penalty {
    /// This one.
    Fixed(f64),
    /// The one of [`GRID`] by which examples that were held out are predicted best: the least log loss in a stratified
    /// cross-validation, on a part of the examples where there are many. If there is too little to hold anything out,
    /// it is [`Penalty::DEFAULT`].
    #[default]
    Chosen,
}

impl Penalty {
    /// What is taken where nothing can be tried out. It is the middle of the grid on a logarithmic scale, and strong,
    /// as few examples in many dimensions need it.
    pub const DEFAULT: f64 = 1e-2;
}

/// How to learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How features are brought to a common size.
    pub scaling: Scaling,
    /// How strongly coefficients are held near 0.
    pub penalty: Penalty,
    /// Whether classes count alike, however many examples each has: each example of a class counts by
    /// `all / (classes · those of the class)` times its weight, where both are sums of weights. Of a concept, so do its
    /// positives and negatives.
    pub balanced: bool,
    /// It ends when no part of the gradient is larger than this, of the objective above.
    pub tolerance: f64,
    /// It ends after as many iterations, too.
    pub iterations: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            scaling: Scaling::default(),
            penalty: Penalty::default(),
            balanced: false,
            tolerance: 1e-4,
            iterations: 300,
        }
    }
}

impl Options {
    /// How many fits it takes to fit with these options.
    #[must_use]
    pub fn fits(&self) -> usize {
        match self.penalty {
            Penalty::Fixed(_) => 1,
            Penalty::Chosen => choice::FOLDS * GRID.len() + 1,
        }
    }
}

/// What is to be learned.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// The examples.
    pub rows: Rows<'a>,
    /// What is known of them.
    pub targets: Targets<'a>,
    /// By how much each counts; 1 if this is missing.
    pub weights: Option<&'a [f32]>,
}

/// How far a fit is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Which fit this is, counted from 0.
    pub fit: usize,
    /// Of how many: a penalty is chosen and an evaluation is made by fits of their own.
    pub fits: usize,
    /// How many iterations this fit took.
    pub iteration: usize,
    /// What is minimised; of independent concepts, its mean.
    pub loss: f64,
    /// The largest part of the gradient.
    pub gradient: f64,
}

/// What is told how far a fit is, and may end it.
pub type OnProgress<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// What was learned, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// What predicts.
    pub model: Model,
    /// The `C` that it was fitted with.
    pub penalty: f64,
    /// How many iterations the last fit took; of independent concepts, the most.
    pub iterations: usize,
    /// What was minimised; of independent concepts, its mean.
    pub loss: f64,
    /// Why it ended; of independent concepts, the least good reason.
    pub stop: Stop,
}

/// Why nothing was learned.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// There is nothing to be learned.
    #[error(transparent)]
    Targets(#[from] InvalidTargets),
    /// A weight is missing, or one too many.
    #[error("there are {examples} examples and {weights} weights")]
    WeightCount {
        /// How many examples there are.
        examples: usize,
        /// How many weights.
        weights: usize,
    },
    /// A weight is none.
    #[error("the weight of example {example} is not a positive number")]
    Weight {
        /// Of which example, counted from 0.
        example: usize,
    },
    /// What was divided into folds are not these examples.
    #[error("there are {examples} examples, and {divided} were divided into folds")]
    FoldCount {
        /// How many examples there are.
        examples: usize,
        /// How many were divided.
        divided: usize,
    },
    /// There is nothing to learn from, or nothing to predict.
    #[error("examples that stay together cannot be divided into folds")]
    Indivisible,
    /// `C` is none.
    #[error("the penalty {0} is not a positive number")]
    Penalty(f64),
    /// Sums of features are infinite.
    #[error("features are so large that their sums are infinite")]
    TooLarge,
    /// Whoever was told how far it is ended it.
    #[error("it was cancelled")]
    Cancelled,
}

/// Learns from examples.
///
/// # Errors
/// When there is nothing to be learned, or it was cancelled. Examples that contradict each other are learned from: the
/// model is unsure of them then.
pub fn fit(problem: &Problem<'_>, options: &Options, progress: OnProgress<'_>) -> Result<Fitted, FitError> {
    problem.check()?;
    options.check()?;
    let examples: Vec<usize> = (0..problem.rows.count()).collect();
    fit_some(problem, &examples, options, progress)
}

/// Learns from some of the examples. Of those, concepts may be without positives or without negatives: what is
/// predicted of them then is how often they occur.
pub(crate) fn fit_some(
    problem: &Problem<'_>,
    examples: &[usize],
    options: &Options,
    progress: OnProgress<'_>,
) -> Result<Fitted, FitError> {
    let fits = options.fits();
    let mut reporter = Reporter::new(progress, fits);
    let penalty = match options.penalty {
        Penalty::Fixed(penalty) => penalty,
        Penalty::Chosen => choice::choose(problem, examples, options, &mut reporter)?,
    };
    reporter.fit = fits - 1;
    let scale = Scale::learn(problem.rows, examples, options.scaling);
    let design = Design::new(problem.rows, examples, &scale);
    let objective = Objective::new(problem, examples, options.balanced);
    let solution = solve(&design, &objective, penalty, options, None, &mut reporter)?;
    Ok(Fitted {
        model: Model::new(scale, &objective, problem.rows.width(), &solution.heads),
        penalty,
        iterations: solution.iterations,
        loss: solution.loss,
        stop: solution.stop,
    })
}

impl Problem<'_> {
    pub(crate) fn check(&self) -> Result<(), FitError> {
        let examples = self.rows.count();
        self.targets.check(examples)?;
        let Some(weights) = self.weights else { return Ok(()) };
        if weights.len() != examples {
            return Err(FitError::WeightCount { examples, weights: weights.len() });
        }
        match weights.iter().position(|weight| !(weight.is_finite() && *weight > 0.0)) {
            Some(example) => Err(FitError::Weight { example }),
            None => Ok(()),
        }
    }
}

impl Options {
    pub(crate) fn check(&self) -> Result<(), FitError> {
        match self.penalty {
            Penalty::Fixed(penalty) if !(penalty.is_finite() && penalty > 0.0) => {
                Err(FitError::Penalty(penalty))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Answer;
    use crate::testing::{Random, clusters};

    const FIXED: Options = Options {
        scaling: Scaling::None,
        penalty: Penalty::Fixed(1.0),
        balanced: false,
        tolerance: 1e-7,
        iterations: 1_000,
    };

    fn on(_: Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn fit_classes(values: &[f32], width: usize, classes: usize, of: &[u32], options: &Options) -> Fitted {
        let rows = Rows::new(values, width).unwrap();
        let problem = Problem { rows, targets: Targets::Exclusive { classes, of }, weights: None };
        fit(&problem, options, &mut on).unwrap()
    }

    fn right(model: &Model, values: &[f32], width: usize, of: &[u32]) -> f64 {
        let found = model.probabilities(Rows::new(values, width).unwrap()).unwrap();
        let predicted = found.chunks(model.outputs()).map(|shares| {
            (0..shares.len()).max_by(|one, other| shares[*one].total_cmp(&shares[*other])).unwrap() as u32
        });
        predicted.zip(of).filter(|(one, other)| one == *other).count() as f64 / of.len() as f64
    }

    /// Two examples at −1 and 1: the coefficient solves `w = 2 C σ(−w)`.
    #[test]
    fn the_least_of_a_small_problem_is_the_one_computed_by_hand() {
        let fitted = fit_classes(&[-1.0, 1.0], 1, 2, &[0, 1], &FIXED);
        let weight = f64::from(fitted.model.coefficients()[0]);
        assert!((weight - 2.0 / (1.0 + weight.exp())).abs() < 1e-6, "{weight}");
        assert!(fitted.model.intercepts()[0].abs() < 1e-6);
        assert_eq!((fitted.stop, fitted.penalty), (Stop::Gradient, 1.0));
    }

    #[test]
    fn classes_that_lie_apart_are_told_apart() {
        for classes in [2, 3, 10] {
            let (values, of) = clusters(&mut Random(classes as u64), 600, 40, classes, 8.0);
            for scaling in [Scaling::None, Scaling::Length, Scaling::Standard, Scaling::Common] {
                let options = Options { scaling, penalty: Penalty::Fixed(0.1), ..Options::default() };
                let fitted = fit_classes(&values[..400 * 40], 40, classes, &of[..400], &options);
                let share = right(&fitted.model, &values[400 * 40..], 40, &of[400..]);
                assert!(share > 0.97, "{share} of {classes} classes with {scaling:?}");
            }
        }
    }

    #[test]
    fn the_same_gives_the_same_bytes() {
        let (values, of) = clusters(&mut Random(1), 200, 17, 3, 1.0);
        let bytes = || fit_classes(&values, 17, 3, &of, &Options::default()).model.to_bytes();
        assert_eq!(bytes(), bytes());
    }

    #[test]
    fn what_contradicts_itself_is_unsure() {
        let values = [1.0, 1.0, 2.0, 2.0];
        let fitted = fit_classes(&values, 1, 2, &[0, 1, 0, 1], &FIXED);
        assert_eq!(fitted.stop, Stop::Gradient);
        for share in fitted.model.probabilities(Rows::new(&values, 1).unwrap()).unwrap() {
            assert!((share - 0.5).abs() < 1e-6, "{share}");
        }
        // Also where nothing holds it near 0.
        let unheld = Options { penalty: Penalty::Fixed(1e9), ..FIXED };
        assert_eq!(fit_classes(&values, 1, 2, &[0, 1, 0, 1], &unheld).stop, Stop::Gradient);
    }

    #[test]
    fn features_that_never_change_say_nothing() {
        let values = [5.0, 0.0, 5.0, 0.0, 5.0, 0.0];
        for scaling in [Scaling::Standard, Scaling::Common] {
            let fitted = fit_classes(&values, 2, 2, &[0, 1, 1], &Options { scaling, ..FIXED });
            assert_eq!(fitted.model.coefficients(), [0.0, 0.0]);
            let found = fitted.model.probabilities(Rows::new(&[9.0, 9.0], 2).unwrap()).unwrap();
            assert!((found[1] - 2.0 / 3.0).abs() < 1e-4, "{found:?}");
        }
    }

    #[test]
    fn what_is_unknown_does_not_count() {
        use Answer::{No, Unknown, Yes};
        let (values, of) = clusters(&mut Random(5), 60, 4, 2, 2.0);
        let rows = Rows::new(&values, 4).unwrap();
        // Of the second concept, only every third example is known.
        let is = |example: usize| if of[example] == 1 { Yes } else { No };
        let answers: Vec<Answer> = (0..60)
            .flat_map(|example| [is(example), if example % 3 == 0 { is(example) } else { Unknown }])
            .collect();
        let targets = Targets::Independent { concepts: 2, answers: &answers };
        let both = fit(&Problem { rows, targets, weights: None }, &FIXED, &mut on).unwrap().model;

        let some: Vec<f32> = values.chunks(4).step_by(3).flatten().copied().collect();
        let of_some: Vec<u32> = of.iter().step_by(3).copied().collect();
        let alone =
            [fit_classes(&values, 4, 2, &of, &FIXED).model, fit_classes(&some, 4, 2, &of_some, &FIXED).model];
        for (concept, alone) in alone.iter().enumerate() {
            let coefficients = both.coefficients()[concept * 4..][..4].iter().zip(alone.coefficients());
            for (one, other) in coefficients {
                assert!((one - other).abs() < 1e-4, "{one} and {other} of concept {concept}");
            }
        }
    }

    #[test]
    fn examples_count_by_their_weights() {
        let (values, of) = clusters(&mut Random(9), 40, 3, 3, 1.0);
        let doubled: Vec<f32> = values.chunks(3).flat_map(|row| [row, row].concat()).collect();
        let of_doubled: Vec<u32> = of.iter().flat_map(|of| [*of, *of]).collect();
        let twice = fit_classes(&doubled, 3, 3, &of_doubled, &FIXED);
        let problem = Problem {
            rows: Rows::new(&values, 3).unwrap(),
            targets: Targets::Exclusive { classes: 3, of: &of },
            weights: Some(&[2.0; 40]),
        };
        let weighed = fit(&problem, &FIXED, &mut on).unwrap();
        for (one, other) in twice.model.coefficients().iter().zip(weighed.model.coefficients()) {
            assert!((one - other).abs() < 1e-4, "{one} and {other}");
        }
    }

    #[test]
    fn balanced_classes_count_alike() {
        // Nine of one class and one of the other at the same place.
        let of: Vec<u32> = (0..10).map(|example| u32::from(example == 0)).collect();
        for (balanced, expected) in [(false, 0.1), (true, 0.5)] {
            let fitted = fit_classes(&[1.0; 10], 1, 2, &of, &Options { balanced, ..FIXED });
            let found = fitted.model.probabilities(Rows::new(&[1.0], 1).unwrap()).unwrap();
            assert!((found[1] - expected).abs() < 1e-3, "{found:?}");
        }
    }

    #[test]
    fn it_tells_how_far_it_is_and_can_be_cancelled() {
        let (values, of) = clusters(&mut Random(2), 100, 5, 3, 1.0);
        let rows = Rows::new(&values, 5).unwrap();
        let problem = Problem { rows, targets: Targets::Exclusive { classes: 3, of: &of }, weights: None };
        let mut told = Vec::new();
        let fitted = fit(&problem, &FIXED, &mut |progress| {
            told.push(progress);
            ControlFlow::Continue(())
        })
        .unwrap();
        let last = told.last().unwrap();
        assert_eq!((last.iteration, last.loss), (fitted.iterations, fitted.loss));
        assert!(
            told.is_sorted_by(|one, other| one.loss >= other.loss - 1e-6 && one.iteration <= other.iteration)
        );
        let mut calls = 0;
        let cancelled = fit(&problem, &Options::default(), &mut |_| {
            calls += 1;
            if calls == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((cancelled, calls), (Err(FitError::Cancelled), 3));
    }

    #[test]
    fn what_cannot_be_fitted_is_refused_by_name() {
        let values = [0.0, 1.0, 2.0];
        let rows = Rows::new(&values, 1).unwrap();
        fn fits(rows: Rows<'_>, of: &[u32], weights: Option<&[f32]>, penalty: f64) -> Result<Fitted, String> {
            let problem = Problem { rows, targets: Targets::Exclusive { classes: 2, of }, weights };
            let options = Options { penalty: Penalty::Fixed(penalty), ..Options::default() };
            fit(&problem, &options, &mut on).map_err(|error| error.to_string())
        }
        assert!(fits(rows, &[1, 1, 1], None, 1.0).unwrap_err().starts_with("all examples are of one class"));
        let refused =
            |weights: Option<&[f32]>, penalty| fits(rows, &[0, 1, 1], weights, penalty).unwrap_err();
        assert_eq!(refused(Some(&[1.0]), 1.0), "there are 3 examples and 1 weights");
        let wrong = "the weight of example 1 is not a positive number";
        for weight in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(refused(Some(&[1.0, weight, 1.0]), 1.0), wrong);
        }
        assert_eq!(refused(None, 0.0), "the penalty 0 is not a positive number");
        assert_eq!(refused(None, f64::NAN), "the penalty NaN is not a positive number");
        assert!(fits(rows, &[0, 1, 1], None, 1.0).is_ok());
    }

    #[test]
    fn huge_features_are_refused_unless_they_are_scaled() {
        let values = [3e38, 3e38, 3e38, -3e38, -3e38, -3e38];
        let rows = Rows::new(&values, 1).unwrap();
        let targets = Targets::Exclusive { classes: 2, of: &[0, 0, 0, 1, 1, 1] };
        let refused = fit(&Problem { rows, targets, weights: None }, &FIXED, &mut on).unwrap_err();
        assert_eq!(refused.to_string(), "features are so large that their sums are infinite");
        let options = Options { scaling: Scaling::Length, ..FIXED };
        assert!(fit(&Problem { rows, targets, weights: None }, &options, &mut on).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever is learned from, it ends, and no coefficient is anything but a number.
        #[test]
        fn anything_can_be_learned_from(
            values in prop::collection::vec(prop_oneof![-1e3_f32..1e3, Just(0.0), -1e15_f32..1e15], 60),
            of in prop::collection::vec(0_u32..3, 12),
            scaling in prop::sample::select(&[Scaling::None, Scaling::Length, Scaling::Standard, Scaling::Common]),
            penalty in -6.0_f64..6.0,
        ) {
            let rows = Rows::new(&values, 5).unwrap();
            let problem = Problem { rows, targets: Targets::Exclusive { classes: 3, of: &of }, weights: None };
            let penalty = Penalty::Fixed(10.0_f64.powf(penalty));
            let fitted = fit(&problem, &Options { scaling, penalty, ..Options::default() }, &mut on);
            match fitted {
                Ok(fitted) => {
                    prop_assert!(fitted.loss.is_finite() && fitted.loss <= 3.0_f64.ln() + 1e-6);
                    prop_assert!(fitted.model.coefficients().iter().all(|weight| weight.is_finite()));
                    prop_assert_eq!(Model::from_bytes(&fitted.model.to_bytes()), Ok(fitted.model));
                }
                Err(error) => prop_assert!(matches!(error, FitError::Targets(_)), "{error}"),
            }
        }
    }
}
