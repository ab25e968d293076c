//! Giving out the audit list to whoever runs the server.

use atelier_store::ReadTx;
use atelier_store::queries::audit_chain::{self, LinkedRow, Wanted};

use crate::{Error, Result, Service};

/// Entries on their way out, all of one moment.
pub struct Export {
    tx: ReadTx,
    wanted: Wanted,
    position: i64,
}

impl Export {
    /// The next entries, in the order of the chain: none at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<Vec<LinkedRow>> {
        let rows = audit_chain::wanted_after(&mut self.tx, &self.wanted, self.position).await?;
        self.position = rows.last().map_or(self.position, |last| last.position);
        Ok(rows)
    }
}

impl Service {
    /// Starts to give out the entries that are wanted, in the order of the chain. Nobody's permit is asked for: this is
    /// for whoever has the database anyway.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there never was such an app.
    pub async fn export_audit(&self, wanted: Wanted) -> Result<Export> {
        let mut tx = self.store.read().await?;
        if let Some((owner, app)) = &wanted.app
            && !audit_chain::knows_app(&mut tx, owner, app).await?
        {
            return Err(Error::NotFound);
        }
        Ok(Export { tx, wanted, position: i64::MIN })
    }
}
