//! Concepts: the words that label inputs.

use atelier_domain::{Color, Permit, Shortcut, Timestamp};
use serde_json::{Value, json};

use super::reach::{assigned, reached};
use crate::Result;
use crate::db::{Conn, FromRow, Row, Sql, WriteTx, params, row};

row! {
    /// A concept.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ConceptRow {
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What it is called.
        pub name: String,
        /// The language of its name.
        pub language: String,
        /// What it means.
        pub definition: String,
        /// What clients keep with it.
        pub metadata: Option<Value>,
        /// In what colour it is shown, if somebody chose one: see [`Self::color`].
        pub chosen_color: Option<Color>,
        /// The key that says it while one annotates.
        pub shortcut: Option<Shortcut>,
        /// Its place among the concepts of its app, from 1.
        pub position: i64,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
    }
}

impl ConceptRow {
    /// In what colour it is shown: the one that was chosen, else that of its place.
    #[must_use]
    pub fn color(&self) -> Color {
        let of_place = || Color::of_place(usize::try_from(self.position - 1).unwrap_or_default());
        self.chosen_color.clone().unwrap_or_else(of_place)
    }
}

/// That `$column` is one of the texts of the JSON array that is the parameter `$list`.
///
/// PostgreSQL takes an unpacked array for a hundred rows and reads a small table from end to end for the one that is asked
/// for; of the same texts as an array of its own it looks for each by its index.
macro_rules! one_of {
    (sqlite $column:literal $list:literal) => {
        concat!($column, " IN (SELECT value FROM json_each(", $list, "))")
    };
    (postgres $column:literal $list:literal) => {
        concat!($column, " = ANY (ARRAY(SELECT jsonb_array_elements_text(", $list, ")))")
    };
}
pub(super) use one_of;

/// Concepts of the app `$1`, as [`ConceptRow`] reads them.
macro_rules! concept {
    ($($more:expr),+; $($condition:tt)+) => {
        concat!(
            "SELECT c.slug, c.name, c.language, c.definition, c.metadata, c.color AS chosen_color, c.shortcut, \
             c.position, c.created_at, c.changed_at",
            $($more,)+
            " FROM concepts c WHERE c.app_id = $1",
            $($condition)+
        )
    };
}

pub(super) use concept;

/// A new concept.
#[derive(Clone, Debug)]
pub struct NewConcept<'a> {
    /// Its identifier.
    pub slug: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// The language of its name.
    pub language: &'a str,
    /// What it means.
    pub definition: &'a str,
    /// What clients keep with it.
    pub metadata: Option<&'a Value>,
}

/// Makes concepts of the permit's app, in this order after those that there are. Answers the identifiers that were
/// taken already: their concepts stay as they are.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    concepts: &[NewConcept<'_>],
    now: Timestamp,
) -> Result<Vec<String>> {
    lock(tx, permit).await?;
    let mut taken = Vec::new();
    for concept in concepts {
        let inserted = tx
            .execute(
                "INSERT INTO concepts (app_id, slug, name, language, definition, metadata, position, created_by, \
                 created_at, changed_at) \
                 SELECT $1, $2, $3, $4, $5, $6, COALESCE(MAX(position), 0) + 1, $7, $8, $8 \
                 FROM concepts WHERE app_id = $1 ON CONFLICT (app_id, slug) DO NOTHING",
                params![
                    permit.app(),
                    concept.slug,
                    concept.name,
                    concept.language,
                    concept.definition,
                    concept.metadata,
                    permit.user(),
                    now
                ],
            )
            .await?;
        if inserted == 0 {
            taken.push(concept.slug.to_owned());
        }
    }
    Ok(taken)
}

/// Keeps others from adding concepts to the permit's app, and from what else concerns several of them, until the
/// transaction ends: two that add at once would give the same position.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut WriteTx, permit: &Permit) -> Result<()> {
    // SQLite has one writer at a time as it is. Whoever adds inputs or annotations meanwhile is not kept waiting.
    tx.execute(
        Sql::differing("SELECT 1 WHERE $1 IS NULL", "SELECT 1 FROM apps WHERE id = $1 FOR NO KEY UPDATE"),
        params![permit.app()],
    )
    .await?;
    Ok(())
}

/// The concepts of the permit's app, in their order; with a `prefix` those whose identifier or name starts so,
/// whatever the case.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    prefix: Option<&str>,
    skip: usize,
    size: usize,
) -> Result<Vec<ConceptRow>> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    conn.fetch_all(
        concept!(
            "";
            " AND (CAST($4 AS TEXT) IS NULL OR lower(substr(c.slug, 1, length($4))) = lower($4) \
             OR lower(substr(c.name, 1, length($4))) = lower($4)) \
             ORDER BY c.position LIMIT $2 OFFSET $3"
        ),
        params![permit.app(), limit, offset, prefix],
    )
    .await
}

/// What is looked for by what it is called; what is not given lets everything through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sought<'a> {
    /// Only those with this in their identifier or name, whatever its case.
    pub text: Option<&'a str>,
    /// Only those that have a name in this language, as they are called and explained in it.
    pub language: Option<&'a str>,
    /// Only these, by their identifiers.
    pub among: Option<&'a [&'a str]>,
}

/// What `$columns` are of the concepts of the app `$1` that have the text `$2`, are called something in the language `$3`, and
/// are in the JSON array `$4`.
macro_rules! sought {
    (sqlite $columns:expr; $($more:tt)*) => {
        sought!("instr", "TEXT", one_of!(sqlite "c.slug" "$4"), $columns; $($more)*)
    };
    (postgres $columns:expr; $($more:tt)*) => {
        sought!("strpos", "JSONB", one_of!(postgres "c.slug" "$4"), $columns; $($more)*)
    };
    ($place:literal, $json:literal, $among:expr, $columns:expr; $($more:tt)*) => {
        concat!(
            "SELECT ", $columns, " FROM concepts c LEFT JOIN concept_languages l ON l.app_id = c.app_id \
             AND l.concept = c.slug AND l.language = $3 WHERE c.app_id = $1 \
             AND (CAST($2 AS TEXT) IS NULL OR ", $place, "(lower(c.slug), lower($2)) > 0 \
             OR ", $place, "(lower(COALESCE(l.name, c.name)), lower($2)) > 0) \
             AND (CAST($3 AS TEXT) IS NULL OR c.language = $3 OR l.language IS NOT NULL) \
             AND (CAST($4 AS ", $json, ") IS NULL OR ", $among, ")",
            $($more)*
        )
    };
}

/// `size` concepts of the permit's app that are `sought`, after the first `skip`, in their order.
///
/// # Errors
/// When the database fails.
pub async fn search(
    conn: &mut Conn,
    permit: &Permit,
    sought: Sought<'_>,
    skip: usize,
    size: usize,
) -> Result<Vec<ConceptRow>> {
    macro_rules! search {
        ($dialect:ident) => {
            sought!(
                $dialect "c.slug, COALESCE(l.name, c.name) AS name, COALESCE(l.language, c.language) AS language, \
                 COALESCE(l.definition, c.definition) AS definition, c.metadata, c.color AS chosen_color, c.shortcut, \
                 c.position, c.created_at, c.changed_at";
                " ORDER BY c.position LIMIT $5 OFFSET $6"
            )
        };
    }
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    let among = sought.among.map(|slugs| json!(slugs));
    conn.fetch_all(
        Sql::differing(search!(sqlite), search!(postgres)),
        params![permit.app(), sought.text, sought.language, among.as_ref(), limit, offset],
    )
    .await
}

/// How many concepts of the permit's app are `sought`.
///
/// # Errors
/// When the database fails.
pub async fn count_sought(conn: &mut Conn, permit: &Permit, sought: Sought<'_>) -> Result<i64> {
    row! {
        struct Count {
            count: i64,
        }
    }
    let among = sought.among.map(|slugs| json!(slugs));
    let sql = Sql::differing(sought!(sqlite "COUNT(*) AS count";), sought!(postgres "COUNT(*) AS count";));
    let row: Count =
        conn.fetch_one(sql, params![permit.app(), sought.text, sought.language, among.as_ref()]).await?;
    Ok(row.count)
}

/// One concept of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<ConceptRow>> {
    conn.fetch_optional(concept!(""; " AND c.slug = $2"), params![permit.app(), slug]).await
}

/// One concept of the permit's app, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn get_to_change(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<ConceptRow>> {
    let sql = Sql::differing(
        concept!(""; " AND c.slug = $2"),
        concept!(""; " AND c.slug = $2 FOR NO KEY UPDATE OF c"),
    );
    tx.fetch_optional(sql, params![permit.app(), slug]).await
}

/// One concept of the permit's app, which nobody else changes, and of which nobody says anything, until the transaction
/// ends: see [`hold`].
///
/// # Errors
/// When the database fails.
pub async fn get_to_delete(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<ConceptRow>> {
    let sql =
        Sql::differing(concept!(""; " AND c.slug = $2"), concept!(""; " AND c.slug = $2 FOR UPDATE OF c"));
    tx.fetch_optional(sql, params![permit.app(), slug]).await
}

/// Those of the concepts `slugs` that the permit's app has, in its order.
///
/// # Errors
/// When the database fails.
pub async fn named(conn: &mut Conn, permit: &Permit, slugs: &[&str]) -> Result<Vec<ConceptRow>> {
    let sql = Sql::differing(
        concept!(""; " AND ", one_of!(sqlite "c.slug" "$2"), " ORDER BY c.position"),
        concept!(""; " AND ", one_of!(postgres "c.slug" "$2"), " ORDER BY c.position"),
    );
    conn.fetch_all(sql, params![permit.app(), &json!(slugs)]).await
}

/// The concepts of the permit's app that have one of `names` as their identifier or name.
///
/// # Errors
/// When the database fails.
pub async fn called(conn: &mut Conn, permit: &Permit, names: &[&str]) -> Result<Vec<ConceptRow>> {
    macro_rules! called {
        ($dialect:ident) => {
            concept!(
                "";
                " AND (", one_of!($dialect "c.slug" "$2"), " OR ", one_of!($dialect "c.name" "$2"), ") ORDER BY c.position"
            )
        };
    }
    let sql = Sql::differing(called!(sqlite), called!(postgres));
    conn.fetch_all(sql, params![permit.app(), &json!(names)]).await
}

/// Those of the concepts `slugs` that the permit's app has, which nobody deletes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn hold(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<Vec<String>> {
    row! {
        struct Held {
            slug: String,
        }
    }
    macro_rules! held {
        ($dialect:ident) => {
            concat!("SELECT slug FROM concepts WHERE app_id = $1 AND ", one_of!($dialect "slug" "$2"))
        };
    }
    let sql = Sql::differing(held!(sqlite), concat!(held!(postgres), " ORDER BY slug FOR KEY SHARE"));
    let rows: Vec<Held> = tx.fetch_all(sql, params![permit.app(), &json!(slugs)]).await?;
    Ok(rows.into_iter().map(|row| row.slug).collect())
}

/// What of a concept can be changed.
#[derive(Clone, Debug)]
pub struct ConceptChange<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The language of its name.
    pub language: &'a str,
    /// What it means.
    pub definition: &'a str,
    /// What clients keep with it.
    pub metadata: Option<&'a Value>,
    /// In what colour it is shown, if one is chosen.
    pub chosen_color: Option<&'a Color>,
    /// The key that says it, which no other concept has: see [`with_shortcut`].
    pub shortcut: Option<&'a Shortcut>,
}

/// Changes the concept `slug` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    slug: &str,
    change: &ConceptChange<'_>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE concepts SET name = $3, language = $4, definition = $5, metadata = $6, color = $7, shortcut = $8, \
         changed_at = $9 WHERE app_id = $1 AND slug = $2",
        params![
            permit.app(),
            slug,
            change.name,
            change.language,
            change.definition,
            change.metadata,
            change.chosen_color.map(Color::as_str),
            change.shortcut.map(Shortcut::as_str),
            now
        ],
    )
    .await?;
    Ok(())
}

/// The concept of the permit's app that has the key `shortcut`.
///
/// # Errors
/// When the database fails.
pub async fn with_shortcut(
    conn: &mut Conn,
    permit: &Permit,
    shortcut: &Shortcut,
) -> Result<Option<ConceptRow>> {
    conn.fetch_optional(concept!(""; " AND c.shortcut = $2"), params![permit.app(), shortcut.as_str()]).await
}

/// Deletes the concepts `slugs` of the permit's app, with what they are called, how they stand to others and their places
/// in vocabularies; answers how many there were. What is said of inputs stays.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<u64> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!("DELETE FROM concepts WHERE app_id = $1 AND ", one_of!($dialect "slug" "$2"))
        };
    }
    tx.execute(Sql::differing(delete!(sqlite), delete!(postgres)), params![permit.app(), &json!(slugs)]).await
}

/// Whether one of the concepts `slugs` of the permit's app is said of an input.
///
/// # Errors
/// When the database fails.
pub async fn are_used(conn: &mut Conn, permit: &Permit, slugs: &[&str]) -> Result<bool> {
    macro_rules! used {
        ($dialect:ident) => {
            concat!(
                "SELECT EXISTS (SELECT 1 FROM annotation_concepts WHERE app_id = $1 AND ",
                one_of!($dialect "concept" "$2"),
                ") AS used"
            )
        };
    }
    row! {
        struct Used {
            used: bool,
        }
    }
    let row: Used = conn
        .fetch_one(Sql::differing(used!(sqlite), used!(postgres)), params![permit.app(), &json!(slugs)])
        .await?;
    Ok(row.used)
}

/// A concept, and of how many inputs somebody spoke of it, of the whole or of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct ConceptCounts {
    /// The concept.
    pub concept: ConceptRow,
    /// The inputs of which somebody said that it is there.
    pub present: i64,
    /// The inputs of which somebody said that it is not there.
    pub absent: i64,
}

impl FromRow for ConceptCounts {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let concept = ConceptRow::from_row(row)?;
        Ok(Self { concept, present: row.get("present")?, absent: row.get("absent")? })
    }
}

/// `size` concepts of the permit's app after the first `skip`, in their order, each with how often it occurs.
///
/// # Errors
/// When the database fails.
pub async fn counts(
    conn: &mut Conn,
    permit: &Permit,
    skip: usize,
    size: usize,
) -> Result<Vec<ConceptCounts>> {
    macro_rules! inputs {
        ($condition:literal) => {
            concat!(
                // In the order of an index, so that an input of which several people say it is counted once.
                "(SELECT COUNT(*) FROM (SELECT 1 FROM annotation_concepts n \
                 WHERE n.app_id = c.app_id AND n.concept = c.slug AND ",
                reached!("n.input_id" "$4"),
                " AND ",
                $condition,
                " GROUP BY n.input_id) named)"
            )
        };
    }
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    conn.fetch_all(
        concept!(
            ", ", inputs!("n.value > 0"), " AS present, ", inputs!("n.value <= 0"), " AS absent";
            // Chosen before they are counted: what is skipped costs nothing.
            " AND c.position IN (SELECT position FROM concepts WHERE app_id = $1 \
             ORDER BY position LIMIT $2 OFFSET $3) ORDER BY c.position"
        ),
        params![permit.app(), limit, offset, permit.assigned_to()],
    )
    .await
}
