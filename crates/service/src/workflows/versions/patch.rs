//! Changing what is said of versions. What they do never changes.

use atelier_domain::{Conditions, Endpoint, PatchAction, Permit};
use atelier_store::queries::{workflow_versions, workflows};
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::VersionRow;
use super::list::read;
use crate::metadata::patched;
use crate::workflows::{check_count, check_said};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What to change of a version; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct PatchVersion {
    /// Which version.
    pub id: String,
    /// What is said of it.
    pub description: Option<String>,
    /// Under which licence it is used.
    pub license: Option<String>,
    /// Whether it is not to be used any more.
    pub is_deprecated: Option<bool>,
    /// What clients keep with it.
    pub metadata: Option<Value>,
}

impl Service {
    /// Changes what is said of versions of a workflow, all of them or none, and answers them in this order. `action` matters
    /// for what clients keep with them.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, or the workflow or one of the versions does not exist.
    pub async fn patch_workflow_versions(
        &self,
        who: &Who,
        app: &AppName,
        workflow: &str,
        action: PatchAction,
        input: Vec<PatchVersion>,
    ) -> Result<InApp<Vec<VersionRow>>> {
        let mut tx = self.store.write().await?;
        let endpoint = Endpoint::PatchWorkflowVersions;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        check_count(input.len())?;
        workflows::get_to_change(&mut tx, &asked.permit, workflow).await?.ok_or(Error::NotFound)?;
        let mut value = Vec::with_capacity(input.len());
        for (index, change) in input.into_iter().enumerate() {
            let row = self.say_of_version(&mut tx, &asked.permit, workflow, action, change).await;
            value.push(row.map_err(|error| error.within("workflow_versions", index))?);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    async fn say_of_version(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        workflow: &str,
        action: PatchAction,
        change: PatchVersion,
    ) -> Result<VersionRow> {
        let now = self.world.now();
        let before = read(tx, permit, workflow, &change.id).await?;
        let after = VersionRow {
            description: change.description.unwrap_or(before.description),
            license: change.license.unwrap_or(before.license),
            is_deprecated: change.is_deprecated.unwrap_or(before.is_deprecated),
            metadata: patched(action, before.metadata, change.metadata.as_ref()),
            changed_at: now,
            ..before
        };
        let texts = [("description", after.description.as_str()), ("license", after.license.as_str())];
        check_said(&texts, after.metadata.as_ref())?;
        let said = workflow_versions::Said {
            description: &after.description,
            license: &after.license,
            is_deprecated: after.is_deprecated,
            metadata: after.metadata.as_ref(),
        };
        workflow_versions::update(tx, after.id, said, now).await?;
        Ok(after)
    }
}
