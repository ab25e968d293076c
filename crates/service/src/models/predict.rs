//! Asking a model what it finds in inputs.

use std::collections::BTreeSet;
use std::sync::Arc;

use atelier_domain::model::Gives;
use atelier_domain::training::State;
use atelier_domain::{Endpoint, Labels, Medium, Permit};
use atelier_learn::Rows;
use atelier_learn::linear::Model as Classifier;
use atelier_learn::uploaded::{Scale, Uploaded as Network};
use atelier_store::Conn;
use atelier_store::queries::{collectors, trainings};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use tracing::Instrument as _;

use super::{
    Entered, Meant, Model, ModelConcept, ModelName, Source, Trained, Uploaded, catalogue, find, known,
};
use crate::collectors::Predicted;
use crate::computing::compute;
use crate::inputs::{Content, MOST_BYTES, MOST_TEXT_BYTES, NewInput};
use crate::{AppName, Error, Result, Service, Who};

/// The most inputs of one request.
pub const MOST_AT_ONCE: usize = 128;

/// How many inputs of one request are fetched at once from their addresses.
pub(crate) const FETCHED_AT_ONCE: usize = 8;

/// How many concepts are answered if nothing else is wanted.
pub(crate) const CONCEPTS: usize = 20;

/// Why a filter alone answers nothing.
const NEEDS_ANOTHER: &str = "takes what another model found: use it in a workflow, behind that";

/// What a model is asked.
#[derive(Clone, Debug)]
pub struct Predict {
    /// The model.
    pub model: ModelName,
    /// The inputs.
    pub inputs: Vec<Content>,
    /// What of its answer is wanted.
    pub wanted: Wanted,
}

/// What is wanted of the concepts that a model finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// At most so many; 20, if nothing is given.
    pub concepts: Option<usize>,
    /// Only those of which it is at least so sure, from 0 to 1.
    pub from: f32,
    /// Only these, by identifier or name; all, if it is empty.
    pub only: Vec<String>,
}

/// What a model answered.
#[derive(Clone, Debug)]
pub struct Predictions {
    /// The model.
    pub model: Model,
    /// What it found in each input, in their order; or why it could not look at it.
    pub outputs: Vec<Result<Found>>,
}

/// What a model found in one input.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Concepts, the surest first.
    Concepts(Vec<FoundConcept>),
    /// A vector.
    Embedding(Vec<f32>),
}

/// A concept that a model finds.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundConcept {
    /// Which.
    pub concept: ModelConcept,
    /// How sure the model is, from 0 to 1.
    pub value: f32,
}

impl Service {
    /// Asks a model, from `app`, what it finds in inputs. Nothing of them is kept, unless a collector of the app watches the
    /// model: then those that could be looked at are offered to it, beside the answer.
    ///
    /// # Errors
    /// When the caller may not do what `endpoint` does there, which predicts; there is no such model, it is not trained, or no
    /// or too many inputs are given. What is wrong with one input is
    /// no reason to refuse the others: it is answered in its place.
    pub async fn predict(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        ask: Predict,
    ) -> Result<Predictions> {
        let (model, teller, watched) = {
            let mut tx = self.store.read().await?;
            let entered = self.enter(&mut tx, who, app, endpoint).await?;
            let model = find(&mut tx, &entered, &ask.model, Meant::NewestTrained).await?;
            let teller = match (&entered, model.version.as_ref().map(|version| version.source.there())) {
                (Entered::App(asked), Some(Source::Trained(trained))) => {
                    Some(Teller::Classifier(self.classifier(&mut tx, &asked.permit, trained).await?))
                }
                (_, None) if model.shared_from.is_some() => {
                    return Err(untrained(
                        None,
                        "the app that shares this model has no version of it to ask",
                    ));
                }
                (_, None) => return Err(untrained(None, "this model has no version yet")),
                _ => None,
            };
            let watched = watched(&mut tx, &entered, &model).await?;
            (model, teller, watched)
        };
        if !(1..=MOST_AT_ONCE).contains(&ask.inputs.len()) {
            return Err(Error::invalid("inputs", format!("must be between 1 and {MOST_AT_ONCE}")));
        }
        let choice = Choice::of(&model, &ask.wanted)?;
        let teller = match model.version.as_ref().map(|version| version.source.there()) {
            Some(Source::Uploaded(uploaded)) => Some(self.network(uploaded).await?),
            _ => teller,
        };
        let offered = watched.map(|(permit, by)| (permit, by, ask.inputs.clone()));
        let outputs = match model.takes {
            Some(Medium::Image) => self.look_at(model.kind.gives(), ask.inputs, &choice, teller).await?,
            Some(Medium::Text) => self.read_texts(ask.inputs, &choice, teller).await?,
            None => ask.inputs.iter().map(|_| Err(Error::invalid("model", NEEDS_ANOTHER))).collect(),
        };
        if let Some((permit, by, inputs)) = offered {
            let inputs = inputs.into_iter().zip(&outputs).filter(|(_, output)| output.is_ok());
            self.offer(permit, by, inputs.map(|(content, _)| content).collect());
        }
        Ok(Predictions { model, outputs })
    }

    /// Offers what was predicted with to the collectors that watch the model: whoever predicts does not wait for that.
    fn offer(&self, permit: Permit, by: Predicted, inputs: Vec<Content>) {
        let service = self.clone();
        let inputs = inputs.into_iter().map(|content| NewInput {
            slug: String::new(),
            content,
            metadata: None,
            place: None,
            labels: Labels::default(),
            datasets: Vec::new(),
        });
        let inputs: Vec<NewInput> = inputs.collect();
        let offering = async move {
            if let Err(error) = service.collect(&permit, &by, &inputs).await {
                tracing::warn!(%error, "could not offer to collectors what was predicted with");
            }
        };
        self.background.spawn(offering.in_current_span());
    }

    /// What tells an app's concepts by vectors.
    ///
    /// # Errors
    /// When the version is not trained, or tells by vectors that nothing makes any more.
    async fn classifier(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        trained: &Trained,
    ) -> Result<Arc<Classifier>> {
        let outcome = match (&trained.outcome, trained.state()) {
            (Some(outcome), State::Trained) => outcome,
            (_, state) => {
                let why = match state {
                    State::Pending => "this version waits to be trained",
                    State::Training => "this version is still being trained",
                    State::Cancelled => "the training of this version was cancelled",
                    State::Failed | State::Trained => "the training of this version failed",
                };
                return Err(untrained(Some(state), why));
            }
        };
        check_embedder(&outcome.embedder, outcome.medium, "train it again")?;
        let id = trained.row.id;
        let make = async || {
            let weights = trainings::weights(conn, permit, id).await?.ok_or(Error::NotFound)?;
            let model = Classifier::from_bytes(&weights).map_err(|error| Error::fault(&error))?;
            Ok((model, weights.len()))
        };
        self.classifiers.get(id, make).await
    }

    /// What was uploaded, loaded.
    ///
    /// # Errors
    /// When it tells by vectors that nothing makes any more, or its bytes are gone or damaged.
    async fn network(&self, uploaded: &Uploaded) -> Result<Teller> {
        let told = &uploaded.told;
        if let Some(embedder) = &told.embedder {
            check_embedder(embedder, told.medium, "upload another one")?;
        }
        let make = async || {
            let file = self.objects.get(&uploaded.object_key).await?.ok_or(Error::NotFound)?;
            let size = file.len();
            let loaded = self.engine.try_out(file.into(), told.concepts.len()).await;
            let (network, _) = loaded.map_err(|error| Error::fault(&error))?;
            let weights = usize::try_from(network.cost().weight_bytes).unwrap_or(usize::MAX);
            Ok((network, weights.max(size)))
        };
        let network = self.networks.get(uploaded.row.id, make).await?;
        Ok(Teller::Network(network, told.scale))
    }

    async fn look_at(
        &self,
        gives: Gives,
        inputs: Vec<Content>,
        choice: &Choice,
        teller: Option<Teller>,
    ) -> Result<Vec<Result<Found>>> {
        let pictures = inputs.into_iter().map(|content| self.picture_of(content));
        let pictures = stream::iter(pictures).buffered(FETCHED_AT_ONCE).collect().await;
        if let Some(Teller::Network(network, Some(scale))) = &teller {
            let found = self.engine.look_by(network, *scale, &self.pictures, pictures).await;
            return Ok(choice.of_all(found));
        }
        let seen = self.engine.look(&self.pictures, pictures).await;
        if let Some(teller) = teller {
            let vectors = seen.into_iter().map(|seen| seen.map(|seen| seen.embedding)).collect();
            return self.tell(teller, vectors, choice).await;
        }
        let found = seen.into_iter().map(|seen| {
            let seen = seen?;
            Ok(match gives {
                Gives::Concepts => Found::Concepts(choice.of_probabilities(&seen.probabilities)),
                Gives::Embeddings => Found::Embedding(seen.embedding),
            })
        });
        Ok(found.collect())
    }

    async fn read_texts(
        &self,
        inputs: Vec<Content>,
        choice: &Choice,
        teller: Option<Teller>,
    ) -> Result<Vec<Result<Found>>> {
        let texts = inputs.into_iter().map(|content| self.text_of(content));
        let texts = stream::iter(texts).buffered(FETCHED_AT_ONCE).collect().await;
        let vectors = self.engine.embed(texts).await;
        match teller {
            Some(teller) => self.tell(teller, vectors, choice).await,
            None => Ok(vectors.into_iter().map(|vector| vector.map(Found::Embedding)).collect()),
        }
    }

    /// What is found in what has these vectors.
    async fn tell(
        &self,
        teller: Teller,
        vectors: Vec<Result<Vec<f32>>>,
        choice: &Choice,
    ) -> Result<Vec<Result<Found>>> {
        match teller {
            Teller::Classifier(classifier) => tell(classifier, vectors, choice).await,
            Teller::Network(network, _) => Ok(choice.of_all(self.engine.tell_by(&network, vectors).await)),
        }
    }

    pub(super) async fn picture_of(&self, content: Content) -> Result<Bytes> {
        match content {
            Content::Image(bytes) => Ok(bytes),
            Content::ImageAt(url) => self.fetcher.fetch(&url, MOST_BYTES).await,
            Content::Text(_) | Content::TextAt(_) => {
                Err(Error::invalid("text", "is not what this model takes: send a picture"))
            }
        }
    }

    pub(super) async fn text_of(&self, content: Content) -> Result<String> {
        let text = match content {
            Content::Text(text) => text,
            Content::TextAt(url) => {
                let bytes = self.fetcher.fetch(&url, MOST_TEXT_BYTES).await?;
                String::from_utf8(bytes.into())
                    .map_err(|_| Error::invalid("url", "must hold a text in UTF-8"))?
            }
            Content::Image(_) | Content::ImageAt(_) => {
                return Err(Error::invalid("image", "is not what this model takes: send a text"));
            }
        };
        if text.trim().is_empty() {
            return Err(Error::invalid("text", "must not be empty"));
        }
        if text.len() > MOST_TEXT_BYTES {
            return Err(Error::invalid("text", format!("must have at most {} MiB", MOST_TEXT_BYTES >> 20)));
        }
        Ok(text)
    }
}

/// The model as collectors of the app know it, and the permit by which it is asked, if any of them watches it.
async fn watched(conn: &mut Conn, entered: &Entered, model: &Model) -> Result<Option<(Permit, Predicted)>> {
    let (Entered::App(asked), Some(version), false) = (entered, &model.version, model.is_public()) else {
        return Ok(None);
    };
    let by = Predicted { model: model.slug.clone(), version: version.slug.clone() };
    let watching = collectors::watching(conn, &asked.permit, &by.model, &by.version).await?;
    Ok((!watching.is_empty()).then_some((asked.permit, by)))
}

/// What tells an app's concepts.
enum Teller {
    /// What was learned here, by vectors.
    Classifier(Arc<Classifier>),
    /// What was uploaded: by pictures whose pixels are scaled so, or by vectors.
    Network(Arc<Network>, Option<Scale>),
}

fn untrained(state: Option<State>, why: &str) -> Error {
    Error::Untrained { state, why: why.to_owned() }
}

/// Whether the version `embedder` of a public model is still here, by whose vectors something tells.
fn check_embedder(embedder: &str, medium: Medium, otherwise: &str) -> Result<()> {
    if embedder == catalogue::embedder(medium) {
        return Ok(());
    }
    let why = "this version tells by vectors of a public model that is no longer here";
    Err(untrained(Some(State::Failed), &format!("{why}: {otherwise}")))
}

/// What a classifier finds in what has these vectors.
async fn tell(
    classifier: Arc<Classifier>,
    vectors: Vec<Result<Vec<f32>>>,
    choice: &Choice,
) -> Result<Vec<Result<Found>>> {
    let width = classifier.width();
    let values: Vec<f32> = vectors.iter().flatten().flat_map(|vector| vector.iter().copied()).collect();
    let outputs = classifier.outputs();
    let telling = compute(move || {
        let rows = Rows::new(&values, width).map_err(|error| Error::fault(&error))?;
        classifier.probabilities(rows).map_err(|error| Error::fault(&error))
    });
    let probabilities = telling.await.map_err(|error| Error::fault(&error))??;
    let mut rows = probabilities.chunks_exact(outputs);
    let found = vectors.into_iter().map(|vector| {
        vector?;
        let row: Vec<f32> = rows.next().unwrap_or_default().iter().map(|value| *value as f32).collect();
        Ok(Found::Concepts(choice.of_probabilities(&row)))
    });
    Ok(found.collect())
}

/// Which of a model's concepts are answered.
struct Choice {
    concepts: Vec<ModelConcept>,
    /// Only those at these places; all, if nothing is given.
    only: Option<BTreeSet<usize>>,
    most: usize,
    from: f32,
}

impl Choice {
    /// What is `wanted` of `model`.
    ///
    /// # Errors
    /// When it is not what can be wanted, or the model does not know a concept.
    fn of(model: &Model, wanted: &Wanted) -> Result<Self> {
        if !(0.0..=1.0).contains(&wanted.from) {
            return Err(Error::invalid("min_value", "must be between 0 and 1"));
        }
        let concepts = known(model);
        let place = |name: &String| {
            let is_it = |concept: &ModelConcept| concept.slug == *name || concept.name == *name;
            concepts.iter().position(is_it).ok_or_else(|| {
                Error::invalid(
                    "select_concepts",
                    format!("must be known to the model, which `{name}` is not"),
                )
            })
        };
        let only: BTreeSet<usize> = wanted.only.iter().map(place).collect::<Result<_>>()?;
        let only = (!only.is_empty()).then_some(only);
        // Who names concepts wants to hear of each of them.
        let most = wanted.concepts.unwrap_or_else(|| only.as_ref().map_or(CONCEPTS, BTreeSet::len));
        Ok(Self { concepts, only, most, from: wanted.from })
    }

    /// Those that are chosen of each input.
    fn of_all(&self, probabilities: Vec<Result<Vec<f32>>>) -> Vec<Result<Found>> {
        let found = probabilities.into_iter();
        found.map(|one| one.map(|one| Found::Concepts(self.of_probabilities(&one)))).collect()
    }

    /// The chosen ones, the surest first.
    fn of_probabilities(&self, probabilities: &[f32]) -> Vec<FoundConcept> {
        let is_chosen = |place: &usize| self.only.as_ref().is_none_or(|only| only.contains(place));
        let mut found: Vec<FoundConcept> = self
            .concepts
            .iter()
            .zip(probabilities)
            .enumerate()
            .filter(|(place, (_, value))| is_chosen(place) && **value >= self.from)
            .map(|(_, (concept, value))| FoundConcept { concept: concept.clone(), value: *value })
            .collect();
        found.sort_by(|one, other| other.value.total_cmp(&one.value));
        found.truncate(self.most);
        found
    }
}
