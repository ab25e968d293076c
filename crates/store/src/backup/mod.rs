//! Backups: all rows and all bytes, in a folder that either database can be restored from.
//!
//! ```text
//! SHA256SUMS          the sum of every other file, as `sha256sum --check` reads it
//! manifest.json       the format, the schema, when it was made, how many rows each table has, what was lost before
//! tables/NAME.jsonl   the rows of a table in the order of its primary key, a JSON object on each line
//! objects/…           the bytes of every object that a row names, as the object store has them
//! ```
//!
//! A backup is of one moment, though requests are answered meanwhile: its rows come from one snapshot. Objects never
//! change, so that those are right that are copied before the snapshot; but they are removed once no row names them.
//! So they are copied first, and then, in a snapshot, those that came meanwhile; if one of these is gone by then, a newer
//! snapshot is taken, which names fewer. What a snapshot still names and nobody can read is lost, and the manifest
//! says so: damage must not keep anybody from a backup of the rest.
//!
//! Both are for a process of their own: files are read and written without giving way to others.

mod catalogue;
mod folder;
mod make;
mod restore;
mod rows;

use std::io;
use std::path::PathBuf;

pub use folder::{Backup, Lost, Manifest};
pub use make::make;

/// What can go wrong with a backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something of that name already.
    #[error("`{0}` exists already: a backup never overwrites anything")]
    Exists(PathBuf),
    /// A backup of that name is being made, or broke off.
    #[error("`{0}` exists: another backup is being made, or one broke off; remove it and try again")]
    Unfinished(PathBuf),
    /// A file could not be read or written.
    #[error("`{0}` could not be read or written")]
    Io(PathBuf, #[source] io::Error),
    /// A file is not there.
    #[error("the backup lacks the file `{0}`")]
    Missing(String),
    /// A file is not what was written.
    #[error("the file `{0}` is not what was backed up: its SHA-256 is another")]
    Changed(String),
    /// A file does not read back.
    #[error("the file `{0}` cannot be read: {1}")]
    Unreadable(String, String),
    /// A newer program made it.
    #[error("the backup has the schema {found}, and this program knows those up to {known}: use a newer one")]
    Newer {
        /// The schema that it has.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// The database is in use.
    #[error("the table `{0}` has rows: a backup is restored into an empty database only")]
    TableInUse(String),
    /// The object store is in use.
    #[error("the object store has `{0}`: a backup is restored into an empty one only")]
    ObjectsInUse(String),
    /// What was restored is not what was backed up.
    #[error("the table `{table}` has {found} rows, and the backup says {expected}: nothing was restored")]
    Counts {
        /// Which table.
        table: String,
        /// How many rows it has.
        found: u64,
        /// How many the manifest says.
        expected: u64,
    },
    /// The backup has other tables than its schema.
    #[error("the backup has other tables than its schema: `{0}` is in one of them only")]
    Tables(String),
    /// The database has no schema yet.
    #[error("the database has no schema yet: there is nothing to back up")]
    NoSchema,
    /// The rows of a table have no order.
    #[error("the table `{0}` has no primary key")]
    NoKey(String),
    /// A column is of a type that the format does not know.
    #[error("the table `{0}` has a column of the type `{1}`, which backups do not know")]
    Type(String, String),
    /// Each snapshot named objects that were gone before they were copied.
    #[error("inputs are being deleted faster than they can be copied; try again later")]
    Restless,
    /// No table can be restored first.
    #[error("some tables refer to each other in a circle")]
    Circle,
    /// The database or the object store failed.
    #[error(transparent)]
    Store(#[from] crate::Error),
}

/// A [`Result`](std::result::Result) of backups.
pub type Result<T> = std::result::Result<T, BackupError>;
