//! Collectors: what watches a source and gathers inputs of it.

use atelier_domain::collector::{Limits, Share, State, Taken, Watched};
use atelier_domain::id::{AppId, CollectorId, GrantId, KeyId, UserId};
use atelier_domain::{AppRef, Caller, Credential, EndpointSet, Permit, Reach, ScopeSet, Timestamp};
use serde_json::json;

use super::access::{self, Access, AppAddress, Proof, Target, granted, standing};
use super::concepts::one_of;
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// A collector, with who made it.
    #[derive(Clone, Debug, PartialEq)]
    pub struct CollectorRow {
        /// Its identifier.
        pub id: CollectorId,
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What it is for.
        pub description: String,
        /// What it watches.
        pub source: Watched,
        /// The model whose predictions it watches.
        pub model: Option<String>,
        /// Only those of this version of it.
        pub model_version: Option<String>,
        /// Only those that this person asks for.
        pub caller_id: Option<UserId>,
        /// By what that person is addressed.
        pub caller: Option<String>,
        /// The share of what is offered that it takes.
        pub share: Share,
        /// How many it takes in an hour at most.
        pub per_hour: Option<i64>,
        /// How many it takes at most.
        pub in_total: Option<i64>,
        /// Whether it takes anything.
        pub state: State,
        /// Why it stopped, if it did.
        pub reason: Option<String>,
        /// How many it has taken.
        pub taken: i64,
        /// The hour in which it took the last one, counted from 1970.
        pub taken_hour: i64,
        /// How many it took in that hour.
        pub taken_in_hour: i64,
        /// When it took the last one.
        pub taken_at: Option<Timestamp>,
        /// Who made it, with whose rights it acts.
        pub created_by: UserId,
        /// By what they are addressed.
        pub creator_slug: String,
        /// What they are called.
        pub creator: String,
        /// The key with which they made it, and through which it acts.
        pub key_id: Option<KeyId>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
    }
}

impl CollectorRow {
    /// How many it takes at most.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { per_hour: self.per_hour, in_total: self.in_total }
    }

    /// How many it has taken.
    #[must_use]
    pub fn counts(&self) -> Taken {
        Taken { in_total: self.taken, hour: self.taken_hour, in_hour: self.taken_in_hour }
    }
}

macro_rules! collector {
    ($($condition:tt)+) => {
        concat!(
            "SELECT c.id, c.slug, c.description, c.source, c.model, c.model_version, c.caller_id, w.slug AS caller, \
             c.share, c.per_hour, c.in_total, c.state, c.reason, c.taken, c.taken_hour, c.taken_in_hour, c.taken_at, \
             c.created_by, u.slug AS creator_slug, u.name AS creator, c.key_id, c.created_at, c.changed_at \
             FROM collectors c JOIN users u ON u.id = c.created_by LEFT JOIN users w ON w.id = c.caller_id \
             WHERE c.app_id = $1",
            $($condition)+
        )
    };
}

/// `size` collectors of the permit's app after the first `skip`, by their identifiers.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut Conn, permit: &Permit, skip: usize, size: usize) -> Result<Vec<CollectorRow>> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    let sql = collector!(" ORDER BY c.slug LIMIT $2 OFFSET $3");
    conn.fetch_all(sql, params![permit.app(), limit, offset]).await
}

/// One collector of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<CollectorRow>> {
    conn.fetch_optional(collector!(" AND c.slug = $2"), params![permit.app(), slug]).await
}

/// One collector of the permit's app, which nobody else changes or counts with until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn get_to_change(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<CollectorRow>> {
    let sql =
        Sql::differing(collector!(" AND c.slug = $2"), collector!(" AND c.slug = $2 FOR NO KEY UPDATE OF c"));
    tx.fetch_optional(sql, params![permit.app(), slug]).await
}

/// The collectors of the permit's app that gather what its holder has predicted by this version of this model.
///
/// # Errors
/// When the database fails.
pub async fn watching(
    conn: &mut Conn,
    permit: &Permit,
    model: &str,
    version: &str,
) -> Result<Vec<CollectorRow>> {
    let sql = collector!(
        " AND c.source = 'predictions' AND c.state = 'gathering' AND c.model = $2 \
         AND (c.model_version IS NULL OR c.model_version = $3) AND (c.caller_id IS NULL OR c.caller_id = $4) \
         ORDER BY c.slug"
    );
    conn.fetch_all(sql, params![permit.app(), model, version, permit.user()]).await
}

/// A new collector.
#[derive(Clone, Debug)]
pub struct NewCollector<'a> {
    /// Its identifier.
    pub id: CollectorId,
    /// Its identifier, as clients chose it.
    pub slug: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// What it watches.
    pub source: Watched,
    /// The model whose predictions it watches.
    pub model: Option<&'a str>,
    /// Only those of this version of it.
    pub model_version: Option<&'a str>,
    /// Only those that this person asks for.
    pub caller: Option<UserId>,
    /// The share of what is offered that it takes.
    pub share: Share,
    /// How many it takes at most.
    pub limits: Limits,
}

/// Adds a collector that acts for whoever holds the permit; answers whether its identifier was free.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    new: &NewCollector<'_>,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "INSERT INTO collectors (id, app_id, slug, description, source, model, model_version, caller_id, share, \
             per_hour, in_total, state, taken, taken_hour, taken_in_hour, created_by, key_id, created_at, changed_at) \
             VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'gathering', 0, 0, 0, $12, $13, $14, $14) \
             ON CONFLICT (app_id, slug) DO NOTHING",
            params![
                permit.app(),
                new.id,
                new.slug,
                new.description,
                new.source.name(),
                new.model,
                new.model_version,
                new.caller,
                new.share.millionths(),
                new.limits.per_hour,
                new.limits.in_total,
                permit.user(),
                permit.key(),
                now
            ],
        )
        .await?;
    Ok(inserted > 0)
}

/// Changes a collector of the permit's app. One that no longer stands still by itself forgets why it did.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    id: CollectorId,
    description: &str,
    (share, limits): (Share, Limits),
    (state, reason): (State, Option<&str>),
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE collectors SET description = $3, share = $4, per_hour = $5, in_total = $6, state = $7, reason = $8, \
         changed_at = $9 WHERE app_id = $1 AND id = $2",
        params![
            permit.app(),
            id,
            description,
            share.millionths(),
            limits.per_hour,
            limits.in_total,
            state.name(),
            reason,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Notes that a collector of the permit's app takes nothing any more, and why.
///
/// # Errors
/// When the database fails.
pub async fn stop(
    tx: &mut WriteTx,
    permit: &Permit,
    id: CollectorId,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE collectors SET state = 'stopped', reason = $3, changed_at = $4 WHERE app_id = $1 AND id = $2",
        params![permit.app(), id, reason, now],
    )
    .await?;
    Ok(())
}

/// Counts one more that a collector of the permit's app has taken.
///
/// # Errors
/// When the database fails.
pub async fn count(
    tx: &mut WriteTx,
    permit: &Permit,
    id: CollectorId,
    taken: Taken,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE collectors SET taken = $3, taken_hour = $4, taken_in_hour = $5, taken_at = $6 \
         WHERE app_id = $1 AND id = $2",
        params![permit.app(), id, taken.in_total, taken.hour, taken.in_hour, now],
    )
    .await?;
    Ok(())
}

/// Deletes the collectors `slugs` of the permit's app, and nothing that they gathered; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<u64> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!("DELETE FROM collectors WHERE app_id = $1 AND ", one_of!($dialect "slug" "$2"))
        };
    }
    tx.execute(Sql::differing(delete!(sqlite), delete!(postgres)), params![permit.app(), &json!(slugs)]).await
}

row! {
    struct CreatorRow {
        slug: String,
        name: String,
        app_id: AppId,
        owner_id: UserId,
        app_slug: String,
        owner_slug: String,
        grant_id: Option<GrantId>,
        grant_scopes: Option<ScopeSet>,
        grant_endpoints: Option<EndpointSet>,
        grant_reach: Option<Reach>,
        grant_ends_at: Option<Timestamp>,
    }
}

/// What the creator of a collector is to the permit's app at this moment, known by what they made it with: as if they
/// asked now. None, if the key was revoked or the app deleted.
///
/// # Errors
/// When the database fails: then nothing may be let through.
pub async fn creator(
    conn: &mut Conn,
    permit: &Permit,
    collector: &CollectorRow,
    now: Timestamp,
) -> Result<Option<Access>> {
    let Some(key) = collector.key_id else {
        return themselves(conn, permit, collector.created_by, now).await;
    };
    row! {
        struct Found {
            secret_hash: Option<Vec<u8>>,
        }
    }
    let found: Option<Found> = conn
        .fetch_optional(
            "SELECT secret_hash FROM keys WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL",
            params![key, collector.created_by],
        )
        .await?;
    let hash = found.and_then(|row| row.secret_hash).and_then(|hash| hash.try_into().ok());
    let Some(hash) = hash else { return Ok(None) };
    access::look_up(conn, &Proof::Key(hash), Target::Id(permit.app()), now).await
}

/// What a person is to the permit's app, as if they were signed in now.
async fn themselves(
    conn: &mut Conn,
    permit: &Permit,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Access>> {
    let found: Option<CreatorRow> = conn
        .fetch_optional(
            "SELECT u.slug, u.name, a.id AS app_id, a.owner_id, a.slug AS app_slug, o.slug AS owner_slug, \
             g.id AS grant_id, g.scopes AS grant_scopes, g.endpoints AS grant_endpoints, g.reach AS grant_reach, \
             g.ends_at AS grant_ends_at FROM users u JOIN apps a ON a.id = $2 AND a.deleted_at IS NULL JOIN users o ON o.id = a.owner_id \
             LEFT JOIN grants g ON g.app_id = a.id AND g.user_id = u.id AND g.state = 'active' WHERE u.id = $1",
            params![user, permit.app()],
        )
        .await?;
    Ok(found.map(|row| {
        let grant =
            granted(row.grant_id, row.grant_scopes, row.grant_endpoints, row.grant_reach, row.grant_ends_at);
        Access {
            // What a collector does asks for no password, so that when it was given does not matter.
            caller: Caller { user, credential: Credential::Session { proved_at: now } },
            slug: row.slug,
            name: row.name,
            session: None,
            noted_at: None,
            app: Some(AppRef { id: row.app_id, owner: row.owner_id }),
            address: Some(AppAddress { owner: row.owner_slug, app: row.app_slug }),
            standing: standing(user, Some(row.owner_id), grant),
        }
    }))
}
