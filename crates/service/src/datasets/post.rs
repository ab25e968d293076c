//! Making datasets.

use atelier_domain::id::DatasetId;
use atelier_domain::{Conditions, Endpoint, Permit, ResourceId};
use atelier_store::queries::datasets;
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::{DatasetRow, check_count, check_text};
use crate::inputs::check_metadata;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// A dataset to be made.
#[derive(Clone, Debug, Default)]
pub struct NewDataset {
    /// Its identifier; made, if nothing is given.
    pub slug: String,
    /// What it is.
    pub description: String,
    /// What else is to be known of it.
    pub notes: String,
    /// What clients keep with it.
    pub metadata: Option<Value>,
}

impl Service {
    /// Makes datasets of the app, empty, all of them or none, and answers them in this order.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, or the app has a dataset of one of the identifiers.
    pub async fn post_datasets(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<NewDataset>,
    ) -> Result<InApp<Vec<DatasetRow>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostDatasets, Conditions::NONE).await?;
        check_count(input.len())?;
        let mut rows = Vec::with_capacity(input.len());
        for (index, new) in input.into_iter().enumerate() {
            let row = self
                .make_dataset(&mut tx, &asked.permit, new)
                .await
                .map_err(|error| error.within("datasets", index))?;
            rows.push(row);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: rows })
    }

    async fn make_dataset(&self, tx: &mut WriteTx, permit: &Permit, new: NewDataset) -> Result<DatasetRow> {
        let now = self.world.now();
        let id = DatasetId::new(now, &self.world.salt());
        let slug = if new.slug.is_empty() { id.to_string() } else { new.slug };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        check_text("description", &new.description)?;
        check_text("notes", &new.notes)?;
        check_metadata(new.metadata.as_ref())?;
        let dataset = datasets::NewDataset {
            id,
            slug: slug.as_str(),
            description: &new.description,
            notes: &new.notes,
            metadata: new.metadata.as_ref(),
        };
        if !datasets::insert(tx, permit, &dataset, now).await? {
            return Err(Error::Taken(format!("duplicate dataset `{slug}`: each is made once")));
        }
        Ok(DatasetRow {
            id,
            slug: slug.to_string(),
            description: new.description,
            notes: new.notes,
            metadata: new.metadata,
            created_at: now,
            changed_at: now,
        })
    }
}
