//! Annotations.

use std::collections::{BTreeMap, BTreeSet};

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::worker::Worker as Author;
use atelier_contract::proto::{
    Annotation, DeleteAnnotationRequest, DeleteAnnotationsRequest, GetAnnotationRequest,
    ListAnnotationsRequest, MultiAnnotationResponse, PatchAnnotationsRequest, PostAnnotationsRequest,
    SingleAnnotationResponse, User, UserAppIdSet, Worker,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_domain::{Characters, Labels, PatchAction, Region, Shape};
use atelier_service::annotations::{AnnotationRow, AnnotationsFilter, NewAnnotation, PatchAnnotation};
use atelier_service::{AppName, Error, Service, Who};

use super::inputs::read_action;
use super::{Window, app_name, failure, labels, metadata, status, timestamp, who};

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetAnnotationRequest,
) -> Result<SingleAnnotationResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let row = service
        .get_annotation(&who, &app, &request.input_id, &request.annotation_id)
        .await
        .map_err(failure)?;
    let annotation = several(&service, &call, &who, &app, vec![row]).await?.annotations.pop();
    Ok(SingleAnnotationResponse { annotation, ..SingleAnnotationResponse::default() })
}

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListAnnotationsRequest,
) -> Result<MultiAnnotationResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    if !request.workflow_version_ids.is_empty() {
        // Models help people in tasks, and workflows do not.
        return Ok(MultiAnnotationResponse::default());
    }
    let filter = AnnotationsFilter {
        slugs: request.ids,
        inputs: request.input_ids,
        own: request.user_ids.is_empty() && !request.list_all_annotations,
        authors: request.user_ids,
        statuses: request.statuses.iter().map(|status| i64::from(status.code)).collect(),
        task: Some(request.task_id).filter(|task| !task.is_empty()),
        versions: request.model_version_ids,
    };
    let window = Window::new(request.page, request.per_page);
    let size = window.size as usize;
    let rows =
        service.list_annotations(&who, &app, &filter, window.skipped(), size).await.map_err(failure)?;
    several(&service, &call, &who, &app, rows).await
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostAnnotationsRequest,
) -> Result<MultiAnnotationResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let new = request.annotations.into_iter().map(|annotation| {
        let said = Said::read(&service, annotation, PatchAction::Merge)?;
        let Said { id: slug, input, labels, info, status, task } = said;
        Ok(NewAnnotation { slug, input, labels, info, status, task })
    });
    let new = new.collect::<Result<_, Failure>>()?;
    let rows = service.post_annotations(&who, &app, new).await.map_err(failure)?;
    several(&service, &call, &who, &app, rows).await
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchAnnotationsRequest,
) -> Result<MultiAnnotationResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let action = read_action(&request.action)?;
    let changes = request.annotations.into_iter().map(|annotation| {
        let Said { id: slug, labels, info, status, .. } = Said::read(&service, annotation, action)?;
        Ok(PatchAnnotation { slug, labels, info, status, seen: None })
    });
    let changes = changes.collect::<Result<_, Failure>>()?;
    let rows = service
        .patch_annotations(&who, &app, action, changes, request.delete_if_empty_data)
        .await
        .map_err(|error| match error {
            Error::SomeoneElses { explanation, .. } => {
                Failure::new(StatusCode::AnnotationPermissionDenied).details(explanation)
            }
            other => failure(other),
        })?;
    several(&service, &call, &who, &app, rows).await
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteAnnotationRequest,
) -> Result<BaseResponse, Failure> {
    delete_all(&service, &call, request.user_app_id, &[request.annotation_id], &[request.input_id]).await
}

pub(super) async fn delete_many(
    service: Service,
    call: Call,
    request: DeleteAnnotationsRequest,
) -> Result<BaseResponse, Failure> {
    delete_all(&service, &call, request.user_app_id, &request.ids, &request.input_ids).await
}

async fn delete_all(
    service: &Service,
    call: &Call,
    set: Option<UserAppIdSet>,
    ids: &[String],
    inputs: &[String],
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(call)?, app_name(set));
    service.delete_annotations(&who, &app, call.endpoint, ids, inputs).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

/// An annotation, as far as clients say what it is.
struct Said {
    id: String,
    input: String,
    labels: Labels,
    info: Option<serde_json::Value>,
    status: Option<i64>,
    task: String,
}

impl Said {
    fn read(service: &Service, annotation: Annotation, action: PatchAction) -> Result<Self, Failure> {
        let data = annotation.data.unwrap_or_default();
        if data.image.is_some() || data.text.is_some() || data.metadata.is_some() {
            return Err(Failure::invalid("annotations.data may hold concepts and regions only"));
        }
        Ok(Self {
            id: annotation.id,
            input: annotation.input_id,
            labels: labels::read(data, action, || service.world().salt())?,
            info: annotation.annotation_info.map(metadata::read),
            status: annotation.status.map(|status| i64::from(status.code)).filter(|code| *code != 0),
            task: annotation.task_id,
        })
    }
}

/// All of them, with the stretches of text that they mark.
pub(super) async fn several(
    service: &Service,
    call: &Call,
    who: &Who,
    app: &AppName,
    rows: Vec<AnnotationRow>,
) -> Result<MultiAnnotationResponse, Failure> {
    let is_span = |region: &Region| matches!(region.shape, Shape::Span { .. });
    let marked = rows.iter().filter(|row| row.labels.regions.iter().any(is_span));
    let marked: BTreeSet<&str> = marked.map(|row| row.input_slug.as_str()).collect();
    let texts = if marked.is_empty() {
        BTreeMap::new()
    } else {
        let slugs: Vec<&str> = marked.into_iter().collect();
        service.texts_of_inputs(who, app, call.endpoint, &slugs).await.map_err(failure)?
    };
    let texts: BTreeMap<&str, Characters<'_>> =
        texts.iter().map(|(slug, text)| (slug.as_str(), Characters::of(text))).collect();
    let written = rows.into_iter().map(|row| {
        let text = texts.get(row.input_slug.as_str());
        write(row, text)
    });
    Ok(MultiAnnotationResponse { annotations: written.collect(), ..MultiAnnotationResponse::default() })
}

fn write(row: AnnotationRow, text: Option<&Characters<'_>>) -> Annotation {
    let author = User { id: row.author_slug.clone(), ..User::default() };
    Annotation {
        id: row.slug,
        input_id: row.input_slug,
        input_level: row.labels.regions.is_empty(),
        data: Some(labels::write(row.labels, text)),
        annotation_info: row.info.as_ref().and_then(metadata::write),
        user_id: row.author_slug,
        status: Some(status(row.status)),
        task_id: row.task.unwrap_or_default(),
        model_version_id: row.suggested_by.map(|version| version.to_string()).unwrap_or_default(),
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        worker: Some(Worker { worker: Some(Author::User(Box::new(author))) }),
        ..Annotation::default()
    }
}
