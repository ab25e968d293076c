//! One connection type over two databases.
//!
//! Queries are written once, in SQL that both understand, and bind [`Param`]s and read [`Row`]s whose types both carry.
//! Where the dialects differ a query is a [`Sql::differing`] pair.

mod events;
mod group_commit;
mod postgres;
mod readers;
mod row;
mod spans;
mod sqlite;
mod store;
mod value;

use std::sync::Arc;
use std::time::Duration;

use sqlx::AssertSqlSafe;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::Cause;
use crate::{Error, Result};

pub use events::Event;
pub use row::{Column, FromRow, Row};
pub use store::{Busy, ReadTx, Schema, Store, WriteTx};
pub use value::{Param, Sql};

pub(crate) use row::row;
pub(crate) use value::params;

/// Which database is below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The embedded one.
    Sqlite,
    /// The one for growth.
    Postgres,
}

/// A connection inside a transaction.
pub struct Conn(Handle);

enum Handle {
    /// A reader of SQLite's, in a snapshot.
    SqliteReader(readers::Snapshot),
    /// A part of SQLite's running group of writes.
    SqliteWriter(group_commit::Part),
    Postgres(postgres::Transaction),
}

/// The connection below, by database.
enum Below<'a> {
    Sqlite(&'a mut sqlite::Connection),
    Postgres(&'a mut postgres::Transaction),
}

/// Waits for one of the `free` turns, and at most so long.
async fn turn(free: &Arc<Semaphore>, patience: Duration) -> Result<OwnedSemaphorePermit> {
    match timeout(patience, free.clone().acquire_owned()).await {
        Ok(Ok(turn)) => Ok(turn),
        // There was none in time, or there will be none any more.
        Ok(Err(_)) | Err(_) => Err(Error::Unavailable(Cause::NoConnection)),
    }
}

/// PostgreSQL keeps it in no text.
fn refuse_nul(params: &[Param<'_>]) -> Result<()> {
    if value::any_has_nul(params) { Err(Error::Nul) } else { Ok(()) }
}

impl Conn {
    /// Which database is below.
    #[must_use]
    pub fn backend(&self) -> Backend {
        match self.0 {
            Handle::SqliteReader(_) | Handle::SqliteWriter(_) => Backend::Sqlite,
            Handle::Postgres(_) => Backend::Postgres,
        }
    }

    fn below(&mut self) -> Result<Below<'_>> {
        Ok(match &mut self.0 {
            Handle::SqliteReader(snapshot) => Below::Sqlite(snapshot.connection()),
            Handle::SqliteWriter(part) => Below::Sqlite(part.connection()?),
            Handle::Postgres(transaction) => Below::Postgres(transaction),
        })
    }

    /// Runs a statement and answers how many rows it touched.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn execute(&mut self, sql: impl Into<Sql>, params: &[Param<'_>]) -> Result<u64> {
        refuse_nul(params)?;
        let sql = sql.into();
        match self.below()? {
            Below::Sqlite(connection) => connection.run(sql.sqlite, params),
            Below::Postgres(transaction) => postgres::run(transaction, sql.postgres, params).await,
        }
    }

    /// Every row of the answer.
    ///
    /// # Errors
    /// What the database refuses, or a value that does not read back.
    pub async fn fetch_all<T: FromRow>(
        &mut self,
        sql: impl Into<Sql>,
        params: &[Param<'_>],
    ) -> Result<Vec<T>> {
        refuse_nul(params)?;
        let sql = sql.into();
        match self.below()? {
            Below::Sqlite(connection) => connection.all(sql.sqlite, params, T::from_row),
            Below::Postgres(transaction) => {
                let rows = postgres::all(transaction, sql.postgres, params).await?;
                rows.iter().map(|row| T::from_row(&Row::Postgres(row))).collect()
            }
        }
    }

    /// The first row of the answer, if there is one.
    ///
    /// # Errors
    /// What the database refuses, or a value that does not read back.
    pub async fn fetch_optional<T: FromRow>(
        &mut self,
        sql: impl Into<Sql>,
        params: &[Param<'_>],
    ) -> Result<Option<T>> {
        refuse_nul(params)?;
        let sql = sql.into();
        match self.below()? {
            Below::Sqlite(connection) => connection.first(sql.sqlite, params, T::from_row),
            Below::Postgres(transaction) => {
                let row = postgres::first(transaction, sql.postgres, params).await?;
                row.map(|row| T::from_row(&Row::Postgres(&row))).transpose()
            }
        }
    }

    /// The one row of the answer.
    ///
    /// # Errors
    /// What the database refuses, a value that does not read back, or no row.
    pub async fn fetch_one<T: FromRow>(&mut self, sql: impl Into<Sql>, params: &[Param<'_>]) -> Result<T> {
        self.fetch_optional(sql, params).await?.ok_or(Error::NoRow)
    }

    /// Runs a statement that was made from the catalogue's names.
    pub(crate) async fn execute_made(&mut self, sql: String, params: &[Param<'_>]) -> Result<u64> {
        refuse_nul(params)?;
        match self.below()? {
            Below::Sqlite(connection) => connection.run(&sql, params),
            Below::Postgres(transaction) => postgres::run(transaction, AssertSqlSafe(sql), params).await,
        }
    }

    /// Every row of the answer to a statement that was made from the catalogue's names, by `read`.
    pub(crate) async fn fetch_made<T, E: From<Error>>(
        &mut self,
        sql: String,
        params: &[Param<'_>],
        read: impl Fn(&Row<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<Vec<T>, E> {
        refuse_nul(params)?;
        match self.below()? {
            Below::Sqlite(connection) => connection.all(&sql, params, read),
            Below::Postgres(transaction) => {
                let rows = postgres::all(transaction, AssertSqlSafe(sql), params).await?;
                rows.iter().map(|row| read(&Row::Postgres(row))).collect()
            }
        }
    }
}
