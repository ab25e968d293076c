//! What people are mailed about their account.
//!
//! The texts hold no name that a stranger could have chosen: anyone may sign up with anyone's address, and what they
//! call themselves is not to reach that mailbox. Nor are there many: what is too much for a mailbox is not written, and
//! whoever asked for it is not told.

use atelier_domain::id::UserId;
use atelier_domain::{Email, Timestamp};
use atelier_store::WriteTx;
use atelier_store::queries::users::Purpose;
use atelier_store::queries::{mails, users};
use uuid::Uuid;

use super::{RESET_LINK, Reset, VERIFICATION_LINK};
use crate::secrets::{hash_secret, new_secret};
use crate::{Result, Service};

/// What was done to somebody's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FactorChange {
    SetUp,
    CodesMade,
    CodeUsed { left: usize },
    SwitchedOff,
    ResetByOperator(Reset),
}

impl FactorChange {
    fn letter(self) -> (&'static str, String) {
        let (subject, what) = match self {
            Self::SetUp => (
                "A second factor was set up",
                "An app that makes codes was set up for your account on Atelier: from now on, a code is asked for \
                 after the password."
                    .to_owned(),
            ),
            Self::CodesMade => (
                "New recovery codes were made",
                "New recovery codes were made for your account on Atelier. The earlier ones have ended.".to_owned(),
            ),
            Self::CodeUsed { left } => (
                "A recovery code was used",
                format!(
                    "Someone, hopefully you, signed in to your account on Atelier with a recovery code. Of your \
                     codes, {left} {are} left.",
                    are = if left == 1 { "is" } else { "are" }
                ),
            ),
            Self::SwitchedOff => (
                "A second factor was switched off",
                "The second factor of your account on Atelier was switched off: from now on, the password alone is \
                 enough to sign in."
                    .to_owned(),
            ),
            Self::ResetByOperator(Reset { second_factor: true, passkeys }) => (
                "A second factor was switched off",
                format!(
                    "Whoever runs Atelier has switched off the second factor of your account{and_passkeys}: from now on, \
                     the password alone is enough to sign in. Sign in and set it up again.",
                    and_passkeys = if passkeys > 0 { ", and removed its passkeys" } else { "" }
                ),
            ),
            Self::ResetByOperator(Reset { second_factor: false, .. }) => (
                "Your passkeys were removed",
                "Whoever runs Atelier has removed the passkeys of your account. Sign in with your password, and add those \
                 that you have."
                    .to_owned(),
            ),
        };
        let advice = "If it was not you, change your password now, and tell whoever runs this Atelier.";
        (subject, format!("{what}\n\n{advice}\n"))
    }
}

impl Service {
    /// Mails `user` the link by which they prove that `address` is theirs; if somebody else has proved that before,
    /// says so to whoever reads mail there.
    pub(super) async fn mail_verification(
        &self,
        tx: &mut WriteTx,
        user: UserId,
        slug: &str,
        address: &Email,
    ) -> Result<()> {
        if users::by_verified_address(tx, address).await?.is_some_and(|owner| owner.id != user) {
            return self.mail_already_known(tx, address).await;
        }
        if !self.may_write_to(tx, address).await? {
            return Ok(());
        }
        let now = self.world.now();
        let secret = new_secret(&self.world);
        let ends = now.plus(VERIFICATION_LINK);
        users::add_link(tx, &hash_secret(&secret), Purpose::VerifyAddress, user, address, now, ends).await?;
        let body = format!(
            "Someone, hopefully you, gave this address for the account `{slug}` on Atelier.\n\n\
             To confirm that the address is yours, open this link within 24 hours:\n\n\
             {base}/verify/{secret}\n\n\
             If that account is not yours, do not open the link; nothing else will happen.\n",
            base = self.base_url
        );
        self.write_account_mail(tx, address.as_str(), "Confirm your e-mail address", &body, now).await
    }

    /// Tells `address`, which belongs to an account, that somebody gave it for another one.
    pub(super) async fn mail_already_known(&self, tx: &mut WriteTx, address: &Email) -> Result<()> {
        if !self.may_write_to(tx, address).await? {
            return Ok(());
        }
        let now = self.world.now();
        let body = format!(
            "Someone, perhaps you, gave this address for another account on Atelier. You already have an account \
             with it, so nothing was changed.\n\n\
             If you have forgotten your password, you can set a new one here:\n\n\
             {base}/reset\n\n\
             If it was not you, there is nothing to do.\n",
            base = self.base_url
        );
        self.write_account_mail(tx, address.as_str(), "You already have an account", &body, now).await
    }

    /// Mails `user` the link by which they set a new password.
    pub(super) async fn mail_reset(&self, tx: &mut WriteTx, user: UserId, address: &Email) -> Result<()> {
        let now = self.world.now();
        let secret = new_secret(&self.world);
        let ends = now.plus(RESET_LINK);
        users::add_link(tx, &hash_secret(&secret), Purpose::ResetPassword, user, address, now, ends).await?;
        let body = format!(
            "Someone, hopefully you, asked for a new password for your account on Atelier.\n\n\
             To set one, open this link within an hour:\n\n\
             {base}/reset/{secret}\n\n\
             If it was not you, there is nothing to do: your password stays as it is.\n",
            base = self.base_url
        );
        self.write_account_mail(tx, address.as_str(), "Set a new password", &body, now).await
    }

    /// Tells whoever owns the account `user` that its second factor was changed.
    pub(super) async fn mail_factor_change(
        &self,
        tx: &mut WriteTx,
        user: UserId,
        change: FactorChange,
    ) -> Result<()> {
        let (subject, body) = change.letter();
        self.tell_owner(tx, user, subject, &body).await
    }

    /// Tells `address` that the password of its account was changed.
    pub(super) async fn mail_password_changed(&self, tx: &mut WriteTx, address: &str) -> Result<()> {
        let now = self.world.now();
        let body = format!(
            "The password of your account on Atelier was changed, and all sessions were ended.\n\n\
             If it was not you, set a new password now:\n\n\
             {base}/reset\n",
            base = self.base_url
        );
        self.write_account_mail(tx, address, "Your password was changed", &body, now).await
    }

    /// Tells `user` that one can sign in to their account by a provider from now on, or no longer.
    pub(super) async fn mail_way_in(
        &self,
        tx: &mut WriteTx,
        user: UserId,
        provider: &str,
        is_open: bool,
    ) -> Result<()> {
        let (subject, what) = if is_open {
            ("A way to sign in was connected", "can now be entered by signing in with")
        } else {
            ("A way to sign in was disconnected", "can no longer be entered by signing in with")
        };
        let body = format!(
            "Your account on Atelier {what} {provider}.\n\n\
             If it was not you, look at your account and set a new password now:\n\n\
             {base}/account\n\
             {base}/reset\n",
            base = self.base_url
        );
        self.tell_owner(tx, user, subject, &body).await
    }

    /// Tells whoever owns the account `user` that it has one passkey more or less.
    pub(super) async fn mail_passkey(&self, tx: &mut WriteTx, user: UserId, is_added: bool) -> Result<()> {
        let (subject, what) = if is_added {
            (
                "A passkey was added",
                "A passkey was added to your account on Atelier: whoever has it can sign in.",
            )
        } else {
            (
                "A passkey was removed",
                "A passkey was removed from your account on Atelier: it signs nobody in any more.",
            )
        };
        let body = format!(
            "{what}\n\n\
             If it was not you, look at your account, remove the passkeys that you do not know, and set a new password \
             now:\n\n\
             {base}/account\n\
             {base}/reset\n",
            base = self.base_url
        );
        self.tell_owner(tx, user, subject, &body).await
    }

    /// Writes to the primary address of the account `user`, if it is verified: one that nobody has proved to be theirs
    /// may be a stranger's.
    async fn tell_owner(&self, tx: &mut WriteTx, user: UserId, subject: &str, body: &str) -> Result<()> {
        let addresses = users::addresses(tx, user).await?;
        match addresses.iter().find(|row| row.is_primary && row.verified_at.is_some()) {
            Some(primary) => {
                self.write_account_mail(tx, &primary.address, subject, body, self.world.now()).await
            }
            None => Ok(()),
        }
    }

    async fn write_account_mail(
        &self,
        tx: &mut WriteTx,
        to: &str,
        subject: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<()> {
        let millis = u64::try_from(now.micros() / 1000).unwrap_or_default();
        let id: Uuid = uuid::Builder::from_unix_timestamp_millis(millis, &self.world.salt()).into_uuid();
        Ok(mails::insert(tx, id, to, subject, body, now).await?)
    }
}
