//! Versions of datasets: what one held at one moment, which stays as it was whatever becomes of its inputs, of what is
//! said of them, and of the dataset itself.
//!
//! A version keeps of each input what it is known by, what clients kept with it, and every annotation as it stood. What
//! the input holds is not copied: whoever deletes an input deletes that everywhere, and its hash says what it was.

mod contents;
mod delete;
mod list;
mod patch;
mod post;
mod split;

pub use atelier_store::queries::dataset_versions::{FrozenAnnotation, FrozenInputRow, VersionRow};
pub use patch::PatchVersion;
pub use post::NewVersion;

use crate::{Error, Result};

/// The most versions that are made or changed at once.
pub const VERSIONS: usize = 10;

/// That a version is ready, by the wire's number.
pub const READY: i64 = 64_015;

fn check_count(count: usize) -> Result<()> {
    if count > VERSIONS {
        return Err(Error::invalid("dataset_versions", format!("must be at most {VERSIONS} at once")));
    }
    Ok(())
}
