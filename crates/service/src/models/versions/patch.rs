//! Changing versions.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::{models, trainings};

use crate::models::ModelVersion;
use crate::models::own::{self, check_text};
use crate::models::post::AT_ONCE;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What to change of a version; what is not given stays. What it learned stays in any case.
#[derive(Clone, Debug, Default)]
pub struct PatchVersion {
    /// Which version.
    pub slug: String,
    /// What it is.
    pub description: Option<String>,
}

impl Service {
    /// Changes versions of a model of the app, all of them or none, and answers them in this order.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, or one of them does not exist.
    pub async fn patch_model_versions(
        &self,
        who: &Who,
        app: &AppName,
        model: &str,
        input: Vec<PatchVersion>,
    ) -> Result<InApp<Vec<ModelVersion>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchModelVersions, Conditions::NONE).await?;
        let permit = &asked.permit;
        if input.len() > AT_ONCE {
            return Err(Error::invalid("model_versions", format!("must be at most {AT_ONCE} at once")));
        }
        let row = models::get_to_change(&mut tx, permit, model).await?.ok_or(Error::NotFound)?;
        own::check_ours(&row)?;
        let mut changed = Vec::with_capacity(input.len());
        for (index, change) in input.into_iter().enumerate() {
            let version = own::version(&mut tx, permit, row.id, &change.slug).await?;
            if let Some(description) = change.description {
                check_text("description", &description)
                    .map_err(|error| error.within("model_versions", index))?;
                let now = self.world.now();
                trainings::describe(&mut tx, permit, row.id, version.id, &description, now).await?;
            }
            let version = own::version(&mut tx, permit, row.id, &change.slug).await?;
            changed.push(ModelVersion::of(&row, version)?);
        }
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: changed })
    }
}
