//! Deleting an app, and restoring it.

use atelier_domain::id::AppId;
use atelier_domain::time::DAY;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::apps;
use serde_json::json;

use crate::apps::AppRow;
use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, Result, Service, Who};

/// How long its owner can restore a deleted app.
pub const RESTORABLE: i64 = 30 * DAY;

impl Service {
    /// Deletes the app: from this moment it does not exist for anyone, and its owner can restore it for 30 days.
    /// `confirmation` is the app's slug as the person typed it; programs, which have typed nothing, give none.
    ///
    /// # Errors
    /// When the caller may not, or what was typed is not the slug.
    pub async fn delete_app(&self, who: &Who, app: &AppName, confirmation: Option<&str>) -> Result<()> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::DeleteApp, Conditions::NONE).await?;
        let row = apps::get(&mut tx, &asked.permit).await?;
        if confirmation.is_some_and(|typed| typed.trim() != row.slug) {
            return Err(Error::invalid("confirmation", format!("type `{}` to delete the app", row.slug)));
        }
        apps::delete(&mut tx, &asked.permit, now).await?;
        let done = Done {
            app: Some(row.id),
            before: Some(json!({ "id": row.slug, "name": row.name })),
            ..Done::new(Action::AppDeleted, &row.slug)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.announce(Event::Access(row.id));
        Ok(tx.commit().await?)
    }

    /// Restores an app that the caller deleted in the last 30 days.
    ///
    /// # Errors
    /// When there is none, or they have made another of its slug meanwhile.
    pub async fn restore_app(&self, who: &Who, app: AppId) -> Result<AppRow> {
        let after = self.world.now().plus(-RESTORABLE);
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::RestoreApp).await?;
        let restored =
            apps::restore(&mut tx, &asked.permit, app, after).await.map_err(|error| match error {
                atelier_store::Error::Duplicate => {
                    Error::Conflict("you have made another app of that name; rename it first".into())
                }
                other => other.into(),
            })?;
        let row = restored.ok_or(Error::NotFound)?;
        let done = Done { app: Some(row.id), ..Done::new(Action::AppRestored, &row.slug) };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        tx.announce(Event::Access(row.id));
        tx.commit().await?;
        Ok(row)
    }
}
