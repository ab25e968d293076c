//! Deleting versions.

use std::collections::BTreeSet;

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::dataset_versions;
use serde_json::json;

use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Deletes the versions `slugs` of the dataset, with what they hold. If nothing is named, nothing is deleted. Answers
    /// how many were.
    ///
    /// # Errors
    /// When the caller may not, or one of them does not exist: then nothing is deleted.
    pub async fn delete_dataset_versions(
        &self,
        who: &Who,
        app: &AppName,
        dataset: &str,
        slugs: &[String],
    ) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::DeleteDatasetVersions, Conditions::NONE).await?;
        let named: BTreeSet<&str> = slugs.iter().map(String::as_str).collect();
        let named: Vec<&str> = named.into_iter().collect();
        if named.is_empty() {
            return Ok(0);
        }
        let deleted = dataset_versions::delete(&mut tx, &asked.permit, dataset, &named).await?;
        if deleted < named.len() as u64 {
            return Err(Error::NotFound);
        }
        let done = Done {
            app: Some(asked.permit.app()),
            before: Some(json!({ "versions": named })),
            ..Done::new(Action::DatasetVersionsDeleted, dataset)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(deleted)
    }
}
