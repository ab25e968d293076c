//! How many there are.

use atelier_domain::Endpoint;
use atelier_domain::filter::Subject;
use atelier_store::queries::finding;

use super::Query;
use crate::{AppName, Result, Service, Who};

/// How many are counted at most.
pub const COUNTED: usize = 100_000;

impl Service {
    /// How many inputs of the app are found by `query`. Beyond the first `most`, and beyond [`COUNTED`], nobody counts.
    ///
    /// # Errors
    /// When the caller may not search, or the query is not valid.
    pub async fn count_found_inputs(
        &self,
        who: &Who,
        app: &AppName,
        query: &Query,
        most: usize,
    ) -> Result<usize> {
        let mut tx = self.store.read().await?;
        let endpoint = Endpoint::PostInputsSearches;
        let asked = self.permit(&mut tx, who, app, endpoint, query.conditions()).await?;
        query.check()?;
        Ok(finding::count(&mut tx, &asked.permit, Subject::Inputs, &query.filter, most.min(COUNTED)).await?)
    }
}
