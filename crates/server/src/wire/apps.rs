//! Apps.

use atelier_contract::proto::list_apps_request::SortBy;
use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::visibility::Gettable;
use atelier_contract::proto::{
    App, DeleteAppRequest, GetAppRequest, GetResourceCountsRequest, GetResourceCountsResponse,
    IdUpdateSource, ListAppsRequest, MultiAppResponse, PatchAppRequest, PatchAppsDetailsRequest,
    PatchAppsIdsRequest, PatchAppsRequest, PostAppsRequest, PostAppsSearchesRequest, SingleAppResponse,
    UserAppIdSet, Visibility, Workflow,
};
use atelier_contract::{Call, Failure};
use atelier_domain::{Endpoint, PatchAction, Scope};
use atelier_service::apps::{AppRow, ChangeApp, CreateApp};
use atelier_service::workflows::EMPTY;
use atelier_service::{AppName, Service, Who};

use super::{Window, app_name, failure, metadata, own_account, partly, timestamp, who};

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetAppRequest,
) -> Result<SingleAppResponse, Failure> {
    let who = who(&call)?;
    let app = app_name(request.user_app_id);
    let (row, _) = service.get_app(&who, &app, call.endpoint).await.map_err(failure)?;
    Ok(SingleAppResponse { app: Some(answer(row, call.endpoint)), ..SingleAppResponse::default() })
}

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListAppsRequest,
) -> Result<MultiAppResponse, Failure> {
    let who = who(&call)?;
    if request.featured_only || request.starred_only || request.template_only {
        // There are no such apps here.
        return Ok(MultiAppResponse::default());
    }
    let window = Window::new(request.page, request.per_page);
    let words = [&request.search, &request.query, &request.name, &request.id];
    let is_plain =
        words.iter().all(|word| word.is_empty()) && request.sort_by.is_none() && !request.sort_ascending;
    let size = if is_plain { window.end() } else { usize::MAX };
    let owner = owner(request.user_app_id.as_ref());
    let page = service.list_apps_of(&who, owner, call.endpoint, None, size).await.map_err(failure)?;
    let mut rows = page.apps;
    rows.retain(|row| is_wanted(row, &request));
    match request.sort_by {
        Some(SortBy::SortByName(true)) => rows.sort_by_key(|row| std::cmp::Reverse(row.name.to_lowercase())),
        Some(SortBy::SortById(true)) => rows.sort_by_key(|row| std::cmp::Reverse(row.slug.to_lowercase())),
        Some(SortBy::SortByModifiedAt(true)) => rows.sort_by_key(|row| std::cmp::Reverse(row.changed_at)),
        // They come the newest first, and nothing else tells them apart.
        _ => {}
    }
    if request.sort_ascending {
        rows.reverse();
    }
    Ok(MultiAppResponse {
        apps: window.cut(rows).map(|row| answer(row, call.endpoint)).collect(),
        ..MultiAppResponse::default()
    })
}

fn is_wanted(row: &AppRow, request: &ListAppsRequest) -> bool {
    let anywhere = |word: &str| [&row.slug, &row.name, &row.description].iter().any(|text| has(text, word));
    anywhere(&request.search)
        && anywhere(&request.query)
        && has(&row.name, &request.name)
        && has(&row.slug, &request.id)
}

fn has(text: &str, word: &str) -> bool {
    text.to_lowercase().contains(&word.to_lowercase())
}

/// Whose apps are meant; the caller's own, if nobody is named.
fn owner(set: Option<&UserAppIdSet>) -> Option<&str> {
    set.map(|set| set.user_id.as_str()).filter(|user| !user.is_empty() && *user != "me")
}

pub(super) async fn search(
    service: Service,
    call: Call,
    request: PostAppsSearchesRequest,
) -> Result<MultiAppResponse, Failure> {
    let who = who(&call)?;
    let name = request.app_query.unwrap_or_default().name;
    let pagination = request.pagination.unwrap_or_default();
    let window = Window::new(pagination.page, pagination.per_page);
    let size = if name.is_empty() { window.end() } else { usize::MAX };
    let owner = owner(request.user_app_id.as_ref());
    let page = service.list_apps_of(&who, owner, call.endpoint, None, size).await.map_err(failure)?;
    let rows = page.apps.into_iter().filter(|row| has(&row.name, &name));
    Ok(MultiAppResponse {
        apps: window.cut(rows).map(|row| answer(row, call.endpoint)).collect(),
        ..MultiAppResponse::default()
    })
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostAppsRequest,
) -> Result<MultiAppResponse, Failure> {
    let who = who(&call)?;
    own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    check_some(&request.apps)?;
    let mut done = Vec::new();
    for app in request.apps {
        match create(&service, &who, app).await {
            Ok(row) => done.push(answer(row, call.endpoint)),
            Err(failure) => {
                let (apps, status) = partly(done, failure)?;
                return Ok(MultiAppResponse { apps, status });
            }
        }
    }
    Ok(MultiAppResponse { apps: done, ..MultiAppResponse::default() })
}

async fn create(service: &Service, who: &Who, app: App) -> Result<AppRow, Failure> {
    check_private(&app)?;
    // Only the empty one: the app has none of its own yet.
    read_default_workflow(None, app.default_workflow, app.default_workflow_id)?;
    let input = CreateApp {
        slug: app.id,
        name: app.name,
        description: app.description,
        default_language: app.default_language,
        metadata: app.metadata.map(metadata::read),
    };
    service.create_app(who, &input).await.map_err(failure)
}

pub(super) async fn patch_one(
    service: Service,
    call: Call,
    request: PatchAppRequest,
) -> Result<SingleAppResponse, Failure> {
    let who = who(&call)?;
    let app = request.app.ok_or_else(|| Failure::invalid("app must say what to change"))?;
    let mut set = request.user_app_id.unwrap_or_default();
    if set.app_id.is_empty() {
        set.app_id.clone_from(&app.id);
    }
    let row = change(&service, &call, &who, &app_name(Some(set)), app, &request.action).await?;
    Ok(SingleAppResponse { app: Some(answer(row, call.endpoint)), ..SingleAppResponse::default() })
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchAppsRequest,
) -> Result<MultiAppResponse, Failure> {
    let who = who(&call)?;
    check_some(&request.apps)?;
    let owner = request.user_app_id.unwrap_or_default().user_id;
    let mut done = Vec::new();
    for app in request.apps {
        let name = app_name(Some(UserAppIdSet { user_id: owner.clone(), app_id: app.id.clone() }));
        match change(&service, &call, &who, &name, app, &request.action).await {
            Ok(row) => done.push(answer(row, call.endpoint)),
            Err(failure) => {
                let (apps, status) = partly(done, failure)?;
                return Ok(MultiAppResponse { apps, status });
            }
        }
    }
    Ok(MultiAppResponse { apps: done, ..MultiAppResponse::default() })
}

/// Changes what is shown of one app: that of the address, which the request may name once more.
pub(super) async fn patch_details(
    service: Service,
    call: Call,
    request: PatchAppsDetailsRequest,
) -> Result<MultiAppResponse, Failure> {
    let who = who(&call)?;
    let [app] = <[App; 1]>::try_from(request.apps)
        .map_err(|_| Failure::invalid("apps must have one entry: the app of the address"))?;
    let mut set = request.user_app_id.unwrap_or_default();
    if set.app_id.is_empty() {
        set.app_id.clone_from(&app.id);
    } else if !app.id.is_empty() && !app.id.eq_ignore_ascii_case(&set.app_id) {
        return Err(Failure::invalid("apps must not name another app than the address does"));
    }
    let row = change(&service, &call, &who, &app_name(Some(set)), app, &request.action).await?;
    Ok(MultiAppResponse { apps: vec![answer(row, call.endpoint)], ..MultiAppResponse::default() })
}

/// Changes what an app is called in addresses.
pub(super) async fn patch_ids(
    service: Service,
    call: Call,
    request: PatchAppsIdsRequest,
) -> Result<MultiAppResponse, Failure> {
    let who = who(&call)?;
    let [update] = <[IdUpdateSource; 1]>::try_from(request.ids)
        .map_err(|_| Failure::invalid("ids must have one entry"))?;
    if request.action != "overwrite" {
        return Err(Failure::invalid("action must be `overwrite`"));
    }
    if update.id.is_empty() {
        // Without it, the app to which the key is bound would be meant.
        return Err(Failure::invalid("id must name the app"));
    }
    let user_id = request.user_app_id.unwrap_or_default().user_id;
    let name = app_name(Some(UserAppIdSet { user_id, app_id: update.id }));
    let input = ChangeApp { slug: Some(update.new_id), ..ChangeApp::default() };
    let row = service.change_app(&who, &name, call.endpoint, &input).await.map_err(failure)?;
    Ok(MultiAppResponse { apps: vec![answer(row, call.endpoint)], ..MultiAppResponse::default() })
}

/// Changes what is given; its address is what the app is found by, and stays.
async fn change(
    service: &Service,
    call: &Call,
    who: &Who,
    name: &AppName,
    app: App,
    action: &str,
) -> Result<AppRow, Failure> {
    check_private(&app)?;
    let given = |text: String| (!text.is_empty()).then_some(text);
    let action = match action {
        "overwrite" => PatchAction::Overwrite,
        "merge" => PatchAction::Merge,
        _ => return Err(Failure::invalid("action must be `merge` or `overwrite` for an app")),
    };
    let input = ChangeApp {
        slug: None,
        name: given(app.name),
        description: given(app.description),
        default_language: given(app.default_language),
        metadata: app.metadata.map(|kept| (action, metadata::read(kept))),
        default_workflow: read_default_workflow(Some(name), app.default_workflow, app.default_workflow_id)?,
    };
    service.change_app(who, name, call.endpoint, &input).await.map_err(failure)
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteAppRequest,
) -> Result<BaseResponse, Failure> {
    let who = who(&call)?;
    service.delete_app(&who, &app_name(request.user_app_id), None).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

/// How much there is in an app. What is not counted here does not exist.
pub(super) async fn count(
    service: Service,
    call: Call,
    request: GetResourceCountsRequest,
) -> Result<GetResourceCountsResponse, Failure> {
    let who = who(&call)?;
    let counts = service.count_resources(&who, &app_name(request.user_app_id)).await.map_err(failure)?;
    Ok(GetResourceCountsResponse {
        datasets: counts.datasets,
        inputs: counts.inputs,
        workflows: counts.workflows,
        models: counts.models,
        ..GetResourceCountsResponse::default()
    })
}

/// Which workflow of the app's own is to be its default, as clients name it: none within for the empty one of the
/// catalogue, none at all if nothing is said of it. An app that is only being made has none of its own.
fn read_default_workflow(
    app: Option<&AppName>,
    named: Option<Workflow>,
    id: String,
) -> Result<Option<Option<String>>, Failure> {
    let Workflow { id, user_id, app_id, .. } = named.unwrap_or(Workflow { id, ..Workflow::default() });
    if id.is_empty() {
        return Ok(None);
    }
    let place = AppName::of(&user_id, &app_id);
    if id == EMPTY && (place.is_public() || (user_id.is_empty() && app_id.is_empty())) {
        return Ok(Some(None));
    }
    let is_own = match app {
        Some(AppName::Named { owner, app: Some(slug) }) => {
            let is_owner = |owner: &String| owner == "me" || *owner == user_id;
            (app_id.is_empty() || app_id.eq_ignore_ascii_case(slug))
                && (user_id.is_empty() || user_id == "me" || owner.as_ref().is_none_or(is_owner))
        }
        _ => false,
    };
    if is_own {
        return Ok(Some(Some(id)));
    }
    Err(Failure::invalid(format!(
        "default_workflow must be `{EMPTY}` of clarifai/main or one of the app’s own, which `{id}` is not"
    )))
}

/// That an app is to be public must not go unheard: it would stay private without anyone noticing.
fn check_private(app: &App) -> Result<(), Failure> {
    let gettable = app.visibility.as_ref().map_or(Gettable::UnknownVisibility, Visibility::gettable);
    match gettable {
        Gettable::UnknownVisibility | Gettable::Private => Ok(()),
        Gettable::Org | Gettable::Public => {
            Err(Failure::invalid("visibility must be private: apps are shared by adding collaborators"))
        }
    }
}

fn check_some(apps: &[App]) -> Result<(), Failure> {
    if apps.is_empty() { Err(Failure::invalid("apps must name at least one app")) } else { Ok(()) }
}

/// An app. Its default workflow is shown to whoever may do what only those may who may see workflows.
fn answer(row: AppRow, endpoint: Endpoint) -> App {
    let default_workflow =
        endpoint.needs().contains(Scope::WorkflowsGet).then(|| match row.default_workflow {
            Some(id) => Workflow {
                id,
                user_id: row.owner_slug.clone(),
                app_id: row.slug.clone(),
                ..Workflow::default()
            },
            None => Workflow {
                id: EMPTY.into(),
                user_id: "clarifai".into(),
                app_id: "main".into(),
                ..Workflow::default()
            },
        });
    App {
        default_workflow,
        id: row.slug,
        name: row.name,
        user_id: row.owner_slug,
        description: row.description,
        default_language: row.default_language,
        metadata: row.metadata.as_ref().and_then(metadata::write),
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        visibility: Some(Visibility { gettable: Gettable::Private.into() }),
        ..App::default()
    }
}

/// An app of which no more is told than where it is.
pub(super) fn named(owner: &str, slug: &str, name: &str) -> App {
    App { id: slug.to_owned(), user_id: owner.to_owned(), name: name.to_owned(), ..App::default() }
}
