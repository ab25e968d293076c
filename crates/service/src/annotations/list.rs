//! Listing annotations, and looking at one.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::annotations::{self, Filter};

use super::AnnotationRow;
use crate::{AppName, Error, Result, Service, Who};

/// What to list; a list that is empty lets everything through.
#[derive(Clone, Debug, Default)]
pub struct AnnotationsFilter {
    /// Only these.
    pub slugs: Vec<String>,
    /// Only those of these inputs.
    pub inputs: Vec<String>,
    /// Only those of these people, by their slugs.
    pub authors: Vec<String>,
    /// Only the caller's own, whatever `authors` says.
    pub own: bool,
    /// Only those that stand so.
    pub statuses: Vec<i64>,
    /// Only those that were said within this task.
    pub task: Option<String>,
    /// Only those before which one of these versions of models suggested something.
    pub versions: Vec<String>,
}

impl Service {
    /// `size` annotations of the app that `filter` lets through, after the first `skip`, the oldest first.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_annotations(
        &self,
        who: &Who,
        app: &AppName,
        filter: &AnnotationsFilter,
        skip: usize,
        size: usize,
    ) -> Result<Vec<AnnotationRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListAnnotations, Conditions::NONE).await?;
        let own = [asked.slug];
        let filter = Filter {
            slugs: &filter.slugs,
            inputs: &filter.inputs,
            authors: if filter.own { &own } else { &filter.authors },
            statuses: &filter.statuses,
            task: filter.task.as_deref(),
            versions: &filter.versions,
        };
        Ok(annotations::list(&mut tx, &asked.permit, &filter, skip, size).await?)
    }

    /// The annotation `slug` of the input `input` of the app.
    ///
    /// # Errors
    /// When the caller may not see it, or the input has none of that identifier.
    pub async fn get_annotation(
        &self,
        who: &Who,
        app: &AppName,
        input: &str,
        slug: &str,
    ) -> Result<AnnotationRow> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetAnnotation, Conditions::NONE).await?;
        annotations::of_input(&mut tx, &asked.permit, input, slug).await?.ok_or(Error::NotFound)
    }
}
