//! Who people are to the providers by which they sign in.

use atelier_domain::id::{IdentityId, UserId};
use atelier_domain::{OwnPermit, Timestamp};

use super::users::{USER_BY_IDENTITY, UserRow};
use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

row! {
    /// Who somebody is to a provider.
    #[derive(Clone, Debug)]
    pub struct IdentityRow {
        /// Its identifier here.
        pub id: IdentityId,
        /// The provider, by its address.
        pub issuer: String,
        /// When it was connected.
        pub created_at: Timestamp,
    }
}

/// Whom a provider knows, and as whom.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The provider, by its address.
    pub issuer: &'a str,
    /// What it calls them, which never changes.
    pub name: &'a str,
}

/// The account to which somebody's identity is connected.
///
/// # Errors
/// When the database fails.
pub async fn owner(conn: &mut Conn, subject: Subject<'_>) -> Result<Option<UserRow>> {
    conn.fetch_optional(USER_BY_IDENTITY, params![subject.issuer, subject.name]).await
}

/// Connects an identity to the account of `user`.
///
/// # Errors
/// [`Duplicate`](crate::Error::Duplicate) when it is connected to one already.
pub async fn insert(
    tx: &mut WriteTx,
    id: IdentityId,
    subject: Subject<'_>,
    user: UserId,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO identities (id, issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4, $5)",
        params![id, subject.issuer, subject.name, user, now],
    )
    .await?;
    Ok(())
}

/// The identities of `user`, in the order in which they were connected.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut Conn, user: UserId) -> Result<Vec<IdentityRow>> {
    conn.fetch_all(
        "SELECT id, issuer, created_at FROM identities WHERE user_id = $1 ORDER BY id",
        params![user],
    )
    .await
}

/// Disconnects an identity of the person; answers whether it was one of theirs.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut WriteTx, permit: &OwnPermit, id: IdentityId) -> Result<bool> {
    let removed = tx
        .execute("DELETE FROM identities WHERE user_id = $1 AND id = $2", params![permit.user(), id])
        .await?;
    Ok(removed == 1)
}
