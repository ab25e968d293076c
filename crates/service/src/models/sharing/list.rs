//! With which apps a model is shared.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::model_shares::{self, ShareRow};
use atelier_store::queries::models;

use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// The apps with which a model of the app is shared, for whoever may share it, and end that.
    ///
    /// # Errors
    /// When the caller may not share models, or there is no such model.
    pub async fn list_model_shares(&self, who: &Who, app: &AppName, model: &str) -> Result<Vec<ShareRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ShareModel, Conditions::NONE).await?;
        let row = models::get(&mut tx, &asked.permit, model).await?.ok_or(Error::NotFound)?;
        Ok(model_shares::list(&mut tx, &asked.permit, row.id).await?)
    }
}
