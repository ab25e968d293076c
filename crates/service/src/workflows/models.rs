//! The models of a workflow: found for whoever asks, and whether they fit together.

use std::collections::BTreeMap;

use atelier_domain::Endpoint;
use atelier_domain::workflow::{Feed, Graph, ModelRef, Node, Ports};

use crate::models::{Model, ModelName};
use crate::{AppAddress, AppName, Error, Result, Service, Who};

/// How a model of a workflow is asked for.
pub(super) struct Asking {
    /// From where.
    pub(super) app: AppName,
    /// As what.
    pub(super) endpoint: Endpoint,
    /// Which it is.
    pub(super) name: ModelName,
    /// Whether whoever may do that with the workflow may do it with the model as well.
    is_here: bool,
}

impl Asking {
    /// How the model `named` in a workflow of `app`, whose address is `own`, is asked for: by what is done with the workflow,
    /// `here`, if it is that app's or public, and else by what is done with a model of another app, `there`.
    pub(super) fn of(
        named: &ModelRef,
        app: &AppName,
        own: &AppAddress,
        here: Endpoint,
        there: Endpoint,
    ) -> Self {
        let owner = if named.owner.is_empty() { &own.owner } else { &named.owner };
        let of_app = if named.app.is_empty() { &own.app } else { &named.app };
        let place = AppName::of(owner, of_app);
        let name = ModelName::at(&place, &named.model, named.version.as_deref().unwrap_or_default());
        let is_here = name.is_public || (*owner == own.owner && *of_app == own.app);
        let (app, endpoint) = if is_here { (app.clone(), here) } else { (place, there) };
        Self { app, endpoint, name, is_here }
    }

    /// Whether `error` says that it does not exist for whoever asks: that they may not use one of another app tells them no
    /// more than that.
    fn is_hidden_by(&self, error: &Error) -> bool {
        match error {
            Error::NotFound => true,
            Error::Forbidden { .. } | Error::SomeoneElses { .. } => !self.is_here,
            _ => false,
        }
    }

    /// Why the model that `node` names is not found.
    pub(super) fn told(&self, error: Error, node: &str, named: &ModelRef) -> Error {
        if !self.is_hidden_by(&error) {
            return error;
        }
        let version = named.version.as_deref().map(|version| format!(" in the version {version}"));
        let version = version.unwrap_or_default();
        Error::invalid(
            "nodes",
            format!("name models: `{node}` names `{named}`{version}, which does not exist"),
        )
    }
}

/// The models of a graph.
pub(super) struct Found {
    /// That of each node, by its place.
    pub(super) models: Vec<Model>,
    /// What each node looks at.
    pub(super) feeds: Vec<Feed>,
}

impl Service {
    /// The model `named`, by `who`, who does what `endpoint` does in `app`: in its newest version that is trained, unless one is
    /// named. Nothing, if it does not exist for them.
    ///
    /// # Errors
    /// When they may not ask for models of that app.
    pub(crate) async fn find_named_model(
        &self,
        who: &Who,
        app: &AppName,
        own: &AppAddress,
        endpoint: Endpoint,
        named: &ModelRef,
    ) -> Result<Option<Model>> {
        let asking = Asking::of(named, app, own, endpoint, Endpoint::GetModel);
        match self.get_model_to_use(who, &asking.app, asking.endpoint, &asking.name).await {
            Ok(model) => Ok(Some(model)),
            Err(error) if asking.is_hidden_by(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Finds the models of `graph` for `who`, who does what `endpoint` does with a workflow of `app`, and looks whether they
    /// fit together.
    ///
    /// # Errors
    /// When one of them does not exist for the caller, or does not fit.
    pub(super) async fn find_models(
        &self,
        who: &Who,
        app: &AppName,
        own: &AppAddress,
        endpoint: Endpoint,
        graph: &Graph,
    ) -> Result<Found> {
        let mut known: BTreeMap<&ModelRef, Model> = BTreeMap::new();
        let mut models = Vec::with_capacity(graph.nodes().len());
        for Node { id, model: named, .. } in graph.nodes() {
            if !known.contains_key(named) {
                let asking = Asking::of(named, app, own, endpoint, Endpoint::GetModel);
                let found = self.get_model_to_use(who, &asking.app, asking.endpoint, &asking.name).await;
                let model = found.map_err(|error| asking.told(error, id, named))?;
                if !model.can_predict() {
                    let lacks = if model.kind.is_filter() { "has no version" } else { "is not trained" };
                    let why = format!("name models: `{id}` names `{named}`, which {lacks}");
                    return Err(Error::invalid("nodes", why));
                }
                known.insert(named, model);
            }
            models.extend(known.get(named).cloned());
        }
        let ports: Vec<Ports> = models.iter().map(|model| Ports::of(model.kind, model.takes)).collect();
        let feeds = graph.fit(&ports).map_err(|misfit| Error::invalid("nodes", misfit))?;
        Ok(Found { models, feeds })
    }

    /// The graph of these nodes, each of which says which version of its model is meant, and of which kind that is.
    ///
    /// # Errors
    /// When they are no graph, or as [`Self::find_models`].
    pub(super) async fn settle_graph(
        &self,
        who: &Who,
        app: &AppName,
        own: &AppAddress,
        endpoint: Endpoint,
        mut nodes: Vec<Node>,
    ) -> Result<Graph> {
        for node in &mut nodes {
            let named = &mut node.model;
            // An app's own models stay its own, whatever it is called one day.
            if (named.owner.is_empty() || named.owner == own.owner)
                && (named.app.is_empty() || named.app == own.app)
            {
                (named.owner, named.app) = (String::new(), String::new());
            }
            (named.kind, named.takes) = (None, None);
        }
        let invalid = |error| Error::invalid("nodes", error);
        let graph = Graph::new(nodes).map_err(invalid)?;
        let found = self.find_models(who, app, own, endpoint, &graph).await?;
        let settled = graph.into_nodes().into_iter().zip(found.models).map(|(mut node, model)| {
            node.model.version = model.version.map(|version| version.slug);
            (node.model.kind, node.model.takes) = (Some(model.kind), model.takes);
            node
        });
        Graph::new(settled.collect()).map_err(invalid)
    }
}
