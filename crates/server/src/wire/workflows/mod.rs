//! Workflows.

pub(super) mod nodes;
pub(super) mod run;
pub(super) mod versions;

use atelier_contract::proto::list_workflows_request::SortBy;
use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::visibility::Gettable;
use atelier_contract::proto::{
    DeleteWorkflowRequest, DeleteWorkflowsRequest, GetWorkflowRequest, ListWorkflowsRequest,
    MultiWorkflowResponse, PatchWorkflowsRequest, PostWorkflowsRequest, SingleWorkflowResponse, Visibility,
    Workflow, WorkflowVersion,
};
use atelier_contract::{Call, Failure};
use atelier_service::workflows::{NewWorkflow, PatchWorkflow, WorkflowRow};
use atelier_service::{AppAddress, AppName, InApp, Service};

use super::inputs::read_action;
use super::models::Place;
use super::{Window, app_name, failure, metadata, own_account, timestamp, who};

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetWorkflowRequest,
) -> Result<SingleWorkflowResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app: address, value } =
        service.get_workflow(&who, &app, &request.workflow_id).await.map_err(failure)?;
    let workflow = Some(write(value, &address, visibility(&app)));
    Ok(SingleWorkflowResponse { workflow, ..SingleWorkflowResponse::default() })
}

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListWorkflowsRequest,
) -> Result<MultiWorkflowResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id.clone()));
    if request.featured_only || request.starred_only || request.bookmark {
        // There are no such workflows here.
        return Ok(MultiWorkflowResponse::default());
    }
    let texts = [request.search, request.query, request.search_term, request.id];
    let text = texts.into_iter().find(|text| !text.is_empty());
    // Clients may put stars around what they know a part of.
    let text = text.as_deref().map(|text| text.trim_matches('*'));
    let window = Window::new(request.page, request.per_page);
    let is_plain = request.sort_by.is_none() && !request.sort_ascending;
    let (skip, size) = if is_plain { (window.skipped(), window.size as usize) } else { (0, usize::MAX) };
    let mut found: Vec<InApp<WorkflowRow>> = if place.is_of_somebody {
        own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
        service.list_own_workflows(&who, text, skip, size).await.map_err(failure)?
    } else {
        let InApp { app, value } =
            service.list_workflows(&who, &place.app, text, skip, size).await.map_err(failure)?;
        value.into_iter().map(|value| InApp { app: app.clone(), value }).collect()
    };
    if !is_plain {
        match request.sort_by {
            Some(SortBy::SortByModifiedAt(true)) => found.sort_by_key(|found| found.value.changed_at),
            Some(SortBy::SortByCreatedAt(true)) => found.sort_by_key(|found| found.value.created_at),
            // They come by their identifiers, and nothing else tells them apart.
            _ => {}
        }
        if !request.sort_ascending {
            found.reverse();
        }
        found = window.cut(found).collect();
    }
    let visibility = visibility(&place.app);
    let workflows = found.into_iter().map(|InApp { app, value }| write(value, &app, visibility));
    Ok(MultiWorkflowResponse { workflows: workflows.collect(), ..MultiWorkflowResponse::default() })
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostWorkflowsRequest,
) -> Result<MultiWorkflowResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let workflows = request.workflows.into_iter().map(|workflow| {
        check_private(&workflow)?;
        Ok(NewWorkflow {
            slug: workflow.id,
            description: workflow.description,
            notes: workflow.notes,
            metadata: workflow.metadata.map(metadata::read),
            nodes: nodes::read_all(workflow.nodes)?,
        })
    });
    let workflows = workflows.collect::<Result<_, Failure>>()?;
    Ok(several(service.post_workflows(&who, &app, workflows).await.map_err(failure)?))
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchWorkflowsRequest,
) -> Result<MultiWorkflowResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let action = read_action(&request.action)?;
    let given = |text: String| (!text.is_empty()).then_some(text);
    let changes = request.workflows.into_iter().map(|workflow| {
        check_private(&workflow)?;
        Ok(PatchWorkflow {
            slug: workflow.id,
            description: given(workflow.description),
            notes: given(workflow.notes),
            metadata: workflow.metadata.map(metadata::read),
            // A list that is not there and one that is empty are the same on the wire.
            nodes: Some(nodes::read_all(workflow.nodes)?).filter(|nodes| !nodes.is_empty()),
        })
    });
    let changes = changes.collect::<Result<_, Failure>>()?;
    Ok(several(service.patch_workflows(&who, &app, action, changes).await.map_err(failure)?))
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteWorkflowRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let ids = [request.workflow_id];
    service.delete_workflows(&who, &app, call.endpoint, &ids).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

pub(super) async fn delete_many(
    service: Service,
    call: Call,
    request: DeleteWorkflowsRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    if request.delete_all {
        return Err(Failure::invalid("delete_all is not served: name what is to be deleted in ids"));
    }
    service.delete_workflows(&who, &app, call.endpoint, &request.ids).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

/// That a workflow is to be public must not go unheard: it would stay private without anyone noticing.
fn check_private(workflow: &Workflow) -> Result<(), Failure> {
    let gettable = workflow.visibility.as_ref().map_or(Gettable::UnknownVisibility, Visibility::gettable);
    match gettable {
        Gettable::UnknownVisibility | Gettable::Private => Ok(()),
        Gettable::Org | Gettable::Public => {
            Err(Failure::invalid("workflows.visibility must be private: whoever may see the app sees them"))
        }
    }
}

fn several(InApp { app, value }: InApp<Vec<WorkflowRow>>) -> MultiWorkflowResponse {
    let private = Some(Visibility { gettable: Gettable::Private.into() });
    MultiWorkflowResponse {
        workflows: value.into_iter().map(|row| write(row, &app, private)).collect(),
        ..MultiWorkflowResponse::default()
    }
}

/// Who sees the workflows of `app`.
fn visibility(app: &AppName) -> Option<Visibility> {
    let gettable = if app.is_public() { Gettable::Public } else { Gettable::Private };
    Some(Visibility { gettable: gettable.into() })
}

/// A workflow with its newest version, and the names by which its app is addressed.
fn write(row: WorkflowRow, address: &AppAddress, visibility: Option<Visibility>) -> Workflow {
    let nodes = nodes::write_all(&row.graph, address);
    let version = WorkflowVersion {
        id: row.version_id.to_string(),
        workflow_id: row.slug.clone(),
        created_at: Some(timestamp(row.version_created_at)),
        modified_at: Some(timestamp(row.version_created_at)),
        visibility,
        nodes: nodes.clone(),
        app_id: address.app.clone(),
        user_id: address.owner.clone(),
        ..WorkflowVersion::default()
    };
    Workflow {
        id: row.slug,
        app_id: address.app.clone(),
        user_id: address.owner.clone(),
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        nodes,
        metadata: row.metadata.as_ref().and_then(metadata::write),
        visibility,
        version: Some(version),
        description: row.description,
        notes: row.notes,
        ..Workflow::default()
    }
}
