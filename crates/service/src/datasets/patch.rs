//! Changing datasets: what is kept with them. What they hold changes by putting inputs in and taking them out.

use atelier_domain::{Conditions, Endpoint, PatchAction, Permit};
use atelier_store::queries::datasets;
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::{DatasetRow, check_count, check_text};
use crate::inputs::check_metadata;
use crate::metadata::patched;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What to change of a dataset; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct PatchDataset {
    /// Which dataset.
    pub slug: String,
    /// What it is.
    pub description: Option<String>,
    /// What else is to be known of it.
    pub notes: Option<String>,
    /// What clients keep with it.
    pub metadata: Option<Value>,
}

impl Service {
    /// Changes datasets of the app, all of them or none, and answers them in this order. `action` matters for what
    /// clients keep with them: merging changes the keys that are named, overwriting replaces all of it.
    ///
    /// # Errors
    /// When the caller may not, `action` is to remove, a value is not valid, or one of the datasets does not exist.
    pub async fn patch_datasets(
        &self,
        who: &Who,
        app: &AppName,
        action: PatchAction,
        input: Vec<PatchDataset>,
    ) -> Result<InApp<Vec<DatasetRow>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchDatasets, Conditions::NONE).await?;
        if action == PatchAction::Remove {
            return Err(Error::invalid(
                "action",
                "must be merge or overwrite: nothing of a dataset is taken away",
            ));
        }
        check_count(input.len())?;
        let mut rows = Vec::with_capacity(input.len());
        for (index, change) in input.into_iter().enumerate() {
            let row = self
                .patch_dataset(&mut tx, &asked.permit, action, change)
                .await
                .map_err(|error| error.within("datasets", index))?;
            rows.push(row);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: rows })
    }

    async fn patch_dataset(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        action: PatchAction,
        change: PatchDataset,
    ) -> Result<DatasetRow> {
        let now = self.world.now();
        let before = datasets::get_to_change(tx, permit, &change.slug).await?.ok_or(Error::NotFound)?;
        let after = DatasetRow {
            description: change.description.unwrap_or(before.description),
            notes: change.notes.unwrap_or(before.notes),
            metadata: patched(action, before.metadata, change.metadata.as_ref()),
            changed_at: now,
            ..before
        };
        check_text("description", &after.description)?;
        check_text("notes", &after.notes)?;
        check_metadata(after.metadata.as_ref())?;
        let stored = datasets::DatasetChange {
            description: &after.description,
            notes: &after.notes,
            metadata: after.metadata.as_ref(),
        };
        datasets::update(tx, permit, after.id, &stored, now).await?;
        Ok(after)
    }
}
