//! What is said of inputs as a whole.

use std::collections::BTreeMap;

use atelier_domain::{Conditions, Endpoint, Label, Labels, Permit};
use atelier_store::Conn;
use atelier_store::queries::inputs::{self, InputRow};
use atelier_store::queries::said;

use super::{InputsFilter, InputsPage};
use crate::annotations::status;
use crate::{AppName, Asked, Error, InApp, Result, Service, Who};

/// Which concepts inputs have as a whole, by their identifiers: whoever said so, as far as it counts, and as it was said
/// last.
pub type Said = BTreeMap<String, Vec<Label>>;

impl Service {
    /// The input `slug` of the app, with what is said of it.
    ///
    /// # Errors
    /// When the caller may not see both, or there is none of that identifier.
    pub async fn get_input_with_said(
        &self,
        who: &Who,
        app: &AppName,
        slug: &str,
    ) -> Result<(InputRow, InApp<Said>)> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetInput, Conditions::NONE).await?;
        let row = inputs::get(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)?;
        let said = said_of(&mut tx, asked, &[slug]).await?;
        Ok((row, said))
    }

    /// The inputs of the app that `filter` lets through, the newest first, `size` of them after `skip`, with what is said
    /// of them.
    ///
    /// # Errors
    /// When the caller may not see both.
    pub async fn list_inputs_with_said(
        &self,
        who: &Who,
        app: &AppName,
        filter: &InputsFilter,
        skip: usize,
        size: usize,
    ) -> Result<(InputsPage, InApp<Said>)> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListInputs, Conditions::NONE).await?;
        let page = InputsPage::read(&mut tx, &asked.permit, filter, skip, size).await?;
        let slugs: Vec<&str> = page.inputs.iter().map(|row| row.slug.as_str()).collect();
        let said = said_of(&mut tx, asked, &slugs).await?;
        Ok((page, said))
    }

    /// What is said of the inputs `slugs` of the app. `endpoint` is the one by which they were changed, each of which
    /// asks for the right to see annotations.
    ///
    /// # Errors
    /// When the caller may not.
    pub async fn said_of_inputs(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        slugs: &[&str],
    ) -> Result<InApp<Said>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        said_of(&mut tx, asked, slugs).await
    }
}

async fn said_of(conn: &mut Conn, asked: Asked<Permit>, slugs: &[&str]) -> Result<InApp<Said>> {
    let mut found: BTreeMap<String, Labels> = BTreeMap::new();
    for row in said::of_inputs(conn, &asked.permit, slugs, status::SUCCESS).await? {
        let said = found.entry(row.input_slug).or_default();
        *said = said.merged(&Labels { concepts: row.concepts, regions: Vec::new() });
    }
    let value = found.into_iter().map(|(slug, said)| (slug, said.concepts)).collect();
    Ok(InApp { app: asked.app, value })
}
