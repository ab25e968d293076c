//! No longer sharing a model with an app.

use atelier_domain::id::ModelId;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::{model_shares, models};

use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Takes a model of the app away from another app, which has it as `share`: what that one's workflows and tasks made of it
    /// ends at once. The other app is not asked.
    ///
    /// # Errors
    /// When the caller may not share models, there is no such model, or it is not shared so.
    pub async fn withdraw_model(&self, who: &Who, app: &AppName, model: &str, share: &str) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ShareModel, Conditions::NONE).await?;
        let row = models::get_to_change(&mut tx, &asked.permit, model).await?.ok_or(Error::NotFound)?;
        let share: ModelId = share.parse().map_err(|_| Error::NotFound)?;
        let shares = model_shares::list(&mut tx, &asked.permit, row.id).await?;
        let share = shares.into_iter().find(|row| row.id == share).ok_or(Error::NotFound)?;
        model_shares::withdraw(&mut tx, &asked.permit, row.id, share.id).await?;
        self.tell_withdrawn(&mut tx, &asked, who, &row.slug, &share);
        tx.commit().await?;
        Ok(())
    }
}
