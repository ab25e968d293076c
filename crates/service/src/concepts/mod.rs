//! Concepts: add, list, look at, change, and count how often they occur.

mod list;
mod patch;
mod post;

use atelier_domain::{Labels, Permit, Scope};
use atelier_store::WriteTx;
use atelier_store::queries::{apps, concepts};

pub use atelier_store::queries::concepts::{ConceptCounts, ConceptRow};
pub use patch::PatchConcept;
pub use post::NewConcept;

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
        let named: Vec<&str> = labels.concepts().into_keys().collect();
        if named.is_empty() {
            return Ok(());
        }
        let missing = concepts::missing(tx, &asked.permit, &named).await?;
        let Some(first) = missing.first() else { return Ok(()) };
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
            .map(|slug| concepts::NewConcept {
                slug,
                name: slug,
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

fn check_definition(text: &str) -> Result<()> {
    if text.chars().count() > DEFINITION {
        return Err(Error::invalid("definition", format!("must have at most {DEFINITION} characters")));
    }
    Ok(())
}

/// A language is a tag such as `en` or `pt-BR`.
fn check_language(tag: &str) -> Result<()> {
    let is_tag = (1..=35).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !is_tag {
        return Err(Error::invalid("language", "must be a tag such as `en` or `pt-BR`"));
    }
    Ok(())
}
