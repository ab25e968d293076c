//! Giving a key another secret.

use atelier_domain::Endpoint;
use atelier_domain::id::KeyId;
use atelier_domain::time::HOUR;
use atelier_store::Event;
use atelier_store::queries::keys;
use serde_json::json;

use super::{OpenedKey, done};
use crate::audit::{Action, Actor, Done};
use crate::secrets::hash_secret;
use crate::{Error, Result, Service, Who};

/// How long the secret before stays valid after a rotation, so that what uses it can be changed over without a gap.
pub const ROTATION_OVERLAP: i64 = HOUR;

impl Service {
    /// Gives a key another secret, and answers it, this once. The one before it stays valid for
    /// [`ROTATION_OVERLAP`]; one that leaked is to be reported or revoked instead.
    ///
    /// # Errors
    /// When the caller may not, has no such key, or it has not been opened yet.
    pub async fn rotate_key(&self, who: &Who, key: KeyId) -> Result<OpenedKey> {
        let overlap_until = self.world.now().plus(ROTATION_OVERLAP);
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::RotateKey).await?;
        let before = keys::get(&mut tx, &asked.permit, key).await?.ok_or(Error::NotFound)?;
        if !before.opened {
            return Err(Error::Conflict("has not been opened yet; open it to get its secret".into()));
        }
        let secret = self.new_key_secret();
        let hash = hash_secret(secret.expose());
        keys::set_secret(&mut tx, &asked.permit, key, &hash, secret.last_four(), overlap_until).await?;
        let row = keys::get(&mut tx, &asked.permit, key).await?.ok_or(Error::NotFound)?;
        let done = Done {
            before: Some(json!({ "last_four": before.last_four, "valid_until": overlap_until })),
            after: Some(json!({ "last_four": row.last_four })),
            ..done(Action::KeyRotated, &row)
        };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        tx.announce(Event::Person(row.user_id));
        tx.commit().await?;
        Ok(OpenedKey { key: row, secret })
    }
}
