//! Connecting who somebody is at a provider to an account: by its password, or in its session.

use atelier_domain::id::IdentityId;
use atelier_domain::password::Password;
use atelier_domain::{Email, Endpoint};
use atelier_store::queries::access::Target;
use atelier_store::queries::identities::{self, Subject};
use atelier_store::queries::users::{self, UserRow};
use atelier_store::queries::visits::{self, ReturnRow};
use atelier_store::{Conn, Event, WriteTx};

use super::provider::Provider;
use super::visit::VisitSecret;
use crate::audit::{Action, Actor, Done};
use crate::identity::admit::Shown;
use crate::identity::{Admission, stored_address};
use crate::limits::Account;
use crate::{Error, Origin, Result, Service, Who};

/// Somebody who came back from a provider, and is to say to which account they belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What the provider is called.
    pub provider: String,
    /// By what they know themselves there.
    pub called: String,
    /// By what they say it.
    pub by: WaitingFor,
}

/// By what somebody says to which account they belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitingFor {
    /// By the password of the account that has their address.
    Password,
    /// In the session in which they are signed in.
    Session,
    /// By signing in as they did before: the account that has their address has no password.
    AnotherWay,
}

impl Service {
    /// Who came back, of whom the browser keeps `secret`; none if that is settled or took too long.
    ///
    /// # Errors
    /// When something below is out of reach.
    pub async fn waiting(&self, who: &Who, secret: &str) -> Result<Option<Waiting>> {
        let me = self.whoami(who).await?.map(|me| me.user_id);
        let mut tx = self.store.read().await?;
        let kept = visits::kept(&mut tx, &VisitSecret::shown(secret).hash(), self.world.now()).await?;
        let Some(kept) = kept else { return Ok(None) };
        let Ok((provider, _)) = self.provider(&kept.provider) else { return Ok(None) };
        let by = if kept.session_id.is_some() {
            WaitingFor::Session
        } else {
            match owner_of_address(&mut tx, &kept).await? {
                Some((owner, _)) if me == Some(owner.id) => WaitingFor::Session,
                Some((_, Some(_))) => WaitingFor::Password,
                Some((_, None)) => WaitingFor::AnotherWay,
                None => return Ok(None),
            }
        };
        Ok(Some(Waiting { provider: provider.name().name, called: kept.called, by }))
    }

    /// Connects who came back to the account that has their address, by its password, and lets them in. Answers to
    /// which page they are led, too. Where the account has a second factor, nothing is connected yet: once they have
    /// shown it, they do so in their session.
    ///
    /// # Errors
    /// When that is settled or took too long, or the password is not the account's; `Throttled` after too many wrong
    /// ones.
    pub async fn connect_by_password(
        &self,
        origin: &Origin,
        secret: &str,
        password: &str,
    ) -> Result<(Admission, String)> {
        let (secret, now) = (VisitSecret::shown(secret), self.world.now());
        let mut tx = self.store.write().await?;
        let kept = visits::kept(&mut tx, &secret.hash(), now).await?;
        // Whoever went in their session comes back to it.
        let kept = kept.filter(|kept| kept.session_id.is_none()).ok_or_else(over)?;
        let (user, hash) = owner_of_address(&mut tx, &kept).await?.ok_or_else(over)?;
        let tried = self.count_password(&mut tx, Account::Known(user.id), origin).await?;
        tx.commit().await?;
        let right = self.passwords.verify(&Password::entered(password), hash.as_deref()).await?;

        let mut tx = self.store.write().await?;
        // Either may have changed while the password was verified: then it counts no more.
        let current = owner_of_address(&mut tx, &kept).await?;
        if !right || current.is_none_or(|(owner, current)| owner.id != user.id || current != hash) {
            let actor = Actor { id: None, name: "Someone", key: None, origin };
            let done = Done { subject_id: Some(user.id), ..Done::new(Action::SignInFailed, &user.name) };
            self.audit(&mut tx, actor, &done);
            tx.commit().await?;
            return Err(Error::invalid("password", "is not the one of the account that has this address"));
        }
        self.forgive(&mut tx, &tried).await?;
        let admission = self.admit(&mut tx, user.clone(), Shown::OneFactor, origin).await?;
        if matches!(admission, Admission::SignedIn(_)) {
            self.settle(&mut tx, &secret, &kept, &user, origin).await?;
        }
        tx.commit().await?;
        admission.measure();
        Ok((admission, kept.next))
    }

    /// Connects who came back to the caller's account. Answers to which page they are led.
    ///
    /// # Errors
    /// When the caller is not signed in; when that is settled or took too long, or they neither went in this session
    /// nor have the address of whoever came back.
    pub async fn connect_identity(&self, who: &Who, secret: &str) -> Result<String> {
        let (secret, now) = (VisitSecret::shown(secret), self.world.now());
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ConnectIdentity).await?;
        let session = self.look_up(&mut tx, who, Target::Account).await?.session;
        let kept = visits::kept(&mut tx, &secret.hash(), now).await?.ok_or_else(over)?;
        let user = users::get(&mut tx, asked.permit.user()).await?.ok_or(Error::NotFound)?;
        let is_theirs = match kept.session_id {
            Some(went) => session == Some(went),
            None => owner_of_address(&mut tx, &kept).await?.is_some_and(|(owner, _)| owner.id == user.id),
        };
        if !is_theirs {
            return Err(over());
        }
        self.settle(&mut tx, &secret, &kept, &user, &who.origin).await?;
        tx.announce(Event::Person(user.id));
        tx.commit().await?;
        Ok(kept.next)
    }

    /// Connects who came back to the account of `user`, who has shown that it is theirs, and tells them by mail.
    async fn settle(
        &self,
        tx: &mut WriteTx,
        secret: &VisitSecret,
        kept: &ReturnRow,
        user: &UserRow,
        origin: &Origin,
    ) -> Result<()> {
        let (provider, _) = self.provider(&kept.provider)?;
        // The address may have come to stand for another provider since.
        if provider.issuer() != kept.issuer || !visits::settle(tx, &secret.hash(), self.world.now()).await? {
            return Err(over());
        }
        if !self.connect(tx, provider, &kept.subject, user, origin).await? {
            return Err(Error::Conflict("this sign-in is connected to an account already".into()));
        }
        self.mail_way_in(tx, user.id, &provider.name().name, true).await
    }

    /// Connects who somebody is at the provider to the account of `user`; answers whether that was still free. If it
    /// was not, the transaction cannot go on.
    pub(super) async fn connect(
        &self,
        tx: &mut WriteTx,
        provider: &Provider,
        subject: &str,
        user: &UserRow,
        origin: &Origin,
    ) -> Result<bool> {
        let now = self.world.now();
        let id = IdentityId::new(now, &self.world.salt());
        let subject = Subject { issuer: provider.issuer(), name: subject };
        match identities::insert(tx, id, subject, user.id, now).await {
            Ok(()) => {}
            Err(atelier_store::Error::Duplicate) => return Ok(false),
            Err(other) => return Err(other.into()),
        }
        let actor = Actor { id: Some(user.id), name: &user.name, key: None, origin };
        let name = provider.name().name;
        self.audit(
            tx,
            actor,
            &Done { subject_id: Some(user.id), ..Done::new(Action::IdentityConnected, &name) },
        );
        Ok(true)
    }
}

/// The account that has proved the address of whoever came back, with what its password hashes to.
async fn owner_of_address(conn: &mut Conn, kept: &ReturnRow) -> Result<Option<(UserRow, Option<String>)>> {
    let address: Email = stored_address(&kept.called)?;
    let Some(user) = users::by_verified_address(conn, &address).await? else { return Ok(None) };
    let password = users::password_of(conn, user.id).await?;
    Ok(Some((user, password.and_then(|row| row.password_hash))))
}

/// The same for what never was, what is settled, and what took too long.
fn over() -> Error {
    Error::invalid("visit", "is over; sign in once more")
}
