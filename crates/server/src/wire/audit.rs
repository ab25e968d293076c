//! What was done, by whom: in an app, or by and to the caller.

use atelier_contract::proto::audit_log_target::Target;
use atelier_contract::proto::{
    AuditLogEntry, AuditLogQuery, AuditLogTarget, EventType, MultiAuditLogEntryResponse,
    PostAuditLogSearchesRequest, User,
};
use atelier_contract::{Call, Failure};
use atelier_service::Service;
use atelier_service::audit::{FoundRow, Search};
use serde_json::Value;

use super::{Window, app_name, apps, failure, moment, own_account, timestamp, users::named, who};

/// The actions that tell of something that did not succeed.
const REFUSED: [&str; 3] = ["session.refused", "second_factor.refused", "passkey.refused"];

/// What the wire calls an action. It has no word for those around keys and sessions: the description tells of them.
const OPERATIONS: &[(&str, EventType)] = &[
    ("app.created", EventType::ApplicationCreate),
    ("app.changed", EventType::ApplicationUpdate),
    ("app.restored", EventType::ApplicationUpdate),
    ("app.deleted", EventType::ApplicationDelete),
    ("collaborator.added", EventType::CollaboratorAdd),
    ("collaborator.joined", EventType::CollaboratorAdd),
    ("collaborator.changed", EventType::CollaboratorUpdate),
    ("collaborator.removed", EventType::CollaboratorRemove),
    ("collaborator.left", EventType::CollaboratorRemove),
    ("address.added", EventType::UserUpdate),
    ("address.verified", EventType::UserUpdate),
    ("address.removed", EventType::UserUpdate),
    ("password.changed", EventType::UserUpdate),
    ("identity.connected", EventType::UserUpdate),
    ("identity.disconnected", EventType::UserUpdate),
    ("passkey.added", EventType::UserUpdate),
    ("passkey.removed", EventType::UserUpdate),
    ("second_factor.added", EventType::UserUpdate),
    ("second_factor.removed", EventType::UserUpdate),
    ("recovery_codes.made", EventType::UserUpdate),
];

/// The published protocol searches a person's entries. If an app is named, too, those of the app are searched: by
/// whoever may read its audit list.
pub(super) async fn search(
    service: Service,
    call: Call,
    request: PostAuditLogSearchesRequest,
) -> Result<MultiAuditLogEntryResponse, Failure> {
    let who = who(&call)?;
    let set = request.user_app_id.unwrap_or_default();
    let app = if set.app_id.is_empty() {
        own_account(&service, &who, &call, Some(&set)).await?;
        None
    } else {
        Some(app_name(Some(set)))
    };
    let mut search = read(request.query.unwrap_or_default())?;
    search.oldest_first = request.sort_ascending;
    let pagination = request.pagination.unwrap_or_default();
    let window = Window::new(pagination.page, pagination.per_page);
    let found = service.search_audit(&who, app.as_ref(), &search, window.page, window.size).await;
    Ok(MultiAuditLogEntryResponse {
        entries: found.map_err(failure)?.into_iter().map(answer).collect(),
        ..MultiAuditLogEntryResponse::default()
    })
}

fn read(query: AuditLogQuery) -> Result<Search, Failure> {
    let given = |names: Vec<String>| (!names.is_empty()).then_some(names);
    let slugs = query.user_ids.iter().map(|id| id.to_lowercase()).collect();
    let targets = query.targets.into_iter().map(target).collect::<Result<_, _>>()?;
    let mut actions = None;
    if !query.operations.is_empty() {
        if query.operations.contains(&EventType::NotSet.into()) {
            return Err(Failure::invalid("operations must not name the one that is not set"));
        }
        let is_wanted = |operation: EventType| query.operations.contains(&operation.into());
        let wanted = OPERATIONS.iter().filter(|(_, operation)| is_wanted(*operation));
        actions = Some(wanted.map(|(action, _)| (*action).to_owned()).collect::<Vec<_>>());
    }
    if query.success == Some(false) {
        // None of the operations of the wire is ever listed as one that failed.
        actions = Some(if actions.is_none() { REFUSED.map(str::to_owned).to_vec() } else { Vec::new() });
    }
    let other_actions =
        if query.success == Some(true) { REFUSED.map(str::to_owned).to_vec() } else { Vec::new() };
    Ok(Search {
        from: query.timestamp_from.map(|from| moment("timestamp_from", from)).transpose()?,
        until: query.timestamp_to.map(|to| moment("timestamp_to", to)).transpose()?,
        actors: given(slugs),
        actions,
        other_actions,
        targets: given(targets),
        addresses: given(query.source_ips),
        oldest_first: false,
    })
}

/// How a target is searched for: a person by slug, an app by its owner's and its own.
fn target(target: AuditLogTarget) -> Result<String, Failure> {
    match target.target {
        Some(Target::User(user)) if !user.id.is_empty() => Ok(user.id.to_lowercase()),
        Some(Target::App(app)) if !app.id.is_empty() && !app.user_id.is_empty() => {
            Ok(format!("{}/{}", app.user_id, app.id).to_lowercase())
        }
        _ => Err(Failure::invalid("targets must be users with an id, or apps with a user_id and an id")),
    }
}

fn answer(row: FoundRow) -> AuditLogEntry {
    let subject = row.subject_slug.zip(row.subject_name).map(|(slug, name)| named(slug, name));
    let app = row.app_owner.zip(row.app_slug).map(|(owner, slug)| apps::named(&owner, &slug, ""));
    let targets = subject
        .map(|user| Target::User(Box::new(user)))
        .into_iter()
        .chain(app.map(|app| Target::App(Box::new(app))));
    let state = |label: &str, state: Option<Value>| state.map(|state| format!("{label}: {state}"));
    let details = state("before", row.before_state).into_iter().chain(state("after", row.after_state));
    let operation = OPERATIONS.iter().find(|(action, _)| *action == row.action);
    AuditLogEntry {
        timestamp: Some(timestamp(row.at)),
        user: Some(match row.actor_slug {
            Some(slug) => named(slug, row.actor),
            None => User { first_name: row.actor, ..User::default() },
        }),
        operation: operation.map_or(EventType::NotSet, |(_, operation)| *operation).into(),
        description: format!("{}: {}", row.action, row.subject),
        targets: targets.map(|target| AuditLogTarget { target: Some(target) }).collect(),
        details: details.collect(),
        success: !REFUSED.contains(&row.action.as_str()),
        source_ip: row.address,
        ..AuditLogEntry::default()
    }
}
