//! What concepts are called in further languages.

use atelier_contract::proto::{
    ConceptLanguage, GetConceptLanguageRequest, ListConceptLanguagesRequest, MultiConceptLanguageResponse,
    PatchConceptLanguagesRequest, PostConceptLanguagesRequest, SingleConceptLanguageResponse,
};
use atelier_contract::{Call, Failure};
use atelier_service::Service;
use atelier_service::concepts::{ConceptLanguage as Given, LanguageRow};

use super::taken;
use crate::wire::inputs::read_action;
use crate::wire::{Window, app_name, failure, who};

pub(in crate::wire) async fn get(
    service: Service,
    call: Call,
    request: GetConceptLanguageRequest,
) -> Result<SingleConceptLanguageResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let row = service
        .get_concept_language(&who, &app, &request.concept_id, &request.language)
        .await
        .map_err(failure)?;
    Ok(SingleConceptLanguageResponse { concept_language: Some(write(row)), ..Default::default() })
}

pub(in crate::wire) async fn list(
    service: Service,
    call: Call,
    request: ListConceptLanguagesRequest,
) -> Result<MultiConceptLanguageResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let rows = service.list_concept_languages(&who, &app, &request.concept_id).await.map_err(failure)?;
    Ok(several(Window::new(request.page, request.per_page).cut(rows)))
}

pub(in crate::wire) async fn post(
    service: Service,
    call: Call,
    request: PostConceptLanguagesRequest,
) -> Result<MultiConceptLanguageResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let names = request.concept_languages.into_iter().map(read).collect();
    let rows = service.post_concept_languages(&who, &app, &request.concept_id, names).await.map_err(taken)?;
    Ok(several(rows))
}

pub(in crate::wire) async fn patch(
    service: Service,
    call: Call,
    request: PatchConceptLanguagesRequest,
) -> Result<MultiConceptLanguageResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let action = read_action(&request.action)?;
    let names = request.concept_languages.into_iter().map(read).collect();
    let rows = service
        .patch_concept_languages(&who, &app, &request.concept_id, action, names)
        .await
        .map_err(failure)?;
    Ok(several(rows))
}

fn read(name: ConceptLanguage) -> Given {
    Given { language: name.id, name: name.name, definition: name.definition }
}

fn several(rows: impl IntoIterator<Item = LanguageRow>) -> MultiConceptLanguageResponse {
    MultiConceptLanguageResponse {
        concept_languages: rows.into_iter().map(write).collect(),
        ..MultiConceptLanguageResponse::default()
    }
}

fn write(row: LanguageRow) -> ConceptLanguage {
    ConceptLanguage { id: row.language, name: row.name, definition: row.definition }
}
