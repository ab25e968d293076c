//! Opening a key that was made by itself.

use atelier_domain::Endpoint;
use atelier_domain::id::KeyId;
use atelier_store::Event;
use atelier_store::queries::keys;
use serde_json::json;

use super::{OpenedKey, done};
use crate::audit::{Action, Actor, Done};
use crate::secrets::hash_secret;
use crate::{Error, Result, Service, Who};

impl Service {
    /// Makes the secret of a key that has none yet, and answers it, this once.
    ///
    /// # Errors
    /// When the caller may not, has no such key, or its secret was shown already.
    pub async fn reveal_key(&self, who: &Who, key: KeyId) -> Result<OpenedKey> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::RevealKey).await?;
        let secret = self.new_key_secret();
        let hash = hash_secret(secret.expose());
        // Of two openings at once only one finds it without a secret.
        let is_first = keys::open(&mut tx, &asked.permit, key, &hash, secret.last_four()).await?;
        let row = keys::get(&mut tx, &asked.permit, key).await?.ok_or(Error::NotFound)?;
        if !is_first {
            return Err(Error::Conflict(
                "the secret was shown already; rotate the key to get another".into(),
            ));
        }
        let done = Done {
            before: Some(json!({ "opened": false })),
            after: Some(json!({ "opened": true, "last_four": row.last_four })),
            ..done(Action::KeyOpened, &row)
        };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        tx.announce(Event::Person(row.user_id));
        tx.commit().await?;
        Ok(OpenedKey { key: row, secret })
    }
}
