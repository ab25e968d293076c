//! Deleting searches that are kept.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::searches;

use super::audited;
use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Deletes the search `slug` that the app keeps, and nothing that it finds.
    ///
    /// # Errors
    /// When the caller may not, or there is none of that identifier.
    pub async fn delete_search(&self, who: &Who, app: &AppName, slug: &str) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::DeleteSearch, Conditions::NONE).await?;
        let before = searches::get_to_change(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)?;
        searches::delete(&mut tx, &asked.permit, slug).await?;
        let done = Done {
            app: Some(asked.permit.app()),
            before: Some(audited(&before)),
            ..Done::new(Action::SearchDeleted, slug)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(())
    }
}
