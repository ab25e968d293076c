//! Looking for concepts by what they are called.

use std::collections::BTreeSet;

use atelier_domain::workflow::{Graph, ModelRef};
use atelier_domain::{Conditions, Endpoint, ModelKind};
use atelier_store::queries::concepts::{self, Sought};
use atelier_store::queries::{workflow_versions, workflows};

use super::{ConceptRow, check_language};
use crate::models::{Model, ModelConcept, ModelsFilter, known};
use crate::who::CATALOGUE;
use crate::{AppAddress, AppName, Error, InApp, Result, Service, Who};

/// In which language the concepts of public models are called what they are.
const PUBLIC_LANGUAGE: &str = "en";

/// Which concepts are wanted; what is not given lets everything through.
#[derive(Clone, Debug, Default)]
pub struct ConceptSearch {
    /// Only those with this in their identifier or name, whatever its case.
    pub text: Option<String>,
    /// Only those that have a name in the language of this tag, by which they are looked for.
    pub language: Option<String>,
    /// What knows concepts beside those of the app.
    pub source: Option<Source>,
    /// Only those that the source knows.
    pub only_of_source: bool,
    /// Only those that models of one of these uses know: then only of the source, since an app's concepts have no use.
    pub uses: Vec<UseCase>,
}

/// What knows concepts.
#[derive(Clone, Debug)]
pub enum Source {
    /// A model: its newest version that is trained, unless one is named.
    Model(ModelRef),
    /// All models of a workflow, in its newest version unless one is named.
    Workflow {
        /// Whose app it is in; that in which is searched, if it is empty.
        owner: String,
        /// The app that it is in; that in which is searched, if it is empty.
        app: String,
        /// Its identifier.
        workflow: String,
        /// The version that is meant.
        version: Option<String>,
    },
}

/// For what a model is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseCase {
    /// It says which concepts are in an input.
    Classification,
    /// It says where in an input they are, which no kind of model here does.
    Detection,
}

impl UseCase {
    fn of(kind: ModelKind) -> Option<Self> {
        match kind {
            ModelKind::VisualClassifier | ModelKind::EmbeddingClassifier => Some(Self::Classification),
            ModelKind::VisualEmbedder | ModelKind::TextEmbedder | ModelKind::ConceptThresholder => None,
        }
    }
}

/// A concept that was found.
#[derive(Clone, Debug, PartialEq)]
pub enum FoundConcept {
    /// One of the app, as it is called in the language that was asked for.
    Own(ConceptRow),
    /// One that a model of elsewhere knows.
    Known {
        /// How the app is addressed whose model it is.
        app: AppAddress,
        /// The concept.
        concept: ModelConcept,
    },
}

impl Service {
    /// `size` concepts that `search` looks for from `app`, after the first `skip`: those of the app in their order, then those
    /// that models of elsewhere know, as far as these are the source. In the catalogue these are those of all its models,
    /// unless a source is named.
    ///
    /// # Errors
    /// When the caller may not look for concepts there, a language's tag is none, or the source does not exist for them.
    pub async fn search_concepts(
        &self,
        who: &Who,
        app: &AppName,
        search: &ConceptSearch,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<FoundConcept>>> {
        let endpoint = Endpoint::PostConceptsSearches;
        let (address, everything) = self.searched(who, app).await?;
        let language = search.language.as_deref().map(check_language).transpose()?;
        let language = language.as_ref().map(|tag| tag.as_str());
        let mut models = match &search.source {
            None => everything,
            Some(Source::Model(named)) => {
                let found = self.find_named_model(who, app, &address, endpoint, named).await?;
                vec![(elsewhere(named, &address), found.ok_or(Error::NotFound)?)]
            }
            Some(Source::Workflow { owner, app: of_app, workflow, version }) => {
                let version = version.as_deref();
                let graph = self.graph_of(who, app, &address, (owner, of_app), (workflow, version)).await?;
                let mut models = Vec::new();
                for node in graph.nodes() {
                    let found = self.find_named_model(who, app, &address, endpoint, &node.model).await?;
                    // What has gone since, or is not for the caller, knows nothing.
                    models.extend(found.map(|model| (elsewhere(&node.model, &address), model)));
                }
                models
            }
        };
        models.retain(|(_, model)| {
            search.uses.is_empty() || UseCase::of(model.kind).is_some_and(|kind| search.uses.contains(&kind))
        });

        let is_own = |model: &Model| model.app.as_ref() == Some(&address);
        let of_own: BTreeSet<String> = models
            .iter()
            .filter(|(_, model)| is_own(model))
            .flat_map(|(_, model)| known(model))
            .map(|concept| concept.slug)
            .collect();
        let of_own: Vec<&str> = of_own.iter().map(String::as_str).collect();
        let only_of_source = search.only_of_source || !search.uses.is_empty();
        let sought = Sought {
            text: search.text.as_deref(),
            language,
            among: only_of_source.then_some(of_own.as_slice()),
        };

        let mut found = Vec::new();
        let mut before = 0;
        if !app.is_public() && sought.among.is_none_or(|slugs| !slugs.is_empty()) {
            let mut tx = self.store.read().await?;
            let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
            let rows = concepts::search(&mut tx, &asked.permit, sought, skip, size).await?;
            before = match rows.len() {
                0 => concepts::count_sought(&mut tx, &asked.permit, sought).await?.try_into().unwrap_or(0),
                some => skip.saturating_add(some),
            };
            found.extend(rows.into_iter().map(FoundConcept::Own));
        }
        let left = size.saturating_sub(found.len());
        let others = models.into_iter().filter(|(_, model)| !is_own(model));
        found.extend(of_elsewhere(others, sought).skip(skip.saturating_sub(before)).take(left));
        Ok(InApp { app: address, value: found })
    }

    /// How the place is addressed in which is searched, once it is known that the caller may; and all models of the catalogue,
    /// if it is that.
    async fn searched(&self, who: &Who, app: &AppName) -> Result<(AppAddress, Vec<(AppAddress, Model)>)> {
        let endpoint = Endpoint::PostConceptsSearches;
        let mut tx = self.store.read().await?;
        if !app.is_public() {
            let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
            return Ok((asked.app, Vec::new()));
        }
        drop(tx);
        let models = self.list_models(who, app, endpoint, &ModelsFilter::default()).await?;
        let AppName::Named { owner: Some(owner), .. } = app else { return Err(Error::NotFound) };
        let address = AppAddress { owner: owner.clone(), app: CATALOGUE.into() };
        Ok((address.clone(), models.into_iter().map(|model| (address.clone(), model)).collect()))
    }

    /// The models of a workflow that is named from `app`.
    async fn graph_of(
        &self,
        who: &Who,
        app: &AppName,
        own: &AppAddress,
        (owner, of_app): (&str, &str),
        (workflow, version): (&str, Option<&str>),
    ) -> Result<Graph> {
        let is_here = (owner.is_empty() || owner == own.owner) && (of_app.is_empty() || of_app == own.app);
        if is_here && !app.is_public() {
            let mut tx = self.store.read().await?;
            let endpoint = Endpoint::PostConceptsSearches;
            let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
            let row = workflows::get(&mut tx, &asked.permit, workflow).await?.ok_or(Error::NotFound)?;
            let Some(version) = version else { return Ok(row.graph) };
            let id = version.parse().map_err(|_| Error::NotFound)?;
            let row = workflow_versions::get(&mut tx, &asked.permit, workflow, id).await?;
            return Ok(row.ok_or(Error::NotFound)?.graph);
        }
        let place = if is_here { app.clone() } else { AppName::of(owner, of_app) };
        let graph = match version {
            None => self.get_workflow(who, &place, workflow).await.map(|found| found.value.graph),
            Some(version) => {
                let found = self.get_workflow_version(who, &place, workflow, version).await;
                found.map(|found| found.value.graph)
            }
        };
        graph.map_err(|error| match error {
            // One of another app that they may not see is not there for them.
            Error::Forbidden { .. } if !is_here => Error::NotFound,
            other => other,
        })
    }
}

/// How the app is addressed in which the model is that something of `own` names.
fn elsewhere(named: &ModelRef, own: &AppAddress) -> AppAddress {
    let given = |named: &String, own: &String| if named.is_empty() { own.clone() } else { named.clone() };
    AppAddress { owner: given(&named.owner, &own.owner), app: given(&named.app, &own.app) }
}

/// What models of elsewhere know of what is sought, each once. They call it by one name: public ones in English, and of those of
/// other apps it is not known in which language.
fn of_elsewhere(
    models: impl Iterator<Item = (AppAddress, Model)>,
    sought: Sought<'_>,
) -> impl Iterator<Item = FoundConcept> {
    let text = sought.text.map(str::to_lowercase).unwrap_or_default();
    let language = sought.language.map(str::to_owned);
    let mut seen = BTreeSet::new();
    let speaks = move |model: &Model| {
        let is_spoken = |tag: &String| model.is_public() && tag.as_str() == PUBLIC_LANGUAGE;
        language.as_ref().is_none_or(is_spoken)
    };
    models
        .filter(move |(_, model)| speaks(model))
        .flat_map(|(app, model)| known(&model).into_iter().map(move |concept| (app.clone(), concept)))
        .filter(move |(_, concept)| {
            concept.slug.to_lowercase().contains(&text) || concept.name.to_lowercase().contains(&text)
        })
        .filter(move |(app, concept)| seen.insert((app.owner.clone(), app.app.clone(), concept.slug.clone())))
        .map(|(app, concept)| FoundConcept::Known { app, concept })
}
