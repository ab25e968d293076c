//! Listing models.

use std::collections::HashMap;

use atelier_domain::Endpoint;
use atelier_store::queries::{models, trainings};

use super::{Entered, Model, ModelsFilter, catalogue};
use crate::{AppName, Result, Service, Who};

impl Service {
    /// The models of `app` that `filter` lets through, each with its newest version: those of the catalogue, if that is the
    /// place that is named, and else the app's own, the newest first.
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
        let all = match self.enter(&mut tx, who, app, endpoint).await? {
            Entered::Catalogue(permit) => catalogue::models(&permit).to_vec(),
            Entered::App(asked) => {
                let permit = &asked.permit;
                let versions = trainings::newest_of_all(&mut tx, permit).await?;
                let mut newest: HashMap<_, _> =
                    versions.into_iter().map(|version| (version.model_id, version)).collect();
                let rows = models::list(&mut tx, permit).await?.into_iter();
                rows.map(|row| {
                    let version = newest.remove(&row.id);
                    Model::own(row, version, &asked.app)
                })
                .collect::<Result<_>>()?
            }
        };
        Ok(all.into_iter().filter(|model| filter.lets(model)).collect())
    }

    /// The public models, as somebody in `app` sees them.
    ///
    /// # Errors
    /// When the caller may not list models there.
    pub async fn list_public_models(&self, who: &Who, app: &AppName) -> Result<Vec<Model>> {
        let mut tx = self.store.read().await?;
        let entered = self.enter(&mut tx, who, app, Endpoint::ListModels).await?;
        Ok(catalogue::models(&entered.public()).to_vec())
    }
}
