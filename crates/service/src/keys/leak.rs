//! Reporting that a key's secret leaked.

use atelier_domain::id::UserId;
use atelier_store::queries::keys;
use atelier_store::{Event, WriteTx};
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
        let Some(key) = keys::revoke_by_secret(&mut tx, &hash, now).await? else { return Ok(()) };
        let done = Done {
            subject_id: Some(key.user_id),
            before: Some(json!({ "description": key.description, "last_four": secret.last_four() })),
            ..Done::new(Action::KeyReportedLeaked, &key.description)
        };
        let actor = Actor { id: None, name: "Somebody", key: None, origin };
        self.audit(&mut tx, actor, &done);
        let why = format!(
            "Somebody reported that the secret of your key `{}`, which ends in `{}`, has leaked.",
            key.description,
            secret.last_four()
        );
        self.mail_revoked(&mut tx, key.user_id, &why).await?;
        tx.announce(Event::Person(key.user_id));
        Ok(tx.commit().await?)
    }

    /// Tells `user` that a key of theirs was revoked, and why.
    pub(super) async fn mail_revoked(&self, tx: &mut WriteTx, user: UserId, why: &str) -> Result<()> {
        let Some(mailbox) = self.mailbox(tx, user).await? else { return Ok(()) };
        let body = format!(
            "{why} The key was revoked at once; nothing opens with it any more.\n\n\
             You can make another one here:\n\n\
             {base}/account/keys\n",
            base = self.base_url,
        );
        self.write_mail(tx, &mailbox, "A key of yours was revoked", &body).await
    }
}
