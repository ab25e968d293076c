//! Making an app.

use atelier_domain::id::AppId;
use atelier_domain::{Conditions, DisplayName, Endpoint, Slug};
use atelier_store::queries::apps;
use serde_json::{Value, json};

use crate::apps::AppRow;
use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, Result, Service, Who};

/// The app to be made.
#[derive(Clone, Debug, Default)]
pub struct CreateApp {
    /// Its name in addresses.
    pub slug: String,
    /// What it is called; its slug, if nothing is given.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The language of its concepts' names; English, if nothing is given.
    pub default_language: String,
    /// What clients keep with it.
    pub metadata: Option<Value>,
}

/// The most characters a description has.
pub(super) const DESCRIPTION: usize = 4_000;

impl Service {
    /// Makes an app of the caller's own.
    ///
    /// # Errors
    /// When a value is not valid, or they have an app of that slug.
    pub async fn create_app(&self, who: &Who, input: &CreateApp) -> Result<AppRow> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::PostApps).await?;
        let slug: Slug = input.slug.parse().map_err(|error| Error::invalid("slug", error))?;
        let name = if input.name.trim().is_empty() { slug.as_str() } else { &input.name };
        let name: DisplayName = name.parse().map_err(|error| Error::invalid("name", error))?;
        check_description(&input.description)?;
        check_language(&input.default_language)?;
        let id = AppId::new(now, &self.world.salt());
        let language = if input.default_language.is_empty() { "en" } else { input.default_language.as_str() };
        let app = apps::NewApp {
            id,
            slug: &slug,
            name: &name,
            description: &input.description,
            default_language: language,
            metadata: input.metadata.as_ref(),
        };
        apps::insert(&mut tx, &asked.permit, &app, now).await.map_err(|error| match error {
            atelier_store::Error::Duplicate => Error::Taken(format!("you already have an app `{slug}`")),
            other => other.into(),
        })?;
        let done = Done {
            app: Some(id),
            after: Some(json!({ "id": slug.as_str(), "name": name.as_str() })),
            ..Done::new(Action::AppCreated, slug.as_str())
        };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        // Read back through the front door: the owner can see what they just made.
        let made = AppName::Id(id);
        let view = self.permit(&mut tx, who, &made, Endpoint::PostApps, Conditions::NONE).await?;
        let row = apps::get(&mut tx, &view.permit).await?;
        tx.commit().await?;
        Ok(row)
    }
}

pub(super) fn check_description(text: &str) -> Result<()> {
    if text.chars().count() > DESCRIPTION {
        return Err(Error::invalid("description", format!("must have at most {DESCRIPTION} characters")));
    }
    Ok(())
}

/// The most characters that the tag of a language has: that of the longest one in use, and some.
const LANGUAGE: usize = 35;

pub(super) fn check_language(tag: &str) -> Result<()> {
    if tag.len() > LANGUAGE || !tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        return Err(Error::invalid("default_language", "must be the tag of a language, such as `en`"));
    }
    Ok(())
}
