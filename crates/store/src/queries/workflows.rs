//! Workflows.

use atelier_domain::id::{WorkflowId, WorkflowVersionId};
use atelier_domain::workflow::Graph;
use atelier_domain::{OwnPermit, Permit, Timestamp};
use serde_json::json;

use super::concepts::one_of;
use crate::db::{Column, Conn, FromRow, Row, Sql, WriteTx, params, row};
use crate::{Error, Result};

row! {
    /// A workflow, as its newest version has it.
    #[derive(Clone, Debug, PartialEq)]
    pub struct WorkflowRow {
        /// Its identifier.
        pub id: WorkflowId,
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What it is for.
        pub description: String,
        /// What else there is to say of it, in Markdown.
        pub notes: String,
        /// What clients keep with it.
        pub metadata: Option<serde_json::Value>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
        /// Its newest version.
        pub version_id: WorkflowVersionId,
        /// When that was made.
        pub version_created_at: Timestamp,
        /// Its models.
        pub graph: Graph,
        /// How many versions it has.
        pub versions: i64,
    }
}

impl Column for Graph {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        row.json(column)?.ok_or_else(|| Error::Corrupt { column, reason: "is null".into() })
    }
}

/// A workflow of one of a person's own apps.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnWorkflowRow {
    /// By what the app is addressed.
    pub app: String,
    /// The workflow.
    pub workflow: WorkflowRow,
}

impl FromRow for OwnWorkflowRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { app: row.get("app")?, workflow: WorkflowRow::from_row(row)? })
    }
}

macro_rules! workflow {
    ($($condition:tt)+) => {
        workflows!("workflows w"; "w.app_id = $1", $($condition)+)
    };
}

macro_rules! workflows {
    ($from:literal $(, $more:literal)?; $($condition:tt)+) => {
        concat!(
            "SELECT w.id, w.slug, w.description, w.notes, w.metadata, w.created_at, w.changed_at, \
             n.id AS version_id, n.created_at AS version_created_at, n.graph, \
             (SELECT COUNT(*) FROM workflow_versions v WHERE v.workflow_id = w.id) AS versions",
            $($more,)?
            " FROM ",
            $from,
            " JOIN workflow_versions n ON n.id = \
             (SELECT v.id FROM workflow_versions v WHERE v.workflow_id = w.id ORDER BY v.id DESC LIMIT 1) WHERE ",
            $($condition)+
        )
    };
}

/// That the pattern `$4`, if it is given, is found in what is said of the workflow `w`.
macro_rules! has_text {
    () => {
        " AND (CAST($4 AS TEXT) IS NULL OR lower(w.slug) LIKE $4 ESCAPE '!' \
         OR lower(w.description) LIKE $4 ESCAPE '!')"
    };
}

/// `size` workflows of the permit's app after the first `skip`, by their identifiers; with a `text` only those with that in
/// their identifier or description, whatever its case.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    text: Option<&str>,
    skip: usize,
    size: usize,
) -> Result<Vec<WorkflowRow>> {
    let sql = workflow!(has_text!(), " ORDER BY w.slug LIMIT $2 OFFSET $3");
    conn.fetch_all(sql, params![permit.app(), whole(size), whole(skip), text.map(pattern)]).await
}

/// `size` workflows of the person's own apps after the first `skip`, by their identifiers; with a `text` as in [`list`].
///
/// # Errors
/// When the database fails.
pub async fn list_own(
    conn: &mut Conn,
    permit: &OwnPermit,
    text: Option<&str>,
    skip: usize,
    size: usize,
) -> Result<Vec<OwnWorkflowRow>> {
    let sql = workflows!(
        "apps a JOIN workflows w ON w.app_id = a.id", ", a.slug AS app";
        "a.owner_id = $1 AND a.deleted_at IS NULL", has_text!(), " ORDER BY w.slug, a.slug LIMIT $2 OFFSET $3"
    );
    conn.fetch_all(sql, params![permit.user(), whole(size), whole(skip), text.map(pattern)]).await
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The pattern of what has `text` somewhere in it.
fn pattern(text: &str) -> String {
    format!("%{}%", escaped(&text.to_lowercase()))
}

/// `text` as it stands in a pattern, `!` being what takes characters of patterns their meaning.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// One workflow of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<WorkflowRow>> {
    conn.fetch_optional(workflow!(" AND w.slug = $2"), params![permit.app(), slug]).await
}

/// One workflow of the permit's app, which nobody else changes until the transaction ends, nor its versions.
///
/// # Errors
/// When the database fails.
pub async fn get_to_change(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<WorkflowRow>> {
    // Held first, so that what is read then is what the last change left.
    let hold = Sql::differing(
        "SELECT id FROM workflows WHERE app_id = $1 AND slug = $2",
        "SELECT id FROM workflows WHERE app_id = $1 AND slug = $2 FOR UPDATE",
    );
    let held: Option<Held> = tx.fetch_optional(hold, params![permit.app(), slug]).await?;
    match held {
        Some(Held { id }) => tx.fetch_optional(workflow!(" AND w.id = $2"), params![permit.app(), id]).await,
        None => Ok(None),
    }
}

row! {
    /// That a workflow is there.
    struct Held {
        id: WorkflowId,
    }
}

/// What of a workflow is kept beside its versions.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// What it is for.
    pub description: &'a str,
    /// What else there is to say of it.
    pub notes: &'a str,
    /// What clients keep with it.
    pub metadata: Option<&'a serde_json::Value>,
}

/// Adds a workflow without versions to the permit's app; answers whether its identifier was free.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    id: WorkflowId,
    slug: &str,
    kept: Kept<'_>,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "INSERT INTO workflows (id, app_id, slug, description, notes, metadata, created_by, created_at, \
             changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (app_id, slug) DO NOTHING",
            params![id, permit.app(), slug, kept.description, kept.notes, kept.metadata, permit.user(), now],
        )
        .await?;
    Ok(inserted > 0)
}

/// Changes what is kept of a workflow of the permit's app beside its versions.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    slug: &str,
    kept: Kept<'_>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE workflows SET description = $3, notes = $4, metadata = $5, changed_at = $6 \
         WHERE app_id = $1 AND slug = $2",
        params![permit.app(), slug, kept.description, kept.notes, kept.metadata, now],
    )
    .await?;
    Ok(())
}

/// Deletes those of the workflows `slugs` that the permit's app has, with their versions; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<u64> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!("DELETE FROM workflows WHERE app_id = $1 AND ", one_of!($dialect "slug" "$2"))
        };
    }
    tx.execute(Sql::differing(delete!(sqlite), delete!(postgres)), params![permit.app(), &json!(slugs)]).await
}

/// Makes a workflow of the permit's app that app's default; none of its own, if nothing is given. Answers whether there is
/// such a workflow.
///
/// # Errors
/// When the database fails.
pub async fn set_default(tx: &mut WriteTx, permit: &Permit, slug: Option<&str>) -> Result<bool> {
    tx.execute("DELETE FROM default_workflows WHERE app_id = $1", params![permit.app()]).await?;
    let Some(slug) = slug else { return Ok(true) };
    let set = tx
        .execute(
            "INSERT INTO default_workflows (app_id, workflow_id) \
             SELECT app_id, id FROM workflows WHERE app_id = $1 AND slug = $2",
            params![permit.app(), slug],
        )
        .await?;
    Ok(set > 0)
}
