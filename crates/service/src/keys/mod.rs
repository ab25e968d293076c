//! Keys: personal access tokens and app keys. Make, list, look at, change, open, rotate, revoke, report as leaked.

mod change;
mod create;
mod leak;
mod list;
mod reuse;
mod reveal;
mod revoke;
mod rotate;

use atelier_domain::id::AppId;
use atelier_domain::{Endpoint, OwnPermit, Rights, ScopeSet};
use serde_json::{Value, json};

/// The secret of a key, to be shown once.
pub use atelier_domain::secret::KeySecret;
/// A key, with what it reaches.
pub use atelier_store::queries::keys::KeyRow;
pub use change::ChangeKey;
pub use create::CreateKey;
pub use rotate::ROTATION_OVERLAP;

use crate::audit::{Action, Done};
use crate::{Error, Result, Service};

/// A key with its secret, which cannot be had again.
#[derive(Clone, Debug)]
pub struct OpenedKey {
    /// The key.
    pub key: KeyRow,
    /// Its secret.
    pub secret: KeySecret,
}

impl Service {
    /// A new secret for a key.
    fn new_key_secret(&self) -> KeySecret {
        KeySecret::new(&self.world.random::<29>())
    }
}

/// A key that is bound to an app makes and changes no keys: the others reach further than it does itself.
fn check_unbound(permit: &OwnPermit, endpoint: Endpoint) -> Result<()> {
    if permit.credential().app().is_none() {
        return Ok(());
    }
    Err(Error::Forbidden {
        endpoint,
        explanation:
            "a key that is bound to an app cannot make or change keys; sign in, or use a token that is \
                      not bound"
                .into(),
        missing: ScopeSet::EMPTY,
    })
}

/// What a key is, as the audit list keeps it.
fn told(description: &str, rights: &Rights, app: Option<AppId>) -> Value {
    json!({
        "description": description,
        "scopes": rights.scopes,
        "endpoints": rights.endpoints,
        "reach": rights.reach.is_limited().then_some(rights.reach),
        "ends_at": rights.ends_at,
        "app": app,
    })
}

fn told_row(row: &KeyRow) -> Value {
    told(&row.description, &row.rights(), row.app_id)
}

/// `action`, done to the key `row`.
fn done(action: Action, row: &KeyRow) -> Done<'_> {
    Done { app: row.app_id, subject_id: Some(row.user_id), ..Done::new(action, &row.description) }
}
