//! Vocabularies: named, ordered lists of concepts, from which a task or a model takes its choices.

mod delete;
mod list;
mod patch;
mod post;

use std::collections::BTreeSet;

use atelier_domain::Permit;
use atelier_store::WriteTx;
use atelier_store::queries::{concepts, vocabs};

pub use atelier_store::queries::vocabs::VocabRow;
pub use patch::{PatchVocab, Step};
pub use post::NewVocab;

use crate::concepts::ConceptRow;
use crate::{Error, Result};

/// The most concepts that one vocabulary holds.
pub const CONCEPTS: usize = 1_000;

/// The most vocabularies that are added, changed or deleted at once.
pub const VOCABS: usize = 100;

/// A vocabulary with its concepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Vocab {
    /// The vocabulary.
    pub row: VocabRow,
    /// Its concepts, in its order.
    pub concepts: Vec<ConceptRow>,
}

fn check_count(count: usize) -> Result<()> {
    if count > VOCABS {
        return Err(Error::invalid("vocabs", format!("must be at most {VOCABS} at once")));
    }
    Ok(())
}

/// Makes a vocabulary hold these concepts in this order; those that are named again stand where they were named first.
async fn hold(tx: &mut WriteTx, permit: &Permit, vocab: &str, slugs: &[&str]) -> Result<()> {
    let mut seen = BTreeSet::new();
    let slugs: Vec<&str> = slugs.iter().copied().filter(|slug| seen.insert(*slug)).collect();
    if slugs.len() > CONCEPTS {
        let why = format!("must be at most {CONCEPTS} in one vocabulary");
        return Err(Error::invalid("concepts", why));
    }
    let known = concepts::hold(tx, permit, &slugs).await?;
    if let Some(slug) = slugs.iter().find(|slug| known.iter().all(|known| known != *slug)) {
        return Err(Error::invalid("concepts", format!("must be those of this app: `{slug}` is none")));
    }
    vocabs::set_concepts(tx, permit, vocab, &slugs).await?;
    Ok(())
}

/// A vocabulary as it is now.
async fn read(conn: &mut atelier_store::Conn, permit: &Permit, slug: &str) -> Result<Vocab> {
    let row = vocabs::get(conn, permit, slug).await?.ok_or(Error::NotFound)?;
    let concepts = vocabs::concepts(conn, permit, slug).await?;
    Ok(Vocab { row, concepts })
}
