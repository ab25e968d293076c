//! What a provider says of somebody, once it is believed.

use atelier_domain::{DisplayName, Email, Timestamp};
use openidconnect::core::{CoreIdTokenClaims, CoreUserInfoClaims};
use openidconnect::{EndUserEmail, EndUserName, EndUserUsername, LocalizedClaim};

/// What a provider says of somebody.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// What it calls them, which never changes.
    pub(super) subject: String,
    /// When they last showed it who they are, if it says so.
    pub(super) shown_at: Option<Timestamp>,
    /// Who they are besides.
    pub(super) person: SaidOfPerson,
}

/// What a provider says of who somebody is.
#[derive(Clone, Debug)]
pub(super) struct SaidOfPerson {
    /// Their address, if it has checked that it is theirs.
    pub(super) address: Option<Email>,
    /// What they are called.
    pub(super) name: Option<DisplayName>,
    /// What they are called where they sign in, as they chose it.
    pub(super) user_name: Option<String>,
}

impl Said {
    /// What a token says that was verified.
    pub(super) fn of_token(claims: &CoreIdTokenClaims) -> Self {
        Self {
            subject: claims.subject().as_str().into(),
            shown_at: claims.auth_time().map(|moment| Timestamp::from_micros(moment.timestamp_micros())),
            person: SaidOfPerson::of(
                claims.email(),
                claims.email_verified(),
                claims.name(),
                claims.preferred_username(),
            ),
        }
    }
}

impl SaidOfPerson {
    /// What was answered to whoever showed the token.
    pub(super) fn of_answer(claims: &CoreUserInfoClaims) -> Self {
        Self::of(claims.email(), claims.email_verified(), claims.name(), claims.preferred_username())
    }

    /// An address counts only if the provider says that it was checked.
    fn of(
        address: Option<&EndUserEmail>,
        is_checked: Option<bool>,
        name: Option<&LocalizedClaim<EndUserName>>,
        user_name: Option<&EndUserUsername>,
    ) -> Self {
        let address = address.filter(|_| is_checked == Some(true));
        let name = name.and_then(|name| name.get(None).or_else(|| name.iter().next().map(|(_, name)| name)));
        Self {
            address: address.and_then(|address| address.parse().ok()),
            name: name.and_then(|name| name.parse().ok()),
            user_name: user_name.map(|name| name.as_str().to_owned()),
        }
    }
}
