//! Workflows as they were at one moment.

mod delete;
pub(super) mod list;
mod patch;

pub use atelier_store::queries::workflow_versions::VersionRow;
pub use patch::PatchVersion;
