//! Mail to be sent: written in the transaction that is its cause, sent afterwards.

use atelier_domain::Timestamp;
use atelier_domain::time::HOUR;
use uuid::Uuid;

use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// A mail.
    #[derive(Clone, Debug)]
    pub struct MailRow {
        /// Its identifier.
        pub id: Uuid,
        /// To whom.
        pub recipient: String,
        /// Its subject line.
        pub subject: String,
        /// Its text.
        pub body: String,
        /// When it was written.
        pub created_at: Timestamp,
        /// How often sending was tried.
        pub attempts: i64,
        /// When it was sent.
        pub sent_at: Option<Timestamp>,
    }
}

/// Writes a mail.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    id: Uuid,
    recipient: &str,
    subject: &str,
    body: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO mails (id, recipient, subject, body, created_at, due_at, attempts) \
         VALUES ($1, $2, $3, $4, $5, $5, 0)",
        params![id, recipient, subject, body, now],
    )
    .await?;
    Ok(())
}

/// A mail that is due later than this was written, or is to be tried again, by a clock that was ahead of today's: nothing
/// is put off for that long.
const TOO_FAR: i64 = 4 * HOUR;

/// Takes one mail that is due, so that no other process takes it before `again_at`, when it is tried again unless it
/// was noted as sent.
///
/// # Errors
/// When the database fails.
pub async fn take_due(tx: &mut WriteTx, now: Timestamp, again_at: Timestamp) -> Result<Option<MailRow>> {
    tx.fetch_optional(
        Sql::differing(
            "UPDATE mails SET due_at = $2, attempts = attempts + 1 WHERE id = (SELECT id FROM mails \
             WHERE sent_at IS NULL AND (due_at <= $1 OR due_at > $3) ORDER BY due_at LIMIT 1) \
             RETURNING id, recipient, subject, body, created_at, attempts, sent_at",
            "UPDATE mails SET due_at = $2, attempts = attempts + 1 WHERE id = (SELECT id FROM mails \
             WHERE sent_at IS NULL AND (due_at <= $1 OR due_at > $3) ORDER BY due_at LIMIT 1 \
             FOR UPDATE SKIP LOCKED) \
             RETURNING id, recipient, subject, body, created_at, attempts, sent_at",
        ),
        params![now, again_at, now.plus(TOO_FAR)],
    )
    .await
}

row! {
    struct WaitingRow {
        count: i64,
    }
}

/// How many mails are still to be sent.
///
/// # Errors
/// When the database fails.
pub async fn waiting(conn: &mut Conn) -> Result<i64> {
    let row: WaitingRow =
        conn.fetch_one("SELECT COUNT(*) AS count FROM mails WHERE sent_at IS NULL", params![]).await?;
    Ok(row.count)
}

/// Notes that a mail was sent. Its text is forgotten: it may hold a link that is a secret.
///
/// # Errors
/// When the database fails.
pub async fn sent(tx: &mut WriteTx, id: Uuid, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE mails SET sent_at = $2, body = '' WHERE id = $1", params![id, now]).await?;
    Ok(())
}

/// Tries a mail again at `due_at`.
///
/// # Errors
/// When the database fails.
pub async fn postpone(tx: &mut WriteTx, id: Uuid, due_at: Timestamp) -> Result<()> {
    tx.execute("UPDATE mails SET due_at = $2 WHERE id = $1 AND sent_at IS NULL", params![id, due_at]).await?;
    Ok(())
}
