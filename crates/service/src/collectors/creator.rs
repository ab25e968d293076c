//! What a collector's creator may do at this moment: it acts as a request of theirs would be decided now.

use atelier_domain::collector::why_stopped;
use atelier_domain::{Conditions, Endpoint, Permit, decide};
use atelier_store::Conn;
use atelier_store::queries::collectors::{self, CollectorRow};

use crate::{Asked, Error, Result, Service};

impl Service {
    /// Asks whether the creator of a collector of the permit's app may do now what it does, when `conditions` hold of the
    /// input: the permit by which an input is added, or why it takes nothing any more.
    ///
    /// # Errors
    /// When deciding failed: then nothing may be taken.
    pub(super) async fn ask_creator(
        &self,
        conn: &mut Conn,
        by: &Permit,
        collector: &CollectorRow,
        conditions: Conditions,
    ) -> Result<std::result::Result<Asked<Permit>, String>> {
        let now = self.world.now();
        let access = match collectors::creator(conn, by, collector, now).await? {
            Some(access) => access,
            None if collector.key_id.is_some() => {
                return Ok(Err("the key with which it was made was ended".to_owned()));
            }
            None => return Err(Error::NotFound),
        };
        // While the app is deleted, nothing is decided about it.
        let (app, address) = access.app.zip(access.address).ok_or(Error::NotFound)?;
        let mut adding = None;
        for endpoint in collector.source.needs() {
            let holds = if *endpoint == Endpoint::PostInputs { conditions } else { Conditions::NONE };
            match decide(&access.caller, app, &access.standing, *endpoint, holds, now) {
                Ok(permit) => adding = adding.or(Some(permit)),
                Err(refusal) => return Ok(Err(why_stopped(&refusal))),
            }
        }
        // INVARIANT: what is asked first, whatever is watched, is to add inputs.
        let permit = adding.ok_or(Error::NotFound)?;
        Ok(Ok(Asked { permit, slug: access.slug, name: access.name, app: address }))
    }
}
