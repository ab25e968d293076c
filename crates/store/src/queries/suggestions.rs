//! Models that help in tasks, and what they suggest.
//!
//! It is the app that has its models say what they find in the inputs of a task, beside requests: taking such work and keeping
//! what came out ask for no permit. What was suggested is told to those who show one.

use atelier_domain::id::{AnnotationId, AppId, InputId, ModelId, ModelVersionId, TaskId};
use atelier_domain::task::Queue;
use atelier_domain::{Permit, Timestamp};
use serde_json::Value;

use super::models::versions_of;
use super::reach::{assigned, reached};
use crate::db::{Column, Conn, Row, Sql, WriteTx, params, row};
use crate::{Error, Result};

impl Column for Queue {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        let name: String = row.get(column)?;
        Self::from_name(&name)
            .ok_or_else(|| Error::Corrupt { column, reason: format!("`{name}` is no order") })
    }
}

row! {
    /// The model that helps in a task.
    #[derive(Clone, Debug, PartialEq)]
    pub struct HelperRow {
        /// The model.
        pub model_id: ModelId,
        /// Its identifier, as clients chose it.
        pub model: String,
        /// What people call it.
        pub name: String,
        /// From which probability on it suggests a concept.
        pub from_value: f64,
        /// In which order inputs come.
        pub queue: Queue,
        /// By which of its versions it last told what it finds in all inputs of the task.
        pub told_by: Option<ModelVersionId>,
    }
}

/// The model that helps in a task of the permit's app, if one does.
///
/// # Errors
/// When the database fails.
pub async fn helper(conn: &mut Conn, permit: &Permit, task: TaskId) -> Result<Option<HelperRow>> {
    conn.fetch_optional(
        "SELECT h.model_id, m.slug AS model, m.name, h.from_value, h.queue, h.told_by FROM task_helpers h \
         JOIN models m ON m.id = h.model_id WHERE h.app_id = $1 AND h.task_id = $2",
        params![permit.app(), task],
    )
    .await
}

/// Has a model of the permit's app help in a task, which is told of all of its inputs anew.
///
/// # Errors
/// When the database fails.
pub async fn set_helper(
    tx: &mut WriteTx,
    permit: &Permit,
    task: TaskId,
    model: ModelId,
    from: f64,
    queue: Queue,
) -> Result<()> {
    forget(tx, permit, task, Some(model)).await?;
    tx.execute(
        "INSERT INTO task_helpers (task_id, app_id, model_id, from_value, queue, told_to, left_at) \
         VALUES ($2, $1, $3, $4, $5, -1, 0) ON CONFLICT (task_id) DO UPDATE SET model_id = excluded.model_id, \
         from_value = excluded.from_value, queue = excluded.queue, told_by = NULL, told_to = -1, left_at = 0",
        params![permit.app(), task, model, from, queue.name()],
    )
    .await?;
    hurry(tx, permit, task, queue).await
}

/// Has no model help in a task of the permit's app any more.
///
/// # Errors
/// When the database fails.
pub async fn end_help(tx: &mut WriteTx, permit: &Permit, task: TaskId) -> Result<()> {
    forget(tx, permit, task, None).await?;
    tx.execute("DELETE FROM task_helpers WHERE app_id = $1 AND task_id = $2", params![permit.app(), task])
        .await?;
    Ok(())
}

/// Forgets what was suggested in a task by other models than `model`.
async fn forget(tx: &mut WriteTx, permit: &Permit, task: TaskId, model: Option<ModelId>) -> Result<()> {
    tx.execute(
        "DELETE FROM suggestions WHERE app_id = $1 AND task_id = $2 AND version_id NOT IN \
         (SELECT v.id FROM models m JOIN model_versions v ON v.model_id = COALESCE(m.shared_from, m.id) \
         WHERE m.app_id = $1 AND m.id = $3)",
        params![permit.app(), task, model],
    )
    .await?;
    Ok(())
}

/// Has what is still to be labelled in a task of the permit's app come in that order.
async fn hurry(tx: &mut WriteTx, permit: &Permit, task: TaskId, queue: Queue) -> Result<()> {
    let sql = match queue {
        Queue::InTurn => {
            "UPDATE assignments SET urgency = 0 WHERE app_id = $1 AND task_id = $2 AND urgency <> 0"
        }
        Queue::LeastCertain => {
            "UPDATE assignments SET urgency = COALESCE((SELECT s.uncertainty FROM suggestions s \
             WHERE s.task_id = assignments.task_id AND s.input_id = assignments.input_id), 0) \
             WHERE app_id = $1 AND task_id = $2 AND state = 'pending'"
        }
    };
    tx.execute(sql, params![permit.app(), task]).await?;
    Ok(())
}

/// Has a task's model look again at which inputs it has told nothing of: some were added.
///
/// # Errors
/// When the database fails.
pub async fn look_again(tx: &mut WriteTx, permit: &Permit, task: TaskId) -> Result<()> {
    tx.execute(
        "UPDATE task_helpers SET told_to = -1 WHERE app_id = $1 AND task_id = $2",
        params![permit.app(), task],
    )
    .await?;
    Ok(())
}

/// The newest version that is trained of the model of the helper `h`; none, while the app is deleted that shares it.
macro_rules! version_of_helper {
    () => {
        concat!(
            "(SELECT n.id FROM model_versions n JOIN models m ON m.id = h.model_id WHERE ",
            versions_of!("n", "m"),
            " AND n.state = 'trained' ORDER BY n.id DESC LIMIT 1)"
        )
    };
}

/// The helpers that have not told all: in tasks that stand as `$worked_on`, with a version that is trained, and either that version or
/// some input is new.
macro_rules! due {
    ($worked_on:literal) => {
        concat!(
        "FROM task_helpers h JOIN tasks t ON t.id = h.task_id AND t.status = ", $worked_on, " \
         JOIN model_versions v ON v.id = ", version_of_helper!(), " LEFT JOIN embedding_changes c ON c.app_id = h.app_id \
         WHERE h.left_at <= $1 AND (h.told_by IS NULL OR h.told_by <> v.id OR h.told_to < COALESCE(c.last, 0))"
        )
    };
}

row! {
    struct DueRow {
        is_due: bool,
    }
}

/// Whether any model that helps in a task which stands as `worked_on` has not told all.
///
/// # Errors
/// When the database fails.
pub async fn is_any_due(conn: &mut Conn, worked_on: i64, now: Timestamp) -> Result<bool> {
    let sql = concat!("SELECT EXISTS (SELECT 1 ", due!("$2"), ") AS is_due");
    let row: DueRow = conn.fetch_one(sql, params![now, worked_on]).await?;
    Ok(row.is_due)
}

row! {
    struct TakenRow {
        task_id: TaskId,
    }
}

row! {
    /// A model that is to tell what it finds in inputs of a task.
    #[derive(Clone, Debug, PartialEq)]
    pub struct JobRow {
        /// The task.
        pub task_id: TaskId,
        /// Its app.
        pub app_id: AppId,
        /// The version that tells.
        pub version_id: ModelVersionId,
        /// In which order inputs come.
        pub queue: Queue,
        /// What the version knows, and how good it is in a few figures.
        pub result: Value,
        /// What predicts.
        pub weights: Vec<u8>,
        /// The last change of what inputs of the app are like.
        pub change: i64,
    }
}

/// Takes the work of a model that has not told all in a task which stands as `worked_on`; nobody else takes it before
/// `left_at`.
///
/// # Errors
/// When the database fails.
pub async fn take(
    tx: &mut WriteTx,
    worked_on: i64,
    now: Timestamp,
    left_at: Timestamp,
) -> Result<Option<JobRow>> {
    macro_rules! take {
        ($locked:literal) => {
            concat!(
                "UPDATE task_helpers SET left_at = $2 WHERE task_id = (SELECT h.task_id ",
                due!("$3"),
                " ORDER BY h.left_at, h.task_id LIMIT 1",
                $locked,
                ") RETURNING task_id"
            )
        };
    }
    let sql = Sql::differing(take!(""), take!(" FOR UPDATE OF h SKIP LOCKED"));
    let taken: Option<TakenRow> = tx.fetch_optional(sql, params![now, left_at, worked_on]).await?;
    let Some(TakenRow { task_id }) = taken else { return Ok(None) };
    tx.fetch_optional(
        concat!(
            "SELECT h.task_id, h.app_id, v.id AS version_id, h.queue, v.result, r.weights, COALESCE(c.last, 0) AS change \
             FROM task_helpers h JOIN model_versions v ON v.id = ",
            version_of_helper!(),
            " JOIN model_results r ON r.version_id = v.id LEFT JOIN embedding_changes c ON c.app_id = h.app_id \
             WHERE h.task_id = $1"
        ),
        params![task_id],
    )
    .await
}

row! {
    /// An input of which a model has told nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct UntoldRow {
        /// The input.
        pub input_id: InputId,
        /// What it is like.
        pub vector: Vec<u8>,
    }
}

/// At most `size` inputs that are still to be labelled, of which the version has told nothing, by what they are like to the
/// version `embedder` of a public model.
///
/// # Errors
/// When the database fails.
pub async fn untold(conn: &mut Conn, job: &JobRow, embedder: &str, size: usize) -> Result<Vec<UntoldRow>> {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    conn.fetch_all(
        "SELECT e.input_id, e.vector FROM embeddings e WHERE e.model = $3 AND e.vector IS NOT NULL AND e.input_id IN \
         (SELECT a.input_id FROM assignments a LEFT JOIN suggestions s ON s.task_id = a.task_id \
         AND s.input_id = a.input_id AND s.version_id = $2 \
         WHERE a.task_id = $1 AND a.state = 'pending' AND s.input_id IS NULL) \
         ORDER BY e.input_id LIMIT $4",
        params![job.task_id, job.version_id, embedder, size],
    )
    .await
}

/// Keeps what a model finds in an input of a task: the probability of each of its concepts, and how uncertain it is. Unless the
/// input went meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    tx: &mut WriteTx,
    job: &JobRow,
    input: InputId,
    found: &Value,
    uncertainty: f64,
) -> Result<()> {
    tx.execute(
        "INSERT INTO suggestions (task_id, input_id, app_id, version_id, found, uncertainty) \
         SELECT h.task_id, i.id, h.app_id, $3, $4, $5 FROM task_helpers h JOIN inputs i ON i.id = $2 \
         WHERE h.task_id = $1 ON CONFLICT (task_id, input_id) DO UPDATE SET version_id = excluded.version_id, \
         found = excluded.found, uncertainty = excluded.uncertainty",
        params![job.task_id, input, job.version_id, found, uncertainty],
    )
    .await?;
    if job.queue == Queue::LeastCertain {
        tx.execute(
            "UPDATE assignments SET urgency = $3 WHERE task_id = $1 AND input_id = $2 AND state = 'pending'",
            params![job.task_id, input, uncertainty],
        )
        .await?;
    }
    Ok(())
}

/// Gives back what was taken: to be gone on with, or because all is told as of what the app's inputs were like then.
///
/// # Errors
/// When the database fails.
pub async fn give_back(tx: &mut WriteTx, job: &JobRow, is_all: bool, left_at: Timestamp) -> Result<()> {
    if is_all {
        tx.execute(
            "UPDATE task_helpers SET left_at = $2, told_by = $3, told_to = $4 WHERE task_id = $1",
            params![job.task_id, left_at, job.version_id, job.change],
        )
        .await?;
    } else {
        tx.execute("UPDATE task_helpers SET left_at = $2 WHERE task_id = $1", params![job.task_id, left_at])
            .await?;
    }
    Ok(())
}

row! {
    /// What a model suggests of an input.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SuggestionRow {
        /// The version that says so.
        pub version_id: ModelVersionId,
        /// The model, as clients named it.
        pub model: String,
        /// What people call it.
        pub name: String,
        /// The probability of each concept, by identifiers.
        pub found: Value,
        /// From which probability on a concept is suggested.
        pub from_value: f64,
    }
}

/// What is suggested of the input `input` within a task of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut Conn,
    permit: &Permit,
    task: TaskId,
    input: &str,
) -> Result<Option<SuggestionRow>> {
    conn.fetch_optional(
        concat!(
            "SELECT s.version_id, m.slug AS model, m.name, s.found, h.from_value FROM suggestions s \
             JOIN task_helpers h ON h.task_id = s.task_id JOIN models m ON m.id = h.model_id \
             JOIN inputs i ON i.id = s.input_id \
             WHERE s.app_id = $1 AND s.task_id = $2 AND i.app_id = $1 AND i.slug = $3 AND ",
            reached!("s.input_id" "$4")
        ),
        params![permit.app(), task, input, permit.assigned_to()],
    )
    .await
}

/// Marks what the permit's holder said of an input within a task as said after the version suggested something: `is_accepted`,
/// if they said the same.
///
/// # Errors
/// When the database fails.
pub async fn mark(
    tx: &mut WriteTx,
    permit: &Permit,
    annotation: AnnotationId,
    version: ModelVersionId,
    is_accepted: bool,
) -> Result<()> {
    let took = if is_accepted { "accepted" } else { "corrected" };
    tx.execute(
        "UPDATE annotations SET suggested_by = $3, took = $4 WHERE app_id = $1 AND id = $2",
        params![permit.app(), annotation, version, took],
    )
    .await?;
    Ok(())
}

row! {
    /// How often what was suggested within a task was said.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct TakenCounts {
        /// How often it was said as it was suggested.
        pub accepted: i64,
        /// How often something else was said.
        pub corrected: i64,
    }
}

/// How often what was suggested within a task of the permit's app was said so, by all whom the permit's holder sees.
///
/// # Errors
/// When the database fails.
pub async fn counts(conn: &mut Conn, permit: &Permit, task: TaskId) -> Result<TakenCounts> {
    let counts = conn
        .fetch_optional(
            concat!(
                "SELECT CAST(COALESCE(SUM(CASE WHEN took = 'accepted' THEN 1 ELSE 0 END), 0) AS BIGINT) AS accepted, \
                 CAST(COALESCE(SUM(CASE WHEN took = 'corrected' THEN 1 ELSE 0 END), 0) AS BIGINT) AS corrected \
                 FROM annotations WHERE app_id = $1 AND task_id = $2 AND took IS NOT NULL AND ",
                reached!("input_id" "$3")
            ),
            params![permit.app(), task, permit.assigned_to()],
        )
        .await?;
    Ok(counts.unwrap_or_default())
}
