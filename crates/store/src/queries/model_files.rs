//! The files of versions of models that were uploaded. Their bytes are objects.

use atelier_domain::id::{ModelId, ModelVersionId};
use atelier_domain::{Permit, Timestamp};
use serde_json::{Value, json};

use super::access::Proof;
use super::batches::Shown;
use super::concepts::one_of;
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

/// A version whose bytes are where they belong.
#[derive(Clone, Debug)]
pub struct NewFile<'a> {
    /// Its identifier, in the order of time.
    pub id: ModelVersionId,
    /// Of which model of the permit's app.
    pub model: ModelId,
    /// What whoever uploads it shows.
    pub proof: &'a Proof,
    /// From which network address.
    pub address: &'a str,
    /// With which program.
    pub user_agent: &'a str,
    /// What it is.
    pub description: &'a str,
    /// Where its bytes are.
    pub object_key: &'a str,
    /// How many there are.
    pub size: i64,
    /// Their hash.
    pub sha256: &'a [u8],
    /// What was found out about them.
    pub told: &'a Value,
}

/// Makes a version of what whoever holds the permit uploaded: it counts as trained.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut WriteTx, permit: &Permit, file: &NewFile<'_>, now: Timestamp) -> Result<()> {
    let (shown, hash) = Shown::of(file.proof);
    tx.execute(
        "INSERT INTO model_versions (id, app_id, model_id, user_id, shown, shown_hash, address, user_agent, description, \
         settings, state, phase, progress, why, runs, left_at, created_at, completed_at, changed_at) \
         VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, 'trained', 'learning', 1.0, '', 0, $11, $11, $11, $11)",
        params![
            permit.app(),
            file.id,
            file.model,
            permit.user(),
            shown.name(),
            hash,
            file.address,
            file.user_agent,
            file.description,
            &json!({}),
            now
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO model_files (version_id, object_key, size, sha256, told) VALUES ($1, $2, $3, $4, $5)",
        params![file.id, file.object_key, file.size, file.sha256, file.told],
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
