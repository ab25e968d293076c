//! What is noted as used just now, beside requests.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use atelier_domain::Standing;
use atelier_domain::id::{GrantId, KeyId, SessionId};
use atelier_store::queries::access::Access;

/// What is used together: a session or key, and the grant that it was used by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Used {
    pub(crate) session: Option<SessionId>,
    pub(crate) key: Option<KeyId>,
    pub(crate) grant: Option<GrantId>,
}

impl Used {
    pub(crate) fn of(access: &Access) -> Self {
        let grant = match access.standing {
            Standing::Collaborator { grant, .. } => Some(grant),
            Standing::Owner | Standing::Stranger => None,
        };
        Self { session: access.session, key: access.caller.credential.key(), grant }
    }
}

/// What is being noted by this process. Many requests of one key find at once that a minute has passed: were each to note
/// it, they would wait for one another at its row, each with a connection that nobody else can use meanwhile.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noting(Arc<Mutex<HashSet<Used>>>);

/// That something is being noted, until this is dropped.
#[derive(Debug)]
pub(crate) struct BeingNoted {
    noting: Noting,
    used: Used,
}

impl Noting {
    /// Begins to note `used`, unless that is being done.
    pub(crate) fn begin(&self, used: Used) -> Option<BeingNoted> {
        let is_new = self.lock().insert(used);
        is_new.then(|| BeingNoted { noting: self.clone(), used })
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Used>> {
        // Nothing that panics runs while it is locked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for BeingNoted {
    fn drop(&mut self) {
        self.noting.lock().remove(&self.used);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_being_noted_is_noted_by_nobody_else() {
        let noting = Noting::default();
        let used = Used { session: None, key: Some(KeyId(Default::default())), grant: None };
        let first = noting.begin(used).expect("nobody notes it yet");
        assert!(noting.begin(used).is_none());
        let other = Used { grant: Some(GrantId(Default::default())), ..used };
        assert!(noting.begin(other).is_some());
        drop(first);
        assert!(noting.begin(used).is_some());
    }
}
