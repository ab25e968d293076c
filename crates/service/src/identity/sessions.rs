//! One's own sessions: list them, end one.

use atelier_domain::id::SessionId;
use atelier_domain::{Endpoint, session};
use atelier_store::Event;
use atelier_store::queries::access::Target;
use atelier_store::queries::sessions;

use crate::audit::{Action, Actor, Done};
use crate::identity::SessionRow;
use crate::{Error, Result, Service, Who};

/// A person's sessions.
#[derive(Clone, Debug)]
pub struct Sessions {
    /// Those that are not over, the newest first.
    pub sessions: Vec<SessionRow>,
    /// The one in which they were asked for.
    pub current: Option<SessionId>,
}

impl Service {
    /// The caller's sessions that are not over.
    ///
    /// # Errors
    /// When the caller is not signed in.
    pub async fn list_sessions(&self, who: &Who) -> Result<Sessions> {
        let now = self.world.now();
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ListSessions).await?;
        let access = self.look_up(&mut tx, who, Target::Account).await?;
        let mut rows = sessions::list(&mut tx, &asked.permit, now.plus(-session::ABSOLUTE)).await?;
        rows.retain(|row| session::is_alive(row.created_at, row.seen_at, now));
        Ok(Sessions { sessions: rows, current: access.session })
    }

    /// Ends a session of the caller, this one or another.
    ///
    /// # Errors
    /// When the caller is not signed in, or has no such session.
    pub async fn end_session(&self, who: &Who, id: SessionId) -> Result<()> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::EndSession).await?;
        let user = asked.permit.user();
        if !sessions::end(&mut tx, user, id, now).await? {
            return Err(Error::NotFound);
        }
        let done = Done { subject_id: Some(user), ..Done::new(Action::SessionEnded, &asked.name) };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        tx.announce(Event::Person(user));
        Ok(tx.commit().await?)
    }
}
