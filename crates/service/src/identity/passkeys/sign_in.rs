//! Signing in by a passkey.

use atelier_domain::id::UserId;
use atelier_store::WriteTx;
use atelier_store::queries::passkeys::{self, Purpose};
use atelier_store::queries::users;
use serde_json::{Value, json};

use super::Challenge;
use super::site::{Signed, Unbelieved};
use crate::audit::{Action, Actor, Done};
use crate::identity::admit::Shown;
use crate::identity::{Admission, UserRow};
use crate::{Error, Origin, Result, Service, measures};

/// Whose passkey has signed; or else, of whom it was refused and why, as far as that is known.
pub(super) type Verified = std::result::Result<UserRow, Refused>;

/// A signature that was not believed.
#[derive(Debug, Default)]
pub(super) struct Refused {
    of: Option<UserRow>,
    is_copy: bool,
}

impl Service {
    /// Asks a browser to sign by whichever passkey its owner chooses. What it is asked tells nothing of anybody.
    ///
    /// # Errors
    /// When there are none here.
    pub async fn begin_passkey_sign_in(&self) -> Result<Challenge> {
        let asked = self.site()?.ask()?;
        let mut tx = self.store.write().await?;
        let challenge = self.keep_challenge(&mut tx, Purpose::SignIn, None, asked).await?;
        tx.commit().await?;
        Ok(challenge)
    }

    /// Begins a session for whoever has signed, of whose browser `secret` is. Nothing else is asked for.
    ///
    /// # Errors
    /// `Conflict` when this browser was not asked, has answered, or took too long; `Unauthenticated` when its answer is
    /// not believed, which tells nothing of why; `Throttled` after too many that were not.
    pub async fn sign_in_by_passkey(&self, secret: &str, answer: &str, origin: &Origin) -> Result<Admission> {
        let mut tx = self.store.write().await?;
        let state = self.take_challenge(&mut tx, Purpose::SignIn, None, secret).await?;
        let tried = self.count_passkey(&mut tx, origin).await.inspect_err(|error| {
            if matches!(error, Error::Throttled { .. }) {
                measures::signed_in("throttled");
            }
        })?;
        let user = match self.verify_passkey(&mut tx, None, answer, state).await? {
            Ok(user) => user,
            Err(refused) => {
                self.audit_refused(&mut tx, Actor { id: None, name: "Someone", key: None, origin }, &refused);
                tx.commit().await?;
                measures::signed_in("refused");
                return Err(Error::Unauthenticated(UNKNOWN.into()));
            }
        };
        self.forgive(&mut tx, &tried).await?;
        let admission = self.admit(&mut tx, user, Shown::TwoFactors, origin).await?;
        tx.commit().await?;
        admission.measure();
        Ok(admission)
    }

    /// Whose passkey has signed what `state` verifies, of `owner` if it must be theirs. It is locked until the transaction
    /// ends, and noted as used.
    pub(super) async fn verify_passkey(
        &self,
        tx: &mut WriteTx,
        owner: Option<UserId>,
        answer: &str,
        state: Value,
    ) -> Result<Verified> {
        let Some(signed) = Signed::read(answer) else { return Ok(Err(Refused::default())) };
        let row = passkeys::lock(tx, signed.credential_id()).await?;
        let is_theirs = |user| signed.user() == Some(user) && owner.is_none_or(|owner| owner == user);
        let Some(row) = row.filter(|row| is_theirs(row.user_id)) else {
            return Ok(Err(Refused::default()));
        };
        let user = users::get(tx, row.user_id).await?.ok_or(Error::NotFound)?;
        match self.site()?.verify(&signed, state, row.credential)? {
            Ok(credential) => {
                passkeys::used(tx, row.id, &credential, self.world.now()).await?;
                Ok(Ok(user))
            }
            Err(why) => Ok(Err(Refused { of: Some(user), is_copy: why == Unbelieved::Copied })),
        }
    }

    /// Tells the audit list of a signature that was not believed.
    pub(super) fn audit_refused(&self, tx: &mut WriteTx, actor: Actor<'_>, refused: &Refused) {
        let subject_id: Option<UserId> = refused.of.as_ref().map(|user| user.id);
        let subject = refused.of.as_ref().map_or("somebody unknown", |user| user.name.as_str());
        let after = refused.is_copy.then(|| json!({ "passkey": "was perhaps copied: it has signed before" }));
        let done = Done { subject_id, after, ..Done::new(Action::PasskeyRefused, subject) };
        self.audit(tx, actor, &done);
    }
}

/// The same whether there is no such passkey, it was removed, or its signature is wrong.
pub(super) const UNKNOWN: &str = "no account has this passkey, or it could not be verified; sign in another way, and look \
    on your account's page which passkeys you have";
