//! How annotations stood before they were changed.

use atelier_domain::id::{AnnotationId, InputId, TaskId, UserId};
use atelier_domain::{Labels, Permit, Timestamp};

use super::reach::{assigned, reached};
use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

/// Keeps the annotations of the app `$1` for which `$condition` holds as they stand.
macro_rules! keep {
    ($condition:literal) => {
        concat!(
            "INSERT INTO annotation_history (annotation_id, version, data, status, changed_by, changed_at) \
             SELECT a.id, (SELECT COUNT(*) + 1 FROM annotation_history h WHERE h.annotation_id = a.id), a.data, a.status, \
             COALESCE(a.changed_by, a.user_id), a.changed_at FROM annotations a WHERE a.app_id = $1 AND ",
            $condition
        )
    };
}

/// Keeps the annotation `id` of the permit's app as it stands, which is about to be changed.
///
/// # Errors
/// When the database fails.
pub(super) async fn keep(tx: &mut WriteTx, permit: &Permit, id: AnnotationId) -> Result<()> {
    tx.execute(keep!("a.id = $2"), params![permit.app(), id]).await?;
    Ok(())
}

/// Keeps what `author` said of an input within a task of the permit's app, as far as it does not stand as `status` yet.
///
/// # Errors
/// When the database fails.
pub(super) async fn keep_within(
    tx: &mut WriteTx,
    permit: &Permit,
    task: TaskId,
    (input, author): (InputId, UserId),
    status: i64,
) -> Result<()> {
    tx.execute(
        keep!("a.task_id = $2 AND a.input_id = $3 AND a.user_id = $4 AND a.status <> $5"),
        params![permit.app(), task, input, author, status],
    )
    .await?;
    Ok(())
}

row! {
    /// How an annotation stood from one moment on.
    #[derive(Clone, Debug, PartialEq)]
    pub struct StoodRow {
        /// The annotation's identifier, as clients chose it.
        pub slug: String,
        /// Whose it is.
        pub author: String,
        /// Within which task it was said, by the identifier that clients chose.
        pub task: Option<String>,
        /// Which time it was, from 1; none, if it stands so now.
        pub version: Option<i64>,
        /// What it said.
        pub labels: Labels,
        /// Where it stood, by the wire's number.
        pub status: i64,
        /// Who let it stand so.
        pub changed_by: String,
        /// From when on.
        pub changed_at: Timestamp,
    }
}

/// How all annotations of the input `input` of the permit's app stood and stand, the latest first: `size` of these after
/// `skip`. What was deleted is gone with its history.
///
/// # Errors
/// When the database fails.
pub async fn of_input(
    conn: &mut Conn,
    permit: &Permit,
    input: &str,
    skip: usize,
    size: usize,
) -> Result<Vec<StoodRow>> {
    let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    conn.fetch_all(
        concat!(
            "SELECT a.slug, w.name AS author, t.slug AS task, v.version, v.data AS labels, v.status, \
             u.name AS changed_by, v.changed_at FROM inputs i JOIN annotations a ON a.input_id = i.id JOIN (\
             SELECT annotation_id, version, data, status, changed_by, changed_at FROM annotation_history UNION ALL \
             SELECT id, CAST(NULL AS BIGINT), data, status, COALESCE(changed_by, user_id), changed_at FROM annotations\
             ) v ON v.annotation_id = a.id JOIN users w ON w.id = a.user_id JOIN users u ON u.id = v.changed_by \
             LEFT JOIN tasks t ON t.id = a.task_id WHERE i.app_id = $1 AND i.slug = $2 AND ",
            reached!("i.id" "$3"),
            " ORDER BY v.changed_at DESC, a.id DESC, COALESCE(v.version, 9007199254740991) DESC LIMIT $5 OFFSET $4"
        ),
        params![permit.app(), input, permit.assigned_to(), whole(skip), whole(size)],
    )
    .await
}
