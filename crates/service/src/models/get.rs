//! Looking at a model, and at what it knows.

use atelier_domain::{Endpoint, ModelKind};

use super::{Meant, Model, ModelConcept, ModelName, OfModel, find, known};
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
        self.find_model(who, app, endpoint, name, Meant::Newest).await
    }

    /// The same, in its newest version that is trained, if none is named.
    pub(crate) async fn get_model_to_use(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        name: &ModelName,
    ) -> Result<Model> {
        self.find_model(who, app, endpoint, name, Meant::NewestTrained).await
    }

    async fn find_model(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        name: &ModelName,
        meant: Meant,
    ) -> Result<Model> {
        let mut tx = self.store.read().await?;
        let entered = self.enter(&mut tx, who, app, endpoint).await?;
        find(&mut tx, &entered, name, meant).await
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
    ) -> Result<[ModelKind; 5]> {
        let mut tx = self.store.read().await?;
        self.enter(&mut tx, who, app, endpoint).await?;
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
    ) -> Result<OfModel<Vec<ModelConcept>>> {
        let mut tx = self.store.read().await?;
        let entered = self.enter(&mut tx, who, app, Endpoint::ListModelConcepts).await?;
        let model = find(&mut tx, &entered, name, Meant::NewestTrained).await?;
        let text = text.map(str::to_lowercase).unwrap_or_default();
        let has = |concept: &ModelConcept| {
            concept.slug.contains(&text) || concept.name.to_lowercase().contains(&text)
        };
        let value = known(&model).into_iter().filter(has).skip(skip).take(size).collect();
        Ok(OfModel { app: model.app, value })
    }
}
