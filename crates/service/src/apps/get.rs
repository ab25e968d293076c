//! Looking at one app.

use atelier_domain::{Conditions, Endpoint, Permit};
use atelier_store::queries::apps;

use crate::apps::AppRow;
use crate::{AppName, Asked, Result, Service, Who};

impl Service {
    /// The app, and what the caller may do in it. `endpoint` is `GetApp` on the wire, `ViewApp` in the browser, which
    /// needs no more than that one may see the app at all.
    ///
    /// # Errors
    /// When the caller may not see it.
    pub async fn get_app(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
    ) -> Result<(AppRow, Asked<Permit>)> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        let row = apps::get(&mut tx, &asked.permit).await?;
        Ok((row, asked))
    }
}
