//! What becomes of each input to which something is done together with others.

use atelier_domain::id::BatchId;
use serde_json::{Value, json};

use super::batches::words;
use crate::db::{Column, Conn, Row, Sql, WriteTx, params, row};
use crate::{Error, Result};

words! {
    /// What became of it.
    ItemState "nothing that becomes of an input" {
        /// Nothing yet.
        Waiting = "waiting",
        /// It was done.
        Done = "done",
        /// It was so already.
        Same = "same",
        /// It could not be done.
        Failed = "failed",
        /// It was undone.
        Undone = "undone",
        /// It was done, and could not be undone.
        Stays = "stays",
    }
}

row! {
    /// An input, and what became of it.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ItemRow {
        /// Its place among them, from 0 on.
        pub position: i64,
        /// The input's identifier, as clients chose it.
        pub input: String,
        /// What became of it.
        pub state: ItemState,
        /// The annotation in which it is said.
        pub annotation: Option<String>,
        /// Which value that gave the concept earlier; none, if the annotation was made for it.
        pub earlier: Option<f64>,
        /// Why it was not done, or not undone.
        pub why: String,
        /// What was said of it before something was taken out of that.
        pub taken: Option<Value>,
    }
}

/// Keeps what became of inputs of the batch, in the place of what was kept of the same places.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut WriteTx, batch: BatchId, items: &[ItemRow]) -> Result<()> {
    macro_rules! keep {
        ($items:literal, $nothing:literal) => {
            concat!(
                "INSERT INTO batch_items (batch_id, position, input, state, annotation, earlier, why, taken) \
                 SELECT $1, CAST(n.value ->> 0 AS BIGINT), n.value ->> 1, n.value ->> 2, n.value ->> 3, \
                 CAST(n.value ->> 4 AS DOUBLE PRECISION), n.value ->> 5, NULLIF(n.value -> 6, ",
                $nothing,
                ") FROM ",
                $items,
                " WHERE TRUE ON CONFLICT (batch_id, position) DO UPDATE SET state = excluded.state, \
                 annotation = excluded.annotation, earlier = excluded.earlier, why = excluded.why, \
                 taken = excluded.taken"
            )
        };
    }
    if items.is_empty() {
        return Ok(());
    }
    let sql = Sql::differing(
        keep!("json_each($2) AS n", "'null'"),
        keep!("jsonb_array_elements($2) AS n (value)", "CAST('null' AS JSONB)"),
    );
    let items: Vec<_> = items
        .iter()
        .map(|item| {
            let ItemRow { position, input, state, annotation, earlier, why, taken } = item;
            json!([position, input, state.name(), annotation, earlier, why, taken])
        })
        .collect();
    tx.execute(sql, params![batch, &json!(items)]).await?;
    Ok(())
}

/// The first `size` inputs of the batch to which something was done that can be undone, by their places: also those of
/// which a part was taken out, and the rest could not be.
///
/// # Errors
/// When the database fails.
pub async fn to_undo(conn: &mut Conn, batch: BatchId, size: usize) -> Result<Vec<ItemRow>> {
    conn.fetch_all(
        "SELECT position, input, state, annotation, earlier, why, taken FROM batch_items \
         WHERE batch_id = $1 AND (state = 'done' OR (state = 'failed' AND taken IS NOT NULL)) \
         ORDER BY position LIMIT $2",
        params![batch, i64::try_from(size).unwrap_or(i64::MAX)],
    )
    .await
}

/// The first `size` inputs of the batch that stand so, by their places.
///
/// # Errors
/// When the database fails.
pub async fn standing(
    conn: &mut Conn,
    batch: BatchId,
    state: ItemState,
    size: usize,
) -> Result<Vec<ItemRow>> {
    conn.fetch_all(
        "SELECT position, input, state, annotation, earlier, why, taken FROM batch_items \
         WHERE batch_id = $1 AND state = $2 ORDER BY position LIMIT $3",
        params![batch, state.name(), i64::try_from(size).unwrap_or(i64::MAX)],
    )
    .await
}
