//! One's own second factor.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::identity::Person;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::server;

/// What somebody shows besides their password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// Whose it is.
    pub person: Person,
    /// Since when it is asked for, in microseconds UTC; none if it is not.
    pub since: Option<i64>,
    /// How many recovery codes are left.
    pub codes_left: usize,
    /// What an app is being set up with.
    pub offer: Option<Offer>,
}

/// What an app is set up with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The secret in groups of four, as it is typed.
    pub secret: String,
    /// The link that an app on this device opens.
    pub link: String,
    /// The same link as a picture for the camera of another device.
    pub picture: Squares,
}

/// A picture of dark squares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Squares {
    /// How many of them it is wide and high.
    pub width: usize,
    /// The outlines of the dark ones, as the data of an SVG path.
    pub path: String,
}

/// The second factor of whoever is signed in.
///
/// # Errors
/// [`UiError::SignedOut`] if nobody is.
#[server(name = GetSecondFactor, prefix = "/api", endpoint = "account/second-factor")]
pub async fn get_second_factor() -> Result<SecondFactor, UiError> {
    let person = server::person().await?;
    let factor = server::service().get_second_factor(&server::who()).await?;
    Ok(SecondFactor {
        person,
        since: factor.since.map(atelier_domain::Timestamp::micros),
        codes_left: factor.recovery_codes_left,
        offer: factor.offer.map(|offer| offer::shown(&offer)).transpose()?,
    })
}

/// Makes a secret for an app of the person's, which their page shows from then on.
///
/// # Errors
/// [`UiError::PasswordNeeded`] if it was given too long ago.
#[server(name = SetUpAuthenticator, prefix = "/api", endpoint = "account/set-up-authenticator")]
pub async fn set_up_authenticator() -> Result<(), UiError> {
    Ok(server::service().set_up_authenticator(&server::who()).await?)
}

/// Takes the first code of the app, and answers recovery codes: this is the only time that they are shown.
///
/// # Errors
/// [`UiError::Invalid`] if it is another code.
#[server(name = ConfirmAuthenticator, prefix = "/api", endpoint = "account/confirm-authenticator")]
pub async fn confirm_authenticator(code: String) -> Result<Vec<String>, UiError> {
    Ok(server::service().confirm_authenticator(&server::who(), &code).await?)
}

/// Makes recovery codes anew, and answers them: this is the only time that they are shown.
///
/// # Errors
/// [`UiError::Conflict`] if no second factor is set up.
#[server(name = MakeRecoveryCodes, prefix = "/api", endpoint = "account/make-recovery-codes")]
pub async fn make_recovery_codes() -> Result<Vec<String>, UiError> {
    Ok(server::service().make_recovery_codes(&server::who()).await?)
}

/// Switches the second factor off.
///
/// # Errors
/// [`UiError::Conflict`] if none is set up.
#[server(name = RemoveSecondFactor, prefix = "/api", endpoint = "account/remove-second-factor")]
pub async fn remove_second_factor() -> Result<(), UiError> {
    Ok(server::service().remove_second_factor(&server::who()).await?)
}

#[cfg(feature = "ssr")]
mod offer {
    use qrcode::{Color, QrCode};

    use super::{Offer, Squares};
    use crate::error::UiError;

    /// How many characters of a secret stand together.
    const GROUP: usize = 4;

    pub(super) fn shown(offer: &atelier_service::identity::Offer) -> Result<Offer, UiError> {
        // A slug needs no escaping.
        let link = format!(
            "otpauth://totp/Atelier:{account}?secret={secret}&issuer=Atelier",
            account = offer.account,
            secret = offer.secret
        );
        let groups: Vec<&str> = (0..offer.secret.len())
            .step_by(GROUP)
            .filter_map(|from| offer.secret.get(from..offer.secret.len().min(from + GROUP)))
            .collect();
        Ok(Offer { secret: groups.join(" "), picture: squares(&link)?, link })
    }

    /// The picture that says `text`.
    fn squares(text: &str) -> Result<Squares, UiError> {
        let code = QrCode::new(text).map_err(|_| UiError::Unavailable)?;
        let width = code.width();
        let mut path = String::new();
        for (place, color) in code.into_colors().into_iter().enumerate() {
            if color == Color::Dark {
                path.push_str(&format!("M{} {}h1v1h-1z", place % width, place / width));
            }
        }
        Ok(Squares { width, path })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_an_app_is_set_up_with_is_a_link_and_what_is_typed_by_hand() {
            let secret = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".to_owned();
            let offer =
                shown(&atelier_service::identity::Offer { secret: secret.clone(), account: "ada".into() })
                    .unwrap();
            assert_eq!(offer.link, format!("otpauth://totp/Atelier:ada?secret={secret}&issuer=Atelier"));
            assert_eq!(offer.secret, "ABCD EFGH IJKL MNOP QRST UVWX YZ23 4567");
            // The three corners that cameras look for, and nothing beside the picture.
            let Squares { width, path } = offer.picture;
            for (x, y) in [(0, 0), (width - 1, 0), (0, width - 1)] {
                assert!(path.contains(&format!("M{x} {y}h1")), "{x} {y}");
            }
            assert!(!path.contains(&format!("M{width} ")));
        }
    }
}
