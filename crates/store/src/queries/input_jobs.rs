//! The jobs that count what is being added to apps.

use atelier_domain::id::JobId;
use atelier_domain::{Permit, Timestamp};

use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

row! {
    /// A job that adds inputs.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct JobRow {
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// How many it has added.
        pub done: i64,
        /// How many it could not add.
        pub failed: i64,
        /// How many are still to be added.
        pub pending: i64,
        /// Where it stands, by the wire's number: see [`job`].
        pub status: i64,
        /// When it began.
        pub created_at: Timestamp,
        /// When it last came on.
        pub changed_at: Timestamp,
    }
}

/// Where a job can stand, by the wire's numbers.
pub mod job {
    /// Inputs are still to be added.
    pub const RUNNING: i64 = 64_001;
    /// Everything was added, or could not be.
    pub const COMPLETED: i64 = 64_002;
    /// Somebody stopped it.
    pub const CANCELLED: i64 = 64_004;
}

macro_rules! job_columns {
    () => {
        "slug, done, failed, pending, status, created_at, changed_at"
    };
}

/// Begins the job `slug` of the permit's app, or goes on with it: `pending` inputs more are to be added, and `failed`
/// could not be read. One that was cancelled stays so.
///
/// # Errors
/// When the database fails.
pub async fn begin_job(
    tx: &mut WriteTx,
    permit: &Permit,
    id: JobId,
    slug: &str,
    (pending, failed): (i64, i64),
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO input_jobs (id, app_id, slug, done, failed, pending, status, created_at, changed_at) \
         VALUES ($2, $1, $3, 0, $8, $4, CASE WHEN $4 > 0 THEN $5 ELSE $9 END, $6, $6) \
         ON CONFLICT (app_id, slug) DO UPDATE SET pending = input_jobs.pending + excluded.pending, \
         failed = input_jobs.failed + excluded.failed, changed_at = excluded.changed_at, status = CASE \
         WHEN input_jobs.status = $7 OR excluded.pending = 0 THEN input_jobs.status ELSE excluded.status END",
        params![permit.app(), id, slug, pending, job::RUNNING, now, job::CANCELLED, failed, job::COMPLETED],
    )
    .await?;
    Ok(())
}

/// Counts `more` inputs of the job `slug` as added, unless it was cancelled; answers whether they were counted. The last
/// one completes the job.
///
/// # Errors
/// When the database fails.
pub async fn count_added(
    tx: &mut WriteTx,
    permit: &Permit,
    slug: &str,
    more: usize,
    now: Timestamp,
) -> Result<bool> {
    let counted = tx
        .execute(
            "UPDATE input_jobs SET done = done + $6, pending = pending - $6, \
             status = CASE WHEN pending <= $6 THEN $5 ELSE status END, changed_at = $3 \
             WHERE app_id = $1 AND slug = $2 AND status <> $4",
            params![permit.app(), slug, now, job::CANCELLED, job::COMPLETED, whole(more)],
        )
        .await?;
    Ok(counted > 0)
}

/// Counts `more` inputs of the job `slug` as failed. The last one completes the job, unless it was cancelled.
///
/// # Errors
/// When the database fails.
pub async fn count_failed(
    tx: &mut WriteTx,
    permit: &Permit,
    slug: &str,
    more: usize,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE input_jobs SET failed = failed + $6, pending = pending - $6, \
         status = CASE WHEN pending <= $6 AND status <> $4 THEN $5 ELSE status END, changed_at = $3 \
         WHERE app_id = $1 AND slug = $2",
        params![permit.app(), slug, now, job::CANCELLED, job::COMPLETED, whole(more)],
    )
    .await?;
    Ok(())
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Stops the job `slug` of the permit's app, if it still runs.
///
/// # Errors
/// When the database fails.
pub async fn cancel_job(tx: &mut WriteTx, permit: &Permit, slug: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE input_jobs SET status = $3, changed_at = $4 WHERE app_id = $1 AND slug = $2 AND status = $5",
        params![permit.app(), slug, job::CANCELLED, now, job::RUNNING],
    )
    .await?;
    Ok(())
}

row! {
    struct CountRow {
        count: i64,
    }
}

/// Whether a job of any app has not come on since `before`, though it still runs.
///
/// # Errors
/// When the database fails.
pub async fn any_abandoned(conn: &mut Conn, before: Timestamp) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS count FROM input_jobs WHERE status = $1 AND changed_at < $2";
    let row: CountRow = conn.fetch_one(sql, params![job::RUNNING, before]).await?;
    Ok(row.count > 0)
}

/// Completes the jobs of all apps that have not come on since `before`: what was still to be added counts as failed.
/// Answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn complete_abandoned(tx: &mut WriteTx, before: Timestamp, now: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE input_jobs SET failed = failed + pending, pending = 0, status = $3, changed_at = $4 \
         WHERE status = $1 AND changed_at < $2",
        params![job::RUNNING, before, job::COMPLETED, now],
    )
    .await
}

/// The job `slug` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get_job(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<JobRow>> {
    conn.fetch_optional(
        concat!("SELECT ", job_columns!(), " FROM input_jobs WHERE app_id = $1 AND slug = $2"),
        params![permit.app(), slug],
    )
    .await
}

/// The jobs of the permit's app, the newest first, `size` of them after `skip`.
///
/// # Errors
/// When the database fails.
pub async fn list_jobs(conn: &mut Conn, permit: &Permit, skip: usize, size: usize) -> Result<Vec<JobRow>> {
    conn.fetch_all(
        concat!(
            "SELECT ",
            job_columns!(),
            " FROM input_jobs WHERE app_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3"
        ),
        params![permit.app(), whole(size), whole(skip)],
    )
    .await
}
