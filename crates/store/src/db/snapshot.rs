//! A reader of SQLite's, whose snapshot begins with its first statement.
//!
//! sqlx hands each statement to the connection's own thread and waits for its answer, which takes ten times as long as a
//! small read itself; a `BEGIN` of its own takes two such turns. SQLite takes its snapshot at the first read after
//! `BEGIN` anyway, so the two travel together.

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection};

/// A connection of the pool, given back when this is dropped.
pub(super) struct Snapshot {
    /// Taken out only when this is dropped.
    connection: Option<PoolConnection<Sqlite>>,
    has_begun: bool,
}

impl Snapshot {
    /// A snapshot that begins with the first statement on `connection`.
    pub(super) fn on(connection: PoolConnection<Sqlite>) -> Self {
        Self { connection: Some(connection), has_begun: false }
    }

    /// What is to be said before the next statement.
    pub(super) fn opening(&mut self) -> &'static str {
        if std::mem::replace(&mut self.has_begun, true) { "" } else { "BEGIN; " }
    }

    /// The connection below.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("it is taken out only when the snapshot is dropped")
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take().filter(|_| self.has_begun) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            // Without a runtime nothing can be asked of it any more.
            connection.close_on_drop();
            return;
        };
        // An open snapshot would keep SQLite from shortening its log.
        runtime.spawn(async move {
            if super::group_commit::execute(&mut connection, "ROLLBACK").await.is_err() {
                connection.close_on_drop();
            }
        });
    }
}
