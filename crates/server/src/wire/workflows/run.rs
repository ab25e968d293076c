//! What comes of inputs that go through a workflow.

use atelier_contract::proto::status::Status;
use atelier_contract::proto::{
    Data, Input, Output, PostWorkflowResultsRequest, PostWorkflowResultsResponse, UserAppIdSet,
    WorkflowResult,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_domain::id::JobId;
use atelier_domain::workflow::{ModelRef, Node};
use atelier_service::workflows::{NodeRan, RunWorkflow, WorkflowRan};
use atelier_service::{AppAddress, Service};

use super::{nodes, versions, visibility, write};
use crate::wire::inputs::{input_failure, input_unreadable, read_content, status_of_all};
use crate::wire::models::{self, Place, shown, write_found};
use crate::wire::{app_name, failure, timestamp, who};

pub(in crate::wire) async fn run(
    service: Service,
    call: Call,
    request: PostWorkflowResultsRequest,
) -> Result<PostWorkflowResultsResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let version = Some(request.version_id).filter(|version| !version.is_empty());
    let mut asked = Vec::new();
    let mut results: Vec<WorkflowResult> = Vec::new();
    let mut inputs = Vec::new();
    for mut input in request.inputs {
        let mut data = input.data.take().unwrap_or_default();
        match read_content(&mut data) {
            Ok(content) => {
                asked.push(results.len());
                results.push(WorkflowResult { input: Some(shown(input.id, &content)), ..Default::default() });
                inputs.push(content);
            }
            // Each by itself: what cannot be read in one of them is no reason to refuse the others.
            Err(failure) => {
                let input = Some(Input { id: input.id, ..Input::default() });
                let status = Some(Status::from(input_unreadable(failure)));
                results.push(WorkflowResult { input, status, ..WorkflowResult::default() });
            }
        }
    }
    if inputs.is_empty() && !results.is_empty() {
        // Whether they may is asked nevertheless.
        let (workflow, version) = (&request.workflow_id, version.as_deref());
        service.may_run_workflow(&who, &app, workflow, version).await.map_err(failure)?;
        return Ok(PostWorkflowResultsResponse {
            status: of_all(&results),
            results,
            ..PostWorkflowResultsResponse::default()
        });
    }
    let answered = request.output_config.map(nodes::read_wanted).unwrap_or_default();
    let run = RunWorkflow { workflow: request.workflow_id, version, inputs, answered };
    let ran = service.run_workflow(&who, &app, run).await.map_err(failure)?;
    let WorkflowRan { workflow, version, app: address, models, results: came } = ran;
    let graph = version.graph.clone();
    let nodes: Vec<_> = graph.nodes().iter().zip(&models).collect();
    for (place, came) in asked.into_iter().zip(came) {
        let Some(result) = results.get_mut(place) else { continue };
        let now = service.world().now();
        let id = || JobId::new(now, &service.world().salt()).to_string();
        result.id = id();
        result.created_at = Some(timestamp(now));
        let failed = came.iter().find_map(|came| match came {
            NodeRan::Failed(error) => Some(Status::from(input_failure(error.clone()))),
            NodeRan::Found(_) | NodeRan::Ended(_) => None,
        });
        result.status = Some(failed.unwrap_or_else(|| StatusCode::Success.status()));
        for ((node, model), came) in nodes.iter().zip(came) {
            if node.is_silent {
                continue;
            }
            let place = place_of(node, &address);
            let (status, data) = match came {
                NodeRan::Found(found) => {
                    let names = place.of_model(model.app.as_ref());
                    (StatusCode::Success.status(), write_found(found, &names))
                }
                NodeRan::Ended(before) => {
                    let details = format!("did not run: `{before}` gave nothing");
                    (Status { details, ..StatusCode::Success.status() }, Data::default())
                }
                NodeRan::Failed(error) => (Status::from(input_failure(error)), Data::default()),
            };
            result.outputs.push(Output {
                id: id(),
                status: Some(status),
                created_at: Some(timestamp(now)),
                model: Some(models::write(model, &place)),
                data: Some(data),
                ..Output::default()
            });
        }
    }
    let visibility = visibility(&app);
    let version = versions::write(version, &workflow.slug, &address, visibility);
    let mut workflow = write(workflow, &address, visibility);
    workflow.nodes.clone_from(&version.nodes);
    workflow.version = Some(version);
    Ok(PostWorkflowResultsResponse {
        status: of_all(&results),
        workflow: Some(workflow),
        results,
        ..PostWorkflowResultsResponse::default()
    })
}

/// Where clients find the model of `node`, as the workflow names it.
fn place_of(node: &Node, address: &AppAddress) -> Place {
    let ModelRef { owner, app, .. } = &node.model;
    let given = |named: &String, own: &String| if named.is_empty() { own.clone() } else { named.clone() };
    let (user_id, app_id) = (given(owner, &address.owner), given(app, &address.app));
    Place::of(Some(UserAppIdSet { user_id, app_id }))
}

/// Whether all inputs went through, none or some; and if one did not, why the first of these.
fn of_all(results: &[WorkflowResult]) -> Option<Status> {
    let statuses = results.iter().filter_map(|result| result.status.as_ref());
    status_of_all(statuses, StatusCode::Success, "could not be looked at")
}
