//! Listing keys, and looking at one.

use atelier_domain::id::KeyId;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::keys;

use super::KeyRow;
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// The caller's own keys, the newest first.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_keys(&self, who: &Who) -> Result<Vec<KeyRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ListKeys).await?;
        Ok(keys::list_own(&mut tx, &asked.permit).await?)
    }

    /// The keys of an app that act for its owner, the newest first.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_app_keys(&self, who: &Who, app: &AppName) -> Result<Vec<KeyRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListAppKeys, Conditions::NONE).await?;
        Ok(keys::list_of_app(&mut tx, &asked.permit).await?)
    }

    /// One of the caller's own keys.
    ///
    /// # Errors
    /// When the caller may not see it, or has none of that identifier.
    pub async fn get_key(&self, who: &Who, key: KeyId) -> Result<KeyRow> {
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::GetKey).await?;
        keys::get(&mut tx, &asked.permit, key).await?.ok_or(Error::NotFound)
    }
}
