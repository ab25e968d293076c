//! Revoking a key.

use atelier_domain::Endpoint;
use atelier_domain::id::KeyId;
use atelier_store::Event;
use atelier_store::queries::keys;

use super::{check_unbound, done, told_row};
use crate::audit::{Action, Actor, Done};
use crate::{Error, Result, Service, Who};

impl Service {
    /// Ends one of the caller's own keys, also one that follows a grant: it opens nothing from this moment on. A key
    /// that is bound to an app can end itself, and no other.
    ///
    /// # Errors
    /// When the caller may not, or has no such key.
    pub async fn revoke_key(&self, who: &Who, key: KeyId) -> Result<()> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let endpoint = Endpoint::DeleteKey;
        let asked = self.permit_own(&mut tx, who, endpoint).await?;
        if asked.permit.credential().key() != Some(key) {
            check_unbound(&asked.permit, endpoint)?;
        }
        let row = keys::get(&mut tx, &asked.permit, key).await?.ok_or(Error::NotFound)?;
        if !keys::revoke(&mut tx, row.user_id, key, now).await? {
            return Err(Error::NotFound);
        }
        let done = Done { before: Some(told_row(&row)), ..done(Action::KeyRevoked, &row) };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        tx.announce(Event::Person(row.user_id));
        Ok(tx.commit().await?)
    }
}
