//! Signing in.

use atelier_domain::Email;
use atelier_domain::password::Password;
use atelier_store::Conn;
use atelier_store::queries::users::{self, PasswordRow};

use crate::audit::{Action, Actor, Done};
use crate::identity::Admission;
use crate::identity::admit::Shown;
use crate::limits::Account;
use crate::secrets::PasswordHasher;
use crate::{Error, Origin, Result, Service, measures};

impl Service {
    /// Begins a session for whoever gives an account's address and password; where the account has a second factor,
    /// that is asked for first. An address without an account is answered as a wrong password is, and as late.
    ///
    /// # Errors
    /// `Unauthenticated`, when the two do not go together; `Throttled` after too many that did not.
    pub async fn sign_in(&self, email: &str, password: &str, origin: &Origin) -> Result<Admission> {
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
        let hash = known.as_ref().and_then(|known| known.password_hash.as_deref());
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
        self.forgive(&mut tx, &tried).await?;
        if let Some(hash) = rehashed {
            users::set_password(&mut tx, user.id, &hash, self.world.now()).await?;
        }
        let admission = self.admit(&mut tx, user, Shown::OneFactor, origin).await?;
        tx.commit().await?;
        admission.measure();
        Ok(admission)
    }
}

async fn password_of(conn: &mut Conn, address: Option<&Email>) -> Result<Option<PasswordRow>> {
    match address {
        Some(address) => Ok(users::password_by_address(conn, address).await?),
        None => Ok(None),
    }
}
