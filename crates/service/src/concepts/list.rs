//! Listing concepts, looking at one, and counting how often they occur.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::concepts;

use super::{ConceptCounts, ConceptRow};
use crate::{AppName, Error, InApp, Result, Service, Who};

impl Service {
    /// `size` concepts of the app after the first `skip`, in the order in which they were added; with a `prefix` only
    /// those whose identifier or name starts so, whatever the case.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_concepts(
        &self,
        who: &Who,
        app: &AppName,
        prefix: Option<&str>,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<ConceptRow>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListConcepts, Conditions::NONE).await?;
        let value = concepts::list(&mut tx, &asked.permit, prefix, skip, size).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// One concept of the app.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that identifier.
    pub async fn get_concept(&self, who: &Who, app: &AppName, slug: &str) -> Result<InApp<ConceptRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetConcept, Conditions::NONE).await?;
        let value = concepts::get(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)?;
        Ok(InApp { app: asked.app, value })
    }

    /// `size` concepts of the app after the first `skip`, in their order, each with how often it occurs.
    ///
    /// # Errors
    /// When the caller may not see it.
    pub async fn concept_counts(
        &self,
        who: &Who,
        app: &AppName,
        skip: usize,
        size: usize,
    ) -> Result<Vec<ConceptCounts>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetConceptCounts, Conditions::NONE).await?;
        Ok(concepts::counts(&mut tx, &asked.permit, skip, size).await?)
    }
}
