//! An entry as files have it: a line of JSON, or of a table.

use atelier_domain::id::{AppId, AuditId, KeyId, UserId};
use atelier_domain::{Hex, Timestamp};
use atelier_service::audit::{AuditEntry, LinkedRow};
use atelier_service::csv::marked;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// One entry. What was done in one app alone is given out without its place in the chain, which counts what is done in
/// every app.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hash: Option<Hex<32>>,
    id: AuditId,
    #[serde(serialize_with = "write_moment", deserialize_with = "read_moment")]
    at: Timestamp,
    app_id: Option<AppId>,
    actor_id: Option<UserId>,
    actor: String,
    key_id: Option<KeyId>,
    action: String,
    subject_id: Option<UserId>,
    subject: String,
    before_state: Option<Value>,
    after_state: Option<Value>,
    address: String,
    user_agent: String,
}

/// Like other programs write moments, to the microsecond; one that no calendar has stays a number.
fn write_moment<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    match jiff::Timestamp::from_microsecond(at.micros()) {
        Ok(at) => serializer.collect_str(&at),
        Err(_) => serializer.serialize_i64(at.micros()),
    }
}

fn read_moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Moment {
        Text(jiff::Timestamp),
        Micros(i64),
    }
    Ok(Timestamp::from_micros(match Moment::deserialize(deserializer)? {
        Moment::Text(at) => at.as_microsecond(),
        Moment::Micros(micros) => micros,
    }))
}

impl From<AuditEntry> for Line {
    fn from(entry: AuditEntry) -> Self {
        let AuditEntry { id, at, app_id, actor_id, actor, key_id, action, subject_id, subject, .. } = entry;
        let AuditEntry { before_state, after_state, address, user_agent, .. } = entry;
        Self {
            position: None,
            hash: None,
            id,
            at,
            app_id,
            actor_id,
            actor,
            key_id,
            action,
            subject_id,
            subject,
            before_state,
            after_state,
            address,
            user_agent,
        }
    }
}

impl Line {
    /// An entry with its place in the chain, unless the entry is gone.
    pub(crate) fn linked(row: LinkedRow) -> Option<Self> {
        let hash = row.hash.as_slice().try_into().map(Hex).ok();
        row.entry.map(|entry| Self { position: Some(row.position), hash, ..entry.into() })
    }

    /// The entry that the line tells of.
    pub(crate) fn entry(self) -> AuditEntry {
        let Self { id, at, app_id, actor_id, actor, key_id, action, subject_id, subject, .. } = self;
        let Self { before_state, after_state, address, user_agent, .. } = self;
        AuditEntry {
            id,
            at,
            app_id,
            actor_id,
            actor,
            key_id,
            action,
            subject_id,
            subject,
            before_state,
            after_state,
            address,
            user_agent,
        }
    }
}

/// How entries are written into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A table for spreadsheets.
    Csv,
    /// A JSON object in each line.
    Jsonl,
}

impl Format {
    /// What comes before the first entry. `is_linked` says whether entries come with their places in the chain.
    pub(crate) fn head(self, is_linked: bool) -> String {
        match self {
            Self::Csv if is_linked => format!("position,hash,{COLUMNS}\r\n"),
            Self::Csv => format!("{COLUMNS}\r\n"),
            Self::Jsonl => String::new(),
        }
    }

    /// Writes one entry at the end of `text`.
    pub(crate) fn write(self, line: &Line, text: &mut String) -> serde_json::Result<()> {
        match self {
            Self::Jsonl => {
                text.push_str(&serde_json::to_string(line)?);
                text.push('\n');
            }
            Self::Csv => {
                let fields = serde_json::to_value(line)?;
                let own = COLUMNS.split(',').map(|name| (name, true));
                let places = ["position", "hash"].map(|name| (name, fields.get(name).is_some()));
                let written = places.into_iter().chain(own).filter(|(_, is_there)| *is_there);
                let cells: Vec<String> = written.map(|(name, _)| cell(fields.get(name))).collect();
                text.push_str(&cells.join(","));
                text.push_str("\r\n");
            }
        }
        Ok(())
    }
}

/// The columns of a table, named like the fields of a line of JSON.
const COLUMNS: &str = "id,at,app_id,actor_id,actor,key_id,action,subject_id,subject,before_state,after_state,address,\
                       user_agent";

/// A value as a cell of a table, always between quotation marks.
fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    format!("\"{}\"", marked(&text).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// ASVS 1.2.10.
    #[test]
    fn a_spreadsheet_computes_nothing() {
        for (value, shown) in [
            (json!("Ada"), "\"Ada\""),
            (json!(null), ""),
            (json!(7), "\"7\""),
            (json!({ "a": "b" }), "\"{\"\"a\"\":\"\"b\"\"}\""),
            (json!("a\"b,\r\nc"), "\"a\"\"b,\r\nc\""),
            (json!("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\""),
            (json!("+1"), "\"'+1\""),
            (json!("-1"), "\"'-1\""),
            (json!("@SUM(A1)"), "\"'@SUM(A1)\""),
            (json!("\t=1"), "\"'\t=1\""),
            (json!("\r=1"), "\"'\r=1\""),
            (json!("＝1"), "\"'＝1\""),
        ] {
            assert_eq!(cell(Some(&value)), shown);
        }
        assert_eq!(cell(None), "");
    }

    #[test]
    fn a_table_has_a_column_for_each_field_of_a_line() {
        let entry: Line = serde_json::from_value(json!({
            "position": 1,
            "hash": "00".repeat(32),
            "id": "00000000-0000-0000-0000-000000000001",
            "at": "2026-01-01T12:00:00.000001Z",
            "app_id": null,
            "actor_id": null,
            "actor": "Ada",
            "key_id": null,
            "action": "app.created",
            "subject_id": null,
            "subject": "Street signs",
            "before_state": null,
            "after_state": { "id": "street-signs" },
            "address": "127.0.0.1",
            "user_agent": "test",
        }))
        .unwrap();
        let fields = serde_json::to_value(&entry).unwrap();
        let head = Format::Csv.head(true);
        let mut columns: Vec<_> = head.trim_end().split(',').collect();
        columns.sort_unstable();
        let mut names: Vec<_> = fields.as_object().unwrap().keys().collect();
        names.sort_unstable();
        assert_eq!(columns, names);
        let mut text = String::new();
        Format::Csv.write(&Line { position: None, hash: None, ..entry }, &mut text).unwrap();
        assert_eq!(
            text,
            "\"00000000-0000-0000-0000-000000000001\",\"2026-01-01T12:00:00.000001Z\",,,\"Ada\",,\"app.created\",,\
             \"Street signs\",,\"{\"\"id\"\":\"\"street-signs\"\"}\",\"127.0.0.1\",\"test\"\r\n"
        );
    }
}
