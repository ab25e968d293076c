//! Listing searches that are kept, and looking at one.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::searches;

use super::{SearchRow, Subject};
use crate::{AppName, Error, InApp, Result, Service, Who};

impl Service {
    /// `size` searches that the app keeps after the first `skip`, by their identifiers; of one subject, if it is given.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_searches(
        &self,
        who: &Who,
        app: &AppName,
        subject: Option<Subject>,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<SearchRow>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListSearches, Conditions::NONE).await?;
        let value = searches::list(&mut tx, &asked.permit, subject, skip, size).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// One search that the app keeps.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that identifier.
    pub async fn get_search(&self, who: &Who, app: &AppName, slug: &str) -> Result<InApp<SearchRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetSearch, Conditions::NONE).await?;
        let value = searches::get(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)?;
        Ok(InApp { app: asked.app, value })
    }
}
