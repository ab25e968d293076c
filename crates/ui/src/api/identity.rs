//! Accounts and sessions.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::error::Check;
use crate::error::UiError;

/// Starts a session for whoever knows the password.
///
/// # Errors
/// [`UiError::Invalid`] for a wrong pair, without telling which of the two is wrong.
#[server(name = SignIn, prefix = "/api", endpoint = "identity/sign-in")]
pub async fn sign_in(email: String, password: String) -> Result<(), UiError> {
    let mut check = Check::default();
    check.that(
        email.contains('@'),
        "email",
        "Enter the e-mail address of your account, such as ada@example.org.",
    );
    check.that(!password.is_empty(), "password", "Enter your password.");
    check.finish()?;
    Err(UiError::Unavailable)
}

/// Makes an account and sends the letter that proves the address.
///
/// # Errors
/// [`UiError::Invalid`] for what cannot be accepted. An address that has an account already is not an error: its
/// owner gets a letter instead.
#[server(name = SignUp, prefix = "/api", endpoint = "identity/sign-up")]
pub async fn sign_up(name: String, email: String, password: String) -> Result<(), UiError> {
    let mut check = Check::default();
    check.that(!name.trim().is_empty(), "name", "Enter the name that others should see.");
    check.that(email.contains('@'), "email", "Enter an e-mail address, such as ada@example.org.");
    check.that(password.chars().count() >= 12, "password", "Choose a password of at least 12 characters.");
    check.finish()?;
    Err(UiError::Unavailable)
}

/// Sends a letter with which a new password can be chosen; answers alike whether there is an account or not.
///
/// # Errors
/// [`UiError::Invalid`] if it is no address, [`UiError::Throttled`] after too many letters.
#[server(name = AskReset, prefix = "/api", endpoint = "identity/ask-reset")]
pub async fn ask_reset(email: String) -> Result<(), UiError> {
    let mut check = Check::default();
    check.that(
        email.contains('@'),
        "email",
        "Enter the e-mail address of your account, such as ada@example.org.",
    );
    check.finish()?;
    Err(UiError::Unavailable)
}

/// Sets a new password with the token of a letter, and ends every session of the account.
///
/// # Errors
/// [`UiError::NotFound`] for a token that is unknown, used or too old.
#[server(name = ChoosePassword, prefix = "/api", endpoint = "identity/choose-password")]
pub async fn choose_password(token: String, password: String) -> Result<(), UiError> {
    let mut check = Check::default();
    check.that(
        !token.is_empty(),
        "",
        "The address of this page is incomplete. Open the link in the letter again.",
    );
    check.that(password.chars().count() >= 12, "password", "Choose a password of at least 12 characters.");
    check.finish()?;
    Err(UiError::Unavailable)
}

/// Confirms an address with the token of a letter.
///
/// # Errors
/// [`UiError::NotFound`] for a token that is unknown, used or too old.
#[server(name = VerifyAddress, prefix = "/api", endpoint = "identity/verify-address")]
pub async fn verify_address(token: String) -> Result<(), UiError> {
    let mut check = Check::default();
    check.that(
        !token.is_empty(),
        "",
        "The address of this page is incomplete. Open the link in the letter again.",
    );
    check.finish()?;
    Err(UiError::Unavailable)
}
