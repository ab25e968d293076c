//! Listing the versions of a model.

use atelier_domain::Endpoint;
use atelier_store::queries::{models, trainings};

use crate::models::{Entered, Meant, ModelName, ModelVersion, OfModel, find};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// `size` versions of a model after the first `skip`, the newest first.
    ///
    /// # Errors
    /// When the caller may not list them, or there is no such model.
    pub async fn list_model_versions(
        &self,
        who: &Who,
        app: &AppName,
        name: &ModelName,
        skip: usize,
        size: usize,
    ) -> Result<OfModel<Vec<ModelVersion>>> {
        let mut tx = self.store.read().await?;
        let entered = self.enter(&mut tx, who, app, Endpoint::ListModelVersions).await?;
        match &entered {
            Entered::App(asked) if !name.is_public => {
                let permit = &asked.permit;
                let row = models::get(&mut tx, permit, &name.slug).await?.ok_or(Error::NotFound)?;
                let rows = trainings::list(&mut tx, permit, row.id, skip, size).await?;
                let value =
                    rows.into_iter().map(|version| ModelVersion::of(&row, version)).collect::<Result<_>>()?;
                Ok(OfModel { app: Some(asked.app.clone()), value })
            }
            _ => {
                let model = find(&mut tx, &entered, name, Meant::Newest).await?;
                Ok(OfModel { app: None, value: model.version.into_iter().skip(skip).take(size).collect() })
            }
        }
    }
}
