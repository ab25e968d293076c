//! Concepts.

pub(super) mod languages;
pub(super) mod relations;
pub(super) mod search;

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    Concept, ConceptCount, ConceptTypeCount, DeleteConceptsRequest, DetailConceptCount,
    GetConceptCountsRequest, GetConceptRequest, ListConceptsRequest, MergeConceptsRequest,
    MultiConceptCountResponse, MultiConceptResponse, PatchConceptsRequest, PostConceptsRequest,
    SingleConceptResponse,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_service::concepts::{ConceptCounts, ConceptRow, NewConcept, PatchConcept};
use atelier_service::{AppAddress, Error, InApp, Service};

use super::inputs::read_action;
use super::{Window, app_name, failure, metadata, timestamp, who};

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetConceptRequest,
) -> Result<SingleConceptResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app, value: row } =
        service.get_concept(&who, &app, &request.concept_id).await.map_err(failure)?;
    Ok(SingleConceptResponse { concept: Some(write(row, &app)), ..SingleConceptResponse::default() })
}

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListConceptsRequest,
) -> Result<MultiConceptResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let window = Window::new(request.page, request.per_page);
    let prefix = Some(request.id.as_str()).filter(|id| !id.is_empty());
    let size = window.size as usize;
    let rows = service.list_concepts(&who, &app, prefix, window.skipped(), size).await.map_err(failure)?;
    Ok(several(rows))
}

pub(super) async fn count(
    service: Service,
    call: Call,
    request: GetConceptCountsRequest,
) -> Result<MultiConceptCountResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let window = Window::new(request.page, request.per_page);
    let size = window.size as usize;
    let counts = service.concept_counts(&who, &app, window.skipped(), size).await.map_err(failure)?;
    Ok(MultiConceptCountResponse {
        concept_counts: counts.into_iter().map(write_count).collect(),
        ..MultiConceptCountResponse::default()
    })
}

fn write_count(row: ConceptCounts) -> ConceptCount {
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let count = ConceptTypeCount { positive: number(row.present), negative: number(row.absent) };
    ConceptCount {
        id: row.concept.slug,
        name: row.concept.name,
        concept_type_count: Some(count),
        // Whatever is here is ready.
        detail_concept_count: Some(DetailConceptCount {
            processed: Some(count),
            ..DetailConceptCount::default()
        }),
    }
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostConceptsRequest,
) -> Result<MultiConceptResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let concepts = request.concepts.into_iter().map(|concept| NewConcept {
        slug: concept.id,
        name: concept.name,
        definition: concept.definition,
        language: concept.language,
        metadata: concept.metadata.map(metadata::read),
        color: given(concept.color),
        shortcut: given(concept.shortcut),
    });
    let rows = service.post_concepts(&who, &app, concepts.collect()).await.map_err(taken)?;
    Ok(several(rows))
}

/// How clients of the wire know that what they add is there already.
fn taken(error: Error) -> Failure {
    match error {
        Error::Taken(why) => Failure::new(StatusCode::ConceptsInvalidRequest).details(why),
        other => failure(other),
    }
}

/// What is not given stays.
fn given(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchConceptsRequest,
) -> Result<MultiConceptResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let changes = request.concepts.into_iter().map(|concept| PatchConcept {
        slug: concept.id,
        name: given(concept.name),
        definition: given(concept.definition),
        language: given(concept.language),
        metadata: concept.metadata.map(metadata::read),
        color: given(concept.color),
        shortcut: given(concept.shortcut),
    });
    let action = read_action(&request.action)?;
    let rows = service.patch_concepts(&who, &app, action, changes.collect()).await.map_err(failure)?;
    Ok(several(rows))
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteConceptsRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    service.delete_concepts(&who, &app, &request.ids).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

pub(super) async fn merge(
    service: Service,
    call: Call,
    request: MergeConceptsRequest,
) -> Result<SingleConceptResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app, value: row } =
        service.merge_concepts(&who, &app, &request.concept_id, &request.ids).await.map_err(failure)?;
    Ok(SingleConceptResponse { concept: Some(write(row, &app)), ..SingleConceptResponse::default() })
}

fn several(InApp { app, value: rows }: InApp<Vec<ConceptRow>>) -> MultiConceptResponse {
    MultiConceptResponse {
        concepts: rows.into_iter().map(|row| write(row, &app)).collect(),
        ..MultiConceptResponse::default()
    }
}

/// A concept, with the names by which its app is addressed.
pub(super) fn write(row: ConceptRow, address: &AppAddress) -> Concept {
    Concept {
        color: row.color().to_string(),
        shortcut: row.shortcut.as_ref().map(ToString::to_string).unwrap_or_default(),
        id: row.slug,
        name: row.name,
        value: 1.0,
        created_at: Some(timestamp(row.created_at)),
        language: row.language,
        app_id: address.app.clone(),
        definition: row.definition,
        user_id: address.owner.clone(),
        metadata: row.metadata.as_ref().and_then(metadata::write),
        ..Concept::default()
    }
}
