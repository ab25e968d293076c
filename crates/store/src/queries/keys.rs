//! Personal access tokens and app keys.

use atelier_domain::id::{AppId, GrantId, KeyId, UserId};
use atelier_domain::{EndpointSet, OwnPermit, Permit, Reach, Rights, ScopeSet, Timestamp};

use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

row! {
    /// A key, with what it reaches.
    #[derive(Clone, Debug)]
    pub struct KeyRow {
        /// Its identifier.
        pub id: KeyId,
        /// `token` or `app_key`.
        pub kind: String,
        /// Whose it is; for an app key, the app's owner.
        pub user_id: UserId,
        /// The app to which it is bound.
        pub app_id: Option<AppId>,
        /// That app's slug.
        pub app_slug: Option<String>,
        /// That app's name.
        pub app_name: Option<String>,
        /// The slug of that app's owner.
        pub owner_slug: Option<String>,
        /// The grant that it follows.
        pub grant_id: Option<GrantId>,
        /// For what it is.
        pub description: String,
        /// What it gives at most: for one that follows a grant, what the grant gives now.
        pub scopes: ScopeSet,
        /// The endpoints to which it is limited.
        pub endpoints: Option<EndpointSet>,
        /// Which inputs it is about.
        pub reach: Reach,
        /// When it ends.
        pub ends_at: Option<Timestamp>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was last used, to the minute.
        pub used_at: Option<Timestamp>,
        /// The last four characters of its secret; none while it has not been opened.
        pub last_four: Option<String>,
        /// Whether it has a secret yet.
        pub opened: bool,
    }
}

impl KeyRow {
    /// What it gives at most.
    #[must_use]
    pub fn rights(&self) -> Rights {
        Rights { scopes: self.scopes, endpoints: self.endpoints, reach: self.reach, ends_at: self.ends_at }
    }
}

macro_rules! key {
    ($condition:literal) => {
        concat!(
            "SELECT k.id, k.kind, k.user_id, k.app_id, a.slug AS app_slug, a.name AS app_name, \
             o.slug AS owner_slug, k.grant_id, k.description, COALESCE(g.scopes, k.scopes) AS scopes, \
             CASE WHEN g.id IS NULL THEN k.endpoints ELSE g.endpoints END AS endpoints, \
             CASE WHEN g.id IS NULL THEN k.reach ELSE g.reach END AS reach, \
             CASE WHEN g.id IS NULL THEN k.ends_at ELSE g.ends_at END AS ends_at, \
             k.created_at, k.used_at, k.last_four, k.secret_hash IS NOT NULL AS opened \
             FROM keys k LEFT JOIN apps a ON a.id = k.app_id LEFT JOIN users o ON o.id = a.owner_id \
             LEFT JOIN grants g ON g.id = k.grant_id \
             WHERE k.revoked_at IS NULL AND ",
            $condition
        )
    };
}

/// A new key.
#[derive(Clone, Debug)]
pub struct NewKey<'a> {
    /// Its identifier.
    pub id: KeyId,
    /// The SHA-256 of its secret and the secret's last four characters; none while it has not been opened.
    pub secret: Option<(&'a [u8; 32], &'a str)>,
    /// Whether it is an app key; else a token.
    pub is_app_key: bool,
    /// Whose it is.
    pub user: UserId,
    /// The app to which it is bound.
    pub app: Option<AppId>,
    /// The grant that it follows.
    pub grant: Option<GrantId>,
    /// For what it is.
    pub description: &'a str,
    /// What it gives at most.
    pub rights: Rights,
}

/// Makes a key.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut WriteTx, key: &NewKey<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO keys (id, secret_hash, last_four, kind, user_id, app_id, grant_id, description, scopes, \
         endpoints, ends_at, created_at, reach) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            key.id,
            key.secret.map(|(hash, _)| hash.as_slice()),
            key.secret.map(|(_, last_four)| last_four),
            if key.is_app_key { "app_key" } else { "token" },
            key.user,
            key.app,
            key.grant,
            key.description,
            key.rights.scopes,
            key.rights.endpoints,
            key.rights.ends_at,
            now,
            key.rights.reach
        ],
    )
    .await?;
    Ok(())
}

/// The keys of the person, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_own(conn: &mut Conn, permit: &OwnPermit) -> Result<Vec<KeyRow>> {
    conn.fetch_all(key!("k.user_id = $1 ORDER BY k.id DESC LIMIT 1000"), params![permit.user()]).await
}

/// The app keys of the permit's app, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_of_app(conn: &mut Conn, permit: &Permit) -> Result<Vec<KeyRow>> {
    conn.fetch_all(
        key!("k.app_id = $1 AND k.kind = 'app_key' ORDER BY k.id DESC LIMIT 1000"),
        params![permit.app()],
    )
    .await
}

/// One key of the person.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &OwnPermit, id: KeyId) -> Result<Option<KeyRow>> {
    conn.fetch_optional(key!("k.user_id = $1 AND k.id = $2"), params![permit.user(), id]).await
}

/// The key of the person that follows the grant `grant`.
///
/// # Errors
/// When the database fails.
pub async fn following(conn: &mut Conn, permit: &OwnPermit, grant: GrantId) -> Result<Option<KeyRow>> {
    conn.fetch_optional(key!("k.user_id = $1 AND k.grant_id = $2"), params![permit.user(), grant]).await
}

/// Changes for what a key of the person is, and what it gives.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &OwnPermit,
    id: KeyId,
    description: &str,
    rights: &Rights,
) -> Result<()> {
    tx.execute(
        "UPDATE keys SET description = $3, scopes = $4, endpoints = $5, ends_at = $6, reach = $7 \
         WHERE user_id = $1 AND id = $2",
        params![
            permit.user(),
            id,
            description,
            rights.scopes,
            rights.endpoints,
            rights.ends_at,
            rights.reach
        ],
    )
    .await?;
    Ok(())
}

/// Gives a key of the person its first secret; answers whether it had none.
///
/// # Errors
/// When the database fails.
pub async fn open(
    tx: &mut WriteTx,
    permit: &OwnPermit,
    id: KeyId,
    secret_hash: &[u8; 32],
    last_four: &str,
) -> Result<bool> {
    let opened = tx
        .execute(
            "UPDATE keys SET secret_hash = $3, last_four = $4 WHERE user_id = $1 AND id = $2 \
             AND secret_hash IS NULL",
            params![permit.user(), id, secret_hash.as_slice(), last_four],
        )
        .await?;
    Ok(opened == 1)
}

/// Gives a key of the person another secret. The one before it stays valid until `overlap_until`.
///
/// # Errors
/// When the database fails.
pub async fn set_secret(
    tx: &mut WriteTx,
    permit: &OwnPermit,
    id: KeyId,
    secret_hash: &[u8; 32],
    last_four: &str,
    overlap_until: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO former_secrets (secret_hash, key_id, valid_until) \
         SELECT secret_hash, id, $3 FROM keys WHERE user_id = $1 AND id = $2 AND secret_hash IS NOT NULL",
        params![permit.user(), id, overlap_until],
    )
    .await?;
    tx.execute(
        "UPDATE keys SET secret_hash = $3, last_four = $4 WHERE user_id = $1 AND id = $2",
        params![permit.user(), id, secret_hash.as_slice(), last_four],
    )
    .await?;
    Ok(())
}

/// Ends a key of `user`; answers whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn revoke(tx: &mut WriteTx, user: UserId, id: KeyId, now: Timestamp) -> Result<bool> {
    let revoked = tx
        .execute(
            "UPDATE keys SET revoked_at = $3 WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL",
            params![user, id, now],
        )
        .await?;
    Ok(revoked == 1)
}

/// Whether a key that has not been revoked had this secret, and no longer has: its overlap is over.
///
/// # Errors
/// When the database fails.
pub async fn was_rotated_out(conn: &mut Conn, secret_hash: &[u8; 32], now: Timestamp) -> Result<bool> {
    row! {
        struct Found {
            found: bool,
        }
    }
    let found: Found = conn
        .fetch_one(
            "SELECT EXISTS (SELECT 1 FROM former_secrets f JOIN keys k ON k.id = f.key_id \
             WHERE f.secret_hash = $1 AND f.valid_until <= $2 AND k.revoked_at IS NULL) AS found",
            params![secret_hash.as_slice(), now],
        )
        .await?;
    Ok(found.found)
}

/// Ends whatever key has this secret or had it before, whosever it is; answers whose and which it was.
///
/// # Errors
/// When the database fails.
pub async fn revoke_by_secret(
    tx: &mut WriteTx,
    secret_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<RevokedKeyRow>> {
    tx.fetch_optional(
        "UPDATE keys SET revoked_at = $2 WHERE revoked_at IS NULL AND (secret_hash = $1 OR id IN \
         (SELECT key_id FROM former_secrets WHERE secret_hash = $1)) RETURNING id, user_id, description",
        params![secret_hash.as_slice(), now],
    )
    .await
}

row! {
    /// A key that was ended because of one of its secrets.
    #[derive(Clone, Debug)]
    pub struct RevokedKeyRow {
        /// Its identifier.
        pub id: KeyId,
        /// Whose it was.
        pub user_id: UserId,
        /// For what it was.
        pub description: String,
    }
}

/// Ends the keys that are bound to the permit's app and belong to `user`: they have nothing to reach any more.
///
/// # Errors
/// When the database fails.
pub async fn revoke_in_app(tx: &mut WriteTx, permit: &Permit, user: UserId, now: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE keys SET revoked_at = $3 WHERE app_id = $1 AND user_id = $2 AND revoked_at IS NULL",
        params![permit.app(), user, now],
    )
    .await
}

/// Notes that a key is in use.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut WriteTx, id: KeyId, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE keys SET used_at = $2 WHERE id = $1", params![id, now]).await?;
    Ok(())
}

/// The hash of the secret that took the place of `former`, while the two overlap.
///
/// # Errors
/// When the database fails.
pub(super) async fn by_former_secret(
    conn: &mut Conn,
    former: &[u8; 32],
    now: Timestamp,
) -> Result<Option<[u8; 32]>> {
    row! {
        struct Current {
            secret_hash: Option<Vec<u8>>,
        }
    }
    let current: Option<Current> = conn
        .fetch_optional(
            "SELECT k.secret_hash FROM former_secrets f JOIN keys k ON k.id = f.key_id \
             WHERE f.secret_hash = $1 AND f.valid_until > $2",
            params![former.as_slice(), now],
        )
        .await?;
    Ok(current.and_then(|row| row.secret_hash).and_then(|hash| hash.try_into().ok()))
}
