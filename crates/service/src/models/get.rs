//! Looking at a model, and at what it knows.

use atelier_domain::{Endpoint, ModelKind};

use super::{Model, ModelConcept, ModelName, catalogue, find};
use crate::{AppName, Result, Service, Who};

impl Service {
    /// A model, asked for from `app`.
    ///
    /// # Errors
    /// When the caller may not do what `endpoint` does there, or there is none of that name or version.
    pub async fn get_model(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        name: &ModelName,
    ) -> Result<Model> {
        let mut tx = self.store.read().await?;
        let permit = self.permit_models(&mut tx, who, app, endpoint).await?;
        find(&permit, name).cloned()
    }

    /// The kinds of models that there are, which are the same in every app.
    ///
    /// # Errors
    /// When the caller may not do what `endpoint` does in `app`.
    pub async fn list_model_kinds(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
    ) -> Result<[ModelKind; 4]> {
        let mut tx = self.store.read().await?;
        self.permit_models(&mut tx, who, app, endpoint).await?;
        Ok(ModelKind::ALL)
    }

    /// `size` of the concepts that a model knows, after the first `skip`, in its own order; with a `text` only those with
    /// that in their identifier or name, whatever its case.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that name or version.
    pub async fn list_model_concepts(
        &self,
        who: &Who,
        app: &AppName,
        name: &ModelName,
        text: Option<&str>,
        skip: usize,
        size: usize,
    ) -> Result<Vec<ModelConcept>> {
        let mut tx = self.store.read().await?;
        let permit = self.permit_models(&mut tx, who, app, Endpoint::ListModelConcepts).await?;
        let model = find(&permit, name)?;
        let text = text.map(str::to_lowercase).unwrap_or_default();
        let has = |concept: &&ModelConcept| {
            concept.slug.contains(&text) || concept.name.to_lowercase().contains(&text)
        };
        let concepts = catalogue::concepts(model).iter().filter(has);
        Ok(concepts.skip(skip).take(size).cloned().collect())
    }
}
