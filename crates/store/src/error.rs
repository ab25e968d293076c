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
            // PostgreSQL: serialization failure, deadlock, lock and statement time-out, shutting down, too many
            // connections.
            let code = inner.code();
            if matches!(
                code.as_deref(),
                Some("40001" | "40P01" | "55P03" | "57014" | "57P01" | "57P03" | "53300")
            ) {
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
