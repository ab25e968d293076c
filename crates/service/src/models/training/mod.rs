//! Training: from what is said of an app's inputs, and what these are like, to a model that says the same of others.
//!
//! It is done beside requests, by whichever server has time for it, one at a time on each: what is said is gathered
//! ([`gather`]), inputs that were not looked at yet are ([`run`]), and then all is computed on a thread that gives way to
//! requests ([`learn`]). Whoever began it is asked for their permit anew before anything is read and before the model is
//! published, by what they showed when they began: so it learns from what they may read then, and whoever lost the right
//! has trained nothing. A server that is killed leaves it to another, which begins anew; one that failed so again and
//! again is given up.

mod count;
mod gather;
mod learn;
mod run;

use atelier_domain::Medium;
use atelier_learn::quality::{Means, Proportion, Warning};
use serde::{Deserialize, Serialize};

pub use count::Counted;
pub(super) use learn::Kept;

use super::ModelConcept;

/// A concept with how often it is said of examples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The concept, as it was called when the model was trained.
    pub concept: ModelConcept,
    /// Of how many examples it is said.
    pub positive: usize,
    /// Of how many it is said, or known, that they do not show it.
    pub negative: usize,
}

/// What came of a training, in a few figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What the model takes.
    pub medium: Medium,
    /// The version of the public model by whose vectors it tells.
    pub embedder: String,
    /// The concepts that it tells, in the order of its probabilities.
    pub concepts: Vec<Count>,
    /// From how many inputs it learned.
    pub examples: usize,
    /// How strongly it was held back: `C` of logistic regression.
    pub penalty: f64,
    /// The share of right answers about examples that it had not learned from.
    pub accuracy: Proportion,
    /// What that share would be if always the most frequent was answered.
    pub chance: f64,
    /// Means over its concepts.
    pub means: Means,
    /// What is to be known before one trusts it.
    pub cautions: Vec<Caution>,
}

/// Something that is to be known before one trusts a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Caution {
    /// A concept was left out, since no example shows it.
    NeverSaid {
        /// Which, as it is called.
        concept: String,
    },
    /// A concept was left out, since of no example it is known that it does not show it.
    NeverDenied {
        /// Which, as it is called.
        concept: String,
    },
    /// Inputs were left out of which contradictory things are said.
    Contradicted {
        /// How many.
        inputs: usize,
    },
    /// Inputs were left out that could not be looked at.
    Unseen {
        /// How many.
        inputs: usize,
    },
    /// What the figures show.
    Quality {
        /// What it is.
        warning: Warning,
    },
}

impl Caution {
    /// It in a sentence, about a model that tells these concepts.
    #[must_use]
    pub fn sentence(&self, concepts: &[Count]) -> String {
        let called =
            |class: usize| concepts.get(class).map_or("a concept", |count| count.concept.name.as_str());
        match self {
            Self::NeverSaid { concept } => {
                format!("“{concept}” was left out: no example shows it.")
            }
            Self::NeverDenied { concept } => {
                format!("“{concept}” was left out: of no example it is said that it is not there.")
            }
            Self::Contradicted { inputs } => {
                format!("{} left out, of which contradictory things are said.", were(*inputs))
            }
            Self::Unseen { inputs } => format!("{} left out, which could not be looked at.", were(*inputs)),
            Self::Quality { warning } => match *warning {
                Warning::NoBetterThanChance => {
                    "It may be no better than always answering the most frequent concept.".to_owned()
                }
                Warning::FewExamples { class, positive, negative } => format!(
                    "“{}” has few examples: {positive} that show it and {negative} that do not. Its figures say little.",
                    called(class)
                ),
                Warning::Unbalanced { largest, smallest, ratio } => format!(
                    "“{}” has {ratio:.0} times as many examples as “{}”.",
                    called(largest),
                    called(smallest)
                ),
                Warning::HardlySeparable { class, .. } => {
                    format!("“{}” is hardly told from what does not show it.", called(class))
                }
                Warning::Contradictions { pairs } => format!(
                    "Of {} that are the same, different things are said.",
                    if pairs == 1 {
                        "1 pair of inputs".to_owned()
                    } else {
                        format!("{pairs} pairs of inputs")
                    }
                ),
            },
        }
    }
}

fn were(inputs: usize) -> String {
    if inputs == 1 { "1 input was".to_owned() } else { format!("{inputs} inputs were") }
}
