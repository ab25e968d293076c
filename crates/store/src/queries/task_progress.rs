//! How the work in a task goes on.

use atelier_domain::assignment::AssignmentState;
use atelier_domain::id::{InputId, TaskId, UserId};
use atelier_domain::{Labels, Permit};

use crate::Result;
use crate::db::{Conn, params, row};

/// The tasks of the app `$1`, or the one of them that is `$2`.
macro_rules! tasks {
    () => {
        "(SELECT id FROM tasks WHERE app_id = $1 AND (CAST($2 AS UUID) IS NULL OR id = $2))"
    };
}

row! {
    /// How many assignments came to stand as they do on one day.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ChangedRow {
        /// The day, counted from 1970-01-01 UTC.
        pub day: i64,
        /// How they stand.
        pub state: AssignmentState,
        /// How many.
        pub count: i64,
    }
}

/// When the assignments of the permit's app, within one task or all, came to stand as they do, the earliest day first.
///
/// # Errors
/// When the database fails.
pub async fn changed(conn: &mut Conn, permit: &Permit, task: Option<TaskId>) -> Result<Vec<ChangedRow>> {
    conn.fetch_all(
        concat!(
            "SELECT changed_at / 86400000000 AS day, state, COUNT(*) AS count FROM assignments \
             WHERE app_id = $1 AND task_id IN ",
            tasks!(),
            " GROUP BY changed_at / 86400000000, state ORDER BY day, state"
        ),
        params![permit.app(), task],
    )
    .await
}

row! {
    /// How much one person submitted on one day, as far as it was not submitted anew later.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SubmittedRow {
        /// The day, counted from 1970-01-01 UTC.
        pub day: i64,
        /// Who.
        pub worker_id: UserId,
        /// What they are called.
        pub name: String,
        /// How many assignments.
        pub count: i64,
    }
}

/// What was submitted of the permit's app, within one task or all, day by day and labeller by labeller.
///
/// # Errors
/// When the database fails.
pub async fn submitted(conn: &mut Conn, permit: &Permit, task: Option<TaskId>) -> Result<Vec<SubmittedRow>> {
    conn.fetch_all(
        concat!(
            "SELECT s.day, s.worker_id, u.name, s.count FROM (\
             SELECT submitted_at / 86400000000 AS day, worker_id, COUNT(*) AS count FROM assignments \
             WHERE app_id = $1 AND submitted_at IS NOT NULL AND worker_id IS NOT NULL AND task_id IN ",
            tasks!(),
            " GROUP BY submitted_at / 86400000000, worker_id) s \
             JOIN users u ON u.id = s.worker_id ORDER BY s.day, u.name, u.id"
        ),
        params![permit.app(), task],
    )
    .await
}

row! {
    /// What reviewers made of what one person submitted last.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReviewedRow {
        /// Whose it was.
        pub worker_id: UserId,
        /// What they did: `approve`, `request_changes` or `reject`.
        pub act: String,
        /// With how many assignments.
        pub count: i64,
    }
}

/// What reviewers made of what was submitted last of the permit's app, within one task or all, labeller by labeller.
///
/// # Errors
/// When the database fails.
pub async fn reviewed(conn: &mut Conn, permit: &Permit, task: Option<TaskId>) -> Result<Vec<ReviewedRow>> {
    conn.fetch_all(
        concat!(
            "SELECT worker_id, act, COUNT(*) AS count FROM (\
             SELECT DISTINCT a.worker_id, r.act, a.task_id, a.position, a.place FROM assignment_reviews r \
             JOIN assignments a ON a.task_id = r.task_id AND a.position = r.position AND a.place = r.place \
             WHERE r.app_id = $1 AND a.worker_id IS NOT NULL AND r.round = a.round AND r.task_id IN ",
            tasks!(),
            ") d GROUP BY worker_id, act ORDER BY worker_id, act"
        ),
        params![permit.app(), task],
    )
    .await
}

row! {
    /// How often a concept was said to be there.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NamedRow {
        /// The concept's identifier.
        pub concept: String,
        /// In how many inputs.
        pub count: i64,
    }
}

/// In how many inputs each concept was said to be there of the permit's app, within one task or all, by what was submitted and stands as one
/// of `statuses`; those that never were are left out.
///
/// # Errors
/// When the database fails.
pub async fn named(
    conn: &mut Conn,
    permit: &Permit,
    task: Option<TaskId>,
    statuses: [i64; 2],
) -> Result<Vec<NamedRow>> {
    let [one, other] = statuses;
    conn.fetch_all(
        concat!(
            "SELECT c.concept, COUNT(DISTINCT a.input_id) AS count FROM annotations a \
             JOIN annotation_concepts c ON c.annotation_id = a.id \
             WHERE a.app_id = $1 AND a.status IN ($3, $4) AND c.value > 0.5 AND a.task_id IN ",
            tasks!(),
            " GROUP BY c.concept ORDER BY c.concept"
        ),
        params![permit.app(), task, one, other],
    )
    .await
}

row! {
    /// What somebody said of an input that several people labelled.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SharedRow {
        /// The input.
        pub input_id: InputId,
        /// Who.
        pub user_id: UserId,
        /// What they are called.
        pub name: String,
        /// What they said.
        pub labels: Labels,
    }
}

/// What was submitted of the permit's app, within one task or all, and stands as one of `statuses`, of the first `inputs` inputs that
/// several people labelled.
///
/// # Errors
/// When the database fails.
pub async fn shared(
    conn: &mut Conn,
    permit: &Permit,
    task: TaskId,
    statuses: [i64; 2],
    inputs: i64,
) -> Result<Vec<SharedRow>> {
    let [one, other] = statuses;
    conn.fetch_all(
        "SELECT a.input_id, a.user_id, u.name, a.data AS labels FROM (\
         SELECT input_id FROM annotations WHERE app_id = $1 AND task_id = $2 AND status IN ($3, $4) \
         GROUP BY input_id HAVING COUNT(DISTINCT user_id) > 1 ORDER BY input_id LIMIT $5) s \
         JOIN annotations a ON a.input_id = s.input_id AND a.app_id = $1 AND a.task_id = $2 AND a.status IN ($3, $4) \
         JOIN users u ON u.id = a.user_id ORDER BY a.input_id, a.id",
        params![permit.app(), task, one, other, inputs],
    )
    .await
}
