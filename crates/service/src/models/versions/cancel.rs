//! Stopping a training.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::{models, trainings};

use crate::models::own;
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Stops the training of a version, if it is under way: whoever is at it learns of it within a second. Answers whether it
    /// was.
    ///
    /// # Errors
    /// When the caller may not train, or there is no such version.
    pub async fn cancel_training(
        &self,
        who: &Who,
        app: &AppName,
        model: &str,
        version: &str,
    ) -> Result<bool> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostModelVersions, Conditions::NONE).await?;
        let permit = &asked.permit;
        let row = models::get(&mut tx, permit, model).await?.ok_or(Error::NotFound)?;
        own::check_ours(&row)?;
        let version = own::version(&mut tx, permit, row.id, version).await?;
        let cancelled = trainings::cancel(&mut tx, permit, row.id, version.id, self.world.now()).await?;
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(cancelled)
    }
}
