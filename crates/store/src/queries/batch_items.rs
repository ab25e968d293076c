//! What becomes of each input to which something is done together with others.

use atelier_domain::id::BatchId;
use serde_json::json;

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
    }
}

/// Keeps what became of inputs of the batch, in the place of what was kept of the same places.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut WriteTx, batch: BatchId, items: &[ItemRow]) -> Result<()> {
    macro_rules! keep {
        ($items:literal) => {
            concat!(
                "INSERT INTO batch_items (batch_id, position, input, state, annotation, earlier, why) \
                 SELECT $1, CAST(n.value ->> 0 AS BIGINT), n.value ->> 1, n.value ->> 2, n.value ->> 3, \
                 CAST(n.value ->> 4 AS DOUBLE PRECISION), n.value ->> 5 FROM ",
                $items,
                " WHERE TRUE ON CONFLICT (batch_id, position) DO UPDATE SET state = excluded.state, \
                 annotation = excluded.annotation, earlier = excluded.earlier, why = excluded.why"
            )
        };
    }
    if items.is_empty() {
        return Ok(());
    }
    let sql = Sql::differing(keep!("json_each($2) AS n"), keep!("jsonb_array_elements($2) AS n (value)"));
    let items: Vec<_> = items
        .iter()
        .map(|item| {
            json!([item.position, item.input, item.state.name(), item.annotation, item.earlier, item.why])
        })
        .collect();
    tx.execute(sql, params![batch, &json!(items)]).await?;
    Ok(())
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
        "SELECT position, input, state, annotation, earlier, why FROM batch_items \
         WHERE batch_id = $1 AND state = $2 ORDER BY position LIMIT $3",
        params![batch, state.name(), i64::try_from(size).unwrap_or(i64::MAX)],
    )
    .await
}
