//! Signing in by passkeys: WebAuthn, by credentials that the device finds by itself and unlocks for its owner alone.
//!
//! What a browser is asked to sign is a *challenge*, kept in the database by the hash of a secret that only this browser
//! has, as visits to providers are: any server over it takes the answer, once, within [`CHALLENGE`]. Nobody says who they
//! are beforehand, so that to be asked is the same for everybody. Whoever answers has something and has unlocked it by
//! what they know or are: these are two factors, see `identity::admit`.

mod add;
mod challenge;
mod own;
mod prove;
mod sign_in;
mod site;

use atelier_store::queries::passkeys;

pub use atelier_store::queries::passkeys::PasskeyRow;
pub use challenge::{CHALLENGE, Challenge};
pub use own::MOST_PASSKEYS;

pub(crate) use site::Site;

use crate::{Error, Result, Service};

impl Service {
    /// Whether passkeys can be used here: browsers bind them to a host's name, reached over TLS or on this machine.
    #[must_use]
    pub fn offers_passkeys(&self) -> bool {
        self.site.is_some()
    }

    /// Takes away what browsers were asked to sign and never answered; answers how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_passkey_challenges(&self) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let forgotten = passkeys::forget(&mut tx, self.world.now()).await?;
        tx.commit().await?;
        Ok(forgotten)
    }

    fn site(&self) -> Result<&Site> {
        self.site.as_deref().ok_or(Error::NotFound)
    }
}
