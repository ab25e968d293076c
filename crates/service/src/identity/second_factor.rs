//! One's own second factor: look at it, set it up, make recovery codes anew, switch it off.

use atelier_domain::time::MINUTE;
use atelier_domain::{Endpoint, Timestamp};
use atelier_store::queries::{factors, pending};
use atelier_store::{Event, WriteTx};

use super::mail::FactorChange;
use super::one_time::{
    RECOVERY_CODES, hash_recovery_code, new_app_secret, new_recovery_code, step_of, typed_secret,
};
use crate::audit::{Action, Actor, Done};
use crate::{AskedOwn, Error, Result, Service, Who};

/// How long a secret waits for its first code.
const OFFER: i64 = 30 * MINUTE;

/// What somebody shows besides their password.
#[derive(Clone, Debug)]
pub struct SecondFactor {
    /// Since when it is asked for; none if it is not.
    pub since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_codes_left: usize,
    /// What an app is being set up with, for whoever has given their password not long ago.
    pub offer: Option<Offer>,
}

/// What an app is set up with.
#[derive(Clone)]
pub struct Offer {
    /// The secret, as it is typed.
    pub secret: String,
    /// For whom it makes codes, as the app shows it.
    pub account: String,
}

/// Never the secret itself.
impl std::fmt::Debug for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Offer").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Service {
    /// The caller's second factor.
    ///
    /// # Errors
    /// When the caller is not signed in.
    pub async fn get_second_factor(&self, who: &Who) -> Result<SecondFactor> {
        let now = self.world.now();
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ViewAccount).await?;
        let user = asked.permit.user();
        let authenticator = factors::authenticator(&mut tx, user).await?;
        let recovery_codes_left = factors::recovery_codes_left(&mut tx, user).await?;
        // A secret is shown to nobody to whom it would not be given now.
        let offered = match asked.permit.credential().is_stale(Endpoint::SetUpAuthenticator, now) {
            true => None,
            false => factors::offered(&mut tx, &asked.permit, now).await?,
        };
        let offer = offered.map(|row| Offer { secret: typed_secret(&row.secret), account: asked.slug });
        Ok(SecondFactor { since: authenticator.map(|row| row.created_at), recovery_codes_left, offer })
    }

    /// Makes a secret for an app of the caller's. It counts once the app's first code has come back; until then all
    /// stays as it is.
    ///
    /// # Errors
    /// When the caller is not signed in; `PasswordNeeded`.
    pub async fn set_up_authenticator(&self, who: &Who) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::SetUpAuthenticator).await?;
        let ends = self.world.now().plus(OFFER);
        factors::offer(&mut tx, &asked.permit, &new_app_secret(&self.world), ends).await?;
        tx.announce(Event::Person(asked.permit.user()));
        Ok(tx.commit().await?)
    }

    /// Takes the first code of an app that was set up: from now on, codes of this app are asked for at sign-in. Answers
    /// new recovery codes, which nobody is shown again.
    ///
    /// # Errors
    /// When the caller is not signed in, nothing was set up, or the code is wrong; `PasswordNeeded`.
    pub async fn confirm_authenticator(&self, who: &Who, typed: &str) -> Result<Vec<String>> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ConfirmAuthenticator).await?;
        let Some(offer) = factors::offered(&mut tx, &asked.permit, now).await? else {
            return Err(Error::Conflict("this took too long; set the app up again".into()));
        };
        let step = step_of(&offer.secret, typed, 0, now).ok_or_else(|| {
            Error::invalid("code", "is not what the app should show now; look whether its clock is right")
        })?;
        factors::set_authenticator(&mut tx, &asked.permit, &offer.secret, step, now).await?;
        let codes = self.make_codes(&mut tx, &asked).await?;
        self.note_change(&mut tx, &asked, who, Action::SecondFactorAdded, FactorChange::SetUp).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Makes new recovery codes, which nobody is shown again; all earlier ones end.
    ///
    /// # Errors
    /// When the caller is not signed in, or has no second factor; `PasswordNeeded`.
    pub async fn make_recovery_codes(&self, who: &Who) -> Result<Vec<String>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::MakeRecoveryCodes).await?;
        if factors::authenticator(&mut tx, asked.permit.user()).await?.is_none() {
            return Err(none_to_change());
        }
        let codes = self.make_codes(&mut tx, &asked).await?;
        self.note_change(&mut tx, &asked, who, Action::RecoveryCodesMade, FactorChange::CodesMade).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Switches the caller's second factor off: from now on, the password is enough.
    ///
    /// # Errors
    /// When the caller is not signed in, or has no second factor; `PasswordNeeded`.
    pub async fn remove_second_factor(&self, who: &Who) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::RemoveSecondFactor).await?;
        let user = asked.permit.user();
        if !factors::remove_all(&mut tx, user).await? {
            return Err(none_to_change());
        }
        pending::end_all(&mut tx, user).await?;
        self.note_change(&mut tx, &asked, who, Action::SecondFactorRemoved, FactorChange::SwitchedOff)
            .await?;
        Ok(tx.commit().await?)
    }

    async fn make_codes(&self, tx: &mut WriteTx, asked: &AskedOwn) -> Result<Vec<String>> {
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| new_recovery_code(&self.world)).collect();
        let hashes: Vec<[u8; 32]> = codes.iter().map(|code| hash_recovery_code(code)).collect();
        factors::set_recovery_codes(tx, &asked.permit, &hashes).await?;
        Ok(codes)
    }

    /// Tells the audit list, the person by mail, and their open pages.
    async fn note_change(
        &self,
        tx: &mut WriteTx,
        asked: &AskedOwn,
        who: &Who,
        action: Action,
        change: FactorChange,
    ) -> Result<()> {
        let user = asked.permit.user();
        let done = Done { subject_id: Some(user), ..Done::new(action, &asked.name) };
        self.audit(tx, Actor::of_account(asked, &who.origin), &done);
        self.mail_factor_change(tx, user, change).await?;
        tx.announce(Event::Person(user));
        Ok(())
    }
}

fn none_to_change() -> Error {
    Error::Conflict("no second factor is set up".into())
}
