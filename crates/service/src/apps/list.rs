//! Listing the caller's own apps, those that others share with them, and those they deleted.

use atelier_domain::Endpoint;
use atelier_domain::id::{AppId, GrantId};
use atelier_store::queries::apps;

use super::delete::RESTORABLE;
use crate::apps::{AppRow, SharedAppRow};
use crate::{Result, Service, Who};

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
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ListApps).await?;
        let page = apps::list_own(&mut tx, &asked.permit, before, size).await?;
        Ok(AppsPage { apps: page.rows, more: page.more })
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
