//! What can go wrong, as the interface knows it.

use std::fmt;

use leptos::{
    prelude::FromServerFnError,
    server_fn::{codec::JsonEncoding, error::ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

use crate::api::identity::Provider;

/// The error of every server function. It crosses the wire as JSON; the server answers it with [`UiError::status`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UiError {
    /// It does not exist, or not for this person; which of the two is never told.
    NotFound,
    /// Nobody is signed in, or the session has ended.
    SignedOut {
        /// What happened.
        message: String,
    },
    /// The person may know that it exists and may not do this.
    Forbidden {
        /// Which right is missing, why, and who could give it.
        explanation: String,
    },
    /// The person may do this once they have given their password again: every form asks for it by itself.
    PasswordNeeded {
        /// Whether one of their passkeys does as well.
        or_passkey: bool,
    },
    /// The person may do this once they have signed in again: they have no password, and every form says so.
    SignInNeeded {
        /// The providers by which they can.
        providers: Vec<Provider>,
        /// Whether one of their passkeys does as well.
        or_passkey: bool,
    },
    /// What was typed cannot be accepted.
    Invalid {
        /// One entry for each thing to mend, in the order of the fields.
        fields: Vec<FieldError>,
    },
    /// Someone else changed the same thing meanwhile, or it is already so.
    Conflict {
        /// What happened.
        message: String,
    },
    /// Too often.
    Throttled {
        /// What was done too often, and when to try again.
        message: String,
        /// Seconds until the next try is answered.
        retry_after: u32,
    },
    /// The server, or something that it needs, cannot be reached.
    Unavailable,
    /// A fault of ours, logged under an id that the person sees.
    Internal {
        /// The id in the log.
        id: String,
    },
}

/// Something to mend in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The `name` of the field; empty if it is about the form as a whole.
    pub field: String,
    /// A sentence that says what to do.
    pub message: String,
}

impl UiError {
    /// What is wrong, where no field stands beside which it could be told.
    pub(crate) fn sentences(&self) -> String {
        match self {
            Self::Invalid { fields } if !fields.is_empty() => {
                fields.iter().map(|field| field.message.as_str()).collect::<Vec<_>>().join(" ")
            }
            other => other.to_string(),
        }
    }

    /// The HTTP status that goes with it.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::SignedOut { .. } => 401,
            Self::Forbidden { .. } | Self::PasswordNeeded { .. } | Self::SignInNeeded { .. } => 403,
            Self::Invalid { .. } => 422,
            Self::Conflict { .. } => 409,
            Self::Throttled { .. } => 429,
            Self::Unavailable => 503,
            Self::Internal { .. } => 500,
        }
    }

    /// Whether it goes away once the person has shown again who they are.
    pub const fn asks_again(&self) -> bool {
        matches!(self, Self::PasswordNeeded { .. } | Self::SignInNeeded { .. })
    }

    /// An [`UiError::Invalid`] about the form as a whole.
    pub fn form(message: impl Into<String>) -> Self {
        Self::Invalid { fields: vec![FieldError { field: String::new(), message: message.into() }] }
    }

    /// The entries about one field.
    pub fn about<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = if let Self::Invalid { fields } = self { fields.as_slice() } else { &[] };
        fields.iter().filter(move |error| error.field == field).map(|error| error.message.as_str())
    }
}

#[cfg(feature = "ssr")]
impl UiError {
    /// The same about the field `to` where it was about `from`: forms may name a field otherwise than operations do.
    pub(crate) fn renamed(mut self, from: &str, to: &str) -> Self {
        if let Self::Invalid { fields } = &mut self {
            fields
                .iter_mut()
                .filter(|error| error.field == from)
                .for_each(|error| error.field = to.to_owned());
        }
        self
    }

    /// The same in a form that a mailed link leads to, which has no field for the link itself.
    pub(crate) fn about_link(self) -> Self {
        self.instead_of("link", "This link was used already or has expired. Ask for a new one.")
    }

    /// What a form says as a whole where it has no field of that name.
    pub(crate) fn instead_of(self, field: &str, message: &str) -> Self {
        if self.about(field).next().is_some() { Self::form(message) } else { self }
    }
}

/// What an operation answers, as the interface says it.
#[cfg(feature = "ssr")]
impl From<atelier_service::Error> for UiError {
    fn from(error: atelier_service::Error) -> Self {
        use atelier_service::Error;
        match error {
            Error::NotFound => Self::NotFound,
            Error::Unauthenticated(message) => Self::SignedOut { message: sentence(&message) },
            Error::Forbidden { explanation, .. } | Error::SomeoneElses { explanation, .. } => {
                Self::Forbidden { explanation: sentence(&explanation) }
            }
            Error::PasswordNeeded { or_passkey } => Self::PasswordNeeded { or_passkey },
            Error::SignInNeeded { providers, or_passkey } => Self::SignInNeeded {
                providers: providers.into_iter().map(Provider::from).collect(),
                or_passkey,
            },
            Error::Invalid { fields } => Self::Invalid {
                fields: fields
                    .into_iter()
                    .map(|error| FieldError {
                        field: own_field(&error.field),
                        message: sentence(&error.message),
                    })
                    .collect(),
            },
            Error::Conflict(message) | Error::Taken(message) | Error::Untrained { why: message, .. } => {
                Self::Conflict { message: sentence(&message) }
            }
            Error::Throttled { seconds, .. } => Self::Throttled {
                message: sentence(&error.to_string()),
                retry_after: u32::try_from(seconds).unwrap_or(u32::MAX),
            },
            Error::Unavailable => Self::Unavailable,
            Error::Internal { id } => Self::Internal { id },
        }
    }
}

/// The field of a form that an operation is about: forms hold one of what operations take as lists, so that
/// `concepts[0].name` is their `name`.
#[cfg(feature = "ssr")]
fn own_field(field: &str) -> String {
    field.split_once("].").map_or(field, |(_, own)| own).to_owned()
}

/// The words of an operation's error as a sentence of its own: they come in lower case and without a full stop, so
/// that they read after a label, too.
#[cfg(feature = "ssr")]
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if words.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

impl fmt::Display for UiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("There is nothing here, or nothing that you can see."),
            Self::SignedOut { message } | Self::Conflict { message } | Self::Throttled { message, .. } => {
                f.write_str(message)
            }
            Self::Forbidden { explanation } => f.write_str(explanation),
            Self::PasswordNeeded { .. } => f.write_str("Give your password again to go on."),
            Self::SignInNeeded { .. } => f.write_str("Sign in again to go on."),
            Self::Invalid { fields } => match fields.as_slice() {
                [only] => f.write_str(&only.message),
                several => write!(f, "{} things need your attention.", several.len()),
            },
            Self::Unavailable => f.write_str(
                "The server cannot be reached right now. Nothing was changed; try again in a moment.",
            ),
            Self::Internal { id } => {
                write!(f, "Something went wrong on our side. It was logged under {id}; nothing was changed.")
            }
        }
    }
}

impl std::error::Error for UiError {}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::form("The form was incomplete. Reload the page and try again.")
            }
            // The rest is a connection that broke or an answer that came from something else than this server.
            _ => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invalid() -> UiError {
        UiError::Invalid {
            fields: vec![
                FieldError { field: "email".into(), message: "Enter an e-mail address.".into() },
                FieldError { field: "password".into(), message: "Enter your password.".into() },
            ],
        }
    }

    #[test]
    fn survives_the_wire() {
        assert_eq!(UiError::de(invalid().ser()), invalid());
    }

    #[test]
    fn is_found_by_field() {
        assert_eq!(invalid().about("password").collect::<Vec<_>>(), ["Enter your password."]);
        assert_eq!(invalid().about("name").count(), 0);
        assert_eq!(UiError::NotFound.about("email").count(), 0);
    }

    #[test]
    fn garbage_from_a_proxy_is_an_unreachable_server() {
        assert_eq!(UiError::de("<html>502</html>".as_bytes().to_vec().into()), UiError::Unavailable);
    }
}
