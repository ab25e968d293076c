//! Running workflows: each input goes through the graph.

use atelier_domain::Endpoint;
use atelier_domain::workflow::{Feed, Graph, Node, Ports, Wanted};
use atelier_store::queries::workflows;
use futures::{StreamExt as _, stream};

use super::models::{Asking, Found as FoundModels};
use super::versions::VersionRow;
use super::versions::list::{of_empty, read};
use super::{EMPTY, Place, WorkflowRow, empty};
use crate::inputs::{Content, MOST_BYTES, MOST_TEXT_BYTES};
use crate::models::{
    CONCEPTS, FETCHED_AT_ONCE, Found, FoundConcept, MOST_AT_ONCE, Model, Predict, Wanted as OfModel,
};
use crate::{AppAddress, AppName, Error, Result, Service, Who};

/// What a workflow is run with.
#[derive(Clone, Debug, Default)]
pub struct RunWorkflow {
    /// Its identifier.
    pub workflow: String,
    /// The version that is meant; its newest, if nothing is given.
    pub version: Option<String>,
    /// The inputs.
    pub inputs: Vec<Content>,
    /// What is answered of what all its nodes give. It changes nothing of what nodes give to those behind them.
    pub answered: Wanted,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct WorkflowRan {
    /// The workflow.
    pub workflow: WorkflowRow,
    /// The version that ran.
    pub version: VersionRow,
    /// How the app is addressed that it is in.
    pub app: AppAddress,
    /// The model of each node, in the order of the graph.
    pub models: Vec<Model>,
    /// For each input, in their order: what each node gave, in the order of the graph.
    pub results: Vec<Vec<NodeRan>>,
}

/// What came of one node for one input.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeRan {
    /// What it found.
    Found(Found),
    /// It did not run, because this node before it gave nothing, or did not run itself.
    Ended(String),
    /// It could not look at the input, or this node before it could not.
    Failed(Error),
}

impl NodeRan {
    /// Whether it gave something to those behind it.
    fn gave(&self) -> bool {
        match self {
            Self::Found(Found::Concepts(concepts)) => !concepts.is_empty(),
            Self::Found(Found::Embedding(_)) => true,
            Self::Ended(_) | Self::Failed(_) => false,
        }
    }
}

impl Service {
    /// Runs a workflow of `app` for inputs. Nothing of them is kept.
    ///
    /// # Errors
    /// When the caller may not, there is no such workflow or version, one of its models does not exist for the caller, or
    /// no or too many inputs are given. What is wrong with one input is no reason to refuse the others: it is answered in
    /// its place.
    pub async fn run_workflow(&self, who: &Who, app: &AppName, run: RunWorkflow) -> Result<WorkflowRan> {
        let endpoint = Endpoint::PostWorkflowResults;
        let (workflow, version, own) =
            self.find_to_run(who, app, &run.workflow, run.version.as_deref()).await?;
        let graph = &version.graph;
        let FoundModels { models, feeds } = self.find_models(who, app, &own, endpoint, graph).await?;
        if !(1..=MOST_AT_ONCE).contains(&run.inputs.len()) {
            return Err(Error::invalid("inputs", format!("must be between 1 and {MOST_AT_ONCE}")));
        }
        let fetching = run.inputs.into_iter().map(|content| self.fetched(content));
        let inputs: Vec<Result<Content>> = stream::iter(fetching).buffered(FETCHED_AT_ONCE).collect().await;
        let mut ran: Vec<Vec<NodeRan>> = Vec::with_capacity(graph.nodes().len());
        for (place, ((node, feed), model)) in graph.nodes().iter().zip(&feeds).zip(&models).enumerate() {
            let ends = (0..inputs.len()).map(|input| ended(graph, place, &ran, input)).collect();
            let came = match feed {
                Feed::Input => {
                    let asking = Asking::of(&node.model, app, &own, endpoint, Endpoint::PostModelOutputs);
                    self.ask(who, node, asking, &inputs, ends).await?
                }
                // What tells concepts by vectors makes them as the embedder before it does, of the same public model.
                Feed::Nodes(_) if !Ports::of(model.kind, model.takes).is_filter() => {
                    let asking = Asking::of(&node.model, app, &own, endpoint, Endpoint::PostModelOutputs);
                    self.ask(who, node, asking, &inputs, ends).await?
                }
                Feed::Nodes(places) => {
                    let own = model.version.as_ref().and_then(|version| version.filter());
                    let lets = own.map(|filter| &filter.lets);
                    filter(node, lets, &gather(&ran, places, inputs.len()), ends)
                }
            };
            ran.push(came);
        }
        let mut results: Vec<Vec<NodeRan>> = inputs.iter().map(|_| Vec::new()).collect();
        for ((node, model), came) in graph.nodes().iter().zip(&models).zip(ran) {
            // What a filter of the app lets through is answered as what is named in a node is.
            let own = model.version.as_ref().and_then(|version| version.filter());
            let own = own.is_some_and(|filter| filter.lets.named().next().is_some());
            for (result, came) in results.iter_mut().zip(came) {
                result.push(answered(&run.answered, &node.wanted, own, came));
            }
        }
        Ok(WorkflowRan { workflow, version, app: own, models, results })
    }

    /// Asks whether the caller may run that version of the workflow; without one, the newest.
    ///
    /// # Errors
    /// As [`Self::run_workflow`], which asks as well.
    pub async fn may_run_workflow(
        &self,
        who: &Who,
        app: &AppName,
        workflow: &str,
        version: Option<&str>,
    ) -> Result<()> {
        let endpoint = Endpoint::PostWorkflowResults;
        let (_, version, own) = self.find_to_run(who, app, workflow, version).await?;
        self.find_models(who, app, &own, endpoint, &version.graph).await?;
        Ok(())
    }

    async fn find_to_run(
        &self,
        who: &Who,
        app: &AppName,
        workflow: &str,
        version: Option<&str>,
    ) -> Result<(WorkflowRow, VersionRow, AppAddress)> {
        let mut tx = self.store.read().await?;
        let endpoint = Endpoint::PostWorkflowResults;
        let (place, own) = self.permit_workflows(&mut tx, who, app, endpoint).await?;
        let (workflow, version) = match place {
            Place::App(permit) => {
                let row = workflows::get(&mut tx, &permit, workflow).await?.ok_or(Error::NotFound)?;
                let version = version.map_or_else(|| row.version_id.to_string(), str::to_owned);
                let version = read(&mut tx, &permit, workflow, &version).await?;
                (row, version)
            }
            Place::Catalogue => {
                let own = of_empty();
                if workflow != EMPTY || version.is_some_and(|meant| meant != own.id.to_string()) {
                    return Err(Error::NotFound);
                }
                (empty(), own)
            }
        };
        Ok((workflow, version, own))
    }

    /// What is at an address is fetched once, however many nodes look at it.
    async fn fetched(&self, content: Content) -> Result<Content> {
        match content {
            Content::ImageAt(url) => self.fetcher.fetch(&url, MOST_BYTES).await.map(Content::Image),
            Content::TextAt(url) => {
                let bytes = self.fetcher.fetch(&url, MOST_TEXT_BYTES).await?;
                let text = String::from_utf8(bytes.into());
                text.map(Content::Text).map_err(|_| Error::invalid("url", "must hold a text in UTF-8"))
            }
            Content::Image(_) | Content::Text(_) => Ok(content),
        }
    }

    /// Asks the model of `node` about those of the inputs for which it runs.
    async fn ask(
        &self,
        who: &Who,
        node: &Node,
        asking: Asking,
        inputs: &[Result<Content>],
        ends: Vec<Option<NodeRan>>,
    ) -> Result<Vec<NodeRan>> {
        let runs = inputs.iter().zip(&ends).filter(|(_, ended)| ended.is_none());
        let contents: Vec<Content> = runs.filter_map(|(content, _)| content.clone().ok()).collect();
        let mut outputs = Vec::new();
        if !contents.is_empty() {
            let most = node.wanted.concepts.map_or(usize::MAX, |most| most as usize);
            let wanted =
                OfModel { concepts: Some(most), from: node.wanted.from, only: node.wanted.only.clone() };
            let ask = Predict { model: asking.name.clone(), inputs: contents, wanted };
            let asked = self.predict(who, &asking.app, asking.endpoint, ask).await;
            outputs = asked.map_err(|error| asking.told(error, &node.id, &node.model))?.outputs;
        }
        let mut outputs = outputs.into_iter();
        let came = inputs.iter().zip(ends).map(|(content, ended)| match (ended, content) {
            (Some(ended), _) => ended,
            (None, Err(error)) => NodeRan::Failed(error.clone()),
            // INVARIANT: there is one for each that was asked about.
            (None, Ok(_)) => match outputs.next().unwrap_or(Err(Error::Unavailable)) {
                Ok(found) => NodeRan::Found(found),
                Err(error) => NodeRan::Failed(error),
            },
        });
        Ok(came.collect())
    }
}

/// Why the node at `place` does not run for an input, if it does not.
fn ended(graph: &Graph, place: usize, ran: &[Vec<NodeRan>], input: usize) -> Option<NodeRan> {
    let before = graph.before(place).iter();
    let mut came =
        before.filter_map(|before| Some((graph.nodes().get(*before)?, ran.get(*before)?.get(input)?)));
    let (node, came) = came.find(|(_, came)| !came.gave())?;
    Some(match came {
        NodeRan::Failed(error) => NodeRan::Failed(error.clone()),
        NodeRan::Found(_) | NodeRan::Ended(_) => NodeRan::Ended(node.id.clone()),
    })
}

/// For each input, the concepts that the nodes at `places` found, each once, as sure as the surest of them.
fn gather(ran: &[Vec<NodeRan>], places: &[usize], inputs: usize) -> Vec<Vec<FoundConcept>> {
    let of_input = |input: usize| {
        let mut gathered: Vec<FoundConcept> = Vec::new();
        for came in places.iter().filter_map(|place| ran.get(*place)?.get(input)) {
            let NodeRan::Found(Found::Concepts(concepts)) = came else { continue };
            gathered.extend_from_slice(concepts);
        }
        gathered.sort_by(|one, other| other.value.total_cmp(&one.value));
        if places.len() > 1 {
            let mut seen = std::collections::BTreeSet::new();
            gathered.retain(|found| seen.insert(found.concept.slug.clone()));
        }
        gathered
    };
    (0..inputs).map(of_input).collect()
}

/// What a filter lets through, for the inputs for which it runs: what the model itself lets through, if an app made it, and of
/// that what is wanted of the node.
fn filter(
    node: &Node,
    of_model: Option<&Wanted>,
    given: &[Vec<FoundConcept>],
    ends: Vec<Option<NodeRan>>,
) -> Vec<NodeRan> {
    let through = given.iter().zip(ends).map(|(given, ended)| {
        ended.unwrap_or_else(|| {
            let wanted = of_model.into_iter().chain([&node.wanted]);
            let found = wanted.fold(given.clone(), |found, wanted| {
                let found = let_through(wanted, found.into_iter());
                cut(found, wanted.concepts.map(|most| most as usize))
            });
            NodeRan::Found(Found::Concepts(found))
        })
    });
    through.collect()
}

fn let_through(wanted: &Wanted, found: impl Iterator<Item = FoundConcept>) -> Vec<FoundConcept> {
    found.filter(|found| wanted.lets(&found.concept.slug, &found.concept.name, found.value)).collect()
}

fn cut(mut found: Vec<FoundConcept>, most: Option<usize>) -> Vec<FoundConcept> {
    found.truncate(most.unwrap_or(usize::MAX));
    found
}

/// What of what a node gave is answered: as much as is wanted of the whole answer, or of the node, or else as much as
/// models answer.
fn answered(of_all: &Wanted, of_node: &Wanted, are_named: bool, came: NodeRan) -> NodeRan {
    let NodeRan::Found(Found::Concepts(found)) = came else { return came };
    let found = let_through(of_all, found.into_iter());
    let is_named = are_named || !of_all.only.is_empty() || of_node.named().next().is_some();
    let usual = if is_named { usize::MAX } else { CONCEPTS };
    let most = of_all.concepts.or(of_node.concepts).map_or(usual, |most| most as usize);
    NodeRan::Found(Found::Concepts(cut(found, Some(most))))
}
