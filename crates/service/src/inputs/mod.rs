//! Inputs: the pictures and texts of an app. Add, list, look at, change, delete, count.

mod content;
mod count;
mod delete;
mod fetch;
mod get;
mod internet;
mod jobs;
mod list;
mod metadata;
mod neighbours;
mod patch;
mod picture;
mod post;
mod said;

pub use atelier_store::queries::input_jobs::{JobRow, job};
pub use atelier_store::queries::inputs::{InputCounts, InputRow};
pub use content::{Content, MOST_TEXT_BYTES};
pub use fetch::Fetching;
pub use get::{Picture, PictureSize};
pub use list::{InputsFilter, InputsPage};
pub use neighbours::Neighbours;
pub use patch::PatchInput;
pub use picture::{MOST_BYTES, MOST_PIXELS, MOST_SIDE};
pub use post::{NewInput, PostInputs, Posted, TakenId};
pub use said::{InputWithSaid, Said, SaidOfInput};

pub(crate) use content::Stored;
pub(crate) use fetch::Fetcher;
pub(crate) use metadata::check as check_metadata;
pub(crate) use picture::Pictures;

use atelier_domain::Medium;

use crate::annotations::Target;

/// The most inputs that are added, changed or deleted at once.
pub const INPUTS: usize = 1_000;

/// What has to be known of an input before something is said of it.
fn target(row: &InputRow) -> Target {
    let characters =
        row.body.as_deref().filter(|_| row.kind == Medium::Text).map(|body| body.chars().count());
    Target {
        id: row.id,
        medium: row.kind,
        characters: characters.map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
    }
}
