//! What the caller may do.

use atelier_contract::proto::{
    MultiScopeResponse, MultiScopeUserResponse, MyScopesRequest, MyScopesUserRequest,
};
use atelier_contract::{Call, Failure};
use atelier_service::Service;

use super::{app_name, apps, failure, own_account, who, write_endpoints};

/// What the caller may do in an app: what the grant gives, as far as the key reaches.
pub(super) async fn mine(
    service: Service,
    call: Call,
    request: MyScopesRequest,
) -> Result<MultiScopeResponse, Failure> {
    let who = who(&call)?;
    let app = app_name(request.user_app_id);
    let (row, asked) = service.get_app(&who, &app, call.endpoint).await.map_err(failure)?;
    let rights = asked.permit.rights();
    Ok(MultiScopeResponse {
        scopes: rights.scopes.to_wire(),
        endpoints: write_endpoints(rights.endpoints),
        app: Some(apps::named(&row.owner_slug, &row.slug, &row.name)),
        ..MultiScopeResponse::default()
    })
}

/// What the caller's key gives, whatever the app.
pub(super) async fn mine_of_user(
    service: Service,
    call: Call,
    request: MyScopesUserRequest,
) -> Result<MultiScopeUserResponse, Failure> {
    let who = who(&call)?;
    let asked = own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    let rights = asked.permit.credential().rights();
    Ok(MultiScopeUserResponse {
        scopes: rights.scopes.to_wire(),
        endpoints: write_endpoints(rights.endpoints),
        ..MultiScopeUserResponse::default()
    })
}
