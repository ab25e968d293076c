//! Making versions: freezing what a dataset holds.

use std::collections::BTreeMap;

use atelier_domain::id::DatasetVersionId;
use atelier_domain::{Conditions, Endpoint, Part, Permit, ResourceId, Split};
use atelier_store::queries::dataset_versions;
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::{VersionRow, check_count, split};
use crate::datasets::{DatasetRow, check_text, kept};
use crate::inputs::check_metadata;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// How many inputs are divided by one statement.
const AT_ONCE: usize = 10_000;

/// A version to be made.
#[derive(Clone, Debug, Default)]
pub struct NewVersion {
    /// Its identifier; made, if nothing is given.
    pub slug: String,
    /// What it is.
    pub description: String,
    /// What clients keep with it. If `split` is among it, the version is divided by it: see [`Split`].
    pub metadata: Option<Value>,
}

impl Service {
    /// Makes versions of the dataset as it is now, all of them or none, and answers them in this order.
    ///
    /// # Errors
    /// When the caller may not, there is no such dataset, a value is not valid, or the dataset has, or had, a version of
    /// one of the identifiers.
    pub async fn post_dataset_versions(
        &self,
        who: &Who,
        app: &AppName,
        dataset: &str,
        input: Vec<NewVersion>,
    ) -> Result<InApp<Vec<VersionRow>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostDatasetVersions, Conditions::NONE).await?;
        let permit = &asked.permit;
        check_count(input.len())?;
        let from = kept(&mut tx, permit, dataset).await?;
        let mut rows = Vec::with_capacity(input.len());
        for (index, new) in input.iter().enumerate() {
            let row = self
                .freeze(&mut tx, permit, &from, new)
                .await
                .map_err(|error| error.within("dataset_versions", index))?;
            rows.push(row);
        }
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: rows })
    }

    async fn freeze(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        from: &DatasetRow,
        new: &NewVersion,
    ) -> Result<VersionRow> {
        let now = self.world.now();
        let id = DatasetVersionId::new(now, &self.world.salt());
        let slug = if new.slug.is_empty() { id.to_string() } else { new.slug.clone() };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        check_text("description", &new.description)?;
        check_metadata(new.metadata.as_ref())?;
        let split = split::read(new.metadata.as_ref())?;
        let version = dataset_versions::NewVersion {
            id,
            dataset: &from.slug,
            slug: slug.as_str(),
            description: &new.description,
            metadata: new.metadata.as_ref(),
        };
        if !dataset_versions::insert(tx, permit, &version, now).await? {
            return Err(Error::Taken(format!("duplicate version `{slug}`: each is made once")));
        }
        let inputs = dataset_versions::freeze(tx, permit, id, from.id).await?;
        let parts = match &split {
            Some(split) => Some(divide(tx, permit, id, split).await?),
            None => None,
        };
        dataset_versions::count(tx, permit, id, inputs, parts.as_ref()).await?;
        let row = dataset_versions::get(tx, permit, &from.slug, slug.as_str()).await?;
        row.ok_or(Error::NotFound)
    }
}

/// Divides what `version` holds, and answers how many inputs fall into each part.
async fn divide(
    tx: &mut WriteTx,
    permit: &Permit,
    version: DatasetVersionId,
    split: &Split,
) -> Result<BTreeMap<Part, i64>> {
    let mut counts = BTreeMap::new();
    let mut after = 0;
    loop {
        let places = dataset_versions::places(tx, permit, version, after, AT_ONCE).await?;
        let Some(last) = places.last() else { return Ok(counts) };
        after = last.position;
        let mut parts: BTreeMap<Part, Vec<i64>> = BTreeMap::new();
        for place in &places {
            parts.entry(split.part(&place.slug)).or_default().push(place.position);
        }
        for (part, positions) in parts {
            dataset_versions::divide(tx, permit, version, part, &positions).await?;
            *counts.entry(part).or_default() += i64::try_from(positions.len()).unwrap_or(i64::MAX);
        }
    }
}
