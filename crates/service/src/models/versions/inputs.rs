//! Listing the inputs from which a version learned.

use atelier_domain::Endpoint;
use atelier_store::queries::model_inputs;

use crate::annotations::status;
use crate::inputs::InputWithSaid;
use crate::models::{Entered, Meant, ModelName, OfModel, find};
use crate::{AppName, Result, Service, Who};

impl Service {
    /// `size` of the inputs from which a version of a model learned, the newest first, after the first `skip`: as they are now,
    /// and without those that were deleted since. Without a version, those of the newest that is trained. What was uploaded
    /// or is public learned from nothing here, and of what was trained by a release that did not note it nothing is known.
    ///
    /// # Errors
    /// When the caller may not list them, or there is none of that name or version.
    pub async fn list_model_inputs(
        &self,
        who: &Who,
        app: &AppName,
        name: &ModelName,
        skip: usize,
        size: usize,
    ) -> Result<OfModel<Vec<InputWithSaid>>> {
        let mut tx = self.store.read().await?;
        let entered = self.enter(&mut tx, who, app, Endpoint::ListModelInputs).await?;
        let model = find(&mut tx, &entered, name, Meant::NewestTrained).await?;
        let trained = model.version.as_ref().and_then(|version| version.training());
        let value = match (&entered, trained) {
            (Entered::App(asked), Some(trained)) => {
                let (permit, page) = (&asked.permit, (skip, size));
                let rows = model_inputs::list(&mut tx, permit, trained.row.id, page, status::SUCCESS).await?;
                rows.into_iter().map(|row| InputWithSaid::of(row, permit)).collect()
            }
            _ => Vec::new(),
        };
        Ok(OfModel { app: model.app, value })
    }
}
