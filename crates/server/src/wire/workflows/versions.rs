//! Workflows as they were at one moment.

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    DeleteWorkflowVersionsRequest, GetWorkflowVersionRequest, ListWorkflowVersionsRequest,
    MultiWorkflowVersionResponse, PatchWorkflowVersionsRequest, SingleWorkflowVersionResponse, Visibility,
    WorkflowVersion,
};
use atelier_contract::{Call, Failure};
use atelier_service::workflows::versions::{PatchVersion, VersionRow};
use atelier_service::{AppAddress, InApp, Service};

use super::{nodes, visibility};
use crate::wire::inputs::read_action;
use crate::wire::{Window, app_name, failure, metadata, timestamp, who};

pub(in crate::wire) async fn list(
    service: Service,
    call: Call,
    request: ListWorkflowVersionsRequest,
) -> Result<MultiWorkflowVersionResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let window = Window::new(request.page, request.per_page);
    let (skip, size) = (window.skipped(), window.size as usize);
    let found = service.list_workflow_versions(&who, &app, &request.workflow_id, skip, size).await;
    Ok(several(found.map_err(failure)?, &request.workflow_id, visibility(&app)))
}

pub(in crate::wire) async fn get(
    service: Service,
    call: Call,
    request: GetWorkflowVersionRequest,
) -> Result<SingleWorkflowVersionResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let (workflow, version) = (&request.workflow_id, &request.workflow_version_id);
    let found = service.get_workflow_version(&who, &app, workflow, version).await.map_err(failure)?;
    let version = write(found.value, workflow, &found.app, visibility(&app));
    Ok(SingleWorkflowVersionResponse {
        workflow_version: Some(version),
        ..SingleWorkflowVersionResponse::default()
    })
}

pub(in crate::wire) async fn patch(
    service: Service,
    call: Call,
    request: PatchWorkflowVersionsRequest,
) -> Result<MultiWorkflowVersionResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let action = read_action(&request.action)?;
    let given = |text: String| (!text.is_empty()).then_some(text);
    let changes = request.workflow_versions.into_iter().map(|version| {
        if !version.nodes.is_empty() {
            let why = "workflow_versions.nodes never change: change the workflow to make another version";
            return Err(Failure::invalid(why));
        }
        Ok(PatchVersion {
            id: version.id,
            description: given(version.description),
            license: given(version.license),
            // What is not there and what is not so are the same on the wire.
            is_deprecated: version.is_deprecated.then_some(true),
            metadata: version.metadata.map(metadata::read),
        })
    });
    let changes = changes.collect::<Result<_, Failure>>()?;
    let changed = service.patch_workflow_versions(&who, &app, &request.workflow_id, action, changes).await;
    Ok(several(changed.map_err(failure)?, &request.workflow_id, visibility(&app)))
}

pub(in crate::wire) async fn delete(
    service: Service,
    call: Call,
    request: DeleteWorkflowVersionsRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let versions = &request.workflow_version_ids;
    service.delete_workflow_versions(&who, &app, &request.workflow_id, versions).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

fn several(
    InApp { app, value }: InApp<Vec<VersionRow>>,
    workflow: &str,
    visibility: Option<Visibility>,
) -> MultiWorkflowVersionResponse {
    let versions = value.into_iter().map(|row| write(row, workflow, &app, visibility));
    MultiWorkflowVersionResponse {
        workflow_versions: versions.collect(),
        ..MultiWorkflowVersionResponse::default()
    }
}

/// A version, and the names by which its app is addressed.
pub(super) fn write(
    row: VersionRow,
    workflow: &str,
    address: &AppAddress,
    visibility: Option<Visibility>,
) -> WorkflowVersion {
    WorkflowVersion {
        id: row.id.to_string(),
        workflow_id: workflow.to_owned(),
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        visibility,
        nodes: nodes::write_all(&row.graph, address),
        metadata: row.metadata.as_ref().and_then(metadata::write),
        app_id: address.app.clone(),
        user_id: address.owner.clone(),
        description: row.description,
        license: row.license,
        is_deprecated: row.is_deprecated,
    }
}
