//! Listing what a dataset holds, and looking at one input of it.

use std::collections::BTreeMap;

use atelier_domain::{Conditions, Endpoint, Permit, Timestamp};
use atelier_store::queries::dataset_inputs::{self, DatasetInputRow};
use atelier_store::queries::datasets;

use super::{DatasetRow, Last};
use crate::annotations::status;
use crate::inputs::InputWithSaid;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// An input of a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetInput {
    /// The input, with what is said of it.
    pub input: InputWithSaid,
    /// When it was put into the dataset.
    pub added_at: Timestamp,
}

impl DatasetInput {
    /// As far as the holder of `permit` may see it.
    pub(super) fn of(row: DatasetInputRow, permit: &Permit) -> Self {
        Self { input: InputWithSaid::of(row.input, permit), added_at: row.added_at }
    }

    /// What a page goes on after that ends with this input.
    #[must_use]
    pub fn last(&self) -> Last {
        (self.added_at, self.input.input.id)
    }
}

impl Service {
    /// The inputs of the dataset after the input `after`, in the order in which they came, those that came at once the
    /// oldest first; `size` of them after `skip`, with what is said of them.
    ///
    /// # Errors
    /// When the caller may not list them, or there is no such dataset.
    pub async fn list_dataset_inputs(
        &self,
        who: &Who,
        app: &AppName,
        dataset: &str,
        (after, skip): (Option<Last>, usize),
        size: usize,
    ) -> Result<InApp<Vec<DatasetInput>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListDatasetInputs, Conditions::NONE).await?;
        let permit = &asked.permit;
        let DatasetRow { id, .. } = datasets::get(&mut tx, permit, dataset).await?.ok_or(Error::NotFound)?;
        let rows = dataset_inputs::list(&mut tx, permit, id, (after, skip), size, status::SUCCESS).await?;
        let value = rows.into_iter().map(|row| DatasetInput::of(row, permit)).collect();
        Ok(InApp { app: asked.app, value })
    }

    /// The input `input` of the dataset, with what is said of it.
    ///
    /// # Errors
    /// When the caller may not see it, there is no such dataset, or the input is not in it.
    pub async fn get_dataset_input(
        &self,
        who: &Who,
        app: &AppName,
        dataset: &str,
        input: &str,
    ) -> Result<InApp<DatasetInput>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetDatasetInput, Conditions::NONE).await?;
        let permit = &asked.permit;
        let DatasetRow { id, .. } = datasets::get(&mut tx, permit, dataset).await?.ok_or(Error::NotFound)?;
        let found = dataset_inputs::named(&mut tx, permit, id, &[input], status::SUCCESS).await?;
        let row = found.into_iter().next().ok_or(Error::NotFound)?;
        let value = DatasetInput::of(row, permit);
        Ok(InApp { app: asked.app, value })
    }
}

/// `rows` in the order in which `slugs` name their inputs; those that are named twice once.
pub(super) fn in_order(rows: Vec<DatasetInputRow>, slugs: &[String]) -> Vec<DatasetInputRow> {
    let mut rows: BTreeMap<String, DatasetInputRow> =
        rows.into_iter().map(|row| (row.input.input.slug.clone(), row)).collect();
    slugs.iter().filter_map(|slug| rows.remove(slug)).collect()
}
