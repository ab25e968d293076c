//! What people show besides their password: the app that makes codes, and recovery codes.

use atelier_domain::id::UserId;
use atelier_domain::{OwnPermit, Timestamp};

use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

row! {
    /// The app of somebody that makes codes.
    #[derive(Clone)]
    pub struct AuthenticatorRow {
        /// The secret from which they are made.
        pub secret: Vec<u8>,
        /// The step of the last code that was taken.
        pub last_step: i64,
        /// Since when it counts.
        pub created_at: Timestamp,
    }
}

row! {
    /// A secret that waits for a first code.
    #[derive(Clone)]
    pub struct OfferRow {
        /// The secret.
        pub secret: Vec<u8>,
    }
}

row! {
    struct CountRow {
        count: i64,
    }
}

/// The app of `user` that makes codes, if they have one.
///
/// # Errors
/// When the database fails: then nobody may be let through.
pub async fn authenticator(conn: &mut Conn, user: UserId) -> Result<Option<AuthenticatorRow>> {
    conn.fetch_optional(
        "SELECT secret, last_step, created_at FROM authenticators WHERE user_id = $1",
        params![user],
    )
    .await
}

/// Keeps a secret that the person is shown, until its first code comes back. An earlier one that waited ends.
///
/// # Errors
/// When the database fails.
pub async fn offer(tx: &mut WriteTx, permit: &OwnPermit, secret: &[u8], expires_at: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO offered_authenticators (user_id, secret, expires_at) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, expires_at = excluded.expires_at",
        params![permit.user(), secret, expires_at],
    )
    .await?;
    Ok(())
}

/// The secret that waits for a first code, unless it has expired.
///
/// # Errors
/// When the database fails.
pub async fn offered(conn: &mut Conn, permit: &OwnPermit, now: Timestamp) -> Result<Option<OfferRow>> {
    conn.fetch_optional(
        "SELECT secret FROM offered_authenticators WHERE user_id = $1 AND expires_at > $2",
        params![permit.user(), now],
    )
    .await
}

/// Has codes of `secret` count from now on, from those after `last_step`, instead of any that counted before.
///
/// # Errors
/// When the database fails.
pub async fn set_authenticator(
    tx: &mut WriteTx,
    permit: &OwnPermit,
    secret: &[u8],
    last_step: i64,
    now: Timestamp,
) -> Result<()> {
    let user = permit.user();
    tx.execute("DELETE FROM offered_authenticators WHERE user_id = $1", params![user]).await?;
    tx.execute(
        "INSERT INTO authenticators (user_id, secret, last_step, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, last_step = excluded.last_step, \
         created_at = excluded.created_at",
        params![user, secret, last_step, now],
    )
    .await?;
    Ok(())
}

/// Uses the code of `step` up; answers whether none of it or of a later step was used before.
///
/// # Errors
/// When the database fails.
pub async fn use_step(tx: &mut WriteTx, user: UserId, step: i64) -> Result<bool> {
    let used = tx
        .execute(
            "UPDATE authenticators SET last_step = $2 WHERE user_id = $1 AND last_step < $2",
            params![user, step],
        )
        .await?;
    Ok(used == 1)
}

/// Keeps the hashes of new recovery codes; all earlier ones end.
///
/// # Errors
/// When the database fails.
pub async fn set_recovery_codes(tx: &mut WriteTx, permit: &OwnPermit, hashes: &[[u8; 32]]) -> Result<()> {
    let user = permit.user();
    tx.execute("DELETE FROM recovery_codes WHERE user_id = $1", params![user]).await?;
    for hash in hashes {
        tx.execute("INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)", params![user, hash])
            .await?;
    }
    Ok(())
}

/// How many recovery codes `user` has that were not used.
///
/// # Errors
/// When the database fails.
pub async fn recovery_codes_left(conn: &mut Conn, user: UserId) -> Result<usize> {
    let row: CountRow = conn
        .fetch_one(
            "SELECT COUNT(*) AS count FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL",
            params![user],
        )
        .await?;
    Ok(usize::try_from(row.count).unwrap_or_default())
}

/// Uses a recovery code up; answers whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn use_recovery_code(
    tx: &mut WriteTx,
    user: UserId,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool> {
    let used = tx
        .execute(
            "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
            params![user, hash, now],
        )
        .await?;
    Ok(used == 1)
}

/// Takes every second factor of `user` away; answers whether there was one that counted.
///
/// # Errors
/// When the database fails.
pub async fn remove_all(tx: &mut WriteTx, user: UserId) -> Result<bool> {
    tx.execute("DELETE FROM offered_authenticators WHERE user_id = $1", params![user]).await?;
    tx.execute("DELETE FROM recovery_codes WHERE user_id = $1", params![user]).await?;
    Ok(tx.execute("DELETE FROM authenticators WHERE user_id = $1", params![user]).await? > 0)
}
