//! Deleting versions.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::{models, trainings};
use serde_json::json;

use crate::audit::{Action, Actor, Done};
use crate::models::own;
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Deletes a version of a model of the app, also one that is being trained: whoever is at it stops.
    ///
    /// # Errors
    /// When the caller may not, or there is no such version.
    pub async fn delete_model_version(
        &self,
        who: &Who,
        app: &AppName,
        model: &str,
        version: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::DeleteModelVersion, Conditions::NONE).await?;
        let permit = &asked.permit;
        let row = models::get_to_change(&mut tx, permit, model).await?.ok_or(Error::NotFound)?;
        own::check_ours(&row)?;
        let version = own::version(&mut tx, permit, row.id, version).await?;
        trainings::delete(&mut tx, permit, row.id, version.id).await?;
        let done = Done {
            app: Some(permit.app()),
            before: Some(json!({ "model": row.slug, "version": version.id.to_string() })),
            ..Done::new(Action::ModelVersionsDeleted, &row.slug)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        // Only now: had the transaction failed, they would still be needed.
        self.forget(version.object_key.into_iter().collect()).await;
        Ok(())
    }
}
