//! The files of versions of models that were uploaded. Their bytes are objects.

use atelier_domain::Permit;
use atelier_domain::id::ModelVersionId;
use serde_json::{Value, json};

use super::concepts::one_of;
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

/// A file whose bytes are where they belong.
#[derive(Clone, Debug)]
pub struct NewFile<'a> {
    /// Where its bytes are.
    pub object_key: &'a str,
    /// How many there are.
    pub size: i64,
    /// Their hash.
    pub sha256: &'a [u8],
    /// What was found out about them.
    pub told: &'a Value,
}

/// Keeps the file of a version that has just been made.
///
/// # Errors
/// When the database fails.
pub(super) async fn insert(tx: &mut WriteTx, version: ModelVersionId, file: &NewFile<'_>) -> Result<()> {
    tx.execute(
        "INSERT INTO model_files (version_id, object_key, size, sha256, told) VALUES ($1, $2, $3, $4, $5)",
        params![version, file.object_key, file.size, file.sha256, file.told],
    )
    .await?;
    Ok(())
}

row! {
    struct KeyRow {
        object_key: String,
    }
}

/// Where the bytes of all versions of the models `slugs` of the permit's app are.
///
/// # Errors
/// When the database fails.
pub async fn keys(conn: &mut Conn, permit: &Permit, slugs: &[&str]) -> Result<Vec<String>> {
    macro_rules! keys {
        ($dialect:ident) => {
            concat!(
                "SELECT f.object_key FROM models m JOIN model_versions v ON v.model_id = m.id \
                 JOIN model_files f ON f.version_id = v.id WHERE m.app_id = $1 AND ",
                one_of!($dialect "m.slug" "$2")
            )
        };
    }
    let sql = Sql::differing(keys!(sqlite), keys!(postgres));
    let rows: Vec<KeyRow> = conn.fetch_all(sql, params![permit.app(), &json!(slugs)]).await?;
    Ok(rows.into_iter().map(|row| row.object_key).collect())
}

row! {
    /// Where a file's bytes are.
    #[derive(Clone, Debug)]
    pub struct StoredRow {
        /// Of which version it is.
        pub version_id: ModelVersionId,
        /// Where they are.
        pub object_key: String,
        /// Their hash.
        pub sha256: Vec<u8>,
    }
}

/// Where the bytes of all files of all apps are: the first `size` after that of the version `after`. For backups, which ask
/// for no permit: whoever can make one has everything already.
///
/// # Errors
/// When the database fails.
pub async fn stored(conn: &mut Conn, after: ModelVersionId, size: usize) -> Result<Vec<StoredRow>> {
    conn.fetch_all(
        "SELECT version_id, object_key, sha256 FROM model_files WHERE version_id > $1 ORDER BY version_id LIMIT $2",
        params![after, i64::try_from(size).unwrap_or(i64::MAX)],
    )
    .await
}
