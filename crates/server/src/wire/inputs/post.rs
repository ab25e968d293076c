//! Adding inputs: each is answered by itself.

use atelier_contract::proto::status::Status;
use atelier_contract::proto::{
    Data, Image, Input, InputIdConflictResolution, MultiInputResponse, PostInputsRequest,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_domain::PatchAction;
use atelier_service::inputs::{Content, NewInput, PostInputs, TakenId};
use atelier_service::{Error, Service};

use super::jobs::write_job;
use super::{ShownAfterwards, refuse_unkept};
use crate::wire::{app_name, failure, labels, metadata, place, who};

/// What the details of a taken identifier say: the official client for datasets looks for this very text.
const DUPLICATE: &str = "Input has a duplicate ID.";

pub(in crate::wire) async fn post(
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
    // Each by itself: what cannot be read in one of them is no reason to refuse the others.
    let (mut inputs, mut unreadable) = (Vec::new(), Vec::new());
    for (index, input) in request.inputs.into_iter().enumerate() {
        let id = input.id.clone();
        match read_new(&service, input) {
            Ok(new) => inputs.push(new),
            Err(failure) => unreadable.push((index, refused(id, input_unreadable(failure)))),
        }
    }
    let job = Some(request.inputs_add_job_id);
    let input = PostInputs { inputs, taken, job, unreadable: unreadable.len() };
    let posted = service.post_inputs(&who, &app, input).await.map_err(failure)?;
    let rows = posted.inputs.iter().filter_map(|became| became.as_ref().ok());
    let shown = ShownAfterwards::of(&service, &call, &who, &app, rows).await?;
    let became = posted.inputs.into_iter().map(|input| match input {
        Ok(row) => shown.input(row),
        Err((id, error)) => refused(id, input_failure(error)),
    });
    let mut inputs: Vec<Input> = became.collect();
    // In ascending order, each comes to stand where it stood in the request.
    unreadable.into_iter().for_each(|(index, input)| inputs.insert(index, input));
    let statuses = inputs.iter().filter_map(|input| input.status.as_ref());
    let status = status_of_all(statuses, StatusCode::InputSuccess, "were not added");
    Ok(MultiInputResponse { inputs, inputs_add_job: Some(write_job(posted.job)), status })
}

/// An input that was not added, by the identifier that it was to have.
fn refused(id: String, failure: Failure) -> Input {
    Input { id, status: Some(Status::from(failure)), ..Input::default() }
}

/// Whether all inputs of a request ended `well`, none or some; and if one did not, why the first of these: of those it is
/// said that they `were_not`.
pub(in crate::wire) fn status_of_all<'a>(
    statuses: impl Iterator<Item = &'a Status> + Clone,
    well: StatusCode,
    were_not: &str,
) -> Option<Status> {
    let is_well = |status: &&Status| status.code == well as i32;
    let first = statuses.clone().find(|status| !is_well(status))?;
    let all = statuses.clone().count();
    let refused = statuses.clone().filter(|status| !is_well(status)).count();
    let is_later = |status: &Status| status.code == StatusCode::TryAgain as i32;
    let code = match refused == all {
        // The whole request may be sent again as it is.
        true if statuses.clone().all(is_later) => StatusCode::TryAgain,
        true => StatusCode::Failure,
        false => StatusCode::MixedStatus,
    };
    let details = format!(
        "{refused} of {all} inputs {were_not}, the first because: {} {}",
        first.description, first.details
    );
    Some(Status { details, ..code.status() })
}

/// Why one input of several cannot be read.
pub(in crate::wire) fn input_unreadable(failure: Failure) -> Failure {
    Failure::new(StatusCode::InputInvalidArgument).details(Status::from(failure).details)
}

/// Why one input of several was not added.
pub(in crate::wire) fn input_failure(error: Error) -> Failure {
    let code = match &error {
        Error::Taken(_) => return Failure::new(StatusCode::InputDuplicate).details(DUPLICATE),
        Error::Conflict(_) => StatusCode::InputFailed,
        Error::Invalid { fields } => match fields.first().map(|field| field.field.as_str()) {
            Some("url") => StatusCode::InputInvalidUrl,
            Some("image") => StatusCode::InputUnsupportedFormat,
            _ => StatusCode::InputInvalidArgument,
        },
        _ => return failure(error),
    };
    Failure::new(code).details(Status::from(failure(error)).details)
}

/// The input that a request is to add.
pub(in crate::wire) fn read_new(service: &Service, input: Input) -> Result<NewInput, Failure> {
    refuse_unkept(&input)?;
    let mut data = input.data.unwrap_or_default();
    let place = data.geo.take().map(place::read).transpose()?;
    let content = read_content(&mut data)?;
    Ok(NewInput {
        slug: input.id,
        content,
        metadata: data.metadata.take().map(metadata::read),
        place,
        labels: labels::read(data, PatchAction::Merge, || service.world().salt())?,
        datasets: input.dataset_ids,
    })
}

/// The picture or text that `data` carries, which is taken out of it.
pub(in crate::wire) fn read_content(data: &mut Data) -> Result<Content, Failure> {
    let given = |text: String| (!text.is_empty()).then_some(text);
    match (data.image.take(), data.text.take()) {
        (Some(image), None) if !image.base64.is_empty() => Ok(Content::Image(image.base64)),
        (Some(Image { url, .. }), None) => {
            let url = given(url);
            url.map(Content::ImageAt)
                .ok_or_else(|| Failure::invalid("inputs.data.image must have base64 or url"))
        }
        (None, Some(text)) if text.raw.is_empty() && !text.url.is_empty() => Ok(Content::TextAt(text.url)),
        (None, Some(text)) => Ok(Content::Text(text.raw)),
        (None, None) => Err(Failure::invalid("inputs.data must have an image or a text")),
        (Some(_), Some(_)) => Err(Failure::invalid("inputs.data must have an image or a text, not both")),
    }
}
