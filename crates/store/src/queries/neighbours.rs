//! The inputs beside an input.

use atelier_domain::Permit;
use atelier_domain::id::InputId;

use super::reach::{assigned, reached};
use crate::Result;
use crate::db::{Conn, params, row};

row! {
    struct SlugRow {
        slug: String,
    }
}

macro_rules! neighbour {
    ($beside:literal) => {
        concat!("SELECT slug FROM inputs WHERE app_id = $1 AND ", reached!("id" "$3"), $beside)
    };
}

async fn beside(
    conn: &mut Conn,
    permit: &Permit,
    input: InputId,
    sql: &'static str,
) -> Result<Option<String>> {
    let params = params![permit.app(), input, permit.assigned_to()];
    let row: Option<SlugRow> = conn.fetch_optional(sql, params).await?;
    Ok(row.map(|row| row.slug))
}

/// The identifier of the next input that is newer than `input`, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn newer(conn: &mut Conn, permit: &Permit, input: InputId) -> Result<Option<String>> {
    beside(conn, permit, input, neighbour!(" AND id > $2 ORDER BY id LIMIT 1")).await
}

/// The identifier of the next input that is older than `input`, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn older(conn: &mut Conn, permit: &Permit, input: InputId) -> Result<Option<String>> {
    beside(conn, permit, input, neighbour!(" AND id < $2 ORDER BY id DESC LIMIT 1")).await
}
