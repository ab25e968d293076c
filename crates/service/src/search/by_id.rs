//! Searching by a search that is kept.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::searches;

use super::{Page, Part, Query, SearchRow, Subject, annotations, inputs};
use crate::annotations::AnnotationRow;
use crate::inputs::InputWithSaid;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Finds {
    /// Inputs, with what is said of them.
    Inputs(Page<InputWithSaid>),
    /// Annotations.
    Annotations(Page<AnnotationRow>),
}

/// A search, and what it found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The search.
    pub search: SearchRow,
    /// What it found.
    pub finds: Finds,
}

impl Service {
    /// What is found by the search `slug` that the app keeps.
    ///
    /// # Errors
    /// When the caller may not do what it asks for, or there is none of that identifier.
    pub async fn search_by_id(
        &self,
        who: &Who,
        app: &AppName,
        slug: &str,
        part: Part,
    ) -> Result<InApp<Found>> {
        let mut tx = self.store.read().await?;
        let endpoint = Endpoint::PostSearchesByID;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        let search = searches::get(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)?;
        let query = Query { filter: search.filter.clone(), oldest_first: search.oldest_first };
        let asked = self.permit(&mut tx, who, app, endpoint, query.conditions()).await?;
        let permit = &asked.permit;
        let finds = match search.subject {
            Subject::Inputs => Finds::Inputs(inputs::find(&mut tx, permit, &query, part).await?),
            Subject::Annotations => {
                Finds::Annotations(annotations::find(&mut tx, permit, &query, part).await?)
            }
        };
        Ok(InApp { app: asked.app, value: Found { search, finds } })
    }
}
