//! The inputs beside an input.

use atelier_domain::Permit;
use atelier_domain::id::InputId;

use crate::Result;
use crate::db::{Conn, params, row};

row! {
    struct SlugRow {
        slug: String,
    }
}

/// The identifier of the next input that is newer than `input`, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn newer(conn: &mut Conn, permit: &Permit, input: InputId) -> Result<Option<String>> {
    let newer = "SELECT slug FROM inputs WHERE app_id = $1 AND id > $2 ORDER BY id LIMIT 1";
    let row: Option<SlugRow> = conn.fetch_optional(newer, params![permit.app(), input]).await?;
    Ok(row.map(|row| row.slug))
}

/// The identifier of the next input that is older than `input`, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn older(conn: &mut Conn, permit: &Permit, input: InputId) -> Result<Option<String>> {
    let older = "SELECT slug FROM inputs WHERE app_id = $1 AND id < $2 ORDER BY id DESC LIMIT 1";
    let row: Option<SlugRow> = conn.fetch_optional(older, params![permit.app(), input]).await?;
    Ok(row.map(|row| row.slug))
}
