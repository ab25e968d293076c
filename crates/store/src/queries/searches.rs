//! Searches that are kept.

use atelier_domain::filter::{Filter, Subject};
use atelier_domain::{Permit, Timestamp};

use crate::Error;
use crate::Result;
use crate::db::{Column, Conn, Row, Sql, WriteTx, params, row};

row! {
    /// A search that is kept.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SearchRow {
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What it is called.
        pub name: String,
        /// What it searches.
        pub subject: Subject,
        /// What finds must have.
        pub filter: Filter,
        /// Whether the oldest come first; else the newest do.
        pub oldest_first: bool,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
    }
}

impl Column for Subject {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        let name: String = row.get(column)?;
        Self::from_name(&name)
            .ok_or_else(|| Error::Corrupt { column, reason: format!("`{name}` is nothing that is searched") })
    }
}

impl Column for Filter {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        let text: String = row.get(column)?;
        text.parse().map_err(|error| Error::Corrupt { column, reason: format!("{error}") })
    }
}

impl Column for Option<Filter> {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        let text: Option<String> = row.get(column)?;
        let read = |text: String| {
            text.parse().map_err(|error| Error::Corrupt { column, reason: format!("{error}") })
        };
        text.map(read).transpose()
    }
}

macro_rules! search {
    ($($condition:tt)+) => {
        concat!(
            "SELECT s.slug, s.name, s.subject, s.filter, s.oldest_first, s.created_at, s.changed_at \
             FROM searches s WHERE s.app_id = $1",
            $($condition)+
        )
    };
}

/// `size` searches that the permit's app keeps after the first `skip`, by their identifiers; of one subject, if it is
/// given.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    subject: Option<Subject>,
    skip: usize,
    size: usize,
) -> Result<Vec<SearchRow>> {
    let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    conn.fetch_all(
        search!(" AND (CAST($4 AS TEXT) IS NULL OR s.subject = $4) ORDER BY s.slug LIMIT $2 OFFSET $3"),
        params![permit.app(), whole(size), whole(skip), subject.map(Subject::name)],
    )
    .await
}

/// One search that the permit's app keeps.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<SearchRow>> {
    conn.fetch_optional(search!(" AND s.slug = $2"), params![permit.app(), slug]).await
}

/// One search that the permit's app keeps, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn get_to_change(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<SearchRow>> {
    let sql = Sql::differing(search!(" AND s.slug = $2"), search!(" AND s.slug = $2 FOR UPDATE OF s"));
    tx.fetch_optional(sql, params![permit.app(), slug]).await
}

/// What of a search is kept.
#[derive(Clone, Debug)]
pub struct Kept<'a> {
    /// Its identifier, as clients chose it.
    pub slug: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// What it searches.
    pub subject: Subject,
    /// What finds must have.
    pub filter: &'a Filter,
    /// Whether the oldest come first.
    pub oldest_first: bool,
}

/// Keeps a search in the permit's app; answers whether its identifier was free.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut WriteTx, permit: &Permit, search: &Kept<'_>, now: Timestamp) -> Result<bool> {
    let inserted = tx
        .execute(
            "INSERT INTO searches (app_id, slug, name, subject, filter, oldest_first, created_by, created_at, \
             changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (app_id, slug) DO NOTHING",
            params![
                permit.app(),
                search.slug,
                search.name,
                search.subject.name(),
                search.filter.to_string(),
                search.oldest_first,
                permit.user(),
                now
            ],
        )
        .await?;
    Ok(inserted > 0)
}

/// Changes what a search that the permit's app keeps is called and asks for.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &mut WriteTx, permit: &Permit, search: &Kept<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE searches SET name = $3, filter = $4, oldest_first = $5, changed_at = $6 \
         WHERE app_id = $1 AND slug = $2",
        params![permit.app(), search.slug, search.name, search.filter.to_string(), search.oldest_first, now],
    )
    .await?;
    Ok(())
}

/// Deletes a search that the permit's app keeps; answers whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<bool> {
    let deleted = tx
        .execute("DELETE FROM searches WHERE app_id = $1 AND slug = $2", params![permit.app(), slug])
        .await?;
    Ok(deleted > 0)
}
