//! Signing out.

use atelier_domain::Endpoint;
use atelier_store::Event;
use atelier_store::queries::access::Target;
use atelier_store::queries::sessions;

use crate::audit::{Action, Actor, Done};
use crate::{Error, Result, Service, Who};

impl Service {
    /// Ends the session that the caller shows. One that is over already stays so.
    ///
    /// # Errors
    /// When something below is out of reach.
    pub async fn sign_out(&self, who: &Who) -> Result<()> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked = match self.permit_own(&mut tx, who, Endpoint::SignOut).await {
            Ok(asked) => asked,
            Err(Error::Unauthenticated(_)) => return Ok(()),
            Err(other) => return Err(other),
        };
        let access = self.look_up(&mut tx, who, Target::Account).await?;
        let user = asked.permit.user();
        if let Some(session) = access.session
            && sessions::end(&mut tx, user, session, now).await?
        {
            let done = Done { subject_id: Some(user), ..Done::new(Action::SessionEnded, &asked.name) };
            self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
            tx.announce(Event::Person(user));
        }
        Ok(tx.commit().await?)
    }
}
