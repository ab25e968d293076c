//! Inputs.

pub(super) mod jobs;
mod post;
mod shown;

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    DeleteInputRequest, DeleteInputsRequest, GetInputCountRequest, GetInputRequest, Input, InputCount,
    ListInputsRequest, MultiInputResponse, PatchInputsRequest, SingleInputCountResponse, SingleInputResponse,
    UserAppIdSet,
};
use atelier_contract::{Call, Failure};
use atelier_domain::{PatchAction, Place};
use atelier_service::inputs::{InputRow, InputsFilter, PatchInput};
use atelier_service::{AppName, Service, Who};

pub(super) use post::{input_failure, input_unreadable, post, read_content, read_new, status_of_all};
pub(super) use shown::Shown;
use shown::ShownAfterwards;

use super::{Window, app_name, failure, labels, metadata, place, who};

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetInputRequest,
) -> Result<SingleInputResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let found = service.get_input_with_said(&who, &app, &request.input_id).await.map_err(failure)?;
    let input = Shown::new(&service, found.app).input(found.value);
    Ok(SingleInputResponse { input: Some(input), ..SingleInputResponse::default() })
}

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListInputsRequest,
) -> Result<MultiInputResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let window = Window::new(request.page, request.per_page);
    let filter = InputsFilter { slugs: request.ids, ..InputsFilter::default() };
    let size = window.size as usize;
    let found = service.list_inputs_with_said(&who, &app, &filter, window.skipped(), size).await;
    let found = found.map_err(failure)?;
    // Whatever is here is ready: any other status has nothing to show.
    let wanted = request.status.map_or(0, |status| status.code);
    let is_wanted = |input: &InputRow| wanted == 0 || input.status == i64::from(wanted);
    let shown = Shown::new(&service, found.app);
    let inputs = found.value.into_iter().filter(|found| is_wanted(&found.input));
    Ok(several(inputs.map(|found| shown.input(found))))
}

/// Inputs as they are shown, with what is said of them.
pub(super) async fn shown_inputs(
    service: &Service,
    call: &Call,
    who: &Who,
    app: &AppName,
    rows: Vec<InputRow>,
) -> Result<Vec<Input>, Failure> {
    let shown = ShownAfterwards::of(service, call, who, app, &rows).await?;
    Ok(rows.into_iter().map(|row| shown.input(row)).collect())
}

fn several(inputs: impl Iterator<Item = Input>) -> MultiInputResponse {
    MultiInputResponse { inputs: inputs.collect(), ..MultiInputResponse::default() }
}

/// Refuses what an input may hold on the wire and is not kept here.
fn refuse_unkept(input: &Input) -> Result<(), Failure> {
    if input.settings.is_some() {
        return Err(Failure::invalid("inputs.settings is not kept by this server"));
    }
    Ok(())
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchInputsRequest,
) -> Result<MultiInputResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let action = read_action(&request.action)?;
    let changes = request.inputs.into_iter().map(|input| {
        refuse_unkept(&input)?;
        let mut data = input.data.unwrap_or_default();
        if data.image.is_some() || data.text.is_some() {
            return Err(Failure::invalid("inputs.data.image and text cannot be changed: add another input"));
        }
        let place = match (data.geo.take(), action) {
            (None, _) => None,
            // Whatever place is named, the input has none afterwards.
            (Some(_), PatchAction::Remove) => Some(Place::default()),
            (Some(geo), _) => Some(place::read(geo)?),
        };
        Ok(PatchInput {
            slug: input.id,
            metadata: data.metadata.take().map(metadata::read),
            place,
            labels: labels::read(data, action, || service.world().salt())?,
            datasets: input.dataset_ids,
        })
    });
    let changes = changes.collect::<Result<_, _>>()?;
    let rows = service.patch_inputs(&who, &app, action, changes).await.map_err(failure)?;
    let shown = ShownAfterwards::of(&service, &call, &who, &app, &rows).await?;
    Ok(several(rows.into_iter().map(|row| shown.input(row))))
}

/// What a patch does, which every patch says in the same way.
pub(super) fn read_action(action: &str) -> Result<PatchAction, Failure> {
    action.parse().map_err(|error| Failure::invalid(format!("action {error}")))
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteInputRequest,
) -> Result<BaseResponse, Failure> {
    delete_all(&service, &call, request.user_app_id, &[request.input_id]).await
}

pub(super) async fn delete_many(
    service: Service,
    call: Call,
    request: DeleteInputsRequest,
) -> Result<BaseResponse, Failure> {
    delete_all(&service, &call, request.user_app_id, &request.ids).await
}

async fn delete_all(
    service: &Service,
    call: &Call,
    set: Option<UserAppIdSet>,
    ids: &[String],
) -> Result<BaseResponse, Failure> {
    service.delete_inputs(&who(call)?, &app_name(set), call.endpoint, ids).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

pub(super) async fn count(
    service: Service,
    call: Call,
    request: GetInputCountRequest,
) -> Result<SingleInputCountResponse, Failure> {
    let counts = service.count_inputs(&who(&call)?, &app_name(request.user_app_id)).await.map_err(failure)?;
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(SingleInputCountResponse {
        counts: Some(InputCount {
            processed: number(counts.ready),
            to_process: number(counts.pending),
            errors: number(counts.failed),
            ..InputCount::default()
        }),
        ..SingleInputCountResponse::default()
    })
}
