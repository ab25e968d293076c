//! The texts in which annotations mark stretches.

use std::collections::BTreeMap;

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::inputs;

use crate::{AppName, Result, Service, Who};

impl Service {
    /// The texts of those of the inputs `slugs` of the app that are texts, by these identifiers. `endpoint` is the one
    /// by which annotations of them were asked for or changed, each of which asks for the right to see inputs.
    ///
    /// # Errors
    /// When the caller may not.
    pub async fn texts_of_inputs(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        slugs: &[&str],
    ) -> Result<BTreeMap<String, String>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        let texts = inputs::texts(&mut tx, &asked.permit, slugs).await?;
        Ok(texts.into_iter().map(|row| (row.slug, row.body)).collect())
    }
}
