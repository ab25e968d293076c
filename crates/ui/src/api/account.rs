//! One's own account.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::identity::{Person, Provider};
use super::passkeys::Passkey;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::server;

/// A person's account, as they see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whose it is.
    pub person: Person,
    /// Their addresses, the primary one first.
    pub addresses: Vec<Address>,
    /// Their sessions that are not over, the newest first.
    pub sessions: Vec<Session>,
    /// Who they are to providers by which they sign in.
    pub identities: Vec<Identity>,
    /// The providers by which people sign in here.
    pub providers: Vec<Provider>,
    /// Whether they have a password.
    pub has_password: bool,
    /// Their passkeys, in the order in which they were added.
    pub passkeys: Vec<Passkey>,
    /// Whether there are passkeys here at all.
    pub offers_passkeys: bool,
    /// Since when a second factor is asked for, in microseconds UTC; none if it is not.
    pub second_factor_since: Option<i64>,
    /// How many recovery codes they have left.
    pub recovery_codes_left: usize,
}

/// Who somebody is to a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its identifier here.
    pub id: String,
    /// What the provider is called.
    pub provider: String,
    /// Whether one can sign in by it.
    pub is_usable: bool,
    /// When it was connected, in microseconds UTC.
    pub connected_at: i64,
}

/// An e-mail address of somebody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The address.
    pub email: String,
    /// Whether mail goes there.
    pub is_primary: bool,
    /// Whether they have proved that it is theirs.
    pub is_verified: bool,
}

/// A browser in which somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its identifier.
    pub id: String,
    /// The browser, as it calls itself.
    pub browser: String,
    /// The network address from which it began.
    pub address: String,
    /// When it began, in microseconds UTC.
    pub began_at: i64,
    /// When it was last used, in microseconds UTC.
    pub seen_at: i64,
    /// Whether it is this one.
    pub is_current: bool,
}

/// The account of whoever is signed in.
///
/// # Errors
/// [`UiError::SignedOut`] if nobody is.
#[server(name = GetAccount, prefix = "/api", endpoint = "account/get")]
pub async fn get_account() -> Result<Account, UiError> {
    let (service, who) = (server::service(), server::who());
    let account = service.get_account(&who).await?;
    let sessions = service.list_sessions(&who).await?;
    let factor = service.get_second_factor(&who).await?;
    let addresses = account.addresses.into_iter().map(|row| Address {
        email: row.address,
        is_primary: row.is_primary,
        is_verified: row.verified_at.is_some(),
    });
    let current = sessions.current;
    let sessions = sessions.sessions.into_iter().map(|row| Session {
        id: row.id.to_string(),
        browser: row.user_agent,
        address: row.address,
        began_at: row.created_at.micros(),
        seen_at: row.seen_at.micros(),
        is_current: Some(row.id) == current,
    });
    let identities = account.identities.into_iter().map(|identity| Identity {
        id: identity.id.to_string(),
        provider: identity.provider,
        is_usable: identity.is_usable,
        connected_at: identity.connected_at.micros(),
    });
    Ok(Account {
        person: Person { slug: account.user.slug, name: account.user.name },
        addresses: addresses.collect(),
        sessions: sessions.collect(),
        identities: identities.collect(),
        providers: service.list_providers().into_iter().map(Provider::from).collect(),
        has_password: account.has_password,
        passkeys: account.passkeys.into_iter().map(Passkey::from).collect(),
        offers_passkeys: service.offers_passkeys(),
        second_factor_since: factor.since.map(atelier_domain::Timestamp::micros),
        recovery_codes_left: factor.recovery_codes_left,
    })
}

/// Changes what the person is called.
///
/// # Errors
/// [`UiError::Invalid`] if nobody can be called so.
#[server(name = ChangeName, prefix = "/api", endpoint = "account/change-name")]
pub async fn change_name(name: String) -> Result<(), UiError> {
    server::service().change_name(&server::who(), &name).await?;
    Ok(())
}

/// Adds an address and sends the letter that proves it.
///
/// # Errors
/// [`UiError::Invalid`] if it is no address, [`UiError::Conflict`] if the account has it already.
#[server(name = AddAddress, prefix = "/api", endpoint = "account/add-address")]
pub async fn add_address(email: String) -> Result<(), UiError> {
    server::service().add_address(&server::who(), &email).await?;
    Ok(())
}

/// Takes an address away.
///
/// # Errors
/// [`UiError::Invalid`] if it is the primary one.
#[server(name = RemoveAddress, prefix = "/api", endpoint = "account/remove-address")]
pub async fn remove_address(email: String) -> Result<(), UiError> {
    server::service().remove_address(&server::who(), &email).await?;
    Ok(())
}

/// Makes an address the one that mail goes to.
///
/// # Errors
/// [`UiError::Invalid`] if it was not verified.
#[server(name = MakePrimary, prefix = "/api", endpoint = "account/make-primary")]
pub async fn make_primary(email: String) -> Result<(), UiError> {
    server::service().make_address_primary(&server::who(), &email).await?;
    Ok(())
}

/// Sends the letter that proves an address again.
///
/// # Errors
/// [`UiError::Invalid`] if it is verified already.
#[server(name = ResendVerification, prefix = "/api", endpoint = "account/resend-verification")]
pub async fn resend_verification(email: String) -> Result<(), UiError> {
    Ok(server::service().resend_verification(&server::who(), &email).await?)
}

/// Ends another session of the person.
///
/// # Errors
/// [`UiError::NotFound`] if it is over already.
#[server(name = EndSession, prefix = "/api", endpoint = "account/end-session")]
pub async fn end_session(id: String) -> Result<(), UiError> {
    let id = id.parse().map_err(|_| UiError::NotFound)?;
    Ok(server::service().end_session(&server::who(), id).await?)
}

/// Disconnects who the person is to a provider from their account.
///
/// # Errors
/// [`UiError::Conflict`] if they could not sign in any more.
#[server(name = DisconnectIdentity, prefix = "/api", endpoint = "account/disconnect")]
pub async fn disconnect_identity(id: String) -> Result<(), UiError> {
    let id = id.parse().map_err(|_| UiError::NotFound)?;
    Ok(server::service().disconnect_identity(&server::who(), id).await?)
}

/// Takes the person's password again. Forms carry it along with what they do, in a field of that name.
///
/// # Errors
/// [`UiError::Invalid`] if it is wrong, [`UiError::Throttled`] after too many wrong ones.
#[server(name = ConfirmPassword, prefix = "/api", endpoint = "account/confirm-password")]
pub async fn confirm_password(password_again: String) -> Result<(), UiError> {
    let done = server::service().confirm_password(&server::who(), &password_again).await;
    done.map_err(|error| UiError::from(error).renamed("password", crate::form::PASSWORD_AGAIN_FIELD))
}

/// Changes the password: every other session ends, and this one goes on under a new secret.
///
/// # Errors
/// [`UiError::Invalid`] for a wrong old password or a weak new one.
#[server(name = ChangePassword, prefix = "/api", endpoint = "account/change-password")]
pub async fn change_password(old_password: String, new_password: String) -> Result<(), UiError> {
    let done = server::service().change_password(&server::who(), &old_password, &new_password).await;
    let signed_in = done.map_err(|error| {
        UiError::from(error).renamed("old", "old_password").renamed("new", "new_password")
    })?;
    server::set_cookie(|cookie| cookie.handing_over(&signed_in.secret));
    Ok(())
}
