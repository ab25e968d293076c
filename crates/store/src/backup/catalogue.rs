//! What tables there are, asked of the database itself: a new one cannot be forgotten.

use std::collections::BTreeSet;

use super::{BackupError, Result};
use crate::Backend;
use crate::db::{Conn, Sql, row};

/// A table, as both databases have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    /// In the order of their names.
    pub(super) columns: Vec<Column>,
    /// Which of the columns are the primary key, in its order.
    pub(super) key: Vec<usize>,
    /// Which of the columns refer to rows of the same table.
    pub(super) links: Vec<usize>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// What its database calls its type.
    pub(super) declared: Declared,
}

/// What a column holds, in the terms that both databases share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Bytes and identifiers.
    Bytes,
    /// Whole numbers, moments and truth values.
    Integer,
    Real,
    Text,
    Json,
}

/// The types of which PostgreSQL is to be asked for, and told, something that both databases have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// As its kind says.
    Plainly,
    /// An identifier, which is bytes.
    Uuid,
    /// A truth value, which is a whole number.
    Boolean,
}

row! {
    struct ColumnRow {
        table_name: String,
        column_name: String,
        declared: String,
        place: i64,
    }
}

row! {
    struct ReferenceRow {
        table_name: String,
        column_name: String,
        referenced: String,
    }
}

row! {
    struct VersionRow {
        version: Option<i64>,
    }
}

/// The columns of all tables, and their places in the primary keys, from 1; 0 outside of them. SQLite knows JSON
/// documents only by its check, and keeps words in tables that it makes of the inputs: PostgreSQL has a column that makes
/// itself. Tallies are made by both of what is added.
const COLUMNS: Sql = Sql::differing(
    "SELECT m.name AS table_name, c.name AS column_name, c.pk AS place, \
     CASE WHEN instr(m.sql, 'json_valid(' || c.name || ')') > 0 THEN 'json' ELSE lower(c.type) END AS declared \
     FROM sqlite_master m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name <> '_sqlx_migrations' AND m.name NOT LIKE 'sqlite_%' \
     AND substr(m.name, 1, 11) <> 'input_words' AND m.name NOT LIKE '%\\_tallies' ESCAPE '\\' \
     ORDER BY m.name, c.name",
    "SELECT CAST(t.relname AS TEXT) AS table_name, CAST(a.attname AS TEXT) AS column_name, \
     CAST(COALESCE(array_position(k.conkey, a.attnum), 0) AS BIGINT) AS place, \
     format_type(a.atttypid, a.atttypmod) AS declared \
     FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
     AND a.attgenerated = '' LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p' \
     WHERE t.relkind = 'r' AND t.relnamespace = CAST(current_schema() AS REGNAMESPACE) \
     AND t.relname <> '_sqlx_migrations' AND t.relname NOT LIKE '%\\_tallies' \
     ORDER BY t.relname COLLATE \"C\", a.attname COLLATE \"C\"",
);

/// Which columns refer to which tables.
const REFERENCES: Sql = Sql::differing(
    "SELECT m.name AS table_name, f.\"from\" AS column_name, f.\"table\" AS referenced \
     FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
     WHERE m.type = 'table' AND m.name <> '_sqlx_migrations' AND m.name NOT LIKE 'sqlite_%' \
     AND substr(m.name, 1, 11) <> 'input_words'",
    "SELECT CAST(t.relname AS TEXT) AS table_name, CAST(a.attname AS TEXT) AS column_name, \
     CAST(r.relname AS TEXT) AS referenced FROM pg_constraint k \
     JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (k.conkey) \
     WHERE k.contype = 'f' AND t.relnamespace = CAST(current_schema() AS REGNAMESPACE)",
);

/// The number of the last migration that the database has had.
pub(super) async fn schema(conn: &mut Conn) -> Result<i64> {
    let newest = "SELECT MAX(version) AS version FROM _sqlx_migrations WHERE success";
    let row: VersionRow = conn.fetch_one(newest, &[]).await?;
    row.version.ok_or(BackupError::NoSchema)
}

/// All tables, those that are referred to before those that refer to them.
pub(super) async fn tables(conn: &mut Conn) -> Result<Vec<Table>> {
    let references: Vec<ReferenceRow> = conn.fetch_all(REFERENCES, &[]).await?;
    let columns: Vec<ColumnRow> = conn.fetch_all(COLUMNS, &[]).await?;
    let mut waiting: Vec<Table> = columns
        .chunk_by(|one, next| one.table_name == next.table_name)
        .map(|columns| table(columns, &references))
        .collect::<Result<_>>()?;
    let mut sorted: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let known: BTreeSet<&str> = sorted.iter().map(|table| table.name.as_str()).collect();
        let stands_alone = |table: &Table| {
            let mut own = references.iter().filter(|reference| reference.table_name == table.name);
            own.all(|to| to.referenced == table.name || known.contains(to.referenced.as_str()))
        };
        let (next, rest): (Vec<Table>, Vec<Table>) = waiting.into_iter().partition(stands_alone);
        if next.is_empty() {
            return Err(BackupError::Circle);
        }
        sorted.extend(next);
        waiting = rest;
    }
    Ok(sorted)
}

/// The table of which these are the columns.
fn table(columns: &[ColumnRow], references: &[ReferenceRow]) -> Result<Table> {
    let name = columns.first().map(|column| column.table_name.clone()).unwrap_or_default();
    let mut key: Vec<usize> = (0..columns.len()).filter(|index| columns[*index].place > 0).collect();
    key.sort_by_key(|index| columns[*index].place);
    if key.is_empty() {
        return Err(BackupError::NoKey(name));
    }
    let is_link = |column: &ColumnRow| {
        references.iter().any(|to| {
            (&to.table_name, &to.referenced, &to.column_name) == (&name, &name, &column.column_name)
        })
    };
    let links = (0..columns.len()).filter(|index| is_link(&columns[*index])).collect();
    let columns = columns.iter().map(column).collect::<Result<_>>()?;
    Ok(Table { name, columns, key, links })
}

fn column(row: &ColumnRow) -> Result<Column> {
    let (kind, declared) = match row.declared.as_str() {
        "blob" | "bytea" => (Kind::Bytes, Declared::Plainly),
        "uuid" => (Kind::Bytes, Declared::Uuid),
        "integer" | "bigint" => (Kind::Integer, Declared::Plainly),
        "boolean" => (Kind::Integer, Declared::Boolean),
        "real" | "double precision" => (Kind::Real, Declared::Plainly),
        "text" => (Kind::Text, Declared::Plainly),
        "json" | "jsonb" => (Kind::Json, Declared::Plainly),
        other => return Err(BackupError::Type(row.table_name.clone(), other.to_owned())),
    };
    Ok(Column { name: row.column_name.clone(), kind, declared })
}

impl Column {
    /// How the database is asked for it as a value of its kind; documents come as texts.
    pub(super) fn asked(&self, backend: Backend) -> String {
        let name = &self.name;
        match (backend, self.declared, self.kind) {
            (Backend::Postgres, Declared::Uuid, _) => format!("uuid_send(\"{name}\")"),
            (Backend::Postgres, Declared::Boolean, _) => {
                format!("CAST(CAST(\"{name}\" AS INTEGER) AS BIGINT)")
            }
            (Backend::Postgres, _, Kind::Json) => format!("CAST(\"{name}\" AS TEXT)"),
            _ => format!("\"{name}\""),
        }
    }

    /// How the database is told it, as the parameter of that number.
    pub(super) fn told(&self, backend: Backend, number: usize) -> String {
        match (backend, self.declared, self.kind) {
            (Backend::Postgres, Declared::Uuid, _) => {
                format!("CAST(encode(CAST(${number} AS BYTEA), 'hex') AS UUID)")
            }
            (Backend::Postgres, Declared::Boolean, _) => format!("CAST(${number} AS BIGINT) <> 0"),
            (Backend::Postgres, _, Kind::Json) => format!("CAST(CAST(${number} AS TEXT) AS JSONB)"),
            _ => format!("${number}"),
        }
    }

    /// How rows are ordered by it: both databases alike, so texts by their bytes.
    pub(super) fn ordered(&self, backend: Backend) -> String {
        match (backend, self.kind) {
            (Backend::Postgres, Kind::Text) => format!("\"{}\" COLLATE \"C\"", self.name),
            _ => format!("\"{}\"", self.name),
        }
    }
}
