//! Models: which there are, and what they find in inputs.
//!
//! The public ones come with Atelier ([`catalogue`]) and belong to nobody.

mod catalogue;
mod embedding;
mod engine;
mod get;
mod likeness;
mod list;
mod predict;

use atelier_domain::{Conditions, Endpoint, ModelKind, PublicPermit, Timestamp};
use atelier_store::Conn;

pub use embedding::EmbeddingCounts;
pub(crate) use engine::Engine;
pub(crate) use likeness::Indexes;
pub use likeness::{Alike, Likeness, Likest, MOST_RANKED};
pub(crate) use predict::{CONCEPTS, FETCHED_AT_ONCE};
pub use predict::{Found, FoundConcept, MOST_AT_ONCE, Predict, Predictions, Wanted};

use crate::{AppName, Error, Result, Service, Who};

/// A model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// By what it is known.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// What it does, in a sentence or two.
    pub description: String,
    /// What it cannot do, and how well it does what it can, in Markdown.
    pub notes: String,
    /// Of which kind it is.
    pub kind: ModelKind,
    /// Under which licence its weights are used.
    pub license: String,
    /// The version that answers if none is named: the newest.
    pub version: ModelVersion,
}

/// A model as it was trained once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVersion {
    /// By what it is known: 32 hexadecimal digits.
    pub slug: String,
    /// Since when it is there.
    pub made_at: Timestamp,
    /// How many concepts it knows; none, if it gives vectors.
    pub concepts: usize,
    /// How many numbers its vectors have, if it gives vectors.
    pub dimensions: Option<usize>,
}

/// A concept that a model knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelConcept {
    /// Its identifier.
    pub slug: String,
    /// What people call it.
    pub name: String,
}

/// Which models are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelsFilter {
    /// Only those of the kind of this name: none, if there is no such kind.
    pub kind: Option<String>,
    /// Only those with this in their name or identifier, whatever its case.
    pub text: Option<String>,
}

impl ModelsFilter {
    fn lets(&self, model: &Model) -> bool {
        let has = |text: &str| {
            let text = text.to_lowercase();
            model.slug.contains(&text) || model.name.to_lowercase().contains(&text)
        };
        self.kind.as_deref().is_none_or(|kind| model.kind.name() == kind)
            && self.text.as_deref().is_none_or(has)
    }
}

/// By what a model is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelName {
    /// Whether a public one is meant; else one of the app's own.
    pub is_public: bool,
    /// Its identifier.
    pub slug: String,
    /// The version that is meant; its newest, if nothing is given.
    pub version: Option<String>,
}

impl ModelName {
    /// The model `slug` as it is named from `app`: one of the catalogue's, if that is the place that is named.
    #[must_use]
    pub fn at(app: &AppName, slug: &str, version: &str) -> Self {
        let version = (!version.is_empty()).then(|| version.to_owned());
        Self { is_public: app.is_public(), slug: slug.to_owned(), version }
    }

    /// The newest version of the public model `slug`.
    #[must_use]
    pub fn public(slug: &str) -> Self {
        Self { is_public: true, slug: slug.to_owned(), version: None }
    }
}

impl Service {
    /// Asks whether `who` may do what `endpoint` does with models, from `app`.
    ///
    /// # Errors
    /// As [`Self::permit`].
    async fn permit_models(
        &self,
        conn: &mut Conn,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
    ) -> Result<PublicPermit> {
        if app.is_public() {
            return self.permit_public(conn, who, endpoint).await;
        }
        let asked = self.permit(conn, who, app, endpoint, Conditions::NONE).await?;
        Ok(PublicPermit::from(&asked.permit))
    }
}

/// The model that is named: apps have none of their own so far.
fn find(permit: &PublicPermit, name: &ModelName) -> Result<&'static Model> {
    let mut models = catalogue::models(permit).iter().filter(|_| name.is_public);
    let model = models.find(|model| model.slug == name.slug).ok_or(Error::NotFound)?;
    let is_meant = name.version.as_ref().is_none_or(|version| *version == model.version.slug);
    if is_meant { Ok(model) } else { Err(Error::NotFound) }
}
