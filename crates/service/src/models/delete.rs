//! Deleting models.

use std::collections::BTreeSet;

use atelier_domain::{Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::{model_files, model_shares, models};
use serde_json::json;

use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, Result, Service, Who};

/// Which models are deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeleteModels {
    /// Those of these identifiers.
    Named(Vec<String>),
    /// All of the app.
    All,
}

impl Service {
    /// Deletes models of the app with all of their versions, also one that is being trained: whoever is at it stops. If
    /// nothing is named, nothing is deleted. Answers how many were.
    ///
    /// # Errors
    /// When the caller may not do what `endpoint` does, or one of them does not exist: then none is deleted.
    pub async fn delete_models(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        which: &DeleteModels,
    ) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        let named: BTreeSet<String> = match which {
            DeleteModels::Named(slugs) => slugs.iter().cloned().collect(),
            DeleteModels::All => {
                let all = models::list(&mut tx, &asked.permit).await?;
                all.into_iter().map(|row| row.slug).collect()
            }
        };
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        if named.is_empty() {
            return Ok(0);
        }
        let keys = model_files::keys(&mut tx, &asked.permit, &named).await?;
        for model in &named {
            let Some(row) = models::get_to_change(&mut tx, &asked.permit, model).await? else { continue };
            self.tell_let_go(&mut tx, &asked, who, &row);
            for share in model_shares::list(&mut tx, &asked.permit, row.id).await? {
                self.tell_withdrawn(&mut tx, &asked, who, model, &share);
            }
        }
        let deleted = models::delete(&mut tx, &asked.permit, &named).await?;
        if deleted < named.len() as u64 {
            return Err(Error::NotFound);
        }
        let subject = match named.as_slice() {
            [one] => (*one).to_owned(),
            several => format!("{} models", several.len()),
        };
        let done = Done {
            app: Some(asked.permit.app()),
            before: Some(json!({ "models": named })),
            ..Done::new(Action::ModelsDeleted, &subject)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        // Only now: had the transaction failed, they would still be needed.
        self.forget(keys).await;
        Ok(deleted)
    }
}
