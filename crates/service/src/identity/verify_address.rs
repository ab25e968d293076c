//! Proving that an address is one's own, by a mailed link.

use atelier_domain::Email;
use atelier_domain::id::UserId;
use atelier_domain::time::DAY;
use atelier_store::queries::users::{self, Purpose};
use atelier_store::{Event, WriteTx};

use crate::audit::{Action, Actor, Done};
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
    /// Uses a mailed link: its address is verified, and the invitations that waited for it become active. Whoever
    /// follows the link need not be signed in.
    ///
    /// # Errors
    /// When the link is unknown, was used or has expired, or somebody else has verified the address meanwhile.
    pub async fn verify_address(&self, origin: &Origin, secret: &str) -> Result<Verified> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let link = users::use_link(&mut tx, &hash_secret(secret), Purpose::VerifyAddress, now)
            .await?
            .ok_or_else(link_over)?;
        let address = stored_address(&link.address)?;
        let user = users::get(&mut tx, link.user_id).await?.ok_or_else(link_over)?;
        let actor = Actor { id: Some(user.id), name: &user.name, key: None, origin };
        let joined = self.prove_address(&mut tx, actor, user.id, &address).await?;
        tx.commit().await?;
        Ok(Verified { user_id: user.id, email: link.address, joined })
    }

    /// Notes that `address` is `user`'s, and takes up what waited for it. Answers the names of the apps they joined.
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
        self.audit(tx, actor, &done).await?;
        tx.announce(Event::Person(user));
        self.take_up_invitations(tx, actor, user, address).await
    }
}

/// The same for a link that never was, one that was used and one that has expired.
pub(super) fn link_over() -> Error {
    Error::invalid("link", "was used already or has expired; ask for a new one")
}

/// An address as it was stored. That it does not read back is a fault of ours; the address itself is not logged.
pub(super) fn stored_address(text: &str) -> Result<Email> {
    text.parse().map_err(|_| {
        atelier_store::Error::Corrupt { column: "address", reason: "not an e-mail address".into() }.into()
    })
}
