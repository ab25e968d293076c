//! What Atelier learns and predicts with: the public models that it brings, models that people upload, and the engine
//! that runs both.
//!
//! Everything here is pure computing: no input or output besides the weights that are built in, no clock, no
//! randomness. Nothing here is asynchronous either: whoever calls does so from a thread that may compute for long.
//!
//! Start with [`public`], the models that are built in, and [`engine`], where they run; then [`picture`] and [`words`],
//! what they are given, and [`uploaded`], how models of strangers are looked at before they run.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

pub mod engine;
pub mod picture;
pub mod public;
pub mod uploaded;
pub mod words;
