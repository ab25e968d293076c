//! Personal access tokens and app keys.

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    DeleteKeyRequest, GetKeyRequest, Key, ListAppKeysRequest, ListKeysRequest, MultiKeyResponse,
    PatchKeysRequest, PostKeysRequest, SingleKeyResponse,
};
use atelier_contract::{Call, Failure};
use atelier_domain::id::KeyId;
use atelier_domain::{EndpointSet, Reach};
use atelier_service::keys::{ChangeKey, CreateKey, KeyRow, OpenedKey};
use atelier_service::{AppName, Service, Who};

use super::{
    Window, app_name, apps, failure, moment, own_account, partly, read_endpoints, read_scopes, timestamp,
    who, write_endpoints,
};

/// How the wire calls a key that acts for the owner of its app.
pub(super) const APP_KEY: &str = "app_specific_key";
/// How it calls a person's own.
pub(super) const TOKEN: &str = "personal_access_token";

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetKeyRequest,
) -> Result<SingleKeyResponse, Failure> {
    let who = who(&call)?;
    own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    let row = service.get_key(&who, id(&request.key_id)?).await.map_err(failure)?;
    Ok(SingleKeyResponse { key: Some(answer(row)), ..SingleKeyResponse::default() })
}

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListKeysRequest,
) -> Result<MultiKeyResponse, Failure> {
    let who = who(&call)?;
    own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    let scopes = read_scopes(&request.scopes)?;
    let endpoints = read_endpoints(&request.endpoints)?.unwrap_or_default();
    let now = service.world().now();
    let is_wanted = |row: &KeyRow| {
        (!request.not_expired || !row.rights().ended(now))
            && scopes.is_subset(row.scopes)
            && row.endpoints.is_none_or(|listed| endpoints.is_subset(listed))
            && (request.r#type.is_empty() || request.r#type == kind(row))
    };
    let rows = service.list_keys(&who).await.map_err(failure)?.into_iter().filter(is_wanted);
    let window = Window::new(request.page, request.per_page);
    Ok(MultiKeyResponse { keys: window.cut(rows).map(answer).collect(), ..MultiKeyResponse::default() })
}

pub(super) async fn list_of_app(
    service: Service,
    call: Call,
    request: ListAppKeysRequest,
) -> Result<MultiKeyResponse, Failure> {
    let who = who(&call)?;
    let rows = service.list_app_keys(&who, &app_name(request.user_app_id)).await.map_err(failure)?;
    let window = Window::new(request.page, request.per_page);
    Ok(MultiKeyResponse { keys: window.cut(rows).map(answer).collect(), ..MultiKeyResponse::default() })
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostKeysRequest,
) -> Result<MultiKeyResponse, Failure> {
    let who = who(&call)?;
    own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    check_some(&request.keys)?;
    let mut done = Vec::new();
    for key in request.keys {
        match create(&service, &who, key).await {
            // This once the secret, which cannot be had again.
            Ok(made) => done.push(Key { id: made.secret.expose().to_owned(), ..answer(made.key) }),
            Err(failure) => {
                let (keys, status) = partly(done, failure)?;
                return Ok(MultiKeyResponse { keys, status });
            }
        }
    }
    Ok(MultiKeyResponse { keys: done, ..MultiKeyResponse::default() })
}

async fn create(service: &Service, who: &Who, key: Key) -> Result<OpenedKey, Failure> {
    let app = match key.apps.as_slice() {
        [] => None,
        [app] => Some(AppName::of(&app.user_id, &app.id)),
        _ => return Err(Failure::invalid("apps must name one app at most")),
    };
    let is_app_key = match key.r#type.as_str() {
        TOKEN => false,
        APP_KEY => true,
        "" => app.is_some(),
        _ => return Err(Failure::invalid(format!("type must be `{APP_KEY}` or `{TOKEN}`"))),
    };
    let input = CreateKey {
        description: key.description,
        scopes: read_scopes(&key.scopes)?,
        endpoints: read_endpoints(&key.endpoints)?,
        reach: Reach::limited_if(key.assigned_tasks_only.unwrap_or_default()),
        ends_at: key.expires_at.map(|end| moment("expires_at", end)).transpose()?,
        app,
        is_app_key,
    };
    service.create_key(who, &input).await.map_err(failure)
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchKeysRequest,
) -> Result<MultiKeyResponse, Failure> {
    let who = who(&call)?;
    own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    check_some(&request.keys)?;
    let mut done = Vec::new();
    for key in request.keys {
        match change(&service, &who, key, &request.action).await {
            Ok(row) => done.push(answer(row)),
            Err(failure) => {
                let (keys, status) = partly(done, failure)?;
                return Ok(MultiKeyResponse { keys, status });
            }
        }
    }
    Ok(MultiKeyResponse { keys: done, ..MultiKeyResponse::default() })
}

/// Changes what is given. Lists that are empty are not: overwriting a description must not lift a limit.
async fn change(service: &Service, who: &Who, key: Key, action: &str) -> Result<KeyRow, Failure> {
    let id = id(&key.id)?;
    let scopes = (!key.scopes.is_empty()).then(|| read_scopes(&key.scopes)).transpose()?;
    let listed = read_endpoints(&key.endpoints)?;
    let (scopes, endpoints) = match action {
        "overwrite" => (scopes, listed.map(Some)),
        "merge" | "remove" => {
            let before = service.get_key(who, id).await.map_err(failure)?;
            let adds = action == "merge";
            let change = |given| if adds { before.scopes.union(given) } else { before.scopes.minus(given) };
            let endpoints = listed.map(|listed| changed_list(before.endpoints, listed, adds)).transpose()?;
            (scopes.map(change), endpoints)
        }
        _ => return Err(Failure::invalid("action must be `merge`, `overwrite` or `remove`")),
    };
    let input = ChangeKey {
        description: (!key.description.is_empty()).then_some(key.description),
        scopes,
        endpoints,
        reach: key.assigned_tasks_only.map(Reach::limited_if),
        ends_at: key.expires_at.map(|end| moment("expires_at", end).map(Some)).transpose()?,
    };
    service.change_key(who, id, &input).await.map_err(failure)
}

/// The allow-list `before` with or without those that are `listed`.
fn changed_list(
    before: Option<EndpointSet>,
    listed: EndpointSet,
    adds: bool,
) -> Result<Option<EndpointSet>, Failure> {
    let Some(before) = before else {
        let failure = "endpoints: this key is not limited to any; overwrite them to limit it";
        return if adds { Ok(None) } else { Err(Failure::invalid(failure)) };
    };
    if adds {
        return Ok(Some(before.iter().chain(listed.iter()).collect()));
    }
    let rest: EndpointSet = before.iter().filter(|endpoint| !listed.contains(*endpoint)).collect();
    if rest.is_empty() {
        // On the wire, an empty list would read as no limit at all.
        return Err(Failure::invalid("endpoints: none would be left; delete the key instead"));
    }
    Ok(Some(rest))
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteKeyRequest,
) -> Result<BaseResponse, Failure> {
    let who = who(&call)?;
    own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    service.revoke_key(&who, id(&request.key_id)?).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

fn check_some(keys: &[Key]) -> Result<(), Failure> {
    if keys.is_empty() { Err(Failure::invalid("keys must name at least one key")) } else { Ok(()) }
}

/// What is no identifier is that of no key.
fn id(text: &str) -> Result<KeyId, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}

fn kind(row: &KeyRow) -> &'static str {
    if row.kind == "app_key" { APP_KEY } else { TOKEN }
}

fn answer(row: KeyRow) -> Key {
    let app = match (&row.owner_slug, &row.app_slug) {
        (Some(owner), Some(slug)) => {
            Some(apps::named(owner, slug, row.app_name.as_deref().unwrap_or_default()))
        }
        _ => None,
    };
    Key {
        id: row.id.to_string(),
        r#type: kind(&row).to_owned(),
        description: row.description,
        scopes: row.scopes.to_wire(),
        endpoints: write_endpoints(row.endpoints),
        assigned_tasks_only: Some(row.reach.is_limited()),
        apps: app.into_iter().collect(),
        created_at: Some(timestamp(row.created_at)),
        expires_at: row.ends_at.map(timestamp),
        ..Key::default()
    }
}
