//! Changing concepts.

use atelier_domain::{Color, Conditions, Endpoint, PatchAction, Permit, Shortcut};
use atelier_store::queries::concepts;
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::{ConceptRow, check_count, check_definition, check_language, check_name};
use crate::metadata::patched;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What to change of a concept; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct PatchConcept {
    /// Which concept.
    pub slug: String,
    /// What it is called.
    pub name: Option<String>,
    /// What it means.
    pub definition: Option<String>,
    /// The language of its name.
    pub language: Option<String>,
    /// What clients keep with it.
    pub metadata: Option<Value>,
    /// In what colour it is shown; empty for that of its place.
    pub color: Option<String>,
    /// The key that says it while one annotates; empty for none.
    pub shortcut: Option<String>,
}

impl Service {
    /// Changes concepts of the app, all of them or none, and answers them in this order. `action` matters for what
    /// clients keep with them: merging changes the keys that are named, overwriting replaces all of it.
    ///
    /// # Errors
    /// When the caller may not, `action` is to remove, a value is not valid, or one of the concepts does not exist.
    pub async fn patch_concepts(
        &self,
        who: &Who,
        app: &AppName,
        action: PatchAction,
        input: Vec<PatchConcept>,
    ) -> Result<InApp<Vec<ConceptRow>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchConcepts, Conditions::NONE).await?;
        if action == PatchAction::Remove {
            return Err(Error::invalid(
                "action",
                "must be merge or overwrite: nothing of a concept is taken away",
            ));
        }
        check_count(input.len())?;
        let mut rows = Vec::with_capacity(input.len());
        for (index, change) in input.iter().enumerate() {
            let row = self
                .patch_concept(&mut tx, &asked.permit, action, change)
                .await
                .map_err(|error| error.within("concepts", index))?;
            rows.push(row);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: rows })
    }

    pub(super) async fn patch_concept(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        action: PatchAction,
        change: &PatchConcept,
    ) -> Result<ConceptRow> {
        let now = self.world.now();
        let before = concepts::get_to_change(tx, permit, &change.slug).await?.ok_or(Error::NotFound)?;
        let name = match &change.name {
            Some(name) => check_name(name)?,
            None => before.name.clone(),
        };
        if let Some(definition) = &change.definition {
            check_definition(definition)?;
        }
        if let Some(language) = &change.language {
            check_language(language)?;
        }
        let chosen_color = match &change.color {
            Some(color) if color.is_empty() => None,
            Some(color) => {
                let color: Color = color.parse().map_err(|error| Error::invalid("color", error))?;
                Some(color)
            }
            None => before.chosen_color.clone(),
        };
        let shortcut = match &change.shortcut {
            Some(key) if key.is_empty() => None,
            Some(key) => Some(free_shortcut(tx, permit, &change.slug, key).await?),
            None => before.shortcut.clone(),
        };
        let after = ConceptRow {
            name,
            definition: change.definition.clone().unwrap_or_else(|| before.definition.clone()),
            language: change.language.clone().unwrap_or_else(|| before.language.clone()),
            metadata: patched(action, before.metadata.clone(), change.metadata.as_ref()),
            chosen_color,
            shortcut,
            changed_at: now,
            ..before
        };
        let stored = concepts::ConceptChange {
            name: &after.name,
            language: &after.language,
            definition: &after.definition,
            metadata: after.metadata.as_ref(),
            chosen_color: after.chosen_color.as_ref(),
            shortcut: after.shortcut.as_ref(),
        };
        concepts::update(tx, permit, &after.slug, &stored, now).await?;
        Ok(after)
    }
}

/// The key that was typed, if no other concept of the app has it.
async fn free_shortcut(tx: &mut WriteTx, permit: &Permit, slug: &str, typed: &str) -> Result<Shortcut> {
    let shortcut: Shortcut = typed.parse().map_err(|error| Error::invalid("shortcut", error))?;
    // Two concepts that are given the same key at once would both find it free.
    concepts::lock(tx, permit).await?;
    match concepts::with_shortcut(tx, permit, &shortcut).await? {
        Some(other) if other.slug != slug => {
            Err(Error::invalid("shortcut", format!("`{shortcut}` says `{}` already", other.name)))
        }
        _ => Ok(shortcut),
    }
}
