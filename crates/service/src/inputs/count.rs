//! Counting inputs.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::inputs::{self, InputCounts};

use crate::{AppName, Result, Service, Who};

impl Service {
    /// How many inputs of the app stand where.
    ///
    /// # Errors
    /// When the caller may not count them.
    pub async fn count_inputs(&self, who: &Who, app: &AppName) -> Result<InputCounts> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetInputCount, Conditions::NONE).await?;
        Ok(inputs::counts(&mut tx, &asked.permit).await?)
    }
}
