//! What the caller did, and what was done to them.

use atelier_contract::proto::audit_log_target::Target;
use atelier_contract::proto::{
    AuditLogEntry, AuditLogTarget, EventType, MultiAuditLogEntryResponse, PostAuditLogSearchesRequest, User,
};
use atelier_contract::{Call, Failure};
use atelier_service::Service;
use atelier_service::audit::{AuditEntry, AuditFilter};

use super::{Window, failure, moment, own_account, timestamp, who};

pub(super) async fn search(
    service: Service,
    call: Call,
    request: PostAuditLogSearchesRequest,
) -> Result<MultiAuditLogEntryResponse, Failure> {
    let who = who(&call)?;
    own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    let query = request.query.unwrap_or_default();
    let narrows = !query.user_ids.is_empty()
        || !query.operations.is_empty()
        || !query.targets.is_empty()
        || !query.source_ips.is_empty()
        || query.success == Some(false);
    if narrows || request.sort_ascending {
        // Better refused than answered with entries that were not asked for.
        return Err(Failure::invalid("entries are searched by time only, and come the newest first"));
    }
    let filter = AuditFilter {
        from: query.timestamp_from.map(moment),
        until: query.timestamp_to.map(moment),
        ..AuditFilter::default()
    };
    let pagination = request.pagination.unwrap_or_default();
    let window = Window::new(pagination.page, pagination.per_page);
    let page = service.list_own_audit(&who, &filter, window.end()).await.map_err(failure)?;
    Ok(MultiAuditLogEntryResponse {
        entries: window.cut(page.entries).map(answer).collect(),
        ..MultiAuditLogEntryResponse::default()
    })
}

fn answer(entry: AuditEntry) -> AuditLogEntry {
    let person = |name: String| User { first_name: name, ..User::default() };
    let target = entry
        .subject_id
        .map(|_| AuditLogTarget { target: Some(Target::User(Box::new(person(entry.subject.clone())))) });
    AuditLogEntry {
        timestamp: Some(timestamp(entry.at)),
        user: Some(person(entry.actor)),
        operation: operation(&entry.action).into(),
        description: format!("{}: {}", entry.action, entry.subject),
        targets: target.into_iter().collect(),
        // Only what was refused is not a success, and of that only sign-ins are listed.
        success: entry.action != "session.refused",
        source_ip: entry.address,
        ..AuditLogEntry::default()
    }
}

/// What the wire calls an action. It has no word for those around keys and sessions: the description tells of them.
fn operation(action: &str) -> EventType {
    match action {
        "app.created" => EventType::ApplicationCreate,
        "app.changed" | "app.restored" => EventType::ApplicationUpdate,
        "app.deleted" => EventType::ApplicationDelete,
        "collaborator.added" | "collaborator.joined" => EventType::CollaboratorAdd,
        "collaborator.changed" => EventType::CollaboratorUpdate,
        "collaborator.removed" | "collaborator.left" => EventType::CollaboratorRemove,
        _ if action.starts_with("address.") || action.starts_with("password.") => EventType::UserUpdate,
        _ => EventType::NotSet,
    }
}
