//! What this place is to passkeys: what it asks to be signed, and which answers it believes.

use std::time::Duration;

use atelier_domain::id::UserId;
use serde_json::{Value, json};
use webauthn_rs::Webauthn;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, WebauthnBuilder, WebauthnError,
};

use super::CHALLENGE;
use crate::identity::UserRow;
use crate::{Error, Result};

/// The host to which passkeys are bound, and the origin at which they are used.
pub(crate) struct Site(Webauthn);

/// What a browser is asked to sign, and by what its answer is verified.
pub(super) struct Asked {
    /// As JSON, which browsers read.
    pub(super) options: String,
    /// Never for the browser.
    pub(super) state: Value,
}

/// What a browser answers who signs in.
pub(super) struct Signed(PublicKeyCredential);

impl Signed {
    /// Reads an answer; none if it is none.
    pub(super) fn read(answer: &str) -> Option<Self> {
        serde_json::from_str(answer).ok().map(Self)
    }

    /// By what browsers know the passkey.
    pub(super) fn credential_id(&self) -> &[u8] {
        self.0.get_credential_id()
    }

    /// Whose passkey it says that it is.
    pub(super) fn user(&self) -> Option<UserId> {
        let bytes = self.0.get_user_unique_id()?.try_into().ok()?;
        Some(UserId(uuid::Uuid::from_bytes(bytes)))
    }
}

/// Why a signature is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unbelieved {
    /// Whatever is wrong with it.
    Wrong,
    /// The passkey has signed more often than it says: there is a copy of it.
    Copied,
}

impl Site {
    /// What is reached at `base_url`; none where browsers use no passkeys, which is at a network address without a name,
    /// and unencrypted beyond this machine.
    pub(crate) fn of(base_url: &str) -> Option<Self> {
        let origin: Url = base_url.parse().ok()?;
        let host = origin.domain()?;
        let is_here = host == "localhost" || host.ends_with(".localhost");
        if origin.scheme() != "https" && !is_here {
            return None;
        }
        let seconds = u64::try_from(CHALLENGE / atelier_domain::time::SECOND).ok()?;
        let site = WebauthnBuilder::new(host, &origin).ok()?;
        site.rp_name("Atelier").timeout(Duration::from_secs(seconds)).build().ok().map(Self)
    }

    /// Asks for a passkey of `user` that is none of `known`.
    pub(super) fn ask_to_add(&self, user: &UserRow, known: Vec<Vec<u8>>) -> Result<Asked> {
        let called = user.email.as_deref().unwrap_or(&user.slug);
        let asked = self.0.start_passkey_registration(user.id.0, called, &user.name, Some(known));
        let (options, state) = asked.map_err(|error| Error::fault(&error))?;
        let mut options = as_json(&options.public_key)?;
        // Whoever signs in here does not say who they are: the device has to find the passkey by itself.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        Ok(Asked { options: options.to_string(), state: as_json(&state)? })
    }

    /// The passkey that a browser answers has been made; none if it is not believed.
    pub(super) fn added(&self, answer: &str, state: Value) -> Result<Option<(Vec<u8>, Value)>> {
        let state: PasskeyRegistration = from_json(state)?;
        let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(answer) else { return Ok(None) };
        match self.0.finish_passkey_registration(&answer, &state) {
            Ok(passkey) => Ok(Some((passkey.cred_id().to_vec(), as_json(&passkey)?))),
            Err(error) => {
                tracing::info!(reason = %error, "a new passkey was not believed");
                Ok(None)
            }
        }
    }

    /// Asks for a signature by whichever passkey its owner chooses.
    pub(super) fn ask(&self) -> Result<Asked> {
        let asked = self.0.start_discoverable_authentication();
        let (options, state) = asked.map_err(|error| Error::fault(&error))?;
        Ok(Asked { options: as_json(&options.public_key)?.to_string(), state: as_json(&state)? })
    }

    /// Verifies a signature with `credential`; answers what verifies those that come after it.
    pub(super) fn verify(
        &self,
        signed: &Signed,
        state: Value,
        credential: Value,
    ) -> Result<std::result::Result<Value, Unbelieved>> {
        let state: DiscoverableAuthentication = from_json(state)?;
        let mut passkey: Passkey = from_json(credential)?;
        match self.0.finish_discoverable_authentication_v2(&signed.0, state, &passkey) {
            Ok(verified) => {
                passkey.update_credential(&verified);
                Ok(Ok(as_json(&passkey)?))
            }
            Err(error) => {
                tracing::info!(reason = %error, "a passkey was not believed");
                Ok(Err(match error {
                    WebauthnError::CredentialPossibleCompromise => Unbelieved::Copied,
                    _ => Unbelieved::Wrong,
                }))
            }
        }
    }
}

fn as_json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::fault(&error))
}

fn from_json<T: serde::de::DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::fault(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_that_is_reached_without_anybody_on_the_way() {
        for good in [
            "https://atelier.example.org",
            "https://atelier.example.org:8443",
            "http://localhost:8080",
            "http://atelier.localhost",
        ] {
            assert!(Site::of(good).is_some(), "{good}");
        }
        for bad in [
            "http://127.0.0.1:8080",
            "https://192.0.2.7",
            "https://[2001:db8::1]",
            "http://atelier.example.org",
            "http://localhost.example.org",
            "atelier.example.org",
            "",
        ] {
            assert!(Site::of(bad).is_none(), "{bad}");
        }
    }
}
