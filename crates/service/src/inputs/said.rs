//! What is said of inputs as a whole.

use std::collections::BTreeMap;

use atelier_domain::{Conditions, Endpoint, Label, Labels};
use atelier_store::queries::said;

use crate::annotations::status;
use crate::{AppName, Result, Service, Who};

impl Service {
    /// Which concepts the inputs `slugs` of the app have as a whole, by these identifiers: whoever said so, as far as
    /// it counts, and as it was said last. `endpoint` is the one by which the inputs were asked for or changed, each of
    /// which asks for the right to see annotations.
    ///
    /// # Errors
    /// When the caller may not.
    pub async fn concepts_of_inputs(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        slugs: &[&str],
    ) -> Result<BTreeMap<String, Vec<Label>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        let mut found: BTreeMap<String, Labels> = BTreeMap::new();
        for row in said::of_inputs(&mut tx, &asked.permit, slugs, status::SUCCESS).await? {
            let said = found.entry(row.input_slug).or_default();
            *said = said.merged(&Labels { concepts: row.concepts, regions: Vec::new() });
        }
        Ok(found.into_iter().map(|(slug, said)| (slug, said.concepts)).collect())
    }
}
