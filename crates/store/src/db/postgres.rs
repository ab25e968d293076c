//! PostgreSQL: its transactions, and how long it may take.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{PgPool, Postgres, SqlSafeStr, SqlStr};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tracing::{Instrument as _, Span};

use super::{Backend, Param, spans};
use crate::error::Cause;
use crate::{Error, Result};

pub(super) type Transaction = sqlx::Transaction<'static, Postgres>;

/// How long PostgreSQL may take: longer than it lets a statement run, so that this is for one that does not answer at all.
const ANSWER: Duration = Duration::from_secs(20);

/// Starts a transaction by `statement`. Connections that were lost while nobody used them say so only now, since none is
/// asked beforehand whether it is well, which would take as long again: the next one is taken then.
pub(super) async fn begin(pool: &PgPool, statement: &'static str) -> Result<Transaction> {
    let mut others = pool.num_idle();
    loop {
        let pool = pool.clone();
        match in_time(ToItsEnd::of(async move { pool.begin_with(statement).await })).await {
            Err(Error::Unavailable(cause)) if others > 0 && !cause.is_waiting_too_long() => others -= 1,
            begun => return begun,
        }
    }
}

/// What is brought to its end even if whoever asked for it has left meanwhile.
///
/// A transaction that nobody waits for any longer while it begins is forgotten by sqlx, which counts it only once it has
/// begun: the connection would go back to the others with the transaction open, and whoever got it next would write into
/// one that only reads, or read what was true long ago.
struct ToItsEnd<F: Future<Output: Send> + Send + 'static>(Option<Pin<Box<F>>>);

impl<F: Future<Output: Send> + Send + 'static> ToItsEnd<F> {
    fn of(asked: F) -> Self {
        Self(Some(Box::pin(asked)))
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for ToItsEnd<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let asked = self.0.as_mut().expect("what has ended is not asked for again");
        let answer = ready!(asked.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(answer)
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for ToItsEnd<F> {
    fn drop(&mut self) {
        // Without a runtime the connections end, too.
        if let (Some(asked), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(asked.instrument(Span::none()));
        }
    }
}

pub(super) async fn commit(transaction: Transaction) -> Result<()> {
    in_time(transaction.commit()).await
}

/// Runs a statement and answers how many rows it touched.
pub(super) async fn run(
    transaction: &mut Transaction,
    sql: impl SqlSafeStr,
    params: &[Param<'_>],
) -> Result<u64> {
    let (sql, followed) = followed(sql);
    let done = in_time(bound(sql, params).execute(&mut **transaction)).instrument(followed).await?;
    Ok(done.rows_affected())
}

/// Every row of the answer.
pub(super) async fn all(
    transaction: &mut Transaction,
    sql: impl SqlSafeStr,
    params: &[Param<'_>],
) -> Result<Vec<PgRow>> {
    let (sql, followed) = followed(sql);
    in_time(bound(sql, params).fetch_all(&mut **transaction)).instrument(followed).await
}

/// The first row of the answer, if there is one.
pub(super) async fn first(
    transaction: &mut Transaction,
    sql: impl SqlSafeStr,
    params: &[Param<'_>],
) -> Result<Option<PgRow>> {
    let (sql, followed) = followed(sql);
    in_time(bound(sql, params).fetch_optional(&mut **transaction)).instrument(followed).await
}

/// The statement, with the span that follows it.
fn followed(sql: impl SqlSafeStr) -> (SqlStr, Span) {
    let sql = sql.into_sql_str();
    let span = spans::statement(Backend::Postgres, sql.as_str());
    (sql, span)
}

fn bound<'q>(sql: impl SqlSafeStr, params: &'q [Param<'_>]) -> Query<'q, Postgres, PgArguments> {
    params.iter().fold(sqlx::query(sql), |query, param| param.bind_postgres(query))
}

/// What PostgreSQL answers, unless it has stopped to.
async fn in_time<T>(asked: impl Future<Output = sqlx::Result<T>>) -> Result<T> {
    match timeout(ANSWER, asked).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => Err(Error::Unavailable(Cause::NoAnswer)),
    }
}
