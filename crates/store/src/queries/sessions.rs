//! Browser sessions.

use atelier_domain::id::{SessionId, UserId};
use atelier_domain::{OwnPermit, Timestamp};

use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

row! {
    /// A session that has not been ended.
    #[derive(Clone, Debug)]
    pub struct SessionRow {
        /// Its identifier.
        pub id: SessionId,
        /// When it began.
        pub created_at: Timestamp,
        /// When it was last used.
        pub seen_at: Timestamp,
        /// The browser, as it calls itself.
        pub user_agent: String,
        /// The network address from which it began.
        pub address: String,
    }
}

/// A new session.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// Its identifier.
    pub id: SessionId,
    /// The SHA-256 of its secret.
    pub secret_hash: &'a [u8; 32],
    /// Whose it is.
    pub user: UserId,
    /// The browser, as it calls itself.
    pub user_agent: &'a str,
    /// The network address from which it begins.
    pub address: &'a str,
}

/// Begins a session, its password just proved.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut WriteTx, session: &NewSession<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO sessions (id, secret_hash, user_id, created_at, seen_at, proved_at, user_agent, address) \
         VALUES ($1, $2, $3, $4, $4, $4, $5, $6)",
        params![session.id, session.secret_hash, session.user, now, session.user_agent, session.address],
    )
    .await?;
    Ok(())
}

/// The sessions of the person that have not been ended, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut Conn, permit: &OwnPermit, begun_after: Timestamp) -> Result<Vec<SessionRow>> {
    conn.fetch_all(
        "SELECT id, created_at, seen_at, user_agent, address FROM sessions \
         WHERE user_id = $1 AND ended_at IS NULL AND created_at > $2 ORDER BY id DESC LIMIT 100",
        params![permit.user(), begun_after],
    )
    .await
}

/// Notes that a session is in use.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut WriteTx, id: SessionId, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE sessions SET seen_at = $2 WHERE id = $1", params![id, now]).await?;
    Ok(())
}

/// Notes that the password was just given again.
///
/// # Errors
/// When the database fails.
pub async fn prove(tx: &mut WriteTx, id: SessionId, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE sessions SET proved_at = $2 WHERE id = $1", params![id, now]).await?;
    Ok(())
}

/// Ends one session of `user`; answers whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut WriteTx, user: UserId, id: SessionId, now: Timestamp) -> Result<bool> {
    let ended = tx
        .execute(
            "UPDATE sessions SET ended_at = $3 WHERE id = $2 AND user_id = $1 AND ended_at IS NULL",
            params![user, id, now],
        )
        .await?;
    Ok(ended == 1)
}

/// Ends every session of `user`.
///
/// # Errors
/// When the database fails.
pub async fn end_all(tx: &mut WriteTx, user: UserId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL",
        params![user, now],
    )
    .await?;
    Ok(())
}
