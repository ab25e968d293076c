//! Apps.

use atelier_domain::id::{AppId, UserId};
use atelier_domain::{DisplayName, OwnPermit, Permit, Rights, ScopeSet, Slug, Timestamp};

use super::Page;
use crate::Result;
use crate::db::{Conn, FromRow, Row, WriteTx, params, row};

row! {
    /// An app, with whose it is.
    #[derive(Clone, Debug)]
    pub struct AppRow {
        /// Its identifier.
        pub id: AppId,
        /// Whose it is.
        pub owner_id: UserId,
        /// The owner's slug.
        pub owner_slug: String,
        /// What the owner is called.
        pub owner_name: String,
        /// Its name in addresses.
        pub slug: String,
        /// What it is called.
        pub name: String,
        /// What it is for.
        pub description: String,
        /// The language of its concepts' names.
        pub default_language: String,
        /// What clients keep with it.
        pub metadata: Option<serde_json::Value>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
        /// When it was deleted.
        pub deleted_at: Option<Timestamp>,
        /// The workflow of its own that is its default; if nothing is given, the empty one of the catalogue.
        pub default_workflow: Option<String>,
    }
}

row! {
    /// An app that somebody else shares with the person.
    #[derive(Clone, Debug)]
    pub struct SharedAppRow {
        /// The grant by which it is shared.
        pub grant_id: atelier_domain::id::GrantId,
        /// What the grant gives.
        pub scopes: ScopeSet,
        /// The endpoints to which it is limited.
        pub endpoints: Option<atelier_domain::EndpointSet>,
        /// Which inputs it is about.
        pub reach: atelier_domain::Reach,
        /// When it ends.
        pub ends_at: Option<Timestamp>,
        /// When it was given.
        pub granted_at: Timestamp,
        /// Who gave it.
        pub granted_by: String,
        /// The app.
        pub app_id: AppId,
        /// Its owner.
        pub owner_id: UserId,
        /// Their slug.
        pub owner_slug: String,
        /// What they are called.
        pub owner_name: String,
        /// Its name in addresses.
        pub slug: String,
        /// What it is called.
        pub name: String,
        /// What it is for.
        pub description: String,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

/// An app, with the grant by which the person holds it.
#[derive(Clone, Debug)]
pub struct HeldAppRow {
    /// The app.
    pub app: AppRow,
    /// The grant.
    pub grant: atelier_domain::id::GrantId,
    /// What the grant gives.
    pub rights: Rights,
}

impl FromRow for HeldAppRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let rights = Rights {
            scopes: row.get("grant_scopes")?,
            endpoints: row.get("grant_endpoints")?,
            reach: row.get("grant_reach")?,
            ends_at: row.get("grant_ends_at")?,
        };
        Ok(Self { app: AppRow::from_row(row)?, grant: row.get("grant_id")?, rights })
    }
}

/// The default workflow of the app `a`.
macro_rules! default_workflow {
    () => {
        "(SELECT w.slug FROM default_workflows d JOIN workflows w ON w.id = d.workflow_id WHERE d.app_id = a.id) \
         AS default_workflow"
    };
}

macro_rules! app {
    ($condition:literal) => {
        concat!(
            "SELECT a.id, a.owner_id, o.slug AS owner_slug, o.name AS owner_name, a.slug, a.name, a.description, \
             a.default_language, a.metadata, a.created_at, a.changed_at, a.deleted_at, ",
            default_workflow!(),
            " FROM apps a JOIN users o ON o.id = a.owner_id WHERE ",
            $condition
        )
    };
}

/// A new app.
#[derive(Clone, Debug)]
pub struct NewApp<'a> {
    /// Its identifier.
    pub id: AppId,
    /// Its name in addresses.
    pub slug: &'a Slug,
    /// What it is called.
    pub name: &'a DisplayName,
    /// What it is for.
    pub description: &'a str,
    /// The language of its concepts' names.
    pub default_language: &'a str,
    /// What clients keep with it.
    pub metadata: Option<&'a serde_json::Value>,
}

/// Makes an app of the person's own.
///
/// # Errors
/// [`Duplicate`](crate::Error::Duplicate) when they have one of that slug.
pub async fn insert(tx: &mut WriteTx, permit: &OwnPermit, app: &NewApp<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO apps (id, owner_id, slug, name, description, default_language, metadata, created_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        params![
            app.id,
            permit.user(),
            app.slug,
            app.name,
            app.description,
            app.default_language,
            app.metadata,
            now
        ],
    )
    .await?;
    Ok(())
}

/// The app of the permit.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit) -> Result<AppRow> {
    conn.fetch_one(app!("a.id = $1"), params![permit.app()]).await
}

/// The person's own apps, the newest first, those before `before`.
///
/// # Errors
/// When the database fails.
pub async fn list_own(
    conn: &mut Conn,
    permit: &OwnPermit,
    before: Option<AppId>,
    size: usize,
) -> Result<Page<AppRow>> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1);
    let rows = match before {
        None => {
            let first = app!("a.owner_id = $1 AND a.deleted_at IS NULL ORDER BY a.id DESC LIMIT $2");
            conn.fetch_all(first, params![permit.user(), limit]).await?
        }
        Some(before) => {
            let next =
                app!("a.owner_id = $1 AND a.deleted_at IS NULL AND a.id < $3 ORDER BY a.id DESC LIMIT $2");
            conn.fetch_all(next, params![permit.user(), limit, before]).await?
        }
    };
    Ok(Page::cut(rows, size))
}

/// The apps of `owner`, by slug, that the person holds a grant on, the newest first, those before `before`.
///
/// # Errors
/// When the database fails.
pub async fn list_held(
    conn: &mut Conn,
    permit: &OwnPermit,
    owner: &str,
    before: Option<AppId>,
    size: usize,
) -> Result<Page<HeldAppRow>> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1);
    let before = before.map_or(uuid::Uuid::max(), |id| id.0);
    let rows = conn
        .fetch_all(
            concat!("SELECT a.id, a.owner_id, o.slug AS owner_slug, o.name AS owner_name, a.slug, a.name, a.description, \
             a.default_language, a.metadata, a.created_at, a.changed_at, a.deleted_at, ", default_workflow!(), ", \
             g.id AS grant_id, g.scopes AS grant_scopes, g.endpoints AS grant_endpoints, g.reach AS grant_reach, \
             g.ends_at AS grant_ends_at FROM grants g JOIN apps a ON a.id = g.app_id JOIN users o ON o.id = a.owner_id \
             WHERE g.user_id = $1 AND g.state = 'active' AND a.deleted_at IS NULL AND o.slug = $3 AND a.id < $4 \
             ORDER BY a.id DESC LIMIT $2"),
            params![permit.user(), limit, owner, before],
        )
        .await?;
    Ok(Page::cut(rows, size))
}

/// The apps that the person deleted after `after`, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_deleted(conn: &mut Conn, permit: &OwnPermit, after: Timestamp) -> Result<Vec<AppRow>> {
    conn.fetch_all(
        app!("a.owner_id = $1 AND a.deleted_at > $2 ORDER BY a.id DESC LIMIT 100"),
        params![permit.user(), after],
    )
    .await
}

/// The apps that others share with the person, by the order in which they were shared, newest first, those before
/// `before`.
///
/// # Errors
/// When the database fails.
pub async fn list_shared(
    conn: &mut Conn,
    permit: &OwnPermit,
    before: Option<atelier_domain::id::GrantId>,
    size: usize,
) -> Result<Page<SharedAppRow>> {
    macro_rules! shared {
        ($condition:literal) => {
            concat!(
                "SELECT g.id AS grant_id, g.scopes, g.endpoints, g.reach, g.ends_at, \
                 g.created_at AS granted_at, b.name AS granted_by, a.id AS app_id, a.owner_id, o.slug AS owner_slug, o.name AS owner_name, a.slug, a.name, \
                 a.description, a.created_at FROM grants g JOIN apps a ON a.id = g.app_id \
                 JOIN users o ON o.id = a.owner_id JOIN users b ON b.id = g.granted_by \
                 WHERE g.user_id = $1 AND g.state = 'active' AND a.deleted_at IS NULL",
                $condition,
                " ORDER BY g.id DESC LIMIT $2"
            )
        };
    }
    let limit = i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1);
    let rows = match before {
        None => conn.fetch_all(shared!(""), params![permit.user(), limit]).await?,
        Some(before) => {
            conn.fetch_all(shared!(" AND g.id < $3"), params![permit.user(), limit, before]).await?
        }
    };
    Ok(Page::cut(rows, size))
}

/// What of an app can be changed.
#[derive(Clone, Debug)]
pub struct AppChange<'a> {
    /// Its name in addresses.
    pub slug: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// The language of its concepts' names.
    pub default_language: &'a str,
    /// What clients keep with it.
    pub metadata: Option<&'a serde_json::Value>,
}

/// Changes the app of the permit.
///
/// # Errors
/// [`Duplicate`](crate::Error::Duplicate) when its owner has another of the new slug.
pub async fn update(tx: &mut WriteTx, permit: &Permit, change: &AppChange<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE apps SET slug = $2, name = $3, description = $4, default_language = $5, metadata = $6, \
         changed_at = $7 WHERE id = $1",
        params![
            permit.app(),
            change.slug,
            change.name,
            change.description,
            change.default_language,
            change.metadata,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Deletes the app of the permit; its owner can restore it for a while.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE apps SET deleted_at = $2 WHERE id = $1", params![permit.app(), now]).await?;
    Ok(())
}

/// Restores an app that the person owns and deleted after `after`; answers which, if there was one.
///
/// # Errors
/// [`Duplicate`](crate::Error::Duplicate) when they have made another of its slug meanwhile.
pub async fn restore(
    tx: &mut WriteTx,
    permit: &OwnPermit,
    app: AppId,
    after: Timestamp,
) -> Result<Option<AppRow>> {
    let restored = tx
        .execute(
            "UPDATE apps SET deleted_at = NULL WHERE id = $2 AND owner_id = $1 AND deleted_at > $3",
            params![permit.user(), app, after],
        )
        .await?;
    if restored == 0 {
        return Ok(None);
    }
    tx.fetch_optional(app!("a.id = $1"), params![app]).await
}
