//! Adding concepts.

use atelier_domain::{Conditions, Endpoint, PatchAction, ResourceId};
use atelier_store::Event;
use atelier_store::queries::{apps, concepts};
use serde_json::Value;

use super::{ConceptRow, PatchConcept, check_count, check_definition, check_language, check_name, slug_of};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// A concept to be added.
#[derive(Clone, Debug, Default)]
pub struct NewConcept {
    /// Its identifier; made from its name, if nothing is given.
    pub slug: String,
    /// What it is called; its identifier, if nothing is given.
    pub name: String,
    /// What it means.
    pub definition: String,
    /// The language of its name; the app's, if nothing is given.
    pub language: String,
    /// What clients keep with it.
    pub metadata: Option<Value>,
    /// In what colour it is shown, if one is chosen.
    pub color: Option<String>,
    /// The key that says it while one annotates, if one is to.
    pub shortcut: Option<String>,
}

/// A concept of which everything is valid.
struct Checked<'a> {
    slug: ResourceId,
    name: String,
    language: &'a str,
    input: &'a NewConcept,
}

impl Service {
    /// Adds concepts to the app after those that there are, all of them or none, and answers them in this order.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, or the app has a concept of one of the identifiers.
    pub async fn post_concepts(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<NewConcept>,
    ) -> Result<InApp<Vec<ConceptRow>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostConcepts, Conditions::NONE).await?;
        check_count(input.len())?;
        let language = apps::get(&mut tx, &asked.permit).await?.default_language;
        let checked = input
            .iter()
            .enumerate()
            .map(|(index, concept)| {
                check(concept, &language).map_err(|error| error.within("concepts", index))
            })
            .collect::<Result<Vec<_>>>()?;
        let new: Vec<_> = checked
            .iter()
            .map(|concept| concepts::NewConcept {
                slug: concept.slug.as_str(),
                name: &concept.name,
                language: concept.language,
                definition: &concept.input.definition,
                metadata: concept.input.metadata.as_ref(),
            })
            .collect();
        let taken = concepts::insert(&mut tx, &asked.permit, &new, self.world.now()).await?;
        if let Some(slug) = taken.first() {
            return Err(Error::Taken(format!("duplicate concept `{slug}`: each is added once")));
        }
        for (index, concept) in checked.iter().enumerate() {
            let NewConcept { color, shortcut, .. } = concept.input;
            if color.is_some() || shortcut.is_some() {
                let change = PatchConcept {
                    slug: concept.slug.to_string(),
                    color: color.clone(),
                    shortcut: shortcut.clone(),
                    ..PatchConcept::default()
                };
                self.patch_concept(&mut tx, &asked.permit, PatchAction::Merge, &change)
                    .await
                    .map_err(|error| error.within("concepts", index))?;
            }
        }
        let slugs: Vec<&str> = new.iter().map(|concept| concept.slug).collect();
        let rows = concepts::named(&mut tx, &asked.permit, &slugs).await?;
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: rows })
    }
}

fn check<'a>(input: &'a NewConcept, default_language: &'a str) -> Result<Checked<'a>> {
    let (given_slug, given_name) = (input.slug.trim(), input.name.trim());
    if given_slug.is_empty() && given_name.is_empty() {
        return Err(Error::invalid("id", "or a name must be given"));
    }
    let slug = if given_slug.is_empty() { slug_of(given_name) } else { given_slug.to_owned() };
    let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
    let name = if given_name.is_empty() { slug.to_string() } else { check_name(given_name)? };
    check_definition(&input.definition)?;
    let language = match input.language.trim() {
        "" => default_language,
        language => {
            check_language(language)?;
            language
        }
    };
    Ok(Checked { slug, name, language, input })
}
