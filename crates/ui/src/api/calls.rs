//! What somebody can call of the wire in an app.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use atelier_domain::id::KeyId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::apps::AppPlace;
use crate::error::UiError;

/// The endpoints that this server serves; the server around the pages provides it.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, Debug)]
pub struct Served(pub atelier_domain::EndpointSet);

/// One endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its name.
    pub rpc: String,
    /// Why it would be refused, if it would.
    pub refusal: Option<String>,
}

/// What can be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// Who looks, and at which app.
    pub place: AppPlace,
    /// The keys of theirs that reach the app, with what they are for.
    pub keys: Vec<(KeyId, String)>,
    /// Every endpoint that is served.
    pub calls: Vec<Call>,
}

/// What can be called in an app: with a key, or with everything that the person has.
///
/// # Errors
/// [`UiError::NotFound`] for an app that the person cannot see, or a key that is not theirs.
#[server(name = ListCalls, prefix = "/api", endpoint = "apps/calls")]
pub async fn list_calls(owner: String, app: String, key: Option<KeyId>) -> Result<Calls, UiError> {
    use atelier_service::AppName;

    let Served(endpoints) = expect_context();
    let (service, who) = (crate::server::service(), crate::server::who());
    let found = service.list_calls(&who, &AppName::of(&owner, &app), key, endpoints).await?;
    let calls = found
        .calls
        .into_iter()
        .map(|call| Call { rpc: call.endpoint.rpc().to_owned(), refusal: call.refusal });
    Ok(Calls {
        calls: calls.collect(),
        keys: found.keys.into_iter().map(|key| (key.id, key.description)).collect(),
        place: super::apps::place((found.app, found.asked)),
    })
}
