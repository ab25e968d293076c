//! Showing once more who one is, by a passkey: for whoever has no password, or would rather not type it.

use atelier_domain::Endpoint;
use atelier_store::queries::access::Target;
use atelier_store::queries::passkeys::Purpose;
use atelier_store::queries::sessions;

use super::Challenge;
use crate::audit::Actor;
use crate::{Error, Result, Service, Who};

impl Service {
    /// Asks the caller's browser to sign by one of their passkeys.
    ///
    /// # Errors
    /// When the caller is not signed in, or there are none here.
    pub async fn begin_passkey_proof(&self, who: &Who) -> Result<Challenge> {
        let mut tx = self.store.write().await?;
        self.permit_own(&mut tx, who, Endpoint::ProveByPasskey).await?;
        let session = self.look_up(&mut tx, who, Target::Account).await?.session;
        let asked = self.site()?.ask()?;
        let challenge = self.keep_challenge(&mut tx, Purpose::Prove, session, asked).await?;
        tx.commit().await?;
        Ok(challenge)
    }

    /// Takes the caller's signature, so that for a while they can make keys and change access.
    ///
    /// # Errors
    /// When the caller is not signed in, their browser was not asked in this session, or what it answers is not by one of
    /// their passkeys; `Throttled` after too many such answers.
    pub async fn prove_by_passkey(&self, who: &Who, secret: &str, answer: &str) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ProveByPasskey).await?;
        let session = self.look_up(&mut tx, who, Target::Account).await?.session.ok_or(Error::NotFound)?;
        let state = self.take_challenge(&mut tx, Purpose::Prove, Some(session), secret).await?;
        let tried = self.count_passkey(&mut tx, &who.origin).await?;
        if let Err(refused) = self.verify_passkey(&mut tx, Some(asked.permit.user()), answer, state).await? {
            self.audit_refused(&mut tx, Actor::of_account(&asked, &who.origin), &refused);
            tx.commit().await?;
            return Err(Error::Conflict("this is none of your passkeys, or it could not be verified".into()));
        }
        self.forgive(&mut tx, &tried).await?;
        sessions::prove(&mut tx, session, self.world.now()).await?;
        Ok(tx.commit().await?)
    }
}
