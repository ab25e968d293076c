//! What all operations on an app's own models need.

use atelier_domain::id::{ModelId, ModelVersionId};
use atelier_domain::{Conditions, Endpoint, Permit, Training};
use atelier_store::Conn;
use atelier_store::queries::concepts;
use atelier_store::queries::models::ModelRow;
use atelier_store::queries::trainings::{self, NewVersion, Origin, VersionRow};

use super::{DESCRIPTION, SharedFrom, shared_from};
use crate::{AppAddress, AppName, Error, Result, Service, Who};

/// The version of that identifier of a model of the permit's app.
///
/// # Errors
/// When there is none.
pub(super) async fn version(
    conn: &mut Conn,
    permit: &Permit,
    model: ModelId,
    slug: &str,
) -> Result<VersionRow> {
    let id: ModelVersionId = slug.parse().map_err(|_| Error::NotFound)?;
    trainings::get(conn, permit, model, id).await?.ok_or(Error::NotFound)
}

/// Whether a model is the app's own, and no other app's that shares it: all that changes it is done there.
///
/// # Errors
/// When another app shares it.
pub(super) fn check_ours(row: &ModelRow) -> Result<()> {
    match shared_from(row) {
        Some(SharedFrom { app: AppAddress { owner, app }, .. }) => {
            Err(Error::invalid("model", format!("is shared by {owner}/{app}, where alone this is done")))
        }
        None => Ok(()),
    }
}

/// Whether a text is not too long.
pub(super) fn check_text(field: &str, text: &str) -> Result<()> {
    if text.chars().count() > DESCRIPTION {
        return Err(Error::invalid(field, format!("must have at most {DESCRIPTION} characters")));
    }
    Ok(())
}

/// A version of the model `model` that `who` makes.
///
/// # Errors
/// When they show nothing.
pub(super) fn new_version<'a>(
    who: &'a Who,
    id: ModelVersionId,
    model: ModelId,
    description: &'a str,
    origin: Origin<'a>,
) -> Result<NewVersion<'a>> {
    Ok(NewVersion {
        id,
        model,
        proof: Service::shown(who)?,
        address: &who.origin.address,
        user_agent: &who.origin.user_agent,
        description,
        origin,
    })
}

impl Service {
    /// Whether a model of the permit's app can be trained so: its concepts are there, and so is what it learns from, which
    /// the caller may see.
    ///
    /// # Errors
    /// The first thing that speaks against it.
    pub(super) async fn check_training(
        &self,
        conn: &mut Conn,
        who: &Who,
        permit: &Permit,
        training: &Training,
    ) -> Result<()> {
        training.check().map_err(|error| Error::invalid(error.field(), &error))?;
        let named: Vec<&str> = training.concepts.iter().map(|concept| concept.as_str()).collect();
        let there = concepts::named(conn, permit, &named).await?;
        if let Some(missing) = named.iter().find(|slug| there.iter().all(|known| known.slug != **slug)) {
            return Err(Error::invalid(
                "concepts",
                format!("must be those of this app: `{missing}` is none"),
            ));
        }
        self.examples_of(conn, who, permit, &training.from).await.map(drop)
    }

    /// Asks whether the caller may also see what `endpoint` shows of the permit's app.
    pub(super) async fn also(
        &self,
        conn: &mut Conn,
        who: &Who,
        permit: &Permit,
        endpoint: Endpoint,
    ) -> Result<()> {
        let app = AppName::Id(permit.app());
        self.permit(conn, who, &app, endpoint, Conditions::NONE).await.map(drop)
    }
}
