//! SQLite, asked on the thread that has the question.
//!
//! A small read takes a few microseconds; handing it to a thread of the connection's own and waiting for the answer takes
//! ten times as long. So statements run where they are, and only what may wait for the disk or for another process runs
//! elsewhere: see [`super::group_commit`]. So that a long read keeps nobody from being answered, the server has more threads
//! than processors.

use std::path::Path;
use std::time::Duration;

use rusqlite::{CachedStatement, OpenFlags};
use tracing::span::EnteredSpan;

use super::row::{Columns, SqliteRow};
use super::{Backend, Param, Row, spans};
use crate::{Error, Result};

/// How many statements each connection keeps prepared: more than there are.
const STATEMENTS: usize = 500;

/// How long another process may keep the database to itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Reading alone: whatever writes fails.
    Reading,
    /// Writing, too. What is committed is on disk.
    Writing,
}

/// Followed as the statement `sql`, until it is dropped.
fn followed(sql: &str) -> EnteredSpan {
    spans::statement(Backend::Sqlite, sql).entered()
}

/// A connection to a file that exists.
pub(super) struct Connection(rusqlite::Connection);

impl Connection {
    pub(super) fn open(path: &Path, purpose: Use) -> Result<Self> {
        let connection = rusqlite::Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "query_only", purpose == Use::Reading)?;
        Ok(Self(connection))
    }

    /// Whether a transaction is running: SQLite ends it by itself when, for one, the disk is full.
    pub(super) fn is_in_transaction(&self) -> bool {
        !self.0.is_autocommit()
    }

    /// Runs a statement without parameters.
    pub(super) fn say(&self, sql: &str) -> Result<()> {
        self.0.prepare_cached(sql)?.raw_execute()?;
        Ok(())
    }

    /// Runs a statement and answers how many rows it touched.
    pub(super) fn run(&self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        let _followed = followed(sql);
        let mut statement = self.bound(sql, params)?;
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        drop(rows);
        // What reads leaves the count of the statement before.
        Ok(if statement.readonly() { 0 } else { self.0.changes() })
    }

    /// Every row of the answer, by `read`.
    pub(super) fn all<T, E: From<Error>>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        read: impl Fn(&Row<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<Vec<T>, E> {
        let _followed = followed(sql);
        let mut statement = self.bound(sql, params)?;
        let mut rows = statement.raw_query();
        let columns = Columns::default();
        let mut answer = Vec::new();
        while let Some(row) = rows.next().map_err(Error::from)? {
            answer.push(read(&Row::Sqlite(SqliteRow::of(row, &columns)))?);
        }
        Ok(answer)
    }

    /// The first row of the answer, by `read`, if there is one.
    pub(super) fn first<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let _followed = followed(sql);
        let mut statement = self.bound(sql, params)?;
        let mut rows = statement.raw_query();
        let columns = Columns::default();
        rows.next()?.map(|row| read(&Row::Sqlite(SqliteRow::of(row, &columns)))).transpose()
    }

    /// The statement `sql`, prepared, with `params` bound. SQLite takes `$1` for a name, and numbers names as they come.
    fn bound(&self, sql: &str, params: &[Param<'_>]) -> Result<CachedStatement<'_>> {
        let mut statement = self.0.prepare_cached(sql)?;
        for index in 1..=statement.parameter_count() {
            let number =
                statement.parameter_name(index).and_then(|name| name.strip_prefix('$')?.parse().ok());
            let param = number.and_then(|number: usize| params.get(number.checked_sub(1)?));
            let param = param.ok_or_else(|| rusqlite::Error::InvalidParameterCount(params.len(), index))?;
            statement.raw_bind_parameter(index, param)?;
        }
        Ok(statement)
    }
}
