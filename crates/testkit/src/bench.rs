//! A service over a fresh database.

use std::sync::atomic::{AtomicU32, Ordering};

use atelier_service::{Clock as _, Service, World};
use atelier_store::{Objects, Store};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

use crate::{SeededEntropy, SteppedClock};

/// Which database to test on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// The embedded one, in a folder of its own.
    Sqlite,
    /// A fresh database of the server at `ATELIER_TEST_POSTGRES`.
    Postgres,
}

/// A service over a fresh database, with everything that a test may turn.
pub struct Bench {
    /// The service.
    pub service: Service,
    /// Its clock.
    pub clock: SteppedClock,
    url: String,
    folder: TempDir,
}

impl Bench {
    /// Opens a bench on `database`.
    ///
    /// # Panics
    /// When the database cannot be had: a test that was skipped would look like one that passed.
    pub async fn open(database: Database) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = match database {
            Database::Sqlite => format!("sqlite:{}", folder.path().join("atelier.db").display()),
            Database::Postgres => fresh_postgres().await,
        };
        let store = Store::open(&url).await.expect("a fresh database opens");
        let objects = Objects::folder(&folder.path().join("objects")).expect("a fresh folder opens");
        let clock = SteppedClock::default();
        let world = World::new(clock.clone(), SeededEntropy::default());
        let service = Service::new(store, objects, world, "https://atelier.test");
        Self { service, clock, url, folder }
    }

    /// Runs a test on a fresh bench.
    ///
    /// # Panics
    /// When the test does.
    pub fn run<F: Future<Output = ()>>(database: Database, test: impl FnOnce(Self) -> F) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async { test(Self::open(database).await).await });
    }

    /// The address of the database, for those who open it a second time as another server does.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder in which the bench keeps its files.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The moment it is on this bench.
    #[must_use]
    pub fn now(&self) -> atelier_domain::Timestamp {
        self.clock.now()
    }
}

/// Makes a database of a name that nothing else uses, without a schema, and answers its address.
///
/// # Panics
/// When the server cannot be had.
pub async fn fresh_postgres() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("ATELIER_TEST_POSTGRES")
        .expect("ATELIER_TEST_POSTGRES names a PostgreSQL server: `cargo xtask test` starts one");
    let name = format!("atelier_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let mut connection = PgConnection::connect(&server).await.expect("PostgreSQL answers");
    for statement in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        connection.execute(sqlx::AssertSqlSafe(statement)).await.expect("a database can be made");
    }
    let (base, _) = server.rsplit_once('/').expect("the address ends in a database");
    format!("{base}/{name}")
}
