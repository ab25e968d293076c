//! Signing in.

use std::fmt;

use atelier_domain::Email;
use atelier_domain::id::{SessionId, UserId};
use atelier_domain::password::Password;
use atelier_store::queries::sessions;
use atelier_store::queries::users::{self, PasswordRow};
use atelier_store::{Conn, Event, WriteTx};

use crate::audit::{Action, Actor, Done};
use crate::limits::Account;
use crate::secrets::{PasswordHasher, hash_secret, new_secret};
use crate::{Error, Origin, Result, Service, measures};

/// A session that has begun.
#[derive(Clone)]
pub struct SignedIn {
    /// Its secret, for the browser alone.
    pub secret: String,
    /// Whose it is.
    pub user_id: UserId,
    /// Their slug.
    pub slug: String,
    /// What they are called.
    pub name: String,
}

/// Never the secret itself.
impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("slug", &self.slug).finish_non_exhaustive()
    }
}

impl Service {
    /// Begins a session for whoever gives an account's address and password. An address without an account is
    /// answered as a wrong password is, and as late.
    ///
    /// # Errors
    /// `Unauthenticated`, when the two do not go together; `Throttled` after too many that did not.
    pub async fn sign_in(&self, email: &str, password: &str, origin: &Origin) -> Result<SignedIn> {
        let typed = Password::entered(password);
        // What is no address is not kept: people mistake the fields, and it may be their password.
        let address: Option<Email> = email.parse().ok();
        let mut tx = self.store.write().await?;
        let known = password_of(&mut tx, address.as_ref()).await?;
        let account = match (&known, &address) {
            (Some(known), _) => Account::Known(known.user_id),
            (None, Some(address)) => Account::Address(address),
            (None, None) => Account::Nothing,
        };
        let tried = self.count_password(&mut tx, account, origin).await.inspect_err(|error| {
            if matches!(error, Error::Throttled { .. }) {
                measures::signed_in("throttled");
            }
        })?;
        tx.commit().await?;
        let hash = known.as_ref().map(|known| known.password_hash.as_str());
        let right = self.passwords.verify(&typed, hash).await?;
        // Only now is there a password from which a better hash can be made.
        let rehashed = match hash {
            Some(hash) if right && PasswordHasher::is_outdated(hash) => {
                Some(self.passwords.hash(&typed).await?)
            }
            _ => None,
        };

        let mut tx = self.store.write().await?;
        // The password may have been changed while this one was verified: then it counts no more.
        let current = password_of(&mut tx, address.as_ref()).await?;
        let user = match (&known, &current) {
            (Some(known), Some(current)) if right && known.password_hash == current.password_hash => {
                users::get(&mut tx, current.user_id).await?
            }
            _ => None,
        };
        let Some(user) = user else {
            let actor = Actor { id: None, name: "Someone", key: None, origin };
            let subject = address.as_ref().map_or("", Email::as_str);
            let done = Done {
                subject_id: known.as_ref().map(|known| known.user_id),
                ..Done::new(Action::SignInFailed, subject)
            };
            self.audit(&mut tx, actor, &done);
            tx.commit().await?;
            measures::signed_in("refused");
            return Err(Error::Unauthenticated("this address and password do not go together".into()));
        };
        self.forgive_password(&mut tx, &tried).await?;
        if let Some(hash) = rehashed {
            users::set_password(&mut tx, user.id, &hash, self.world.now()).await?;
        }
        let secret = self.start_session(&mut tx, user.id, origin).await?;
        let actor = Actor { id: Some(user.id), name: &user.name, key: None, origin };
        let done = Done { subject_id: Some(user.id), ..Done::new(Action::SignedIn, &user.name) };
        self.audit(&mut tx, actor, &done);
        tx.commit().await?;
        measures::signed_in("signed_in");
        Ok(SignedIn { secret, user_id: user.id, slug: user.slug, name: user.name })
    }

    /// Begins a session of `user`, and answers its secret.
    pub(super) async fn start_session(
        &self,
        tx: &mut WriteTx,
        user: UserId,
        origin: &Origin,
    ) -> Result<String> {
        let now = self.world.now();
        let secret = new_secret(&self.world);
        let session = sessions::NewSession {
            id: SessionId::new(now, &self.world.salt()),
            secret_hash: &hash_secret(&secret),
            user,
            user_agent: &origin.user_agent,
            address: &origin.address,
        };
        sessions::insert(tx, &session, now).await?;
        tx.announce(Event::Person(user));
        Ok(secret)
    }
}

async fn password_of(conn: &mut Conn, address: Option<&Email>) -> Result<Option<PasswordRow>> {
    match address {
        Some(address) => Ok(users::password_by_address(conn, address).await?),
        None => Ok(None),
    }
}
