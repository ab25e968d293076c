//! Limits on how often something is done or tried, kept in the database: they hold across servers and restarts.

use std::net::IpAddr;

use atelier_domain::Email;
use atelier_domain::id::{SessionId, UserId};
use atelier_domain::limit::{
    ACCOUNT_LETTERS, ADDED_LETTERS, Allowance, BackOff, INVITATIONS, PASSWORDS_FROM_ADDRESS,
    PASSWORDS_OF_ACCOUNT, RESENT, SIGN_UPS,
};
use atelier_domain::time::SECOND;
use atelier_store::WriteTx;
use atelier_store::queries::limits::{self, Kept};

use crate::secrets::hash_secret;
use crate::{Error, Origin, Result, Service};

/// Of whom a password is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Account<'a> {
    /// Of an account that exists.
    Known(UserId),
    /// Of an address that no account has: it is limited as one that has, so that the limit does not tell.
    Address(&'a Email),
    /// Of something that is no address.
    Nothing,
    /// Of somebody who is signed in, and gives it again: strangers who try theirs must not keep them from it.
    InSession(SessionId),
}

/// A password, code or passkey that was tried and has been counted as wrong, until it turns out to be right.
#[must_use = "what was right is to be forgiven"]
pub(crate) struct Tried {
    account: Option<[u8; 32]>,
    network: Option<[u8; 32]>,
}

impl Service {
    /// Counts a password as wrong before it is looked at: of many that are tried at once, each is counted.
    ///
    /// # Errors
    /// `Throttled` after too many wrong ones, for the account or from the network address.
    pub(crate) async fn count_password(
        &self,
        tx: &mut WriteTx,
        account: Account<'_>,
        origin: &Origin,
    ) -> Result<Tried> {
        self.count_tried(tx, subject_of(account), origin, "too many passwords were tried").await
    }

    /// Counts a second factor of `user` as wrong before it is looked at, as a password is. It has a count of its own:
    /// whoever tries codes knows the password, which would have theirs forgiven.
    ///
    /// # Errors
    /// `Throttled` after too many wrong ones, for the account or from the network address.
    pub(crate) async fn count_code(&self, tx: &mut WriteTx, user: UserId, origin: &Origin) -> Result<Tried> {
        let account = subject("codes of", &user.to_string());
        self.count_tried(tx, Some(account), origin, "too many codes were tried").await
    }

    /// Counts a passkey's signature as wrong before it is looked at. Nobody guesses one, so that it is counted for the
    /// network address alone: strangers must not keep anybody from theirs.
    ///
    /// # Errors
    /// `Throttled` after too many wrong ones from the network address.
    pub(crate) async fn count_passkey(&self, tx: &mut WriteTx, origin: &Origin) -> Result<Tried> {
        self.count_tried(tx, None, origin, "too many passkeys were tried").await
    }

    async fn count_tried(
        &self,
        tx: &mut WriteTx,
        account: Option<[u8; 32]>,
        origin: &Origin,
        why: &'static str,
    ) -> Result<Tried> {
        // Always in this order: two that lock the same rows never wait for one another.
        if let Some(account) = &account {
            self.count_failure(tx, account, PASSWORDS_OF_ACCOUNT, why).await?;
        }
        let network = network(origin).map(|network| subject("passwords from", &network));
        if let Some(network) = &network {
            self.count_failure(tx, network, PASSWORDS_FROM_ADDRESS, why).await?;
        }
        Ok(Tried { account, network })
    }

    /// What was tried was right: failures of the account are forgotten, and what was counted for the network address is
    /// taken back. Others that were tried from there still count.
    pub(crate) async fn forgive(&self, tx: &mut WriteTx, tried: &Tried) -> Result<()> {
        let now = self.world.now();
        if let Some(account) = &tried.account {
            limits::keep(tx, account, Kept { count: 0, at: now }, now).await?;
        }
        if let Some(network) = &tried.network {
            let kept = limits::lock(tx, network, now).await?;
            let fewer = Kept { count: (kept.count - 1).max(0), ..kept };
            let forgotten_at = now.plus(PASSWORDS_FROM_ADDRESS.forgotten_after());
            limits::keep(tx, network, fewer, forgotten_at).await?;
        }
        Ok(())
    }

    /// The password of `user` is another one now: what was tried before is forgotten.
    pub(crate) async fn forget_passwords(&self, tx: &mut WriteTx, user: UserId) -> Result<()> {
        let now = self.world.now();
        if let Some(account) = subject_of(Account::Known(user)) {
            limits::lock(tx, &account, now).await?;
            limits::keep(tx, &account, Kept { count: 0, at: now }, now).await?;
        }
        Ok(())
    }

    async fn count_failure(
        &self,
        tx: &mut WriteTx,
        subject: &[u8; 32],
        back_off: BackOff,
        why: &'static str,
    ) -> Result<()> {
        let now = self.world.now();
        let kept = limits::lock(tx, subject, now).await?;
        let failures = u32::try_from(kept.count).unwrap_or(u32::MAX);
        back_off.check(failures, kept.at, now).map_err(|wait| throttled(why, wait))?;
        let count = i64::from(back_off.counting(failures, kept.at, now)) + 1;
        limits::keep(tx, subject, Kept { count, at: now }, now.plus(back_off.forgotten_after())).await?;
        Ok(())
    }

    /// Mails `number` more invitations of `user`'s to addresses without an account.
    ///
    /// # Errors
    /// `Throttled` when there were too many.
    pub(crate) async fn spend_invitations(
        &self,
        tx: &mut WriteTx,
        user: UserId,
        number: usize,
    ) -> Result<()> {
        if number == 0 {
            return Ok(());
        }
        if number > INVITATIONS.count() as usize {
            let most = format!(
                "{} addresses without an account are invited at most in an hour",
                INVITATIONS.count()
            );
            return Err(Error::invalid("people", most));
        }
        self.spend(tx, &subject("invitations of", &user.to_string()), INVITATIONS, number)
            .await?
            .map_err(|wait| throttled("you have invited as many people as you can for now", wait))
    }

    /// Mails one more letter again because `user` asks for it.
    ///
    /// # Errors
    /// `Throttled` when there were too many.
    pub(crate) async fn spend_letter(&self, tx: &mut WriteTx, user: UserId) -> Result<()> {
        self.spend(tx, &subject("letters again for", &user.to_string()), RESENT, 1)
            .await?
            .map_err(|wait| throttled("you have had as many letters sent again as you can for now", wait))
    }

    /// Whether one more letter about an account may go to `address`. Who asks for it is not told: it could tell whether
    /// there is an account.
    pub(crate) async fn may_write_to(&self, tx: &mut WriteTx, address: &Email) -> Result<bool> {
        let subject = subject("letters to", address.as_str());
        Ok(self.spend(tx, &subject, ACCOUNT_LETTERS, 1).await?.is_ok())
    }

    /// Whether one more letter may tell `address` that somebody was added to an app.
    pub(crate) async fn may_tell_added(&self, tx: &mut WriteTx, address: &str) -> Result<bool> {
        Ok(self.spend(tx, &subject("news to", address), ADDED_LETTERS, 1).await?.is_ok())
    }

    /// Makes one more account from a network address.
    ///
    /// # Errors
    /// `Throttled` when there were too many.
    pub(crate) async fn spend_sign_up(&self, tx: &mut WriteTx, origin: &Origin) -> Result<()> {
        let Some(network) = network(origin) else { return Ok(()) };
        let subject = subject("accounts from", &network);
        self.spend(tx, &subject, SIGN_UPS, 1)
            .await?
            .map_err(|wait| throttled("too many accounts were made from your network", wait))
    }

    async fn spend(
        &self,
        tx: &mut WriteTx,
        subject: &[u8; 32],
        allowance: Allowance,
        number: usize,
    ) -> Result<std::result::Result<(), i64>> {
        let now = self.world.now();
        let kept = limits::lock(tx, subject, now).await?;
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        match allowance.spend(number, kept.at, now) {
            Ok(until) => {
                limits::keep(tx, subject, Kept { count: 0, at: until }, until).await?;
                Ok(Ok(()))
            }
            Err(wait) => Ok(Err(wait)),
        }
    }

    /// Takes away what limits need no longer; answers of how many subjects.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_limits(&self) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let forgotten = limits::forget(&mut tx, self.world.now()).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

fn throttled(why: &'static str, wait: i64) -> Error {
    let seconds = u64::try_from(wait).unwrap_or_default().div_ceil(SECOND.unsigned_abs());
    Error::Throttled { why, seconds }
}

/// The key under which something is kept: addresses of people are not kept as they are.
fn subject(what: &str, whose: &str) -> [u8; 32] {
    hash_secret(&format!("{what} {whose}"))
}

fn subject_of(account: Account<'_>) -> Option<[u8; 32]> {
    match account {
        Account::Known(user) => Some(subject("passwords of", &user.to_string())),
        Account::Address(address) => Some(subject("passwords of", address.as_str())),
        Account::Nothing => None,
        Account::InSession(session) => Some(subject("passwords in", &session.to_string())),
    }
}

/// The network from which somebody asks: one address, or the 64 bits of IPv6 that one customer is given. None for this
/// machine itself, from where a proxy passes on what others ask unless it is named in the settings.
fn network(origin: &Origin) -> Option<String> {
    match origin.address.parse::<IpAddr>().ok()?.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V4(address) => Some(address.to_string()),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Some(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network_of(address: &str) -> Option<String> {
        network(&Origin { address: address.into(), user_agent: String::new() })
    }

    #[test]
    fn a_network_is_an_address_or_what_one_customer_is_given() {
        assert_eq!(network_of("192.0.2.7"), Some("192.0.2.7".into()));
        assert_eq!(network_of("::ffff:192.0.2.7"), Some("192.0.2.7".into()));
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), Some("2001:db8:1:2::/64".into()));
        for own in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "", "command line"] {
            assert_eq!(network_of(own), None, "{own}");
        }
    }
}
