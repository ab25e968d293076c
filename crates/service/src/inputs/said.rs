//! What is said of inputs as a whole.

use std::collections::BTreeMap;

use atelier_domain::{Conditions, Endpoint, Label, Labels};
use atelier_store::queries::inputs::{self, InputRow, InputSaidRow};
use atelier_store::queries::said;

use super::InputsFilter;
use crate::annotations::status;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// Which concepts inputs have as a whole, by their identifiers: whoever said so, as far as it counts, and as it was said
/// last.
pub type Said = BTreeMap<String, Vec<Label>>;

/// An input, and which concepts it has as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct InputWithSaid {
    /// The input.
    pub input: InputRow,
    /// Which concepts it has.
    pub said: Vec<Label>,
}

impl From<InputSaidRow> for InputWithSaid {
    fn from(row: InputSaidRow) -> Self {
        Self { input: row.input, said: all(row.said) }
    }
}

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
    ) -> Result<InApp<InputWithSaid>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetInput, Conditions::NONE).await?;
        let row = inputs::get_with_said(&mut tx, &asked.permit, slug, status::SUCCESS).await?;
        Ok(InApp { app: asked.app, value: row.ok_or(Error::NotFound)?.into() })
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
    ) -> Result<InApp<Vec<InputWithSaid>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListInputs, Conditions::NONE).await?;
        let filter = filter.as_query();
        let page =
            inputs::list_with_said(&mut tx, &asked.permit, &filter, skip, size, status::SUCCESS).await?;
        Ok(InApp { app: asked.app, value: page.rows.into_iter().map(Into::into).collect() })
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
        let rows = said::of_inputs(&mut tx, &asked.permit, slugs, status::SUCCESS).await?;
        Ok(InApp { app: asked.app, value: rows.into_iter().map(|row| (row.slug, all(row.said))).collect() })
    }
}

/// All that annotations say, one after the other: of what several say, the last one counts.
fn all(said: said::Said) -> Vec<Label> {
    let of_whole = |concepts| Labels { concepts, regions: Vec::new() };
    let all = said.0.into_iter().map(of_whole).reduce(|before, next| before.merged(&next));
    all.unwrap_or_default().concepts
}
