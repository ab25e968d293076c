//! Apps with which somebody could share a model.

use atelier_domain::{AppRef, Caller, Conditions, Endpoint, Rights, Standing, decide};
use atelier_store::queries::{apps, model_shares, models};

use crate::{AppAddress, AppName, Error, Result, Service, Who};

/// The most of one's own apps, and of those that others share with one, that are offered.
const OFFERED: usize = 100;

/// An app with which a model can be shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedApp {
    /// How it is addressed.
    pub address: AppAddress,
    /// What it is called.
    pub name: String,
}

impl Service {
    /// The apps with which the caller can share a model of the app and with which it is not shared yet: their own, and those
    /// of others to which they may add models, the newest first.
    ///
    /// # Errors
    /// When the caller may not share models, or there is no such model.
    pub async fn apps_to_share_with(&self, who: &Who, app: &AppName, model: &str) -> Result<Vec<OfferedApp>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ShareModel, Conditions::NONE).await?;
        let row = models::get(&mut tx, &asked.permit, model).await?.ok_or(Error::NotFound)?;
        let shares = model_shares::list(&mut tx, &asked.permit, row.id).await?;
        let own = self.permit_own(&mut tx, who, Endpoint::ListApps).await?;
        let there = self.permit_own(&mut tx, who, Endpoint::ListCollaborations).await?;
        let caller = Caller { user: own.permit.user(), credential: *own.permit.credential() };
        let mine = apps::list_own(&mut tx, &own.permit, None, OFFERED).await?.rows.into_iter().map(|app| {
            let address = AppAddress { owner: own.slug.clone(), app: app.slug };
            (
                AppRef { id: app.id, owner: app.owner_id },
                Standing::Owner,
                OfferedApp { address, name: app.name },
            )
        });
        let others =
            apps::list_shared(&mut tx, &there.permit, None, OFFERED).await?.rows.into_iter().map(|app| {
                let rights = Rights {
                    scopes: app.scopes,
                    endpoints: app.endpoints,
                    reach: app.reach,
                    ends_at: app.ends_at,
                };
                let address = AppAddress { owner: app.owner_slug, app: app.slug };
                (
                    AppRef { id: app.app_id, owner: app.owner_id },
                    Standing::Collaborator { grant: app.grant_id, rights },
                    OfferedApp { address, name: app.name },
                )
            });
        let now = self.world.now();
        let is_offered = |app: AppRef, standing: &Standing| {
            app.id != asked.permit.app()
                && shares.iter().all(|share| share.app_id != app.id)
                && decide(&caller, app, standing, Endpoint::PostModels, Conditions::NONE, now).is_ok()
        };
        let offered = mine.chain(others).filter(|(app, standing, _)| is_offered(*app, standing));
        Ok(offered.map(|(_, _, offered)| offered).collect())
    }
}
