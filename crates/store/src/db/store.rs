//! Opening a store, and its transactions.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgPool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use tokio::time::timeout;
use tracing::Instrument as _;

use super::events::{self, Announcer, Event};
use super::group_commit::Writer;
use super::readers::Readers;
use super::sqlite::{Connection, Use};
use super::{Backend, Conn, Handle, postgres, spans, turn};
use crate::queries::audit::AuditRow;
use crate::queries::audit_chain;
use crate::{Error, Result};

/// How many statements each connection to PostgreSQL keeps prepared: more than there are.
const STATEMENTS: usize = 500;

/// How many snapshots of PostgreSQL's are read from at once, for each processor. Each connection is a process with caches
/// of its own: among sixteen that take turns on two processors everybody reads a third slower than among four. Those who
/// write wait for the disk and share its work, so that there are more connections than these.
const SNAPSHOTS_PER_PROCESSOR: usize = 2;

/// How long somebody waits for their turn to read, or for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long it is waited at the end until all connections have come back.
const CLOSING: Duration = Duration::from_secs(10);

/// Which schema a database is to have when it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The newest: what is missing is made.
    Newest,
    /// That of the migration of this number, and of those before it.
    Of(i64),
    /// The one that it has; one that is missing is not made.
    AsItIs,
}

impl Schema {
    /// The number of the newest migration.
    #[must_use]
    pub fn newest() -> i64 {
        SQLITE.iter().map(|migration| migration.version).max().unwrap_or_default()
    }

    /// Up to which migration those of `all` have to run; none, if none has to.
    fn target(self, all: &Migrator) -> Option<i64> {
        match self {
            Self::Newest => all.iter().map(|migration| migration.version).max(),
            Self::Of(version) => Some(version),
            Self::AsItIs => None,
        }
    }
}

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// A database, opened.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    events: broadcast::Sender<Event>,
    waiting: Arc<AtomicUsize>,
}

/// How busy the connections to a database are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// How many connections are in use.
    pub in_use: usize,
    /// How many are open and not in use.
    pub idle: usize,
    /// How many transactions wait for one, or for the one that writes.
    pub waiting: usize,
}

/// Counts as waiting until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Clone)]
enum Pool {
    Sqlite { readers: Readers, writer: Writer },
    Postgres { pool: PgPool, reading: Arc<Semaphore>, announcer: Announcer },
}

impl Store {
    /// Opens the database at `url` (`sqlite:PATH` or `postgres://…`), bringing its schema up to date.
    ///
    /// # Errors
    /// When it cannot be reached, the address is of another kind, or a migration fails.
    pub async fn open(url: &str) -> Result<Self> {
        Self::open_at(url, Schema::Newest).await
    }

    /// Opens the database at `url`, whose schema is then as `schema` says.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_at(url: &str, schema: Schema) -> Result<Self> {
        let (events, _) = broadcast::channel(1024);
        let pool = if let Some(path) = url.strip_prefix("sqlite:") {
            open_sqlite(Path::new(path), schema).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url, schema, events.clone()).await?
        } else {
            return Err(Error::Address(url.into()));
        };
        let store = Self { pool, events, waiting: Arc::default() };
        // Earlier schemas have no chain.
        if schema == Schema::Newest {
            store.link_earlier_audit().await?;
        }
        Ok(store)
    }

    /// Links the audit entries that were there before there was a chain.
    async fn link_earlier_audit(&self) -> Result<()> {
        if audit_chain::has_only_earlier(&mut *self.read().await?).await? {
            let mut tx = self.write().await?;
            audit_chain::link_earlier(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Which database is below.
    #[must_use]
    pub fn backend(&self) -> Backend {
        match self.pool {
            Pool::Sqlite { .. } => Backend::Sqlite,
            Pool::Postgres { .. } => Backend::Postgres,
        }
    }

    /// Starts a snapshot: everything read through it is of one moment.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> Result<ReadTx> {
        let followed = spans::transaction(self.backend(), "begin reading");
        self.begin_reading().instrument(followed).await
    }

    async fn begin_reading(&self) -> Result<ReadTx> {
        let _waiting = Waiting::begin(&self.waiting);
        let (handle, turn) = match &self.pool {
            Pool::Sqlite { readers, .. } => (Handle::SqliteReader(readers.begin().await?), None),
            Pool::Postgres { pool, reading, .. } => {
                let turn = turn(reading, PATIENCE).await?;
                let snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
                (Handle::Postgres(postgres::begin(pool, snapshot).await?), Some(turn))
            }
        };
        Ok(ReadTx { conn: Conn(handle), _turn: turn })
    }

    /// Asks the database something, to see that it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<()> {
        self.read().await?.execute("SELECT 1 FROM users LIMIT 1", &[]).await?;
        Ok(())
    }

    /// Starts a transaction that writes. Dropped without [`WriteTx::commit`], it leaves nothing behind.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write(&self) -> Result<WriteTx> {
        let followed = spans::transaction(self.backend(), "begin writing");
        let conn = self.begin_writing().instrument(followed).await?;
        Ok(WriteTx {
            conn: Conn(conn),
            entries: Vec::new(),
            announced: Vec::new(),
            passed_on: match &self.pool {
                Pool::Sqlite { .. } => PassedOn::Here(self.events.clone()),
                Pool::Postgres { announcer, .. } => PassedOn::ToAll(announcer.clone()),
            },
        })
    }

    async fn begin_writing(&self) -> Result<Handle> {
        let _waiting = Waiting::begin(&self.waiting);
        Ok(match &self.pool {
            Pool::Sqlite { writer, .. } => Handle::SqliteWriter(writer.begin().await?),
            Pool::Postgres { pool, .. } => Handle::Postgres(postgres::begin(pool, "BEGIN").await?),
        })
    }

    /// Events from now on, of this process and of every other over the same database.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// How busy the connections are: SQLite's readers, all of PostgreSQL's.
    #[must_use]
    pub fn busy(&self) -> Busy {
        let (in_use, idle) = match &self.pool {
            Pool::Sqlite { readers, .. } => readers.busy(),
            Pool::Postgres { pool, .. } => {
                let open = usize::try_from(pool.size()).unwrap_or(usize::MAX);
                (open.saturating_sub(pool.num_idle()), pool.num_idle())
            }
        };
        Busy { in_use, idle, waiting: self.waiting.load(Ordering::Relaxed) }
    }

    /// Waits for running work and closes all connections.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { readers, .. } => readers.close().await,
            Pool::Postgres { pool, announcer, .. } => {
                announcer.finish(pool).await;
                // A connection that does not come back must not keep a server from stopping.
                if timeout(CLOSING, pool.close()).await.is_err() {
                    tracing::warn!("a connection to the database did not end, and is left to itself");
                }
            }
        }
    }
}

async fn open_sqlite(path: &Path, schema: Schema) -> Result<Pool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(schema != Schema::AsItIs)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10));
    let mut connection = options.connect().await?;
    if let Some(target) = schema.target(&SQLITE) {
        SQLITE.run_to(target, &mut connection).await?;
    }
    connection.close().await?;
    let writer = Writer::new(Connection::open(path, Use::Writing)?);
    Ok(Pool::Sqlite { readers: Readers::of(path.into()), writer })
}

async fn open_postgres(url: &str, schema: Schema, events: broadcast::Sender<Event>) -> Result<Pool> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| Error::Address(url.into()))?
        // What is asked here is answered in milliseconds: compiling it to machine code takes longer.
        .options([("statement_timeout", "15s"), ("lock_timeout", "10s"), ("jit", "off")])
        .statement_cache_capacity(STATEMENTS);
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let reading = processors * SNAPSHOTS_PER_PROCESSOR;
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    if let Some(target) = schema.target(&POSTGRES) {
        POSTGRES.run_to(target, &pool).await?;
    }
    events::listen(&pool, events).await?;
    let announcer = Announcer::start(&pool);
    Ok(Pool::Postgres { pool, reading: Arc::new(Semaphore::new(reading)), announcer })
}

/// A snapshot to read from.
pub struct ReadTx {
    conn: Conn,
    /// Given back when this is dropped, for the next one who reads.
    _turn: Option<OwnedSemaphorePermit>,
}

/// A transaction that writes.
pub struct WriteTx {
    conn: Conn,
    entries: Vec<AuditRow>,
    announced: Vec<Event>,
    passed_on: PassedOn,
}

/// Who hears of what was changed.
enum PassedOn {
    /// This process, which is the only one.
    Here(broadcast::Sender<Event>),
    /// Every process.
    ToAll(Announcer),
}

impl WriteTx {
    /// Tells open pages of `event` once the transaction is on disk.
    pub fn announce(&mut self, event: Event) {
        if !self.announced.contains(&event) {
            self.announced.push(event);
        }
    }

    /// Tells of what is done in the audit list once everything else is written.
    pub(crate) fn tell(&mut self, entry: AuditRow) {
        self.entries.push(entry);
    }

    /// Puts everything on disk, then lets open pages know.
    ///
    /// The end of the audit list's chain is held only here, at the end, by whoever has something to tell: others wait for
    /// no more than a commit.
    ///
    /// # Errors
    /// When it could not be put on disk: then nothing of it has happened.
    pub async fn commit(mut self) -> Result<()> {
        let mut announced = std::mem::take(&mut self.announced);
        if let PassedOn::ToAll(_) = self.passed_on {
            // What is told of access is told by the transaction itself, whatever happens to this process.
            let at_once: Vec<Event> = announced.extract_if(.., |event| !event.is_frequent()).collect();
            for event in at_once {
                events::notify(&mut self.conn, event).await?;
            }
        }
        if !self.entries.is_empty() {
            let entries = std::mem::take(&mut self.entries);
            audit_chain::append(&mut self.conn, entries).await?;
        }
        let followed = spans::transaction(self.conn.backend(), "commit");
        match self.conn.0 {
            Handle::Postgres(transaction) => postgres::commit(transaction).instrument(followed).await?,
            Handle::SqliteWriter(part) => part.commit().instrument(followed).await?,
            // One that reads has nothing to put on disk.
            Handle::SqliteReader(_) => {}
        }
        match self.passed_on {
            PassedOn::Here(events) => {
                for event in announced {
                    // Nobody listening is no error.
                    let _ = events.send(event);
                }
            }
            PassedOn::ToAll(announcer) => announcer.gather(announced),
        }
        Ok(())
    }
}

macro_rules! deref {
    ($($type:ty)+) => {$(
        impl Deref for $type {
            type Target = Conn;

            fn deref(&self) -> &Conn {
                &self.conn
            }
        }

        impl DerefMut for $type {
            fn deref_mut(&mut self) -> &mut Conn {
                &mut self.conn
            }
        }
    )+};
}

deref! { ReadTx WriteTx }
