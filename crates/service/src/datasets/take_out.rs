//! Taking inputs out of a dataset.

use std::collections::BTreeSet;

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::dataset_inputs;
use serde_json::json;

use super::{check_input_count, kept};
use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Takes the inputs `inputs` out of the dataset; they stay in the app. If nothing is named, nothing is taken out.
    /// Answers how many were.
    ///
    /// # Errors
    /// When the caller may not, there is no such dataset, or one of the inputs is not in it: then nothing is taken out.
    pub async fn delete_dataset_inputs(
        &self,
        who: &Who,
        app: &AppName,
        dataset: &str,
        inputs: &[String],
    ) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::DeleteDatasetInputs, Conditions::NONE).await?;
        let permit = &asked.permit;
        let named: BTreeSet<&str> = inputs.iter().map(String::as_str).collect();
        let named: Vec<&str> = named.into_iter().collect();
        check_input_count("input_ids", named.len())?;
        let out_of = kept(&mut tx, permit, dataset).await?;
        if named.is_empty() {
            return Ok(0);
        }
        let removed = dataset_inputs::delete(&mut tx, permit, out_of.id, &named).await?;
        if removed < named.len() as u64 {
            return Err(Error::NotFound);
        }
        let done = Done {
            app: Some(permit.app()),
            before: Some(json!({ "inputs": named })),
            ..Done::new(Action::DatasetInputsRemoved, &out_of.slug)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(removed)
    }
}
