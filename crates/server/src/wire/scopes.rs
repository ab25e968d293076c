//! What the caller may do, and what there is to be allowed.

use atelier_contract::proto::{
    EndpointDeps, ListScopesRequest, MultiScopeDepsResponse, MultiScopeResponse, MultiScopeRootResponse,
    MultiScopeUserResponse, MyScopesRequest, MyScopesRootRequest, MyScopesUserRequest, ScopeDeps,
};
use atelier_contract::{Call, Failure};
use atelier_domain::{Auth, Endpoint, ScopeSet};
use atelier_service::Service;

use super::{RPC_PREFIX, app_name, apps, failure, keys, own_account, who, write_endpoints};

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
        assigned_tasks_only: Some(rights.reach.is_limited()),
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

/// The same, for callers who do not say whose key it is.
pub(super) async fn mine_at_root(
    service: Service,
    call: Call,
    _: MyScopesRootRequest,
) -> Result<MultiScopeRootResponse, Failure> {
    let who = who(&call)?;
    let asked = own_account(&service, &who, &call, None).await?;
    let rights = asked.permit.credential().rights();
    Ok(MultiScopeRootResponse {
        scopes: rights.scopes.to_wire(),
        endpoints: write_endpoints(rights.endpoints),
        ..MultiScopeRootResponse::default()
    })
}

/// The endpoints that a key of the given kind can reach, with the scopes that they always need; and the scopes that
/// open any of them, with those that they depend on.
pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListScopesRequest,
) -> Result<MultiScopeDepsResponse, Failure> {
    let who = who(&call)?;
    own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    let is_token = match request.key_type.as_str() {
        keys::TOKEN => true,
        keys::APP_KEY | "" => false,
        _ => {
            return Err(Failure::invalid(format!(
                "key_type must be `{}` or `{}`",
                keys::APP_KEY,
                keys::TOKEN
            )));
        }
    };
    let is_reached = |endpoint: &Endpoint| match endpoint.auth() {
        Auth::Key | Auth::Open => true,
        Auth::Pat => is_token,
        Auth::Session => false,
    };
    let reached = Endpoint::all().filter(|endpoint| endpoint.is_rpc()).filter(is_reached);
    let needed = reached.clone().fold(ScopeSet::EMPTY, |scopes, endpoint| {
        let further = endpoint.needs_if().iter().map(|(_, scopes)| *scopes);
        further.fold(scopes.union(endpoint.needs()), ScopeSet::union)
    });
    let scopes = needed.iter().fold(needed, |scopes, scope| scopes.union(scope.depends_on()));
    let scope_deps = scopes.iter().map(|scope| ScopeDeps {
        scope: scope.wire().to_owned(),
        depending_scopes: scope.depends_on().iter().map(|needed| needed.wire().to_owned()).collect(),
    });
    let endpoint_deps = reached.map(|endpoint| EndpointDeps {
        endpoint: format!("{RPC_PREFIX}{endpoint}"),
        depending_scopes: endpoint.needs().iter().map(|scope| scope.wire().to_owned()).collect(),
    });
    Ok(MultiScopeDepsResponse {
        scope_deps: scope_deps.collect(),
        endpoint_deps: endpoint_deps.collect(),
        ..MultiScopeDepsResponse::default()
    })
}
