//! Concepts: add, list, look at, change, merge, delete, and count how often they occur; what they are called in further
//! languages, and how they stand to one another; and look for them by what they are called.

mod delete;
mod languages;
mod list;
mod merge;
mod patch;
mod post;
mod relations;
mod search;
mod unsay;

use atelier_domain::{DisplayName, Labels, Language, Permit, Scope};
use atelier_store::WriteTx;
use atelier_store::queries::{apps, concepts};

pub use atelier_store::queries::concept_languages::LanguageRow;
pub use atelier_store::queries::concept_relations::{KnowledgeGraphRow, RelationRow};
pub use atelier_store::queries::concepts::{ConceptCounts, ConceptRow};
pub use languages::ConceptLanguage;
pub use patch::PatchConcept;
pub use post::NewConcept;
pub use relations::{NewRelation, RelationOf, RelationsFilter};
pub use search::{ConceptSearch, FoundConcept, Source, UseCase};

use crate::{Asked, Error, Result, Service};

/// The most concepts that are added or changed at once.
pub const CONCEPTS: usize = 1_000;

/// The most characters a definition has.
pub const DEFINITION: usize = 4_000;

impl Service {
    /// Makes the concepts that `labels` name and the app lacks, if the caller may add concepts.
    ///
    /// # Errors
    /// When one is missing and the caller may not.
    pub(crate) async fn provide_concepts(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        labels: &Labels,
    ) -> Result<()> {
        let named: Vec<(&str, &str)> = labels.concepts().into_keys().map(|slug| (slug, slug)).collect();
        self.provide(tx, asked, &named).await
    }

    /// Makes those of the concepts, each an identifier and a name, that the app lacks, if the caller may add concepts.
    ///
    /// # Errors
    /// When one is missing and the caller may not.
    pub(crate) async fn provide(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        named: &[(&str, &str)],
    ) -> Result<()> {
        if named.is_empty() {
            return Ok(());
        }
        let slugs: Vec<&str> = named.iter().map(|(slug, _)| *slug).collect();
        let held = concepts::hold(tx, &asked.permit, &slugs).await?;
        let is_missing = |(slug, _): &&(&str, &str)| held.iter().all(|known| known != slug);
        let missing: Vec<&(&str, &str)> = named.iter().filter(is_missing).collect();
        let Some((first, _)) = missing.first() else { return Ok(()) };
        if !asked.permit.scopes().contains(Scope::ConceptsAdd) {
            let why = format!(
                "must be those of this app: `{first}` is none, and adding it needs {}",
                Scope::ConceptsAdd
            );
            return Err(Error::invalid("concepts", why));
        }
        let language = apps::get(tx, &asked.permit).await?.default_language;
        let new: Vec<_> = missing
            .iter()
            .map(|(slug, name)| concepts::NewConcept {
                slug,
                name,
                language: &language,
                definition: "",
                metadata: None,
            })
            .collect();
        // If somebody else has made one of them in this very moment, it is there all the same.
        concepts::insert(tx, &asked.permit, &new, self.world.now()).await?;
        Ok(())
    }
}

fn check_count(count: usize) -> Result<()> {
    if count > CONCEPTS {
        return Err(Error::invalid("concepts", format!("must be at most {CONCEPTS} at once")));
    }
    Ok(())
}

pub(crate) fn check_definition(text: &str) -> Result<()> {
    if text.chars().count() > DEFINITION {
        return Err(Error::invalid("definition", format!("must have at most {DEFINITION} characters")));
    }
    Ok(())
}

/// What somebody calls a concept or a list of them.
pub(crate) fn check_name(name: &str) -> Result<String> {
    let name: DisplayName = name.parse().map_err(|error| Error::invalid("name", error))?;
    Ok(name.to_string())
}

/// The tag of a language.
fn check_language(tag: &str) -> Result<Language> {
    tag.parse().map_err(|_| Error::invalid("language", "must be a tag such as `en` or `pt-BR`"))
}

/// The identifier that a name makes: `Stop sign` is `stop-sign`.
pub(crate) fn slug_of(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-")
}
