//! Deleting datasets.

use std::collections::BTreeSet;

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::datasets;
use serde_json::json;

use super::check_count;
use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Deletes the datasets `slugs` of the app. Their inputs stay, and so do their versions, which are deleted by
    /// themselves. If nothing is named, nothing is deleted. Answers how many were.
    ///
    /// # Errors
    /// When the caller may not, or one of them does not exist: then nothing is deleted.
    pub async fn delete_datasets(&self, who: &Who, app: &AppName, slugs: &[String]) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::DeleteDatasets, Conditions::NONE).await?;
        let named: BTreeSet<&str> = slugs.iter().map(String::as_str).collect();
        let named: Vec<&str> = named.into_iter().collect();
        if named.is_empty() {
            return Ok(0);
        }
        check_count(named.len())?;
        let deleted = datasets::delete(&mut tx, &asked.permit, &named).await?;
        if deleted < named.len() as u64 {
            return Err(Error::NotFound);
        }
        let subject = match named.as_slice() {
            [one] => (*one).to_owned(),
            several => format!("{} datasets", several.len()),
        };
        let done = Done {
            app: Some(asked.permit.app()),
            before: Some(json!({ "datasets": named })),
            ..Done::new(Action::DatasetsDeleted, &subject)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(deleted)
    }
}
