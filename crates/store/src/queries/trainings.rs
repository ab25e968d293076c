//! The versions of models, each of which is one training, and how far these are; or a file that was uploaded, of which
//! [`super::model_files`] knows, or what a filter lets through.
//!
//! Whoever takes one to work on it has it for a while and says again and again that they are still at it. Each time that
//! one is taken it has another run, and what is said of an earlier run changes nothing: so a server that was taken for dead
//! does not disturb the one that took over.

use atelier_domain::id::{AppId, InputId, ModelId, ModelVersionId, UserId};
use atelier_domain::training::{Fault, Phase, State};
use atelier_domain::{Permit, Timestamp, Training};
use serde_json::{Value, json};

use super::access::Proof;
use super::batches::Shown;
use super::model_files::{self, NewFile};
use super::model_inputs;
use super::models::{kept, versions_of};
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// A version of a model.
    #[derive(Clone, Debug, PartialEq)]
    pub struct VersionRow {
        /// Its identifier, in the order of time.
        pub id: ModelVersionId,
        /// Of which model: as the app of the permit has it.
        pub model_id: ModelId,
        /// Who began to train it.
        pub user_id: UserId,
        /// Their slug.
        pub author_slug: String,
        /// What they are called.
        pub author: String,
        /// What it is.
        pub description: String,
        /// How it is trained.
        pub settings: Training,
        /// How far it is.
        pub state: State,
        /// What it is at.
        pub phase: Phase,
        /// Which part of all is done, from 0 to 1.
        pub progress: f64,
        /// Why it failed, if it did.
        pub fault: Option<Fault>,
        /// The same in words.
        pub why: String,
        /// What it knows, and how good it is in a few figures, once it is trained.
        pub result: Option<Value>,
        /// Where the bytes of its file are, if it was uploaded.
        pub object_key: Option<String>,
        /// How many there are.
        pub size: Option<i64>,
        /// What was found out about them.
        pub told: Option<Value>,
        /// What it lets through, if it is one of a filter.
        pub filter: Option<Value>,
        /// When it was begun.
        pub created_at: Timestamp,
        /// When somebody took it to work on it, the last time.
        pub started_at: Option<Timestamp>,
        /// When it ended.
        pub completed_at: Option<Timestamp>,
        /// When it last changed.
        pub changed_at: Timestamp,
    }
}

macro_rules! version {
    ($($condition:tt)+) => {
        concat!(
            "SELECT v.id, m.id AS model_id, v.user_id, u.slug AS author_slug, u.name AS author, v.description, v.settings, \
             v.state, v.phase, v.progress, v.fault, v.why, v.result, f.object_key, f.size, f.told, v.filter, v.created_at, \
             v.started_at, v.completed_at, v.changed_at FROM models m JOIN model_versions v ON ", versions_of!("v", "m"),
            " JOIN users u ON u.id = v.user_id LEFT JOIN model_files f ON f.version_id = v.id WHERE m.app_id = $1",
            $($condition)+
        )
    };
}

/// A version that is to be made.
#[derive(Clone, Debug)]
pub struct NewVersion<'a> {
    /// Its identifier, in the order of time.
    pub id: ModelVersionId,
    /// Of which model of the permit's app.
    pub model: ModelId,
    /// What whoever makes it shows.
    pub proof: &'a Proof,
    /// From which network address.
    pub address: &'a str,
    /// With which program.
    pub user_agent: &'a str,
    /// What it is.
    pub description: &'a str,
    /// How it comes to be.
    pub origin: Origin<'a>,
}

/// How a version comes to be.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// It is still to be trained, so.
    Training(&'a Training),
    /// It was uploaded, and its bytes are where they belong.
    File(&'a NewFile<'a>),
    /// It is a filter that lets this through.
    Filter(&'a Value),
}

/// Makes a version of whoever holds the permit. What is not to be trained counts as trained.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    version: &NewVersion<'_>,
    now: Timestamp,
) -> Result<()> {
    let (shown, hash) = Shown::of(version.proof);
    let (settings, state, phase, completed_at) = match version.origin {
        Origin::Training(settings) => (kept(settings)?, State::Pending, Phase::Waiting, None),
        Origin::File(_) | Origin::Filter(_) => (json!({}), State::Trained, Phase::Learning, Some(now)),
    };
    let (file, filter) = match version.origin {
        Origin::Training(_) => (None, None),
        Origin::File(file) => (Some(file), None),
        Origin::Filter(filter) => (None, Some(filter)),
    };
    let progress = if completed_at.is_some() { 1.0 } else { 0.0 };
    tx.execute(
        "INSERT INTO model_versions (id, app_id, model_id, user_id, shown, shown_hash, address, user_agent, description, \
         settings, state, phase, progress, why, runs, left_at, created_at, completed_at, changed_at, filter) \
         VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', 0, $14, $14, $15, $14, $16)",
        params![
            permit.app(),
            version.id,
            version.model,
            permit.user(),
            shown.name(),
            hash,
            version.address,
            version.user_agent,
            version.description,
            &settings,
            state.name(),
            phase.name(),
            progress,
            now,
            completed_at,
            filter
        ],
    )
    .await?;
    if let Some(file) = file {
        model_files::insert(tx, version.id, file).await?;
    }
    Ok(())
}

/// The version `id` of the model `model` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut Conn,
    permit: &Permit,
    model: ModelId,
    id: ModelVersionId,
) -> Result<Option<VersionRow>> {
    conn.fetch_optional(version!(" AND m.id = $2 AND v.id = $3"), params![permit.app(), model, id]).await
}

/// The newest version of the model `model` of the permit's app; with a `state`, the newest that is so.
///
/// # Errors
/// When the database fails.
pub async fn newest(
    conn: &mut Conn,
    permit: &Permit,
    model: ModelId,
    state: Option<State>,
) -> Result<Option<VersionRow>> {
    conn.fetch_optional(
        version!(" AND m.id = $2 AND (CAST($3 AS TEXT) IS NULL OR v.state = $3) ORDER BY v.id DESC LIMIT 1"),
        params![permit.app(), model, state.map(State::name)],
    )
    .await
}

/// The newest version of each model of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn newest_of_all(conn: &mut Conn, permit: &Permit) -> Result<Vec<VersionRow>> {
    conn.fetch_all(
        version!(
            " AND v.id = (SELECT n.id FROM model_versions n WHERE ",
            versions_of!("n", "m"),
            " ORDER BY n.id DESC LIMIT 1)"
        ),
        params![permit.app()],
    )
    .await
}

/// `size` versions of the model `model` of the permit's app after the first `skip`, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    model: ModelId,
    skip: usize,
    size: usize,
) -> Result<Vec<VersionRow>> {
    conn.fetch_all(
        version!(" AND m.id = $2 ORDER BY v.id DESC LIMIT $3 OFFSET $4"),
        params![
            permit.app(),
            model,
            i64::try_from(size).unwrap_or(i64::MAX),
            i64::try_from(skip).unwrap_or(i64::MAX)
        ],
    )
    .await
}

row! {
    struct CountRow {
        count: i64,
    }
}

/// How many trainings of the permit's app are under way, those that wait among them.
///
/// # Errors
/// When the database fails.
pub async fn under_way(conn: &mut Conn, permit: &Permit) -> Result<i64> {
    let counted: CountRow = conn
        .fetch_one(
            "SELECT COUNT(*) AS count FROM model_versions WHERE app_id = $1 AND state IN ('pending', 'training')",
            params![permit.app()],
        )
        .await?;
    Ok(counted.count)
}

/// Says what the version `id` of the model `model` of the permit's app is; answers whether there is one.
///
/// # Errors
/// When the database fails.
pub async fn describe(
    tx: &mut WriteTx,
    permit: &Permit,
    model: ModelId,
    id: ModelVersionId,
    description: &str,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE model_versions SET description = $4, changed_at = $5 WHERE app_id = $1 AND model_id = $2 AND id = $3",
            params![permit.app(), model, id, description, now],
        )
        .await?;
    Ok(changed > 0)
}

/// Stops the training of the version `id` of the model `model` of the permit's app; answers whether it was under way.
///
/// # Errors
/// When the database fails.
pub async fn cancel(
    tx: &mut WriteTx,
    permit: &Permit,
    model: ModelId,
    id: ModelVersionId,
    now: Timestamp,
) -> Result<bool> {
    let cancelled = tx
        .execute(
            "UPDATE model_versions SET state = 'cancelled', completed_at = $4, changed_at = $4 \
             WHERE app_id = $1 AND model_id = $2 AND id = $3 AND state IN ('pending', 'training')",
            params![permit.app(), model, id, now],
        )
        .await?;
    Ok(cancelled > 0)
}

/// Deletes the version `id` of the model `model` of the permit's app; answers whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, model: ModelId, id: ModelVersionId) -> Result<bool> {
    let deleted = tx
        .execute(
            "DELETE FROM model_versions WHERE app_id = $1 AND model_id = $2 AND id = $3",
            params![permit.app(), model, id],
        )
        .await?;
    Ok(deleted > 0)
}

row! {
    /// A training, for whoever works on it: what it may read is asked of what its row says.
    #[derive(Clone, Debug, PartialEq)]
    pub struct JobRow {
        /// The version.
        pub id: ModelVersionId,
        /// In which app.
        pub app_id: AppId,
        /// By what whoever began it was known.
        pub shown: Shown,
        /// The hash of that.
        pub shown_hash: Vec<u8>,
        /// From which network address.
        pub address: String,
        /// With which program.
        pub user_agent: String,
        /// How it is trained.
        pub settings: Training,
        /// How often it was taken to be worked on, with this time.
        pub runs: i64,
    }
}

impl JobRow {
    /// What whoever began it showed.
    ///
    /// # Errors
    /// When what is kept of it is no hash.
    pub fn proof(&self) -> Result<Proof> {
        self.shown.proof(&self.shown_hash)
    }
}

row! {
    struct DueRow {
        is_due: bool,
    }
}

/// Whether a training of any app waits, or was left by whoever was at it.
///
/// # Errors
/// When the database fails.
pub async fn is_any_due(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    let due: DueRow = conn
        .fetch_one(
            "SELECT EXISTS (SELECT 1 FROM model_versions WHERE state IN ('pending', 'training') AND left_at <= $1) AS is_due",
            params![now],
        )
        .await?;
    Ok(due.is_due)
}

/// Takes the training of any app that waits longest or that somebody left, so that nobody else takes it before `left_at`.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &mut WriteTx, now: Timestamp, left_at: Timestamp) -> Result<Option<JobRow>> {
    macro_rules! take {
        ($locked:literal) => {
            concat!(
                "UPDATE model_versions SET state = 'training', phase = 'reading', progress = 0.0, runs = runs + 1, \
                 left_at = $2, started_at = $1, changed_at = $1 WHERE id = (SELECT id FROM model_versions \
                 WHERE state IN ('pending', 'training') AND left_at <= $1 ORDER BY left_at, id LIMIT 1",
                $locked,
                ") RETURNING id, app_id, shown, shown_hash, address, user_agent, settings, runs"
            )
        };
    }
    let sql = Sql::differing(take!(""), take!(" FOR UPDATE SKIP LOCKED"));
    tx.fetch_optional(sql, params![now, left_at]).await
}

/// Says how far the run of a training is, which nobody else takes before `left_at`; answers whether it is still under way.
///
/// # Errors
/// When the database fails.
pub async fn go_on(
    tx: &mut WriteTx,
    job: &JobRow,
    phase: Phase,
    progress: f64,
    left_at: Timestamp,
) -> Result<bool> {
    let gone_on = tx
        .execute(
            "UPDATE model_versions SET phase = $3, progress = $4, left_at = $5 \
             WHERE id = $1 AND runs = $2 AND state = 'training'",
            params![job.id, job.runs, phase.name(), progress, left_at],
        )
        .await?;
    Ok(gone_on > 0)
}

/// How the run of a training ended.
#[derive(Clone, Copy, Debug)]
pub enum End<'a> {
    /// It came to a model.
    Trained {
        /// What it knows, and how good it is in a few figures.
        result: &'a Value,
        /// All figures.
        evaluation: &'a Value,
        /// What predicts.
        weights: &'a [u8],
        /// From which inputs it learned.
        inputs: &'a [InputId],
    },
    /// It came to nothing.
    Failed {
        /// Why.
        fault: Fault,
        /// The same in words.
        why: &'a str,
    },
}

/// Ends the run of a training; answers whether it was still under way, and else changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut WriteTx, job: &JobRow, end: End<'_>, now: Timestamp) -> Result<bool> {
    let (state, fault, why, result) = match end {
        End::Trained { result, .. } => (State::Trained, None, "", Some(result)),
        End::Failed { fault, why } => (State::Failed, Some(fault.name()), why, None),
    };
    let ended = tx
        .execute(
            "UPDATE model_versions SET state = $3, fault = $4, why = $5, result = $6, completed_at = $7, changed_at = $7 \
             WHERE id = $1 AND runs = $2 AND state = 'training'",
            params![job.id, job.runs, state.name(), fault, why, result, now],
        )
        .await?;
    if ended == 0 {
        return Ok(false);
    }
    if let End::Trained { evaluation, weights, inputs, .. } = end {
        tx.execute(
            "INSERT INTO model_results (version_id, evaluation, weights) VALUES ($1, $2, $3)",
            params![job.id, evaluation, weights],
        )
        .await?;
        model_inputs::insert(tx, job.id, inputs).await?;
    }
    Ok(true)
}

row! {
    struct EvaluationRow {
        evaluation: Option<Value>,
    }
}

/// All figures of the version `id` of the permit's app, if it is trained.
///
/// # Errors
/// When the database fails.
pub async fn evaluation(conn: &mut Conn, permit: &Permit, id: ModelVersionId) -> Result<Option<Value>> {
    let row: Option<EvaluationRow> = conn
        .fetch_optional(
            "SELECT r.evaluation FROM model_results r JOIN model_versions v ON v.id = r.version_id \
             WHERE v.app_id = $1 AND v.id = $2",
            params![permit.app(), id],
        )
        .await?;
    Ok(row.and_then(|row| row.evaluation))
}

row! {
    struct WeightsRow {
        weights: Vec<u8>,
    }
}

/// What predicts for the version `id` of the permit's app, or of one that shares its model with that, if it is trained.
///
/// # Errors
/// When the database fails.
pub async fn weights(conn: &mut Conn, permit: &Permit, id: ModelVersionId) -> Result<Option<Vec<u8>>> {
    let row: Option<WeightsRow> = conn
        .fetch_optional(
            concat!(
                "SELECT r.weights FROM model_results r JOIN model_versions v ON v.id = r.version_id \
                 WHERE v.id = $2 AND EXISTS (SELECT 1 FROM models m WHERE m.app_id = $1 AND ",
                versions_of!("v", "m"),
                ")"
            ),
            params![permit.app(), id],
        )
        .await?;
    Ok(row.map(|row| row.weights))
}
