//! Workflows as they were at one moment.

use atelier_domain::id::{WorkflowId, WorkflowVersionId};
use atelier_domain::workflow::Graph;
use atelier_domain::{Permit, Timestamp};
use serde_json::json;

use super::concepts::one_of;
use crate::db::{Conn, Sql, WriteTx, params, row};
use crate::{Error, Result};

row! {
    /// A version of a workflow.
    #[derive(Clone, Debug, PartialEq)]
    pub struct VersionRow {
        /// Its identifier.
        pub id: WorkflowVersionId,
        /// What is said of it.
        pub description: String,
        /// Under which licence it is used.
        pub license: String,
        /// Whether it is not to be used any more.
        pub is_deprecated: bool,
        /// What clients keep with it.
        pub metadata: Option<serde_json::Value>,
        /// Its models.
        pub graph: Graph,
        /// Who made it, as they are called.
        pub creator: String,
        /// When it was made.
        pub created_at: Timestamp,
        /// When what is said of it last changed.
        pub changed_at: Timestamp,
    }
}

macro_rules! version {
    ($($condition:tt)+) => {
        concat!(
            "SELECT v.id, v.description, v.license, v.is_deprecated, v.metadata, v.graph, u.name AS creator, \
             v.created_at, v.changed_at FROM workflows w JOIN workflow_versions v ON v.workflow_id = w.id \
             JOIN users u ON u.id = v.created_by WHERE w.app_id = $1 AND w.slug = $2",
            $($condition)+
        )
    };
}

/// `size` versions of a workflow of the permit's app after the first `skip`, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    workflow: &str,
    skip: usize,
    size: usize,
) -> Result<Vec<VersionRow>> {
    let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    conn.fetch_all(
        version!(" ORDER BY v.id DESC LIMIT $3 OFFSET $4"),
        params![permit.app(), workflow, whole(size), whole(skip)],
    )
    .await
}

/// One version of a workflow of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut Conn,
    permit: &Permit,
    workflow: &str,
    id: WorkflowVersionId,
) -> Result<Option<VersionRow>> {
    conn.fetch_optional(version!(" AND v.id = $3"), params![permit.app(), workflow, id]).await
}

/// Adds a version to a workflow.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    workflow: WorkflowId,
    id: WorkflowVersionId,
    graph: &Graph,
    now: Timestamp,
) -> Result<()> {
    let graph = serde_json::to_value(graph)
        .map_err(|error| Error::Corrupt { column: "graph", reason: error.to_string() })?;
    tx.execute(
        "INSERT INTO workflow_versions (id, workflow_id, description, license, is_deprecated, graph, created_by, \
         created_at, changed_at) VALUES ($1, $2, '', '', $3, $4, $5, $6, $6)",
        params![id, workflow, false, &graph, permit.user(), now],
    )
    .await?;
    Ok(())
}

/// What is said of a version.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// What is said of it.
    pub description: &'a str,
    /// Under which licence it is used.
    pub license: &'a str,
    /// Whether it is not to be used any more.
    pub is_deprecated: bool,
    /// What clients keep with it.
    pub metadata: Option<&'a serde_json::Value>,
}

/// Changes what is said of a version, which is one of a workflow that was read to be changed.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &mut WriteTx, id: WorkflowVersionId, said: Said<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE workflow_versions SET description = $2, license = $3, is_deprecated = $4, metadata = $5, \
         changed_at = $6 WHERE id = $1",
        params![id, said.description, said.license, said.is_deprecated, said.metadata, now],
    )
    .await?;
    Ok(())
}

/// Deletes those of the versions `ids` that a workflow has; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, workflow: WorkflowId, ids: &[WorkflowVersionId]) -> Result<u64> {
    let sql = Sql::differing(
        "DELETE FROM workflow_versions WHERE workflow_id = $1 \
         AND lower(hex(id)) IN (SELECT value FROM json_each($2))",
        concat!(
            "DELETE FROM workflow_versions WHERE workflow_id = $1 AND ",
            one_of!(postgres "replace(CAST(id AS TEXT), '-', '')" "$2")
        ),
    );
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    tx.execute(sql, params![workflow, &json!(ids)]).await
}
