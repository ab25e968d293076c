//! Searches that are kept.

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    DeleteSearchRequest, GetSearchRequest, ListSearchesRequest, MultiSearchResponse,
    PatchAnnotationsSearchesRequest, PatchInputsSearchesRequest, PatchSearchesRequest, Search,
    SingleSearchResponse, UserAppIdSet,
};
use atelier_contract::{Call, Failure};
use atelier_domain::PatchAction;
use atelier_service::search::{PatchSearch, SearchRow};
use atelier_service::{InApp, Service};

use super::{read, write};
use crate::wire::inputs::read_action;
use crate::wire::{Window, app_name, failure, who};

pub(in crate::wire) async fn get(
    service: Service,
    call: Call,
    request: GetSearchRequest,
) -> Result<SingleSearchResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app, value } = service.get_search(&who, &app, &request.id).await.map_err(failure)?;
    Ok(SingleSearchResponse { search: Some(write::search(value, &app)), ..SingleSearchResponse::default() })
}

pub(in crate::wire) async fn list(
    service: Service,
    call: Call,
    request: ListSearchesRequest,
) -> Result<MultiSearchResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let window = Window::new(request.page, request.per_page);
    let size = window.size as usize;
    let rows = service.list_searches(&who, &app, None, window.skipped(), size).await.map_err(failure)?;
    Ok(several(rows))
}

pub(in crate::wire) async fn patch(
    service: Service,
    call: Call,
    request: PatchSearchesRequest,
) -> Result<MultiSearchResponse, Failure> {
    change(service, call, request.user_app_id, request.searches, &request.action).await
}

pub(in crate::wire) async fn patch_inputs(
    service: Service,
    call: Call,
    request: PatchInputsSearchesRequest,
) -> Result<MultiSearchResponse, Failure> {
    change(service, call, request.user_app_id, request.searches, &request.action).await
}

pub(in crate::wire) async fn patch_annotations(
    service: Service,
    call: Call,
    request: PatchAnnotationsSearchesRequest,
) -> Result<MultiSearchResponse, Failure> {
    change(service, call, request.user_app_id, request.searches, &request.action).await
}

async fn change(
    service: Service,
    call: Call,
    set: Option<UserAppIdSet>,
    searches: Vec<Search>,
    action: &str,
) -> Result<MultiSearchResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(set));
    let changes = searches.into_iter().map(|search| {
        if read_action(action)? == PatchAction::Remove {
            return Err(Failure::invalid("action must be merge or overwrite: nothing of a search can go"));
        }
        read::refuse_unkept(&search)?;
        Ok(PatchSearch {
            slug: search.id,
            name: Some(search.name).filter(|name| !name.is_empty()),
            query: search.query.map(read::query).transpose()?,
        })
    });
    let changes = changes.collect::<Result<_, Failure>>()?;
    let rows = service.patch_searches(&who, &app, call.endpoint, changes).await.map_err(failure)?;
    Ok(several(rows))
}

pub(in crate::wire) async fn delete(
    service: Service,
    call: Call,
    request: DeleteSearchRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    service.delete_search(&who, &app, &request.id).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

fn several(InApp { app, value: rows }: InApp<Vec<SearchRow>>) -> MultiSearchResponse {
    MultiSearchResponse {
        searches: rows.into_iter().map(|row| write::search(row, &app)).collect(),
        ..MultiSearchResponse::default()
    }
}
