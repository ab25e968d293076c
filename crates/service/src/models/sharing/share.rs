//! Sharing a model with another app.

use atelier_domain::id::ModelId;
use atelier_domain::{Conditions, Endpoint, ResourceId, Training};
use atelier_store::queries::{model_shares, models, trainings};

use super::Between;
use crate::audit::Action;
use crate::models::own::check_ours;
use crate::models::{Model, post};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Shares a model of the app with the app `with`, which has it as one of its own from then on; answers as what.
    ///
    /// # Errors
    /// When the caller may not share models of the one or add models to the other; there is no such model, it is another app's
    /// itself, or it is shared with that app already, or that has too many models.
    pub async fn share_model(&self, who: &Who, app: &AppName, model: &str, with: &AppName) -> Result<String> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ShareModel, Conditions::NONE).await?;
        let permit = &asked.permit;
        let row = models::get_to_change(&mut tx, permit, model).await?.ok_or(Error::NotFound)?;
        check_ours(&row)?;
        let there = self.permit(&mut tx, who, with, Endpoint::PostModels, Conditions::NONE).await;
        // An app in which one may do less is no more than one that is not there.
        let there = there.map_err(|error| match error {
            Error::NotFound | Error::Forbidden { .. } | Error::SomeoneElses { .. } => {
                Error::invalid("with", "must be an app to which you may add models")
            }
            other => other,
        })?;
        if there.permit.app() == permit.app() {
            return Err(Error::invalid("with", "must be another app"));
        }
        let shared = model_shares::list(&mut tx, permit, row.id).await?;
        if shared.iter().any(|share| share.app_id == there.permit.app()) {
            return Err(Error::Taken("it is shared with that app already".into()));
        }
        post::check_room(&mut tx, &there.permit, 1).await?;
        let newest = trainings::newest(&mut tx, permit, row.id, None).await?;
        let medium = Model::own(row.clone(), newest, &asked.app)?.takes;
        let now = self.world.now();
        // As it is called here, if that is free there.
        let other = format!("{}-{}", row.slug, asked.app.app).parse::<ResourceId>();
        let names = [Some(row.slug.clone()), other.ok().map(|name| name.to_string())];
        for slug in names.iter().flatten().filter(|slug| !post::is_taken(&there.permit, slug)) {
            let new = models::NewModel {
                id: ModelId::new(now, &self.world.salt()),
                slug,
                kind: row.kind,
                is_uploaded: row.is_uploaded,
                shared_from: Some(row.id),
                of: models::ModelChange {
                    name: &row.name,
                    description: &row.description,
                    notes: &row.notes,
                    // How it is trained is of no matter there.
                    settings: &Training { medium, ..Training::default() },
                },
            };
            if models::insert(&mut tx, &there.permit, &new, now).await? {
                let between = Between {
                    of: permit.app(),
                    from: &asked.app,
                    model: &row.slug,
                    with: there.permit.app(),
                    to: &there.app,
                    as_model: slug,
                };
                self.tell_both(&mut tx, &asked, who, Action::ModelShared, &between);
                tx.commit().await?;
                return Ok(slug.clone());
            }
        }
        let taken: Vec<String> = names.iter().flatten().map(|slug| format!("`{slug}`")).collect();
        Err(Error::Taken(format!("that app has others of the identifiers {}", taken.join(" and "))))
    }
}
