//! One's own passkeys: remove one. They are listed with the account.

use atelier_domain::Endpoint;
use atelier_domain::id::PasskeyId;
use atelier_store::Event;
use atelier_store::queries::{passkeys, users};

use crate::audit::{Action, Actor, Done};
use crate::{Error, Result, Service, Who};

/// How many passkeys an account has at most.
pub const MOST_PASSKEYS: usize = 20;

impl Service {
    /// Removes a passkey of the caller's, and tells them by mail. Sessions that it began go on.
    ///
    /// # Errors
    /// When the caller is not signed in, or it is not theirs; when they could not sign in any more; `PasswordNeeded`.
    pub async fn remove_passkey(&self, who: &Who, id: PasskeyId) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::RemovePasskey).await?;
        let user = asked.permit.user();
        // Of two who remove the last two ways in at once, the second sees that it is the last.
        users::lock(&mut tx, user).await?;
        let all = passkeys::list(&mut tx, user).await?;
        let gone = all.iter().find(|passkey| passkey.id == id).ok_or(Error::NotFound)?;
        let ways = self.ways_in(&mut tx, user).await?;
        if ways.passkeys <= 1 && !ways.has_password && ways.providers.is_empty() {
            let message = "this is your only way in; have a link mailed and set a password first";
            return Err(Error::Conflict(message.into()));
        }
        passkeys::remove(&mut tx, &asked.permit, id).await?;
        let done = Done { subject_id: Some(user), ..Done::new(Action::PasskeyRemoved, &gone.name) };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        self.mail_passkey(&mut tx, user, false).await?;
        tx.announce(Event::Person(user));
        Ok(tx.commit().await?)
    }
}
