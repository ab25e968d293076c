//! One's own keys.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use atelier_domain::id::KeyId;
use atelier_domain::{Reach, ScopeSet};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::identity::Person;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::server;

/// A key of somebody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its identifier.
    pub id: KeyId,
    /// For what it is.
    pub description: String,
    /// The app to which it is bound, as `owner/app` and by name.
    pub app: Option<(String, String)>,
    /// Whether it is an app key, which acts as the app's owner.
    pub is_app_key: bool,
    /// Whether it gives what a collaboration gives, at each moment.
    pub follows: bool,
    /// What it gives at most.
    pub scopes: ScopeSet,
    /// With which inputs.
    pub reach: Reach,
    /// Whether a list of endpoints limits it further.
    pub is_limited: bool,
    /// When it ends, in microseconds UTC.
    pub ends_at: Option<i64>,
    /// When it was last used, in microseconds UTC.
    pub used_at: Option<i64>,
    /// The last four characters of its secret; none while it has not been opened.
    pub last_four: Option<String>,
}

/// Somebody's keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// Whose they are.
    pub person: Person,
    /// The keys, the newest first.
    pub keys: Vec<Key>,
}

/// Where a key can reach, for somebody who makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPlaces {
    /// Who makes it.
    pub person: Person,
    /// The apps, as `owner/app` and by name, and whether they are the person's own.
    pub apps: Vec<(String, String, bool)>,
}

/// The keys of whoever is signed in.
///
/// # Errors
/// [`UiError::SignedOut`] if nobody is.
#[server(name = ListKeys, prefix = "/api", endpoint = "keys/list")]
pub async fn list_keys() -> Result<Keys, UiError> {
    let person = server::person().await?;
    let rows = server::service().list_keys(&server::who()).await?;
    Ok(Keys { person, keys: rows.into_iter().map(key).collect() })
}

/// One key of whoever is signed in: the only one of the answer.
///
/// # Errors
/// [`UiError::NotFound`] if they have no such key.
#[server(name = GetKey, prefix = "/api", endpoint = "keys/get")]
pub async fn get_key(id: KeyId) -> Result<Keys, UiError> {
    let person = server::person().await?;
    let row = server::service().get_key(&server::who(), id).await?;
    Ok(Keys { person, keys: vec![key(row)] })
}

/// The apps to which a key can be bound: the person's own, and those that others share with them; the newest hundred
/// of each.
///
/// # Errors
/// [`UiError::SignedOut`] if nobody is signed in.
#[server(name = ListKeyPlaces, prefix = "/api", endpoint = "keys/places")]
pub async fn list_key_places() -> Result<KeyPlaces, UiError> {
    const MOST: usize = 100;
    let (service, who) = (server::service(), server::who());
    let person = server::person().await?;
    let own = service.list_apps(&who, None, MOST).await?.apps.into_iter();
    let shared = service.list_collaborations(&who, None, MOST).await?.apps.into_iter();
    let apps = own.map(|app| (format!("{}/{}", app.owner_slug, app.slug), app.name, true)).chain(shared.map(
        |app| {
            let name = format!("{} of {}", app.name, app.owner_name);
            (format!("{}/{}", app.owner_slug, app.slug), name, false)
        },
    ));
    Ok(KeyPlaces { person, apps: apps.collect() })
}

/// Makes a key and answers its secret: this is the only time that it is shown.
///
/// `reach` is empty for every app, `owner/app` for a token that is bound to one, and `owner/app#app` for an app key.
/// `ends` is `never`, a number of days, or `date`, and then `ends_on` is the last day.
///
/// # Errors
/// [`UiError::Invalid`] for what cannot be accepted.
#[server(name = MakeKey, prefix = "/api", endpoint = "keys/make")]
pub async fn make_key(
    description: String,
    reach: String,
    #[server(default)] scopes: Vec<String>,
    ends: String,
    #[server(default)] ends_on: String,
) -> Result<String, UiError> {
    use super::chosen;
    use atelier_service::AppName;
    use atelier_service::keys::CreateKey;

    let service = server::service();
    let (path, is_app_key) = match reach.strip_suffix("#app") {
        Some(path) => (path, true),
        None => (reach.as_str(), false),
    };
    let input = CreateKey {
        description,
        scopes: chosen::scopes("", &scopes)?,
        endpoints: None,
        reach: Reach::Everything,
        ends_at: chosen::end(&ends, &ends_on, service.world().now())?,
        app: path.split_once('/').map(|(owner, app)| AppName::of(owner, app)),
        is_app_key,
    };
    Ok(service.create_key(&server::who(), &input).await?.secret.expose().to_owned())
}

/// Makes the secret of a key that has none yet, and answers it: this is the only time that it is shown.
///
/// # Errors
/// [`UiError::Conflict`] if it was shown already.
#[server(name = OpenKey, prefix = "/api", endpoint = "keys/open")]
pub async fn open_key(id: KeyId) -> Result<String, UiError> {
    Ok(server::service().reveal_key(&server::who(), id).await?.secret.expose().to_owned())
}

/// Gives a key another secret, and answers it. The one before stays valid for an hour.
///
/// # Errors
/// [`UiError::NotFound`] if they have no such key.
#[server(name = RotateKey, prefix = "/api", endpoint = "keys/rotate")]
pub async fn rotate_key(id: KeyId) -> Result<String, UiError> {
    Ok(server::service().rotate_key(&server::who(), id).await?.secret.expose().to_owned())
}

/// Ends the key whose secret somebody has found, whoever they are. The answer is always yes, and does not tell whether
/// there was one; without an answer the form would lead back to itself.
///
/// # Errors
/// [`UiError::Unavailable`] if it has to be reported again.
#[server(name = ReportLeaked, prefix = "/api", endpoint = "keys/report-leaked")]
pub async fn report_leaked(secret: String) -> Result<bool, UiError> {
    server::service().report_leaked(&server::who().origin, &secret).await?;
    Ok(true)
}

/// Ends a key, and leads back to the others.
///
/// # Errors
/// [`UiError::NotFound`] if they have no such key.
#[server(name = RevokeKey, prefix = "/api", endpoint = "keys/revoke")]
pub async fn revoke_key(id: KeyId) -> Result<(), UiError> {
    server::service().revoke_key(&server::who(), id).await?;
    leptos_axum::redirect("/account/keys");
    Ok(())
}

#[cfg(feature = "ssr")]
fn key(row: atelier_service::keys::KeyRow) -> Key {
    use atelier_domain::Timestamp;
    let app = row.owner_slug.zip(row.app_slug).map(|(owner, app)| format!("{owner}/{app}"));
    Key {
        id: row.id,
        description: row.description,
        app: app.zip(row.app_name),
        is_app_key: row.kind == "app_key",
        follows: row.grant_id.is_some(),
        scopes: row.scopes,
        reach: row.reach,
        is_limited: row.endpoints.is_some(),
        ends_at: row.ends_at.map(Timestamp::micros),
        used_at: row.used_at.map(Timestamp::micros),
        last_four: row.last_four,
    }
}
