//! Changing models.

use atelier_domain::training::TrainingChange;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::{models, trainings};

use super::Model;
use super::own::{check_ours, check_text};
use super::post::AT_ONCE;
use crate::concepts::check_name;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What to change of a model; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct PatchModel {
    /// Which model.
    pub slug: String,
    /// What it is called.
    pub name: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// What else is said of it.
    pub notes: Option<String>,
    /// How it is trained next.
    pub change: TrainingChange,
}

impl Service {
    /// Changes models of the app, all of them or none, and answers them in this order, each with its newest version.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, or one of them does not exist.
    pub async fn patch_models(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<PatchModel>,
    ) -> Result<InApp<Vec<Model>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchModels, Conditions::NONE).await?;
        let permit = &asked.permit;
        if input.len() > AT_ONCE {
            return Err(Error::invalid("models", format!("must be at most {AT_ONCE} at once")));
        }
        let mut changed = Vec::with_capacity(input.len());
        for (index, change) in input.into_iter().enumerate() {
            let row = models::get_to_change(&mut tx, permit, &change.slug).await?.ok_or(Error::NotFound)?;
            let ours = check_ours(&row);
            let checked = async {
                let name = change.name.as_deref().map(check_name).transpose()?.unwrap_or(row.name);
                let description = change.description.unwrap_or(row.description);
                check_text("description", &description)?;
                let notes = change.notes.unwrap_or(row.notes);
                check_text("notes", &notes)?;
                let settings = row.settings.clone().with(change.change);
                if settings != row.settings {
                    ours?;
                    if row.is_uploaded {
                        return Err(Error::invalid("model", "was uploaded, and is not trained here"));
                    }
                    if row.kind.is_filter() {
                        return Err(Error::invalid("model", "is a filter, and is not trained"));
                    }
                    self.check_training(&mut tx, who, permit, &settings).await?;
                }
                Ok((name, description, notes, settings))
            };
            let (name, description, notes, settings) =
                checked.await.map_err(|error: Error| error.within("models", index))?;
            let change = models::ModelChange {
                name: &name,
                description: &description,
                notes: &notes,
                settings: &settings,
            };
            models::update(&mut tx, permit, row.id, &change, self.world.now()).await?;
            let version = trainings::newest(&mut tx, permit, row.id, None).await?;
            let row = models::get(&mut tx, permit, &row.slug).await?.ok_or(Error::NotFound)?;
            changed.push(Model::own(row, version, &asked.app)?);
        }
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: changed })
    }
}
