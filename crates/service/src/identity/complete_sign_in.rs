//! Showing a second factor, after the first was right.

use atelier_domain::id::UserId;
use atelier_store::WriteTx;
use atelier_store::queries::{factors, pending, users};

use super::mail::FactorChange;
use super::one_time::{hash_recovery_code, step_of};
use crate::audit::{Action, Actor, Done};
use crate::identity::SignedIn;
use crate::secrets::hash_secret;
use crate::{Error, Origin, Result, Service, measures};

/// What somebody shows as their second factor.
#[derive(Clone, Copy)]
pub enum SecondProof<'a> {
    /// What their app shows at this moment.
    Code(&'a str),
    /// One of the codes for whoever has lost everything else.
    RecoveryCode(&'a str),
}

/// A sign-in with a second factor.
#[derive(Clone, Debug)]
pub struct Completed {
    /// The session that has begun.
    pub signed_in: SignedIn,
    /// How many recovery codes are left.
    pub recovery_codes_left: usize,
}

impl Service {
    /// Begins the session for which the sign-in of that secret waited.
    ///
    /// # Errors
    /// `Unauthenticated` when there is no such sign-in (any more); `Invalid` when what is shown is not right, in the
    /// field `code`; `Throttled` after too many that were not.
    pub async fn complete_sign_in(
        &self,
        secret: &str,
        proof: SecondProof<'_>,
        origin: &Origin,
    ) -> Result<Completed> {
        let now = self.world.now();
        let secret = hash_secret(secret);
        let mut tx = self.store.write().await?;
        let user = match pending::get(&mut tx, &secret, now).await? {
            Some(row) => users::get(&mut tx, row.user_id).await?.ok_or_else(over)?,
            None => return Err(over()),
        };
        // This locks what is counted of the account: of many that are tried at once, each waits for the one before.
        let tried = self.count_code(&mut tx, user.id, origin).await.inspect_err(|error| {
            if matches!(error, Error::Throttled { .. }) {
                measures::signed_in("throttled");
            }
        })?;
        let actor = Actor { id: None, name: "Someone", key: None, origin };
        if !self.is_proved(&mut tx, user.id, proof).await? {
            let done =
                Done { subject_id: Some(user.id), ..Done::new(Action::SecondFactorRefused, &user.name) };
            self.audit(&mut tx, actor, &done);
            tx.commit().await?;
            measures::signed_in("refused");
            return Err(Error::invalid("code", proof.refusal()));
        }
        pending::take(&mut tx, &secret, now).await?.ok_or_else(over)?;
        self.forgive(&mut tx, &tried).await?;
        let recovery_codes_left = factors::recovery_codes_left(&mut tx, user.id).await?;
        if let SecondProof::RecoveryCode(_) = proof {
            let done = Done { subject_id: Some(user.id), ..Done::new(Action::RecoveryCodeUsed, &user.name) };
            self.audit(&mut tx, Actor { id: Some(user.id), name: &user.name, ..actor }, &done);
            self.mail_factor_change(&mut tx, user.id, FactorChange::CodeUsed { left: recovery_codes_left })
                .await?;
        }
        let signed_in = self.begin_session(&mut tx, user, origin).await?;
        tx.commit().await?;
        measures::signed_in("signed_in");
        Ok(Completed { signed_in, recovery_codes_left })
    }

    /// Whether what is shown is right; then it is used up.
    async fn is_proved(&self, tx: &mut WriteTx, user: UserId, proof: SecondProof<'_>) -> Result<bool> {
        let now = self.world.now();
        match proof {
            SecondProof::Code(typed) => {
                let Some(app) = factors::authenticator(tx, user).await? else { return Ok(false) };
                match step_of(&app.secret, typed, app.last_step, now) {
                    Some(step) => Ok(factors::use_step(tx, user, step).await?),
                    None => Ok(false),
                }
            }
            SecondProof::RecoveryCode(typed) => {
                Ok(factors::use_recovery_code(tx, user, &hash_recovery_code(typed), now).await?)
            }
        }
    }
}

impl SecondProof<'_> {
    fn refusal(self) -> &'static str {
        match self {
            Self::Code(_) => "is not what your app shows now, or was used already; wait for the next one",
            Self::RecoveryCode(_) => "is not one of your recovery codes, or was used already",
        }
    }
}

/// The same for a sign-in that never was, one that was completed and one that took too long.
fn over() -> Error {
    Error::Unauthenticated("this sign-in took too long, or has ended; start again with your password".into())
}
