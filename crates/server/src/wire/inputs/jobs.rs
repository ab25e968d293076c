//! The jobs that count inputs which are added.

use atelier_contract::proto::{
    CancelInputsAddJobRequest, GetInputsAddJobRequest, InputsAddJob, InputsAddJobProgress,
    ListInputsAddJobsRequest, MultiInputsAddJobResponse, SingleInputsAddJobResponse,
};
use atelier_contract::{Call, Failure};
use atelier_service::Service;
use atelier_service::inputs::JobRow;

use crate::wire::{Window, app_name, failure, status, timestamp, who};

pub(in crate::wire) async fn get(
    service: Service,
    call: Call,
    request: GetInputsAddJobRequest,
) -> Result<SingleInputsAddJobResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let job = service.get_inputs_add_job(&who, &app, &request.id).await.map_err(failure)?;
    Ok(one_job(job))
}

pub(in crate::wire) async fn list(
    service: Service,
    call: Call,
    request: ListInputsAddJobsRequest,
) -> Result<MultiInputsAddJobResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let window = Window::new(request.page, request.per_page);
    let size = window.size as usize;
    let jobs = service.list_inputs_add_jobs(&who, &app, window.skipped(), size).await.map_err(failure)?;
    Ok(MultiInputsAddJobResponse {
        inputs_add_jobs: jobs.into_iter().map(write_job).collect(),
        ..MultiInputsAddJobResponse::default()
    })
}

pub(in crate::wire) async fn cancel(
    service: Service,
    call: Call,
    request: CancelInputsAddJobRequest,
) -> Result<SingleInputsAddJobResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let job = service.cancel_inputs_add_job(&who, &app, &request.id).await.map_err(failure)?;
    Ok(one_job(job))
}

fn one_job(job: JobRow) -> SingleInputsAddJobResponse {
    SingleInputsAddJobResponse {
        inputs_add_job: Some(write_job(job)),
        ..SingleInputsAddJobResponse::default()
    }
}

pub(super) fn write_job(job: JobRow) -> InputsAddJob {
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    InputsAddJob {
        id: job.slug,
        progress: Some(InputsAddJobProgress {
            pending_count: number(job.pending),
            in_progress_count: 0,
            success_count: number(job.done),
            failed_count: number(job.failed),
        }),
        created_at: Some(timestamp(job.created_at)),
        modified_at: Some(timestamp(job.changed_at)),
        status: Some(status(job.status)),
        ..InputsAddJob::default()
    }
}
