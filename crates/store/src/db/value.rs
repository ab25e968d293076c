//! What is bound to a query.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value};
use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use uuid::Uuid;

/// A statement for both databases. Parameters are `$1`, `$2`, …, which both read.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

impl Sql {
    /// One statement where the dialects differ.
    #[must_use]
    pub const fn differing(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }
}

impl From<&'static str> for Sql {
    fn from(both: &'static str) -> Self {
        Self { sqlite: both, postgres: both }
    }
}

/// A value bound to a query, of a type that both databases carry.
#[derive(Clone, Debug)]
pub enum Param<'a> {
    /// A whole number, moment or count.
    Integer(Option<i64>),
    /// A measured number.
    Real(Option<f64>),
    /// A truth value.
    Bool(bool),
    /// A text.
    Text(Option<&'a str>),
    /// A text made for the occasion.
    OwnedText(Option<String>),
    /// Bytes.
    Bytes(Option<&'a [u8]>),
    /// An identifier.
    Uuid(Option<Uuid>),
    /// A JSON document: text in SQLite, `jsonb` in PostgreSQL.
    Json(Option<&'a serde_json::Value>),
}

impl Param<'_> {
    /// Whether it is, or holds, a text with the character NUL.
    fn has_nul(&self) -> bool {
        match self {
            Self::Text(text) => text.is_some_and(|text| text.contains('\0')),
            Self::OwnedText(text) => text.as_deref().is_some_and(|text| text.contains('\0')),
            Self::Json(json) => json.is_some_and(json_has_nul),
            Self::Integer(_) | Self::Real(_) | Self::Bool(_) | Self::Bytes(_) | Self::Uuid(_) => false,
        }
    }

    pub(super) fn bind_postgres<'q>(
        &self,
        query: Query<'q, Postgres, PgArguments>,
    ) -> Query<'q, Postgres, PgArguments> {
        match self {
            Self::Integer(value) => query.bind(*value),
            Self::Real(value) => query.bind(*value),
            Self::Bool(value) => query.bind(*value),
            Self::Text(value) => query.bind(*value),
            Self::OwnedText(value) => query.bind(value.as_deref()),
            Self::Bytes(value) => query.bind(*value),
            Self::Uuid(value) => query.bind(*value),
            Self::Json(value) => query.bind(value.map(sqlx::types::Json)),
        }
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Integer(value) => value.to_sql(),
            Self::Real(value) => value.to_sql(),
            Self::Bool(value) => value.to_sql(),
            Self::Text(value) => value.to_sql(),
            Self::OwnedText(value) => value.to_sql(),
            Self::Bytes(value) => value.to_sql(),
            Self::Uuid(value) => value.to_sql(),
            Self::Json(value) => {
                let text = value.map_or(Value::Null, |document| Value::Text(document.to_string()));
                Ok(ToSqlOutput::Owned(text))
            }
        }
    }
}

/// Whether a text among `params`, or in a document among them, has the character NUL.
pub(super) fn any_has_nul(params: &[Param<'_>]) -> bool {
    params.iter().any(Param::has_nul)
}

fn json_has_nul(json: &serde_json::Value) -> bool {
    use serde_json::Value;
    match json {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(json_has_nul),
        Value::Object(map) => map.iter().any(|(name, value)| name.contains('\0') || json_has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

macro_rules! from {
    ($($type:ty => |$value:ident| $param:expr;)+) => {$(
        impl<'a> From<$type> for Param<'a> {
            fn from($value: $type) -> Self {
                $param
            }
        }
    )+};
}

from! {
    i64 => |value| Self::Integer(Some(value));
    Option<i64> => |value| Self::Integer(value);
    f64 => |value| Self::Real(Some(value));
    Option<f64> => |value| Self::Real(value);
    bool => |value| Self::Bool(value);
    &'a str => |value| Self::Text(Some(value));
    Option<&'a str> => |value| Self::Text(value);
    &'a String => |value| Self::Text(Some(value));
    String => |value| Self::OwnedText(Some(value));
    Option<String> => |value| Self::OwnedText(value);
    &'a Option<String> => |value| Self::Text(value.as_deref());
    &'a [u8] => |value| Self::Bytes(Some(value));
    Option<&'a [u8]> => |value| Self::Bytes(value);
    &'a [u8; 32] => |value| Self::Bytes(Some(value));
    Uuid => |value| Self::Uuid(Some(value));
    &'a serde_json::Value => |value| Self::Json(Some(value));
    Option<&'a serde_json::Value> => |value| Self::Json(value);
    atelier_domain::Timestamp => |value| Self::Integer(Some(value.micros()));
    Option<atelier_domain::Timestamp> => |value| Self::Integer(value.map(atelier_domain::Timestamp::micros));
    &'a atelier_domain::Email => |value| Self::Text(Some(value.as_str()));
    &'a atelier_domain::Slug => |value| Self::Text(Some(value.as_str()));
    &'a atelier_domain::ResourceId => |value| Self::Text(Some(value.as_str()));
    &'a atelier_domain::DisplayName => |value| Self::Text(Some(value.as_str()));
    atelier_domain::Reach => |value| Self::Text(Some(value.name()));
    atelier_domain::ScopeSet => |value| Self::OwnedText(Some(value.to_string()));
    Option<atelier_domain::EndpointSet> => |value| Self::OwnedText(value.map(|set| set.to_string()));
}

macro_rules! from_ids {
    ($($id:ident)+) => {$(
        impl From<atelier_domain::id::$id> for Param<'_> {
            fn from(id: atelier_domain::id::$id) -> Self {
                Self::Uuid(Some(id.0))
            }
        }

        impl From<Option<atelier_domain::id::$id>> for Param<'_> {
            fn from(id: Option<atelier_domain::id::$id>) -> Self {
                Self::Uuid(id.map(|id| id.0))
            }
        }
    )+};
}

from_ids! { UserId AppId GrantId KeyId SessionId IdentityId PasskeyId AuditId InputId AnnotationId JobId RelationId TaskId AssignmentReviewId }

from_ids! { DatasetId DatasetVersionId BatchId CollectorId WorkflowId WorkflowVersionId ModelId ModelVersionId }

/// The parameters of a query, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Param::from($value)),*] };
}
pub(crate) use params;
