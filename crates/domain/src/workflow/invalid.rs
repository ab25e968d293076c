//! Why nodes make no workflow.

use super::wanted::InvalidWanted;
use super::{DEPTH, NODES};
use crate::label::Medium;
use crate::model::Gives;
use crate::value::InvalidValue;

/// Why nodes are no graph that can be run, in words that follow the field's name.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidGraph {
    /// There is none.
    #[error("must have at least one node")]
    Empty,
    /// There are too many.
    #[error("must be at most {NODES}")]
    TooMany,
    /// An identifier cannot be one.
    #[error("must have identifiers: that of one of them {why}: `{id}`")]
    Id {
        /// The identifier.
        id: String,
        /// What is wrong with it.
        why: InvalidValue,
    },
    /// Two have one identifier.
    #[error("`{0}` is there twice: each node has an identifier of its own")]
    Duplicate(String),
    /// A node names no model.
    #[error("`{0}` names no model")]
    NoModel(String),
    /// A node comes after one that is not there.
    #[error("`{node}` comes after `{input}`, which is none of the nodes")]
    Unknown {
        /// The node.
        node: String,
        /// What it names.
        input: String,
    },
    /// A node names another twice.
    #[error("`{node}` names `{input}` twice")]
    Repeated {
        /// The node.
        node: String,
        /// What it names.
        input: String,
    },
    /// What is wanted of a node is nothing that can be wanted.
    #[error("`{node}`: {why}")]
    Wanted {
        /// The node.
        node: String,
        /// What is wrong with it.
        why: InvalidWanted,
    },
    /// Nodes come after one another in a circle: each before the next, and the last before the first.
    #[error("must not go in a circle: {}", around(.0))]
    Circle(Vec<String>),
    /// Too many come one after the other.
    #[error("must be at most {DEPTH} one after the other")]
    TooDeep,
}

/// Why models do not fit together, in words that follow the field's name.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Misfit {
    /// A model takes what others give, and none is before it.
    #[error("`{node}` takes {}, and comes after no node that gives any", .takes.name())]
    Unfed {
        /// The node.
        node: String,
        /// What it takes.
        takes: Gives,
    },
    /// A model comes after one that gives what it has no use for.
    #[error("`{node}` comes after `{input}`, which gives {}: it has no use for them", .gives.name())]
    Useless {
        /// The node.
        node: String,
        /// The one before it.
        input: String,
        /// What that gives.
        gives: Gives,
    },
    /// A model that takes one vector comes after several that give one.
    #[error("`{node}` takes one vector: it cannot come after both `{one}` and `{other}`")]
    Ambiguous {
        /// The node.
        node: String,
        /// One that gives a vector.
        one: String,
        /// Another.
        other: String,
    },
    /// Some look at pictures, others read texts.
    #[error("must all take the same: `{one}` takes {}, `{other}` takes {}", .takes.name(), .others.name())]
    Mixed {
        /// A node.
        one: String,
        /// What it takes of the workflow's input.
        takes: Medium,
        /// Another.
        other: String,
        /// What that takes.
        others: Medium,
    },
    /// Something is wanted of a model that is asked of filters alone.
    #[error("`{0}` is no filter, and has no threshold of its own")]
    NoFilter(String),
}

fn around(circle: &[String]) -> String {
    let back = circle.first().cloned();
    circle.iter().cloned().chain(back).collect::<Vec<_>>().join(" → ")
}
