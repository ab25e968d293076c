//! Passkeys: signing in by them, and one's own.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::server::{self, SessionCookie};

/// A passkey of somebody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Its identifier.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added, in microseconds UTC.
    pub added_at: i64,
    /// When it was last used, in microseconds UTC; none if it never was.
    pub used_at: Option<i64>,
}

#[cfg(feature = "ssr")]
impl From<atelier_service::identity::PasskeyRow> for Passkey {
    fn from(row: atelier_service::identity::PasskeyRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            added_at: row.created_at.micros(),
            used_at: row.used_at.map(atelier_domain::Timestamp::micros),
        }
    }
}

/// Asks this browser to sign by whichever passkey its owner chooses; answers the options for its credentials.
///
/// # Errors
/// [`UiError::NotFound`] where there are no passkeys.
#[server(name = AskPasskeyToSignIn, prefix = "/api", endpoint = "identity/ask-passkey")]
pub async fn ask_passkey_to_sign_in() -> Result<String, UiError> {
    Ok(server::ask_browser(server::service().begin_passkey_sign_in().await?))
}

/// Starts a session for whoever has signed, and leads to the page `next` of this site.
///
/// # Errors
/// [`UiError::SignedOut`] if the passkey is unknown or its signature wrong, without telling which of the two.
#[server(name = SignInByPasskey, prefix = "/api", endpoint = "identity/sign-in-by-passkey")]
pub async fn sign_in_by_passkey(answer: String, #[server(default)] next: String) -> Result<(), UiError> {
    let (secret, origin) = (server::asked(), server::who().origin);
    let admission = server::service().sign_in_by_passkey(&secret, &answer, &origin).await?;
    server::set_cookie(SessionCookie::taking_back_asked);
    server::admit(&admission, &next);
    Ok(())
}

/// Asks this browser for a passkey that is to be called `name`; answers the options for its credentials.
///
/// # Errors
/// [`UiError::PasswordNeeded`] if it was given too long ago.
#[server(name = AskForPasskey, prefix = "/api", endpoint = "account/ask-for-passkey")]
pub async fn ask_for_passkey(name: String) -> Result<String, UiError> {
    Ok(server::ask_browser(server::service().begin_passkey(&server::who(), &name).await?))
}

/// Adds the passkey that this browser answers has been made.
///
/// # Errors
/// [`UiError::Conflict`] if that took too long, or is not believed.
#[server(name = AddPasskey, prefix = "/api", endpoint = "account/add-passkey")]
pub async fn add_passkey(name: String, answer: String) -> Result<(), UiError> {
    server::service().add_passkey(&server::who(), &server::asked(), &name, &answer).await?;
    server::set_cookie(SessionCookie::taking_back_asked);
    Ok(())
}

/// Removes a passkey of the person.
///
/// # Errors
/// [`UiError::Conflict`] if they could not sign in any more.
#[server(name = RemovePasskey, prefix = "/api", endpoint = "account/remove-passkey")]
pub async fn remove_passkey(id: String) -> Result<(), UiError> {
    let id = id.parse().map_err(|_| UiError::NotFound)?;
    Ok(server::service().remove_passkey(&server::who(), id).await?)
}

/// Asks this browser to sign by one of the person's passkeys; answers the options for its credentials.
///
/// # Errors
/// [`UiError::NotFound`] where there are no passkeys.
#[server(name = AskPasskeyToProve, prefix = "/api", endpoint = "account/ask-passkey")]
pub async fn ask_passkey_to_prove() -> Result<String, UiError> {
    Ok(server::ask_browser(server::service().begin_passkey_proof(&server::who()).await?))
}

/// Takes the signature by one of the person's passkeys as the password is taken again.
///
/// # Errors
/// [`UiError::Conflict`] if it is another's, took too long, or is not believed.
#[server(name = ProveByPasskey, prefix = "/api", endpoint = "account/prove-by-passkey")]
pub async fn prove_by_passkey(answer: String) -> Result<(), UiError> {
    server::service().prove_by_passkey(&server::who(), &server::asked(), &answer).await?;
    server::set_cookie(SessionCookie::taking_back_asked);
    Ok(())
}
