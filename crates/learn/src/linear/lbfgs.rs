//! Finding the least value of a smooth convex function: L-BFGS with a line search for the strong Wolfe conditions.
//!
//! It asks for values and gradients instead of calling for them, so that several functions over the same examples can
//! be evaluated in one pass.

use std::collections::VecDeque;

/// How many steps the curvature is estimated from.
const MEMORY: usize = 10;
/// How much of what the slope promises a step must bring (Armijo's condition).
const DECREASE: f64 = 1e-4;
/// To which part of what it was the slope must have flattened (the curvature condition).
const FLATTENING: f64 = 0.9;
/// How often one search may evaluate: its interval then is too small for anything to be told apart in it.
const SEARCHES: usize = 30;
/// By how much values may differ without being different, since products are computed in single precision.
const NOISE: f64 = 1e-7;

/// Why a search for the least value ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The gradient is as small as was asked for.
    Gradient,
    /// It took as many iterations as were allowed.
    Iterations,
    /// Values can no longer be told apart.
    Precision,
}

/// What comes after a value was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The function is to be evaluated at [`Minimiser::trial`].
    Evaluate,
    /// It ended: the least is at [`Minimiser::point`].
    Done(Stop),
}

/// That a function has no finite value where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoValue;

/// A step that was taken, and what it did to the gradient.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// One over the product of the two.
    inverse: f64,
}

/// An end of the interval in which a step is searched.
#[derive(Clone, Copy)]
struct End {
    step: f64,
    value: f64,
    slope: f64,
}

/// The search along one direction.
struct Search {
    step: f64,
    /// The largest step that is known to be too short.
    low: End,
    /// The smallest that is known to be too long.
    high: Option<End>,
    evaluations: usize,
}

/// A search for the least value of a function.
pub(super) struct Minimiser {
    point: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    trial: Vec<f64>,
    direction: Vec<f64>,
    search: Option<Search>,
    pairs: VecDeque<Pair>,
    iterations: usize,
    tolerance: f64,
    limit: usize,
}

impl Minimiser {
    /// Begins at `start`; ends when no part of the gradient is larger than `tolerance`, or after `limit` iterations.
    pub(super) fn new(start: Vec<f64>, tolerance: f64, limit: usize) -> Self {
        Self {
            trial: start.clone(),
            gradient: vec![0.0; start.len()],
            direction: vec![0.0; start.len()],
            point: start,
            value: f64::INFINITY,
            search: None,
            pairs: VecDeque::with_capacity(MEMORY),
            iterations: 0,
            tolerance,
            limit,
        }
    }

    /// Where the function is to be evaluated.
    pub(super) fn trial(&self) -> &[f64] {
        &self.trial
    }

    /// The best that was found.
    pub(super) fn point(&self) -> &[f64] {
        &self.point
    }

    /// The value there.
    pub(super) fn value(&self) -> f64 {
        self.value
    }

    /// The largest part of the gradient there.
    pub(super) fn gradient(&self) -> f64 {
        self.gradient.iter().fold(0.0, |largest, part| part.abs().max(largest))
    }

    /// How many steps were taken.
    pub(super) fn iterations(&self) -> usize {
        self.iterations
    }

    /// Takes the value and the gradient at the trial.
    ///
    /// A step that is too short has a slope that still falls steeply; of a convex function, all steps below it are too
    /// short as well, and it meets Armijo's condition by itself, since the function lies above its tangents. All
    /// others that are not right are too long, and so are those beyond. So what is right lies between the two ends,
    /// which close in on it: the search finds it wherever there is one, up to the precision of the values.
    pub(super) fn tell(&mut self, value: f64, gradient: &[f64]) -> Result<Next, NoValue> {
        let Some(search) = &mut self.search else {
            if !value.is_finite() || gradient.iter().any(|part| !part.is_finite()) {
                return Err(NoValue);
            }
            self.value = value;
            self.gradient.copy_from_slice(gradient);
            return Ok(self.turn());
        };
        search.evaluations += 1;
        let begin = dot(&self.direction, &self.gradient);
        let here = End { step: search.step, value, slope: dot(&self.direction, gradient) };
        let bound = self.value + DECREASE * here.step * begin + NOISE * self.value.abs();
        // What is not a number is too long, too.
        let falls = value <= bound && here.slope <= FLATTENING * begin.abs();
        let right = falls && here.slope >= FLATTENING * begin;
        if right {
            self.accept(value, gradient);
            return Ok(self.turn());
        }
        if falls {
            search.low = here;
        } else {
            search.high = Some(here);
        }
        if search.evaluations == SEARCHES {
            return Ok(self.give_up());
        }
        search.step = next_step(search.low, search.high);
        self.place();
        Ok(Next::Evaluate)
    }

    /// Takes the step to the trial.
    fn accept(&mut self, value: f64, gradient: &[f64]) {
        let step: Vec<f64> = self.trial.iter().zip(&self.point).map(|(to, from)| to - from).collect();
        let change: Vec<f64> = gradient.iter().zip(&self.gradient).map(|(to, from)| to - from).collect();
        let product = dot(&step, &change);
        // Positive for what is convex; the estimate stays sound if rounding says otherwise.
        if product > f64::EPSILON * dot(&change, &change) {
            if self.pairs.len() == MEMORY {
                self.pairs.pop_front();
            }
            self.pairs.push_back(Pair { step, change, inverse: product.recip() });
        }
        self.point.copy_from_slice(&self.trial);
        self.gradient.copy_from_slice(gradient);
        self.value = value;
        self.iterations += 1;
    }

    /// Ends, or begins to search along a new direction.
    fn turn(&mut self) -> Next {
        if self.gradient() <= self.tolerance {
            return Next::Done(Stop::Gradient);
        }
        if self.iterations >= self.limit {
            return Next::Done(Stop::Iterations);
        }
        self.aim();
        let slope = dot(&self.direction, &self.gradient);
        // Nothing is known of the curvature yet: a step of length 1, or as long as the gradient if that is shorter.
        let step = if self.pairs.is_empty() { (-slope).sqrt().recip().min(1.0) } else { 1.0 };
        let low = End { step: 0.0, value: self.value, slope };
        self.search = Some(Search { step, low, high: None, evaluations: 0 });
        self.place();
        Next::Evaluate
    }

    /// What to do when a search found nothing: forget the curvature, of which the estimate may be at fault, and search
    /// along the gradient; if that was done already, there is nothing left to be found.
    fn give_up(&mut self) -> Next {
        if self.pairs.is_empty() {
            return Next::Done(Stop::Precision);
        }
        self.pairs.clear();
        self.turn()
    }

    /// The direction: the gradient, turned by what the last steps say of the curvature.
    fn aim(&mut self) {
        self.direction.copy_from_slice(&self.gradient);
        let mut shares = [0.0; MEMORY];
        for (pair, share) in self.pairs.iter().zip(&mut shares).rev() {
            *share = pair.inverse * dot(&pair.step, &self.direction);
            add(&mut self.direction, -*share, &pair.change);
        }
        if let Some(last) = self.pairs.back() {
            let scale = (last.inverse * dot(&last.change, &last.change)).recip();
            self.direction.iter_mut().for_each(|part| *part *= scale);
        }
        for (pair, share) in self.pairs.iter().zip(shares) {
            let other = pair.inverse * dot(&pair.change, &self.direction);
            add(&mut self.direction, share - other, &pair.step);
        }
        self.direction.iter_mut().for_each(|part| *part = -*part);
    }

    /// Puts the trial where the search wants it.
    fn place(&mut self) {
        let Some(search) = &self.search else { return };
        for ((trial, point), direction) in self.trial.iter_mut().zip(&self.point).zip(&self.direction) {
            *trial = point + search.step * direction;
        }
    }
}

/// The next step between two ends, or beyond the one.
fn next_step(low: End, high: Option<End>) -> f64 {
    let Some(high) = high else {
        return low.step * 4.0;
    };
    let width = high.step - low.step;
    // The least of the cubic through both values and slopes, kept away from the ends so that the interval shrinks.
    let secant = low.slope + high.slope - 3.0 * (high.value - low.value) / width;
    let root = (secant * secant - low.slope * high.slope).sqrt();
    let share = 1.0 - (high.slope + root - secant) / (high.slope - low.slope + 2.0 * root);
    let share = if share.is_finite() { share.clamp(0.1, 0.9) } else { 0.5 };
    low.step + share * width
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], share: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += share * what);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minimise(
        start: Vec<f64>,
        tolerance: f64,
        function: impl Fn(&[f64]) -> (f64, Vec<f64>),
    ) -> (Minimiser, Stop, usize) {
        let mut minimiser = Minimiser::new(start, tolerance, 1_000);
        for evaluations in 1.. {
            let (value, gradient) = function(minimiser.trial());
            match minimiser.tell(value, &gradient).unwrap() {
                Next::Evaluate => {}
                Next::Done(stop) => return (minimiser, stop, evaluations),
            }
        }
        unreachable!("it ends")
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        /// Sums of squares, stretched by up to ten thousand.
        #[test]
        fn the_least_of_a_bowl_is_found(
            parts in prop::collection::vec((-2.0_f64..2.0, -10.0_f64..10.0, -10.0_f64..10.0), 1..30)
        ) {
            let start = parts.iter().map(|(_, _, start)| *start).collect();
            let (minimiser, stop, _) = minimise(start, 1e-7, |point| {
                let parts = point.iter().zip(&parts);
                let of = |(at, (stretch, least, _)): (&f64, &(f64, f64, f64))| {
                    let (scale, off) = (10.0_f64.powf(*stretch), at - least);
                    (scale * off * off / 2.0, scale * off)
                };
                (parts.clone().map(|part| of(part).0).sum(), parts.map(|part| of(part).1).collect())
            });
            prop_assert_eq!(stop, Stop::Gradient);
            for (found, (stretch, least, _)) in minimiser.point().iter().zip(&parts) {
                prop_assert!((found - least).abs() <= 1e-6 / 10.0_f64.powf(*stretch), "{} is not {}", found, least);
            }
        }

        /// Convex, and far from any square: flat on one side and steep on the other.
        #[test]
        fn what_is_unlike_a_bowl_is_walked_down(start in -30.0_f64..30.0, target in 0.01_f64..0.99) {
            // Its slope is that of the softplus, less the target.
            let (minimiser, stop, evaluations) = minimise(vec![start], 1e-9, |point| {
                let at = point[0];
                let value = at.max(0.0) + (-at.abs()).exp().ln_1p() - target * at;
                (value, vec![1.0 / (1.0 + (-at).exp()) - target])
            });
            prop_assert_eq!(stop, Stop::Gradient);
            prop_assert!((minimiser.point()[0] - (target / (1.0 - target)).ln()).abs() < 1e-6);
            prop_assert!(evaluations < 60, "{evaluations} evaluations");
        }
    }

    #[test]
    fn where_nothing_can_be_told_apart_it_ends() {
        // The gradient promises what the value never keeps.
        let (_, stop, _) = minimise(vec![0.0], 1e-9, |point| (1.0 + point[0].abs(), vec![1.0]));
        assert_eq!(stop, Stop::Precision);
    }

    #[test]
    fn it_ends_after_as_many_iterations_as_were_allowed() {
        let mut minimiser = Minimiser::new(vec![0.0], 0.0, 3);
        let mut next = Next::Evaluate;
        while next == Next::Evaluate {
            let at = minimiser.trial()[0];
            next = minimiser.tell((-at).exp(), &[-(-at).exp()]).unwrap();
        }
        assert_eq!((next, minimiser.iterations()), (Next::Done(Stop::Iterations), 3));
    }

    #[test]
    fn what_has_no_value_is_not_begun() {
        for (value, slope) in [(f64::NAN, 0.0), (f64::INFINITY, 0.0), (0.0, f64::NAN)] {
            assert_eq!(Minimiser::new(vec![0.0], 0.0, 9).tell(value, &[slope]), Err(NoValue));
        }
    }
}
