//! Deleting inputs.

use std::collections::BTreeSet;

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::inputs;
use serde_json::json;

use super::INPUTS;
use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Deletes the inputs `slugs` of the app, with what was said of them. If nothing is named, nothing is deleted.
    /// Answers how many were. `endpoint` is `DeleteInput` or `DeleteInputs`.
    ///
    /// # Errors
    /// When the caller may not, or one of them does not exist: then nothing is deleted.
    pub async fn delete_inputs(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        slugs: &[String],
    ) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        let named: BTreeSet<&String> = slugs.iter().collect();
        if named.is_empty() {
            return Ok(0);
        }
        if named.len() > INPUTS {
            return Err(Error::invalid("ids", format!("must be at most {INPUTS}")));
        }
        let deleted = inputs::delete(&mut tx, &asked.permit, slugs).await?;
        if deleted.len() < named.len() {
            return Err(Error::NotFound);
        }
        let subject = match slugs {
            [one] => one.clone(),
            _ => format!("{} inputs", deleted.len()),
        };
        let done = Done {
            app: Some(asked.permit.app()),
            before: Some(json!({ "inputs": named })),
            ..Done::new(Action::InputsDeleted, &subject)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        // Only now: had the transaction failed, they would still be needed.
        let count = deleted.len() as u64;
        let keys = deleted.into_iter().flat_map(|row| [row.object_key, row.thumbnail_key]).flatten();
        self.forget(keys.collect()).await;
        Ok(count)
    }
}
