//! Computing: judging by cross-validation, and learning from all examples.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use atelier_domain::id::InputId;
use atelier_domain::training::{Fault, Phase};
use atelier_learn::folds::Folds;
use atelier_learn::linear::{self, FitError, Options, Penalty, Problem, fit};
use atelier_learn::quality::{Evaluation, cross_validate, evaluate, warnings};
use atelier_learn::suspects::{Suspect, suspects};
use atelier_learn::targets::contradictions;
use atelier_learn::{InvalidTargets, Rows};
use serde::{Deserialize, Serialize};

use super::gather::{Failure, Table};
use super::{Caution, Outcome};

/// Examples fall into folds by this and what they hold, so that two trainings on the same are judged by the same.
const SEED: u64 = 1;

/// Of how many concepts the points of curves are kept: those with the most examples.
const CURVES: usize = 40;

/// How many labels are named that are probably wrong.
const SUSPECTS: usize = 50;

/// What is learned from.
#[derive(Debug)]
pub(super) struct Material {
    pub(super) table: Table,
    /// The version of the public model that saw the examples.
    pub(super) embedder: &'static str,
    /// What each of them is like, one after the other.
    pub(super) values: Vec<f32>,
    /// How many numbers each has.
    pub(super) width: usize,
    /// The hash of what each of them holds.
    pub(super) copies: Vec<Vec<u8>>,
    pub(super) penalty: Option<f64>,
}

/// All figures of a version, as they are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::models) struct Kept {
    /// The figures.
    pub(in crate::models) evaluation: Evaluation,
    /// The inputs of its mistakes, in their order.
    pub(in crate::models) mistaken: Vec<InputId>,
    /// What is probably said wrongly, the surest first; of versions of earlier releases that is not known.
    #[serde(default)]
    pub(in crate::models) suspects: Vec<Suspect>,
    /// The inputs of that, in the same order.
    #[serde(default)]
    pub(in crate::models) suspected: Vec<InputId>,
}

/// What was learned.
pub(super) struct Learned {
    pub(super) outcome: Outcome,
    pub(super) kept: Kept,
    pub(super) weights: Vec<u8>,
    /// From which inputs.
    pub(super) inputs: Vec<InputId>,
}

/// How far it is, for those who watch; and whether they still do.
#[derive(Debug)]
pub(super) struct Watch {
    is_over: AtomicBool,
    at: Mutex<(Phase, f64)>,
}

impl Default for Watch {
    fn default() -> Self {
        Self { is_over: AtomicBool::new(false), at: Mutex::new((Phase::Reading, 0.0)) }
    }
}

impl Watch {
    /// Ends what is computed.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    pub(super) fn note(&self, phase: Phase, part: f64) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = (phase, part.clamp(0.0, 1.0));
    }

    /// What it is at, and which part of that is done.
    pub(super) fn at(&self) -> (Phase, f64) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn goes_on(&self) -> ControlFlow<()> {
        if self.is_over.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Learns from all examples, and judges that by what each fold of them is told from the others.
///
/// # Errors
/// Why there is nothing to learn, in a sentence; and when nobody watches any more.
pub(super) fn learn(material: Material, watch: &Watch) -> Result<Learned, Failure> {
    let Material { table, embedder, values, width, copies, penalty } = material;
    let targets = table.targets();
    let rows = Rows::new(&values, width).map_err(|error| (Fault::Internal, error.to_string()))?;
    let problem = Problem { rows, targets, weights: None };
    let options = Options { penalty: penalty.map_or(Penalty::Chosen, Penalty::Fixed), ..Options::default() };
    let folds = Folds::stratified(SEED, &copies, targets);
    // The last fit is as large as all others together are for each fold.
    let fits = ((folds.count() + 1) * options.fits()) as f64;
    let crossed = cross_validate(&problem, folds.clone(), &options, &mut |told| {
        watch.note(Phase::Judging, told.fit as f64 / fits);
        watch.goes_on()
    });
    let crossed = crossed.map_err(|error| told(&error, &table))?;
    let before = folds.count() * options.fits();
    let fitted = fit(&problem, &options, &mut |told| {
        watch.note(Phase::Learning, (before + told.fit) as f64 / fits);
        watch.goes_on()
    });
    let fitted = fitted.map_err(|error| told(&error, &table))?;
    let mut evaluation =
        evaluate(targets, &crossed.probabilities).map_err(|error| (Fault::Internal, error.to_string()))?;
    let pairs = contradictions(rows, targets).len();
    let mut cautions = table.cautions.clone();
    cautions.extend(warnings(&evaluation, pairs).into_iter().map(|warning| Caution::Quality { warning }));
    let mistakes = evaluation.mistakes.iter();
    let mistaken = mistakes.filter_map(|mistake| table.inputs.get(mistake.example).copied()).collect();
    thin(&mut evaluation);
    let mut suspects =
        suspects(targets, &crossed.probabilities).map_err(|error| (Fault::Internal, error.to_string()))?;
    suspects.truncate(SUSPECTS);
    let suspected =
        suspects.iter().filter_map(|suspect| table.inputs.get(suspect.example).copied()).collect();
    let names = table.concepts.iter().map(|concept| concept.slug.clone()).collect();
    let model: linear::Model =
        fitted.model.named(names).map_err(|error| (Fault::Internal, error.to_string()))?;
    Ok(Learned {
        outcome: Outcome {
            medium: table.medium,
            embedder: embedder.to_owned(),
            concepts: table.counts(),
            examples: table.inputs.len(),
            penalty: fitted.penalty,
            accuracy: evaluation.accuracy,
            chance: evaluation.chance,
            means: evaluation.means,
            cautions,
        },
        kept: Kept { evaluation, mistaken, suspects, suspected },
        weights: model.to_bytes(),
        inputs: table.inputs,
    })
}

/// Leaves out the curves of those concepts that have the fewest examples, where there are many.
fn thin(evaluation: &mut Evaluation) {
    let mut order: Vec<usize> = (0..evaluation.classes.len()).collect();
    order.sort_by_key(|class| {
        std::cmp::Reverse(evaluation.classes.get(*class).map_or(0, |quality| quality.truth.positive))
    });
    let place: HashMap<usize, usize> =
        order.into_iter().enumerate().map(|(place, class)| (class, place)).collect();
    for (class, quality) in evaluation.classes.iter_mut().enumerate() {
        if place.get(&class).is_some_and(|place| *place >= CURVES)
            && let Some(ranking) = &mut quality.ranking
        {
            ranking.precision_recall.clear();
            ranking.roc.clear();
        }
    }
}

/// Why nothing was learned.
fn told(error: &FitError, table: &Table) -> Failure {
    let called =
        |class: usize| table.concepts.get(class).map_or("a concept", |concept| concept.name.as_str());
    match error {
        FitError::Indivisible => (
            Fault::TooFew,
            "The examples are copies of one another: none is left to judge by what was learned from the others."
                .to_owned(),
        ),
        FitError::Targets(InvalidTargets::NoExamples) => {
            (Fault::NoData, "There are no examples.".to_owned())
        }
        FitError::Targets(InvalidTargets::NoConcepts) => {
            (Fault::NoPositives, "There are no concepts to learn.".to_owned())
        }
        FitError::Targets(InvalidTargets::OneClass) => {
            (Fault::OneClass, "All examples show the same: there is nothing to tell it from.".to_owned())
        }
        FitError::Targets(InvalidTargets::EmptyClass { class } | InvalidTargets::NoPositives { concept: class }) => {
            (Fault::NoPositives, format!("No example shows “{}”.", called(*class)))
        }
        FitError::Targets(InvalidTargets::NoNegatives { concept }) => {
            (Fault::OneClass, format!("All examples show “{}”: there is nothing to tell it from.", called(*concept)))
        }
        // What ended it knows why.
        other => (Fault::Internal, other.to_string()),
    }
}
