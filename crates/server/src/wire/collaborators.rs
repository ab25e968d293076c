//! With whom an app is shared, and what is shared with the caller.

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    Collaboration, Collaborator, DeleteCollaboratorsRequest, ListCollaborationsRequest,
    ListCollaboratorsRequest, MultiCollaborationsResponse, MultiCollaboratorsResponse,
    PatchCollaboratorsRequest, PostCollaboratorsRequest, User, UserDetail,
};
use atelier_contract::{Call, Failure};
use atelier_domain::{Below, EndpointSet, Reach, ScopeSet};
use atelier_service::apps::{AppRow, SharedAppRow};
use atelier_service::collaborators::{
    AddCollaborators, EditCollaborator, GrantRow, Invitee, NamedCollaborator,
};
use atelier_service::{AppName, Error, Service, Who};

use super::{
    Window, app_name, apps, failure, own_account, partly, read_endpoints, read_scopes, timestamp,
    users::named, who, write_endpoints,
};

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListCollaboratorsRequest,
) -> Result<MultiCollaboratorsResponse, Failure> {
    let who = who(&call)?;
    let name = app_name(request.user_app_id);
    let (app, _) = service.get_app(&who, &name, call.endpoint).await.map_err(failure)?;
    let window = Window::new(request.page, request.per_page);
    let rows =
        service.list_collaborators_numbered(&who, &name, window.page, window.size).await.map_err(failure)?;
    Ok(MultiCollaboratorsResponse {
        collaborators: rows.into_iter().map(|row| answer(&app, row)).collect(),
        app_owner: Some(named(app.owner_slug, app.owner_name)),
        ..MultiCollaboratorsResponse::default()
    })
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostCollaboratorsRequest,
) -> Result<MultiCollaboratorsResponse, Failure> {
    let who = who(&call)?;
    let name = app_name(request.user_app_id);
    let (app, _) = service.get_app(&who, &name, call.endpoint).await.map_err(failure)?;
    if request.collaborators.is_empty() {
        return Err(Failure::invalid("collaborators must name at least one person"));
    }
    let wanted: Vec<Wanted> =
        request.collaborators.into_iter().map(Wanted::read).collect::<Result<_, _>>()?;
    let mut done = Vec::new();
    let mut status = None;
    // Those who are given the same are added together, all or none, as from the page.
    for group in wanted.chunk_by(Wanted::is_given_the_same) {
        let Some(first) = group.first() else { continue };
        let input = AddCollaborators {
            people: group.iter().map(|wanted| wanted.person.clone()).collect(),
            scopes: first.scopes,
            endpoints: first.endpoints,
            reach: first.reach,
            ..AddCollaborators::default()
        };
        match service.add_collaborators(&who, &name, &input).await {
            Ok(added) => done.extend(added.grants.into_iter().map(|row| answer(&app, row))),
            Err(error) => {
                (done, status) = partly(done, failure(error))?;
                break;
            }
        }
    }
    let app_owner = Some(named(app.owner_slug, app.owner_name));
    Ok(MultiCollaboratorsResponse { collaborators: done, app_owner, status })
}

/// Somebody to be added.
struct Wanted {
    person: Invitee,
    scopes: ScopeSet,
    endpoints: Option<EndpointSet>,
    reach: Reach,
}

impl Wanted {
    fn read(collaborator: Collaborator) -> Result<Self, Failure> {
        let user = collaborator.user.unwrap_or_default();
        let person = match address(&user) {
            Some(address) => Invitee::Address(address),
            None if !user.id.is_empty() => Invitee::User(user.id),
            None => return Err(Failure::invalid("user must have an e-mail address or an id")),
        };
        Ok(Self {
            person,
            scopes: read_scopes(&collaborator.scopes)?,
            endpoints: read_endpoints(&collaborator.endpoints)?,
            reach: Reach::limited_if(collaborator.assigned_tasks_only.unwrap_or_default()),
        })
    }

    fn is_given_the_same(&self, other: &Self) -> bool {
        self.scopes == other.scopes && self.endpoints == other.endpoints && self.reach == other.reach
    }
}

/// The address of a user, at whichever of the three places where clients write it.
fn address(user: &User) -> Option<String> {
    let detail = user.user_detail.as_ref();
    let listed =
        user.email_addresses.iter().chain(detail.into_iter().flat_map(|detail| &detail.email_addresses));
    listed
        .map(|address| &address.email)
        .chain(detail.map(|detail| &detail.primary_email))
        .chain([&user.primary_email])
        .find(|address| !address.is_empty())
        .cloned()
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchCollaboratorsRequest,
) -> Result<MultiCollaboratorsResponse, Failure> {
    let who = who(&call)?;
    let name = app_name(request.user_app_id);
    let (app, _) = service.get_app(&who, &name, call.endpoint).await.map_err(failure)?;
    if request.action != "overwrite" {
        return Err(Failure::invalid("action must be `overwrite`"));
    }
    if request.collaborators.is_empty() {
        return Err(Failure::invalid("collaborators must name at least one person"));
    }
    let mut done = Vec::new();
    let mut status = None;
    for collaborator in request.collaborators {
        match edit(&service, &call, &who, &name, collaborator).await {
            Ok(row) => done.push(answer(&app, row)),
            Err(failure) => {
                (done, status) = partly(done, failure)?;
                break;
            }
        }
    }
    let app_owner = Some(named(app.owner_slug, app.owner_name));
    Ok(MultiCollaboratorsResponse { collaborators: done, app_owner, status })
}

async fn edit(
    service: &Service,
    call: &Call,
    who: &Who,
    name: &AppName,
    collaborator: Collaborator,
) -> Result<GrantRow, Failure> {
    let user = collaborator.user.unwrap_or_default();
    let wanted = if !collaborator.id.is_empty() {
        by_id(&collaborator.id)?
    } else if !user.id.is_empty() {
        NamedCollaborator::User(user.id)
    } else if let Some(address) = address(&user) {
        by_address(&address)?
    } else {
        return Err(Failure::invalid("collaborators must have an id, or a user"));
    };
    let before = service.find_collaborator(who, name, call.endpoint, &wanted).await.map_err(failure)?;
    let input = EditCollaborator {
        grant: before.id,
        scopes: read_scopes(&collaborator.scopes)?,
        endpoints: read_endpoints(&collaborator.endpoints)?,
        // Whoever does not know the field does not mean to lift the limit.
        reach: collaborator.assigned_tasks_only.map_or(before.reach, Reach::limited_if),
        // The wire has no word for it: overwriting the scopes must not lift it.
        ends_at: before.ends_at,
        note: None,
        expected_version: Some(before.version),
    };
    service.edit_collaborator(who, name, &input).await.map_err(failure)
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteCollaboratorsRequest,
) -> Result<BaseResponse, Failure> {
    let who = who(&call)?;
    let name = app_name(request.user_app_id);
    // An empty list removes no one, but still is a question of permission.
    service.get_app(&who, &name, call.endpoint).await.map_err(failure)?;
    let ids = request.collaborator_ids.iter().map(|id| by_id(id));
    let mut found = Vec::new();
    for wanted in ids.chain(request.user_emails.iter().map(|email| by_address(email))) {
        let row = service.find_collaborator(&who, &name, call.endpoint, &wanted?).await;
        found.push(row.map_err(failure)?.id);
    }
    let mut removed = Vec::new();
    for grant in found {
        match service.remove_collaborator(&who, &name, grant, Below::RemoveToo).await {
            Ok(()) => removed.push(grant),
            // It was there a moment ago, and went with one above it.
            Err(Error::NotFound) if !removed.is_empty() => {}
            Err(error) => {
                let (_, status) = partly(removed, failure(error))?;
                return Ok(BaseResponse { status });
            }
        }
    }
    Ok(BaseResponse::default())
}

/// A grant, as requests name it: anything that is no identifier of ours is nobody's.
fn by_id(id: &str) -> Result<NamedCollaborator, Failure> {
    id.parse().map(NamedCollaborator::Grant).map_err(|_| Failure::not_found())
}

fn by_address(address: &str) -> Result<NamedCollaborator, Failure> {
    let address = address.parse().map(NamedCollaborator::Address);
    address.map_err(|error| Failure::invalid(format!("email: {error}")))
}

pub(super) async fn list_collaborations(
    service: Service,
    call: Call,
    request: ListCollaborationsRequest,
) -> Result<MultiCollaborationsResponse, Failure> {
    let who = who(&call)?;
    own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    if request.template_only {
        // There are no templates here.
        return Ok(MultiCollaborationsResponse::default());
    }
    let window = Window::new(request.page, request.per_page);
    let page = service.list_collaborations(&who, None, window.end()).await.map_err(failure)?;
    Ok(MultiCollaborationsResponse {
        collaborations: window.cut(page.apps).map(shared).collect(),
        ..MultiCollaborationsResponse::default()
    })
}

fn shared(row: SharedAppRow) -> Collaboration {
    Collaboration {
        app: Some(apps::named(&row.owner_slug, &row.slug, &row.name)),
        scopes: row.scopes.to_wire(),
        endpoints: write_endpoints(row.endpoints),
        assigned_tasks_only: Some(row.reach.is_limited()),
        created_at: Some(timestamp(row.granted_at)),
        app_owner: Some(named(row.owner_slug, row.owner_name)),
    }
}

fn answer(app: &AppRow, row: GrantRow) -> Collaborator {
    let detail = UserDetail { primary_email: row.email.unwrap_or_default(), ..UserDetail::default() };
    let user = named(row.user_slug.unwrap_or_default(), row.user_name.unwrap_or_default());
    Collaborator {
        id: row.id.to_string(),
        app: Some(apps::named(&app.owner_slug, &app.slug, &app.name)),
        user: Some(User { user_detail: Some(detail), ..user }),
        scopes: row.scopes.to_wire(),
        endpoints: write_endpoints(row.endpoints),
        assigned_tasks_only: Some(row.reach.is_limited()),
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        deleted_at: None,
    }
}
