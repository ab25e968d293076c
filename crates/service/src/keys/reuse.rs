//! The use of a secret that was rotated out.

use atelier_store::queries::keys;
use atelier_store::{Conn, Event};
use serde_json::json;

use crate::audit::{Action, Actor, Done};
use crate::{Origin, Result, Service};

impl Service {
    /// Ends the key whose earlier secret was used after its time, and with it the secrets that took its place: either
    /// a thief has the old one, or a thief has rotated the key and its owner is who still uses it.
    ///
    /// It happens beside the request, which is refused anyway, because that may hold a transaction of its own.
    pub(crate) async fn watch_reuse(&self, conn: &mut Conn, hash: [u8; 32], origin: &Origin) -> Result<()> {
        if keys::was_rotated_out(conn, &hash, self.world.now()).await? {
            let (service, origin) = (self.clone(), origin.clone());
            self.background.spawn(async move {
                if let Err(error) = service.end_reused(&hash, &origin).await {
                    tracing::error!(%error, "could not end a key of which an earlier secret was used");
                }
            });
        }
        Ok(())
    }

    async fn end_reused(&self, hash: &[u8; 32], origin: &Origin) -> Result<()> {
        let mut tx = self.store.write().await?;
        // Of two uses at once, the first has ended it.
        let Some(key) = keys::revoke_by_secret(&mut tx, hash, self.world.now()).await? else { return Ok(()) };
        tracing::warn!(user.id = %key.user_id, key.id = %key.id, "a secret that was rotated out was used");
        let done = Done {
            subject_id: Some(key.user_id),
            before: Some(json!({ "description": key.description })),
            ..Done::new(Action::KeyReused, &key.description)
        };
        let actor = Actor { id: None, name: "Somebody", key: Some(key.id), origin };
        self.audit(&mut tx, actor, &done);
        let why = format!(
            "Somebody used an earlier secret of your key `{}`, from {}, after it had been rotated out. It may be \
             a program of yours that was not changed over; it may be somebody who stole the secret.",
            key.description,
            if origin.address.is_empty() { "an unknown address" } else { &origin.address },
        );
        self.mail_revoked(&mut tx, key.user_id, &why).await?;
        tx.announce(Event::Person(key.user_id));
        Ok(tx.commit().await?)
    }
}
