//! Vocabularies: named, ordered lists of concepts.

use atelier_domain::{Permit, Timestamp};
use serde_json::json;

use super::concepts::{ConceptRow, concept, one_of};
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// A vocabulary.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VocabRow {
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What it is called.
        pub name: String,
        /// What it is for.
        pub description: String,
        /// How many concepts are in it.
        pub concepts: i64,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
    }
}

macro_rules! vocab {
    ($($condition:tt)+) => {
        concat!(
            "SELECT v.slug, v.name, v.description, (SELECT COUNT(*) FROM vocab_concepts c \
             WHERE c.app_id = v.app_id AND c.vocab = v.slug) AS concepts, v.created_at, v.changed_at \
             FROM vocabs v WHERE v.app_id = $1",
            $($condition)+
        )
    };
}

/// `size` vocabularies of the permit's app after the first `skip`, by their identifiers.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut Conn, permit: &Permit, skip: usize, size: usize) -> Result<Vec<VocabRow>> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    conn.fetch_all(vocab!(" ORDER BY v.slug LIMIT $2 OFFSET $3"), params![permit.app(), limit, offset]).await
}

/// The vocabularies of the permit's app in which a concept stands.
///
/// # Errors
/// When the database fails.
pub async fn with_concept(conn: &mut Conn, permit: &Permit, concept: &str) -> Result<Vec<VocabRow>> {
    conn.fetch_all(
        vocab!(
            " AND v.slug IN (SELECT vocab FROM vocab_concepts WHERE app_id = $1 AND concept = $2) ORDER BY v.slug"
        ),
        params![permit.app(), concept],
    )
    .await
}

/// One vocabulary of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<VocabRow>> {
    conn.fetch_optional(vocab!(" AND v.slug = $2"), params![permit.app(), slug]).await
}

/// One vocabulary of the permit's app, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn get_to_change(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<VocabRow>> {
    let sql = Sql::differing(vocab!(" AND v.slug = $2"), vocab!(" AND v.slug = $2 FOR NO KEY UPDATE OF v"));
    tx.fetch_optional(sql, params![permit.app(), slug]).await
}

/// The concepts of a vocabulary of the permit's app, in its order.
///
/// # Errors
/// When the database fails.
pub async fn concepts(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Vec<ConceptRow>> {
    conn.fetch_all(
        concat!(
            "SELECT l.* FROM vocab_concepts m JOIN (",
            concept!(""; ""),
            ") l ON l.slug = m.concept WHERE m.app_id = $1 AND m.vocab = $2 ORDER BY m.position"
        ),
        params![permit.app(), slug],
    )
    .await
}

/// Adds a vocabulary without concepts to the permit's app; answers whether its identifier was free.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    slug: &str,
    name: &str,
    description: &str,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "INSERT INTO vocabs (app_id, slug, name, description, created_by, created_at, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (app_id, slug) DO NOTHING",
            params![permit.app(), slug, name, description, permit.user(), now],
        )
        .await?;
    Ok(inserted > 0)
}

/// Changes what a vocabulary of the permit's app is called and is for.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    slug: &str,
    name: &str,
    description: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE vocabs SET name = $3, description = $4, changed_at = $5 WHERE app_id = $1 AND slug = $2",
        params![permit.app(), slug, name, description, now],
    )
    .await?;
    Ok(())
}

/// Makes a vocabulary of the permit's app hold exactly these concepts, all of which have to exist, in this order.
///
/// # Errors
/// When the database fails.
pub async fn set_concepts(tx: &mut WriteTx, permit: &Permit, slug: &str, concepts: &[&str]) -> Result<()> {
    tx.execute("DELETE FROM vocab_concepts WHERE app_id = $1 AND vocab = $2", params![permit.app(), slug])
        .await?;
    macro_rules! insert {
        ($place:literal, $listed:literal) => {
            concat!(
                "INSERT INTO vocab_concepts (app_id, vocab, concept, position) SELECT $1, $2, n.value, ",
                $place,
                " FROM ",
                $listed
            )
        };
    }
    let sql = Sql::differing(
        insert!("n.key + 1", "json_each($3) AS n"),
        insert!("n.place", "jsonb_array_elements_text($3) WITH ORDINALITY AS n (value, place)"),
    );
    tx.execute(sql, params![permit.app(), slug, &json!(concepts)]).await?;
    Ok(())
}

/// Puts the concept `into` in the place of `concept` in every vocabulary of the permit's app that does not have it yet.
///
/// # Errors
/// When the database fails.
pub async fn replace_concept(tx: &mut WriteTx, permit: &Permit, concept: &str, into: &str) -> Result<()> {
    tx.execute(
        "UPDATE vocab_concepts SET concept = $3 WHERE app_id = $1 AND concept = $2 AND vocab NOT IN \
         (SELECT vocab FROM vocab_concepts WHERE app_id = $1 AND concept = $3)",
        params![permit.app(), concept, into],
    )
    .await?;
    Ok(())
}

/// Deletes the vocabularies `slugs` of the permit's app, and none of their concepts; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<u64> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!("DELETE FROM vocabs WHERE app_id = $1 AND ", one_of!($dialect "slug" "$2"))
        };
    }
    tx.execute(Sql::differing(delete!(sqlite), delete!(postgres)), params![permit.app(), &json!(slugs)]).await
}
