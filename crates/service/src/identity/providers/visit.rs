//! The secret of a visit, and what is derived from it.

use atelier_domain::time::MINUTE;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};
use sha2::{Digest as _, Sha256};

use crate::World;
use crate::secrets::{hash_secret, new_secret};

/// How long somebody may be at a provider, and then take to say to which account they belong.
pub const VISIT: i64 = 10 * MINUTE;

/// What a browser keeps of a visit, 256 random bits. What the provider is sent is derived from it, and leads back to
/// neither it nor anything else that is.
pub(super) struct VisitSecret(String);

impl VisitSecret {
    /// A new one.
    pub(super) fn new(world: &World) -> Self {
        Self(new_secret(world))
    }

    /// One that a browser showed.
    pub(super) fn shown(text: &str) -> Self {
        Self(text.into())
    }

    /// The text, for the browser alone.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// By what the visit is found.
    pub(super) fn hash(&self) -> [u8; 32] {
        hash_secret(&self.0)
    }

    /// By what it is known that whoever comes back is who went.
    pub(super) fn state(&self) -> CsrfToken {
        CsrfToken::new(self.derived("state"))
    }

    /// Whether `state` is this visit's.
    pub(super) fn is_state(&self, state: &str) -> bool {
        // Hashed, so that how long it takes tells nothing.
        hash_secret(state) == hash_secret(self.state().secret())
    }

    /// What the provider puts into the token, so that no other one fits.
    pub(super) fn nonce(&self) -> Nonce {
        Nonce::new(self.derived("nonce"))
    }

    /// Without what nobody can exchange the code.
    pub(super) fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.derived("verifier"))
    }

    fn derived(&self, what: &str) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{what} {}", self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 10.1.2.
    #[test]
    fn what_is_derived_differs_and_is_of_one_visit() {
        let (one, other) = (VisitSecret::new(&World::real()), VisitSecret::new(&World::real()));
        let all = [
            one.expose().to_owned(),
            one.state().secret().clone(),
            one.nonce().secret().clone(),
            one.verifier().secret().clone(),
            other.state().secret().clone(),
            other.nonce().secret().clone(),
            other.verifier().secret().clone(),
        ];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert!(all.iter().all(|text| text.len() == 43), "256 bits each: {all:?}");
        assert!(one.is_state(one.state().secret()));
        assert!(!one.is_state(other.state().secret()) && !one.is_state(""));
    }
}
