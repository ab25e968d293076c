//! Deleting collectors.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::collectors;

use super::check_count;
use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Deletes collectors of the app, and nothing that they gathered. If nothing is named, nothing is deleted. Answers how
    /// many were.
    ///
    /// # Errors
    /// When the caller may not, or one of them does not exist: then none is deleted.
    pub async fn delete_collectors(&self, who: &Who, app: &AppName, slugs: &[String]) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::DeleteCollectors, Conditions::NONE).await?;
        check_count(slugs.len())?;
        let mut slugs: Vec<&str> = slugs.iter().map(String::as_str).collect();
        slugs.sort_unstable();
        slugs.dedup();
        let deleted = collectors::delete(&mut tx, &asked.permit, &slugs).await?;
        if deleted < slugs.len() as u64 {
            return Err(Error::NotFound);
        }
        if deleted > 0 {
            let subject = match slugs.as_slice() {
                [one] => (*one).to_owned(),
                several => format!("{} collectors", several.len()),
            };
            let done = Done {
                app: Some(asked.permit.app()),
                before: Some(slugs.iter().copied().collect()),
                ..Done::new(Action::CollectorsDeleted, &subject)
            };
            self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
            tx.announce(Event::Data(asked.permit.app()));
        }
        tx.commit().await?;
        Ok(deleted)
    }
}
