//! Listing the caller's own apps, those that others share with them, and those they deleted.

use atelier_domain::id::{AppId, GrantId};
use atelier_domain::{AppRef, Caller, Conditions, Endpoint, Standing, decide};
use atelier_store::queries::{Page, apps};

use super::delete::RESTORABLE;
use crate::apps::{AppRow, SharedAppRow};
use crate::{Result, Service, Who};

/// How many apps are read at once, while those that the caller cannot list are left out.
const BATCH: usize = 200;

/// Apps, the newest first.
#[derive(Clone, Debug)]
pub struct AppsPage {
    /// The apps.
    pub apps: Vec<AppRow>,
    /// Whether older ones follow.
    pub more: bool,
}

/// Apps that others share with the caller, the newest first.
#[derive(Clone, Debug)]
pub struct SharedAppsPage {
    /// The apps.
    pub apps: Vec<SharedAppRow>,
    /// Whether older ones follow.
    pub more: bool,
}

impl Service {
    /// The caller's own apps.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_apps(&self, who: &Who, before: Option<AppId>, size: usize) -> Result<AppsPage> {
        self.list_apps_of(who, None, Endpoint::ListApps, before, size).await
    }

    /// The apps of `owner`, by slug, that the caller can list: of their own those that their key reaches, of others'
    /// those that are shared with them. Somebody who shares none looks like somebody who is not there.
    ///
    /// # Errors
    /// When the caller may not list any.
    pub async fn list_apps_of(
        &self,
        who: &Who,
        owner: Option<&str>,
        endpoint: Endpoint,
        before: Option<AppId>,
        size: usize,
    ) -> Result<AppsPage> {
        let now = self.world.now();
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, endpoint).await?;
        let caller = Caller { user: asked.permit.user(), credential: *asked.permit.credential() };
        let other = owner.filter(|owner| !owner.eq_ignore_ascii_case(&asked.slug));
        let mut apps = Vec::new();
        let mut before = before;
        loop {
            let page = match other {
                None => apps::list_own(&mut tx, &asked.permit, before, BATCH).await?.map(owned),
                Some(owner) => apps::list_held(&mut tx, &asked.permit, owner, before, BATCH).await?.map(held),
            };
            before = page.rows.last().map(|(app, _)| app.id);
            for (app, standing) in page.rows {
                let place = AppRef { id: app.id, owner: app.owner_id };
                if decide(&caller, place, &standing, endpoint, Conditions::NONE, now).is_ok() {
                    apps.push(app);
                }
            }
            if !page.more || apps.len() > size {
                let page = Page::cut(apps, size);
                return Ok(AppsPage { apps: page.rows, more: page.more });
            }
        }
    }

    /// The apps that others share with the caller.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_collaborations(
        &self,
        who: &Who,
        before: Option<GrantId>,
        size: usize,
    ) -> Result<SharedAppsPage> {
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ListCollaborations).await?;
        let page = apps::list_shared(&mut tx, &asked.permit, before, size).await?;
        Ok(SharedAppsPage { apps: page.rows, more: page.more })
    }

    /// The caller's deleted apps that can still be restored.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_deleted_apps(&self, who: &Who) -> Result<Vec<AppRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ListApps).await?;
        let after = self.world.now().plus(-RESTORABLE);
        Ok(apps::list_deleted(&mut tx, &asked.permit, after).await?)
    }
}

fn owned(app: AppRow) -> (AppRow, Standing) {
    (app, Standing::Owner)
}

fn held(row: apps::HeldAppRow) -> (AppRow, Standing) {
    (row.app, Standing::Collaborator { grant: row.grant, rights: row.rights })
}
