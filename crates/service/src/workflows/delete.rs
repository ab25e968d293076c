//! Deleting workflows.

use std::collections::BTreeSet;

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::workflows;

use super::check_count;
use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Deletes workflows of the app with their versions. An app whose default it was has the empty one of the catalogue
    /// then. If nothing is named, nothing is deleted. Answers how many were. `endpoint` deletes one or several.
    ///
    /// # Errors
    /// When the caller may not, or one of them does not exist: then none is deleted.
    pub async fn delete_workflows(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        slugs: &[String],
    ) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        check_count(slugs.len())?;
        let slugs: BTreeSet<&str> = slugs.iter().map(String::as_str).collect();
        let slugs: Vec<&str> = slugs.into_iter().collect();
        let deleted = workflows::delete(&mut tx, &asked.permit, &slugs).await?;
        if deleted < slugs.len() as u64 {
            return Err(Error::NotFound);
        }
        if deleted > 0 {
            let subject = match slugs.as_slice() {
                [one] => (*one).to_owned(),
                several => format!("{} workflows", several.len()),
            };
            let done = Done {
                app: Some(asked.permit.app()),
                before: Some(slugs.iter().copied().collect()),
                ..Done::new(Action::WorkflowsDeleted, &subject)
            };
            self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
            tx.announce(Event::Data(asked.permit.app()));
        }
        tx.commit().await?;
        Ok(deleted)
    }
}
