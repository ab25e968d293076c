//! The server's side of [`super`]: from what forms say to what operations take, and back.

use atelier_domain::id::GrantId;
use atelier_domain::value::{InvalidValue, pasted_addresses};

use atelier_domain::{Below, Email, Preset, Reach, ScopeSet, Timestamp, words};
use atelier_service::collaborators::{
    AddCollaborators, CollaboratorsPage, EditCollaborator, Filter, GrantRow, Invitee, InviterRow, Preview,
    PreviewLine,
};
use atelier_service::{AppName, Error, Service};

use super::{Consequence, Consequences, Inviter, People, Person, Search};
use crate::api::apps::place;
use crate::api::chosen::{self, invalid};
use crate::error::{FieldError, UiError, sentence};
use crate::server::{service, who};

/// How many people a page of a view has. A tree is cut late: it says most as a whole.
fn page_size(view: &str) -> usize {
    if view == "tree" { 200 } else { 50 }
}

/// What a form says about somebody's access.
pub(super) struct Access {
    pub(super) preset: String,
    pub(super) scopes: Vec<String>,
    pub(super) input_reach: String,
    pub(super) ends: String,
    pub(super) ends_on: String,
    pub(super) note: String,
}

impl Access {
    fn scopes(&self) -> Result<ScopeSet, UiError> {
        chosen::scopes(&self.preset, &self.scopes)
    }

    /// Which inputs were chosen; `before`, if nothing was said of them.
    fn reach(&self, before: Reach) -> Result<Reach, UiError> {
        if self.input_reach.is_empty() {
            return Ok(before);
        }
        self.input_reach.parse().map_err(|_| invalid("input_reach", "Choose which inputs it is about."))
    }

    fn ends_at(&self, now: Timestamp) -> Result<Option<Timestamp>, UiError> {
        chosen::end(&self.ends, &self.ends_on, now)
    }
}

fn back_to_list(owner: &str, app: &str) {
    leptos_axum::redirect(&format!("/{owner}/{app}/settings/collaborators"));
}

pub(super) async fn list(owner: &str, app: &str, search: &Search) -> Result<People, UiError> {
    fn given(text: &str) -> Option<&str> {
        Some(text.trim()).filter(|text| !text.is_empty())
    }
    let filter = Filter {
        text: given(&search.text),
        pending: match search.state.as_str() {
            "pending" => Some(true),
            "active" => Some(false),
            _ => None,
        },
        granted_by: given(&search.by),
        // What no preset, scope or grant is called narrows nothing: such an address was mistyped.
        scope: search.scope.parse().ok(),
        preset: Preset::from_slug(&search.preset),
        after: search.after.parse().ok(),
    };
    let size = page_size(&search.view);
    Ok(view(service().list_collaborators(&who(), &AppName::of(owner, app), &filter, size).await?))
}

fn view(page: CollaboratorsPage) -> People {
    let permit = page.permit.permit;
    let next = page.more.then(|| page.rows.last().map(|row| row.id)).flatten();
    People {
        ends_at: permit.rights().ends_at.map(Timestamp::micros),
        people: page.rows.into_iter().map(|row| person(row, permit.grant())).collect(),
        inviters: page.inviters.into_iter().map(inviter).collect(),
        next,
        active: page.counts.active,
        pending: page.counts.pending,
        place: place((page.app, page.permit)),
    }
}

fn inviter(row: InviterRow) -> Inviter {
    Inviter { slug: row.slug, name: row.name }
}

fn person(row: GrantRow, own: Option<GrantId>) -> Person {
    Person {
        grant: row.id,
        access: words::access(row.scopes, row.reach),
        scopes: row.scopes,
        limited: row.endpoints.is_some(),
        reach: row.reach,
        waits_until: row.expires_at.filter(|_| row.user_id.is_none()).map(Timestamp::micros),
        email: row.email.unwrap_or_default(),
        name: row.user_name,
        invited_by: row.granted_by_name,
        parent: row.parent_id,
        ends_at: row.ends_at.map(Timestamp::micros),
        active_at: row.active_at.map(Timestamp::micros),
        keys: row.key_count,
        note: row.note,
        version: row.version,
        is_you: own == Some(row.id),
    }
}

pub(super) async fn get(owner: &str, app: &str, grant: GrantId) -> Result<People, UiError> {
    Ok(view(service().get_collaborator(&who(), &AppName::of(owner, app), grant).await?))
}

/// The grant as it stands, for what a form does not say.
async fn standing(service: &Service, app: &AppName, grant: GrantId) -> Result<GrantRow, UiError> {
    let page = service.get_collaborator(&who(), app, grant).await?;
    page.rows.into_iter().next().ok_or(UiError::NotFound)
}

pub(super) async fn add(owner: &str, app: &str, people: &str, access: &Access) -> Result<String, UiError> {
    let typed = pasted_addresses(people);
    if typed.is_empty() {
        return Err(invalid("people", "Enter at least one e-mail address."));
    }
    let service = service();
    let input = AddCollaborators {
        people: invitees(&typed),
        scopes: access.scopes()?,
        endpoints: None,
        reach: access.reach(Reach::Everything)?,
        ends_at: access.ends_at(service.world().now())?,
        note: access.note.clone(),
    };
    let added = service.add_collaborators(&who(), &AppName::of(owner, app), &input).await;
    let added = added.map_err(|error| about_people(error, &typed))?;
    back_to_list(owner, app);
    Ok(told(&added.grants))
}

/// Those who were typed, for the operation to find.
fn invitees(typed: &[(String, Result<Email, InvalidValue>)]) -> Vec<Invitee> {
    typed
        .iter()
        .map(|(typed, email)| {
            Invitee::Address(email.as_ref().map_or_else(|_| typed.clone(), Email::to_string))
        })
        .collect()
}

pub(super) async fn check(owner: &str, app: &str, people: &str) -> Result<Vec<(String, String)>, UiError> {
    let typed = pasted_addresses(people);
    let against = service().check_invitees(&who(), &AppName::of(owner, app), &invitees(&typed)).await?;
    let both = typed.into_iter().zip(against);
    Ok(both.filter_map(|((typed, _), against)| Some((typed, against?))).collect())
}

/// The operation counts the people, and says what is wrong with each in words that follow what they were called; the
/// form has one field for all of them.
fn about_people(error: Error, typed: &[(String, Result<Email, InvalidValue>)]) -> UiError {
    let Error::Invalid { fields } = error else { return error.into() };
    let person = |field: &str| {
        let index = field.strip_prefix("people[")?.strip_suffix(']')?;
        typed.get(index.parse::<usize>().ok()?)
    };
    let fields = fields.into_iter().map(|field| match person(&field.field) {
        Some((typed, Ok(_))) => {
            FieldError { field: "people".into(), message: format!("{typed} {}.", field.message) }
        }
        // What is no address is named in what is said of it.
        Some((_, Err(_))) => FieldError { field: "people".into(), message: sentence(&field.message) },
        None => FieldError { field: field.field, message: sentence(&field.message) },
    });
    UiError::Invalid { fields: fields.collect() }
}

/// Who was added and who was invited.
fn told(grants: &[GrantRow]) -> String {
    let (invited, added): (Vec<_>, Vec<_>) = grants.iter().partition(|grant| grant.is_pending());
    let sentence = |grants: Vec<&GrantRow>, done: &str| match grants.as_slice() {
        [] => None,
        [one] => Some(format!("{} was {done}.", one.holder())),
        several => Some(format!("{} people were {done}.", several.len())),
    };
    let sentences = [sentence(added, "added"), sentence(invited, "invited")];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

pub(super) async fn edit(
    owner: &str,
    app: &str,
    grant: GrantId,
    version: i64,
    access: &Access,
) -> Result<String, UiError> {
    let service = service();
    let name = AppName::of(owner, app);
    let row = standing(&service, &name, grant).await?;
    let ends_at = match access.ends.as_str() {
        "keep" => row.ends_at,
        _ => access.ends_at(service.world().now())?,
    };
    let input = EditCollaborator {
        grant,
        scopes: access.scopes()?,
        endpoints: row.endpoints,
        reach: access.reach(row.reach)?,
        ends_at,
        note: Some(access.note.clone()),
        expected_version: Some(version),
    };
    let row = service.edit_collaborator(&who(), &name, &input).await?;
    back_to_list(owner, app);
    Ok(format!("{} has this access now: {}.", row.holder(), words::access(row.scopes, row.reach)))
}

pub(super) async fn preview_edit(
    owner: &str,
    app: &str,
    grant: GrantId,
    scopes: ScopeSet,
    reach: Reach,
) -> Result<Consequences, UiError> {
    let service = service();
    let name = AppName::of(owner, app);
    let row = standing(&service, &name, grant).await?;
    let input = EditCollaborator {
        grant,
        scopes,
        endpoints: row.endpoints,
        reach,
        ends_at: row.ends_at,
        note: None,
        expected_version: None,
    };
    Ok(consequences(service.preview_edit(&who(), &name, &input).await?))
}

pub(super) async fn preview_removal(
    owner: &str,
    app: &str,
    grant: GrantId,
) -> Result<(Consequences, Consequences), UiError> {
    let (service, name) = (service(), AppName::of(owner, app));
    let removed = service.preview_removal(&who(), &name, grant, Below::RemoveToo).await?;
    let kept = service.preview_removal(&who(), &name, grant, Below::KeepUnderMe).await?;
    Ok((consequences(removed), consequences(kept)))
}

fn consequences(preview: Preview) -> Consequences {
    let keys = usize::try_from(preview.keys_ending + preview.keys_narrowing).unwrap_or_default();
    let inputs = usize::try_from(preview.assignments_returning).unwrap_or_default();
    Consequences { people: preview.lines.into_iter().map(consequence).collect(), keys, inputs }
}

fn consequence(line: PreviewLine) -> Consequence {
    let short = match &line.after {
        None => "loses access".to_owned(),
        Some(_) if line.difference.is_empty() && line.changes_inviter => "stays, under you".to_owned(),
        Some(_) if line.changes_inviter => format!("{}, under you", line.difference.short()),
        Some(_) => line.difference.short(),
    };
    let sentences = if line.after.is_some() { line.difference.sentences() } else { Vec::new() };
    Consequence { name: line.name, short, sentences }
}

pub(super) async fn remove(owner: &str, app: &str, grant: GrantId, below: &str) -> Result<String, UiError> {
    let below = match below {
        "keep" => Below::KeepUnderMe,
        "remove" => Below::RemoveToo,
        _ => return Err(invalid("below", "Choose what becomes of the people whom they invited.")),
    };
    let (service, name) = (service(), AppName::of(owner, app));
    let row = standing(&service, &name, grant).await?;
    service.remove_collaborator(&who(), &name, grant, below).await?;
    back_to_list(owner, app);
    Ok(format!("{} was removed.", row.holder()))
}

pub(super) async fn resend(owner: &str, app: &str, grant: GrantId) -> Result<(), UiError> {
    service().resend_invitation(&who(), &AppName::of(owner, app), grant).await?;
    back_to_list(owner, app);
    Ok(())
}

pub(super) async fn cancel(owner: &str, app: &str, grant: GrantId) -> Result<(), UiError> {
    service().cancel_invitation(&who(), &AppName::of(owner, app), grant).await?;
    back_to_list(owner, app);
    Ok(())
}

pub(super) async fn leave(owner: &str, app: &str) -> Result<(), UiError> {
    service().leave_app(&who(), &AppName::of(owner, app)).await?;
    leptos_axum::redirect("/collaborations");
    Ok(())
}
