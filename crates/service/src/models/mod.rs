//! Models: which there are, and what they find in inputs.
//!
//! The public ones come with Atelier ([`catalogue`]) and belong to nobody. Those of an app are made in it, and trained there
//! on what is said of its inputs ([`training`]), or uploaded ([`upload`]); each training is a version of its model, and so is
//! each file. Filters are made with what they let through, and ask nothing of an input.

mod catalogue;
mod delete;
mod duplicates;
mod embedding;
mod engine;
mod evaluation;
mod get;
mod likeness;
mod list;
mod own;
mod patch;
mod post;
mod predict;
mod sharing;
mod shelf;
mod training;
mod upload;
mod versions;

use atelier_domain::model::Gives;
use atelier_domain::training::{Fault, Phase, State};
use atelier_domain::workflow::Wanted as LetsThrough;
use atelier_domain::{Conditions, Endpoint, Medium, ModelKind, Permit, PublicPermit, Timestamp, Training};
use atelier_store::Conn;
use atelier_store::queries::{models, trainings};

pub use atelier_learn::uploaded::{self, Scale};
pub use atelier_learn::{Answer, quality};
pub use atelier_store::queries::model_shares::ShareRow;
pub use atelier_store::queries::trainings::VersionRow;
pub use delete::DeleteModels;
pub use duplicates::Duplicates;
pub use embedding::EmbeddingCounts;
pub(crate) use embedding::read as vector;
pub(crate) use engine::Engine;
pub use evaluation::{Evaluated, Mistaken, Suspected};
pub(crate) use likeness::Indexes;
pub use likeness::{Alike, Likeness, Likest, MOST_RANKED};
pub use patch::PatchModel;
pub use post::NewModel;
pub(crate) use predict::{CONCEPTS, FETCHED_AT_ONCE};
pub use predict::{Found, FoundConcept, MOST_AT_ONCE, Predict, Predictions, Wanted};
pub use sharing::OfferedApp;
pub(crate) use shelf::Shelf;
pub use training::{Caution, Count, Counted, Outcome};
pub use upload::{Told, Upload, UploadTo};
pub use versions::{NewFilter, NewVersion, PatchVersion};

use crate::{AppAddress, AppName, Asked, Error, Result, Service, Who};

/// The most models that an app has of its own.
pub const MODELS: usize = 1_000;

/// The most characters that a description has, and notes.
pub const DESCRIPTION: usize = 4_000;

/// How many bytes of what predicts are kept in memory: of models that were trained here, and of those that were uploaded.
pub(crate) const MOST_CLASSIFIERS: usize = 64 << 20;
pub(crate) const MOST_NETWORKS: usize = 512 << 20;

/// A model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// How the app is addressed whose it is; nothing for public ones.
    pub app: Option<AppAddress>,
    /// What it is, if another app shares it with that one.
    pub shared_from: Option<SharedFrom>,
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
    /// What it takes; nothing, while that is left to what it will learn from.
    pub takes: Option<Medium>,
    /// Under which licence its weights are used; nothing for those of apps.
    pub license: String,
    /// How it is trained next; nothing for public ones, and for those that are uploaded or that another app shares.
    pub settings: Option<Training>,
    /// Since when it is there.
    pub made_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// How many versions it has.
    pub versions: usize,
    /// The version that was asked for; if none was, the newest.
    pub version: Option<ModelVersion>,
}

/// The model of another app that a model is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedFrom {
    /// How that app is addressed.
    pub app: AppAddress,
    /// As what that app knows it.
    pub model: String,
}

/// A model as it was trained once, or uploaded.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelVersion {
    /// By what it is known: 32 hexadecimal digits.
    pub slug: String,
    /// Since when it is there.
    pub made_at: Timestamp,
    /// How many concepts it knows; none, if it gives vectors.
    pub concepts: usize,
    /// How many numbers its vectors have, if it gives vectors.
    pub dimensions: Option<usize>,
    /// How it came to be.
    pub source: Source,
}

/// How a version of a model came to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// It comes with Atelier.
    Public,
    /// It was trained here, or is being.
    Trained(Box<Trained>),
    /// It was uploaded.
    Uploaded(Box<Uploaded>),
    /// It was made with what it lets through.
    Filter(Box<Filter>),
    /// It came to be so in another app, which shares the model: what is told of that is told there.
    Shared(Box<Source>),
}

impl Source {
    /// How it came to be, wherever that was.
    fn there(&self) -> &Self {
        if let Self::Shared(there) = self { there.there() } else { self }
    }
}

/// A version of a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// By whom, and when.
    pub row: VersionRow,
    /// What it lets through.
    pub lets: LetsThrough,
}

/// A version that somebody uploaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Uploaded {
    /// By whom, and when.
    pub row: VersionRow,
    /// How many bytes its file has.
    pub size: u64,
    /// What was found out about it.
    pub told: Told,
    /// Where its bytes are.
    object_key: String,
}

/// How a version of an app's model was trained, or is being trained.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// How, by whom, and how far it is.
    pub row: VersionRow,
    /// What came of it.
    pub outcome: Option<Outcome>,
}

impl Trained {
    /// How far it is.
    #[must_use]
    pub fn state(&self) -> State {
        self.row.state
    }

    /// What it is at.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.row.phase
    }

    /// Why it failed, if it did.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        self.row.fault
    }
}

impl Model {
    fn own(row: models::ModelRow, version: Option<VersionRow>, app: &AppAddress) -> Result<Self> {
        let version = version.map(|version| ModelVersion::of(&row, version)).transpose()?;
        let seen = match version.as_ref().map(|version| version.source.there()) {
            Some(Source::Trained(trained)) => trained.outcome.as_ref(),
            _ => None,
        };
        let takes = row.settings.medium.or_else(|| seen.map(|outcome| outcome.medium));
        let shared_from = shared_from(&row);
        let is_trained_here = !row.is_uploaded && shared_from.is_none() && row.kind.is_trained();
        Ok(Self {
            app: Some(app.clone()),
            shared_from,
            takes,
            slug: row.slug,
            name: row.name,
            description: row.description,
            notes: row.notes,
            kind: row.kind,
            license: String::new(),
            settings: is_trained_here.then_some(row.settings),
            made_at: row.created_at,
            changed_at: row.changed_at,
            versions: usize::try_from(row.versions).unwrap_or_default(),
            version,
        })
    }

    /// Whether the version at hand can be asked: that of an own model, once it is trained.
    pub(crate) fn can_predict(&self) -> bool {
        self.is_public() || self.version.as_ref().is_some_and(ModelVersion::answers)
    }

    /// Whether it can help while people label: what was learned on the vectors of inputs can, here or in the app that shares it.
    #[must_use]
    pub fn can_help(&self) -> bool {
        let source = self.version.as_ref().map(|version| version.source.there());
        self.kind == ModelKind::EmbeddingClassifier
            && (self.settings.is_some() || matches!(source, Some(Source::Trained(_))))
    }

    /// Whether it comes with Atelier.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.app.is_none()
    }

    /// Whether what predicts is uploaded, and not learned here.
    #[must_use]
    pub fn is_uploaded(&self) -> bool {
        let is_of_app = !self.is_public() && self.shared_from.is_none();
        is_of_app && self.settings.is_none() && !self.kind.is_filter()
    }
}

/// The model of another app that a model is, if one shares it.
fn shared_from(row: &models::ModelRow) -> Option<SharedFrom> {
    let (owner, app) = (row.from_owner.clone()?, row.from_app.clone()?);
    Some(SharedFrom { app: AppAddress { owner, app }, model: row.from_model.clone()? })
}

impl ModelVersion {
    /// A version of a model of an app, as that app has it.
    pub(crate) fn of(model: &models::ModelRow, row: VersionRow) -> Result<Self> {
        let version = Self::own(row)?;
        Ok(match shared_from(model) {
            Some(_) => Self { source: Source::Shared(Box::new(version.source)), ..version },
            None => version,
        })
    }

    fn own(row: VersionRow) -> Result<Self> {
        let read = |error: serde_json::Error| Error::fault(&error);
        let (slug, made_at) = (row.id.to_string(), row.created_at);
        let (concepts, source) = match (&row.told, &row.object_key, &row.filter) {
            (_, _, Some(filter)) => {
                let lets = serde_json::from_value(filter.clone()).map_err(read)?;
                (0, Source::Filter(Box::new(Filter { row, lets })))
            }
            (Some(told), Some(object_key), None) => {
                let told: Told = serde_json::from_value(told.clone()).map_err(read)?;
                let size = row.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
                let (concepts, object_key) = (told.concepts.len(), object_key.clone());
                (concepts, Source::Uploaded(Box::new(Uploaded { row, size, told, object_key })))
            }
            _ => {
                let outcome = row.result.clone().map(serde_json::from_value::<Outcome>).transpose();
                let outcome = outcome.map_err(read)?;
                let concepts = outcome.as_ref().map_or(0, |outcome| outcome.concepts.len());
                (concepts, Source::Trained(Box::new(Trained { row, outcome })))
            }
        };
        Ok(Self { slug, made_at, concepts, dimensions: None, source })
    }

    /// The concepts that it tells, in the order of its probabilities, if it is of an app and can be asked.
    #[must_use]
    pub fn known(&self) -> Vec<ModelConcept> {
        match self.source.there() {
            Source::Uploaded(uploaded) => uploaded.told.concepts.clone(),
            Source::Trained(trained) => {
                let concepts = trained.outcome.iter().flat_map(|outcome| &outcome.concepts);
                concepts.map(|counted| counted.concept.clone()).collect()
            }
            Source::Public | Source::Filter(_) | Source::Shared(_) => Vec::new(),
        }
    }

    /// How it was trained, if it was here.
    #[must_use]
    pub fn training(&self) -> Option<&Trained> {
        if let Source::Trained(trained) = &self.source { Some(trained) } else { None }
    }

    /// What was uploaded, if it was.
    #[must_use]
    pub fn upload(&self) -> Option<&Uploaded> {
        if let Source::Uploaded(uploaded) = &self.source { Some(uploaded) } else { None }
    }

    /// What it lets through, if it is one of a filter that an app made, be it another one.
    #[must_use]
    pub fn filter(&self) -> Option<&Filter> {
        if let Source::Filter(filter) = self.source.there() { Some(filter) } else { None }
    }

    /// Whether it can be asked.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.training().is_none_or(|trained| trained.state() == State::Trained)
    }
}

/// Something of a model, with how the app is addressed whose it is, unless that is public.
#[derive(Clone, Debug, PartialEq)]
pub struct OfModel<T> {
    /// How the app is addressed.
    pub app: Option<AppAddress>,
    /// What it is.
    pub value: T,
}

/// A concept that a model knows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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

/// Where somebody who asks may ask about models.
enum Entered {
    /// Those of an app, and the public ones from there.
    App(Box<Asked<Permit>>),
    /// The catalogue.
    Catalogue(PublicPermit),
}

impl Entered {
    fn public(&self) -> PublicPermit {
        match self {
            Self::App(asked) => PublicPermit::from(&asked.permit),
            Self::Catalogue(permit) => *permit,
        }
    }
}

/// Which version of an app's model is meant if none is named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// The newest.
    Newest,
    /// The newest that is trained; the newest, if none is.
    NewestTrained,
}

impl Service {
    /// Asks whether `who` may do what `endpoint` does with models, from `app`.
    ///
    /// # Errors
    /// As [`Self::permit`].
    async fn enter(&self, conn: &mut Conn, who: &Who, app: &AppName, endpoint: Endpoint) -> Result<Entered> {
        if app.is_public() {
            return self.permit_public(conn, who, endpoint).await.map(Entered::Catalogue);
        }
        let asked = self.permit(conn, who, app, endpoint, Conditions::NONE).await?;
        Ok(Entered::App(Box::new(asked)))
    }
}

/// The model that is named.
///
/// # Errors
/// When there is none of that name or version.
async fn find(conn: &mut Conn, entered: &Entered, name: &ModelName, meant: Meant) -> Result<Model> {
    if name.is_public {
        let permit = entered.public();
        let mut models = catalogue::models(&permit).iter();
        let model = models.find(|model| model.slug == name.slug).ok_or(Error::NotFound)?;
        let is_meant = |version: &ModelVersion| name.version.as_ref().is_none_or(|of| *of == version.slug);
        return if model.version.as_ref().is_some_and(is_meant) {
            Ok(model.clone())
        } else {
            Err(Error::NotFound)
        };
    }
    // In the catalogue there are none but public ones.
    let Entered::App(asked) = entered else { return Err(Error::NotFound) };
    let permit = &asked.permit;
    let row = models::get(conn, permit, &name.slug).await?.ok_or(Error::NotFound)?;
    let version = match &name.version {
        Some(version) => Some(own::version(conn, permit, row.id, version).await?),
        None => {
            let trained = match meant {
                Meant::NewestTrained => trainings::newest(conn, permit, row.id, Some(State::Trained)).await?,
                Meant::Newest => None,
            };
            match trained {
                Some(trained) => Some(trained),
                None => trainings::newest(conn, permit, row.id, None).await?,
            }
        }
    };
    Model::own(row, version, &asked.app)
}

/// The concepts that a version of a model knows, in the order of its probabilities; none, if it gives vectors or is not
/// trained.
pub(crate) fn known(model: &Model) -> Vec<ModelConcept> {
    match (model.kind.gives(), &model.version) {
        (Gives::Embeddings, _) | (Gives::Concepts, None) => Vec::new(),
        (Gives::Concepts, Some(_)) if model.is_public() => catalogue::concepts(model).to_vec(),
        (Gives::Concepts, Some(version)) => version.known(),
    }
}
