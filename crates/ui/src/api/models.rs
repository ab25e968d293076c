//! Models, as an app sees them.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]
#![expect(clippy::too_many_arguments, reason = "a server function's arguments are the fields of its form")]

use atelier_domain::{Medium, ModelKind};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::apps::{App, AppPlace};
use super::concepts::Concept;
use super::inputs::Input;
use super::progress::Figure;
use super::segment;
use super::tasks::Choice;
use crate::error::UiError;

/// A model of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedModel {
    /// Its identifier.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Of which kind it is.
    pub kind: ModelKind,
    /// What it takes; nothing, while that is left to what it will learn from.
    pub takes: Option<Medium>,
    /// What it does.
    pub description: String,
    /// How many concepts it knows, if it gives concepts.
    pub concepts: usize,
    /// How many numbers its vectors have, if it gives vectors.
    pub dimensions: Option<usize>,
    /// How its newest version stands, in words; nothing of public ones.
    pub standing: String,
    /// Whether it is being trained.
    pub is_under_way: bool,
    /// Whether what predicts is uploaded, and not learned here.
    pub is_uploaded: bool,
    /// Whether another app shares it with this one.
    pub is_shared: bool,
}

impl ListedModel {
    /// Of which kind it is, in words.
    pub fn kind_words(&self) -> &'static str {
        if self.is_shared && !self.kind.is_filter() {
            "Classifier of another app"
        } else if self.is_uploaded {
            "Uploaded classifier"
        } else {
            self.kind.title()
        }
    }
}

/// The models that one can use in an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Models {
    /// Where they stand.
    pub place: AppPlace,
    /// The app's own, the newest first.
    pub own: Vec<ListedModel>,
    /// Those that come with Atelier.
    pub public: Vec<ListedModel>,
    /// Why the person cannot make any, if they cannot.
    pub no_making: Option<String>,
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
    /// The identifier of the version that answers; nothing, if none does.
    pub version: String,
    /// Concepts that it knows: those that were looked for, or the first.
    pub concepts: Vec<String>,
    /// Whether there are more.
    pub more: bool,
    /// What was looked for among its concepts.
    pub sought: String,
    /// Why the person cannot have it predict, if they cannot.
    pub no_prediction: Option<String>,
    /// What there is to an app's own; nothing of public ones.
    pub own: Option<OwnModel>,
    /// What it is in another app, if that shares it.
    pub source: Option<ModelSource>,
    /// With whom it is shared; nothing of what is not the app's own.
    pub sharing: Option<Sharing>,
}

/// What a model is in the app that shares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSource {
    /// The owner of that app.
    pub owner: String,
    /// The app.
    pub app: String,
    /// The model there.
    pub model: String,
}

/// With which other apps a model is shared, and could be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharing {
    /// Why the person cannot share it, and does not see with whom it is, if they cannot.
    pub no_sharing: Option<String>,
    /// Those with which it is.
    pub shares: Vec<ModelShare>,
    /// Those with which it could be: by their addresses.
    pub offered: Vec<Choice>,
}

/// An app with which a model is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelShare {
    /// By what it is withdrawn.
    pub id: String,
    /// How the app is addressed.
    pub address: String,
    /// What the app is called.
    pub name: String,
    /// As what the app knows the model.
    pub model: String,
    /// Who shared it.
    pub by_name: String,
    /// When, in microseconds UTC.
    pub made_at: i64,
}

/// What there is to an app's own model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnModel {
    /// How it is trained next, in sentences.
    pub settings: Vec<String>,
    /// What it would learn from now; nothing, if the person cannot train it.
    pub material: Option<Material>,
    /// Why the person cannot train it, or upload another version, if they cannot.
    pub no_training: Option<String>,
    /// Why the person cannot delete it, if they cannot.
    pub no_deletion: Option<String>,
    /// Its versions, the newest first.
    pub versions: Vec<ListedTraining>,
}

/// What a model would learn from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// How many inputs are labelled so that they count.
    pub examples: usize,
    /// How often each concept is said: what it is called, of how many inputs it is said, and of how many that it is not there.
    pub concepts: Vec<(String, usize, usize)>,
    /// What is to be known before one trains, in sentences.
    pub warnings: Vec<String>,
    /// Why training would come to nothing, if it would.
    pub fault: Option<String>,
}

/// What was found out about a version that was uploaded, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadFacts {
    /// What it takes.
    pub takes: String,
    /// How large its file is.
    pub size: String,
    /// How long one input took when it was tried.
    pub took: String,
    /// All of it: what it is called, and what it is.
    pub all: Vec<(String, String)>,
}

/// A version of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedTraining {
    /// Its identifier.
    pub slug: String,
    /// How far it is.
    pub progress: TrainingProgress,
    /// Whether it is trained.
    pub is_trained: bool,
    /// From how many examples it learned.
    pub examples: Option<usize>,
    /// Which share of its answers is right about examples that it had not learned from, and by chance.
    pub accuracy: Option<(String, String)>,
    /// Who trained it.
    pub author: String,
    /// When, in microseconds UTC.
    pub made_at: i64,
    /// For how long, in words.
    pub took: String,
    /// What is known of it, if it was uploaded.
    pub upload: Option<UploadFacts>,
    /// What it lets through, in words, if it is one of a filter.
    pub lets: Option<String>,
}

/// How far a training is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingProgress {
    /// In words, with why if it came to nothing.
    pub words: String,
    /// Which part of what it is at is done, in a hundred.
    pub percent: u64,
    /// Whether it goes on.
    pub is_under_way: bool,
}

/// What can be chosen where a model is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelMaterial {
    /// Where it is to stand.
    pub place: AppPlace,
    /// The concepts of the app.
    pub concepts: Vec<Concept>,
    /// Its vocabularies.
    pub vocabs: Vec<Choice>,
    /// Its datasets.
    pub datasets: Vec<Choice>,
    /// Why the person cannot make one, if they cannot.
    pub no_making: Option<String>,
}

/// As what a file is posted that is to become a model, or a version of one.
pub const UPLOAD_FORM: &str = "models/upload";

/// How the pixels of pictures become the numbers that an uploaded model takes, as it is chosen in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PixelScale {
    /// By the mean and the deviation of the pictures of ImageNet.
    ImageNet,
    /// From 0 to 1.
    Unit,
    /// From −1 to 1.
    Signed,
    /// From 0 to 255.
    Bytes,
    /// By a mean and a deviation that are given.
    Given,
}

impl PixelScale {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::ImageNet, Self::Unit, Self::Signed, Self::Bytes, Self::Given];

    /// Its name in the form.
    pub fn slug(self) -> &'static str {
        match self {
            Self::ImageNet => "imagenet",
            Self::Unit => "unit",
            Self::Signed => "signed",
            Self::Bytes => "bytes",
            Self::Given => "given",
        }
    }

    /// The same for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::ImageNet => "By ImageNet’s mean and deviation",
            Self::Unit => "From 0 to 1",
            Self::Signed => "From −1 to 1",
            Self::Bytes => "From 0 to 255",
            Self::Given => "By what is given below",
        }
    }
}

/// What can be chosen where a model is uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadMaterial {
    /// Where it stands, or is to stand.
    pub place: AppPlace,
    /// The model of which it becomes a version; nothing, if one is made for it.
    pub model: Option<Choice>,
    /// The concepts of its newest version, a line each.
    pub concepts: String,
    /// How that one takes pixels: how it is chosen, and the mean and the deviation where these are given.
    pub scale: (PixelScale, String, String),
    /// The vocabularies of the app.
    pub vocabs: Vec<Choice>,
    /// Why the person cannot upload it, if they cannot.
    pub no_upload: Option<String>,
}

/// How good a version of a model is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionShown {
    /// Where it stands.
    pub place: AppPlace,
    /// The model's identifier.
    pub model: String,
    /// What the model is called.
    pub name: String,
    /// The version.
    pub version: ListedTraining,
    /// How good it is, in sentences.
    pub summary: Vec<String>,
    /// What is to be known before one trusts it, in sentences.
    pub warnings: Vec<String>,
    /// The figures.
    pub figures: Vec<Figure>,
    /// Why no more figures are shown, if the person may not see them.
    pub no_figures: Option<String>,
    /// What is probably said wrongly: the input, and what that is.
    pub suspects: Vec<(Input, String)>,
    /// Its worst mistakes: the input, and what was said and predicted.
    pub mistakes: Vec<(Input, String)>,
    /// The other versions that are trained: by identifier, and what they are called.
    pub others: Vec<Choice>,
    /// The other version that it is compared with; nothing, if it is with none.
    pub with: String,
    /// What that comes to: a figure's name, how it is here, how it is there, and the difference.
    pub comparison: Vec<[String; 4]>,
    /// Why the person cannot delete it, if they cannot.
    pub no_deletion: Option<String>,
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

/// The page on which a model is made.
pub fn new_model_path(app: &App) -> String {
    format!("{}/new", models_path(app))
}

/// The page on which a file becomes a version of a model, or of one that is made for it.
pub fn upload_path(app: &App, model: Option<&str>) -> String {
    match model {
        Some(model) => format!("{}/upload", model_path(app, model)),
        None => format!("{}/upload", new_model_path(app)),
    }
}

/// The page of a version of a model.
pub fn version_path(app: &App, model: &str, version: &str) -> String {
    format!("{}/versions/{}", model_path(app, model), segment(version))
}

/// The models that one can use in an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to see models.
#[server(name = ListModels, prefix = "/api", endpoint = "models/list")]
pub async fn list_models(owner: String, app: String) -> Result<Models, UiError> {
    server::list(&owner, &app).await
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
    server::get(&owner, &app, &model, sought).await
}

/// What can be chosen where a model is made.
///
/// # Errors
/// [`UiError::NotFound`] to strangers.
#[server(name = GetModelMaterial, prefix = "/api", endpoint = "models/material")]
pub async fn get_model_material(owner: String, app: String) -> Result<ModelMaterial, UiError> {
    server::material(&owner, &app).await
}

/// What can be chosen where a file is uploaded as a version of `model`; as a new one, if that is empty.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is no such model; [`UiError::Forbidden`] without the right to see models.
#[server(name = GetUploadMaterial, prefix = "/api", endpoint = "models/upload-material")]
pub async fn get_upload_material(
    owner: String,
    app: String,
    #[server(default)] model: String,
) -> Result<UploadMaterial, UiError> {
    uploads::material(&owner, &app, &model).await
}

/// Makes a model, and leads to it.
///
/// `medium` is `image` or `text`; `choice` is `one` where each input shows exactly one of the concepts, `any` where it shows
/// any number and what nobody said is not there, and `said` where only what was said counts. Without a vocabulary and
/// concepts it tells all of the app.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be accepted.
#[server(name = MakeModel, prefix = "/api", endpoint = "models/make")]
pub async fn make_model(
    owner: String,
    app: String,
    name: String,
    #[server(default)] description: String,
    medium: String,
    choice: String,
    #[server(default)] vocab: String,
    #[server(default)] tells: Vec<String>,
    #[server(default)] dataset: String,
) -> Result<(), UiError> {
    let typed = server::TypedModel { name, description, medium, choice, vocab, tells, dataset };
    server::make(&owner, &app, typed).await
}

/// Begins to train a model as it says.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = TrainModel, prefix = "/api", endpoint = "models/train")]
pub async fn train_model(owner: String, app: String, model: String) -> Result<(), UiError> {
    server::train(&owner, &app, &model).await
}

/// Stops the training of a version.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to train, [`UiError::NotFound`] if there is no such version.
#[server(name = CancelTraining, prefix = "/api", endpoint = "models/cancel-training")]
pub async fn cancel_training(
    owner: String,
    app: String,
    model: String,
    version: String,
) -> Result<(), UiError> {
    server::cancel(&owner, &app, &model, &version).await
}

/// How far the training of a version is.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to see models, [`UiError::NotFound`] if there is no such version.
#[server(name = GetTrainingProgress, prefix = "/api", endpoint = "models/training")]
pub async fn get_training_progress(
    owner: String,
    app: String,
    model: String,
    version: String,
) -> Result<TrainingProgress, UiError> {
    server::progress(&owner, &app, &model, &version).await
}

/// Deletes a model with all of its versions, and leads to those that are left.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = DeleteModel, prefix = "/api", endpoint = "models/delete")]
pub async fn delete_model(owner: String, app: String, model: String) -> Result<(), UiError> {
    server::delete(&owner, &app, model).await
}

/// Shares a model with the app that is addressed as `with`: `owner/app`.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for an app with which it cannot be shared.
#[server(name = ShareModel, prefix = "/api", endpoint = "models/share")]
pub async fn share_model(owner: String, app: String, model: String, with: String) -> Result<(), UiError> {
    server::share(&owner, &app, &model, &with).await
}

/// No longer shares a model as `share`.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if it is not shared so.
#[server(name = WithdrawModel, prefix = "/api", endpoint = "models/withdraw")]
pub async fn withdraw_model(owner: String, app: String, model: String, share: String) -> Result<(), UiError> {
    server::withdraw(&owner, &app, &model, &share).await
}

/// Deletes a version of a model, and leads to the model.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = DeleteModelVersion, prefix = "/api", endpoint = "models/delete-version")]
pub async fn delete_model_version(
    owner: String,
    app: String,
    model: String,
    version: String,
) -> Result<(), UiError> {
    server::delete_version(&owner, &app, &model, &version).await
}

/// How good a version of a model is; compared with the version `with`, if one is named.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none; [`UiError::Forbidden`] without the right to see models.
#[server(name = GetModelVersion, prefix = "/api", endpoint = "models/version")]
pub async fn get_model_version(
    owner: String,
    app: String,
    model: String,
    version: String,
    #[server(default)] with: String,
) -> Result<VersionShown, UiError> {
    server::version(&owner, &app, &model, &version, with).await
}

#[cfg(feature = "ssr")]
#[path = "models_server.rs"]
mod server;

#[cfg(feature = "ssr")]
#[path = "model_uploads_server.rs"]
pub(super) mod uploads;
