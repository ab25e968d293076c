//! Ways to a provider and back that are under way, by the hash of what the browser keeps of them.

use atelier_domain::Timestamp;
use atelier_domain::id::SessionId;

use super::identities::Subject;
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

/// For what somebody goes to a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To connect who they are there to the account in which they are signed in.
    Connect,
    /// To show once more who they are, in their session.
    Prove,
}

impl Purpose {
    /// Every one.
    const ALL: [Self; 3] = [Self::SignIn, Self::Connect, Self::Prove];

    fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Connect => "connect",
            Self::Prove => "prove",
        }
    }
}

row! {
    struct VisitRow {
        provider: String,
        purpose: String,
        next: String,
        session_id: Option<SessionId>,
        began_at: Timestamp,
    }
}

/// Somebody who went to a provider.
#[derive(Clone, Debug)]
pub struct Visit {
    /// To which one, by its name in addresses.
    pub provider: String,
    /// For what.
    pub purpose: Purpose,
    /// To which page of ours they are led afterwards.
    pub next: String,
    /// In which session, if they were signed in for it.
    pub session: Option<SessionId>,
    /// When they went.
    pub began_at: Timestamp,
}

row! {
    /// Somebody who came back from a provider, and is to say to which account they belong.
    #[derive(Clone, Debug)]
    pub struct ReturnRow {
        /// From which one, by its name in addresses.
        pub provider: String,
        /// The same, by its address.
        pub issuer: String,
        /// What it calls them.
        pub subject: String,
        /// By what they know themselves there: an address that it says is theirs, where that decides anything.
        pub called: String,
        /// To which page of ours they are led afterwards.
        pub next: String,
        /// In which session they went, if they were signed in for it.
        pub session_id: Option<SessionId>,
    }
}

/// Notes that somebody goes to a provider.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    tx: &mut WriteTx,
    secret_hash: &[u8; 32],
    visit: &Visit,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO visits (secret_hash, provider, purpose, next, session_id, began_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            secret_hash,
            &visit.provider,
            visit.purpose.as_str(),
            &visit.next,
            visit.session,
            visit.began_at,
            expires_at
        ],
    )
    .await?;
    Ok(())
}

/// Ends a way to a provider, since somebody comes back from it; none if it is unknown, ended before, or took too long.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut WriteTx, secret_hash: &[u8; 32], now: Timestamp) -> Result<Option<Visit>> {
    let row: Option<VisitRow> = tx
        .fetch_optional(
            "DELETE FROM visits WHERE secret_hash = $1 AND expires_at > $2 AND subject IS NULL \
             RETURNING provider, purpose, next, session_id, began_at",
            params![secret_hash, now],
        )
        .await?;
    Ok(row.and_then(|row| {
        let purpose = Purpose::ALL.into_iter().find(|purpose| purpose.as_str() == row.purpose)?;
        let VisitRow { provider, next, session_id, began_at, .. } = row;
        Some(Visit { provider, purpose, next, session: session_id, began_at })
    }))
}

/// Keeps who came back from `visit`, until they have said to which account they belong.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    tx: &mut WriteTx,
    secret_hash: &[u8; 32],
    visit: &Visit,
    subject: Subject<'_>,
    called: &str,
    expires_at: Timestamp,
) -> Result<()> {
    begin(tx, secret_hash, visit, expires_at).await?;
    tx.execute(
        "UPDATE visits SET issuer = $2, subject = $3, called = $4 WHERE secret_hash = $1",
        params![secret_hash, subject.issuer, subject.name, called],
    )
    .await?;
    Ok(())
}

/// Who came back; none if that is unknown, was settled, or took too long.
///
/// # Errors
/// When the database fails.
pub async fn kept(conn: &mut Conn, secret_hash: &[u8; 32], now: Timestamp) -> Result<Option<ReturnRow>> {
    conn.fetch_optional(
        "SELECT provider, issuer, subject, called, next, session_id FROM visits \
         WHERE secret_hash = $1 AND expires_at > $2 AND subject IS NOT NULL",
        params![secret_hash, now],
    )
    .await
}

/// Settles to which account somebody who came back belongs; answers whether that was still open.
///
/// # Errors
/// When the database fails.
pub async fn settle(tx: &mut WriteTx, secret_hash: &[u8; 32], now: Timestamp) -> Result<bool> {
    let settled = tx
        .execute(
            "DELETE FROM visits WHERE secret_hash = $1 AND expires_at > $2 AND subject IS NOT NULL",
            params![secret_hash, now],
        )
        .await?;
    Ok(settled == 1)
}

/// Takes away those that took too long; answers how many.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut WriteTx, now: Timestamp) -> Result<u64> {
    // Those that are in use right now wait for the next time, instead of being waited for.
    let statement = Sql::differing(
        "DELETE FROM visits WHERE expires_at <= $1",
        "DELETE FROM visits WHERE secret_hash IN \
         (SELECT secret_hash FROM visits WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)",
    );
    tx.execute(statement, params![now]).await
}
