use crate::identity::ProviderName;
use atelier_domain::training::State;
use atelier_domain::{Cause, Endpoint, Refusal, ScopeSet, Violation};

/// What an operation answers when it does not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// What was asked about does not exist, or not for this caller: the two look the same.
    #[error("resource does not exist")]
    NotFound,
    /// Whoever asks did not show who they are, or not (any longer) validly.
    #[error("{0}")]
    Unauthenticated(String),
    /// The caller may not.
    #[error("{explanation}")]
    Forbidden {
        /// What was asked.
        endpoint: Endpoint,
        /// Why not, and who could change that, in sentences.
        explanation: String,
        /// The scopes that are missing, if that is why.
        missing: ScopeSet,
    },
    /// The caller may do this, but not to what is someone else's.
    #[error("{explanation}")]
    SomeoneElses {
        /// What was asked.
        endpoint: Endpoint,
        /// Whose it is to change, in sentences.
        explanation: String,
    },
    /// The caller may, once they have given their password again: see [`Service::confirm_password`].
    ///
    /// [`Service::confirm_password`]: crate::Service::confirm_password
    #[error("give your password again to go on")]
    PasswordNeeded {
        /// Whether one of their passkeys does as well: see [`Service::prove_by_passkey`].
        ///
        /// [`Service::prove_by_passkey`]: crate::Service::prove_by_passkey
        or_passkey: bool,
    },
    /// The caller may, once they have shown again who they are otherwise: they have no password.
    #[error("sign in again to go on")]
    SignInNeeded {
        /// The providers at which they can.
        providers: Vec<ProviderName>,
        /// Whether one of their passkeys does as well.
        or_passkey: bool,
    },
    /// What was asked for is not valid.
    #[error("{}", fields.first().map_or("the request is not valid", |field| field.message.as_str()))]
    Invalid {
        /// What is wrong, field by field.
        fields: Vec<FieldError>,
    },
    /// It was valid, and somebody else changed things meanwhile.
    #[error("{0}")]
    Conflict(String),
    /// It was valid, and there is something of that identifier already.
    #[error("{0}")]
    Taken(String),
    /// It was valid, and the model that is asked is not trained.
    #[error("{why}")]
    Untrained {
        /// How far its training is; nothing, if it was never begun.
        state: Option<State>,
        /// The same in words.
        why: String,
    },
    /// Too often.
    #[error("{why}; try again in {}", waiting(*.seconds))]
    Throttled {
        /// What was done too often.
        why: &'static str,
        /// After how many seconds to try again.
        seconds: u64,
    },
    /// Something below is out of reach for now.
    #[error("not available right now; try again shortly")]
    Unavailable,
    /// A fault of ours, logged under this identifier.
    #[error("something went wrong on our side (error {id})")]
    Internal {
        /// Under which it was logged.
        id: String,
    },
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field, as the operation's input names it.
    pub field: String,
    /// What is wrong, in words that read after the field's label.
    pub message: String,
}

/// What an operation answers.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// One field that is not valid.
    pub fn invalid(field: &str, message: impl ToString) -> Self {
        Self::Invalid { fields: vec![FieldError { field: field.into(), message: message.to_string() }] }
    }

    /// A fault of ours, which is logged.
    pub(crate) fn fault(error: &dyn std::error::Error) -> Self {
        let id = internal_id();
        tracing::error!(error.id = id, error = told(error), "an operation failed");
        Self::Internal { id }
    }

    /// The same, of which the fields are those of one thing in a list: `annotations[2].labels`.
    #[must_use]
    pub(crate) fn within(self, list: &str, index: usize) -> Self {
        let Self::Invalid { fields } = self else { return self };
        let within = |field: FieldError| FieldError {
            field: format!("{list}[{index}].{}", field.field),
            message: field.message,
        };
        Self::Invalid { fields: fields.into_iter().map(within).collect() }
    }

    /// A refusal, explained to somebody who knows `givers` by name.
    #[must_use]
    pub fn refused(refusal: &Refusal, givers: &[String]) -> Self {
        match refusal.cause {
            Cause::NotFound => return Self::NotFound,
            Cause::PasswordTooOld => return Self::PasswordNeeded { or_passkey: false },
            _ => {}
        }
        let givers: Vec<&str> = givers.iter().map(String::as_str).collect();
        if refusal.cause == Cause::SomeoneElses {
            return Self::SomeoneElses { endpoint: refusal.endpoint, explanation: refusal.explain(&givers) };
        }
        Self::Forbidden {
            endpoint: refusal.endpoint,
            explanation: refusal.explain(&givers),
            missing: refusal.missing(),
        }
    }

    /// What the forest of grants does not allow, asked through `endpoint`, explained to somebody to whom `givers` could
    /// give what they lack.
    #[must_use]
    pub fn violation(violation: &Violation, endpoint: Endpoint, givers: &[String]) -> Self {
        let givers: Vec<&str> = givers.iter().map(String::as_str).collect();
        match violation {
            Violation::Gone => Self::NotFound,
            Violation::Yourself => Self::invalid("collaborator", violation),
            Violation::OpensNothing => Self::invalid("scopes", violation),
            Violation::EndsInThePast => Self::invalid("ends_at", violation),
            Violation::Exceeds(excess) | Violation::ExceedsInviter(excess) => {
                Self::Forbidden { endpoint, explanation: violation.explain(&givers), missing: excess.scopes }
            }
            Violation::AboveYou | Violation::OwnGrant => Self::Forbidden {
                endpoint,
                explanation: violation.explain(&givers),
                missing: ScopeSet::EMPTY,
            },
        }
    }
}

impl From<atelier_store::Error> for Error {
    fn from(error: atelier_store::Error) -> Self {
        match error {
            atelier_store::Error::Unavailable(source) => {
                tracing::warn!(error = %source, "the database is not available");
                Self::Unavailable
            }
            atelier_store::Error::Objects(source) => {
                tracing::warn!(error = told(&source), "the object store is not available");
                Self::Unavailable
            }
            atelier_store::Error::Duplicate => Self::Conflict("this already exists".into()),
            atelier_store::Error::Nul => Self::invalid("texts", "must not contain the character NUL"),
            other => Self::fault(&other),
        }
    }
}

/// The error and what caused it, in their sentences: what else databases know of an error are rows, with addresses.
fn told(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        told.push_str(": ");
        told.push_str(&error.to_string());
        source = error.source();
    }
    told
}

/// A wait as people say it, never shorter than it is.
fn waiting(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..=90 => (seconds.max(1), "second"),
        91..=5_400 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3_600), "hour"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// A short identifier by which a person can ask about a fault that was logged.
fn internal_id() -> String {
    let mut bytes = [0; 5];
    crate::Entropy::fill(&crate::OsEntropy, &mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
