//! Invitations: grants that wait for their address to be proved.

use atelier_domain::id::{AppId, GrantId, UserId};
use atelier_domain::{Email, EndpointSet, OwnPermit, Permit, Reach, Rights, ScopeSet, Timestamp};

use super::grants::{self, Invitation};
use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

/// Gives a pending grant a new secret and a new time to be taken up; answers whether it was pending.
///
/// # Errors
/// When the database fails.
pub async fn renew(
    tx: &mut WriteTx,
    permit: &Permit,
    id: GrantId,
    invitation: &Invitation<'_>,
) -> Result<bool> {
    let renewed = tx
        .execute(
            "UPDATE grants SET secret_hash = $3, expires_at = $4 WHERE app_id = $1 AND id = $2 \
             AND state = 'pending' AND address = $5",
            params![
                permit.app(),
                id,
                invitation.secret_hash.as_slice(),
                invitation.expires_at,
                invitation.address
            ],
        )
        .await?;
    Ok(renewed == 1)
}

row! {
    /// A grant that waits for its address to be proved.
    #[derive(Clone, Debug)]
    pub struct WaitingRow {
        /// The grant.
        pub id: GrantId,
        /// On which app.
        pub app_id: AppId,
        /// Whose app it is.
        pub owner_id: UserId,
        /// The app's name.
        pub app_name: String,
        /// The address that was invited.
        pub address: String,
        /// The grant of whoever granted it.
        pub parent_id: Option<GrantId>,
        /// Who granted it.
        pub granted_by: UserId,
        /// What it gives.
        pub scopes: ScopeSet,
        /// The endpoints to which it is limited.
        pub endpoints: Option<EndpointSet>,
        /// Which inputs it is about.
        pub reach: Reach,
        /// When it ends.
        pub ends_at: Option<Timestamp>,
    }
}

/// The grants that wait for `address`, not expired, on apps that still exist.
///
/// # Errors
/// When the database fails.
pub async fn waiting_for(conn: &mut Conn, address: &Email, now: Timestamp) -> Result<Vec<WaitingRow>> {
    conn.fetch_all(
        "SELECT g.id, g.app_id, a.owner_id, a.name AS app_name, g.address, g.parent_id, g.granted_by, g.scopes, \
         g.endpoints, g.reach, g.ends_at FROM grants g JOIN apps a ON a.id = g.app_id \
         WHERE g.address = $1 AND g.state = 'pending' AND g.expires_at > $2 AND a.deleted_at IS NULL",
        params![address, now],
    )
    .await
}

/// The pending grant whose invitation carries this secret, if it can still be taken up.
///
/// # Errors
/// When the database fails.
pub async fn by_invitation(
    conn: &mut Conn,
    secret_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<WaitingRow>> {
    conn.fetch_optional(
        "SELECT g.id, g.app_id, a.owner_id, a.name AS app_name, g.address, g.parent_id, g.granted_by, g.scopes, \
         g.endpoints, g.reach, g.ends_at FROM grants g JOIN apps a ON a.id = g.app_id \
         WHERE g.secret_hash = $1 AND g.state = 'pending' AND g.expires_at > $2 AND a.deleted_at IS NULL",
        params![secret_hash.as_slice(), now],
    )
    .await
}

impl WaitingRow {
    /// What the invitation said it would give.
    #[must_use]
    pub fn rights(&self) -> Rights {
        Rights { scopes: self.scopes, endpoints: self.endpoints, reach: self.reach, ends_at: self.ends_at }
    }
}

/// Whether the person of the permit has access to the app of `waiting` already: it is theirs, or they hold a grant.
///
/// # Errors
/// When the database fails.
pub async fn has_access(conn: &mut Conn, permit: &OwnPermit, waiting: &WaitingRow) -> Result<bool> {
    row! {
        struct Held {
            id: GrantId,
        }
    }
    let held: Option<Held> = conn
        .fetch_optional(
            "SELECT id FROM grants WHERE app_id = $1 AND user_id = $2 AND state = 'active'",
            params![waiting.app_id, permit.user()],
        )
        .await?;
    Ok(waiting.owner_id == permit.user() || held.is_some_and(|held| held.id != waiting.id))
}

row! {
    /// What a granter may give at this moment.
    #[derive(Clone, Debug)]
    pub struct GranterRow {
        /// Their scopes.
        pub scopes: ScopeSet,
        /// The endpoints to which they are limited.
        pub endpoints: Option<EndpointSet>,
        /// Which inputs it is about.
        pub reach: Reach,
        /// When their own grant ends.
        pub ends_at: Option<Timestamp>,
    }
}

/// What the holder of the grant `parent` may give at this moment; none if it has ended.
///
/// # Errors
/// When the database fails.
pub async fn granter_rights(tx: &mut WriteTx, waiting: &WaitingRow) -> Result<Option<Rights>> {
    grants::lock_app(tx, waiting.app_id).await?;
    let Some(parent) = waiting.parent_id else { return Ok(Some(Rights::FULL)) };
    let row: Option<GranterRow> = tx
        .fetch_optional(
            "SELECT scopes, endpoints, reach, ends_at FROM grants WHERE app_id = $1 AND id = $2 AND state = 'active'",
            params![waiting.app_id, parent],
        )
        .await?;
    Ok(row.map(|row| Rights {
        scopes: row.scopes,
        endpoints: row.endpoints,
        reach: row.reach,
        ends_at: row.ends_at,
    }))
}

/// Makes a pending grant active, held by the person of the permit, giving `rights`; answers whether it was pending.
///
/// # Errors
/// [`Duplicate`](crate::Error::Duplicate) when they hold another grant on the same app.
pub async fn activate(
    tx: &mut WriteTx,
    permit: &OwnPermit,
    waiting: &WaitingRow,
    rights: &Rights,
    now: Timestamp,
) -> Result<bool> {
    let activated = tx
        .execute(
            "UPDATE grants SET state = 'active', user_id = $2, secret_hash = NULL, scopes = $3, endpoints = $4, \
             ends_at = $5, reach = $7, version = version + 1, changed_at = $6 WHERE id = $1 AND state = 'pending'",
            params![waiting.id, permit.user(), rights.scopes, rights.endpoints, rights.ends_at, now, rights.reach],
        )
        .await?;
    Ok(activated == 1)
}

/// Ends a pending grant whose granter can no longer give anything.
///
/// # Errors
/// When the database fails.
pub async fn lapse(tx: &mut WriteTx, waiting: &WaitingRow, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE grants SET state = 'ended', ended_at = $2, changed_at = $2, secret_hash = NULL \
         WHERE id = $1 AND state = 'pending'",
        params![waiting.id, now],
    )
    .await?;
    Ok(())
}
