//! Apps with which somebody could share a model.

use atelier_domain::{Conditions, Endpoint};
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
        let mine = apps::list_own(&mut tx, &own.permit, None, OFFERED).await?.rows.into_iter();
        let others = apps::list_shared(&mut tx, &there.permit, None, OFFERED).await?.rows.into_iter();
        let all = mine.map(|app| (app.id, app.name)).chain(others.map(|app| (app.app_id, app.name)));
        let is_new = |id| id != asked.permit.app() && shares.iter().all(|share| share.app_id != id);
        let mut offered = Vec::new();
        for (id, name) in all.filter(|(id, _)| is_new(*id)) {
            let found =
                self.permit(&mut tx, who, &AppName::Id(id), Endpoint::PostModels, Conditions::NONE).await;
            match found {
                Ok(there) => offered.push(OfferedApp { address: there.app, name }),
                Err(Error::Forbidden { .. } | Error::SomeoneElses { .. } | Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(offered)
    }
}
