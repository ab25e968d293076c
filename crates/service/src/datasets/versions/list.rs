//! Listing versions, and looking at one.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::dataset_versions;

use super::VersionRow;
use crate::{AppName, Error, InApp, Result, Service, Who};

impl Service {
    /// The versions of the dataset, the newest first, `size` of them after `skip`. Those of a dataset that was deleted are
    /// still there.
    ///
    /// # Errors
    /// When the caller may not list them, or there never was such a dataset.
    pub async fn list_dataset_versions(
        &self,
        who: &Who,
        app: &AppName,
        dataset: &str,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<VersionRow>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListDatasetVersions, Conditions::NONE).await?;
        let value = dataset_versions::list(&mut tx, &asked.permit, dataset, skip, size).await?;
        if value.is_empty() && !dataset_versions::is_known(&mut tx, &asked.permit, dataset).await? {
            return Err(Error::NotFound);
        }
        Ok(InApp { app: asked.app, value })
    }

    /// One version of the dataset.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that identifier.
    pub async fn get_dataset_version(
        &self,
        who: &Who,
        app: &AppName,
        dataset: &str,
        version: &str,
    ) -> Result<InApp<VersionRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetDatasetVersion, Conditions::NONE).await?;
        let row = dataset_versions::get(&mut tx, &asked.permit, dataset, version).await?;
        Ok(InApp { app: asked.app, value: row.ok_or(Error::NotFound)? })
    }
}
