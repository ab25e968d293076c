//! What can go wrong, and what of it may pass.

use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

/// What can go wrong below the service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A unique name, address or identifier is taken already.
    #[error("already exists")]
    Duplicate,
    /// The database cannot be reached or is overloaded; trying again later may help.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The database answered what it should not have: a bug, or damage.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
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

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(inner) = &error {
            if inner.is_unique_violation() {
                return Self::Duplicate;
            }
            if is_passing(inner.as_ref()) {
                return Self::Unavailable(error);
            }
        }
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            other => Self::Database(other),
        }
    }
}

/// Whether the database may do later what it refused now, once somebody has ended or made room.
fn is_passing(error: &dyn DatabaseError) -> bool {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<SqliteError>().is_some() {
        // Of the extended codes the last byte says what kind it is: busy, locked, read-only, the disk's failure, full,
        // cannot be opened.
        return matches!(code.parse::<i32>().map(|code| code & 0xff), Ok(5 | 6 | 8 | 10 | 13 | 14));
    }
    // PostgreSQL: serialization failure, deadlock, statement or lock time-out, being shut down or started, a standby; and
    // the classes of broken connections, of what has run out, and of the machine's failures.
    matches!(&*code, "40001" | "40P01" | "57014" | "55P03" | "57P01" | "57P02" | "57P03" | "25006")
        || ["08", "53", "58"].iter().any(|class| code.starts_with(class))
}
