//! Grants: who may do what in an app, and who said so. What waits to be taken up is in [`super::invitations`].

use atelier_domain::forest::could_give;
use atelier_domain::id::{AppId, GrantId, UserId};
use atelier_domain::{
    AppRef, Change, Email, EndpointSet, Member, Permit, Preset, Reach, Rights, Scope, ScopeSet, Timestamp,
};

use uuid::Uuid;

use super::Page;
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// A grant that has not ended, with the people concerned.
    #[derive(Clone, Debug)]
    pub struct GrantRow {
        /// Its identifier.
        pub id: GrantId,
        /// Who holds it; nobody yet while it is pending.
        pub user_id: Option<UserId>,
        /// The holder's slug.
        pub user_slug: Option<String>,
        /// What the holder is called.
        pub user_name: Option<String>,
        /// The address that was invited, or else the holder's primary one: whoever was invited by one address does not
        /// show another by coming.
        pub email: Option<String>,
        /// Until when a pending one can be taken up.
        pub expires_at: Option<Timestamp>,
        /// The grant of whoever granted it; none if that was the owner.
        pub parent_id: Option<GrantId>,
        /// Who granted it.
        pub granted_by: UserId,
        /// What they are called.
        pub granted_by_name: String,
        /// What it gives.
        pub scopes: ScopeSet,
        /// The endpoints to which it is limited.
        pub endpoints: Option<EndpointSet>,
        /// Which inputs it is about.
        pub reach: Reach,
        /// When it ends.
        pub ends_at: Option<Timestamp>,
        /// What the inviter wrote beside it.
        pub note: String,
        /// Counts its changes, so that two editors at once notice.
        pub version: i64,
        /// When it was given.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
        /// When the holder last did something by it, to the minute.
        pub active_at: Option<Timestamp>,
        /// How many keys hang on it or are bound to the app.
        pub key_count: i64,
    }
}

impl GrantRow {
    /// Whether nobody holds it yet.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.user_id.is_none()
    }

    /// What it gives.
    #[must_use]
    pub fn rights(&self) -> Rights {
        Rights { scopes: self.scopes, endpoints: self.endpoints, reach: self.reach, ends_at: self.ends_at }
    }

    /// The grant as a part of the forest.
    #[must_use]
    pub fn member(&self) -> Member {
        Member { id: self.id, user: self.user_id, parent: self.parent_id, rights: self.rights() }
    }

    /// By what its holder is known to the other people of the app.
    #[must_use]
    pub fn holder(&self) -> &str {
        self.user_name.as_deref().or(self.email.as_deref()).unwrap_or_default()
    }
}

macro_rules! grant {
    ($from:literal, $condition:literal) => {
        concat!(
            "SELECT g.id, g.user_id, u.slug AS user_slug, u.name AS user_name, \
             COALESCE(g.address, e.address) AS email, g.expires_at, g.parent_id, g.granted_by, \
             b.name AS granted_by_name, g.scopes, g.endpoints, g.reach, g.ends_at, g.note, g.version, g.created_at, \
             g.changed_at, g.active_at, \
             (SELECT COUNT(*) FROM keys k WHERE k.user_id = g.user_id AND k.app_id = g.app_id \
              AND k.revoked_at IS NULL) AS key_count FROM ",
            $from,
            " JOIN users b ON b.id = g.granted_by LEFT JOIN users u ON u.id = g.user_id \
             LEFT JOIN email_addresses e ON e.user_id = g.user_id AND e.is_primary = TRUE \
             WHERE g.app_id = $1 AND g.state <> 'ended'",
            $condition
        )
    };
}

/// Keeps everyone else from changing access to the permit's app until the transaction ends, so that what is read of
/// the forest still stands when the change is written.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut WriteTx, permit: &Permit) -> Result<()> {
    lock_app(tx, permit.app()).await
}

pub(super) async fn lock_app(tx: &mut WriteTx, app: AppId) -> Result<()> {
    // SQLite has one writer at a time as it is.
    tx.execute(
        Sql::differing("SELECT 1 WHERE $1 IS NULL", "SELECT 1 FROM apps WHERE id = $1 FOR UPDATE"),
        params![app],
    )
    .await?;
    Ok(())
}

/// What to list of an app's grants.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Only people whose name or address has this in it.
    pub text: Option<&'a str>,
    /// Only those that are pending, or only those that are not.
    pub pending: Option<bool>,
    /// Only those granted by the person of this slug.
    pub granted_by: Option<&'a str>,
    /// Only those that give this scope.
    pub scope: Option<Scope>,
    /// Only those that show under the name of this preset.
    pub preset: Option<Preset>,
    /// Only those after this one.
    pub after: Option<GrantId>,
}

/// The grants of the permit's app, in the order in which they were given.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    filter: &Filter<'_>,
    size: usize,
) -> Result<Page<GrantRow>> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1);
    let pending = filter.pending.map(|pending| if pending { "pending" } else { "active" });
    let scope = filter.scope.map(|scope| format!(" {scope} "));
    let sets = match filter.preset {
        Some(preset) => Some(sets_near(conn, permit, preset).await?),
        None => None,
    };
    // The casts tell PostgreSQL the types of parameters that may be null.
    let rows = conn
        .fetch_all(
            grant!(
                "grants g",
                " AND (CAST($3 AS TEXT) IS NULL OR g.state = $3) \
                 AND (CAST($4 AS TEXT) IS NULL OR lower(COALESCE(u.name, '') || ' ' || \
                      COALESCE(g.address, e.address, '')) LIKE '%' || lower($4) || '%') \
                 AND (CAST($5 AS TEXT) IS NULL OR b.slug = $5) \
                 AND (CAST($6 AS TEXT) IS NULL OR (' ' || g.scopes || ' ') LIKE '%' || $6 || '%') \
                 AND g.id > $7 \
                 AND (CAST($8 AS TEXT) IS NULL OR $8 LIKE '%|' || g.scopes || '|%') \
                 ORDER BY g.id LIMIT $2"
            ),
            params![
                permit.app(),
                limit,
                pending,
                filter.text,
                filter.granted_by,
                scope,
                filter.after.map_or(Uuid::nil(), |id| id.0),
                sets
            ],
        )
        .await?;
    Ok(Page::cut(rows, size))
}

/// The sets of scopes in use in the permit's app that show under the name of `preset`, between bars. What is near a
/// preset is for `domain` to say, and an app has few different sets however many people it has.
async fn sets_near(conn: &mut Conn, permit: &Permit, preset: Preset) -> Result<String> {
    row! {
        struct InUse {
            scopes: ScopeSet,
        }
    }
    let in_use: Vec<InUse> = conn
        .fetch_all(
            "SELECT DISTINCT scopes FROM grants WHERE app_id = $1 AND state <> 'ended'",
            params![permit.app()],
        )
        .await?;
    let near = in_use.into_iter().filter(|set| Preset::nearest(set.scopes) == Some(preset));
    Ok(near.fold("|".to_owned(), |sets, set| format!("{sets}{}|", set.scopes)))
}

row! {
    /// Somebody who brought others into an app.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct InviterRow {
        /// Their slug.
        pub slug: String,
        /// What they are called.
        pub name: String,
    }
}

/// Everybody who granted something in the permit's app that has not ended, by name.
///
/// # Errors
/// When the database fails.
pub async fn inviters(conn: &mut Conn, permit: &Permit) -> Result<Vec<InviterRow>> {
    macro_rules! next {
        ($condition:literal) => {
            concat!(
                "(SELECT granted_by FROM grants WHERE app_id = $1 AND state <> 'ended'",
                $condition,
                " ORDER BY granted_by LIMIT 1)"
            )
        };
    }
    // From one to the next along the index: of many grants, few people gave most.
    conn.fetch_all(
        concat!(
            "WITH RECURSIVE inviter (id) AS (SELECT ",
            next!(""),
            " UNION ALL SELECT ",
            next!(" AND granted_by > inviter.id"),
            " FROM inviter WHERE inviter.id IS NOT NULL) \
             SELECT slug, name FROM users WHERE id IN (SELECT id FROM inviter) ORDER BY name, slug"
        ),
        params![permit.app()],
    )
    .await
}

/// Page `page` (from 1) of `size` grants, as the wire counts them.
///
/// # Errors
/// When the database fails.
pub async fn list_numbered(conn: &mut Conn, permit: &Permit, page: u32, size: u32) -> Result<Vec<GrantRow>> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(size);
    conn.fetch_all(
        grant!("grants g", " AND g.state = 'active' ORDER BY g.id LIMIT $2 OFFSET $3"),
        params![permit.app(), i64::from(size), offset],
    )
    .await
}

/// How many grants of the permit's app there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Those that somebody holds.
    pub active: i64,
    /// Those that nobody holds yet.
    pub pending: i64,
}

/// Counts the grants of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &mut Conn, permit: &Permit) -> Result<Counts> {
    row! {
        struct Row {
            standing: i64,
            pending: i64,
        }
    }
    // Of many, nearly all are active: to look at the state of each would take three times as long as to count them.
    let row: Row = conn
        .fetch_one(
            "SELECT (SELECT COUNT(*) FROM grants WHERE app_id = $1 AND state <> 'ended') AS standing, \
             (SELECT COUNT(*) FROM grants WHERE app_id = $1 AND state = 'pending') AS pending",
            params![permit.app()],
        )
        .await?;
    Ok(Counts { active: row.standing - row.pending, pending: row.pending })
}

/// One grant of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, id: GrantId) -> Result<Option<GrantRow>> {
    conn.fetch_optional(grant!("grants g", " AND g.id = $2"), params![permit.app(), id]).await
}

/// The grant that `user` holds on the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn of_user(conn: &mut Conn, permit: &Permit, user: UserId) -> Result<Option<GrantRow>> {
    conn.fetch_optional(
        grant!("grants g", " AND g.state = 'active' AND g.user_id = $2"),
        params![permit.app(), user],
    )
    .await
}

/// The pending grant of the permit's app for `address`.
///
/// # Errors
/// When the database fails.
pub async fn of_address(conn: &mut Conn, permit: &Permit, address: &Email) -> Result<Option<GrantRow>> {
    conn.fetch_optional(
        grant!("grants g", " AND g.state = 'pending' AND g.address = $2"),
        params![permit.app(), address],
    )
    .await
}

/// Everyone above and below the grant `id`, and the grant itself.
///
/// # Errors
/// When the database fails.
pub async fn around(conn: &mut Conn, permit: &Permit, id: GrantId) -> Result<Vec<GrantRow>> {
    // `UNION` rather than `UNION ALL`: should a chain ever loop, the query still ends.
    conn.fetch_all(
        concat!(
            "WITH RECURSIVE below (id) AS (SELECT id FROM grants WHERE id = $2 UNION \
             SELECT c.id FROM grants c JOIN below p ON c.parent_id = p.id WHERE c.state <> 'ended'), \
             above (id) AS (SELECT id FROM grants WHERE id = $2 UNION \
             SELECT c.parent_id FROM grants c JOIN above p ON c.id = p.id WHERE c.parent_id IS NOT NULL) ",
            grant!("grants g", " AND g.id IN (SELECT id FROM below UNION SELECT id FROM above)")
        ),
        params![permit.app(), id],
    )
    .await
}

/// The owner of `app`, and up to two people who could give `scopes` to a collaborator: whom to ask for them. Where none are
/// missing, something else stands against it, by which others may be limited likewise: the owner is not.
///
/// # Errors
/// When the database fails.
pub async fn givers(conn: &mut Conn, app: AppRef, scopes: ScopeSet) -> Result<Vec<String>> {
    row! {
        struct Giver {
            name: String,
            scopes: ScopeSet,
        }
    }
    let owner: Vec<Giver> = conn
        .fetch_all("SELECT name, 'Apps_Get' AS scopes FROM users WHERE id = $1", params![app.owner])
        .await?;
    if scopes.is_empty() {
        return Ok(owner.into_iter().map(|owner| owner.name).collect());
    }
    let changers: Vec<Giver> = conn
        .fetch_all(
            "SELECT u.name, g.scopes FROM grants g JOIN users u ON u.id = g.user_id \
             WHERE g.app_id = $1 AND g.state = 'active' AND g.scopes LIKE '%Collaborators_Delete%' \
             ORDER BY g.id LIMIT 20",
            params![app.id],
        )
        .await?;
    let changers = changers.into_iter().filter(|giver| could_give(giver.scopes, scopes)).take(2);
    Ok(owner.into_iter().chain(changers).map(|giver| giver.name).collect())
}

/// A new grant.
#[derive(Clone, Debug)]
pub struct NewGrant<'a> {
    /// Its identifier.
    pub id: GrantId,
    /// Who holds it, if they have an account.
    pub user: Option<UserId>,
    /// The address that was invited, the hash of the secret in the mail, and until when it can be taken up; for one
    /// that is pending.
    pub invitation: Option<Invitation<'a>>,
    /// The grant of whoever grants it; none if that is the owner.
    pub parent: Option<GrantId>,
    /// What it gives.
    pub rights: Rights,
    /// What the inviter writes beside it.
    pub note: &'a str,
}

/// What makes a grant pending.
#[derive(Clone, Copy, Debug)]
pub struct Invitation<'a> {
    /// The address that was invited.
    pub address: &'a Email,
    /// The SHA-256 of the secret in the mail.
    pub secret_hash: &'a [u8; 32],
    /// Until when it can be taken up.
    pub expires_at: Timestamp,
}

/// Gives a grant on the permit's app, from the person of the permit.
///
/// # Errors
/// [`Duplicate`](crate::Error::Duplicate) when the person or address has one.
pub async fn insert(tx: &mut WriteTx, permit: &Permit, grant: &NewGrant<'_>, now: Timestamp) -> Result<()> {
    let state = if grant.user.is_some() { "active" } else { "pending" };
    tx.execute(
        "INSERT INTO grants (id, app_id, state, user_id, address, secret_hash, expires_at, parent_id, granted_by, \
         scopes, endpoints, ends_at, note, version, created_at, changed_at, reach) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $14, $15)",
        params![
            grant.id,
            permit.app(),
            state,
            grant.user,
            grant.invitation.map(|invitation| invitation.address.as_str()),
            grant.invitation.map(|invitation| invitation.secret_hash.as_slice()),
            grant.invitation.map(|invitation| invitation.expires_at),
            grant.parent,
            permit.user(),
            grant.rights.scopes,
            grant.rights.endpoints,
            grant.rights.ends_at,
            grant.note,
            now,
            grant.rights.reach
        ],
    )
    .await?;
    Ok(())
}

/// Writes one change of a plan. A grant that comes under somebody else is from then on granted by `adopter`.
///
/// # Errors
/// When the database fails, or the grant is no longer as the plan found it.
pub async fn apply(
    tx: &mut WriteTx,
    permit: &Permit,
    change: &Change,
    adopter: UserId,
    now: Timestamp,
) -> Result<()> {
    match change {
        Change::Set { before, after } => {
            let granted_by = (before.parent != after.parent).then_some(adopter);
            tx.execute(
                "UPDATE grants SET scopes = $3, endpoints = $4, ends_at = $5, parent_id = $6, \
                 granted_by = COALESCE($7, granted_by), reach = $9, version = version + 1, changed_at = $8 \
                 WHERE app_id = $1 AND id = $2 AND state <> 'ended'",
                params![
                    permit.app(),
                    after.id,
                    after.rights.scopes,
                    after.rights.endpoints,
                    after.rights.ends_at,
                    after.parent,
                    granted_by,
                    now,
                    after.rights.reach
                ],
            )
            .await?;
        }
        Change::End { before } => {
            tx.execute(
                "UPDATE grants SET state = 'ended', ended_at = $3, version = version + 1, changed_at = $3, \
                 secret_hash = NULL WHERE app_id = $1 AND id = $2 AND state <> 'ended'",
                params![permit.app(), before.id, now],
            )
            .await?;
        }
    }
    Ok(())
}

/// Sets what stands beside a grant.
///
/// # Errors
/// When the database fails.
pub async fn set_note(tx: &mut WriteTx, permit: &Permit, id: GrantId, note: &str) -> Result<()> {
    tx.execute("UPDATE grants SET note = $3 WHERE app_id = $1 AND id = $2", params![permit.app(), id, note])
        .await?;
    Ok(())
}

/// Notes that a grant is in use.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut WriteTx, id: GrantId, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE grants SET active_at = $2 WHERE id = $1", params![id, now]).await?;
    Ok(())
}
