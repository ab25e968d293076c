//! What inputs and annotations are searched by: conditions, and how they are joined.
//!
//! A filter is a tree. Its leaves ask something of an input, or of what is said of it; its other nodes join what they
//! ask. It is built from the wire or read from its text ([`Filter::from_str`](std::str::FromStr)), which addresses of
//! pages carry and saved searches are kept as. Whatever is searched, a filter lets something through or does not:
//! nothing is left undecided, so that "not" is always the other half.

mod metadata;
mod print;
mod read;
mod words;

use serde::{Deserialize, Serialize};

use crate::label::Medium;
use crate::place::{Area, Circle};
use crate::time::Timestamp;
use crate::value::{ResourceId, Slug};

pub use metadata::{Comparison, InvalidTest, MetadataTest, Path, Scalar, Test};
pub use read::{FilterError, Reason};
pub use words::{InvalidWords, Words};

/// How many nodes lie one below the other at most.
pub const MOST_DEPTH: usize = 8;

/// How many nodes a filter has at most.
pub const MOST_NODES: usize = 64;

/// What a find must have.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every one of these; without any, everything is let through.
    All(Vec<Self>),
    /// At least one of these; without any, nothing is let through.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// One annotation that is all of this: of the input, if inputs are searched, else the one that is looked at.
    Said(Said),
    /// The input of this identifier.
    Id(ResourceId),
    /// Inputs that stand so, by the wire's number.
    Status(i64),
    /// Inputs of this kind.
    Medium(Medium),
    /// Inputs in the dataset of this identifier.
    Dataset(ResourceId),
    /// Inputs with which clients keep this.
    Metadata(MetadataTest),
    /// Texts in which all of these words are.
    Text(Words),
    /// Inputs whose place is within a distance of another.
    Near(Circle),
    /// Inputs whose place is within an area.
    Within(Area),
    /// What was added then: the input or the annotation, whichever is searched.
    Added(Span),
    /// What was changed last then: the input or the annotation, whichever is searched.
    Changed(Span),
}

/// What one annotation is; what is not given fits every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Which concept it names.
    pub concept: Option<Named>,
    /// Whose it is.
    pub author: Option<Slug>,
    /// Where it stands, by the wire's number.
    pub status: Option<i64>,
    /// Within which task it was said.
    pub task: Option<ResourceId>,
}

/// A concept as an annotation names it, of the whole or of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Which concept.
    pub concept: ResourceId,
    /// Whether it is said to be there, with any value above 0; else, that it is not, which is the value 0.
    pub is_there: bool,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// What is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Inputs.
    Inputs,
    /// Annotations.
    Annotations,
}

impl Subject {
    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inputs => "inputs",
            Self::Annotations => "annotations",
        }
    }

    /// The subject of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Inputs, Self::Annotations].into_iter().find(|subject| subject.name() == name)
    }
}

impl Default for Filter {
    /// The one that lets everything through.
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Filter {
    /// That an annotation says that `concept` is there, or that it is not.
    #[must_use]
    pub fn concept(concept: ResourceId, is_there: bool) -> Self {
        Self::Said(Said { concept: Some(Named { concept, is_there }), ..Said::default() })
    }

    /// That nothing is said of the input.
    #[must_use]
    pub fn unannotated() -> Self {
        Self::Not(Box::new(Self::Said(Said::default())))
    }

    /// The filters that are joined by it, or the one that it turns round.
    #[must_use]
    pub fn below(&self) -> &[Self] {
        match self {
            Self::All(filters) | Self::Any(filters) => filters,
            Self::Not(filter) => std::slice::from_ref(filter),
            _ => &[],
        }
    }

    /// Checks that it is small enough to be asked. One that was read from a text is.
    ///
    /// # Errors
    /// When it is too deep or has too many nodes.
    pub fn check(&self) -> Result<(), Reason> {
        let mut nodes = 0;
        // Nodes that are still to be looked at, each with the number of those above it.
        let mut waiting = vec![(self, 1)];
        while let Some((filter, depth)) = waiting.pop() {
            nodes += 1;
            if depth > MOST_DEPTH {
                return Err(Reason::TooDeep);
            }
            if nodes > MOST_NODES {
                return Err(Reason::TooMany);
            }
            waiting.extend(filter.below().iter().map(|below| (below, depth + 1)));
        }
        Ok(())
    }

    /// Whether it, or a filter in it, is one that `is` says yes to.
    pub fn has(&self, is: &impl Fn(&Self) -> bool) -> bool {
        is(self) || self.below().iter().any(|below| below.has(is))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> Filter {
        (1..levels).fold(Filter::Status(30_000), |inner, _| Filter::Not(Box::new(inner)))
    }

    #[test]
    fn a_filter_is_neither_too_deep_nor_too_large() {
        assert_eq!(nested(MOST_DEPTH).check(), Ok(()));
        assert_eq!(nested(MOST_DEPTH + 1).check(), Err(Reason::TooDeep));
        let wide = |leaves| Filter::All(vec![Filter::Status(30_000); leaves]);
        assert_eq!(wide(MOST_NODES - 1).check(), Ok(()));
        assert_eq!(wide(MOST_NODES).check(), Err(Reason::TooMany));
    }

    #[test]
    fn what_is_in_a_filter_is_found_however_deep() {
        let is_dataset = |filter: &Filter| matches!(filter, Filter::Dataset(_));
        let dataset = Filter::Dataset("harbour".parse().unwrap());
        let within = Filter::All(vec![Filter::unannotated(), Filter::Not(Box::new(dataset))]);
        assert!(within.has(&is_dataset));
        assert!(!Filter::unannotated().has(&is_dataset));
    }
}
