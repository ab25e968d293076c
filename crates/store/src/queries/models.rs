//! The models of apps.

use atelier_domain::id::{AppId, ModelId};
use atelier_domain::{ModelKind, Permit, Timestamp, Training};
use serde_json::{Value, json};

use super::concepts::one_of;
use crate::db::{Column, Conn, Row, Sql, WriteTx, params, row};
use crate::{Error, Result};

row! {
    /// A model of an app.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ModelRow {
        /// Its identifier, in the order of time.
        pub id: ModelId,
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// Of which kind it is.
        pub kind: ModelKind,
        /// What it is called.
        pub name: String,
        /// What it does.
        pub description: String,
        /// What else is said of it, in Markdown.
        pub notes: String,
        /// How it is trained next.
        pub settings: Training,
        /// Whether what predicts is uploaded, and not learned here.
        pub is_uploaded: bool,
        /// The app of the model that it is, if another one shares it with this one.
        pub from_app_id: Option<AppId>,
        /// Its owner, its slug, and as what it knows the model.
        pub from_owner: Option<String>,
        /// See `from_owner`.
        pub from_app: Option<String>,
        /// See `from_owner`.
        pub from_model: Option<String>,
        /// How many versions it has; of one that another app shares, those that answer.
        pub versions: i64,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
    }
}

impl Column for ModelKind {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        let name: String = row.get(column)?;
        let unknown = || Error::Corrupt { column, reason: format!("`{name}` is no kind of model") };
        Self::of_name(&name).ok_or_else(unknown)
    }
}

impl Column for Training {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        row.json(column)?.ok_or_else(|| Error::Corrupt { column, reason: "is null".into() })
    }
}

/// How a model is trained, as it is kept.
pub(super) fn kept(settings: &Training) -> Result<Value> {
    let corrupt = |error: serde_json::Error| Error::Corrupt { column: "settings", reason: error.to_string() };
    serde_json::to_value(settings).map_err(corrupt)
}

/// The versions `v` of a model `m`. One that another app shares has those of what it is there that are trained, while that app
/// is not deleted.
macro_rules! versions_of {
    ($v:literal, $m:literal) => {
        concat!(
            $v,
            ".model_id = COALESCE(",
            $m,
            ".shared_from, ",
            $m,
            ".id) AND (",
            $m,
            ".shared_from IS NULL OR (",
            $v,
            ".state = 'trained' AND EXISTS (SELECT 1 FROM apps f WHERE f.id = ",
            $v,
            ".app_id \
             AND f.deleted_at IS NULL)))"
        )
    };
}
pub(super) use versions_of;

macro_rules! model {
    ($($condition:tt)+) => {
        concat!(
            "SELECT m.id, m.slug, m.kind, m.name, m.description, m.notes, m.settings, m.is_uploaded, \
             s.app_id AS from_app_id, o.slug AS from_owner, a.slug AS from_app, s.slug AS from_model, \
             (SELECT COUNT(*) FROM model_versions v WHERE ", versions_of!("v", "m"), ") AS versions, \
             m.created_at, m.changed_at FROM models m LEFT JOIN models s ON s.id = m.shared_from \
             LEFT JOIN apps a ON a.id = s.app_id LEFT JOIN users o ON o.id = a.owner_id WHERE m.app_id = $1",
            $($condition)+
        )
    };
}

/// A model that is to be made.
#[derive(Clone, Debug)]
pub struct NewModel<'a> {
    /// Its identifier, in the order of time.
    pub id: ModelId,
    /// Its identifier, as clients chose it.
    pub slug: &'a str,
    /// Of which kind it is.
    pub kind: ModelKind,
    /// Whether what predicts is uploaded, and not learned here.
    pub is_uploaded: bool,
    /// The model of another app that it is, if that shares it.
    pub shared_from: Option<ModelId>,
    /// What can be changed of it.
    pub of: ModelChange<'a>,
}

/// What of a model can be changed.
#[derive(Clone, Debug)]
pub struct ModelChange<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What it does.
    pub description: &'a str,
    /// What else is said of it.
    pub notes: &'a str,
    /// How it is trained next.
    pub settings: &'a Training,
}

/// Makes a model in the permit's app; answers whether its identifier was free, and the app had not been given the same one.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut WriteTx, permit: &Permit, model: &NewModel<'_>, now: Timestamp) -> Result<bool> {
    let settings = kept(model.of.settings)?;
    let inserted = tx
        .execute(
            "INSERT INTO models (id, app_id, slug, kind, name, description, notes, settings, created_by, created_at, \
             changed_at, is_uploaded, shared_from) VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12) \
             ON CONFLICT DO NOTHING",
            params![
                permit.app(),
                model.id,
                model.slug,
                model.kind.name(),
                model.of.name,
                model.of.description,
                model.of.notes,
                &settings,
                permit.user(),
                now,
                model.is_uploaded,
                model.shared_from
            ],
        )
        .await?;
    Ok(inserted > 0)
}

/// The models of the permit's app, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut Conn, permit: &Permit) -> Result<Vec<ModelRow>> {
    conn.fetch_all(model!(" ORDER BY m.id DESC"), params![permit.app()]).await
}

row! {
    struct CountRow {
        count: i64,
    }
}

/// How many models the permit's app has.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &mut Conn, permit: &Permit) -> Result<i64> {
    let counted: CountRow = conn
        .fetch_one("SELECT COUNT(*) AS count FROM models WHERE app_id = $1", params![permit.app()])
        .await?;
    Ok(counted.count)
}

/// The model `slug` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<ModelRow>> {
    conn.fetch_optional(model!(" AND m.slug = $2"), params![permit.app(), slug]).await
}

/// The same, which nobody else changes or deletes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn get_to_change(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<ModelRow>> {
    let sql = Sql::differing(model!(" AND m.slug = $2"), model!(" AND m.slug = $2 FOR NO KEY UPDATE OF m"));
    tx.fetch_optional(sql, params![permit.app(), slug]).await
}

/// Changes the model `id` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    id: ModelId,
    change: &ModelChange<'_>,
    now: Timestamp,
) -> Result<()> {
    let settings = kept(change.settings)?;
    tx.execute(
        "UPDATE models SET name = $3, description = $4, notes = $5, settings = $6, changed_at = $7 \
         WHERE app_id = $1 AND id = $2",
        params![permit.app(), id, change.name, change.description, change.notes, &settings, now],
    )
    .await?;
    Ok(())
}

/// Deletes the models `slugs` of the permit's app, with their versions; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<u64> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!("DELETE FROM models WHERE app_id = $1 AND ", one_of!($dialect "slug" "$2"))
        };
    }
    tx.execute(Sql::differing(delete!(sqlite), delete!(postgres)), params![permit.app(), &json!(slugs)]).await
}
