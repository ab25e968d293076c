//! Inputs, and the jobs that count them.

use atelier_contract::proto::status::{BaseResponse, Status};
use atelier_contract::proto::{
    CancelInputsAddJobRequest, Data, DeleteInputRequest, DeleteInputsRequest, GetInputCountRequest,
    GetInputRequest, GetInputsAddJobRequest, Image, ImageInfo, Input, InputCount, InputIdConflictResolution,
    InputsAddJob, InputsAddJobProgress, ListInputsAddJobsRequest, ListInputsRequest, MultiInputResponse,
    MultiInputsAddJobResponse, PatchInputsRequest, PostInputsRequest, SingleInputCountResponse,
    SingleInputResponse, SingleInputsAddJobResponse, Text, TextInfo, UserAppIdSet,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_domain::PatchAction;
use atelier_service::inputs::{
    Content, InputRow, InputsFilter, JobRow, NewInput, PatchInput, PictureSize, PostInputs, TakenId,
};
use atelier_service::{AppName, Error, Service, Who};

use super::{Window, app_name, failure, labels, metadata, status, timestamp, who};
use crate::pictures;

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetInputRequest,
) -> Result<SingleInputResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let row = service.get_input(&who, &app, &request.input_id).await.map_err(failure)?;
    let place = Place::of(&service, &call, &who, &app).await?;
    Ok(SingleInputResponse { input: Some(place.input(row)), ..SingleInputResponse::default() })
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
    let page = service.list_inputs(&who, &app, &filter, window.skipped(), size).await.map_err(failure)?;
    let place = Place::of(&service, &call, &who, &app).await?;
    // Whatever is here is ready: any other status has nothing to show.
    let wanted = request.status.map_or(0, |status| status.code);
    let rows = page.inputs.into_iter().filter(|row| wanted == 0 || row.status == i64::from(wanted));
    Ok(MultiInputResponse {
        inputs: rows.map(|row| place.input(row)).collect(),
        ..MultiInputResponse::default()
    })
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostInputsRequest,
) -> Result<MultiInputResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let taken = match InputIdConflictResolution::try_from(request.input_id_conflict_resolution) {
        Ok(InputIdConflictResolution::Skip) => TakenId::Skip,
        Ok(InputIdConflictResolution::Suffix) => TakenId::Suffix,
        Ok(InputIdConflictResolution::NotSet) => TakenId::Fail,
        Err(_) => {
            return Err(Failure::invalid("input_id_conflict_resolution must be one of those that there are"));
        }
    };
    let inputs = request.inputs.into_iter().map(|input| read_new(&service, input));
    let input =
        PostInputs { inputs: inputs.collect::<Result<_, _>>()?, taken, job: Some(request.inputs_add_job_id) };
    let posted = service.post_inputs(&who, &app, input).await.map_err(failure)?;
    let place = Place::of(&service, &call, &who, &app).await?;
    let refused = posted.inputs.iter().filter(|input| input.is_err()).count();
    let status = match refused {
        0 => None,
        all if all == posted.inputs.len() => Some(StatusCode::Failure.status()),
        _ => Some(StatusCode::MixedStatus.status()),
    };
    let inputs = posted.inputs.into_iter().map(|input| match input {
        Ok(row) => place.input(row),
        Err((id, error)) => {
            Input { id, status: Some(Status::from(input_failure(error))), ..Input::default() }
        }
    });
    Ok(MultiInputResponse { inputs: inputs.collect(), inputs_add_job: Some(write_job(posted.job)), status })
}

/// Why one input of several was not added.
fn input_failure(error: Error) -> Failure {
    let code = match &error {
        Error::Conflict(_) => StatusCode::InputDuplicate,
        Error::Invalid { fields } => match fields.first().map(|field| field.field.as_str()) {
            Some("url") => StatusCode::InputInvalidUrl,
            Some("image") => StatusCode::InputUnsupportedFormat,
            _ => StatusCode::InputInvalidArgument,
        },
        _ => return failure(error),
    };
    Failure::new(code).details(Status::from(failure(error)).details)
}

fn read_new(service: &Service, input: Input) -> Result<NewInput, Failure> {
    if !input.dataset_ids.is_empty() {
        return Err(Failure::invalid("inputs.dataset_ids is not kept by this server"));
    }
    let mut data = input.data.unwrap_or_default();
    let given = |text: String| (!text.is_empty()).then_some(text);
    let content = match (data.image.take(), data.text.take()) {
        (Some(image), None) if !image.base64.is_empty() => Content::Image(image.base64),
        (Some(Image { url, .. }), None) => Content::ImageAt(
            given(url).ok_or_else(|| Failure::invalid("inputs.data.image must have base64 or url"))?,
        ),
        (None, Some(text)) if text.raw.is_empty() && !text.url.is_empty() => Content::TextAt(text.url),
        (None, Some(text)) => Content::Text(text.raw),
        (None, None) => return Err(Failure::invalid("inputs.data must have an image or a text")),
        (Some(_), Some(_)) => {
            return Err(Failure::invalid("inputs.data must have an image or a text, not both"));
        }
    };
    Ok(NewInput {
        slug: input.id,
        content,
        metadata: data.metadata.take().map(metadata::read),
        labels: labels::read(data, || service.world().salt())?,
    })
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchInputsRequest,
) -> Result<MultiInputResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let action = read_action(&request.action)?;
    let changes = request.inputs.into_iter().map(|input| {
        let mut data = input.data.unwrap_or_default();
        if data.image.is_some() || data.text.is_some() {
            return Err(Failure::invalid("inputs.data.image and text cannot be changed: add another input"));
        }
        Ok(PatchInput {
            slug: input.id,
            metadata: data.metadata.take().map(metadata::read),
            labels: labels::read(data, || service.world().salt())?,
        })
    });
    let changes = changes.collect::<Result<_, _>>()?;
    let rows = service.patch_inputs(&who, &app, action, changes).await.map_err(failure)?;
    let place = Place::of(&service, &call, &who, &app).await?;
    Ok(MultiInputResponse {
        inputs: rows.into_iter().map(|row| place.input(row)).collect(),
        ..MultiInputResponse::default()
    })
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

pub(super) async fn get_job(
    service: Service,
    call: Call,
    request: GetInputsAddJobRequest,
) -> Result<SingleInputsAddJobResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let job = service.get_inputs_add_job(&who, &app, &request.id).await.map_err(failure)?;
    Ok(one_job(job))
}

pub(super) async fn list_jobs(
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

pub(super) async fn cancel_job(
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

fn write_job(job: JobRow) -> InputsAddJob {
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

/// Where inputs are, for the addresses of their pictures.
struct Place {
    base: String,
    owner: String,
    app: String,
}

impl Place {
    async fn of(service: &Service, call: &Call, who: &Who, app: &AppName) -> Result<Self, Failure> {
        let (row, _) = service.get_app(who, app, call.endpoint).await.map_err(failure)?;
        Ok(Self { base: service.base_url().to_owned(), owner: row.owner_slug, app: row.slug })
    }

    fn input(&self, row: InputRow) -> Input {
        let metadata = row.metadata.as_ref().and_then(metadata::write);
        let whole = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        let image = row.object_key.is_some().then(|| Image {
            url: format!(
                "{}{}",
                self.base,
                pictures::path(&self.owner, &self.app, &row.slug, PictureSize::Original)
            ),
            image_info: row.width.zip(row.height).map(|(width, height)| ImageInfo {
                width: whole(width),
                height: whole(height),
                format: row.media_type.as_deref().and_then(format_of).unwrap_or_default(),
                ..ImageInfo::default()
            }),
            ..Image::default()
        });
        let text = row.body.map(|raw| Text {
            text_info: Some(TextInfo {
                char_count: i32::try_from(raw.chars().count()).unwrap_or(i32::MAX),
                encoding: "UTF-8".into(),
            }),
            raw,
            ..Text::default()
        });
        Input {
            id: row.slug,
            data: Some(Data { image, text, metadata, ..Data::default() }),
            created_at: Some(timestamp(row.created_at)),
            modified_at: Some(timestamp(row.changed_at)),
            status: Some(status(row.status)),
            ..Input::default()
        }
    }
}

/// `image/png` is `PNG` on the wire.
fn format_of(media_type: &str) -> Option<String> {
    media_type.strip_prefix("image/").map(str::to_ascii_uppercase)
}
