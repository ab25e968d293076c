//! How a model of an app is trained, and how far that is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::label::Medium;
use crate::value::ResourceId;

/// The most concepts that one model tells apart.
pub const CONCEPTS: usize = 1_000;

/// How a model is trained.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Training {
    /// What it takes; if nothing is given, what more of the labelled inputs are.
    pub medium: Option<Medium>,
    /// The concepts that it tells; all of the app, if none is given.
    pub concepts: Vec<ResourceId>,
    /// Whether each input shows exactly one of them, rather than any number.
    pub is_exclusive: bool,
    /// Whether a concept that nobody said of a labelled input is taken not to be there, where inputs show any number.
    pub assumes_absent: bool,
    /// From which inputs it learns.
    pub from: Examples,
    /// How strongly it is held back from learning its examples by heart, as `C` of logistic regression: the smaller the
    /// stronger. Chosen by what predicts best, if nothing is given.
    pub penalty: Option<f64>,
}

/// From which inputs a model learns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Examples {
    /// All of the app.
    #[default]
    All,
    /// Those of a dataset, as they are when it is trained.
    Dataset(String),
    /// Those of a version of a dataset, with what was said of them then.
    Version {
        /// The dataset.
        dataset: String,
        /// Its version.
        version: String,
    },
}

/// That a model cannot be trained so.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidTraining {
    /// More concepts than one model tells.
    #[error("must be at most {CONCEPTS}")]
    TooMany,
    /// A concept is named twice.
    #[error("must be named once: `{0}` is named again")]
    Again(ResourceId),
    /// A penalty that is none.
    #[error("must be a number above 0: `{0}` is not")]
    Penalty(f64),
}

impl InvalidTraining {
    /// The field that is not valid.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::TooMany | Self::Again(_) => "concepts",
            Self::Penalty(_) => "penalty",
        }
    }
}

/// What is to be different about how a model is trained; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainingChange {
    /// What it takes.
    pub medium: Option<Medium>,
    /// The concepts that it tells.
    pub concepts: Option<Vec<ResourceId>>,
    /// Whether each input shows exactly one of them.
    pub is_exclusive: Option<bool>,
    /// Whether what is not said of an input is taken not to be there.
    pub assumes_absent: Option<bool>,
    /// From which inputs it learns.
    pub from: Option<Examples>,
    /// How strongly it is held back; within it, nothing if that is to be chosen.
    pub penalty: Option<Option<f64>>,
}

impl Training {
    /// The same with this change.
    #[must_use]
    pub fn with(self, change: TrainingChange) -> Self {
        Self {
            medium: change.medium.or(self.medium),
            concepts: change.concepts.unwrap_or(self.concepts),
            is_exclusive: change.is_exclusive.unwrap_or(self.is_exclusive),
            assumes_absent: change.assumes_absent.unwrap_or(self.assumes_absent),
            from: change.from.unwrap_or(self.from),
            penalty: change.penalty.unwrap_or(self.penalty),
        }
    }

    /// Whether a model can be trained so.
    ///
    /// # Errors
    /// The first thing that speaks against it.
    pub fn check(&self) -> Result<(), InvalidTraining> {
        if self.concepts.len() > CONCEPTS {
            return Err(InvalidTraining::TooMany);
        }
        let mut seen = BTreeSet::new();
        if let Some(again) = self.concepts.iter().find(|concept| !seen.insert(*concept)) {
            return Err(InvalidTraining::Again(again.clone()));
        }
        match self.penalty {
            Some(penalty) if !(penalty.is_finite() && penalty > 0.0) => {
                Err(InvalidTraining::Penalty(penalty))
            }
            _ => Ok(()),
        }
    }
}

/// A word that stands for one of a few things.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $one:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$of])* #[serde(rename = $word)] $one),+ }

        impl $name {
            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$one => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(name: &str) -> Result<Self, UnknownWord> {
                match name {
                    $($word => Ok(Self::$one),)+
                    _ => Err(UnknownWord(name.into())),
                }
            }
        }
    };
}

/// That a word stands for nothing of the kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not known")]
pub struct UnknownWord(String);

words! {
    /// How far a training is.
    State {
        /// Nobody is at it yet.
        Pending = "pending",
        /// Somebody is at it.
        Training = "training",
        /// It came to a model.
        Trained = "trained",
        /// It came to none.
        Failed = "failed",
        /// Somebody stopped it.
        Cancelled = "cancelled",
    }
}

impl State {
    /// Whether it goes on.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Pending | Self::Training)
    }
}

words! {
    /// What a training is at.
    Phase {
        /// It waits for its turn.
        Waiting = "waiting",
        /// Gathering what is said of inputs.
        Reading = "reading",
        /// Inputs are embedded that were not yet.
        Embedding = "embedding",
        /// Predicting each example by what was learned from others.
        Judging = "judging",
        /// Learning from all of them.
        Learning = "learning",
    }
}

impl Phase {
    /// What it is at, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting for its turn",
            Self::Reading => "Reading what is said of inputs",
            Self::Embedding => "Looking at inputs that are new",
            Self::Judging => "Judging by cross-validation",
            Self::Learning => "Learning from all examples",
        }
    }
}

words! {
    /// Why a training came to nothing.
    Fault {
        /// Nothing is said of any input.
        NoData = "no_data",
        /// Of no concept there are positive examples.
        NoPositives = "no_positives",
        /// There is nothing to tell one concept from.
        OneClass = "one_class",
        /// There are too few examples.
        TooFew = "too_few",
        /// There are more examples than are learned from at once.
        TooMany = "too_many",
        /// Whoever began it may no longer, or what it was to learn from is gone.
        Refused = "refused",
        /// Servers stopped while they were at it, again and again.
        GivenUp = "given_up",
        /// A fault of ours.
        Internal = "internal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concepts(slugs: &[&str]) -> Vec<ResourceId> {
        slugs.iter().map(|slug| slug.parse().unwrap()).collect()
    }

    #[test]
    fn what_cannot_be_trained_is_told() {
        let check = |training: Training| training.check().map_err(|error| (error.field(), error.to_string()));
        let with = |concepts| Training { concepts, ..Training::default() };
        assert_eq!(check(with(concepts(&["a", "b"]))), Ok(()));
        let again = ("concepts", "must be named once: `a` is named again".to_owned());
        assert_eq!(check(with(concepts(&["a", "b", "a"]))), Err(again));
        let many: Vec<String> = (0..=CONCEPTS).map(|number| format!("c{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(check(with(concepts(&many))).unwrap_err().1, "must be at most 1000");
        assert_eq!(check(with(concepts(&many[1..]))), Ok(()));
        for penalty in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let training = Training { penalty: Some(penalty), ..Training::default() };
            assert_eq!(check(training).unwrap_err().0, "penalty", "{penalty}");
        }
    }

    #[test]
    fn what_is_kept_reads_back_also_from_before() {
        let training = Training {
            medium: Some(Medium::Text),
            concepts: concepts(&["a"]),
            is_exclusive: true,
            from: Examples::Version { dataset: "d".into(), version: "1".into() },
            penalty: Some(0.5),
            ..Training::default()
        };
        let kept = serde_json::to_value(&training).unwrap();
        assert_eq!(serde_json::from_value::<Training>(kept).unwrap(), training);
        assert_eq!(serde_json::from_str::<Training>("{}").unwrap(), Training::default());
        let change = TrainingChange { penalty: Some(None), from: Some(Examples::All), ..Default::default() };
        let expected = Training { penalty: None, from: Examples::All, ..training.clone() };
        assert_eq!(training.with(change), expected);
    }
}
