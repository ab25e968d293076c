//! Sign-ins of people whose password was right, and who have yet to show a second factor.

use atelier_domain::Timestamp;
use atelier_domain::id::UserId;

use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// A sign-in that waits for a second factor.
    #[derive(Clone, Debug)]
    pub struct PendingRow {
        /// Who signs in.
        pub user_id: UserId,
    }
}

/// Keeps the hash of a pending sign-in's secret.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    secret_hash: &[u8; 32],
    user: UserId,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO pending_sign_ins (secret_hash, user_id, expires_at) VALUES ($1, $2, $3)",
        params![secret_hash, user, expires_at],
    )
    .await?;
    Ok(())
}

/// Who signs in by that secret; none if it is unknown, was used, or has expired.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, secret_hash: &[u8; 32], now: Timestamp) -> Result<Option<PendingRow>> {
    conn.fetch_optional(
        "SELECT user_id FROM pending_sign_ins WHERE secret_hash = $1 AND expires_at > $2",
        params![secret_hash, now],
    )
    .await
}

/// Uses a pending sign-in up; none if it is unknown, was used, or has expired.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &mut WriteTx, secret_hash: &[u8; 32], now: Timestamp) -> Result<Option<PendingRow>> {
    tx.fetch_optional(
        "DELETE FROM pending_sign_ins WHERE secret_hash = $1 AND expires_at > $2 RETURNING user_id",
        params![secret_hash, now],
    )
    .await
}

/// Ends every pending sign-in of `user`.
///
/// # Errors
/// When the database fails.
pub async fn end_all(tx: &mut WriteTx, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM pending_sign_ins WHERE user_id = $1", params![user]).await?;
    Ok(())
}

/// Takes away those that have expired.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut WriteTx, now: Timestamp) -> Result<u64> {
    // One that is being used right now waits for the next time, instead of being waited for.
    let statement = Sql::differing(
        "DELETE FROM pending_sign_ins WHERE expires_at <= $1",
        "DELETE FROM pending_sign_ins WHERE secret_hash IN \
         (SELECT secret_hash FROM pending_sign_ins WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)",
    );
    tx.execute(statement, params![now]).await
}
