//! The table of status codes, open to everyone.

use atelier_contract::proto::{
    GetStatusCodeRequest, ListStatusCodesRequest, MultiStatusCodeResponse, SingleStatusCodeResponse,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_service::Service;

pub(super) async fn list(
    _: Service,
    _: Call,
    _: ListStatusCodesRequest,
) -> Result<MultiStatusCodeResponse, Failure> {
    let statuses = StatusCode::all().map(StatusCode::status).collect();
    Ok(MultiStatusCodeResponse { statuses, ..MultiStatusCodeResponse::default() })
}

pub(super) async fn get(
    _: Service,
    _: Call,
    request: GetStatusCodeRequest,
) -> Result<SingleStatusCodeResponse, Failure> {
    let number: Option<i32> = request.status_code_id.parse().ok();
    let code = number.and_then(|number| StatusCode::try_from(number).ok()).ok_or_else(Failure::not_found)?;
    Ok(SingleStatusCodeResponse { status: Some(code.status()) })
}
