//! Versions of filters: what each lets through.

use atelier_domain::id::{ModelId, ModelVersionId};
use atelier_domain::{Permit, Timestamp};
use serde_json::{Value, json};

use super::access::Proof;
use super::batches::Shown;
use crate::Result;
use crate::db::{WriteTx, params};

/// A version of a filter.
#[derive(Clone, Debug)]
pub struct NewFilter<'a> {
    /// Its identifier, in the order of time.
    pub id: ModelVersionId,
    /// Of which model of the permit's app.
    pub model: ModelId,
    /// What whoever makes it shows.
    pub proof: &'a Proof,
    /// From which network address.
    pub address: &'a str,
    /// With which program.
    pub user_agent: &'a str,
    /// What it is.
    pub description: &'a str,
    /// What it lets through.
    pub filter: &'a Value,
}

/// Makes a version of a filter: it counts as trained.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut WriteTx, permit: &Permit, new: &NewFilter<'_>, now: Timestamp) -> Result<()> {
    let (shown, hash) = Shown::of(new.proof);
    tx.execute(
        "INSERT INTO model_versions (id, app_id, model_id, user_id, shown, shown_hash, address, user_agent, description, \
         settings, state, phase, progress, why, runs, left_at, created_at, completed_at, changed_at, filter) \
         VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, 'trained', 'learning', 1.0, '', 0, $11, $11, $11, $11, $12)",
        params![
            permit.app(),
            new.id,
            new.model,
            permit.user(),
            shown.name(),
            hash,
            new.address,
            new.user_agent,
            new.description,
            &json!({}),
            now,
            new.filter
        ],
    )
    .await?;
    Ok(())
}
