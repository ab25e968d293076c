//! What is said of inputs as a whole, and in which datasets they are.

use std::collections::BTreeMap;

use atelier_domain::{Conditions, Endpoint, Label, Labels, Permit, Scope};
use atelier_store::queries::dataset_inputs::InDatasets;
use atelier_store::queries::inputs::{self, InputRow, InputSaidRow};
use atelier_store::queries::said;

use super::InputsFilter;
use crate::annotations::status;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What is said of inputs, by their identifiers.
pub type Said = BTreeMap<String, SaidOfInput>;

/// What is said of an input, and where it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaidOfInput {
    /// Which concepts it has as a whole: whoever said so, as far as it counts, and as it was said last.
    pub said: Vec<Label>,
    /// The datasets in which it is, by their identifiers; none for those who may not see datasets.
    pub datasets: Vec<String>,
}

impl SaidOfInput {
    fn of(said: said::Said, datasets: InDatasets, permit: &Permit) -> Self {
        let may_see = permit.scopes().contains(Scope::DatasetsGet);
        Self { said: all(said), datasets: if may_see { datasets.0 } else { Vec::new() } }
    }
}

/// An input, what is said of it, and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct InputWithSaid {
    /// The input.
    pub input: InputRow,
    /// What is said of it.
    pub said: SaidOfInput,
}

impl InputWithSaid {
    /// As far as the holder of `permit` may see it.
    pub(crate) fn of(row: InputSaidRow, permit: &Permit) -> Self {
        Self { input: row.input, said: SaidOfInput::of(row.said, row.datasets, permit) }
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
        let row = row.ok_or(Error::NotFound)?;
        Ok(InApp { app: asked.app, value: InputWithSaid::of(row, &asked.permit) })
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
        let shown = page.rows.into_iter().map(|row| InputWithSaid::of(row, &asked.permit));
        Ok(InApp { value: shown.collect(), app: asked.app })
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
        let said =
            rows.into_iter().map(|row| (row.slug, SaidOfInput::of(row.said, row.datasets, &asked.permit)));
        Ok(InApp { value: said.collect(), app: asked.app })
    }
}

/// All that annotations say, one after the other: of what several say, the last one counts.
fn all(said: said::Said) -> Vec<Label> {
    let of_whole = |concepts| Labels { concepts, regions: Vec::new() };
    let all = said.0.into_iter().map(of_whole).reduce(|before, next| before.merged(&next));
    all.unwrap_or_default().concepts
}
