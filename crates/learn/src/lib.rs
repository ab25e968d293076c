//! What Atelier learns from data: classifiers on embeddings, how good they are, and what lies near what.
//!
//! Everything here is pure computing on the thread that asks: no input or output, no clock, no randomness but the seeds
//! that come in. On one kind of processor, the same input gives the same result to the last bit.
//!
//! Examples are [`Rows`] of numbers, and what is known of them are [`Targets`]. [`linear`] learns from them, and
//! [`quality`] says how good what was learned is. [`suspects`] says which labels are probably wrong, and [`index`]
//! finds the nearest among many.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod hash;
mod kernel;
mod rows;

pub mod folds;
pub mod index;
pub mod linear;
pub mod quality;
pub mod suspects;
pub mod targets;

pub use rows::{InvalidRows, Rows};
pub use targets::{Answer, InvalidTargets, Targets};

#[cfg(test)]
mod testing;
