//! Passwords: forgotten, changed, given again.

use std::time::Duration;

use atelier_domain::password::Password;
use atelier_domain::time::HOUR;
use atelier_domain::{Email, Endpoint};
use atelier_store::queries::access::Target;
use atelier_store::queries::users::{self, Purpose};
use atelier_store::queries::{pending, sessions};
use atelier_store::{Conn, Event, WriteTx};

use super::verify_address::link_over;
use crate::audit::{Action, Actor, Done};
use crate::identity::{SignedIn, UserRow};
use crate::limits::Account;
use crate::secrets::hash_secret;
use crate::{AskedOwn, Error, Origin, Result, Service, Who};

/// How long a link to set a new password can be used.
pub const RESET_LINK: i64 = HOUR;

/// A request for a reset is not answered earlier, so that how long it takes does not tell whether a mail was written.
const RESET_ANSWER: Duration = Duration::from_millis(250);

impl Service {
    /// Mails a link to set a new password, if `email` is a verified address of somebody. The answer does not tell.
    ///
    /// # Errors
    /// When something below is out of reach.
    pub async fn request_reset(&self, email: &str) -> Result<()> {
        let (written, ()) = tokio::join!(self.write_reset(email), tokio::time::sleep(RESET_ANSWER));
        written
    }

    async fn write_reset(&self, email: &str) -> Result<()> {
        let Ok(address) = email.parse::<Email>() else { return Ok(()) };
        let mut tx = self.store.write().await?;
        if let Some(user) = users::by_verified_address(&mut tx, &address).await?
            && self.may_write_to(&mut tx, &address).await?
        {
            self.mail_reset(&mut tx, user.id, &address).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Uses a mailed link to set a new password. Every session of the account ends.
    ///
    /// # Errors
    /// When the link is unknown, was used or has expired, or the password is too weak.
    pub async fn reset_password(&self, origin: &Origin, secret: &str, password: &str) -> Result<()> {
        // The link is looked at first, and used up only with the new password: one that is refused costs no link,
        // and nobody without a link has passwords hashed.
        let mut look = self.store.write().await?;
        let user = self.use_reset_link(&mut look, secret).await?;
        let chosen = choose(&mut look, &user, "password", password).await?;
        drop(look);
        let hash = self.passwords.hash(&chosen).await?;
        let mut tx = self.store.write().await?;
        let user = self.use_reset_link(&mut tx, secret).await?;
        let actor = Actor { id: Some(user.id), name: &user.name, key: None, origin };
        self.set_password(&mut tx, actor, &user, &hash).await?;
        Ok(tx.commit().await?)
    }

    async fn use_reset_link(&self, tx: &mut WriteTx, secret: &str) -> Result<UserRow> {
        let now = self.world.now();
        let link = users::use_link(tx, &hash_secret(secret), Purpose::ResetPassword, now)
            .await?
            .ok_or_else(link_over)?;
        users::get(tx, link.user_id).await?.ok_or_else(link_over)
    }

    /// Changes the caller's password. Every session ends, and a new one begins for the caller.
    ///
    /// # Errors
    /// When the caller is not signed in, the old password is wrong, or the new one is too weak.
    pub async fn change_password(&self, who: &Who, old: &str, new: &str) -> Result<SignedIn> {
        let asked = self.check_password(who, Endpoint::ChangePassword, "old", old).await?;
        let mut read = self.store.read().await?;
        let user = users::get(&mut read, asked.permit.user()).await?.ok_or(Error::NotFound)?;
        let chosen = choose(&mut read, &user, "new", new).await?;
        drop(read);
        let hash = self.passwords.hash(&chosen).await?;
        let mut tx = self.store.write().await?;
        // Had the password been changed meanwhile, this session would be over.
        let asked = self.permit_own(&mut tx, who, Endpoint::ChangePassword).await?;
        let actor = Actor::of_account(&asked, &who.origin);
        self.set_password(&mut tx, actor, &user, &hash).await?;
        let secret = self.start_session(&mut tx, user.id, &who.origin).await?;
        tx.commit().await?;
        Ok(SignedIn { secret, user_id: user.id, slug: asked.slug, name: asked.name })
    }

    /// Takes the caller's password again, so that for a while they can make keys and change access.
    ///
    /// # Errors
    /// When the caller is not signed in, or the password is wrong; `Throttled` after too many wrong ones.
    pub async fn confirm_password(&self, who: &Who, password: &str) -> Result<()> {
        self.check_password(who, Endpoint::ConfirmPassword, "password", password).await?;
        let mut tx = self.store.write().await?;
        let access = self.look_up(&mut tx, who, Target::Account).await?;
        let session = access.session.ok_or(Error::NotFound)?;
        sessions::prove(&mut tx, session, self.world.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Asks whether `typed` is the caller's password, while no transaction is open. A wrong one is audited.
    async fn check_password(
        &self,
        who: &Who,
        endpoint: Endpoint,
        field: &str,
        typed: &str,
    ) -> Result<AskedOwn> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, endpoint).await?;
        let user = asked.permit.user();
        let row = users::password_of(&mut tx, user).await?;
        let session = self.look_up(&mut tx, who, Target::Account).await?.session.ok_or(Error::NotFound)?;
        let tried = self.count_password(&mut tx, Account::InSession(session), &who.origin).await?;
        tx.commit().await?;
        let hash = row.as_ref().and_then(|row| row.password_hash.as_deref());
        let right = self.passwords.verify(&Password::entered(typed), hash).await?;
        let mut tx = self.store.write().await?;
        if right {
            self.forgive(&mut tx, &tried).await?;
            tx.commit().await?;
            return Ok(asked);
        }
        let done = Done { subject_id: Some(user), ..Done::new(Action::SignInFailed, &asked.name) };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        tx.commit().await?;
        Err(Error::invalid(field, "is not your current password"))
    }

    /// Sets the password, ends every session and pending sign-in, and tells the person by mail.
    async fn set_password(
        &self,
        tx: &mut WriteTx,
        actor: Actor<'_>,
        user: &UserRow,
        hash: &str,
    ) -> Result<()> {
        let now = self.world.now();
        users::set_password(tx, user.id, hash, now).await?;
        self.forget_passwords(tx, user.id).await?;
        sessions::end_all(tx, user.id, now).await?;
        pending::end_all(tx, user.id).await?;
        let done = Done { subject_id: Some(user.id), ..Done::new(Action::PasswordChanged, &user.name) };
        self.audit(tx, actor, &done);
        // An address that nobody has proved to be theirs may be a stranger's.
        let addresses = users::addresses(tx, user.id).await?;
        if let Some(primary) = addresses.iter().find(|row| row.is_primary && row.verified_at.is_some()) {
            self.mail_password_changed(tx, &primary.address).await?;
        }
        tx.announce(Event::Person(user.id));
        Ok(())
    }
}

/// Takes a new password of `user`, if nobody could guess it from who they are.
async fn choose(conn: &mut Conn, user: &UserRow, field: &str, typed: &str) -> Result<Password> {
    let addresses = users::addresses(conn, user.id).await?;
    let about: Vec<&str> = [user.name.as_str(), user.slug.as_str()]
        .into_iter()
        .chain(addresses.iter().map(|row| row.address.as_str()))
        .collect();
    Password::choose(typed, &about).map_err(|error| Error::invalid(field, error))
}
