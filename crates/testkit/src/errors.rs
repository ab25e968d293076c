//! What a test wants to know of an error.

use atelier_domain::ScopeSet;
use atelier_service::Error;

/// The first field that is not valid, and why.
///
/// # Panics
/// When it is another error.
#[must_use]
pub fn invalid(error: Error) -> (String, String) {
    match error {
        Error::Invalid { mut fields } if !fields.is_empty() => {
            let first = fields.remove(0);
            (first.field, first.message)
        }
        other => panic!("{other:?}"),
    }
}

/// The scopes that are missing, if that is why it is forbidden, and the explanation.
///
/// # Panics
/// When it is another error.
#[must_use]
pub fn forbidden(error: Error) -> (ScopeSet, String) {
    match error {
        Error::Forbidden { missing, explanation, .. } => (missing, explanation),
        Error::SomeoneElses { explanation, .. } => (ScopeSet::EMPTY, explanation),
        other => panic!("{other:?}"),
    }
}
