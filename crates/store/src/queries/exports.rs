//! What inputs of a version hold, where they are still there.

use atelier_domain::Permit;
use atelier_domain::id::DatasetVersionId;

use super::reach::{assigned, reached};
use crate::Result;
use crate::db::{Conn, params, row};

row! {
    /// What an input holds.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct HeldRow {
        /// Its place in the version, from 1.
        pub position: i64,
        /// A text.
        pub body: Option<String>,
        /// Where the bytes of a picture are.
        pub object_key: Option<String>,
    }
}

/// What the inputs of `version` of the permit's app hold that have a place behind `after`, up to `last`, in their order;
/// without those that were deleted since.
///
/// # Errors
/// When the database fails.
pub async fn held(
    conn: &mut Conn,
    permit: &Permit,
    version: DatasetVersionId,
    after: i64,
    last: i64,
) -> Result<Vec<HeldRow>> {
    conn.fetch_all(
        concat!(
            "SELECT r.position, i.body, i.object_key FROM dataset_versions v \
             JOIN dataset_version_inputs r ON r.version_id = v.id \
             JOIN inputs i ON i.id = r.input_id AND i.app_id = v.app_id \
             WHERE v.app_id = $1 AND v.id = $2 AND r.position > $3 AND r.position <= $4 AND ",
            reached!("i.id" "$5"),
            " ORDER BY r.position"
        ),
        params![permit.app(), version, after, last, permit.assigned_to()],
    )
    .await
}
