//! Who asks, and what they are to the app they ask about: one indexed read.

use atelier_domain::id::{AppId, GrantId, KeyId, SessionId, UserId};
use atelier_domain::{
    AppRef, Caller, Credential, EndpointSet, Reach, Rights, ScopeSet, Standing, Timestamp, session,
};

use crate::Result;
use crate::db::{Conn, Sql, params, row};

/// By what somebody shows who they are: the SHA-256 of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Of a key.
    Key([u8; 32]),
    /// Of a browser session.
    Session([u8; 32]),
}

/// The app that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// None: the question is about the caller's own account.
    Account,
    /// The app to which the key is bound.
    Bound,
    /// The caller's own app of that slug.
    Mine(&'a str),
    /// The app of that slug of the named owner.
    Of {
        /// The owner's slug.
        owner: &'a str,
        /// The app's slug.
        app: &'a str,
    },
    /// The app of that identifier.
    Id(AppId),
}

/// The names by which an app is addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppAddress {
    /// The owner's slug.
    pub owner: String,
    /// The app's slug.
    pub app: String,
}

/// What one read says about a caller.
#[derive(Clone, Debug)]
pub struct Access {
    /// Who asks.
    pub caller: Caller,
    /// Their slug.
    pub slug: String,
    /// Their name.
    pub name: String,
    /// The session, if they are signed in.
    pub session: Option<SessionId>,
    /// When the key or session was last noted as used and, where there is one, the grant too.
    pub noted_at: Option<Timestamp>,
    /// The app, if it exists.
    pub app: Option<AppRef>,
    /// How it is addressed.
    pub address: Option<AppAddress>,
    /// What they are to it.
    pub standing: Standing,
}

row! {
    struct KeyRow {
        key_id: KeyId,
        kind: String,
        user_id: UserId,
        slug: String,
        name: String,
        bound_app: Option<AppId>,
        follows: Option<GrantId>,
        key_scopes: ScopeSet,
        key_endpoints: Option<EndpointSet>,
        key_reach: Reach,
        key_ends_at: Option<Timestamp>,
        used_at: Option<Timestamp>,
        app_id: Option<AppId>,
        owner_id: Option<UserId>,
        app_slug: Option<String>,
        owner_slug: Option<String>,
        grant_id: Option<GrantId>,
        grant_scopes: Option<ScopeSet>,
        grant_endpoints: Option<EndpointSet>,
        grant_reach: Option<Reach>,
        grant_ends_at: Option<Timestamp>,
        grant_active_at: Option<Timestamp>,
    }
}

row! {
    struct SessionRow {
        session_id: SessionId,
        user_id: UserId,
        slug: String,
        name: String,
        created_at: Timestamp,
        seen_at: Timestamp,
        proved_at: Timestamp,
        app_id: Option<AppId>,
        owner_id: Option<UserId>,
        app_slug: Option<String>,
        owner_slug: Option<String>,
        grant_id: Option<GrantId>,
        grant_scopes: Option<ScopeSet>,
        grant_endpoints: Option<EndpointSet>,
        grant_reach: Option<Reach>,
        grant_ends_at: Option<Timestamp>,
        grant_active_at: Option<Timestamp>,
    }
}

/// Whose the proof `p` is, as `u`.
///
/// PostgreSQL is told to look for the one row that there can be: while tables are small, it would rather hash all of them,
/// and take longer to set that up than all the rest takes.
macro_rules! holder {
    (sqlite) => {
        "JOIN users u ON u.id = p.user_id"
    };
    (postgres) => {
        "CROSS JOIN LATERAL (SELECT slug, name FROM users WHERE id = p.user_id LIMIT 1) u"
    };
}
/// The grant `g` of the holder of `p` on the app `a`, if there is one; of PostgreSQL see [`holder`].
macro_rules! grant {
    (sqlite) => {
        "LEFT JOIN grants g ON g.app_id = a.id AND g.user_id = p.user_id AND g.state = 'active'"
    };
    (postgres) => {
        "LEFT JOIN LATERAL (SELECT id, scopes, endpoints, reach, ends_at, active_at FROM grants \
         WHERE app_id = a.id AND user_id = p.user_id AND state = 'active' LIMIT 1) g ON TRUE"
    };
}
/// The statement that reads a proof's row `p` with the app `a` that `$app` joins, its owner `o`, and the caller's grant
/// on it.
macro_rules! statement {
    ($dialect:ident, $columns:literal, $proofs:literal, $app:literal) => {
        concat!(
            "SELECT ",
            $columns,
            ", u.slug, u.name, a.id AS app_id, a.owner_id, a.slug AS app_slug, o.slug AS owner_slug, ",
            "g.id AS grant_id, ",
            "g.scopes AS grant_scopes, g.endpoints AS grant_endpoints, g.reach AS grant_reach, ",
            "g.ends_at AS grant_ends_at, ",
            "g.active_at AS grant_active_at ",
            "FROM ",
            $proofs,
            " ",
            holder!($dialect),
            " ",
            $app,
            " ",
            grant!($dialect),
            " WHERE p.secret_hash = $1"
        )
    };
}
macro_rules! key {
    ($dialect:ident, $app:literal) => {
        statement!(
            $dialect,
            "p.id AS key_id, p.kind, p.user_id, p.bound_app, p.grant_id AS follows, \
             p.scopes AS key_scopes, p.endpoints AS key_endpoints, p.reach AS key_reach, \
             p.ends_at AS key_ends_at, p.used_at",
            "(SELECT keys.*, app_id AS bound_app FROM keys WHERE revoked_at IS NULL) p",
            $app
        )
    };
}
macro_rules! session {
    ($dialect:ident, $app:literal) => {
        statement!(
            $dialect,
            "p.id AS session_id, p.user_id, p.created_at, p.seen_at, p.proved_at",
            "(SELECT sessions.*, CAST(NULL AS UUID) AS bound_app FROM sessions WHERE ended_at IS NULL) p",
            $app
        )
    };
}
/// Runs the statement over the proofs that `$proofs` reads and the app that `$app` joins.
macro_rules! fetch_of {
    ($conn:expr, $proofs:ident, $app:literal, $($param:expr),+) => {{
        let sql = Sql::differing($proofs!(sqlite, $app), $proofs!(postgres, $app));
        $conn.fetch_optional(sql, params![$($param),+]).await?
    }};
}
/// Runs the statement for `$target` over the proofs that `$proofs` reads.
macro_rules! fetch {
    ($conn:expr, $proofs:ident, $hash:expr, $target:expr) => {
        match $target {
            Target::Account => {
                fetch_of!($conn, $proofs, "LEFT JOIN apps a ON 1 = 0 LEFT JOIN users o ON 1 = 0", $hash)
            }
            Target::Bound => fetch_of!(
                $conn,
                $proofs,
                "LEFT JOIN apps a ON a.id = p.bound_app AND a.deleted_at IS NULL \
                 LEFT JOIN users o ON o.id = a.owner_id",
                $hash
            ),
            Target::Mine(app) => fetch_of!(
                $conn,
                $proofs,
                "LEFT JOIN apps a ON a.owner_id = p.user_id AND a.slug = $2 AND a.deleted_at IS NULL \
                 LEFT JOIN users o ON o.id = a.owner_id",
                $hash,
                app
            ),
            Target::Of { owner, app } => fetch_of!(
                $conn,
                $proofs,
                "LEFT JOIN users o ON o.slug = $2 \
                 LEFT JOIN apps a ON a.owner_id = o.id AND a.slug = $3 AND a.deleted_at IS NULL",
                $hash,
                owner,
                app
            ),
            Target::Id(id) => fetch_of!(
                $conn,
                $proofs,
                "LEFT JOIN apps a ON a.id = $2 AND a.deleted_at IS NULL \
                 LEFT JOIN users o ON o.id = a.owner_id",
                $hash,
                id
            ),
        }
    };
}

/// Reads who shows `proof`, and what they are to `target`; none if the proof is nobody's (any more).
///
/// # Errors
/// When the database fails: then nothing may be let through.
pub async fn look_up(
    conn: &mut Conn,
    proof: &Proof,
    target: Target<'_>,
    now: Timestamp,
) -> Result<Option<Access>> {
    match proof {
        Proof::Key(hash) => by_key(conn, hash, target, now).await,
        Proof::Session(hash) => by_session(conn, hash, target, now).await,
    }
}

async fn by_key(
    conn: &mut Conn,
    hash: &[u8; 32],
    target: Target<'_>,
    now: Timestamp,
) -> Result<Option<Access>> {
    let found: Option<KeyRow> = fetch!(conn, key, hash, target);
    let row = match found {
        Some(row) => row,
        None => {
            let Some(current) = super::keys::by_former_secret(conn, hash, now).await? else {
                return Ok(None);
            };
            let found: Option<KeyRow> = fetch!(conn, key, &current, target);
            let Some(row) = found else { return Ok(None) };
            row
        }
    };
    let grant =
        granted(row.grant_id, row.grant_scopes, row.grant_endpoints, row.grant_reach, row.grant_ends_at);
    let rights = match (row.follows, &grant) {
        // A token that follows a grant gives what the grant gives at this moment, and nothing beside it.
        (Some(follows), Some((id, rights))) if follows == *id => *rights,
        (Some(_), _) => Rights::of(ScopeSet::EMPTY),
        (None, _) => Rights {
            scopes: row.key_scopes,
            endpoints: row.key_endpoints,
            reach: row.key_reach,
            ends_at: row.key_ends_at,
        },
    };
    let credential = match (row.kind.as_str(), row.bound_app) {
        ("app_key", Some(app)) => Credential::AppKey { id: row.key_id, rights, app },
        (_, app) => Credential::Token { id: row.key_id, rights, app },
    };
    Ok(Some(Access {
        caller: Caller { user: row.user_id, credential },
        slug: row.slug,
        name: row.name,
        session: None,
        noted_at: noted(row.used_at, row.grant_id, row.grant_active_at),
        app: app_ref(row.app_id, row.owner_id),
        address: address(row.owner_slug, row.app_slug),
        standing: standing(row.user_id, row.owner_id, grant),
    }))
}

async fn by_session(
    conn: &mut Conn,
    hash: &[u8; 32],
    target: Target<'_>,
    now: Timestamp,
) -> Result<Option<Access>> {
    let found: Option<SessionRow> = fetch!(conn, session, hash, target);
    let Some(row) = found else { return Ok(None) };
    if !session::is_alive(row.created_at, row.seen_at, now) {
        return Ok(None);
    }
    let grant =
        granted(row.grant_id, row.grant_scopes, row.grant_endpoints, row.grant_reach, row.grant_ends_at);
    Ok(Some(Access {
        caller: Caller { user: row.user_id, credential: Credential::Session { proved_at: row.proved_at } },
        slug: row.slug,
        name: row.name,
        session: Some(row.session_id),
        noted_at: noted(Some(row.seen_at), row.grant_id, row.grant_active_at),
        app: app_ref(row.app_id, row.owner_id),
        address: address(row.owner_slug, row.app_slug),
        standing: standing(row.user_id, row.owner_id, grant),
    }))
}

pub(super) fn granted(
    id: Option<GrantId>,
    scopes: Option<ScopeSet>,
    endpoints: Option<EndpointSet>,
    reach: Option<Reach>,
    ends_at: Option<Timestamp>,
) -> Option<(GrantId, Rights)> {
    Some((id?, Rights { scopes: scopes?, endpoints, reach: reach?, ends_at }))
}

/// Since when both the proof and the grant, where there is one, are noted as used.
fn noted(
    proof: Option<Timestamp>,
    grant: Option<GrantId>,
    active_at: Option<Timestamp>,
) -> Option<Timestamp> {
    if grant.is_some() { proof.min(active_at) } else { proof }
}

fn app_ref(id: Option<AppId>, owner: Option<UserId>) -> Option<AppRef> {
    Some(AppRef { id: id?, owner: owner? })
}

fn address(owner: Option<String>, app: Option<String>) -> Option<AppAddress> {
    Some(AppAddress { owner: owner?, app: app? })
}

pub(super) fn standing(user: UserId, owner: Option<UserId>, grant: Option<(GrantId, Rights)>) -> Standing {
    match grant {
        _ if owner == Some(user) => Standing::Owner,
        Some((grant, rights)) => Standing::Collaborator { grant, rights },
        None => Standing::Stranger,
    }
}
