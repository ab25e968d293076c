//! What a caller, or a key of theirs, can call of the wire in an app.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use atelier_domain::id::KeyId;
use atelier_domain::{
    AppRef, Caller, Conditions, Credential, Endpoint, EndpointSet, Permit, Standing, decide, decide_own,
};
use atelier_store::queries::apps::{self, AppRow};
use atelier_store::queries::grants;
use atelier_store::queries::keys::{self, KeyRow};

use crate::{AppName, Asked, Error, Result, Service, Who};

/// One endpoint, and whether it can be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Why it would be refused, if it would.
    pub refusal: Option<String>,
}

/// What can be called, and with what.
#[derive(Clone, Debug)]
pub struct Calls {
    /// The app.
    pub app: AppRow,
    /// Who asks.
    pub asked: Asked<Permit>,
    /// The keys of theirs that reach the app.
    pub keys: Vec<KeyRow>,
    /// Each endpoint, in the order of the table.
    pub calls: Vec<Call>,
}

impl Service {
    /// What of `endpoints` the caller can call in `app`: with `key`, one of their own, or else with everything that
    /// they have.
    ///
    /// It is decided by what decides the calls themselves, for requests that need nothing beyond the ordinary.
    ///
    /// # Errors
    /// When the caller may not see the app, or has no such key that reaches it.
    pub async fn list_calls(
        &self,
        who: &Who,
        app: &AppName,
        key: Option<KeyId>,
        endpoints: EndpointSet,
    ) -> Result<Calls> {
        let now = self.world.now();
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ViewApp, Conditions::NONE).await?;
        let own = self.permit_own(&mut tx, who, Endpoint::ListKeys).await?;
        let place = AppRef { id: asked.permit.app(), owner: asked.permit.owner() };
        let standing = match asked.permit.grant() {
            None => Standing::Owner,
            Some(grant) => Standing::Collaborator { grant, rights: *asked.permit.rights() },
        };
        let mut keys = keys::list_own(&mut tx, &own.permit).await?;
        keys.retain(|row| row.app_id.is_none_or(|bound| bound == place.id));
        let credential = match key {
            None => *own.permit.credential(),
            Some(id) => {
                let row = keys.iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
                credential(row)
            }
        };
        let caller = Caller { user: own.permit.user(), credential };
        // Many endpoints lack the same, and whoever could give it is asked for once.
        let mut givers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut calls = Vec::new();
        for endpoint in endpoints.iter() {
            let decision = if endpoint.is_of_app() {
                decide(&caller, place, &standing, endpoint, Conditions::NONE, now).map(drop)
            } else {
                decide_own(&caller, endpoint, now).map(drop)
            };
            let Err(refusal) = decision else {
                calls.push(Call { endpoint, refusal: None });
                continue;
            };
            let missing = refusal.missing();
            let names = match givers.entry(missing.to_string()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(grants::givers(&mut tx, place, missing).await?),
            };
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            calls.push(Call { endpoint, refusal: Some(refusal.explain(&names)) });
        }
        Ok(Calls { app: apps::get(&mut tx, &asked.permit).await?, asked, keys, calls })
    }
}

/// A key of somebody's, as a request would show it.
fn credential(row: &KeyRow) -> Credential {
    let (id, rights) = (row.id, row.rights());
    match row.app_id {
        Some(app) if row.kind == "app_key" => Credential::AppKey { id, rights, app },
        app => Credential::Token { id, rights, app },
    }
}
