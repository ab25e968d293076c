//! Minimising an objective: all heads in one pass over the examples, as long as any of them has not ended.
#![cfg_attr(
    not(test),
    expect(
        clippy::indexing_slicing,
        reason = "heads, rows and sums are cut from what is as long by construction"
    )
)]

use std::ops::ControlFlow;

use super::design::Design;
use super::lbfgs::{Minimiser, Next, Stop};
use super::objective::Objective;
use super::{FitError, OnProgress, Options, Progress};

/// Tells how far fits are.
pub(super) struct Reporter<'a> {
    progress: OnProgress<'a>,
    fits: usize,
    /// Which fit it is.
    pub(super) fit: usize,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(progress: OnProgress<'a>, fits: usize) -> Self {
        Self { progress, fits, fit: 0 }
    }

    fn report(&mut self, iteration: usize, loss: f64, gradient: f64) -> Result<(), FitError> {
        let progress = Progress { fit: self.fit, fits: self.fits, iteration, loss, gradient };
        match (self.progress)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(FitError::Cancelled),
        }
    }
}

/// What minimises an objective.
pub(super) struct Solution {
    /// Of each head its coefficients and its intercept.
    pub(super) heads: Vec<f64>,
    pub(super) iterations: usize,
    pub(super) loss: f64,
    pub(super) stop: Stop,
}

/// One function to be minimised: a head, or all that are joint.
struct Function {
    heads: Vec<usize>,
    minimiser: Minimiser,
    stop: Option<Stop>,
}

/// Minimises from `start`, or from 0.
pub(super) fn solve(
    design: &Design,
    objective: &Objective,
    penalty: f64,
    options: &Options,
    start: Option<&[f64]>,
    reporter: &mut Reporter<'_>,
) -> Result<Solution, FitError> {
    let size = design.width + 1;
    let mut heads = vec![0.0; objective.heads * size];
    if let Some(start) = start {
        heads.copy_from_slice(start);
    }
    let mut functions = functions(objective, &mut heads, size, options);
    let (mut points, mut losses, mut gradient) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let open = || functions.iter().filter(|function| function.stop.is_none());
        let chosen: Vec<usize> = open().flat_map(|function| &function.heads).copied().collect();
        if chosen.is_empty() {
            break;
        }
        points.clear();
        open().for_each(|function| points.extend_from_slice(function.minimiser.trial()));
        gradient.resize(points.len(), 0.0);
        losses.resize(chosen.len(), 0.0);
        objective.evaluate(design, &chosen, &points, &mut losses, &mut gradient);

        let mut at = 0;
        for function in functions.iter_mut().filter(|function| function.stop.is_none()) {
            let count = function.heads.len();
            let strength = (penalty * objective.totals[function.heads[0]]).recip();
            let gradient = &mut gradient[at * size..][..count * size];
            let held = hold(&points[at * size..][..count * size], gradient, strength, size);
            let next = function.minimiser.tell(losses[at] + held, gradient);
            if let Next::Done(stop) = next.map_err(|_| FitError::TooLarge)? {
                function.stop = Some(stop);
            }
            at += count;
        }
        let (iterations, loss) = reached(&functions);
        let steepest = functions.iter().map(|function| function.minimiser.gradient()).fold(0.0, f64::max);
        reporter.report(iterations, loss, steepest)?;
    }
    for function in &functions {
        let points = function.minimiser.point().chunks_exact(size);
        for (head, point) in function.heads.iter().zip(points) {
            heads[head * size..][..size].copy_from_slice(point);
        }
    }
    let (iterations, loss) = reached(&functions);
    let stops = functions.iter().filter_map(|function| function.stop);
    let stop = stops.max_by_key(|stop| match stop {
        Stop::Gradient => 0,
        Stop::Precision => 1,
        Stop::Iterations => 2,
    });
    Ok(Solution { heads, iterations, loss, stop: stop.unwrap_or(Stop::Gradient) })
}

/// What is to be minimised. A head for which there are only positives or only negatives learns nothing but how often
/// there are, as if there had been one more example, half of it positive: its intercept is set.
fn functions(objective: &Objective, heads: &mut [f64], size: usize, options: &Options) -> Vec<Function> {
    let start = |point: &[f64]| Minimiser::new(point.to_vec(), options.tolerance, options.iterations);
    if objective.is_joint() {
        let minimiser = start(heads);
        return vec![Function { heads: (0..objective.heads).collect(), minimiser, stop: None }];
    }
    let mut functions = Vec::with_capacity(objective.heads);
    for ((head, point), (positive, negative)) in
        heads.chunks_exact_mut(size).enumerate().zip(objective.sides())
    {
        if positive > 0.0 && negative > 0.0 {
            functions.push(Function { heads: vec![head], minimiser: start(point), stop: None });
        } else {
            point.fill(0.0);
            point[size - 1] = ((positive + 0.5) / (negative + 0.5)).ln();
        }
    }
    functions
}

/// What the penalty adds to the loss; it adds its slope to the gradient.
fn hold(points: &[f64], gradient: &mut [f64], strength: f64, size: usize) -> f64 {
    let mut squares = 0.0;
    for (point, gradient) in points.chunks_exact(size).zip(gradient.chunks_exact_mut(size)) {
        for (weight, slope) in point.iter().zip(gradient).take(size - 1) {
            squares += weight * weight;
            *slope += strength * weight;
        }
    }
    strength * squares / 2.0
}

/// The most iterations that any function took, and the mean of their values.
fn reached(functions: &[Function]) -> (usize, f64) {
    let iterations = functions.iter().map(|function| function.minimiser.iterations()).max();
    let sum: f64 = functions.iter().map(|function| function.minimiser.value()).sum();
    (iterations.unwrap_or(0), sum / functions.len().max(1) as f64)
}
