//! SQLite's readers: connections that snapshots are read from.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::sqlite::{Connection, Use};
use super::turn;
use crate::Result;

/// How many snapshots are read from at once. They cost memory, and more than a few for each processor gain nothing.
const READERS: u32 = 16;

/// How long somebody waits for a reader before they are told that the database is not available.
const PATIENCE: Duration = Duration::from_secs(10);

/// The readers of one database.
#[derive(Clone)]
pub(super) struct Readers(Arc<Pool>);

struct Pool {
    path: PathBuf,
    /// One of each for every reader that is not in use.
    free: Arc<Semaphore>,
    /// Those that were opened and are not in use.
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // Nothing that panics runs while it is locked.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readers {
    /// Readers of the database at `path`, which exists. They are opened when they are first needed.
    pub(super) fn of(path: PathBuf) -> Self {
        let free = Arc::new(Semaphore::new(READERS as usize));
        Self(Arc::new(Pool { path, free, idle: Mutex::default() }))
    }

    /// Waits for a reader and begins a snapshot, which is of the moment of its first read.
    pub(super) async fn begin(&self) -> Result<Snapshot> {
        let free = turn(&self.0.free, PATIENCE).await?;
        let idle = self.0.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => Connection::open(&self.0.path, Use::Reading)?,
        };
        connection.say("BEGIN")?;
        Ok(Snapshot { connection: Some(connection), pool: self.0.clone(), _free: free })
    }

    /// How many are in use, and how many are open and not in use.
    pub(super) fn busy(&self) -> (usize, usize) {
        ((READERS as usize).saturating_sub(self.0.free.available_permits()), self.0.idle().len())
    }

    /// Lets nobody begin any more, waits for those who read, and closes.
    pub(super) async fn close(&self) {
        if self.0.free.acquire_many(READERS).await.is_ok() {
            self.0.free.close();
        }
        self.0.idle().clear();
    }
}

/// A reader in a snapshot, given back when this is dropped.
pub(super) struct Snapshot {
    /// Taken out only when this is dropped.
    connection: Option<Connection>,
    pool: Arc<Pool>,
    _free: OwnedSemaphorePermit,
}

impl Snapshot {
    pub(super) fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("it is taken out only when the snapshot is dropped")
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        // An open snapshot would keep SQLite from shortening its log: whatever cannot end it is closed.
        if connection.say("ROLLBACK").is_ok() {
            self.pool.idle().push(connection);
        }
    }
}
