//! Listing datasets, and looking at one.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::datasets::{self, Filter};

use super::{DatasetRow, Order};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What to list, and in which order; what is not given lets everything through.
#[derive(Clone, Debug, Default)]
pub struct DatasetsFilter {
    /// Only those with this in their identifier, description or notes, whatever its case.
    pub text: Option<String>,
    /// Only those with this in their identifier, whatever its case.
    pub slug: Option<String>,
    /// By what they are ordered.
    pub order: Order,
    /// From the first to the last, in contrast to the other way round.
    pub ascending: bool,
}

impl Service {
    /// The datasets of the app that `filter` lets through, `size` of them after `skip`.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_datasets(
        &self,
        who: &Who,
        app: &AppName,
        filter: &DatasetsFilter,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<DatasetRow>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListDatasets, Conditions::NONE).await?;
        let filter = Filter {
            text: filter.text.as_deref(),
            id: filter.slug.as_deref(),
            order: filter.order,
            ascending: filter.ascending,
        };
        let value = datasets::list(&mut tx, &asked.permit, &filter, skip, size).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// One dataset of the app.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that identifier.
    pub async fn get_dataset(&self, who: &Who, app: &AppName, slug: &str) -> Result<InApp<DatasetRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetDataset, Conditions::NONE).await?;
        let value = datasets::get(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)?;
        Ok(InApp { app: asked.app, value })
    }
}
