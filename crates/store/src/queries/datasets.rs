//! Datasets: named sets of inputs.

use atelier_domain::id::DatasetId;
use atelier_domain::{Permit, Timestamp};
use serde_json::{Value, json};

use super::concepts::one_of;
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// A dataset.
    #[derive(Clone, Debug, PartialEq)]
    pub struct DatasetRow {
        /// Its identifier, in the order of time.
        pub id: DatasetId,
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What it is.
        pub description: String,
        /// What else is to be known of it.
        pub notes: String,
        /// What clients keep with it.
        pub metadata: Option<Value>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When something of this last changed. Inputs that come and go are no change of it.
        pub changed_at: Timestamp,
    }
}

macro_rules! dataset {
    ($($condition:tt)+) => {
        concat!(
            "SELECT d.id, d.slug, d.description, d.notes, d.metadata, d.created_at, d.changed_at \
             FROM datasets d WHERE d.app_id = $1",
            $($condition)+
        )
    };
}

/// A new dataset.
#[derive(Clone, Debug)]
pub struct NewDataset<'a> {
    /// Its identifier, in the order of time.
    pub id: DatasetId,
    /// Its identifier, as clients chose it.
    pub slug: &'a str,
    /// What it is.
    pub description: &'a str,
    /// What else is to be known of it.
    pub notes: &'a str,
    /// What clients keep with it.
    pub metadata: Option<&'a Value>,
}

/// Makes an empty dataset of the permit's app; answers whether its identifier was free.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    dataset: &NewDataset<'_>,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "INSERT INTO datasets (id, app_id, slug, description, notes, metadata, created_by, created_at, \
             changed_at) VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (app_id, slug) DO NOTHING",
            params![
                permit.app(),
                dataset.id,
                dataset.slug,
                dataset.description,
                dataset.notes,
                dataset.metadata,
                permit.user(),
                now
            ],
        )
        .await?;
    Ok(inserted > 0)
}

/// One dataset of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<DatasetRow>> {
    conn.fetch_optional(dataset!(" AND d.slug = $2"), params![permit.app(), slug]).await
}

/// One dataset of the permit's app, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn get_to_change(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<DatasetRow>> {
    let sql =
        Sql::differing(dataset!(" AND d.slug = $2"), dataset!(" AND d.slug = $2 FOR NO KEY UPDATE OF d"));
    tx.fetch_optional(sql, params![permit.app(), slug]).await
}

/// Those of the datasets `slugs` that the permit's app has, which nobody deletes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn named_to_keep(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<Vec<DatasetRow>> {
    let sql = Sql::differing(
        dataset!(" AND ", one_of!(sqlite "d.slug" "$2"), " ORDER BY d.id"),
        dataset!(" AND ", one_of!(postgres "d.slug" "$2"), " ORDER BY d.id FOR KEY SHARE OF d"),
    );
    tx.fetch_all(sql, params![permit.app(), &json!(slugs)]).await
}

/// By what datasets are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// When they were made.
    #[default]
    Created,
    /// When they last changed.
    Changed,
    /// Their identifiers.
    Slug,
}

/// What to list, and in which order; what is not given lets everything through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Only those with this in their identifier, description or notes, whatever its case.
    pub text: Option<&'a str>,
    /// Only those with this in their identifier, whatever its case.
    pub id: Option<&'a str>,
    /// By what they are ordered.
    pub order: Order,
    /// From the first to the last, in contrast to the other way round.
    pub ascending: bool,
}

/// The datasets of the permit's app that `filter` lets through, `size` of them after `skip`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    filter: &Filter<'_>,
    skip: usize,
    size: usize,
) -> Result<Vec<DatasetRow>> {
    macro_rules! has {
        ($place:literal $column:literal $text:literal) => {
            concat!($place, "(lower(", $column, "), lower(", $text, ")) > 0")
        };
    }
    macro_rules! list {
        ($place:literal $order:literal) => {
            dataset!(
                " AND (CAST($4 AS TEXT) IS NULL OR ", has!($place "d.slug" "$4"),
                " OR ", has!($place "d.description" "$4"), " OR ", has!($place "d.notes" "$4"), ")",
                " AND (CAST($5 AS TEXT) IS NULL OR ", has!($place "d.slug" "$5"), ")",
                " ORDER BY ", $order, " LIMIT $2 OFFSET $3"
            )
        };
    }
    macro_rules! ordered {
        ($order:literal) => {
            Sql::differing(list!("instr" $order), list!("strpos" $order))
        };
        ($sqlite:literal, $postgres:literal) => {
            Sql::differing(list!("instr" $sqlite), list!("strpos" $postgres))
        };
    }
    let sql = match (filter.order, filter.ascending) {
        (Order::Created, false) => ordered!("d.id DESC"),
        (Order::Created, true) => ordered!("d.id"),
        (Order::Changed, false) => ordered!("d.changed_at DESC, d.id DESC"),
        (Order::Changed, true) => ordered!("d.changed_at, d.id"),
        // By their bytes, as SQLite orders texts.
        (Order::Slug, false) => ordered!("d.slug DESC", "d.slug COLLATE \"C\" DESC"),
        (Order::Slug, true) => ordered!("d.slug", "d.slug COLLATE \"C\""),
    };
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    conn.fetch_all(sql, params![permit.app(), limit, offset, filter.text, filter.id]).await
}

/// What of a dataset can be changed.
#[derive(Clone, Debug)]
pub struct DatasetChange<'a> {
    /// What it is.
    pub description: &'a str,
    /// What else is to be known of it.
    pub notes: &'a str,
    /// What clients keep with it.
    pub metadata: Option<&'a Value>,
}

/// Changes the dataset `id` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    id: DatasetId,
    change: &DatasetChange<'_>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE datasets SET description = $3, notes = $4, metadata = $5, changed_at = $6 \
         WHERE app_id = $1 AND id = $2",
        params![permit.app(), id, change.description, change.notes, change.metadata, now],
    )
    .await?;
    Ok(())
}

/// Deletes the datasets `slugs` of the permit's app; answers how many there were. Their inputs stay, and so do their
/// versions.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<u64> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!("DELETE FROM datasets WHERE app_id = $1 AND ", one_of!($dialect "slug" "$2"))
        };
    }
    tx.execute(Sql::differing(delete!(sqlite), delete!(postgres)), params![permit.app(), &json!(slugs)]).await
}
