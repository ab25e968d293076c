//! Apps: one's own, those that others share, and one of them.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use atelier_domain::{Reach, ScopeSet};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::identity::Person;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use {
    crate::server,
    atelier_domain::{Endpoint, Permit, words},
    atelier_service::{
        AppName, Asked, Error,
        apps::{AppRow, ChangeApp as Change, CreateApp as Create, RESTORABLE},
    },
};

/// How many apps are on a page.
#[cfg(feature = "ssr")]
const PAGE: usize = 50;

/// The most concepts of an app that are offered at once. Further ones can be typed.
#[cfg(feature = "ssr")]
pub(super) const MOST_CONCEPTS: usize = 1_000;

/// An app, and what the person can do in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// The owner's name in addresses.
    pub owner: String,
    /// What the owner is called.
    pub owner_name: String,
    /// Its name in addresses.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it is the person's own.
    pub is_owner: bool,
    /// What the person can do in it.
    pub scopes: ScopeSet,
    /// With which of its inputs.
    pub reach: Reach,
}

impl App {
    /// Where its overview is.
    pub fn path(&self) -> String {
        format!("/{}/{}", self.owner, self.slug)
    }
}

/// Where a page inside an app stands: whose view it is, and of which app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppPlace {
    /// Who is signed in.
    pub person: Person,
    /// The app.
    pub app: App,
}

/// An app of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnApp {
    /// Its identifier.
    pub id: String,
    /// The owner's name in addresses.
    pub owner: String,
    /// Its name in addresses.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// When it was made, in microseconds UTC.
    pub made_at: i64,
    /// Until when it can be restored, in microseconds UTC, if it was deleted.
    pub restorable_until: Option<i64>,
}

/// The person's own apps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnApps {
    /// Whose they are.
    pub person: Person,
    /// The apps, the newest first.
    pub apps: Vec<OwnApp>,
    /// The deleted ones that can be restored.
    pub deleted: Vec<OwnApp>,
    /// Where older ones begin, if there are any.
    pub next: Option<String>,
}

/// An app that somebody else shares with the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedApp {
    /// The owner's name in addresses.
    pub owner: String,
    /// What the owner is called.
    pub owner_name: String,
    /// Its name in addresses.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What the person can do in it, in a few words.
    pub access: String,
    /// Whether they can use only certain endpoints of those.
    pub is_limited: bool,
    /// Who gave them that.
    pub granted_by: String,
    /// When, in microseconds UTC.
    pub granted_at: i64,
    /// When it ends, in microseconds UTC.
    pub ends_at: Option<i64>,
}

/// The apps that others share with the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedApps {
    /// With whom.
    pub person: Person,
    /// The apps, the newest first.
    pub apps: Vec<SharedApp>,
    /// Where older ones begin, if there are any.
    pub next: Option<String>,
}

/// The settings of an app, as far as the person can change them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSettings {
    /// Where they stand.
    pub place: AppPlace,
    /// Why the person cannot change the app, if they cannot.
    pub no_change: Option<String>,
    /// Why they cannot delete it, if they cannot.
    pub no_deletion: Option<String>,
}

/// An app's front page: the app, what one can do in it, and how much is in it. What access comes to is said by the server,
/// since the tables behind it weigh more than the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppOverview {
    /// Where it stands.
    pub place: AppPlace,
    /// What the person can do in it, in a few words.
    pub access: String,
    /// The same in sentences that end what begins with "they can"; none for the owner, who can do everything.
    pub can: Vec<String>,
    /// What they cannot, in such sentences.
    pub cannot: Vec<String>,
    /// How many inputs there are; none, if the person cannot see them.
    pub inputs: Option<i64>,
    /// How many concepts there are; none, if the person cannot see them.
    pub concepts: Option<usize>,
}

/// The person's own apps, those before `before` if it is given.
///
/// # Errors
/// [`UiError::SignedOut`] if nobody is signed in.
#[server(name = ListApps, prefix = "/api", endpoint = "apps/list")]
pub async fn list_apps(before: Option<String>) -> Result<OwnApps, UiError> {
    let (service, who) = (server::service(), server::who());
    let person = server::person().await?;
    let before = before.map(|id| id.parse()).transpose().map_err(|_| UiError::NotFound)?;
    let page = service.list_apps(&who, before, PAGE).await?;
    let deleted = service.list_deleted_apps(&who).await?;
    let next = page.more.then(|| page.apps.last().map(|app| app.id.to_string())).flatten();
    Ok(OwnApps {
        person,
        apps: page.apps.into_iter().map(OwnApp::from).collect(),
        deleted: deleted.into_iter().map(OwnApp::from).collect(),
        next,
    })
}

/// The apps that others share with the person, those before `before` if it is given.
///
/// # Errors
/// [`UiError::SignedOut`] if nobody is signed in.
#[server(name = ListCollaborations, prefix = "/api", endpoint = "apps/shared")]
pub async fn list_collaborations(before: Option<String>) -> Result<SharedApps, UiError> {
    let person = server::person().await?;
    let before = before.map(|id| id.parse()).transpose().map_err(|_| UiError::NotFound)?;
    let page = server::service().list_collaborations(&server::who(), before, PAGE).await?;
    let next = page.more.then(|| page.apps.last().map(|app| app.grant_id.to_string())).flatten();
    let apps = page.apps.into_iter().map(|row| SharedApp {
        owner: row.owner_slug,
        owner_name: row.owner_name,
        slug: row.slug,
        name: row.name,
        access: words::access(row.scopes, row.reach),
        is_limited: row.endpoints.is_some(),
        granted_by: row.granted_by,
        granted_at: row.granted_at.micros(),
        ends_at: row.ends_at.map(|at| at.micros()),
    });
    Ok(SharedApps { person, apps: apps.collect(), next })
}

/// One app.
///
/// # Errors
/// [`UiError::NotFound`] if there is none, or not for this person.
#[server(name = GetApp, prefix = "/api", endpoint = "apps/get")]
pub async fn get_app(owner: String, app: String) -> Result<AppPlace, UiError> {
    let app = AppName::of(&owner, &app);
    Ok(place(server::service().get_app(&server::who(), &app, Endpoint::ViewApp).await?))
}

/// One app and how much is in it, as far as the person can see that.
///
/// # Errors
/// [`UiError::NotFound`] if there is none, or not for this person.
#[server(name = GetOverview, prefix = "/api", endpoint = "apps/overview")]
pub async fn get_overview(owner: String, app: String) -> Result<AppOverview, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let inputs = if_allowed(service.count_inputs(&who, &app).await)?;
    let concepts =
        if_allowed(service.list_concepts(&who, &app, None, 0, MOST_CONCEPTS).await.map(|found| found.value))?;
    let (scopes, access) = (place.app.scopes, words::access(place.app.scopes, place.app.reach));
    let can = (!place.app.is_owner).then(|| words::can(scopes));
    Ok(AppOverview {
        place,
        access,
        can: can.into_iter().flatten().map(|ability| ability.text.to_owned()).collect(),
        cannot: words::cannot(scopes).map(|ability| ability.text.to_owned()).collect(),
        inputs: inputs.map(|counts| counts.ready + counts.pending + counts.failed),
        concepts: concepts.map(|concepts| concepts.len()),
    })
}

/// The settings of an app. Whoever may see it may know why they cannot change it.
///
/// # Errors
/// [`UiError::NotFound`] if there is none, or not for this person.
#[server(name = GetAppSettings, prefix = "/api", endpoint = "apps/settings")]
pub async fn get_app_settings(owner: String, app: String) -> Result<AppSettings, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let no_change = refusal(service.get_app(&who, &app, Endpoint::PatchApp).await)?;
    let no_deletion = refusal(service.get_app(&who, &app, Endpoint::DeleteApp).await)?;
    Ok(AppSettings { place, no_change, no_deletion })
}

/// Makes an app of the person's own, and leads there. Its name in addresses follows from its name, if none is given.
///
/// # Errors
/// [`UiError::Invalid`] for what cannot be accepted, [`UiError::Conflict`] if they have one of that address.
#[server(name = CreateApp, prefix = "/api", endpoint = "apps/create")]
pub async fn create_app(name: String, slug: String, description: String) -> Result<(), UiError> {
    if name.trim().is_empty() {
        return Err(atelier_service::Error::invalid("name", "must not be empty").into());
    }
    let slug = if slug.trim().is_empty() { slug_of(&name) } else { slug };
    let description = trimmed(&description);
    let input = Create { slug, name, description, ..Create::default() };
    let made = server::service().create_app(&server::who(), &input).await?;
    leptos_axum::redirect(&format!("/{}/{}", made.owner_slug, made.slug));
    Ok(())
}

/// Changes an app's name, address and description, and leads to its settings, which may have moved: to the address
/// that is answered.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be accepted.
#[server(name = ChangeApp, prefix = "/api", endpoint = "apps/change")]
pub async fn change_app(
    owner: String,
    app: String,
    name: String,
    slug: String,
    description: String,
) -> Result<String, UiError> {
    let input = Change {
        slug: Some(slug),
        name: Some(name),
        description: Some(trimmed(&description)),
        ..Change::default()
    };
    let app = AppName::of(&owner, &app);
    let after = server::service().change_app(&server::who(), &app, Endpoint::PatchApp, &input).await?;
    leptos_axum::redirect(&format!("/{}/{}/settings", after.owner_slug, after.slug));
    Ok(after.slug)
}

/// Deletes an app, once its address was typed.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] if something else was typed.
#[server(name = DeleteApp, prefix = "/api", endpoint = "apps/delete")]
pub async fn delete_app(owner: String, app: String, confirmation: String) -> Result<(), UiError> {
    let app = AppName::of(&owner, &app);
    server::service().delete_app(&server::who(), &app, Some(&confirmation)).await?;
    leptos_axum::redirect("/apps");
    Ok(())
}

/// Restores a deleted app.
///
/// # Errors
/// [`UiError::NotFound`] if it is too late, [`UiError::Conflict`] if another app has its address now.
#[server(name = RestoreApp, prefix = "/api", endpoint = "apps/restore")]
pub async fn restore_app(id: String) -> Result<(), UiError> {
    let id = id.parse().map_err(|_| UiError::NotFound)?;
    server::service().restore_app(&server::who(), id).await?;
    Ok(())
}

/// The name in addresses that follows from an app's name; nothing, if no letter of it can stand in an address.
///
/// ```
/// # use atelier_ui::api::apps::slug_of;
/// assert_eq!(slug_of("Birds of Prey (2024)"), "birds-of-prey-2024");
/// assert_eq!(slug_of("???"), "");
/// ```
pub fn slug_of(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let slug: String = words.join("-").chars().take(64).collect();
    slug.trim_end_matches('-').to_owned()
}

/// What was typed into a text area. An empty one is rendered with a space in it, where its text would stand.
#[cfg(feature = "ssr")]
fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}

#[cfg(feature = "ssr")]
impl From<AppRow> for OwnApp {
    fn from(row: AppRow) -> Self {
        Self {
            id: row.id.to_string(),
            owner: row.owner_slug,
            slug: row.slug,
            name: row.name,
            description: row.description,
            made_at: row.created_at.micros(),
            restorable_until: row.deleted_at.map(|at| at.plus(RESTORABLE).micros()),
        }
    }
}

/// Where a page stands whose app the service has let the caller see.
#[cfg(feature = "ssr")]
pub(super) fn place((row, asked): (AppRow, Asked<Permit>)) -> AppPlace {
    AppPlace {
        person: Person { slug: asked.slug, name: asked.name },
        app: App {
            owner: row.owner_slug,
            owner_name: row.owner_name,
            slug: row.slug,
            name: row.name,
            description: row.description,
            is_owner: asked.permit.owner() == asked.permit.user(),
            scopes: asked.permit.scopes(),
            reach: asked.permit.rights().reach,
        },
    }
}

/// The explanation, if an operation was refused for want of a right.
#[cfg(feature = "ssr")]
pub(super) fn refusal<T>(outcome: Result<T, Error>) -> Result<Option<String>, UiError> {
    match outcome.map_err(UiError::from) {
        // Whoever has to give their password first may, once they have.
        Ok(_) | Err(UiError::PasswordNeeded { .. } | UiError::SignInNeeded { .. }) => Ok(None),
        Err(UiError::Forbidden { explanation }) => Ok(Some(explanation)),
        Err(other) => Err(other),
    }
}

/// What an operation answers, or nothing, if it was refused for want of a right.
#[cfg(feature = "ssr")]
pub(super) fn if_allowed<T>(outcome: Result<T, Error>) -> Result<Option<T>, UiError> {
    match outcome.map_err(UiError::from) {
        Ok(answer) => Ok(Some(answer)),
        Err(UiError::Forbidden { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}
