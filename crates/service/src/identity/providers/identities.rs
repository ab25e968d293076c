//! One's own identities: list them, disconnect one.

use atelier_domain::Endpoint;
use atelier_domain::Timestamp;
use atelier_domain::id::{IdentityId, UserId};
use atelier_store::queries::{identities, users};
use atelier_store::{Conn, Event};

use super::provider::Provider;
use super::{ProviderName, Providers};
use crate::audit::{Action, Actor, Done};
use crate::{Error, Result, Service, Who};

/// Who the caller is to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its identifier here.
    pub id: IdentityId,
    /// What the provider is called; its address, if the settings name it no longer.
    pub provider: String,
    /// Whether one can sign in by it: the settings still name it.
    pub is_usable: bool,
    /// When it was connected.
    pub connected_at: Timestamp,
}

impl Service {
    /// Who `user` is to providers, in the order in which they were connected.
    pub(in crate::identity) async fn identities_of(
        &self,
        conn: &mut Conn,
        user: UserId,
    ) -> Result<Vec<Identity>> {
        let named = |issuer: &str| self.providers.as_ref().and_then(|all: &Providers| all.by_issuer(issuer));
        let rows = identities::list(conn, user).await?;
        let identities = rows.into_iter().map(|row| {
            let provider = named(&row.issuer);
            Identity {
                id: row.id,
                is_usable: provider.is_some(),
                provider: provider.map_or(row.issuer, |provider| provider.name().name),
                connected_at: row.created_at,
            }
        });
        Ok(identities.collect())
    }

    /// The providers that know `user`, of those by which people sign in here.
    pub(in crate::identity) async fn providers_of(
        &self,
        conn: &mut Conn,
        user: UserId,
    ) -> Result<Vec<ProviderName>> {
        let rows = identities::list(conn, user).await?;
        let is_theirs = |provider: &&Provider| rows.iter().any(|row| row.issuer == provider.issuer());
        let all = self.providers.iter().flat_map(|providers| providers.all.iter());
        Ok(all.filter(is_theirs).map(Provider::name).collect())
    }

    /// Disconnects who the caller is to a provider from their account, and tells them by mail.
    ///
    /// # Errors
    /// When the caller is not signed in, or it is not theirs; when they could not sign in any more.
    pub async fn disconnect_identity(&self, who: &Who, id: IdentityId) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::DisconnectIdentity).await?;
        let user = asked.permit.user();
        // Of two who disconnect the last two at once, the second sees that it is the last.
        users::lock(&mut tx, user).await?;
        let all = self.identities_of(&mut tx, user).await?;
        let gone = all.iter().find(|identity| identity.id == id).ok_or(Error::NotFound)?;
        let ways = self.ways_in(&mut tx, user).await?;
        let is_last = !all.iter().any(|identity| identity.is_usable && identity.id != id);
        if is_last && !ways.has_password && ways.passkeys == 0 {
            let message = "this is your only way in; have a link mailed and set a password first";
            return Err(Error::Conflict(message.into()));
        }
        identities::remove(&mut tx, &asked.permit, id).await?;
        let actor = Actor::of_account(&asked, &who.origin);
        let done = Done { subject_id: Some(user), ..Done::new(Action::IdentityDisconnected, &gone.provider) };
        self.audit(&mut tx, actor, &done);
        self.mail_way_in(&mut tx, user, &gone.provider, false).await?;
        tx.announce(Event::Person(user));
        Ok(tx.commit().await?)
    }
}
