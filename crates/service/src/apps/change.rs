//! Changing an app: its name, address, description, settings.

use atelier_domain::{Conditions, DisplayName, Endpoint, PatchAction, Slug};
use atelier_store::Event;
use atelier_store::queries::{apps, grants, workflows};
use serde_json::{Value, json};

use super::create::{check_description, check_language};
use crate::apps::AppRow;
use crate::audit::{Action, Actor, Done};
use crate::metadata::patched;
use crate::{AppName, Error, Result, Service, Who};

/// What to change; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct ChangeApp {
    /// Its name in addresses.
    pub slug: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The language of its concepts' names.
    pub default_language: Option<String>,
    /// What clients keep with it, and what becomes by it of what they keep already.
    pub metadata: Option<(PatchAction, Value)>,
    /// The workflow of its own that becomes its default; none of its own, if nothing is within.
    pub default_workflow: Option<Option<String>>,
}

impl Service {
    /// Changes the app, and answers it as it stands then.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, the owner has another app of the new slug, or a workflow is to become
    /// its default that does not exist for the caller.
    pub async fn change_app(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        input: &ChangeApp,
    ) -> Result<AppRow> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        // Of two who merge at once, the second merges with what the first has written.
        grants::lock(&mut tx, &asked.permit).await?;
        let before = apps::get(&mut tx, &asked.permit).await?;
        let slug = input.slug.as_deref().unwrap_or(&before.slug);
        let slug: Slug = slug.parse().map_err(|error| Error::invalid("slug", error))?;
        let name = input.name.as_deref().unwrap_or(&before.name);
        let name: DisplayName = name.parse().map_err(|error| Error::invalid("name", error))?;
        let description = input.description.as_deref().unwrap_or(&before.description);
        check_description(description)?;
        let language = input.default_language.as_deref().unwrap_or(&before.default_language);
        check_language(language)?;
        let metadata = match &input.metadata {
            Some((action, change)) => patched(*action, before.metadata.clone(), Some(change)),
            None => before.metadata.clone(),
        };
        let change = apps::AppChange {
            slug: slug.as_str(),
            name: name.as_str(),
            description,
            default_language: language,
            metadata: metadata.as_ref(),
        };
        apps::update(&mut tx, &asked.permit, &change, now).await.map_err(|error| match error {
            atelier_store::Error::Duplicate => Error::Taken(format!("you already have an app `{slug}`")),
            other => other.into(),
        })?;
        if let Some(workflow) = input.default_workflow.as_ref().map(Option::as_deref) {
            // Who may not see workflows finds out about none of them by naming it.
            self.permit(&mut tx, who, app, Endpoint::GetWorkflow, Conditions::NONE).await?;
            if !workflows::set_default(&mut tx, &asked.permit, workflow).await? {
                let why = format!("must be one of this app: `{}` is none", workflow.unwrap_or_default());
                return Err(Error::invalid("default_workflow", why));
            }
        }
        let after = apps::get(&mut tx, &asked.permit).await?;
        let done = Done {
            app: Some(after.id),
            before: Some(told(&before)),
            after: Some(told(&after)),
            ..Done::new(Action::AppChanged, &after.slug)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.announce(Event::Access(after.id));
        tx.commit().await?;
        Ok(after)
    }
}

/// What the audit list says of an app. The default workflow is there only if it is one of the app's own.
fn told(row: &AppRow) -> Value {
    let mut told = json!({ "id": row.slug, "name": row.name, "description": row.description });
    if let Some(workflow) = &row.default_workflow {
        told["default_workflow"] = json!(workflow);
    }
    told
}
