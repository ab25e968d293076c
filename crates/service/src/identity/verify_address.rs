//! Proving that an address is one's own, by a mailed link.

use atelier_domain::id::UserId;
use atelier_domain::password::Password;
use atelier_domain::time::DAY;
use atelier_domain::{Caller, Credential, Email, Endpoint, decide_own};
use atelier_store::queries::users::{self, Purpose, UserRow};
use atelier_store::{Event, WriteTx};

use crate::audit::{Action, Actor, Done};
use crate::limits::Account;
use crate::secrets::hash_secret;
use crate::{Error, Origin, Result, Service};

/// How long a link to verify an address can be used.
pub const VERIFICATION_LINK: i64 = DAY;

/// That an address was verified.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Whose it is.
    pub user_id: UserId,
    /// The address.
    pub email: String,
    /// The names of the apps that had waited for it, and that the person can reach now.
    pub joined: Vec<String>,
}

impl Service {
    /// Uses a mailed link: its address is verified, and the invitations that waited for it become active.
    ///
    /// It takes the password of the account for which the link was mailed. Anyone can sign up with anyone's address;
    /// if the link alone were enough, its reader would verify a stranger's account, and hand them what waits for the
    /// address.
    ///
    /// # Errors
    /// When the link is unknown, was used or has expired, the password is not the account's, or somebody else has
    /// verified the address meanwhile; `Throttled` after too many wrong passwords.
    pub async fn verify_address(&self, origin: &Origin, secret: &str, password: &str) -> Result<Verified> {
        // As for a reset: a wrong password costs no link, and nobody without a link has passwords hashed.
        let mut look = self.store.write().await?;
        let (user, _) = self.use_verification_link(&mut look, secret).await?;
        let known = users::password_of(&mut look, user.id).await?.ok_or_else(link_over)?;
        drop(look);
        let mut tx = self.store.write().await?;
        let tried = self.count_password(&mut tx, Account::Known(user.id), origin).await?;
        tx.commit().await?;
        let hash = known.password_hash.as_deref();
        let right = self.passwords.verify(&Password::entered(password), hash).await?;

        let mut tx = self.store.write().await?;
        if !right {
            let actor = Actor { id: None, name: "Someone", key: None, origin };
            let done = Done { subject_id: Some(user.id), ..Done::new(Action::SignInFailed, &user.name) };
            self.audit(&mut tx, actor, &done);
            tx.commit().await?;
            return Err(Error::invalid("password", "is not the one of the account that this link is for"));
        }
        self.forgive(&mut tx, &tried).await?;
        let (user, address) = self.use_verification_link(&mut tx, secret).await?;
        let actor = Actor { id: Some(user.id), name: &user.name, key: None, origin };
        let joined = self.prove_address(&mut tx, actor, user.id, &address).await?;
        tx.commit().await?;
        Ok(Verified { user_id: user.id, email: address.as_str().into(), joined })
    }

    async fn use_verification_link(&self, tx: &mut WriteTx, secret: &str) -> Result<(UserRow, Email)> {
        let now = self.world.now();
        let link = users::use_link(tx, &hash_secret(secret), Purpose::VerifyAddress, now)
            .await?
            .ok_or_else(link_over)?;
        let user = users::get(tx, link.user_id).await?.ok_or_else(link_over)?;
        Ok((user, stored_address(&link.address)?))
    }

    /// Notes that `address` is `user`'s, and takes up what waited for it. Answers the names of the apps they joined.
    /// That the person has shown who they are, by their password or to the operator, is for the caller to see to.
    pub(super) async fn prove_address(
        &self,
        tx: &mut WriteTx,
        actor: Actor<'_>,
        user: UserId,
        address: &Email,
    ) -> Result<Vec<String>> {
        let now = self.world.now();
        let verified = users::verify_address(tx, user, address, now).await.map_err(|error| match error {
            atelier_store::Error::Duplicate => {
                Error::Conflict("this address belongs to another account".into())
            }
            other => other.into(),
        })?;
        if !verified {
            // They have removed the address since the link was mailed.
            return Err(link_over());
        }
        let done = Done { subject_id: Some(user), ..Done::new(Action::AddressVerified, address.as_str()) };
        self.audit(tx, actor, &done);
        tx.announce(Event::Person(user));
        // Whoever has just given the password is the person themselves, as in a session that it would have begun.
        let person = Caller { user, credential: Credential::Session { proved_at: now } };
        let permit = decide_own(&person, Endpoint::ViewAccount, now)
            .map_err(|refusal| Error::refused(&refusal, &[]))?;
        self.take_up_all(tx, &permit, actor, address).await
    }
}

/// The same for a link that never was, one that was used and one that has expired.
pub(super) fn link_over() -> Error {
    Error::invalid("link", "was used already or has expired; ask for a new one")
}

/// An address as it was stored. That it does not read back is a fault of ours; the address itself is not logged.
pub(crate) fn stored_address(text: &str) -> Result<Email> {
    text.parse().map_err(|_| {
        atelier_store::Error::Corrupt { column: "address", reason: "not an e-mail address".into() }.into()
    })
}
