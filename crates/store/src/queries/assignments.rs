//! Assignments: which input of a task who labels, and how that stands.

use atelier_domain::assignment::{Assignment, AssignmentState};
use atelier_domain::id::{InputId, TaskId, UserId};
use atelier_domain::{Labels, Permit, Timestamp};
use serde_json::json;

use super::concepts::one_of;
use crate::db::{Column, Conn, FromRow, Row, Sql, WriteTx, params, row};
use crate::{Error, Result};

impl Column for AssignmentState {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        let name: String = row.get(column)?;
        Self::from_name(&name)
            .ok_or_else(|| Error::Corrupt { column, reason: format!("`{name}` is no state") })
    }
}

/// Which assignment: its task, the place of its input among those of the task, and which of the people it is who label
/// that input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssignmentKey {
    /// Of which task.
    pub task: TaskId,
    /// The place of its input, from 0.
    pub position: i64,
    /// Which of its labellers, from 0.
    pub place: i64,
}

/// An assignment as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct AssignmentRow {
    /// Which one.
    pub key: AssignmentKey,
    /// Its input.
    pub input: InputId,
    /// Its input's identifier, as clients chose it.
    pub input_slug: String,
    /// Where it stands, without who approved it: see [`approvals`].
    pub assignment: Assignment,
    /// The slug of whose it is.
    pub worker_slug: Option<String>,
    /// What they are called.
    pub worker_name: Option<String>,
    /// Whether they took it out of the common pool.
    pub pooled: bool,
    /// How often it was submitted.
    pub round: i64,
    /// Why it was skipped.
    pub reason: Option<String>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When it was submitted last.
    pub submitted_at: Option<Timestamp>,
}

impl FromRow for AssignmentRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let holder: Option<UserId> = row.get("lock_holder")?;
        let until: Option<Timestamp> = row.get("locked_until")?;
        Ok(Self {
            key: AssignmentKey {
                task: row.get("task_id")?,
                position: row.get("position")?,
                place: row.get("place")?,
            },
            input: row.get("input_id")?,
            input_slug: row.get("input_slug")?,
            assignment: Assignment {
                worker: row.get("worker_id")?,
                state: row.get("state")?,
                lock: holder.zip(until),
                approved_by: Vec::new(),
            },
            worker_slug: row.get("worker_slug")?,
            worker_name: row.get("worker_name")?,
            pooled: row.get("pooled")?,
            round: row.get("round")?,
            reason: row.get("reason")?,
            changed_at: row.get("changed_at")?,
            submitted_at: row.get("submitted_at")?,
        })
    }
}

macro_rules! assignment {
    ($($condition:tt)+) => {
        concat!(
            "SELECT a.task_id, a.position, a.place, a.input_id, i.slug AS input_slug, a.worker_id, a.pooled, a.state, \
             a.lock_holder, a.locked_until, a.round, a.reason, a.changed_at, a.submitted_at, \
             w.slug AS worker_slug, w.name AS worker_name \
             FROM assignments a JOIN inputs i ON i.id = a.input_id LEFT JOIN users w ON w.id = a.worker_id \
             WHERE a.app_id = $1 AND a.task_id = $2",
            $($condition)+
        )
    };
}

/// At most `size` inputs of a task of the permit's app that somebody has still to label, the most urgent first, and else in the
/// order of the task.
///
/// # Errors
/// When the database fails.
pub async fn pending_of(
    conn: &mut Conn,
    permit: &Permit,
    task: TaskId,
    worker: UserId,
    size: usize,
) -> Result<Vec<AssignmentRow>> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    conn.fetch_all(
        assignment!(
            " AND a.worker_id = $3 AND a.state = 'pending' ORDER BY a.urgency DESC, a.position LIMIT $4"
        ),
        params![permit.app(), task, worker, limit],
    )
    .await
}

/// Puts back into the pool of a task of the permit's app what people took out of it and did not get round to in time.
///
/// # Errors
/// When the database fails.
pub async fn put_back_lapsed(tx: &mut WriteTx, permit: &Permit, task: TaskId, now: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE assignments SET worker_id = NULL, pooled = FALSE, lock_holder = NULL, locked_until = NULL, \
         changed_at = $3 WHERE app_id = $1 AND task_id = $2 AND pooled = TRUE AND state = 'pending' \
         AND locked_until <= $3",
        params![permit.app(), task, now],
    )
    .await
}

/// Takes at most `size` inputs out of the pool of a task of the permit's app for somebody, whose they are until `until`:
/// the most urgent, and none that they label already. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn take(
    tx: &mut WriteTx,
    permit: &Permit,
    task: TaskId,
    worker: UserId,
    size: usize,
    now: Timestamp,
    until: Timestamp,
) -> Result<u64> {
    macro_rules! take {
        ($locked:literal) => {
            concat!(
                "UPDATE assignments SET worker_id = $3, pooled = TRUE, lock_holder = $3, locked_until = $6, \
                 changed_at = $5 WHERE (task_id, position, place) IN (\
                 SELECT a.task_id, a.position, a.place FROM assignments a \
                 WHERE a.app_id = $1 AND a.task_id = $2 AND a.worker_id IS NULL \
                 AND a.place = (SELECT MIN(f.place) FROM assignments f WHERE f.task_id = a.task_id \
                 AND f.position = a.position AND f.worker_id IS NULL) \
                 AND NOT EXISTS (SELECT 1 FROM assignments o WHERE o.task_id = a.task_id \
                 AND o.position = a.position AND o.worker_id = $3) \
                 ORDER BY a.urgency DESC, a.position LIMIT $4",
                $locked,
                ")"
            )
        };
    }
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    tx.execute(
        Sql::differing(take!(""), take!(" FOR UPDATE OF a SKIP LOCKED")),
        params![permit.app(), task, worker, limit, now, until],
    )
    .await
}

/// Makes what somebody took out of the pool of a task theirs for longer: whoever works through it loses none of it.
///
/// # Errors
/// When the database fails.
pub async fn keep_taken(
    tx: &mut WriteTx,
    permit: &Permit,
    task: TaskId,
    worker: UserId,
    until: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE assignments SET locked_until = $4 WHERE app_id = $1 AND task_id = $2 AND worker_id = $3 \
         AND pooled = TRUE AND state = 'pending'",
        params![permit.app(), task, worker, until],
    )
    .await?;
    Ok(())
}

/// The assignments of an input within a task of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn of_input(
    conn: &mut Conn,
    permit: &Permit,
    task: TaskId,
    input: &str,
) -> Result<Vec<AssignmentRow>> {
    conn.fetch_all(
        assignment!(" AND i.app_id = $1 AND i.slug = $3 ORDER BY a.place"),
        params![permit.app(), task, input],
    )
    .await
}

/// The assignments of an input within a task of the permit's app, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn of_input_to_change(
    tx: &mut WriteTx,
    permit: &Permit,
    task: TaskId,
    input: &str,
) -> Result<Vec<AssignmentRow>> {
    let sql = Sql::differing(
        assignment!(" AND i.app_id = $1 AND i.slug = $3 ORDER BY a.place"),
        assignment!(" AND i.app_id = $1 AND i.slug = $3 ORDER BY a.place FOR UPDATE OF a"),
    );
    tx.fetch_all(sql, params![permit.app(), task, input]).await
}

/// That the assignment `a` waits for a review by `$3`, who did not label it, at the moment `$5`: nobody else is at it, and they
/// have said nothing of it since it was submitted last.
macro_rules! awaits_review {
    () => {
        " AND a.state = 'awaiting_review' AND a.worker_id <> $3 \
         AND (a.locked_until IS NULL OR a.locked_until <= $5 OR a.lock_holder = $3) \
         AND NOT EXISTS (SELECT 1 FROM assignment_reviews r WHERE r.task_id = a.task_id \
         AND r.position = a.position AND r.place = a.place AND r.round = a.round AND r.reviewer_id = $3)"
    };
}

/// At most `size` assignments of a task of the permit's app that wait for a review by somebody who did not label them and
/// at which nobody else is just now, in the order of the task.
///
/// # Errors
/// When the database fails.
pub async fn to_review(
    conn: &mut Conn,
    permit: &Permit,
    task: TaskId,
    reviewer: UserId,
    size: usize,
    now: Timestamp,
) -> Result<Vec<AssignmentRow>> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    conn.fetch_all(
        assignment!(awaits_review!(), " ORDER BY a.position, a.place LIMIT $4"),
        params![permit.app(), task, reviewer, limit, now],
    )
    .await
}

/// Which of the assignments that wait for a review are wanted; a list that is empty asks for nothing.
#[derive(Clone, Copy, Debug)]
pub struct ReviewsFilter<'a> {
    /// Only those of these labellers, by their slugs.
    pub labellers: &'a [String],
    /// Only those within which something stands so.
    pub statuses: &'a [i64],
    /// Only those after this place of an input and of a labeller.
    pub after: (i64, i64),
}

/// As [`to_review`], of the assignments that `filter` lets through and of which something was said.
///
/// # Errors
/// When the database fails.
pub async fn to_review_among(
    conn: &mut Conn,
    permit: &Permit,
    task: TaskId,
    reviewer: UserId,
    filter: ReviewsFilter<'_>,
    size: usize,
    now: Timestamp,
) -> Result<Vec<AssignmentRow>> {
    macro_rules! among {
        ($dialect:ident $json:literal) => {
            assignment!(
                awaits_review!(),
                " AND (a.position, a.place) > ($6, $7) AND (CAST($8 AS ",
                $json,
                ") IS NULL OR ",
                one_of!($dialect "w.slug" "$8"),
                ") AND EXISTS (SELECT 1 FROM annotations s WHERE s.task_id = a.task_id AND s.input_id = a.input_id \
                 AND s.user_id = a.worker_id AND (CAST($9 AS ",
                $json,
                ") IS NULL OR ",
                one_of!($dialect "CAST(s.status AS TEXT)" "$9"),
                ")) ORDER BY a.position, a.place LIMIT $4"
            )
        };
    }
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let labellers = (!filter.labellers.is_empty()).then(|| json!(filter.labellers));
    let statuses: Vec<String> = filter.statuses.iter().map(ToString::to_string).collect();
    let statuses = (!statuses.is_empty()).then(|| json!(statuses));
    let (position, place) = filter.after;
    conn.fetch_all(
        Sql::differing(among!(sqlite "TEXT"), among!(postgres "JSONB")),
        params![
            permit.app(),
            task,
            reviewer,
            limit,
            now,
            position,
            place,
            labellers.as_ref(),
            statuses.as_ref()
        ],
    )
    .await
}

/// What becomes of an assignment.
#[derive(Clone, Debug)]
pub struct AssignmentChange<'a> {
    /// Where it stands from now on.
    pub assignment: &'a Assignment,
    /// How often it was submitted.
    pub round: i64,
    /// Why it was skipped.
    pub reason: Option<&'a str>,
    /// When it was submitted last.
    pub submitted_at: Option<Timestamp>,
}

/// Changes an assignment of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    key: AssignmentKey,
    change: &AssignmentChange<'_>,
    now: Timestamp,
) -> Result<()> {
    let Assignment { worker, state, lock, .. } = change.assignment;
    tx.execute(
        "UPDATE assignments SET worker_id = $5, state = $6, lock_holder = $7, locked_until = $8, round = $9, \
         reason = $10, submitted_at = $11, changed_at = $12 \
         WHERE app_id = $1 AND task_id = $2 AND position = $3 AND place = $4",
        params![
            permit.app(),
            key.task,
            key.position,
            key.place,
            *worker,
            state.name(),
            lock.map(|(holder, _)| holder),
            lock.map(|(_, until)| until),
            change.round,
            change.reason,
            change.submitted_at,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Puts back into the pool what somebody has still to label in a task of the permit's app; what they submitted stays
/// theirs. Answers how many inputs that were.
///
/// # Errors
/// When the database fails.
pub async fn release(
    tx: &mut WriteTx,
    permit: &Permit,
    task: TaskId,
    worker: UserId,
    now: Timestamp,
) -> Result<u64> {
    tx.execute(
        "UPDATE assignments SET worker_id = NULL, pooled = FALSE, state = 'pending', lock_holder = NULL, \
         locked_until = NULL, reason = NULL, changed_at = $4 WHERE app_id = $1 AND task_id = $2 AND worker_id = $3 \
         AND state IN ('pending', 'skipped')",
        params![permit.app(), task, worker, now],
    )
    .await
}

/// The same in every task of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn release_everywhere(
    tx: &mut WriteTx,
    permit: &Permit,
    worker: UserId,
    now: Timestamp,
) -> Result<u64> {
    tx.execute(
        "UPDATE assignments SET worker_id = NULL, pooled = FALSE, state = 'pending', lock_holder = NULL, \
         locked_until = NULL, reason = NULL, changed_at = $3 WHERE worker_id = $2 \
         AND state IN ('pending', 'skipped') \
         AND task_id IN (SELECT task_id FROM task_people WHERE app_id = $1 AND user_id = $2)",
        params![permit.app(), worker, now],
    )
    .await
}

row! {
    struct Open {
        open: i64,
    }
}

/// How many inputs somebody has still to label in the tasks of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn open_of(conn: &mut Conn, permit: &Permit, worker: UserId) -> Result<i64> {
    let row: Open = conn
        .fetch_one(
            "SELECT COUNT(*) AS open FROM task_people p JOIN assignments a ON a.task_id = p.task_id \
             AND a.worker_id = p.user_id AND a.state IN ('pending', 'skipped') \
             WHERE p.app_id = $1 AND p.user_id = $2",
            params![permit.app(), worker],
        )
        .await?;
    Ok(row.open)
}

row! {
    /// How many assignments of somebody stand in one way.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CountRow {
        /// Of which task.
        pub task_id: TaskId,
        /// Whose; nobody's are those in the pool.
        pub worker_id: Option<UserId>,
        /// Their slug.
        pub slug: Option<String>,
        /// What they are called.
        pub name: Option<String>,
        /// Where they stand.
        pub state: AssignmentState,
        /// How many.
        pub count: i64,
    }
}

/// How the assignments of the tasks `slugs` of the permit's app stand, task by task and labeller by labeller.
///
/// # Errors
/// When the database fails.
pub async fn counts(conn: &mut Conn, permit: &Permit, slugs: &[&str]) -> Result<Vec<CountRow>> {
    macro_rules! counts {
        ($dialect:ident $worker:literal) => {
            concat!(
                "SELECT c.task_id, c.worker_id, u.slug, u.name, c.state, c.count FROM (\
                 SELECT task_id, ",
                $worker,
                " AS worker_id, state, CAST(SUM(count) AS BIGINT) AS count FROM assignment_tallies \
                 WHERE task_id IN (SELECT id FROM tasks WHERE app_id = $1 AND ",
                one_of!($dialect "slug" "$2"),
                ") GROUP BY 1, 2, 3 HAVING SUM(count) > 0) c \
                 LEFT JOIN users u ON u.id = c.worker_id ORDER BY c.task_id, u.slug, c.state"
            )
        };
    }
    let sql = Sql::differing(counts!(sqlite "NULLIF(worker, X'')"), counts!(postgres "worker_id"));
    conn.fetch_all(sql, params![permit.app(), &json!(slugs)]).await
}

row! {
    /// How much somebody said within a task that stands in one way.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SaidCountRow {
        /// The slug of who.
        pub slug: String,
        /// What they are called.
        pub name: String,
        /// Where it stands, by the wire's number.
        pub status: i64,
        /// How much.
        pub count: i64,
    }
}

/// How what was said within a task of the permit's app stands, author by author.
///
/// # Errors
/// When the database fails.
pub async fn said_counts(conn: &mut Conn, permit: &Permit, task: TaskId) -> Result<Vec<SaidCountRow>> {
    conn.fetch_all(
        "SELECT u.slug, u.name, c.status, c.count FROM (\
         SELECT user_id, status, COUNT(*) AS count FROM annotations \
         WHERE app_id = $1 AND task_id = $2 GROUP BY user_id, status) c \
         JOIN users u ON u.id = c.user_id ORDER BY u.slug, c.status",
        params![permit.app(), task],
    )
    .await
}

/// The assignment of an input to somebody within a task of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn own(
    conn: &mut Conn,
    permit: &Permit,
    task: TaskId,
    input: InputId,
    worker: UserId,
) -> Result<Option<AssignmentRow>> {
    conn.fetch_optional(
        assignment!(" AND a.input_id = $3 AND a.worker_id = $4 ORDER BY a.place LIMIT 1"),
        params![permit.app(), task, input, worker],
    )
    .await
}

/// Whether anything is left to be labelled or reviewed in a task of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn any_open(conn: &mut Conn, permit: &Permit, task: TaskId) -> Result<bool> {
    row! {
        struct AnyOpen {
            is_open: bool,
        }
    }
    let row: AnyOpen = conn
        .fetch_one(
            "SELECT EXISTS (SELECT 1 FROM assignments WHERE app_id = $1 AND task_id = $2 \
             AND state IN ('pending', 'awaiting_review', 'awaiting_consensus')) AS is_open",
            params![permit.app(), task],
        )
        .await?;
    Ok(row.is_open)
}

row! {
    /// What somebody said of an input within a task.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SaidRow {
        /// Who.
        pub user_id: UserId,
        /// What.
        pub labels: Labels,
    }
}

/// What people said of an input within a task of the permit's app, in the order of time.
///
/// # Errors
/// When the database fails.
pub async fn said(conn: &mut Conn, permit: &Permit, task: TaskId, input: InputId) -> Result<Vec<SaidRow>> {
    conn.fetch_all(
        "SELECT user_id, data AS labels FROM annotations WHERE app_id = $1 AND task_id = $2 AND input_id = $3 \
         ORDER BY id",
        params![permit.app(), task, input],
    )
    .await
}
