//! What a query answers.

use std::cell::{Cell, RefCell};

use atelier_domain::{EndpointSet, ScopeSet, Timestamp, id};
use rusqlite::types::FromSql;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::{Error, Result};

/// One row of an answer, while it is read.
pub enum Row<'a> {
    /// Of SQLite.
    Sqlite(SqliteRow<'a>),
    /// Of PostgreSQL.
    Postgres(&'a PgRow),
}

/// Which columns the rows of an answer are read by, in the order in which the first one was read: the others are read alike.
#[derive(Default)]
pub(super) struct Columns(RefCell<Vec<(&'static str, usize)>>);

/// A row of SQLite's.
pub struct SqliteRow<'a> {
    row: &'a rusqlite::Row<'a>,
    columns: &'a Columns,
    /// How many columns were read.
    read: Cell<usize>,
}

impl<'a> SqliteRow<'a> {
    pub(super) fn of(row: &'a rusqlite::Row<'a>, columns: &'a Columns) -> Self {
        Self { row, columns, read: Cell::new(0) }
    }

    /// The value of `column`.
    fn get<T: FromSql>(&self, column: &'static str) -> rusqlite::Result<T> {
        self.row.get(self.index(column)?)
    }

    /// The text in `column`, which is not copied.
    fn text(&self, column: &'static str) -> rusqlite::Result<Option<&str>> {
        Ok(self.row.get_ref(self.index(column)?)?.as_str_or_null()?)
    }

    /// The value of the column at `index`.
    pub(crate) fn at<T: FromSql>(&self, index: usize) -> rusqlite::Result<T> {
        self.row.get(index)
    }

    /// Where `column` is. To compare names takes longer than a small read, so that a name is looked for only where the row
    /// before was read by another one, and then from the column after the last on.
    fn index(&self, column: &'static str) -> rusqlite::Result<usize> {
        let turn = self.read.replace(self.read.get() + 1);
        let mut known = self.columns.0.borrow_mut();
        match known.get(turn) {
            Some((name, index)) if std::ptr::eq(*name, column) => return Ok(*index),
            _ => known.truncate(turn),
        }
        let statement = self.row.as_ref();
        let after = known.last().map_or(0, |(_, index)| index + 1);
        let found = (after..statement.column_count())
            .chain(0..after)
            .find(|index| statement.column_name(*index).is_ok_and(|name| name == column))
            .ok_or_else(|| rusqlite::Error::InvalidColumnName(column.into()))?;
        known.push((column, found));
        Ok(found)
    }
}

impl Row<'_> {
    /// The value of `column`.
    ///
    /// # Errors
    /// When there is no such column, or it does not read back.
    pub fn get<T: Column>(&self, column: &'static str) -> Result<T> {
        T::read(self, column)
    }

    /// What the JSON document in `column` stands for, if there is one.
    ///
    /// # Errors
    /// When there is no such column, or it does not read back.
    pub fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>> {
        match self {
            Self::Sqlite(row) => row
                .text(column)?
                .map(serde_json::from_str)
                .transpose()
                .map_err(|error| Error::Corrupt { column, reason: error.to_string() }),
            Self::Postgres(row) => {
                let document: Option<sqlx::types::Json<T>> = row.try_get(column)?;
                Ok(document.map(|document| document.0))
            }
        }
    }
}

/// A type that a column reads back as.
pub trait Column: Sized {
    /// The value of `column` in `row`.
    ///
    /// # Errors
    /// When there is no such column, or it does not read back.
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self>;
}

/// A type that a row reads back as.
pub trait FromRow: Sized {
    /// The row as this type.
    ///
    /// # Errors
    /// When a column is missing or does not read back.
    fn from_row(row: &Row<'_>) -> Result<Self>;
}

macro_rules! plain {
    ($($type:ty)+) => {$(
        impl Column for $type {
            fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
                Ok(match row {
                    Row::Sqlite(row) => row.get(column)?,
                    Row::Postgres(row) => row.try_get(column)?,
                })
            }
        }

        impl Column for Option<$type> {
            fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
                Ok(match row {
                    Row::Sqlite(row) => row.get(column)?,
                    Row::Postgres(row) => row.try_get(column)?,
                })
            }
        }
    )+};
}

plain! { i64 f64 bool String Vec<u8> Uuid }

macro_rules! derived {
    ($($type:ty: $raw:ty => |$value:ident| $read:expr;)+) => {$(
        impl Column for $type {
            fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
                let $value: $raw = row.get(column)?;
                $read.map_err(|reason| Error::Corrupt { column, reason: reason.to_string() })
            }
        }

        impl Column for Option<$type> {
            fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
                let value: Option<$raw> = row.get(column)?;
                value
                    .map(|$value| $read)
                    .transpose()
                    .map_err(|reason| Error::Corrupt { column, reason: reason.to_string() })
            }
        }
    )+};
}

type Never = std::convert::Infallible;

derived! {
    Timestamp: i64 => |micros| Ok::<_, Never>(Timestamp::from_micros(micros));
    ScopeSet: String => |names| names.parse::<ScopeSet>();
    atelier_domain::Reach: String => |name| name.parse::<atelier_domain::Reach>();
    EndpointSet: String => |names| names.parse::<EndpointSet>();
    atelier_domain::Email: String => |text| text.parse::<atelier_domain::Email>();
    atelier_domain::Slug: String => |text| text.parse::<atelier_domain::Slug>();
    atelier_domain::ResourceId: String => |text| text.parse::<atelier_domain::ResourceId>();
    atelier_domain::DisplayName: String => |text| text.parse::<atelier_domain::DisplayName>();
    atelier_domain::Color: String => |text| text.parse::<atelier_domain::Color>();
    atelier_domain::Shortcut: String => |text| text.parse::<atelier_domain::Shortcut>();
    atelier_domain::Predicate: String => |name| name.parse::<atelier_domain::Predicate>();
    atelier_domain::Medium: String => |name| name.parse::<atelier_domain::Medium>();
    atelier_domain::Part: String => |name| name.parse::<atelier_domain::Part>();
    atelier_domain::collector::Watched: String => |name| name.parse::<atelier_domain::collector::Watched>();
    atelier_domain::collector::State: String => |name| name.parse::<atelier_domain::collector::State>();
    atelier_domain::training::State: String => |name| name.parse::<atelier_domain::training::State>();
    atelier_domain::training::Phase: String => |name| name.parse::<atelier_domain::training::Phase>();
    atelier_domain::training::Fault: String => |name| name.parse::<atelier_domain::training::Fault>();
    atelier_domain::collector::Share: i64 => |share| atelier_domain::collector::Share::of_millionths(share);
    id::UserId: Uuid => |uuid| Ok::<_, Never>(id::UserId(uuid));
    id::AppId: Uuid => |uuid| Ok::<_, Never>(id::AppId(uuid));
    id::GrantId: Uuid => |uuid| Ok::<_, Never>(id::GrantId(uuid));
    id::KeyId: Uuid => |uuid| Ok::<_, Never>(id::KeyId(uuid));
    id::SessionId: Uuid => |uuid| Ok::<_, Never>(id::SessionId(uuid));
    id::IdentityId: Uuid => |uuid| Ok::<_, Never>(id::IdentityId(uuid));
    id::PasskeyId: Uuid => |uuid| Ok::<_, Never>(id::PasskeyId(uuid));
    id::AuditId: Uuid => |uuid| Ok::<_, Never>(id::AuditId(uuid));
    id::InputId: Uuid => |uuid| Ok::<_, Never>(id::InputId(uuid));
    id::DatasetId: Uuid => |uuid| Ok::<_, Never>(id::DatasetId(uuid));
    id::DatasetVersionId: Uuid => |uuid| Ok::<_, Never>(id::DatasetVersionId(uuid));
    id::AnnotationId: Uuid => |uuid| Ok::<_, Never>(id::AnnotationId(uuid));
    id::JobId: Uuid => |uuid| Ok::<_, Never>(id::JobId(uuid));
    id::BatchId: Uuid => |uuid| Ok::<_, Never>(id::BatchId(uuid));
    id::RelationId: Uuid => |uuid| Ok::<_, Never>(id::RelationId(uuid));
    id::TaskId: Uuid => |uuid| Ok::<_, Never>(id::TaskId(uuid));
    id::CollectorId: Uuid => |uuid| Ok::<_, Never>(id::CollectorId(uuid));
    id::WorkflowId: Uuid => |uuid| Ok::<_, Never>(id::WorkflowId(uuid));
    id::WorkflowVersionId: Uuid => |uuid| Ok::<_, Never>(id::WorkflowVersionId(uuid));
    id::ModelId: Uuid => |uuid| Ok::<_, Never>(id::ModelId(uuid));
    id::ModelVersionId: Uuid => |uuid| Ok::<_, Never>(id::ModelVersionId(uuid));
}

impl Column for Option<serde_json::Value> {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        row.json(column)
    }
}

impl Column for serde_json::Value {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        row.get::<Option<Self>>(column)?.ok_or_else(|| Error::Corrupt { column, reason: "is null".into() })
    }
}

/// Declares a struct that a row reads back as, column by column under the fields' names.
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $type,)+ }

        impl $crate::db::FromRow for $name {
            fn from_row(row: &$crate::db::Row<'_>) -> $crate::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?,)+ })
            }
        }
    };
}
pub(crate) use row;
