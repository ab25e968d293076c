//! Who may do what in Atelier, and why: scopes, grants, decisions and their explanations.
//!
//! Everything here is pure: no input or output, no clock, no randomness, no panics. It is compiled for the server,
//! which decides, and for the browser, which shows beforehand what the server will decide.
//!
//! Start with [`scope`] and [`endpoint`], the two closed tables from which all else follows; then [`decision`], how a
//! request is decided, and [`forest`], how rights pass from person to person.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

pub mod agreement;
pub mod assignment;
pub mod basic;
pub mod catalogue;
pub mod characters;
pub mod closure;
pub mod collector;
pub mod decision;
pub mod endpoint;
pub mod endpoint_set;
pub mod filter;
pub mod forest;
pub mod hex;
pub mod id;
pub mod label;
pub mod limit;
pub mod model;
pub mod partition;
pub mod password;
pub mod place;
pub mod preset;
pub mod reach;
pub mod relation;
pub mod rights;
pub mod scope;
pub mod scope_set;
pub mod secret;
pub mod session;
pub mod split;
pub mod task;
pub mod team;
pub mod time;
pub mod training;
pub mod value;
pub mod words;
pub mod workflow;

pub use basic::BasicScope;
pub use catalogue::{PublicPermit, decide_public};
pub use characters::Characters;
pub use decision::{
    AppRef, Caller, Cause, Credential, OwnPermit, Permit, Refusal, Standing, decide, decide_own,
};
pub use endpoint::{Auth, Condition, Conditions, Endpoint, Verb};
pub use endpoint_set::EndpointSet;
pub use filter::Filter;
pub use forest::{Below, Change, Editor, Forest, Member, Violation};
pub use hex::Hex;
pub use label::{Label, Labels, Medium, PatchAction, Point, Region, Shape};
pub use model::ModelKind;
pub use place::Place;
pub use preset::Preset;
pub use reach::Reach;
pub use relation::Predicate;
pub use rights::Rights;
pub use scope::{Access, Scope};
pub use scope_set::ScopeSet;
pub use split::{Part, Split};
pub use time::Timestamp;
pub use training::Training;
pub use value::{Color, DisplayName, Email, Language, ResourceId, Shortcut, Slug};
