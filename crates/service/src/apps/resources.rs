//! What there is in an app.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::resources::{self, CountsRow, WorkerRow};

use crate::{AppName, Result, Service, Who};

impl Service {
    /// How many resources of each kind the app has.
    ///
    /// # Errors
    /// When the caller may not count them.
    pub async fn count_resources(&self, who: &Who, app: &AppName) -> Result<CountsRow> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetResourceCounts, Conditions::NONE).await?;
        Ok(resources::count(&mut tx, &asked.permit).await?)
    }

    /// Page `page` (from 1) of `size` of the people who made annotations in the app, by slug.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_annotation_workers(
        &self,
        who: &Who,
        app: &AppName,
        page: u32,
        size: u32,
    ) -> Result<Vec<WorkerRow>> {
        let mut tx = self.store.read().await?;
        let endpoint = Endpoint::ListAnnotationWorkers;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        Ok(resources::list_workers(&mut tx, &asked.permit, page, size).await?)
    }
}
