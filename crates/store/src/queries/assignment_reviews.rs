//! What reviewers said of assignments.

use atelier_domain::assignment::Act;
use atelier_domain::id::{AssignmentReviewId, UserId};
use atelier_domain::{Permit, Timestamp};

use super::assignments::AssignmentKey;
use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

/// Something that a reviewer said of an assignment.
#[derive(Clone, Copy, Debug)]
pub struct NewReview<'a> {
    /// Its identifier, in the order of time.
    pub id: AssignmentReviewId,
    /// Of which assignment.
    pub key: AssignmentKey,
    /// Of which round of it.
    pub round: i64,
    /// What they did with it.
    pub act: Act,
    /// What they wrote.
    pub comment: &'a str,
}

/// The name under which what a reviewer does is kept; none, if it is not kept.
fn act_name(act: Act) -> Option<&'static str> {
    match act {
        Act::Approve => Some("approve"),
        Act::RequestChanges => Some("request_changes"),
        Act::Reject => Some("reject"),
        Act::Start | Act::Submit | Act::Skip | Act::Review => None,
    }
}

/// Keeps what whoever holds the permit said of an assignment of its app. What says nothing is not kept.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut WriteTx, permit: &Permit, review: NewReview<'_>, now: Timestamp) -> Result<()> {
    let Some(act) = act_name(review.act) else { return Ok(()) };
    let AssignmentKey { task, position, place } = review.key;
    tx.execute(
        "INSERT INTO assignment_reviews (id, app_id, task_id, position, place, round, reviewer_id, act, comment, \
         created_at) VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            permit.app(),
            review.id,
            task,
            position,
            place,
            review.round,
            permit.user(),
            act,
            review.comment,
            now
        ],
    )
    .await?;
    Ok(())
}

row! {
    /// What a reviewer said of an assignment.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReviewRow {
        /// Who.
        pub reviewer_id: UserId,
        /// What they are called.
        pub reviewer: String,
        /// What they did: `approve`, `request_changes` or `reject`.
        pub act: String,
        /// What they wrote.
        pub comment: String,
        /// Of which round.
        pub round: i64,
        /// When.
        pub created_at: Timestamp,
    }
}

/// What reviewers said of an assignment of the permit's app, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut Conn, permit: &Permit, key: AssignmentKey) -> Result<Vec<ReviewRow>> {
    conn.fetch_all(
        "SELECT r.reviewer_id, u.name AS reviewer, r.act, r.comment, r.round, r.created_at \
         FROM assignment_reviews r JOIN users u ON u.id = r.reviewer_id \
         WHERE r.app_id = $1 AND r.task_id = $2 AND r.position = $3 AND r.place = $4 ORDER BY r.id",
        params![permit.app(), key.task, key.position, key.place],
    )
    .await
}
