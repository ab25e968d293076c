//! Rows of any table, out of a database and into one: each a JSON object of its columns, bytes in hexadecimal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};
use sqlx::Row as _;

use super::catalogue::{Kind, Table};
use super::{BackupError, Result};
use crate::db::{Conn, FromRow as _, Param, Row, WriteTx, row};

/// How many rows are in memory at once. A text has up to a mebibyte.
pub(super) const BATCH: usize = 64;

/// One row: a value for each of its table's columns, in their order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record(Vec<Cell>);

#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Null,
    Bytes(Vec<u8>),
    Integer(i64),
    Real(f64),
    Text(String),
}

row! {
    struct CountRow {
        count: i64,
    }
}

/// How many rows `table` has.
pub(super) async fn count(conn: &mut Conn, table: &Table) -> Result<u64> {
    let sql = format!("SELECT COUNT(*) AS count FROM \"{}\"", table.name);
    let counts: Vec<CountRow> = conn.fetch_made(sql, &[], CountRow::from_row).await?;
    Ok(counts.first().map_or(0, |row| row.count.unsigned_abs()))
}

/// The next rows of `table` after the row `after`, in the order of the primary key; none at the end.
pub(super) async fn next(conn: &mut Conn, table: &Table, after: Option<&Record>) -> Result<Vec<Record>> {
    let backend = conn.backend();
    let key: Vec<_> = table.key.iter().map(|index| &table.columns[*index]).collect();
    let list = |parts: Vec<String>| parts.join(", ");
    let asked = list(table.columns.iter().map(|column| column.asked(backend)).collect());
    let order = list(key.iter().map(|column| column.ordered(backend)).collect());
    let after: Vec<&Cell> =
        after.map_or(Vec::new(), |record| table.key.iter().map(|index| &record.0[*index]).collect());
    let mut sql = format!("SELECT {asked} FROM \"{}\"", table.name);
    if !after.is_empty() {
        let told = list(key.iter().zip(1..).map(|(column, number)| column.told(backend, number)).collect());
        // Writing into a text cannot fail.
        let _ = write!(sql, " WHERE ({order}) > ({told})");
    }
    let _ = write!(sql, " ORDER BY {order} LIMIT {BATCH}");
    let params: Vec<Param<'_>> =
        after.into_iter().zip(key).map(|(cell, column)| cell.param(column.kind)).collect();
    conn.fetch_made(sql, &params, |row| Record::read(row, table)).await
}

/// Adds `records` to `table`, of which those that refer to rows of the same table do not do so yet: see [`link`].
pub(super) async fn insert(tx: &mut WriteTx, table: &Table, records: &[Record]) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let backend = tx.backend();
    let names: Vec<String> = table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let mut numbers = 1..;
    let rows: Vec<String> = records
        .iter()
        .map(|_| {
            let told =
                table.columns.iter().zip(&mut numbers).map(|(column, number)| column.told(backend, number));
            format!("({})", told.collect::<Vec<_>>().join(", "))
        })
        .collect();
    let sql = format!("INSERT INTO \"{}\" ({}) VALUES {}", table.name, names.join(", "), rows.join(", "));
    let mut params = Vec::new();
    for record in records {
        for (index, (cell, column)) in record.0.iter().zip(&table.columns).enumerate() {
            let cell = if table.links.contains(&index) { &Cell::Null } else { cell };
            params.push(cell.param(column.kind));
        }
    }
    tx.execute_made(sql, &params).await?;
    Ok(())
}

/// Lets `record`, which was added, refer to the rows of its own table that it refers to.
pub(super) async fn link(tx: &mut WriteTx, table: &Table, record: &Record) -> Result<()> {
    let backend = tx.backend();
    for index in &table.links {
        let (cell, column) = (&record.0[*index], &table.columns[*index]);
        if *cell == Cell::Null {
            continue;
        }
        let key = table.key.iter().map(|index| (&record.0[*index], &table.columns[*index]));
        let (mut params, mut conditions) = (vec![cell.param(column.kind)], Vec::new());
        for (number, (cell, column)) in (2..).zip(key) {
            conditions.push(format!("\"{}\" = {}", column.name, column.told(backend, number)));
            params.push(cell.param(column.kind));
        }
        let sql = format!(
            "UPDATE \"{}\" SET \"{}\" = {} WHERE {}",
            table.name,
            column.name,
            column.told(backend, 1),
            conditions.join(" AND ")
        );
        tx.execute_made(sql, &params).await?;
    }
    Ok(())
}

impl Record {
    fn read(row: &Row<'_>, table: &Table) -> Result<Self> {
        let columns = table.columns.iter().enumerate();
        let cells =
            columns.map(|(index, column)| Cell::read(row, index, column.kind)).collect::<Result<_>>()?;
        Ok(Self(cells))
    }

    /// The row as a line says it.
    pub(super) fn to_line(&self, table: &Table) -> Result<String> {
        let values: BTreeMap<&str, Value> = table
            .columns
            .iter()
            .zip(&self.0)
            .map(|(column, cell)| Ok((column.name.as_str(), cell.to_json(column.kind)?)))
            .collect::<Result<_>>()?;
        serde_json::to_string(&values).map_err(|error| unreadable(table, error))
    }

    /// The row that a line of the file of `table` says.
    pub(super) fn from_line(line: &str, table: &Table) -> Result<Self> {
        let mut values: Map<String, Value> =
            serde_json::from_str(line).map_err(|error| unreadable(table, error))?;
        let cells = table
            .columns
            .iter()
            .map(|column| {
                let value = values.remove(&column.name);
                let value =
                    value.ok_or_else(|| unreadable(table, format!("`{}` is missing", column.name)))?;
                Cell::from_json(value, column.kind)
                    .ok_or_else(|| unreadable(table, format!("`{}` is of another type", column.name)))
            })
            .collect::<Result<_>>()?;
        match values.keys().next() {
            Some(more) => Err(unreadable(table, format!("there is no column `{more}`"))),
            None => Ok(Self(cells)),
        }
    }
}

fn unreadable(table: &Table, why: impl ToString) -> BackupError {
    BackupError::Unreadable(format!("tables/{}.jsonl", table.name), why.to_string())
}

impl Cell {
    fn read(row: &Row<'_>, index: usize, kind: Kind) -> Result<Self> {
        macro_rules! get {
            ($type:ty, $cell:path) => {{
                let value: Option<$type> = match row {
                    Row::Sqlite(row) => row.at(index).map_err(crate::Error::from)?,
                    Row::Postgres(row) => row.try_get(index).map_err(crate::Error::from)?,
                };
                value.map_or(Self::Null, $cell)
            }};
        }
        Ok(match kind {
            Kind::Bytes => get!(Vec<u8>, Self::Bytes),
            Kind::Integer => get!(i64, Self::Integer),
            Kind::Real => get!(f64, Self::Real),
            Kind::Text | Kind::Json => get!(String, Self::Text),
        })
    }

    fn param(&self, kind: Kind) -> Param<'_> {
        match self {
            Self::Null => match kind {
                Kind::Bytes => Param::Bytes(None),
                Kind::Integer => Param::Integer(None),
                Kind::Real => Param::Real(None),
                Kind::Text | Kind::Json => Param::Text(None),
            },
            Self::Bytes(bytes) => Param::Bytes(Some(bytes)),
            Self::Integer(number) => Param::Integer(Some(*number)),
            Self::Real(number) => Param::Real(Some(*number)),
            Self::Text(text) => Param::Text(Some(text)),
        }
    }

    fn to_json(&self, kind: Kind) -> Result<Value> {
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bytes(bytes) => Value::String(hexadecimal(bytes)),
            Self::Integer(number) => Value::from(*number),
            Self::Real(number) => Value::from(*number),
            Self::Text(text) if kind == Kind::Json => {
                let document = serde_json::from_str(text).map_err(|error| crate::Error::Corrupt {
                    column: "a JSON document",
                    reason: error.to_string(),
                })?;
                sorted(document)
            }
            Self::Text(text) => Value::String(text.clone()),
        })
    }

    /// None if it is of another kind.
    fn from_json(value: Value, kind: Kind) -> Option<Self> {
        Some(match (kind, value) {
            // No document that is kept says `null` and nothing else.
            (_, Value::Null) => Self::Null,
            (Kind::Bytes, Value::String(text)) => Self::Bytes(from_hexadecimal(&text)?),
            (Kind::Integer, Value::Number(number)) => Self::Integer(number.as_i64()?),
            (Kind::Real, Value::Number(number)) => Self::Real(number.as_f64()?),
            (Kind::Text, Value::String(text)) => Self::Text(text),
            (Kind::Json, document) => Self::Text(document.to_string()),
            _ => return None,
        })
    }
}

/// The document with the members of its objects in the order of their names: the two databases keep them in different
/// ones.
fn sorted(document: Value) -> Value {
    match document {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> =
                members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Two digits for each byte.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok()
        })
        .collect()
}
