//! What is done to many inputs at once, and how far it has come.

use atelier_domain::filter::Filter;
use atelier_domain::id::{AppId, BatchId, InputId, UserId};
use atelier_domain::{Permit, Timestamp};

use super::access::Proof;
use crate::db::{Column, Conn, Row, Sql, WriteTx, params, row};
use crate::{Error, Result};

/// A word that stands for one of a few things, in one column.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident $what:literal { $($(#[$of:meta])* $one:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$of])* $one),+ }

        impl $name {
            /// Its name in the database.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$one => $word),+ }
            }
        }

        impl Column for $name {
            fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
                let name: String = row.get(column)?;
                match name.as_str() {
                    $($word => Ok(Self::$one),)+
                    _ => Err(Error::Corrupt { column, reason: format!("`{name}` is {}", $what) }),
                }
            }
        }
    };
}
pub(super) use words;

words! {
    /// What is done.
    Act "nothing that is done to inputs" {
        /// A concept is said to be there.
        Say = "say",
        /// A concept is said not to be there.
        Deny = "deny",
        /// A concept is taken out of what is said.
        Unsay = "unsay",
        /// They are put into a dataset.
        Put = "put",
        /// They are added to a task.
        Assign = "assign",
        /// They are deleted.
        Delete = "delete",
    }
}

words! {
    /// How far it is.
    BatchState "no state of what is done to inputs" {
        /// It is being done.
        Running = "running",
        /// It was done.
        Done = "done",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// It could not go on.
        Stopped = "stopped",
        /// It is being undone.
        Undoing = "undoing",
        /// It was undone.
        Undone = "undone",
    }
}

words! {
    /// By what whoever began it was known.
    Shown "nothing by which somebody is known" {
        /// A key.
        Key = "key",
        /// A browser session.
        Session = "session",
    }
}

impl Shown {
    /// What is kept of what somebody showed.
    pub(super) fn of(proof: &Proof) -> (Self, &[u8]) {
        match proof {
            Proof::Key(hash) => (Self::Key, hash),
            Proof::Session(hash) => (Self::Session, hash),
        }
    }

    /// What they showed.
    ///
    /// # Errors
    /// When what is kept of it is no hash.
    pub(super) fn proof(self, hash: &[u8]) -> Result<Proof> {
        let hash = hash.try_into().map_err(|_| Error::Corrupt {
            column: "shown_hash",
            reason: format!("{} bytes are no hash", hash.len()),
        })?;
        Ok(match self {
            Self::Key => Proof::Key(hash),
            Self::Session => Proof::Session(hash),
        })
    }
}

row! {
    /// Something that is done to many inputs.
    #[derive(Clone, Debug, PartialEq)]
    pub struct BatchRow {
        /// Its identifier.
        pub id: BatchId,
        /// In which app.
        pub app_id: AppId,
        /// Who began it.
        pub user_id: UserId,
        /// By what they were known.
        pub shown: Shown,
        /// The hash of that.
        pub shown_hash: Vec<u8>,
        /// From which network address.
        pub address: String,
        /// With which program.
        pub user_agent: String,
        /// What is done.
        pub act: Act,
        /// The concept, dataset or task by which; nothing, if it is done by none.
        pub subject: String,
        /// Which inputs, if they are found rather than named.
        pub filter: Option<Filter>,
        /// The last of the inputs that were found.
        pub last_input: Option<InputId>,
        /// How far it is.
        pub state: BatchState,
        /// How many inputs there were when it began.
        pub total: i64,
        /// To how many it was done.
        pub done: i64,
        /// How many were so already.
        pub same: i64,
        /// To how many it could not be done.
        pub failed: i64,
        /// Of how many it was undone.
        pub undone: i64,
        /// Why it was stopped, if it was.
        pub why: String,
        /// When it began.
        pub created_at: Timestamp,
        /// When it last came on.
        pub changed_at: Timestamp,
    }
}

impl BatchRow {
    /// What whoever began it showed.
    ///
    /// # Errors
    /// When what is kept of it is no hash.
    pub fn proof(&self) -> Result<Proof> {
        self.shown.proof(&self.shown_hash)
    }
}

macro_rules! batch {
    ($($condition:tt)+) => {
        concat!(
            "SELECT id, app_id, user_id, shown, shown_hash, address, user_agent, act, subject, filter, last_input, state, \
             total, done, same, failed, undone, why, created_at, changed_at FROM batches WHERE ",
            $($condition)+
        )
    };
}

/// A batch that begins.
#[derive(Clone, Debug)]
pub struct NewBatch<'a> {
    /// Its identifier.
    pub id: BatchId,
    /// What whoever begins it shows.
    pub proof: &'a Proof,
    /// From which network address.
    pub address: &'a str,
    /// With which program.
    pub user_agent: &'a str,
    /// What is done.
    pub act: Act,
    /// The concept, dataset or task by which.
    pub subject: &'a str,
    /// Which inputs, if they are found rather than named.
    pub filter: Option<&'a Filter>,
    /// How many there are.
    pub total: usize,
}

/// Begins a batch of whoever holds the permit.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut WriteTx, permit: &Permit, batch: &NewBatch<'_>, now: Timestamp) -> Result<()> {
    let (shown, hash) = Shown::of(batch.proof);
    let filter = batch.filter.map(ToString::to_string);
    tx.execute(
        "INSERT INTO batches (id, app_id, user_id, shown, shown_hash, address, user_agent, act, subject, filter, state, \
         total, done, same, failed, undone, why, created_at, changed_at) \
         VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, 0, '', $13, $13)",
        params![
            permit.app(),
            batch.id,
            permit.user(),
            shown.name(),
            hash,
            batch.address,
            batch.user_agent,
            batch.act.name(),
            batch.subject,
            filter.as_deref(),
            BatchState::Running.name(),
            i64::try_from(batch.total).unwrap_or(i64::MAX),
            now
        ],
    )
    .await?;
    Ok(())
}

/// The batch `id`, for whoever works on it: what it may do is asked of what its row says.
///
/// # Errors
/// When the database fails.
pub async fn get_to_work(conn: &mut Conn, id: BatchId) -> Result<Option<BatchRow>> {
    conn.fetch_optional(batch!("id = $1"), params![id]).await
}

/// The same, which nobody else comes on with until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn hold(tx: &mut WriteTx, id: BatchId) -> Result<Option<BatchRow>> {
    let sql = Sql::differing(batch!("id = $1"), batch!("id = $1 FOR UPDATE"));
    tx.fetch_optional(sql, params![id]).await
}

/// The batch `id` of whoever holds the permit, in its app, which nobody else comes on with until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn own_to_change(tx: &mut WriteTx, permit: &Permit, id: BatchId) -> Result<Option<BatchRow>> {
    let sql = Sql::differing(
        batch!("app_id = $1 AND user_id = $2 AND id = $3"),
        batch!("app_id = $1 AND user_id = $2 AND id = $3 FOR UPDATE"),
    );
    tx.fetch_optional(sql, params![permit.app(), permit.user(), id]).await
}

/// Those of whoever holds the permit, in its app, that are under way or came on since `since`: the newest first, at most
/// `size`.
///
/// # Errors
/// When the database fails.
pub async fn own(conn: &mut Conn, permit: &Permit, since: Timestamp, size: usize) -> Result<Vec<BatchRow>> {
    conn.fetch_all(
        batch!(
            "app_id = $1 AND user_id = $2 AND (state IN ('running', 'undoing') OR changed_at >= $3) \
             ORDER BY id DESC LIMIT $4"
        ),
        params![permit.app(), permit.user(), since, i64::try_from(size).unwrap_or(i64::MAX)],
    )
    .await
}

/// Says how far a batch has come.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &mut WriteTx, batch: &BatchRow, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE batches SET state = $2, last_input = $3, done = $4, same = $5, failed = $6, undone = $7, why = $8, \
         changed_at = $9 WHERE id = $1",
        params![
            batch.id,
            batch.state.name(),
            batch.last_input,
            batch.done,
            batch.same,
            batch.failed,
            batch.undone,
            batch.why.as_str(),
            now
        ],
    )
    .await?;
    Ok(())
}

row! {
    struct IdRow {
        id: BatchId,
    }
}

/// The batches of all apps that are under way and have not come on since `before`: whoever worked on them is gone.
///
/// # Errors
/// When the database fails.
pub async fn left(conn: &mut Conn, before: Timestamp) -> Result<Vec<BatchId>> {
    let rows: Vec<IdRow> = conn
        .fetch_all(
            "SELECT id FROM batches WHERE state IN ('running', 'undoing') AND changed_at < $1 ORDER BY id",
            params![before],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Forgets the batches of all apps that ended before `before`; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut WriteTx, before: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM batches WHERE state NOT IN ('running', 'undoing') AND changed_at < $1",
        params![before],
    )
    .await
}
