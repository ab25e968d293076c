//! Listing versions, and looking at one.

use atelier_domain::{Endpoint, Permit};
use atelier_store::Conn;
use atelier_store::queries::{workflow_versions, workflows};

use super::VersionRow;
use crate::workflows::{EMPTY, Place, empty};
use crate::{AppName, Error, InApp, Result, Service, Who};

impl Service {
    /// `size` versions of a workflow of the app after the first `skip`, the newest first.
    ///
    /// # Errors
    /// When the caller may not list them, or there is no such workflow.
    pub async fn list_workflow_versions(
        &self,
        who: &Who,
        app: &AppName,
        workflow: &str,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<VersionRow>>> {
        let mut tx = self.store.read().await?;
        let endpoint = Endpoint::ListWorkflowVersions;
        let (place, address) = self.permit_workflows(&mut tx, who, app, endpoint).await?;
        let value = match place {
            Place::App(permit) => {
                workflows::get(&mut tx, &permit, workflow).await?.ok_or(Error::NotFound)?;
                workflow_versions::list(&mut tx, &permit, workflow, skip, size).await?
            }
            Place::Catalogue if workflow == EMPTY => {
                Some(of_empty()).into_iter().skip(skip).take(size).collect()
            }
            Place::Catalogue => return Err(Error::NotFound),
        };
        Ok(InApp { app: address, value })
    }

    /// One version of a workflow of the app.
    ///
    /// # Errors
    /// When the caller may not see it, or there is no such workflow or version.
    pub async fn get_workflow_version(
        &self,
        who: &Who,
        app: &AppName,
        workflow: &str,
        version: &str,
    ) -> Result<InApp<VersionRow>> {
        let mut tx = self.store.read().await?;
        let endpoint = Endpoint::GetWorkflowVersion;
        let (place, address) = self.permit_workflows(&mut tx, who, app, endpoint).await?;
        let value = match place {
            Place::App(permit) => read(&mut tx, &permit, workflow, version).await?,
            Place::Catalogue => {
                let own = of_empty();
                let is_meant = workflow == EMPTY && own.id.to_string() == version;
                is_meant.then_some(own).ok_or(Error::NotFound)?
            }
        };
        Ok(InApp { app: address, value })
    }
}

/// The one version of the empty workflow of the catalogue.
pub(in crate::workflows) fn of_empty() -> VersionRow {
    let row = empty();
    VersionRow {
        id: row.version_id,
        description: String::new(),
        license: String::new(),
        is_deprecated: false,
        metadata: None,
        graph: row.graph,
        creator: String::new(),
        created_at: row.version_created_at,
        changed_at: row.version_created_at,
    }
}

/// One version of a workflow of the permit's app.
pub(in crate::workflows) async fn read(
    conn: &mut Conn,
    permit: &Permit,
    workflow: &str,
    version: &str,
) -> Result<VersionRow> {
    // What cannot be an identifier is none of any version.
    let id = version.parse().map_err(|_| Error::NotFound)?;
    workflow_versions::get(conn, permit, workflow, id).await?.ok_or(Error::NotFound)
}
