//! Passkeys, and what browsers are asked to sign with them.

use atelier_domain::id::{PasskeyId, SessionId, UserId};
use atelier_domain::{DisplayName, OwnPermit, Timestamp};
use serde_json::Value;

use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// A passkey, as its owner sees it.
    #[derive(Clone, Debug)]
    pub struct PasskeyRow {
        /// Its identifier here.
        pub id: PasskeyId,
        /// What its owner calls it.
        pub name: String,
        /// By what browsers know it.
        pub credential_id: Vec<u8>,
        /// When it was added.
        pub created_at: Timestamp,
        /// When it was last used.
        pub used_at: Option<Timestamp>,
    }
}

row! {
    /// A passkey with what verifies its signatures.
    #[derive(Clone)]
    pub struct CredentialRow {
        /// Its identifier here.
        pub id: PasskeyId,
        /// Whose it is.
        pub user_id: UserId,
        /// What verifies its signatures, and how often it has signed.
        pub credential: Value,
    }
}

row! {
    /// What a browser was asked to sign.
    #[derive(Clone)]
    pub struct ChallengeRow {
        /// In which session, if somebody was signed in for it.
        pub session_id: Option<SessionId>,
        /// By what the answer is verified.
        pub state: Value,
    }
}

/// A new passkey.
#[derive(Clone, Copy)]
pub struct NewPasskey<'a> {
    /// Its identifier here.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: &'a DisplayName,
    /// By what browsers know it.
    pub credential_id: &'a [u8],
    /// What verifies its signatures.
    pub credential: &'a Value,
}

/// For what a browser is asked to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To add a passkey.
    Add,
    /// To sign in.
    SignIn,
    /// To show once more who somebody is, in their session.
    Prove,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::SignIn => "sign_in",
            Self::Prove => "prove",
        }
    }
}

/// Adds a passkey.
///
/// # Errors
/// [`Duplicate`](crate::Error::Duplicate) when somebody has it already.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &OwnPermit,
    passkey: &NewPasskey<'_>,
    now: Timestamp,
) -> Result<()> {
    let NewPasskey { id, name, credential_id, credential } = *passkey;
    tx.execute(
        "INSERT INTO passkeys (id, user_id, name, credential_id, credential, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![id, permit.user(), name, credential_id, credential, now],
    )
    .await?;
    Ok(())
}

/// The passkeys of `user`, in the order in which they were added.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut Conn, user: UserId) -> Result<Vec<PasskeyRow>> {
    conn.fetch_all(
        "SELECT id, name, credential_id, created_at, used_at FROM passkeys WHERE user_id = $1 ORDER BY id",
        params![user],
    )
    .await
}

/// The passkey that browsers know by that, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut WriteTx, credential_id: &[u8]) -> Result<Option<CredentialRow>> {
    // The update changes nothing: it is what locks the row, and answers it. Of two signatures of one passkey, the second
    // is verified once what the first says of their number is kept.
    tx.fetch_optional(
        "UPDATE passkeys SET credential_id = $1 WHERE credential_id = $1 RETURNING id, user_id, credential",
        params![credential_id],
    )
    .await
}

/// Notes that a passkey was used, and what verifies it from now on.
///
/// # Errors
/// When the database fails.
pub async fn used(tx: &mut WriteTx, id: PasskeyId, credential: &Value, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE passkeys SET credential = $2, used_at = $3 WHERE id = $1",
        params![id, credential, now],
    )
    .await?;
    Ok(())
}

/// Takes a passkey of the person away; answers whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut WriteTx, permit: &OwnPermit, id: PasskeyId) -> Result<bool> {
    let removed =
        tx.execute("DELETE FROM passkeys WHERE user_id = $1 AND id = $2", params![permit.user(), id]).await?;
    Ok(removed == 1)
}

/// Takes every passkey of `user` away; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn remove_all(tx: &mut WriteTx, user: UserId) -> Result<u64> {
    tx.execute("DELETE FROM passkeys WHERE user_id = $1", params![user]).await
}

/// Keeps what a browser is asked to sign, under the hash of a secret that only this browser has.
///
/// # Errors
/// When the database fails.
pub async fn ask(
    tx: &mut WriteTx,
    secret_hash: &[u8; 32],
    purpose: Purpose,
    challenge: &ChallengeRow,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO passkey_challenges (secret_hash, purpose, session_id, state, expires_at) \
         VALUES ($1, $2, $3, $4, $5)",
        params![secret_hash, purpose.as_str(), challenge.session_id, &challenge.state, expires_at],
    )
    .await?;
    Ok(())
}

/// Takes what a browser was asked to sign: it is answered once. None if it is unknown, was answered, was asked for
/// something else, or has expired.
///
/// # Errors
/// When the database fails.
pub async fn take(
    tx: &mut WriteTx,
    secret_hash: &[u8; 32],
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<ChallengeRow>> {
    tx.fetch_optional(
        "DELETE FROM passkey_challenges WHERE secret_hash = $1 AND purpose = $2 AND expires_at > $3 \
         RETURNING session_id, state",
        params![secret_hash, purpose.as_str(), now],
    )
    .await
}

/// Takes away what was never answered; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut WriteTx, now: Timestamp) -> Result<u64> {
    // What is being answered right now waits for the next time, instead of being waited for.
    let statement = Sql::differing(
        "DELETE FROM passkey_challenges WHERE expires_at <= $1",
        "DELETE FROM passkey_challenges WHERE secret_hash IN \
         (SELECT secret_hash FROM passkey_challenges WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)",
    );
    tx.execute(statement, params![now]).await
}
