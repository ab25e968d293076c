//! Changing what is kept with versions. What they hold never changes.

use atelier_domain::{Conditions, Endpoint, PatchAction, Permit};
use atelier_store::queries::dataset_versions;
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::{VersionRow, check_count, split};
use crate::datasets::check_text;
use crate::inputs::check_metadata;
use crate::metadata::patched;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What to change of a version; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct PatchVersion {
    /// Which version.
    pub slug: String,
    /// What it is.
    pub description: Option<String>,
    /// What clients keep with it, of which `split` stays.
    pub metadata: Option<Value>,
}

impl Service {
    /// Changes what is kept with versions of the dataset, all of them or none, and answers them in this order. `action`
    /// matters for what clients keep with them: merging changes the keys that are named, overwriting replaces all of it.
    ///
    /// # Errors
    /// When the caller may not, `action` is to remove, a value is not valid, or one of the versions does not exist.
    pub async fn patch_dataset_versions(
        &self,
        who: &Who,
        app: &AppName,
        dataset: &str,
        action: PatchAction,
        input: Vec<PatchVersion>,
    ) -> Result<InApp<Vec<VersionRow>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchDatasetVersions, Conditions::NONE).await?;
        if action == PatchAction::Remove {
            return Err(Error::invalid(
                "action",
                "must be merge or overwrite: nothing of a version is taken away",
            ));
        }
        check_count(input.len())?;
        let mut rows = Vec::with_capacity(input.len());
        for (index, change) in input.into_iter().enumerate() {
            let row = self
                .patch_version(&mut tx, &asked.permit, dataset, action, change)
                .await
                .map_err(|error| error.within("dataset_versions", index))?;
            rows.push(row);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: rows })
    }

    async fn patch_version(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        dataset: &str,
        action: PatchAction,
        change: PatchVersion,
    ) -> Result<VersionRow> {
        let now = self.world.now();
        let before = dataset_versions::get_to_change(tx, permit, dataset, &change.slug).await?;
        let before = before.ok_or(Error::NotFound)?;
        let metadata = patched(action, before.metadata.clone(), change.metadata.as_ref());
        let division =
            |metadata: &Option<Value>| metadata.as_ref().and_then(|kept| kept.get(split::KEY)).cloned();
        if division(&metadata) != division(&before.metadata) {
            let why = "must stay as it is: a version is divided when it is made";
            return Err(Error::invalid("metadata.split", why));
        }
        let after = VersionRow {
            description: change.description.unwrap_or(before.description),
            metadata,
            changed_at: now,
            ..before
        };
        check_text("description", &after.description)?;
        check_metadata(after.metadata.as_ref())?;
        let stored = dataset_versions::VersionChange {
            description: &after.description,
            metadata: after.metadata.as_ref(),
        };
        dataset_versions::update(tx, permit, after.id, &stored, now).await?;
        Ok(after)
    }
}
