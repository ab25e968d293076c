//! Listing inputs.

use atelier_domain::id::InputId;
use atelier_domain::{Conditions, Endpoint, Medium};
use atelier_store::queries::inputs::{self, Filter, InputRow};

use crate::{AppName, Result, Service, Who};

/// What to list; what is not given lets everything through.
#[derive(Clone, Debug, Default)]
pub struct InputsFilter {
    /// Only these; all, if it is empty.
    pub slugs: Vec<String>,
    /// Only those of this kind.
    pub kind: Option<Medium>,
    /// Only those in which somebody says that this concept is.
    pub concept: Option<String>,
    /// Only those with this in their identifier or text.
    pub text: Option<String>,
    /// Only those that are older than this one.
    pub before: Option<InputId>,
}

impl InputsFilter {
    pub(super) fn as_query(&self) -> Filter<'_> {
        Filter {
            slugs: &self.slugs,
            kind: self.kind,
            concept: self.concept.as_deref(),
            text: self.text.as_deref(),
            before: self.before,
        }
    }
}

/// Inputs, the newest first: those of one request in the reverse of its order.
#[derive(Clone, Debug)]
pub struct InputsPage {
    /// The inputs.
    pub inputs: Vec<InputRow>,
    /// Whether older ones follow.
    pub more: bool,
}

impl Service {
    /// The inputs of the app that `filter` lets through, the newest first, `size` of them after `skip`.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_inputs(
        &self,
        who: &Who,
        app: &AppName,
        filter: &InputsFilter,
        skip: usize,
        size: usize,
    ) -> Result<InputsPage> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListInputs, Conditions::NONE).await?;
        let page = inputs::list(&mut tx, &asked.permit, &filter.as_query(), skip, size).await?;
        Ok(InputsPage { inputs: page.rows, more: page.more })
    }
}
