//! Listing models.

use atelier_domain::Endpoint;

use super::{Model, ModelsFilter, catalogue};
use crate::{AppName, Result, Service, Who};

impl Service {
    /// The models of `app` that `filter` lets through: those of the catalogue, if that is the place that is named, and
    /// none of an app, which has none of its own so far.
    ///
    /// # Errors
    /// When the caller may not do what `endpoint` does there: list them, or look for them.
    pub async fn list_models(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        filter: &ModelsFilter,
    ) -> Result<Vec<Model>> {
        let mut tx = self.store.read().await?;
        let permit = self.permit_models(&mut tx, who, app, endpoint).await?;
        let models = catalogue::models(&permit).iter().filter(|_| app.is_public());
        Ok(models.filter(|model| filter.lets(model)).cloned().collect())
    }

    /// The public models, as somebody in `app` sees them.
    ///
    /// # Errors
    /// When the caller may not list models there.
    pub async fn list_public_models(&self, who: &Who, app: &AppName) -> Result<Vec<Model>> {
        let mut tx = self.store.read().await?;
        let permit = self.permit_models(&mut tx, who, app, Endpoint::ListModels).await?;
        Ok(catalogue::models(&permit).to_vec())
    }
}
