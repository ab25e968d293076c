//! How annotations came to stand as they do.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::{annotation_history, inputs};

pub use annotation_history::StoodRow;

use crate::{AppName, Error, InApp, Result, Service, Who};

impl Service {
    /// How the annotations of an input of the app stood from time to time, and stand now, the latest first: `size` of these
    /// after the first `skip`.
    ///
    /// # Errors
    /// When the caller may not list annotations, or there is no such input.
    pub async fn annotation_history(
        &self,
        who: &Who,
        app: &AppName,
        input: &str,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<StoodRow>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListAnnotations, Conditions::NONE).await?;
        inputs::get(&mut tx, &asked.permit, input).await?.ok_or(Error::NotFound)?;
        let value = annotation_history::of_input(&mut tx, &asked.permit, input, skip, size).await?;
        Ok(InApp { app: asked.app, value })
    }
}
