//! Datasets: named sets of an app's inputs. Make, list, look at, change and delete them, put inputs into them and take
//! them out, and keep what they hold as [`versions`].
//!
//! A dataset refers to inputs and has none of its own: one input is in any number of them, and none is deleted with a
//! dataset.

mod delete;
mod fill;
mod inputs;
mod list;
mod patch;
mod post;
mod take_out;
pub mod versions;

use atelier_domain::Permit;
use atelier_store::WriteTx;
use atelier_store::queries::datasets;

pub use atelier_store::queries::dataset_inputs::Last;
pub use atelier_store::queries::datasets::{DatasetRow, Order};
pub use inputs::DatasetInput;
pub use list::DatasetsFilter;
pub use patch::PatchDataset;
pub use post::NewDataset;

use crate::{Error, Result};

/// The most datasets that are made or changed at once.
pub const DATASETS: usize = 100;

/// The most inputs that are put into a dataset, or taken out of one, at once.
pub const DATASET_INPUTS: usize = 10_000;

/// The most characters that a description has, and notes.
pub const DESCRIPTION: usize = 4_000;

/// The dataset `slug` of the app, which nobody deletes until the transaction ends.
///
/// # Errors
/// When there is none of that identifier.
pub(crate) async fn kept(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<DatasetRow> {
    datasets::named_to_keep(tx, permit, &[slug]).await?.pop().ok_or(Error::NotFound)
}

fn check_count(count: usize) -> Result<()> {
    if count > DATASETS {
        return Err(Error::invalid("datasets", format!("must be at most {DATASETS} at once")));
    }
    Ok(())
}

fn check_input_count(field: &str, count: usize) -> Result<()> {
    if count > DATASET_INPUTS {
        return Err(Error::invalid(field, format!("must be at most {DATASET_INPUTS} at once")));
    }
    Ok(())
}

fn check_text(field: &str, text: &str) -> Result<()> {
    if text.chars().count() > DESCRIPTION {
        return Err(Error::invalid(field, format!("must have at most {DESCRIPTION} characters")));
    }
    Ok(())
}
