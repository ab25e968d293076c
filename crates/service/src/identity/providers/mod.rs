//! Signing in by providers that speak OpenID Connect: by an authorization code, bound to the browser that went for it.
//!
//! Somebody who goes to a provider is a *visit*, kept in the database by the hash of a secret that only their browser
//! has. Whatever the protocol wants to be unguessable is derived from that secret, so that the database holds nothing
//! by which a visit could be ended, and any server over it can end it, once. Who somebody is to a provider is an
//! *identity*, which is connected to one account. Tokens are read and forgotten.

mod begin;
mod client;
mod connect;
mod identities;
mod provider;
mod returned;
mod said;
mod settings;
mod visit;

use std::sync::Arc;

pub use atelier_store::queries::visits::Purpose;
pub use begin::Begun;
pub use connect::{Waiting, WaitingFor};
pub use identities::Identity;
pub use returned::{Answer, Returned, Stopped};
pub use settings::{InvalidProvider, ProviderSettings};
pub use visit::VISIT;

use crate::{Error, Result, Service};
use client::Asking;
use provider::Provider;

/// The providers by which people sign in here, in the order of the settings.
#[derive(Clone)]
pub struct Providers {
    all: Arc<[Provider]>,
    client: Asking,
}

/// A provider, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderName {
    /// Its name in addresses.
    pub id: String,
    /// What it is called.
    pub name: String,
}

impl Providers {
    /// Those that the settings name. None of them is asked for anything yet.
    ///
    /// # Errors
    /// When a setting cannot be meant.
    pub fn new(settings: Vec<ProviderSettings>) -> std::result::Result<Self, InvalidProvider> {
        let mut all: Vec<Provider> = Vec::new();
        for settings in settings {
            let provider = Provider::new(settings)?;
            if all.iter().any(|other| other.id() == provider.id() || other.issuer() == provider.issuer()) {
                return Err(InvalidProvider::Twice(provider.id().into()));
            }
            all.push(provider);
        }
        Ok(Self { all: all.into(), client: Asking::new().map_err(InvalidProvider::Client)? })
    }

    fn find(&self, id: &str) -> Option<&Provider> {
        self.all.iter().find(|provider| provider.id() == id)
    }

    fn by_issuer(&self, issuer: &str) -> Option<&Provider> {
        self.all.iter().find(|provider| provider.issuer() == issuer)
    }
}

impl Service {
    /// The same, with these providers by which people sign in.
    #[must_use]
    pub fn with_providers(self, providers: Providers) -> Self {
        Self { providers: Some(providers), ..self }
    }

    /// The providers by which people sign in here.
    #[must_use]
    pub fn list_providers(&self) -> Vec<ProviderName> {
        let all = self.providers.iter().flat_map(|providers| providers.all.iter());
        all.map(Provider::name).collect()
    }

    /// Takes away visits that took too long; answers how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_visits(&self) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let forgotten = atelier_store::queries::visits::forget(&mut tx, self.world.now()).await?;
        tx.commit().await?;
        Ok(forgotten)
    }

    fn provider(&self, id: &str) -> Result<(&Provider, &Asking)> {
        let providers = self.providers.as_ref().ok_or(Error::NotFound)?;
        Ok((providers.find(id).ok_or(Error::NotFound)?, &providers.client))
    }
}
