//! How often something was done or tried, by subject: what limits are decided by.

use atelier_domain::Timestamp;

use crate::Result;
use crate::db::{Sql, WriteTx, params, row};

row! {
    /// What is kept of a subject.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Kept {
        /// How many failures there were in a row; 0 where they are not counted.
        pub count: i64,
        /// When the last one was, or until when what was done is spent.
        pub at: Timestamp,
    }
}

/// Reads what is kept of `subject`, and locks it until the transaction ends; nothing was done by one that is new.
///
/// # Errors
/// When the database fails: then nothing may be let through.
pub async fn lock(tx: &mut WriteTx, subject: &[u8; 32], now: Timestamp) -> Result<Kept> {
    // The update changes nothing: it is what locks the row, and answers it.
    tx.fetch_one(
        "INSERT INTO limits (subject, count, at, forgotten_at) VALUES ($1, 0, $2, $2) \
         ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject RETURNING count, at",
        params![subject, now],
    )
    .await
}

/// Keeps something else of `subject`, until `forgotten_at`.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut WriteTx, subject: &[u8; 32], kept: Kept, forgotten_at: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE limits SET count = $2, at = $3, forgotten_at = $4 WHERE subject = $1",
        params![subject, kept.count, kept.at, forgotten_at],
    )
    .await?;
    Ok(())
}

/// Takes away what is forgotten by now.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut WriteTx, now: Timestamp) -> Result<u64> {
    // Those that are in use right now wait for the next time, instead of being waited for.
    let statement = Sql::differing(
        "DELETE FROM limits WHERE forgotten_at < $1",
        "DELETE FROM limits WHERE subject IN \
         (SELECT subject FROM limits WHERE forgotten_at < $1 FOR UPDATE SKIP LOCKED)",
    );
    tx.execute(statement, params![now]).await
}
