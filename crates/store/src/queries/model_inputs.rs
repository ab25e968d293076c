//! From which inputs versions of models learned.

use atelier_domain::Permit;
use atelier_domain::id::{InputId, ModelVersionId};

use super::dataset_inputs::in_datasets;
use super::inputs::{InputSaidRow, digits, input_columns};
use super::reach::{assigned, reached};
use super::said::said;
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params};

/// How many are kept by one statement.
const AT_ONCE: usize = 1_000;

/// Keeps from which inputs a version learned that has just been trained.
///
/// # Errors
/// When the database fails.
pub(super) async fn insert(tx: &mut WriteTx, version: ModelVersionId, inputs: &[InputId]) -> Result<()> {
    let sql = Sql::differing(
        "INSERT INTO model_inputs (version_id, input_id) SELECT $1, unhex(value) FROM json_each($2)",
        "INSERT INTO model_inputs (version_id, input_id) \
         SELECT $1, CAST(jsonb_array_elements_text($2) AS UUID)",
    );
    for some in inputs.chunks(AT_ONCE) {
        tx.execute(sql, params![version, &digits(some.iter().map(|id| id.0))]).await?;
    }
    Ok(())
}

/// The inputs of the permit's app from which the version `version` learned, the newest first, `size` of them after `skip`;
/// with what is said of them by the annotations that stand as `status`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    version: ModelVersionId,
    (skip, size): (usize, usize),
    status: i64,
) -> Result<Vec<InputSaidRow>> {
    // The page is cut out before anything is read of its inputs. What was deleted takes no place in it.
    macro_rules! list {
        ($dialect:ident) => {
            concat!(
                "SELECT ",
                input_columns!(),
                ", ",
                said!($dialect "$5"),
                ", ",
                in_datasets!($dialect),
                " FROM (SELECT m.input_id FROM model_inputs m CROSS JOIN inputs o \
                 WHERE m.version_id = $4 AND o.id = m.input_id AND o.app_id = $1 AND ",
                reached!("m.input_id" "$6"),
                " ORDER BY m.input_id DESC LIMIT $2 OFFSET $3) k \
                 CROSS JOIN inputs i JOIN users u ON u.id = i.created_by WHERE i.id = k.input_id AND i.app_id = $1 \
                 ORDER BY i.id DESC"
            )
        };
    }
    let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    conn.fetch_all(
        Sql::differing(list!(sqlite), list!(postgres)),
        params![permit.app(), whole(size), whole(skip), version, status, permit.assigned_to()],
    )
    .await
}
