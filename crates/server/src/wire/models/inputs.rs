//! The inputs from which versions of models learned.

use atelier_contract::proto::{ListModelInputsRequest, MultiInputResponse};
use atelier_contract::{Call, Failure};
use atelier_service::Service;
use atelier_service::models::ModelName;

use super::Place;
use crate::wire::inputs::Shown;
use crate::wire::{Window, failure, who};

pub(in crate::wire) async fn list(
    service: Service,
    call: Call,
    request: ListModelInputsRequest,
) -> Result<MultiInputResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id));
    let name = ModelName::at(&place.app, &request.model_id, &request.version_id);
    let window = Window::new(request.page, request.per_page);
    let (skip, size) = (window.skipped(), window.size as usize);
    let found = service.list_model_inputs(&who, &place.app, &name, skip, size).await.map_err(failure)?;
    // What is public learned from nothing here.
    let Some(app) = found.app else { return Ok(MultiInputResponse::default()) };
    let shown = Shown::new(&service, app);
    let inputs = found.value.into_iter().map(|found| shown.input(found));
    Ok(MultiInputResponse { inputs: inputs.collect(), ..MultiInputResponse::default() })
}
