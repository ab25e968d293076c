//! The link by which the first account is made, while there is none.

use atelier_domain::Timestamp;
use atelier_domain::id::UserId;

use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

row! {
    struct ExistsRow {
        is_there: bool,
    }
}

/// Whether there is any account.
///
/// # Errors
/// When the database fails.
pub async fn has_accounts(conn: &mut Conn) -> Result<bool> {
    let row: ExistsRow = conn.fetch_one("SELECT EXISTS (SELECT 1 FROM users) AS is_there", params![]).await?;
    Ok(row.is_there)
}

/// Keeps the hash of a link that is about to be shown. Earlier ones end.
///
/// # Errors
/// When the database fails.
pub async fn replace(tx: &mut WriteTx, secret_hash: &[u8; 32], expires_at: Timestamp) -> Result<()> {
    end_all(tx).await?;
    tx.execute(
        "INSERT INTO first_links (secret_hash, expires_at) VALUES ($1, $2)",
        params![secret_hash, expires_at],
    )
    .await?;
    Ok(())
}

/// Takes every link away.
///
/// # Errors
/// When the database fails.
pub async fn end_all(tx: &mut WriteTx) -> Result<()> {
    tx.execute("DELETE FROM first_links", params![]).await?;
    Ok(())
}

/// Whether a link can be used. Once there is an account, none can.
///
/// # Errors
/// When the database fails.
pub async fn is_good(conn: &mut Conn, secret_hash: &[u8; 32], now: Timestamp) -> Result<bool> {
    let row: ExistsRow = conn
        .fetch_one(
            "SELECT EXISTS (SELECT 1 FROM first_links WHERE secret_hash = $1 AND expires_at > $2) \
             AND NOT EXISTS (SELECT 1 FROM users) AS is_there",
            params![secret_hash, now],
        )
        .await?;
    Ok(row.is_there)
}

/// Uses a link up for the account `first`, which was just written; answers whether that is the only one.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &mut WriteTx, secret_hash: &[u8; 32], first: UserId, now: Timestamp) -> Result<bool> {
    let taken = tx
        .execute(
            "DELETE FROM first_links WHERE secret_hash = $1 AND expires_at > $3 \
             AND NOT EXISTS (SELECT 1 FROM users WHERE id <> $2)",
            params![secret_hash, first, now],
        )
        .await?;
    Ok(taken == 1)
}
