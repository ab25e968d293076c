//! Listing workflows, and looking at one.

use atelier_domain::Endpoint;
use atelier_store::queries::workflows::{self, OwnWorkflowRow};

use super::{EMPTY, Place, WorkflowRow, empty};
use crate::{AppAddress, AppName, Error, InApp, Result, Service, Who};

impl Service {
    /// `size` workflows of the app after the first `skip`, by their identifiers; with a `text` only those with that in their
    /// identifier or description, whatever its case. Of the catalogue, if that is named.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_workflows(
        &self,
        who: &Who,
        app: &AppName,
        text: Option<&str>,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<WorkflowRow>>> {
        let mut tx = self.store.read().await?;
        let (place, address) = self.permit_workflows(&mut tx, who, app, Endpoint::ListWorkflows).await?;
        let value = match place {
            Place::App(permit) => workflows::list(&mut tx, &permit, text, skip, size).await?,
            Place::Catalogue => {
                let text = text.unwrap_or_default().to_lowercase();
                let has = |row: &WorkflowRow| {
                    [&row.slug, &row.description].iter().any(|own| own.to_lowercase().contains(&text))
                };
                Some(empty()).into_iter().filter(has).skip(skip).take(size).collect()
            }
        };
        Ok(InApp { app: address, value })
    }

    /// `size` workflows of the caller's own apps after the first `skip`, by their identifiers; with a `text` as in
    /// [`Self::list_workflows`].
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_own_workflows(
        &self,
        who: &Who,
        text: Option<&str>,
        skip: usize,
        size: usize,
    ) -> Result<Vec<InApp<WorkflowRow>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ListWorkflows).await?;
        let rows = workflows::list_own(&mut tx, &asked.permit, text, skip, size).await?;
        let in_app = |OwnWorkflowRow { app, workflow }| InApp {
            app: AppAddress { owner: asked.slug.clone(), app },
            value: workflow,
        };
        Ok(rows.into_iter().map(in_app).collect())
    }

    /// One workflow of the app, or of the catalogue if that is named.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that identifier.
    pub async fn get_workflow(&self, who: &Who, app: &AppName, slug: &str) -> Result<InApp<WorkflowRow>> {
        let mut tx = self.store.read().await?;
        let (place, address) = self.permit_workflows(&mut tx, who, app, Endpoint::GetWorkflow).await?;
        let found = match place {
            Place::App(permit) => workflows::get(&mut tx, &permit, slug).await?,
            Place::Catalogue => (slug == EMPTY).then(empty),
        };
        Ok(InApp { app: address, value: found.ok_or(Error::NotFound)? })
    }
}
