//! From what a model learns: what is said of inputs, and what these are like.

use atelier_domain::id::{DatasetId, InputId};
use atelier_domain::{Medium, Permit, Timestamp};
use serde_json::json;

use super::concepts::one_of;
use super::inputs::{digits, one_of_ids};
use super::reach::{assigned, reached};
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// What is said of one input and one concept, by all that counts.
    #[derive(Clone, Debug, PartialEq)]
    pub struct AnswerRow {
        /// The input.
        pub input_id: InputId,
        /// The concept.
        pub concept: String,
        /// The highest value that somebody gives it, from 0 to 1.
        pub most: f64,
        /// The lowest.
        pub least: f64,
    }
}

/// What is said of inputs of that kind of the permit's app and of the `concepts`, of the whole or of a part, by the
/// annotations that stand as `status`; with a dataset, only of inputs in it. Input by input.
///
/// # Errors
/// When the database fails.
pub async fn answers(
    conn: &mut Conn,
    permit: &Permit,
    kind: Medium,
    concepts: &[&str],
    status: i64,
    within: Option<DatasetId>,
) -> Result<Vec<AnswerRow>> {
    macro_rules! answers {
        ($dialect:ident) => {
            concat!(
                "SELECT n.input_id, n.concept, MAX(n.value) AS most, MIN(n.value) AS least FROM annotation_concepts n \
                 JOIN annotations a ON a.id = n.annotation_id JOIN inputs i ON i.id = n.input_id \
                 WHERE n.app_id = $1 AND a.status = $4 AND i.kind = $2 AND ",
                one_of!($dialect "n.concept" "$3"),
                " AND (CAST($5 AS UUID) IS NULL OR n.input_id IN \
                 (SELECT d.input_id FROM dataset_inputs d WHERE d.dataset_id = $5)) AND ",
                reached!("n.input_id" "$6"),
                " GROUP BY n.input_id, n.concept ORDER BY n.input_id, n.concept"
            )
        };
    }
    conn.fetch_all(
        Sql::differing(answers!(sqlite), answers!(postgres)),
        params![permit.app(), kind.name(), &json!(concepts), status, within, permit.assigned_to()],
    )
    .await
}

row! {
    /// What an input is like.
    #[derive(Clone, Debug, PartialEq)]
    pub struct VectorRow {
        /// The input.
        pub input_id: InputId,
        /// The hash of what it holds: copies have the same.
        pub sha256: Vec<u8>,
        /// What it is like.
        pub vector: Vec<u8>,
    }
}

/// What those of the inputs `ids` of the permit's app are like that the version `model` of a public model has seen.
///
/// # Errors
/// When the database fails.
pub async fn vectors(
    conn: &mut Conn,
    permit: &Permit,
    model: &str,
    ids: &[InputId],
) -> Result<Vec<VectorRow>> {
    macro_rules! vectors {
        ($dialect:ident) => {
            concat!(
                "SELECT e.input_id, i.sha256, e.vector FROM embeddings e JOIN inputs i ON i.id = e.input_id \
                 WHERE (e.app_id = $1) IS TRUE AND e.model = $3 AND e.vector IS NOT NULL AND ",
                one_of_ids!($dialect "e.input_id"),
                " AND ",
                reached!("e.input_id" "$4")
            )
        };
    }
    let ids = digits(ids.iter().map(|id| id.0));
    conn.fetch_all(
        Sql::differing(vectors!(sqlite), vectors!(postgres)),
        params![permit.app(), &ids, model, permit.assigned_to()],
    )
    .await
}

row! {
    struct CountRow {
        count: i64,
    }
}

/// How many of the inputs `ids` of the permit's app wait to be embedded, and are tried before `never`.
///
/// # Errors
/// When the database fails.
pub async fn waiting(conn: &mut Conn, permit: &Permit, ids: &[InputId], never: Timestamp) -> Result<i64> {
    macro_rules! waiting {
        ($dialect:ident) => {
            concat!(
                "SELECT COUNT(*) AS count FROM embedding_queue WHERE (app_id = $1) IS TRUE AND due_at < $3 AND ",
                one_of_ids!($dialect "input_id")
            )
        };
    }
    let ids = digits(ids.iter().map(|id| id.0));
    let sql = Sql::differing(waiting!(sqlite), waiting!(postgres));
    let counted: CountRow = conn.fetch_one(sql, params![permit.app(), &ids, never]).await?;
    Ok(counted.count)
}

/// Has those of the inputs `ids` of the permit's app that wait to be embedded, and that nobody has tried yet, come before all
/// others.
///
/// # Errors
/// When the database fails.
pub async fn hurry(tx: &mut WriteTx, permit: &Permit, ids: &[InputId]) -> Result<()> {
    macro_rules! hurry {
        ($dialect:ident) => {
            concat!(
                "UPDATE embedding_queue SET due_at = 0 WHERE (app_id = $1) IS TRUE AND tries = 0 AND ",
                one_of_ids!($dialect "input_id")
            )
        };
    }
    let ids = digits(ids.iter().map(|id| id.0));
    tx.execute(Sql::differing(hurry!(sqlite), hurry!(postgres)), params![permit.app(), &ids]).await?;
    Ok(())
}
