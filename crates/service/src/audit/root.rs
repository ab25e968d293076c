//! Signed roots: once a day the end of the chain is signed, so that links which somebody makes anew, with hashes that fit
//! one another, are told by the signature that they lack.

use std::collections::BTreeSet;
use std::fmt;

use atelier_domain::time::DAY;
use atelier_domain::{Hex, Timestamp};
use atelier_store::chain::Link;
use atelier_store::queries::audit_chain::{self, RootRow};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::check::Found;
use super::verify::{Expected, Verified};
use crate::{Result, Service};

/// What is signed begins so, so that the key's signatures are worth nothing elsewhere.
const PURPOSE: &[u8] = b"atelier audit root\n";

/// A public key of Ed25519.
pub type PublicKey = Hex<32>;

/// The key that roots are signed with. It is wiped from memory when it is dropped.
pub struct AuditKey(SigningKey);

impl AuditKey {
    /// The key of this secret.
    #[must_use]
    pub fn new(secret: &Hex<32>) -> Self {
        Self(SigningKey::from_bytes(&secret.0))
    }

    /// What its signatures are checked with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        Hex(self.0.verifying_key().to_bytes())
    }

    /// Signs `link` as the end of the chain on the day that begins at `day`.
    #[must_use]
    pub fn sign(&self, day: Timestamp, link: Link) -> Root {
        let signature = Hex(self.0.sign(&statement(day, link)).to_bytes());
        Root { day, link, public_key: self.public(), signature }
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuditKey({})", self.public())
    }
}

/// The end of the chain on one day, signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Root {
    /// When the day began, UTC.
    pub day: Timestamp,
    /// The last link.
    pub link: Link,
    /// Whose signature it is.
    pub public_key: PublicKey,
    /// The signature.
    pub signature: Hex<64>,
}

impl Root {
    /// Whether the signature is that of its public key.
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        let signature = Signature::from_bytes(&self.signature.0);
        VerifyingKey::from_bytes(&self.public_key.0)
            .is_ok_and(|key| key.verify_strict(&statement(self.day, self.link), &signature).is_ok())
    }

    /// The root that a row keeps, unless its bytes cannot be one.
    pub(super) fn read(row: &RootRow) -> Option<Self> {
        Some(Self {
            day: row.day,
            link: Link { position: row.position, hash: Hex(row.hash.as_slice().try_into().ok()?) },
            public_key: Hex(row.public_key.as_slice().try_into().ok()?),
            signature: Hex(row.signature.as_slice().try_into().ok()?),
        })
    }

    fn row(&self) -> RootRow {
        RootRow {
            day: self.day,
            position: self.link.position,
            hash: self.link.hash.0.into(),
            public_key: self.public_key.0.into(),
            signature: self.signature.0.into(),
        }
    }
}

/// What was signed, and what was found on the way.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The root.
    pub root: Root,
    /// What is wrong with the list.
    pub found: Found,
}

/// What is signed: every part has its length, so that it says one thing only.
fn statement(day: Timestamp, link: Link) -> Vec<u8> {
    [PURPOSE, &day.micros().to_be_bytes(), &link.position.to_be_bytes(), &link.hash.0].concat()
}

/// The first moment of the day that `now` is in, UTC.
fn day_of(now: Timestamp) -> Timestamp {
    Timestamp::from_micros(now.micros().div_euclid(DAY).saturating_mul(DAY))
}

impl Service {
    /// Goes through the list and signs the end of its chain with `key`, unless somebody did so today or there is nothing
    /// to sign. Answers nothing then, or when somebody else was faster. A list that is not as it was written is signed as
    /// well: that it was so on this day is worth knowing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_audit_root(&self, key: &AuditKey) -> Result<Option<Signed>> {
        let day = day_of(self.world.now());
        if audit_chain::has_root(&mut *self.store.read().await?, day).await? {
            return Ok(None);
        }
        // Roots that another key signed are told of: either it was changed, or somebody made everything anew.
        let expected = Expected { keys: BTreeSet::from([key.public()]), ..Expected::default() };
        let Verified { head, found, .. } = self.verify_audit(&expected).await?;
        let Some(head) = head else { return Ok(None) };
        let root = key.sign(day, head);
        let mut tx = self.store.write().await?;
        // Of several servers over one database one is the first.
        let is_first = audit_chain::add_root(&mut tx, &root.row()).await?;
        tx.commit().await?;
        Ok(is_first.then_some(Signed { root, found }))
    }

    /// Every signed root, the oldest first. One whose bytes somebody changed into what cannot be a root is left out here:
    /// [`Service::verify_audit`] tells of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_roots(&self) -> Result<Vec<Root>> {
        let mut tx = self.store.read().await?;
        Ok(audit_chain::roots(&mut tx).await?.iter().filter_map(Root::read).collect())
    }
}

#[cfg(test)]
mod tests {
    use atelier_domain::time::HOUR;

    use super::*;

    fn root() -> Root {
        let link = Link { position: 42, hash: Hex([7; 32]) };
        AuditKey::new(&Hex([1; 32])).sign(Timestamp::from_micros(DAY), link)
    }

    #[test]
    fn a_signature_holds_for_exactly_what_was_signed() {
        let root = root();
        assert!(root.is_genuine());
        let other_key = AuditKey::new(&Hex([2; 32])).public();
        let mut flipped = root.signature;
        flipped.0[0] ^= 1;
        for forged in [
            Root { day: Timestamp::from_micros(2 * DAY), ..root },
            Root { link: Link { position: 43, ..root.link }, ..root },
            Root { link: Link { hash: Hex([8; 32]), ..root.link }, ..root },
            Root { public_key: other_key, ..root },
            // No point of the curve.
            Root { public_key: Hex([2; 32]), ..root },
            Root { signature: flipped, ..root },
        ] {
            assert!(!forged.is_genuine(), "{forged:?}");
        }
    }

    #[test]
    fn a_key_shows_its_secret_to_nobody() {
        let secret = Hex([1; 32]);
        let shown = format!("{:?}", AuditKey::new(&secret));
        assert!(!shown.contains(&secret.to_string()), "{shown}");
    }

    #[test]
    fn days_begin_at_midnight() {
        let noon = Timestamp::from_micros(1_767_268_800_000_000);
        assert_eq!(day_of(noon), noon.plus(-12 * HOUR));
        assert_eq!(day_of(noon.plus(12 * HOUR - 1)), noon.plus(-12 * HOUR));
        assert_eq!(day_of(noon.plus(12 * HOUR)), noon.plus(12 * HOUR));
        assert_eq!(day_of(Timestamp::from_micros(-1)), Timestamp::from_micros(-DAY));
    }
}
