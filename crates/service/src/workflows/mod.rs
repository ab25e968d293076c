//! Workflows: graphs of models, kept in versions.
//!
//! A version says which version of each model it asks, and never changes. Whoever makes or runs a workflow must be
//! allowed to use its models: one that they may not use does not exist for them.

mod delete;
mod list;
mod models;
mod patch;
mod post;
mod run;
pub mod versions;
pub mod yaml;

use atelier_domain::id::{WorkflowId, WorkflowVersionId};
use atelier_domain::workflow::Graph;
use atelier_domain::{Conditions, Endpoint, Permit, Timestamp};
use atelier_store::Conn;
use serde_json::Value;
use uuid::Uuid;

pub use atelier_store::queries::workflows::WorkflowRow;
pub use patch::PatchWorkflow;
pub use post::NewWorkflow;
pub use run::{NodeRan, RunWorkflow, WorkflowRan};

use crate::inputs::check_metadata;
use crate::{AppAddress, AppName, Error, Result, Service, Who};

/// The most workflows or versions that are added, changed or deleted at once.
pub const WORKFLOWS: usize = 100;

/// The most characters of a description, of notes, and of the name of a licence.
const TEXT: usize = 4_000;

/// The empty workflow of the catalogue, which asks nothing of any input.
pub const EMPTY: &str = "Empty";

/// Since when it is there, in microseconds UTC: 28 November 2026.
const EMPTY_MADE_AT: Timestamp = Timestamp::from_micros(1_795_824_000_000_000);

/// Its version: the first digits of the SHA-256 of its name and the number of its rules.
const EMPTY_VERSION: u128 = 0x8e4c_d9d3_20b6_2db7_9986_64f1_709b_6874;

/// The empty workflow of the catalogue.
fn empty() -> WorkflowRow {
    WorkflowRow {
        id: WorkflowId(Uuid::from_u128(EMPTY_VERSION)),
        slug: EMPTY.into(),
        description: "Asks nothing of any input.".into(),
        notes: String::new(),
        metadata: None,
        created_at: EMPTY_MADE_AT,
        changed_at: EMPTY_MADE_AT,
        version_id: WorkflowVersionId(Uuid::from_u128(EMPTY_VERSION)),
        version_created_at: EMPTY_MADE_AT,
        graph: Graph::empty(),
        versions: 1,
    }
}

/// Where workflows are asked for, by somebody who may.
enum Place {
    /// In an app.
    App(Permit),
    /// In the catalogue.
    Catalogue,
}

impl Service {
    /// Asks whether `who` may do what `endpoint` does with the workflows of `app`, or of the catalogue if that is named.
    async fn permit_workflows(
        &self,
        conn: &mut Conn,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
    ) -> Result<(Place, AppAddress)> {
        if app.is_public() {
            self.permit_public(conn, who, endpoint).await?;
            let AppName::Named { owner: Some(owner), .. } = app else { return Err(Error::NotFound) };
            return Ok((Place::Catalogue, AppAddress { owner: owner.clone(), app: "main".into() }));
        }
        let asked = self.permit(conn, who, app, endpoint, Conditions::NONE).await?;
        Ok((Place::App(asked.permit), asked.app))
    }
}

fn check_count(count: usize) -> Result<()> {
    if count > WORKFLOWS {
        return Err(Error::invalid("workflows", format!("must be at most {WORKFLOWS} at once")));
    }
    Ok(())
}

/// Whether these texts and what clients keep can be kept with a workflow, or with a version.
fn check_said(texts: &[(&str, &str)], metadata: Option<&Value>) -> Result<()> {
    for (field, text) in texts {
        if text.chars().count() > TEXT {
            return Err(Error::invalid(field, format!("must have at most {TEXT} characters")));
        }
    }
    check_metadata(metadata)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_version_of_the_empty_workflow_is_called_by_its_rules() {
        let hash = Sha256::digest(b"Empty 1");
        assert_eq!(empty().version_id.0.as_bytes(), &hash[..16]);
    }
}
