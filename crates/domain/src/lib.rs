//! Who may do what in Atelier, and why: scopes, grants, decisions and their explanations.
//!
//! Everything here is pure: no input or output, no clock, no randomness, no panics. It is compiled for the server,
//! which decides, and for the browser, which shows beforehand what the server will decide.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

pub mod basic;
pub mod endpoint;
pub mod scope;
pub mod scope_set;

pub use basic::BasicScope;
pub use endpoint::{Auth, Condition, Conditions, Endpoint, EndpointSet, Verb};
pub use scope::{Access, Scope};
pub use scope_set::ScopeSet;
