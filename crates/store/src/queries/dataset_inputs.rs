//! Which inputs are in which datasets.

use atelier_domain::id::{DatasetId, InputId};
use atelier_domain::{Permit, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::concepts::one_of;
use super::inputs::{InputSaidRow, input_columns};
use super::reach::{assigned, reached};
use super::said::said;
use crate::Result;
use crate::db::{Column, Conn, FromRow, Row, Sql, WriteTx, params, row};

/// The datasets in which an input is, by their identifiers, in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InDatasets(pub Vec<String>);

impl Column for InDatasets {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        Ok(Self(row.json(column)?.unwrap_or_default()))
    }
}

/// The column of the datasets in which the input `i` is.
macro_rules! in_datasets {
    (sqlite) => {
        in_datasets!("json_group_array")
    };
    (postgres) => {
        in_datasets!("jsonb_agg")
    };
    ($gather:literal) => {
        concat!(
            "(SELECT ",
            $gather,
            "(d.slug ORDER BY d.id) FROM dataset_inputs m JOIN datasets d ON d.id = m.dataset_id \
             WHERE m.input_id = i.id) AS datasets"
        )
    };
}
pub(super) use in_datasets;

/// An input of a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetInputRow {
    /// The input, with what is said of it.
    pub input: InputSaidRow,
    /// When it was put into the dataset.
    pub added_at: Timestamp,
}

impl FromRow for DatasetInputRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { input: InputSaidRow::from_row(row)?, added_at: row.get("added_at")? })
    }
}

/// The inputs of the permit's app among `$members`, inputs and when they came, with what is said of them by the annotations
/// that stand as `$status`.
///
/// SQLite begins with whatever stands left of a cross join: it knows nothing of how many inputs a dataset has.
macro_rules! members {
    ($dialect:ident $status:literal; $members:expr; $($more:tt)*) => {
        concat!(
            "SELECT ",
            input_columns!(),
            ", ",
            said!($dialect $status),
            ", ",
            in_datasets!($dialect),
            ", k.added_at FROM (",
            $members,
            ") k CROSS JOIN inputs i JOIN users u ON u.id = i.created_by WHERE i.id = k.input_id AND i.app_id = $1",
            $($more)*
        )
    };
}

/// The last input of a page: when it came, and which one it is.
pub type Last = (Timestamp, InputId);

/// The inputs of `dataset` of the permit's app after the input `after`, in the order in which they came, `size` of them
/// after `skip`; with what is said of them by the annotations that stand as `status`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    dataset: DatasetId,
    (after, skip): (Option<Last>, usize),
    size: usize,
    status: i64,
) -> Result<Vec<DatasetInputRow>> {
    // The page is cut out of an index that holds all that it needs: what is skipped is not looked at.
    macro_rules! list {
        ($dialect:ident) => {
            members!(
                $dialect "$5";
                concat!(
                    "SELECT m.input_id, m.added_at FROM dataset_inputs m WHERE m.dataset_id = $4 \
                     AND (m.added_at, m.input_id) > ($6, $7) AND ",
                    reached!("m.input_id" "$8"),
                    " ORDER BY m.added_at, m.input_id LIMIT $2 OFFSET $3"
                );
                " ORDER BY k.added_at, k.input_id"
            )
        };
    }
    let sql = Sql::differing(list!(sqlite), list!(postgres));
    let (at, input) = after.unwrap_or((Timestamp::from_micros(i64::MIN), InputId(Uuid::nil())));
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    conn.fetch_all(
        sql,
        params![permit.app(), limit, offset, dataset, status, at, input, permit.assigned_to()],
    )
    .await
}

/// Those of the inputs `slugs` of the permit's app that are in `dataset`, in no order; with what is said of them by the
/// annotations that stand as `status`.
///
/// # Errors
/// When the database fails.
pub async fn named(
    conn: &mut Conn,
    permit: &Permit,
    dataset: DatasetId,
    slugs: &[&str],
    status: i64,
) -> Result<Vec<DatasetInputRow>> {
    macro_rules! named {
        ($dialect:ident) => {
            members!(
                $dialect "$4";
                concat!(
                    "SELECT m.input_id, m.added_at FROM dataset_inputs m WHERE m.dataset_id = $2 \
                     AND m.input_id IN (SELECT id FROM inputs WHERE app_id = $1 AND ",
                    one_of!($dialect "slug" "$3"),
                    " AND ",
                    reached!("id" "$5"),
                    ")"
                );
            )
        };
    }
    let sql = Sql::differing(named!(sqlite), named!(postgres));
    conn.fetch_all(sql, params![permit.app(), dataset, &json!(slugs), status, permit.assigned_to()]).await
}

row! {
    struct SlugRow {
        slug: String,
    }
}

/// Those of the inputs `slugs` that the permit's app has, which nobody deletes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn keep_inputs(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<Vec<String>> {
    macro_rules! inputs {
        ($($condition:tt)+) => {
            concat!("SELECT slug FROM inputs WHERE app_id = $1 AND ", reached!("id" "$3"), " AND ", $($condition)+)
        };
    }
    let sql = Sql::differing(
        inputs!(one_of!(sqlite "slug" "$2")),
        // In one order, so that two who want the same do not wait for one another.
        inputs!(one_of!(postgres "slug" "$2"), " ORDER BY id FOR KEY SHARE"),
    );
    let rows: Vec<SlugRow> =
        tx.fetch_all(sql, params![permit.app(), &json!(slugs), permit.assigned_to()]).await?;
    Ok(rows.into_iter().map(|row| row.slug).collect())
}

/// Puts the inputs `slugs` of the permit's app into its dataset `dataset`. Those that are there already stay as they came.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    dataset: DatasetId,
    slugs: &[&str],
    now: Timestamp,
) -> Result<()> {
    macro_rules! insert {
        ($dialect:ident) => {
            concat!(
                "INSERT INTO dataset_inputs (dataset_id, input_id, added_at) SELECT d.id, i.id, $4 \
                 FROM datasets d JOIN inputs i ON i.app_id = d.app_id WHERE d.app_id = $1 AND d.id = $2 AND ",
                one_of!($dialect "i.slug" "$3"),
                " AND ",
                reached!("i.id" "$5"),
                " ON CONFLICT (dataset_id, input_id) DO NOTHING"
            )
        };
    }
    let sql = Sql::differing(insert!(sqlite), insert!(postgres));
    tx.execute(sql, params![permit.app(), dataset, &json!(slugs), now, permit.assigned_to()]).await?;
    Ok(())
}

/// Puts all inputs of the dataset `from` of the permit's app into its dataset `dataset`; answers how many came to it. Those
/// that are there already stay as they came.
///
/// # Errors
/// When the database fails.
pub async fn insert_all(
    tx: &mut WriteTx,
    permit: &Permit,
    dataset: DatasetId,
    from: DatasetId,
    now: Timestamp,
) -> Result<u64> {
    macro_rules! insert {
        ($kept:literal) => {
            concat!(
                "INSERT INTO dataset_inputs (dataset_id, input_id, added_at) SELECT d.id, i.id, $4 \
                 FROM datasets d CROSS JOIN dataset_inputs m CROSS JOIN inputs i WHERE d.app_id = $1 AND d.id = $2 \
                 AND m.dataset_id = $3 AND i.id = m.input_id AND i.app_id = d.app_id AND ",
                reached!("i.id" "$5"),
                $kept,
                " ON CONFLICT (dataset_id, input_id) DO NOTHING"
            )
        };
    }
    // An input that somebody deletes in this very moment is left out.
    let sql = Sql::differing(insert!(""), insert!(" FOR KEY SHARE OF i"));
    tx.execute(sql, params![permit.app(), dataset, from, now, permit.assigned_to()]).await
}

/// Takes the inputs `slugs` of the permit's app out of its dataset `dataset`; answers how many were in it. The inputs
/// themselves stay.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, dataset: DatasetId, slugs: &[&str]) -> Result<u64> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!(
                "DELETE FROM dataset_inputs WHERE dataset_id = $2 \
                 AND input_id IN (SELECT id FROM inputs WHERE app_id = $1 AND ",
                one_of!($dialect "slug" "$3"),
                " AND ",
                reached!("id" "$4"),
                ")"
            )
        };
    }
    let sql = Sql::differing(delete!(sqlite), delete!(postgres));
    tx.execute(sql, params![permit.app(), dataset, &json!(slugs), permit.assigned_to()]).await
}
