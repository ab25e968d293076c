//! What a version holds.

use atelier_domain::{Conditions, Endpoint, Part};
use atelier_store::queries::dataset_versions;

use super::FrozenInputRow;
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// What the version holds behind the place `after`, `size` inputs in the order in which they came to the dataset; with
    /// a `part` those of it alone. Places count from 1. Whoever may list what a dataset holds may list what it held.
    ///
    /// # Errors
    /// When the caller may not, or there is no such version.
    pub async fn list_dataset_version_inputs(
        &self,
        who: &Who,
        app: &AppName,
        (dataset, version): (&str, &str),
        part: Option<Part>,
        after: i64,
        size: usize,
    ) -> Result<Vec<FrozenInputRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListDatasetInputs, Conditions::NONE).await?;
        let row = dataset_versions::get(&mut tx, &asked.permit, dataset, version).await?;
        let id = row.ok_or(Error::NotFound)?.id;
        Ok(dataset_versions::inputs(&mut tx, &asked.permit, id, part, after, size).await?)
    }
}
