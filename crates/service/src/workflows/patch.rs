//! Changing workflows: what they do changes by making another version.

use atelier_domain::id::WorkflowVersionId;
use atelier_domain::workflow::{Graph, Node};
use atelier_domain::{Conditions, Endpoint, PatchAction, Permit};
use atelier_store::queries::{workflow_versions, workflows};
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::{WorkflowRow, check_count, check_said};
use crate::metadata::patched;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What to change of a workflow; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct PatchWorkflow {
    /// Which workflow.
    pub slug: String,
    /// What it is for.
    pub description: Option<String>,
    /// What else there is to say of it.
    pub notes: Option<String>,
    /// What clients keep with it.
    pub metadata: Option<Value>,
    /// Nodes that are put beside its own, or in the place of those of the same identifier; that are put in the place of all;
    /// or that are taken away.
    pub nodes: Option<Vec<Node>>,
}

/// What becomes of a workflow's nodes.
struct Changed {
    /// The version that it was when that was found out.
    of: WorkflowVersionId,
    /// What it is to do from now on.
    graph: Graph,
}

impl Service {
    /// Changes workflows of the app, all of them or none, and answers them in this order. One whose nodes change gets another
    /// version; where they stay as they are, it does not.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, a workflow does not exist, its nodes are no graph then, or one of them
    /// names a model that does not exist for the caller; a conflict, if somebody else changed its nodes meanwhile.
    pub async fn patch_workflows(
        &self,
        who: &Who,
        app: &AppName,
        action: PatchAction,
        input: Vec<PatchWorkflow>,
    ) -> Result<InApp<Vec<WorkflowRow>>> {
        check_count(input.len())?;
        let mut changes = Vec::with_capacity(input.len());
        for (index, change) in input.iter().enumerate() {
            let changed = self.changed_nodes(who, app, action, change).await;
            changes.push(changed.map_err(|error| error.within("workflows", index))?);
        }
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchWorkflows, Conditions::NONE).await?;
        let mut value = Vec::with_capacity(input.len());
        for (index, (change, changed)) in input.iter().zip(changes).enumerate() {
            let row = self.patch_workflow(&mut tx, &asked.permit, action, change, changed).await;
            value.push(row.map_err(|error| error.within("workflows", index))?);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    /// What a workflow's nodes become, found out before anything is held that others wait for.
    async fn changed_nodes(
        &self,
        who: &Who,
        app: &AppName,
        action: PatchAction,
        change: &PatchWorkflow,
    ) -> Result<Option<Changed>> {
        let endpoint = Endpoint::PatchWorkflows;
        let (own, before) = {
            let mut tx = self.store.read().await?;
            let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
            let before = workflows::get(&mut tx, &asked.permit, &change.slug).await?;
            (asked.app, before.ok_or(Error::NotFound)?)
        };
        let Some(named) = &change.nodes else { return Ok(None) };
        let mut nodes = before.graph.clone().into_nodes();
        match action {
            PatchAction::Overwrite => nodes.clone_from(named),
            PatchAction::Remove => {
                nodes.retain(|own| named.iter().all(|named| named.id != own.id));
                for node in &mut nodes {
                    node.inputs.retain(|input| named.iter().all(|named| named.id != *input));
                }
            }
            PatchAction::Merge => {
                for named in named {
                    match nodes.iter_mut().find(|own| own.id == named.id) {
                        Some(own) => own.clone_from(named),
                        None => nodes.push(named.clone()),
                    }
                }
            }
        }
        let graph = self.settle_graph(who, app, &own, endpoint, nodes).await?;
        Ok((graph != before.graph).then_some(Changed { of: before.version_id, graph }))
    }

    async fn patch_workflow(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        action: PatchAction,
        change: &PatchWorkflow,
        changed: Option<Changed>,
    ) -> Result<WorkflowRow> {
        let slug = change.slug.as_str();
        let before = workflows::get_to_change(tx, permit, slug).await?.ok_or(Error::NotFound)?;
        let description = change.description.as_deref().unwrap_or(&before.description);
        let notes = change.notes.as_deref().unwrap_or(&before.notes);
        let metadata = patched(action, before.metadata.clone(), change.metadata.as_ref());
        check_said(&[("description", description), ("notes", notes)], metadata.as_ref())?;
        let now = self.world.now();
        let kept = workflows::Kept { description, notes, metadata: metadata.as_ref() };
        workflows::update(tx, permit, slug, kept, now).await?;
        if let Some(Changed { of, graph }) = changed {
            if of != before.version_id {
                let why = format!("somebody else changed `{slug}` meanwhile: look at it again");
                return Err(Error::Conflict(why));
            }
            // Versions are in the order of their moments, also if the clock stands still.
            let moment = now.max(before.version_created_at.plus(1));
            let version = WorkflowVersionId::new(moment, &self.world.salt());
            workflow_versions::insert(tx, permit, before.id, version, &graph, moment).await?;
        }
        workflows::get(tx, permit, slug).await?.ok_or(Error::NotFound)
    }
}
