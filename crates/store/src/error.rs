//! What can go wrong, and what of it may pass.

use std::borrow::Cow;

use rusqlite::ErrorCode;

/// What can go wrong below the service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A unique name, address or identifier is taken already.
    #[error("already exists")]
    Duplicate,
    /// The database cannot be reached or is overloaded; trying again later may help.
    #[error("the database is not available")]
    Unavailable(#[source] Cause),
    /// The database answered what it should not have: a bug, or damage.
    #[error("the database failed")]
    Database(#[source] Cause),
    /// There is no row where there has to be one.
    #[error("a row that has to be there is not")]
    NoRow,
    /// A text has the character NUL in it, which PostgreSQL keeps in no text: so neither database is asked.
    #[error("a text has the character NUL in it")]
    Nul,
    /// A stored value does not read back.
    #[error("stored value of `{column}` does not read back: {reason}")]
    Corrupt {
        /// Where it is stored.
        column: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The schema could not be brought up to date.
    #[error("migration failed")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The object store failed.
    #[error("the object store failed")]
    Objects(#[from] object_store::Error),
    /// The address of the database or of the object store is not understood.
    #[error("`{0}` is not an address of a database or object store that Atelier knows")]
    Address(String),
}

/// A [`Result`](std::result::Result) of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// What SQLite says.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// What PostgreSQL says, or what brings schemas up to date.
    #[error(transparent)]
    Postgres(#[from] sqlx::Error),
    /// Every connection is in use, and was for long, or the store is closed.
    #[error("no connection to the database is free")]
    NoConnection,
    /// It has not answered for so long that nobody waits for it any more.
    #[error("the database does not answer")]
    NoAnswer,
    /// The transaction that a write was part of could not be put on disk.
    #[error("what was written with it could not be put on disk")]
    WriteLost,
}

impl Cause {
    /// Whether somebody has waited too long already to try again.
    pub(crate) fn is_waiting_too_long(&self) -> bool {
        matches!(self, Self::NoAnswer | Self::NoConnection | Self::Postgres(sqlx::Error::PoolTimedOut))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error().map(|error| (error.code, error.extended_code)) {
            Some((
                _,
                rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
            )) => Self::Duplicate,
            Some((
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::DiskFull
                | ErrorCode::CannotOpen,
                _,
            )) => Self::Unavailable(error.into()),
            _ => Self::Database(error.into()),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let passes = match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => return Self::Duplicate,
            sqlx::Error::Database(inner) => is_passing(&inner.code().unwrap_or(Cow::Borrowed(""))),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            _ => false,
        };
        if passes { Self::Unavailable(error.into()) } else { Self::Database(error.into()) }
    }
}

/// Whether PostgreSQL may do later what it refused now, once somebody has ended or made room: serialization failure,
/// deadlock, statement or lock time-out, being shut down or started, a standby; and the classes of broken connections, of
/// what has run out, and of the machine's failures.
fn is_passing(code: &str) -> bool {
    matches!(code, "40001" | "40P01" | "57014" | "55P03" | "57P01" | "57P02" | "57P03" | "25006")
        || ["08", "53", "58"].iter().any(|class| code.starts_with(class))
}
