//! Reporting that a key's secret leaked.

use atelier_store::Event;
use atelier_store::queries::keys;
use serde_json::json;

use super::KeySecret;
use crate::audit::{Action, Actor, Done};
use crate::secrets::hash_secret;
use crate::{Origin, Result, Service};

impl Service {
    /// Ends the key whose secret `text` is, whosever it is, and tells its owner. Anyone may report; the answer is the
    /// same whether there was such a key or not.
    ///
    /// # Errors
    /// Only when the database fails: then the key may still be valid, and the report is to be repeated.
    pub async fn report_leaked(&self, origin: &Origin, text: &str) -> Result<()> {
        let now = self.world.now();
        let Ok(secret) = text.trim().parse::<KeySecret>() else { return Ok(()) };
        let mut tx = self.store.write().await?;
        let hash = hash_secret(secret.expose());
        let Some(key) = keys::revoke_leaked(&mut tx, &hash, now).await? else { return Ok(()) };
        let done = Done {
            subject_id: Some(key.user_id),
            before: Some(json!({ "description": key.description, "last_four": secret.last_four() })),
            ..Done::new(Action::KeyReportedLeaked, &key.description)
        };
        let actor = Actor { id: None, name: "Somebody", key: None, origin };
        self.audit(&mut tx, actor, &done).await?;
        if let Some(mailbox) = self.mailbox(&mut tx, key.user_id).await? {
            let body = format!(
                "Somebody reported that the secret of your key `{description}`, which ends in `{last_four}`, has \
                 leaked. The key was revoked at once; nothing opens with it any more.\n\n\
                 You can make another one here:\n\n\
                 {base}/account/keys\n",
                description = key.description,
                last_four = secret.last_four(),
                base = self.base_url,
            );
            self.write_mail(&mut tx, &mailbox, "A key of yours was revoked", &body).await?;
        }
        tx.announce(Event::Person(key.user_id));
        Ok(tx.commit().await?)
    }
}
