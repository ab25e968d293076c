//! One connection type over two databases.
//!
//! Queries are written once, in SQL that both understand, and bind [`Param`]s and read [`Row`]s whose types both carry.
//! Where the dialects differ a query is a [`Sql::differing`] pair.

mod group_commit;
mod row;
mod store;
mod value;

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};
use tokio::time::timeout;

use crate::{Error, Result};

pub use row::{Column, FromRow, Row};
pub use store::{Busy, Event, ReadTx, Schema, Store, WriteTx};
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
    /// A reader of SQLite's pool, in a snapshot.
    SqliteReader(sqlx::Transaction<'static, sqlx::Sqlite>),
    /// A part of SQLite's running group of writes.
    SqliteWriter(group_commit::Part),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// The connection below, by database.
enum Below<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Handle {
    fn below(&mut self) -> Below<'_> {
        match self {
            Self::SqliteReader(transaction) => Below::Sqlite(transaction),
            Self::SqliteWriter(part) => Below::Sqlite(part.connection()),
            Self::Postgres(transaction) => Below::Postgres(transaction),
        }
    }
}

/// A statement for the one database whose catalogue it was made from.
struct Made {
    sqlite: AssertSqlSafe<String>,
    postgres: AssertSqlSafe<String>,
}

impl Made {
    fn new(sql: String) -> Self {
        Self { sqlite: AssertSqlSafe(sql.clone()), postgres: AssertSqlSafe(sql) }
    }
}

/// How long PostgreSQL may take: longer than it lets a statement run, so that this is for one that does not answer at all.
const ANSWER: Duration = Duration::from_secs(20);

/// What PostgreSQL answers, unless it has stopped to.
async fn in_time<T, E: Into<Error>>(asked: impl Future<Output = std::result::Result<T, E>>) -> Result<T> {
    match timeout(ANSWER, asked).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => Err(Error::Unavailable(sqlx::Error::PoolTimedOut)),
    }
}

macro_rules! with_bound {
    ($conn:expr, $sql:expr, $params:expr, |$query:ident, $c:ident| $body:expr) => {{
        if value::any_has_nul($params) {
            return Err(crate::Error::Nul);
        }
        match $conn.0.below() {
            Below::Sqlite($c) => {
                let mut $query = sqlx::query($sql.sqlite);
                for param in $params {
                    $query = param.bind_sqlite($query);
                }
                $body
            }
            Below::Postgres($c) => {
                let mut $query = sqlx::query($sql.postgres);
                for param in $params {
                    $query = param.bind_postgres($query);
                }
                in_time::<_, Error>(async { $body }).await
            }
        }
    }};
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

    /// Runs a statement and answers how many rows it touched.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn execute(&mut self, sql: impl Into<Sql>, params: &[Param<'_>]) -> Result<u64> {
        let sql = sql.into();
        with_bound!(self, sql, params, |query, c| Ok(query.execute(c).await?.rows_affected()))
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
        let sql = sql.into();
        with_bound!(self, sql, params, |query, c| query
            .fetch_all(c)
            .await?
            .into_iter()
            .map(|row| T::from_row(&Row::from(row)))
            .collect())
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
        let sql = sql.into();
        with_bound!(self, sql, params, |query, c| query
            .fetch_optional(c)
            .await?
            .map(|row| T::from_row(&Row::from(row)))
            .transpose())
    }

    /// Runs a statement that was made from the catalogue's names.
    pub(crate) async fn execute_made(&mut self, sql: String, params: &[Param<'_>]) -> Result<u64> {
        let sql = Made::new(sql);
        with_bound!(self, sql, params, |query, c| Ok(query.execute(c).await?.rows_affected()))
    }

    /// Every row of the answer to a statement that was made from the catalogue's names.
    pub(crate) async fn fetch_made(&mut self, sql: String, params: &[Param<'_>]) -> Result<Vec<Row>> {
        let sql = Made::new(sql);
        with_bound!(self, sql, params, |query, c| {
            Ok(query.fetch_all(c).await?.into_iter().map(Row::from).collect())
        })
    }

    /// The one row of the answer.
    ///
    /// # Errors
    /// What the database refuses, a value that does not read back, or no row.
    pub async fn fetch_one<T: FromRow>(&mut self, sql: impl Into<Sql>, params: &[Param<'_>]) -> Result<T> {
        self.fetch_optional(sql, params).await?.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }
}
