//! One connection type over two databases.
//!
//! Queries are written once, in SQL that both understand, and bind [`Param`]s and read [`Row`]s whose types both carry.
//! Where the dialects differ a query is a [`Sql::differing`] pair.

mod events;
mod group_commit;
mod row;
mod snapshot;
mod store;
mod value;

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection, SqlSafeStr as _, SqlStr, SqliteConnection};
use tokio::time::timeout;

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
    /// A reader of SQLite's pool, in a snapshot.
    SqliteReader(snapshot::Snapshot),
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
            Self::SqliteReader(snapshot) => Below::Sqlite(snapshot.connection()),
            Self::SqliteWriter(part) => Below::Sqlite(part.connection()),
            Self::Postgres(transaction) => Below::Postgres(transaction),
        }
    }

    /// What is to be said to SQLite before the next statement.
    fn opening(&mut self) -> &'static str {
        match self {
            Self::SqliteReader(snapshot) => snapshot.opening(),
            Self::SqliteWriter(part) => part.opening(),
            Self::Postgres(_) => "",
        }
    }
}

/// A statement, as each database gets it.
struct Statement {
    sqlite: SqlStr,
    postgres: SqlStr,
}

impl Statement {
    /// One that was made from the names of a database's catalogue.
    fn made(sql: String) -> Self {
        let sql = AssertSqlSafe(sql).into_sql_str();
        Self { sqlite: sql.clone(), postgres: sql }
    }
}

impl<T: Into<Sql>> From<T> for Statement {
    fn from(sql: T) -> Self {
        let sql = sql.into();
        Self { sqlite: SqlStr::from_static(sql.sqlite), postgres: SqlStr::from_static(sql.postgres) }
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

/// PostgreSQL keeps it in no text.
fn refuse_nul(params: &[Param<'_>]) -> Result<()> {
    if value::any_has_nul(params) { Err(Error::Nul) } else { Ok(()) }
}

macro_rules! with_bound {
    ($conn:expr, $sql:expr, $params:expr, |$query:ident, $c:ident| $body:expr) => {
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
    };
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
        self.run(sql.into().into(), params).await
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
        let rows = self.rows(sql.into().into(), params).await?;
        rows.iter().map(T::from_row).collect()
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
        let sql = self.opening(sql.into().into(), params)?;
        let row: Result<Option<Row>> =
            with_bound!(self, sql, params, |query, c| Ok(query.fetch_optional(c).await?.map(Row::from)));
        row?.as_ref().map(T::from_row).transpose()
    }

    /// Runs a statement that was made from the catalogue's names.
    pub(crate) async fn execute_made(&mut self, sql: String, params: &[Param<'_>]) -> Result<u64> {
        self.run(Statement::made(sql), params).await
    }

    /// Every row of the answer to a statement that was made from the catalogue's names.
    pub(crate) async fn fetch_made(&mut self, sql: String, params: &[Param<'_>]) -> Result<Vec<Row>> {
        self.rows(Statement::made(sql), params).await
    }

    async fn run(&mut self, sql: Statement, params: &[Param<'_>]) -> Result<u64> {
        refuse_nul(params)?;
        // By itself: SQLite would count what was touched before as touched by the opening.
        let opening = self.0.opening();
        if let (Below::Sqlite(c), false) = (self.0.below(), opening.is_empty()) {
            sqlx::query(opening).execute(c).await?;
        }
        with_bound!(self, sql, params, |query, c| Ok(query.execute(c).await?.rows_affected()))
    }

    async fn rows(&mut self, sql: Statement, params: &[Param<'_>]) -> Result<Vec<Row>> {
        let sql = self.opening(sql, params)?;
        with_bound!(self, sql, params, |query, c| {
            Ok(query.fetch_all(c).await?.into_iter().map(Row::from).collect())
        })
    }

    /// The statement with what is to be said before it, so that both are one turn of SQLite's thread.
    fn opening(&mut self, mut sql: Statement, params: &[Param<'_>]) -> Result<Statement> {
        refuse_nul(params)?;
        let opening = self.0.opening();
        if !opening.is_empty() {
            sql.sqlite = AssertSqlSafe(format!("{opening}{}", sql.sqlite.as_str())).into_sql_str();
        }
        Ok(sql)
    }

    /// The one row of the answer.
    ///
    /// # Errors
    /// What the database refuses, a value that does not read back, or no row.
    pub async fn fetch_one<T: FromRow>(&mut self, sql: impl Into<Sql>, params: &[Param<'_>]) -> Result<T> {
        self.fetch_optional(sql, params).await?.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }
}
