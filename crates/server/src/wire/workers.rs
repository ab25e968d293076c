//! Who annotates.

use atelier_contract::proto::worker::Worker as Kind;
use atelier_contract::proto::{ListAnnotationWorkersRequest, MultiWorkerResponse, Worker};
use atelier_contract::{Call, Failure};
use atelier_service::Service;
use atelier_service::apps::WorkerRow;

use super::{Window, app_name, failure, users::named, who};

/// The people who made annotations. All that people make is trusted here, so that asking for those who made trusted
/// ones changes nothing.
pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListAnnotationWorkersRequest,
) -> Result<MultiWorkerResponse, Failure> {
    let who = who(&call)?;
    let app = app_name(request.user_app_id);
    let window = Window::new(request.page, request.per_page);
    let rows =
        service.list_annotation_workers(&who, &app, window.page, window.size).await.map_err(failure)?;
    let with_names = request.additional_fields.iter().any(|field| field == "names" || field == "all");
    let worker = |row: WorkerRow| {
        let name = if with_names { row.name } else { String::new() };
        Worker { worker: Some(Kind::User(Box::new(named(row.slug, name)))) }
    };
    Ok(MultiWorkerResponse {
        workers: rows.into_iter().map(worker).collect(),
        ..MultiWorkerResponse::default()
    })
}
