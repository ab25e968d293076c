//! Making a version of a filter.

use std::collections::BTreeSet;

use atelier_domain::id::{ModelId, ModelVersionId};
use atelier_domain::workflow::Wanted;
use atelier_domain::{Conditions, Endpoint, Permit, PublicPermit};
use atelier_store::queries::trainings::{self, Origin};
use atelier_store::queries::{concepts, models};
use atelier_store::{Conn, Event, WriteTx};

use crate::models::own::{check_ours, check_text, new_version};
use crate::models::{Model, catalogue};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// A version of a filter that is to be made.
#[derive(Clone, Debug, Default)]
pub struct NewFilter {
    /// What it is.
    pub description: String,
    /// What it lets through.
    pub lets: Wanted,
}

impl Service {
    /// Makes a version of a filter of the app, which can be used at once: there is nothing to be learned.
    ///
    /// # Errors
    /// When the caller may not; there is no such model, it is no filter, or what it is to let through is not valid.
    pub async fn post_filter_version(
        &self,
        who: &Who,
        app: &AppName,
        model: &str,
        new: &NewFilter,
    ) -> Result<InApp<Model>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostModelVersions, Conditions::NONE).await?;
        let permit = &asked.permit;
        let row = models::get_to_change(&mut tx, permit, model).await?.ok_or(Error::NotFound)?;
        check_ours(&row)?;
        if !row.kind.is_filter() {
            return Err(Error::invalid("model", "is no filter, and says nothing of what is let through"));
        }
        check(&mut tx, permit, new).await?;
        let id = self.insert_filter(&mut tx, who, permit, row.id, new).await?;
        let version = trainings::get(&mut tx, permit, row.id, id).await?;
        let row = models::get(&mut tx, permit, &row.slug).await?.ok_or(Error::NotFound)?;
        let value = Model::own(row, version, &asked.app)?;
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    /// Makes a version of the filter `model` of the permit's app, of which all is valid; answers which one.
    pub(in crate::models) async fn insert_filter(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        permit: &Permit,
        model: ModelId,
        new: &NewFilter,
    ) -> Result<ModelVersionId> {
        let now = self.world.now();
        let filter = serde_json::to_value(&new.lets).map_err(|error| Error::fault(&error))?;
        let id = ModelVersionId::new(now, &self.world.salt());
        let version = new_version(who, id, model, &new.description, Origin::Filter(&filter))?;
        trainings::insert(tx, permit, &version, now).await?;
        Ok(id)
    }
}

/// Looks whether a version of a filter of the permit's app can let that through: what it names is a concept of the app, or one
/// that a public model knows.
///
/// # Errors
/// The first thing that speaks against it.
pub(in crate::models) async fn check(conn: &mut Conn, permit: &Permit, new: &NewFilter) -> Result<()> {
    check_text("description", &new.description)?;
    new.lets.check().map_err(|why| Error::invalid("output_info", format!("cannot be wanted: {why}")))?;
    let public: BTreeSet<&str> = catalogue::models(&PublicPermit::from(permit))
        .iter()
        .flat_map(catalogue::concepts)
        .flat_map(|concept| [concept.slug.as_str(), concept.name.as_str()])
        .collect();
    let others: Vec<&str> = new.lets.named().filter(|name| !public.contains(name)).collect();
    if others.is_empty() {
        return Ok(());
    }
    let there = concepts::called(conn, permit, &others).await?;
    match others.iter().find(|name| there.iter().all(|row| row.slug != **name && row.name != **name)) {
        None => Ok(()),
        Some(missing) => Err(Error::invalid(
            "concepts",
            format!("must be those of this app, or known to a public model: `{missing}` is neither"),
        )),
    }
}
