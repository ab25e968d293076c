//! The inputs of which tasks are made.

use atelier_domain::id::InputId;
use atelier_domain::{Medium, Permit};
use serde_json::json;

use super::concepts::one_of;
use crate::Result;
use crate::db::{Conn, Sql, params, row};

row! {
    struct IdRow {
        id: InputId,
    }
}

/// The identifiers of at most `most` inputs of the permit's app, the oldest first; of one kind, if `medium` says so, and
/// only those of `slugs`, if some are named.
///
/// # Errors
/// When the database fails.
pub async fn of_app(
    conn: &mut Conn,
    permit: &Permit,
    medium: Option<Medium>,
    slugs: &[String],
    most: usize,
) -> Result<Vec<InputId>> {
    macro_rules! inputs {
        ($($found_by:tt)*) => {
            concat!(
                "SELECT id FROM inputs WHERE app_id = $1 AND (CAST($2 AS TEXT) IS NULL OR kind = $2)",
                $($found_by)*
                " ORDER BY id LIMIT $3"
            )
        };
    }
    let medium = medium.map(Medium::name);
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let rows: Vec<IdRow> = if slugs.is_empty() {
        conn.fetch_all(inputs!(), params![permit.app(), medium, limit]).await?
    } else {
        let sql = Sql::differing(
            inputs!(" AND ", one_of!(sqlite "slug" "$4"),),
            inputs!(" AND ", one_of!(postgres "slug" "$4"),),
        );
        conn.fetch_all(sql, params![permit.app(), medium, limit, &json!(slugs)]).await?
    };
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The same of a dataset; none, if the permit's app has none of that name.
///
/// # Errors
/// When the database fails.
pub async fn of_dataset(
    conn: &mut Conn,
    permit: &Permit,
    medium: Option<Medium>,
    dataset: &str,
    most: usize,
) -> Result<Option<Vec<InputId>>> {
    row! {
        struct DatasetRow {
            id: uuid::Uuid,
        }
    }
    let found: Option<DatasetRow> = conn
        .fetch_optional(
            "SELECT id FROM datasets WHERE app_id = $1 AND slug = $2",
            params![permit.app(), dataset],
        )
        .await?;
    let Some(found) = found else { return Ok(None) };
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let rows: Vec<IdRow> = conn
        .fetch_all(
            "SELECT i.id FROM dataset_inputs d JOIN inputs i ON i.id = d.input_id \
             WHERE i.app_id = $1 AND d.dataset_id = $2 AND (CAST($3 AS TEXT) IS NULL OR i.kind = $3) \
             ORDER BY i.id LIMIT $4",
            params![permit.app(), found.id, medium.map(Medium::name), limit],
        )
        .await?;
    Ok(Some(rows.into_iter().map(|row| row.id).collect()))
}
