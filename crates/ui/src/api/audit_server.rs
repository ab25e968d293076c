//! The server's side of [`super`].

use std::collections::BTreeSet;

use atelier_domain::time::DAY;
use atelier_domain::{Endpoint, ScopeSet, Timestamp, words};
use atelier_service::AppName;
use atelier_service::audit::{AuditEntry, AuditFilter, AuditPage};
use serde_json::Value;

use super::{Change, Entries, Entry, Filter};
use crate::api::apps::{AppPlace, place};
use crate::api::chosen;
use crate::api::identity::Person;
use crate::error::UiError;
use crate::server::{self, service, who};

/// How many entries a page has.
const PAGE: usize = 50;

pub(super) async fn of_app(owner: &str, app: &str, filter: Filter) -> Result<(AppPlace, Entries), UiError> {
    let (service, who, app) = (service(), who(), AppName::of(owner, app));
    let found = service.list_app_audit(&who, &app, &filter.read()?, PAGE).await?;
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    Ok((place, entries(found)))
}

pub(super) async fn own(filter: Filter) -> Result<(Person, Entries), UiError> {
    let person = server::person().await?;
    let found = service().list_own_audit(&who(), &filter.read()?, PAGE).await?;
    Ok((person, entries(found)))
}

impl Filter {
    /// What the operations are asked for.
    ///
    /// # Errors
    /// [`UiError::Invalid`] for a day that is none, [`UiError::NotFound`] for an entry that is none.
    pub fn read(self) -> Result<AuditFilter, UiError> {
        let before = Some(self.before).filter(|id| !id.is_empty());
        Ok(AuditFilter {
            actor: Some(self.actor),
            subject: Some(self.subject),
            action: Some(self.action),
            // The end of the day before is where the first day begins.
            from: end_of("from", &self.from)?.map(|end| end.plus(-DAY)),
            until: end_of("until", &self.until)?,
            before: before.map(|id| id.parse()).transpose().map_err(|_| UiError::NotFound)?,
        })
    }
}

fn end_of(field: &str, day: &str) -> Result<Option<Timestamp>, UiError> {
    if day.is_empty() {
        return Ok(None);
    }
    chosen::end("date", day, Timestamp::from_micros(0))
        .map_err(|_| chosen::invalid(field, "must be a day, such as 2027-01-31"))
}

fn entries(page: AuditPage) -> Entries {
    let next = page.more.then(|| page.entries.last().map(|entry| entry.id.to_string())).flatten();
    Entries { entries: page.entries.into_iter().map(entry).collect(), next }
}

fn entry(row: AuditEntry) -> Entry {
    Entry {
        id: row.id.to_string(),
        at: row.at.micros(),
        actor: row.actor,
        with_key: row.key_id.is_some(),
        action: row.action,
        subject: row.subject,
        changes: changes(row.before_state.as_ref(), row.after_state.as_ref()),
        address: row.address,
    }
}

/// What is different between two states, in the order of its names; what is the same on both sides says nothing.
fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let fields = |state: Option<&Value>| state.and_then(Value::as_object).cloned().unwrap_or_default();
    let (before, after) = (fields(before), fields(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| {
            let (before, after) = (before.get(name), after.get(name));
            let (before, after) = match (before.and_then(scopes), after.and_then(scopes)) {
                // Of many scopes, those that went and those that came.
                (Some(before), Some(after)) if name == "scopes" => {
                    (listed(before.minus(after)), listed(after.minus(before)))
                }
                _ => {
                    let read = |value: Option<&Value>| value.and_then(|value| text(name, value));
                    (read(before), read(after))
                }
            };
            Change { name: name.replace('_', " "), before, after }
        })
        .filter(|change| change.before != change.after)
        .collect()
}

/// The set of scopes that a value is, if it is one.
fn scopes(value: &Value) -> Option<ScopeSet> {
    value.as_str()?.parse().ok()
}

fn listed(scopes: ScopeSet) -> Option<String> {
    (!scopes.is_empty()).then(|| words::scope_names(scopes).replace('`', ""))
}

/// A value as people read it; nothing for nothing.
fn text(name: &str, value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(true) => Some("yes".into()),
        Value::Bool(false) => Some("no".into()),
        Value::Number(micros) if name.ends_with("_at") => {
            let at = jiff::Timestamp::from_microsecond(micros.as_i64()?).ok()?;
            Some(at.strftime("%Y-%m-%d %H:%M UTC").to_string())
        }
        Value::String(_) if name == "scopes" => listed(scopes(value)?),
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().filter_map(|value| self::text("", value)).collect();
            Some(texts.join(", "))
        }
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use atelier_domain::Scope;
    use serde_json::json;

    use super::*;

    fn change(name: &str, before: Option<&str>, after: Option<&str>) -> Change {
        Change { name: name.into(), before: before.map(Into::into), after: after.map(Into::into) }
    }

    #[test]
    fn only_what_differs_is_told() {
        let (few, more) = (
            ScopeSet::of(&[Scope::AppsGet, Scope::TasksGet]),
            ScopeSet::of(&[Scope::AppsGet, Scope::InputsGet]),
        );
        let before = json!({ "scopes": few, "note": "", "ends_at": null });
        let after = json!({ "scopes": more, "note": "", "ends_at": 0 });
        assert_eq!(
            changes(Some(&before), Some(&after)),
            [
                change("ends at", None, Some("1970-01-01 00:00 UTC")),
                change("scopes", Some("Tasks_Get"), Some("Inputs_Get")),
            ]
        );
    }

    #[test]
    fn what_begins_and_what_ends_has_one_side() {
        let state = json!({ "id": "street-signs" });
        assert_eq!(changes(None, Some(&state)), [change("id", None, Some("street-signs"))]);
        assert_eq!(changes(Some(&state), None), [change("id", Some("street-signs"), None)]);
    }
}
