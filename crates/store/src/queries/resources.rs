//! What there is in an app: how many resources of each kind, and who made its annotations.

use atelier_domain::Permit;

use super::reach::assigned;
use crate::Result;
use crate::db::{Conn, params, row};

row! {
    /// How many resources an app has.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct CountsRow {
        /// Its inputs.
        pub inputs: i64,
        /// Its datasets.
        pub datasets: i64,
        /// Its workflows.
        pub workflows: i64,
        /// Its own models.
        pub models: i64,
    }
}

/// Counts the resources of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &mut Conn, permit: &Permit) -> Result<CountsRow> {
    macro_rules! count {
        ($inputs:expr) => {
            concat!(
                "SELECT (SELECT ",
                $inputs,
                ") AS inputs, (SELECT COUNT(*) FROM datasets WHERE app_id = $1) AS datasets, \
                 (SELECT COUNT(*) FROM workflows WHERE app_id = $1) AS workflows, \
                 (SELECT COUNT(*) FROM models WHERE app_id = $1) AS models"
            )
        };
    }
    match permit.assigned_to() {
        None => {
            let all = count!("CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM input_tallies WHERE app_id = $1");
            conn.fetch_one(all, params![permit.app()]).await
        }
        Some(person) => {
            let reached =
                count!(concat!("COUNT(*) FROM inputs WHERE app_id = $1 AND id IN (", assigned!("$2"), ")"));
            conn.fetch_one(reached, params![permit.app(), person]).await
        }
    }
}

row! {
    /// Somebody who made annotations.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct WorkerRow {
        /// Their slug.
        pub slug: String,
        /// What they are called.
        pub name: String,
    }
}

/// Page `page` (from 1) of `size` of those who made annotations in the permit's app, by slug.
///
/// # Errors
/// When the database fails.
pub async fn list_workers(conn: &mut Conn, permit: &Permit, page: u32, size: u32) -> Result<Vec<WorkerRow>> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(size);
    conn.fetch_all(
        "SELECT u.slug, u.name FROM users u \
         WHERE EXISTS (SELECT 1 FROM annotations n WHERE n.app_id = $1 AND n.user_id = u.id) \
         ORDER BY u.slug LIMIT $2 OFFSET $3",
        params![permit.app(), i64::from(size), offset],
    )
    .await
}
