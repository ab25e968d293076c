//! What concepts are called in further languages than their own.

use atelier_domain::{Language, Permit};

use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

row! {
    /// What a concept is called in a language.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LanguageRow {
        /// The language's tag.
        pub language: String,
        /// What the concept is called.
        pub name: String,
        /// What it means.
        pub definition: String,
    }
}

/// What the concept `concept` of the permit's app is called in its further languages, in the order of their tags.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut Conn, permit: &Permit, concept: &str) -> Result<Vec<LanguageRow>> {
    conn.fetch_all(
        "SELECT language, name, definition FROM concept_languages WHERE app_id = $1 AND concept = $2 \
         ORDER BY language",
        params![permit.app(), concept],
    )
    .await
}

/// Says what a concept of the permit's app is called in a language, whatever it was called there before.
///
/// # Errors
/// When the database fails.
pub async fn set(
    tx: &mut WriteTx,
    permit: &Permit,
    concept: &str,
    language: &Language,
    name: &str,
    definition: &str,
) -> Result<()> {
    tx.execute(
        "INSERT INTO concept_languages (app_id, concept, language, name, definition) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (app_id, concept, language) DO UPDATE SET name = excluded.name, \
         definition = excluded.definition",
        params![permit.app(), concept, language.as_str(), name, definition],
    )
    .await?;
    Ok(())
}

/// Forgets what a concept of the permit's app is called in a language; answers whether that was known.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, concept: &str, language: &str) -> Result<bool> {
    let deleted = tx
        .execute(
            "DELETE FROM concept_languages WHERE app_id = $1 AND concept = $2 AND language = $3",
            params![permit.app(), concept, language],
        )
        .await?;
    Ok(deleted > 0)
}
