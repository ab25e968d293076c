//! Versions of an app's models: each is one training, or one file that was uploaded.

mod cancel;
mod delete;
mod inputs;
mod list;
mod patch;
mod post;

pub use patch::PatchVersion;
pub use post::NewVersion;
