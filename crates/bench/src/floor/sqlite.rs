//! The floors over SQLite: by rusqlite on the thread that asks, as the product does it; and reads by sqlx, too, which
//! hands each to a thread of its own.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::{mpsc, oneshot};

use super::{Answers, INSERT, PIECES, READ, Result, pieces, random_id};

/// Readers, opened when they are needed, and the one writer.
#[derive(Clone)]
pub(super) struct Sqlite {
    path: Arc<Path>,
    idle: Arc<Mutex<Vec<Connection>>>,
    by_sqlx: SqlitePool,
    writer: mpsc::Sender<Insert>,
}

/// A body to be written, and whom to tell when it is on disk.
struct Insert {
    body: Bytes,
    written: oneshot::Sender<bool>,
}

impl Sqlite {
    pub(super) async fn filled(path: &Path, answers: &Answers) -> Result<Self> {
        let connection = open(path)?;
        connection.execute_batch(
            "CREATE TABLE pieces (name TEXT, number INTEGER, body BLOB NOT NULL, PRIMARY KEY (name, number)) STRICT;
             CREATE TABLE written (id BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT",
        )?;
        for (name, number, piece) in pieces(answers) {
            let insert = "INSERT INTO pieces (name, number, body) VALUES ($1, $2, $3)";
            connection.execute(insert, (name, number, piece))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let by_sqlx = SqlitePoolOptions::new().max_connections(8).connect_with(options).await?;
        let (writer, waiting) = mpsc::channel(1024);
        std::thread::spawn(move || write(&connection, waiting));
        Ok(Self { path: path.into(), idle: Arc::default(), by_sqlx, writer })
    }

    pub(super) fn read(&self, name: &str) -> Result<Vec<Vec<u8>>> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = idle().pop();
        let reader = match reader {
            Some(reader) => reader,
            None => open(&self.path)?,
        };
        let bodies = {
            let mut statement = reader.prepare_cached(READ)?;
            statement.query_map((name, PIECES), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
        };
        idle().push(reader);
        Ok(bodies)
    }

    pub(super) async fn read_by_sqlx(&self, name: &str) -> Result<Vec<Vec<u8>>> {
        let rows: Vec<(Vec<u8>,)> =
            sqlx::query_as(READ).bind(name).bind(PIECES).fetch_all(&self.by_sqlx).await?;
        Ok(rows.into_iter().map(|(body,)| body).collect())
    }

    /// Writes `body`; answers whether it is on disk.
    pub(super) async fn insert(&self, body: Bytes) -> bool {
        let (written, on_disk) = oneshot::channel();
        self.writer.send(Insert { body, written }).await.is_ok() && on_disk.await.unwrap_or(false)
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// Writes what comes: all that has gathered while the disk was busy in one transaction.
fn write(connection: &Connection, mut waiting: mpsc::Receiver<Insert>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut group = vec![first];
        while let Ok(next) = waiting.try_recv() {
            group.push(next);
        }
        let written = write_group(connection, &group).is_ok();
        for insert in group {
            // Whoever asked may have left.
            let _ = insert.written.send(written);
        }
    }
}

fn write_group(connection: &Connection, group: &[Insert]) -> rusqlite::Result<()> {
    // Dropped before it is committed, it is rolled back.
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    for Insert { body, .. } in group {
        transaction.prepare_cached(INSERT)?.execute((random_id(), body.as_ref()))?;
    }
    transaction.commit()
}
