//! With which other apps models are shared: each of these has a model of its own that is what the shared one is.

use atelier_domain::id::{AppId, ModelId};
use atelier_domain::{Permit, Timestamp};

use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

row! {
    /// An app with which a model is shared.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ShareRow {
        /// The model that the app has of its own by that.
        pub id: ModelId,
        /// The app.
        pub app_id: AppId,
        /// Its owner's slug.
        pub owner: String,
        /// The app's slug.
        pub app: String,
        /// What the app is called.
        pub name: String,
        /// As what it knows the model.
        pub model: String,
        /// Who shared it.
        pub by_name: String,
        /// When.
        pub created_at: Timestamp,
    }
}

/// The apps with which the model `model` of the permit's app is shared, in the order in which that was done; without those that
/// are deleted.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut Conn, permit: &Permit, model: ModelId) -> Result<Vec<ShareRow>> {
    conn.fetch_all(
        "SELECT m.id, m.app_id, o.slug AS owner, a.slug AS app, a.name, m.slug AS model, u.name AS by_name, m.created_at \
         FROM models s JOIN models m ON m.shared_from = s.id JOIN apps a ON a.id = m.app_id \
         JOIN users o ON o.id = a.owner_id JOIN users u ON u.id = m.created_by \
         WHERE s.app_id = $1 AND s.id = $2 AND a.deleted_at IS NULL ORDER BY m.id",
        params![permit.app(), model],
    )
    .await
}

/// Takes the model `model` of the permit's app away from the app that has it as `share`.
///
/// # Errors
/// When the database fails.
pub async fn withdraw(tx: &mut WriteTx, permit: &Permit, model: ModelId, share: ModelId) -> Result<()> {
    tx.execute(
        "DELETE FROM models WHERE id = $3 AND shared_from = (SELECT s.id FROM models s WHERE s.app_id = $1 AND s.id = $2)",
        params![permit.app(), model, share],
    )
    .await?;
    Ok(())
}
