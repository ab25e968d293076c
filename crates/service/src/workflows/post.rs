//! Making workflows.

use atelier_domain::id::{WorkflowId, WorkflowVersionId};
use atelier_domain::workflow::{Graph, Node};
use atelier_domain::{Conditions, Endpoint, Permit, ResourceId};
use atelier_store::queries::{workflow_versions, workflows};
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::{WorkflowRow, check_count, check_said};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// A workflow to be made.
#[derive(Clone, Debug, Default)]
pub struct NewWorkflow {
    /// Its identifier.
    pub slug: String,
    /// What it is for.
    pub description: String,
    /// What else there is to say of it, in Markdown.
    pub notes: String,
    /// What clients keep with it.
    pub metadata: Option<Value>,
    /// Its nodes.
    pub nodes: Vec<Node>,
}

impl Service {
    /// Makes workflows in the app, all of them or none, and answers them in this order.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, the nodes are no graph that can be run, one names a model that does
    /// not exist for the caller, or the app has a workflow of one of the identifiers.
    pub async fn post_workflows(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<NewWorkflow>,
    ) -> Result<InApp<Vec<WorkflowRow>>> {
        let endpoint = Endpoint::PostWorkflows;
        let own = {
            let mut tx = self.store.read().await?;
            self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?.app
        };
        check_count(input.len())?;
        let mut graphs = Vec::with_capacity(input.len());
        // Before anything is held that others wait for.
        for (index, workflow) in input.iter().enumerate() {
            let settled = self.settle_graph(who, app, &own, endpoint, workflow.nodes.clone()).await;
            graphs.push(settled.map_err(|error| error.within("workflows", index))?);
        }
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        let mut value = Vec::with_capacity(input.len());
        for (index, (workflow, graph)) in input.iter().zip(&graphs).enumerate() {
            let added = self.add_workflow(&mut tx, &asked.permit, workflow, graph).await;
            value.push(added.map_err(|error| error.within("workflows", index))?);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    async fn add_workflow(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        workflow: &NewWorkflow,
        graph: &Graph,
    ) -> Result<WorkflowRow> {
        let slug: ResourceId = workflow.slug.parse().map_err(|error| Error::invalid("id", error))?;
        let NewWorkflow { description, notes, metadata, .. } = workflow;
        check_said(&[("description", description), ("notes", notes)], metadata.as_ref())?;
        let now = self.world.now();
        let id = WorkflowId::new(now, &self.world.salt());
        let kept = workflows::Kept { description, notes, metadata: metadata.as_ref() };
        if !workflows::insert(tx, permit, id, slug.as_str(), kept, now).await? {
            return Err(Error::Taken(format!(
                "duplicate workflow `{slug}`: change it to make a version of it"
            )));
        }
        let version = WorkflowVersionId::new(now, &self.world.salt());
        workflow_versions::insert(tx, permit, id, version, graph, now).await?;
        workflows::get(tx, permit, slug.as_str()).await?.ok_or(Error::NotFound)
    }
}
