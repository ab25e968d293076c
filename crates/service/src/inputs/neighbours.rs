//! Going from input to input.

use atelier_domain::id::InputId;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::neighbours;

use crate::{AppName, Result, Service, Who};

/// The inputs beside an input, by their identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The next newer one.
    pub newer: Option<String>,
    /// The next older one.
    pub older: Option<String>,
}

impl Service {
    /// The inputs beside `input`, in the order in which they were added.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn neighbours(&self, who: &Who, app: &AppName, input: InputId) -> Result<Neighbours> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListInputs, Conditions::NONE).await?;
        Ok(Neighbours {
            newer: neighbours::newer(&mut tx, &asked.permit, input).await?,
            older: neighbours::older(&mut tx, &asked.permit, input).await?,
        })
    }
}
