//! Deleting versions.

use std::collections::BTreeSet;

use atelier_domain::id::WorkflowVersionId;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::{workflow_versions, workflows};
use serde_json::json;

use crate::audit::{Action, Actor, Done};
use crate::workflows::check_count;
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Deletes versions of a workflow. If nothing is named, nothing is deleted. Answers how many were.
    ///
    /// # Errors
    /// When the caller may not, the workflow or one of the versions does not exist, or none would be left: then nothing is
    /// deleted.
    pub async fn delete_workflow_versions(
        &self,
        who: &Who,
        app: &AppName,
        workflow: &str,
        versions: &[String],
    ) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let endpoint = Endpoint::DeleteWorkflowVersions;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        check_count(versions.len())?;
        let row = workflows::get_to_change(&mut tx, &asked.permit, workflow).await?.ok_or(Error::NotFound)?;
        let ids = versions.iter().map(|version| version.parse().map_err(|_| Error::NotFound));
        let ids: BTreeSet<WorkflowVersionId> = ids.collect::<Result<_>>()?;
        let ids: Vec<WorkflowVersionId> = ids.into_iter().collect();
        if ids.is_empty() {
            return Ok(0);
        }
        let deleted = workflow_versions::delete(&mut tx, row.id, &ids).await?;
        if deleted < ids.len() as u64 {
            return Err(Error::NotFound);
        }
        if i64::try_from(deleted).is_ok_and(|deleted| deleted >= row.versions) {
            let why = "one version of a workflow stays: delete the workflow instead";
            return Err(Error::Conflict(why.into()));
        }
        let done = Done {
            app: Some(asked.permit.app()),
            before: Some(json!({ "versions": ids.iter().map(ToString::to_string).collect::<Vec<_>>() })),
            ..Done::new(Action::WorkflowVersionsDeleted, workflow)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(deleted)
    }
}
