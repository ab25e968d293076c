//! Going to a provider.

use std::fmt;

use atelier_domain::Endpoint;
use atelier_domain::id::{SessionId, UserId};
use atelier_store::queries::access::Target;
use atelier_store::queries::visits::{self, Purpose, Visit};
use openidconnect::RedirectUrl;

use super::provider::Provider;
use super::visit::{VISIT, VisitSecret};
use crate::{Error, Result, Service, Who};

/// A visit that has begun.
pub struct Begun {
    /// Where the person goes.
    pub address: String,
    /// The visit's secret, for the browser alone.
    pub secret: String,
}

/// Never the secret itself.
impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Begun")
    }
}

impl Service {
    /// Begins a visit to the provider `id`, after which the person is led to the page `next` of ours.
    ///
    /// # Errors
    /// When there is no such provider, or it cannot be reached; when it is not to sign in and the caller is not signed
    /// in.
    pub async fn begin_visit(&self, who: &Who, id: &str, purpose: Purpose, next: &str) -> Result<Begun> {
        let (provider, client) = self.provider(id)?;
        let session = match purpose {
            Purpose::SignIn => None,
            Purpose::Connect | Purpose::Prove => Some(self.session_of(who).await?.1),
        };
        let (secret, now) = (VisitSecret::new(&self.world), self.world.now());
        let anew = purpose == Purpose::Prove;
        let address = provider.address(client, &secret, self.way_back(provider)?, anew, now).await;
        let address = address.map_err(|_| Error::Unavailable)?.into();
        let visit = Visit { provider: id.into(), purpose, next: next.into(), session, began_at: now };
        let mut tx = self.store.write().await?;
        visits::begin(&mut tx, &secret.hash(), &visit, now.plus(VISIT)).await?;
        tx.commit().await?;
        Ok(Begun { address, secret: secret.expose().into() })
    }

    /// Who is signed in, and in which session.
    pub(super) async fn session_of(&self, who: &Who) -> Result<(UserId, SessionId)> {
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ViewAccount).await?;
        let session = self.look_up(&mut tx, who, Target::Account).await?.session.ok_or(Error::NotFound)?;
        Ok((asked.permit.user(), session))
    }

    /// Where whoever was at the provider comes back to: each has a place of its own, so that none can answer for
    /// another.
    pub(super) fn way_back(&self, provider: &Provider) -> Result<RedirectUrl> {
        let address = format!("{base}/sign-in/from/{id}", base = self.base_url, id = provider.id());
        RedirectUrl::new(address).map_err(|error| {
            tracing::error!(%error, "people cannot come back from a provider: the base URL is no address");
            Error::Unavailable
        })
    }
}
