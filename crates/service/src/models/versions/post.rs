//! Training a model: making a version of it.

use atelier_domain::id::ModelVersionId;
use atelier_domain::training::TrainingChange;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::models;
use atelier_store::queries::trainings::{self, Origin};

use crate::models::Model;
use crate::models::own::{check_ours, check_text, new_version};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// How many trainings of one app are under way at once, those that wait among them.
const UNDER_WAY: i64 = 20;

/// A training that is to begin.
#[derive(Clone, Debug, Default)]
pub struct NewVersion {
    /// What it is.
    pub description: String,
    /// What is different about how it is trained from what the model says.
    pub change: TrainingChange,
}

impl Service {
    /// Begins to train a model of the app, and answers at once, with the new version: it is trained beside this request. It
    /// learns from what the caller may read when that begins.
    ///
    /// # Errors
    /// When the caller may not; there is no such model, a value is not valid, or too many trainings are under way.
    pub async fn train_model(
        &self,
        who: &Who,
        app: &AppName,
        model: &str,
        new: NewVersion,
    ) -> Result<InApp<Model>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostModelVersions, Conditions::NONE).await?;
        let permit = &asked.permit;
        let row = models::get_to_change(&mut tx, permit, model).await?.ok_or(Error::NotFound)?;
        check_ours(&row)?;
        if row.is_uploaded {
            return Err(Error::invalid("model", "was uploaded, and is not trained here"));
        }
        if row.kind.is_filter() {
            return Err(Error::invalid("model", "is a filter, and is not trained"));
        }
        check_text("description", &new.description)?;
        let settings = row.settings.clone().with(new.change);
        self.check_training(&mut tx, who, permit, &settings).await?;
        if trainings::under_way(&mut tx, permit).await? >= UNDER_WAY {
            let why = format!("{UNDER_WAY} trainings are under way already: wait for one, or cancel it");
            return Err(Error::Conflict(why));
        }
        let now = self.world.now();
        let id = ModelVersionId::new(now, &self.world.salt());
        let version = new_version(who, id, row.id, &new.description, Origin::Training(&settings))?;
        trainings::insert(&mut tx, permit, &version, now).await?;
        let version = trainings::get(&mut tx, permit, row.id, id).await?;
        let row = models::get(&mut tx, permit, &row.slug).await?.ok_or(Error::NotFound)?;
        let value = Model::own(row, version, &asked.app)?;
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        self.trainings.notify_one();
        Ok(InApp { app: asked.app, value })
    }
}
