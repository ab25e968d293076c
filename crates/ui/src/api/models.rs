//! Models, as an app sees them.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use atelier_domain::ModelKind;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::apps::{App, AppPlace};
use super::segment;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use {
    super::apps::{place, refusal},
    crate::{markdown, server},
    atelier_domain::Endpoint,
    atelier_service::{
        AppName,
        models::{Model, ModelName},
    },
};

/// How many of a model's concepts are shown at once.
#[cfg(feature = "ssr")]
const CONCEPTS: usize = 60;

/// A model of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedModel {
    /// Its identifier.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Of which kind it is.
    pub kind: ModelKind,
    /// What it does.
    pub description: String,
    /// How many concepts it knows, if it gives concepts.
    pub concepts: usize,
    /// How many numbers its vectors have, if it gives vectors.
    pub dimensions: Option<usize>,
}

/// The models that one can use in an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Models {
    /// Where they stand.
    pub place: AppPlace,
    /// Those that come with Atelier.
    pub public: Vec<ListedModel>,
}

/// One model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelShown {
    /// Where it stands.
    pub place: AppPlace,
    /// What the list says of it.
    pub model: ListedModel,
    /// What it cannot do, and how well it does what it can, as HTML.
    pub notes: String,
    /// Under which licence its weights are used.
    pub license: String,
    /// The identifier of the version that answers.
    pub version: String,
    /// Concepts that it knows: those that were looked for, or the first.
    pub concepts: Vec<String>,
    /// Whether there are more.
    pub more: bool,
    /// What was looked for among its concepts.
    pub sought: String,
    /// Why the person cannot have it predict, if they cannot.
    pub no_prediction: Option<String>,
}

/// As what an input is posted to the page of a model, to have it predict.
pub const PREDICT_FORM: &str = "models/predict";

/// What a model found in an input that was posted to its page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictAnswer {
    /// What the input is called: the file's name, or how the text begins.
    pub of: String,
    /// What was found.
    pub found: Found,
}

/// What a model finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Found {
    /// Concepts, each with how sure it is, from 0 to 1; the surest first.
    Concepts(Vec<(String, f32)>),
    /// A vector.
    Vector {
        /// How many numbers it has.
        dimensions: usize,
        /// The first of them.
        first: Vec<f32>,
    },
}

/// The page of the models of an app.
pub fn models_path(app: &App) -> String {
    format!("{}/models", app.path())
}

/// The page of one of them.
pub fn model_path(app: &App, model: &str) -> String {
    format!("{}/{}", models_path(app), segment(model))
}

/// The models that one can use in an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to see models.
#[server(name = ListModels, prefix = "/api", endpoint = "models/list")]
pub async fn list_models(owner: String, app: String) -> Result<Models, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let public = service.list_public_models(&who, &app).await?.into_iter().map(listed);
    Ok(Models { place, public: public.collect() })
}

/// One model, with the concepts that it knows whose names have `sought` in them.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none; [`UiError::Forbidden`] without the right to see models.
#[server(name = GetModel, prefix = "/api", endpoint = "models/get")]
pub async fn get_model(
    owner: String,
    app: String,
    model: String,
    #[server(default)] sought: String,
) -> Result<ModelShown, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let name = ModelName::public(&model);
    let found = service.get_model(&who, &app, Endpoint::GetModel, &name).await?;
    let text = Some(sought.trim()).filter(|text| !text.is_empty());
    let mut concepts = service.list_model_concepts(&who, &app, &name, text, 0, CONCEPTS + 1).await?;
    let more = concepts.len() > CONCEPTS;
    concepts.truncate(CONCEPTS);
    Ok(ModelShown {
        place,
        notes: markdown::html(&found.notes),
        license: found.license.clone(),
        version: found.version.slug.clone(),
        model: listed(found),
        concepts: concepts.into_iter().map(|concept| concept.name).collect(),
        more,
        sought,
        no_prediction: refusal(service.get_app(&who, &app, Endpoint::PostModelOutputs).await)?,
    })
}

#[cfg(feature = "ssr")]
fn listed(model: Model) -> ListedModel {
    let Model { slug, name, kind, description, version, .. } = model;
    ListedModel { slug, name, kind, description, concepts: version.concepts, dimensions: version.dimensions }
}
