//! What Atelier learns and predicts with: the public models that it brings, models that people upload, the engine that runs
//! both, classifiers on embeddings, how good these are, and what lies near what.
//!
//! Everything here is pure computing: no input or output besides the weights that are built in, no clock, no randomness
//! but the seeds that come in. Nothing here is asynchronous either: whoever calls does so from a thread that may compute
//! for long.
//!
//! **To predict**, start with [`public`], the models that are built in, and [`engine`], where they run; then [`picture`]
//! and [`words`], what they are given, and [`uploaded`], how models of strangers are looked at before they run.
//!
//! **To learn**: examples are [`Rows`] of numbers, and what is known of them are [`Targets`]. [`linear`] learns from them,
//! and [`quality`] says how good what was learned is. [`suspects`] says which labels are probably wrong, [`uncertainty`]
//! of what a model would learn most, and [`index`] finds the nearest among many. On one kind of processor, the same input gives the same result to the last bit.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod hash;
mod kernel;
mod rows;

pub mod engine;
pub mod folds;
pub mod index;
pub mod linear;
pub mod picture;
pub mod public;
pub mod quality;
pub mod suspects;
pub mod targets;
pub mod uncertainty;
pub mod uploaded;
pub mod words;

pub use rows::{InvalidRows, Rows};
pub use targets::{Answer, InvalidTargets, Targets};

#[cfg(test)]
mod testing;
