//! What inputs are like, as a public model sees them, and the inputs that wait for that.
//!
//! It is the app that has its inputs embedded, and not whoever added them: taking from the queue and keeping what came out
//! ask for no permit. What an app has is told to those who show one.

use atelier_domain::id::{AppId, InputId};
use atelier_domain::{Medium, Permit, Timestamp};

use super::inputs::{digits, one_of_ids};
use super::reach::{assigned, reached};
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// An input that waits to be embedded.
    #[derive(Clone, Debug, PartialEq)]
    pub struct WaitingRow {
        /// The input.
        pub id: InputId,
        /// Its app.
        pub app_id: AppId,
        /// What kind of thing it is.
        pub kind: Medium,
        /// The text itself.
        pub body: Option<String>,
        /// Where the picture's bytes are.
        pub object_key: Option<String>,
        /// How often it was tried, with this time.
        pub tries: i64,
    }
}

/// Has inputs of the permit's app wait to be embedded.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(tx: &mut WriteTx, permit: &Permit, inputs: &[InputId], now: Timestamp) -> Result<()> {
    if inputs.is_empty() {
        return Ok(());
    }
    macro_rules! enqueue {
        ($dialect:ident) => {
            concat!(
                "INSERT INTO embedding_queue (input_id, app_id, due_at, tries) \
                 SELECT id, app_id, $3, 0 FROM inputs WHERE app_id = $1 AND ",
                one_of_ids!($dialect "id"),
                " ON CONFLICT (input_id) DO NOTHING"
            )
        };
    }
    let ids = digits(inputs.iter().map(|id| id.0));
    let sql = Sql::differing(enqueue!(sqlite), enqueue!(postgres));
    tx.execute(sql, params![permit.app(), &ids, now]).await?;
    Ok(())
}

/// Takes at most `size` inputs that wait, those that waited longest first, so that no other process takes them before
/// `again_at`.
///
/// # Errors
/// When the database fails.
pub async fn take(
    tx: &mut WriteTx,
    now: Timestamp,
    again_at: Timestamp,
    size: usize,
) -> Result<Vec<WaitingRow>> {
    macro_rules! take {
        ($locked:literal) => {
            concat!(
                "UPDATE embedding_queue SET due_at = $2, tries = tries + 1 WHERE input_id IN \
                 (SELECT input_id FROM embedding_queue WHERE due_at <= $1 ORDER BY due_at, input_id LIMIT $3",
                $locked,
                ") RETURNING input_id"
            )
        };
    }
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let sql = Sql::differing(take!(""), take!(" FOR UPDATE SKIP LOCKED"));
    let taken: Vec<TakenRow> = tx.fetch_all(sql, params![now, again_at, size]).await?;
    macro_rules! waiting {
        ($dialect:ident) => {
            concat!(
                "SELECT i.id, i.app_id, i.kind, i.body, i.object_key, q.tries FROM embedding_queue q \
                 JOIN inputs i ON i.id = q.input_id WHERE q.due_at > $1 AND ",
                one_of_ids!($dialect "q.input_id"),
                " ORDER BY i.id"
            )
        };
    }
    let ids = digits(taken.iter().map(|row| row.input_id.0));
    tx.fetch_all(Sql::differing(waiting!(sqlite), waiting!(postgres)), params![now, &ids]).await
}

row! {
    struct TakenRow {
        input_id: InputId,
    }
}

/// What an input is like, as it is kept: numbers in half precision, two bytes each, the lower first.
#[derive(Clone, Copy, Debug)]
pub struct Embedding<'a> {
    /// The version of the model that saw it.
    pub model: &'a str,
    /// What it is like: a picture to pictures, a text to texts.
    pub vector: &'a [u8],
    /// What a picture is about, as a text would say it; nothing of a text.
    pub meaning: Option<&'a [u8]>,
}

/// By which of its vectors an input is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    /// What pictures look like.
    Looks,
    /// What pictures are about, as a text would say it.
    Meanings,
    /// What texts are about.
    Texts,
}

impl Space {
    /// Of which kind of inputs it has vectors.
    #[must_use]
    pub fn medium(self) -> Medium {
        match self {
            Self::Looks | Self::Meanings => Medium::Image,
            Self::Texts => Medium::Text,
        }
    }
}

/// Keeps what an input is like, unless it went meanwhile; it waits no longer.
///
/// Whoever keeps several does so in the order of their apps: until the end of the transaction, nobody else changes what
/// inputs of the app are like.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut WriteTx, input: InputId, embedding: Embedding<'_>) -> Result<()> {
    tx.execute(
        "INSERT INTO embedding_changes (app_id, last) SELECT app_id, 1 FROM inputs WHERE id = $1 \
         ON CONFLICT (app_id) DO UPDATE SET last = embedding_changes.last + 1",
        params![input],
    )
    .await?;
    tx.execute(
        "INSERT INTO embeddings (input_id, app_id, kind, model, vector, meaning, change) \
         SELECT i.id, i.app_id, i.kind, $2, $3, $4, c.last FROM inputs i \
         JOIN embedding_changes c ON c.app_id = i.app_id WHERE i.id = $1 \
         ON CONFLICT (input_id) DO UPDATE SET model = excluded.model, vector = excluded.vector, \
         meaning = excluded.meaning, change = excluded.change",
        params![input, embedding.model, embedding.vector, embedding.meaning],
    )
    .await?;
    tx.execute("DELETE FROM embedding_queue WHERE input_id = $1", params![input]).await?;
    Ok(())
}

row! {
    /// What an input is like since a change.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ChangedRow {
        /// The input.
        pub input_id: InputId,
        /// The version of the model that saw it.
        pub model: String,
        /// What it is like; nothing, once it went.
        pub vector: Option<Vec<u8>>,
        /// The number of the change.
        pub change: i64,
    }
}

/// What inputs of the permit's app are like since the change `after`, by their vectors in `space`: the first `size` changes.
/// Of what the permit's holder reaches it says nothing: this is what is kept in memory for all.
///
/// # Errors
/// When the database fails.
pub async fn changed(
    conn: &mut Conn,
    permit: &Permit,
    space: Space,
    after: i64,
    size: usize,
) -> Result<Vec<ChangedRow>> {
    macro_rules! changed {
        ($column:literal) => {
            concat!(
                "SELECT input_id, model, ",
                $column,
                " AS vector, change FROM embeddings WHERE app_id = $1 AND kind = $2 AND change > $3 \
                 ORDER BY change LIMIT $4"
            )
        };
    }
    let sql = match space {
        Space::Looks | Space::Texts => changed!("vector"),
        Space::Meanings => changed!("meaning"),
    };
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    conn.fetch_all(sql, params![permit.app(), space.medium().name(), after, size]).await
}

row! {
    /// What an input is like.
    #[derive(Clone, Debug, PartialEq)]
    pub struct EmbeddingRow {
        /// What kind of thing it is.
        pub kind: Medium,
        /// The version of the model that saw it.
        pub model: String,
        /// What it is like.
        pub vector: Vec<u8>,
    }
}

/// What the input `input` of the permit's app is like, if that is known yet.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, input: InputId) -> Result<Option<EmbeddingRow>> {
    conn.fetch_optional(
        concat!(
            "SELECT kind, model, vector FROM embeddings WHERE app_id = $1 AND input_id = $2 AND vector IS NOT NULL AND ",
            reached!("input_id" "$3")
        ),
        params![permit.app(), input, permit.assigned_to()],
    )
    .await
}

/// Notes why an input could not be embedded, and when it is tried again.
///
/// # Errors
/// When the database fails.
pub async fn put_off(tx: &mut WriteTx, input: InputId, again_at: Timestamp, why: &str) -> Result<()> {
    tx.execute(
        "UPDATE embedding_queue SET due_at = $2, why = $3 WHERE input_id = $1",
        params![input, again_at, why],
    )
    .await?;
    Ok(())
}

row! {
    /// How many inputs of an app are embedded, and how many are not.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct EmbeddingCounts {
        /// How many are.
        pub embedded: i64,
        /// How many wait.
        pub waiting: i64,
        /// How many were tried in vain, and are tried no more.
        pub failed: i64,
    }
}

/// How many inputs of the permit's app are embedded, and how many are not; `never` is when those are due that are tried
/// no more.
///
/// # Errors
/// When the database fails.
pub async fn counts(conn: &mut Conn, permit: &Permit, never: Timestamp) -> Result<EmbeddingCounts> {
    let counts = conn
        .fetch_optional(
            "SELECT (SELECT COUNT(*) FROM embeddings WHERE app_id = $1 AND vector IS NOT NULL) AS embedded, \
             (SELECT COUNT(*) FROM embedding_queue WHERE app_id = $1 AND due_at < $2) AS waiting, \
             (SELECT COUNT(*) FROM embedding_queue WHERE app_id = $1 AND due_at >= $2) AS failed",
            params![permit.app(), never],
        )
        .await?;
    Ok(counts.unwrap_or_default())
}
