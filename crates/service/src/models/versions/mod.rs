//! Versions of an app's models: each is one training, one file that was uploaded, or what a filter lets through.

mod cancel;
mod delete;
pub(super) mod filter;
mod inputs;
mod list;
mod patch;
mod post;

pub use filter::NewFilter;
pub use patch::PatchVersion;
pub use post::NewVersion;
