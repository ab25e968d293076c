//! Merging concepts that mean the same.

use atelier_domain::Endpoint;
use atelier_store::Event;
use atelier_store::queries::{concepts, vocabs};
use serde_json::json;

use super::ConceptRow;
use crate::audit::{Action, Actor, Done};
use crate::{AppName, Error, InApp, Result, Service, Who};

impl Service {
    /// Makes several concepts of the app one: whatever was said with one of `slugs` is said with `into` afterwards,
    /// vocabularies hold `into` in its place, and the others are gone. Answers the one that is left.
    ///
    /// What was said stays that of who said it. Where somebody else said something, only the owner of the app merges.
    ///
    /// # Errors
    /// When the caller may not, one of the concepts does not exist, or one is to be merged into itself.
    pub async fn merge_concepts(
        &self,
        who: &Who,
        app: &AppName,
        into: &str,
        slugs: &[String],
    ) -> Result<InApp<ConceptRow>> {
        let slugs: Vec<&str> = slugs.iter().map(String::as_str).collect();
        let (mut tx, asked) = self.unsay(who, app, Endpoint::MergeConcepts, &slugs, Some(into)).await?;
        for slug in &slugs {
            vocabs::replace_concept(&mut tx, &asked.permit, slug, into).await?;
        }
        concepts::delete(&mut tx, &asked.permit, &slugs).await?;
        let left = concepts::get(&mut tx, &asked.permit, into).await?.ok_or(Error::NotFound)?;
        if !slugs.is_empty() {
            let done = Done {
                app: Some(asked.permit.app()),
                before: Some(slugs.iter().copied().collect()),
                after: Some(json!([into])),
                ..Done::new(Action::ConceptsMerged, into)
            };
            self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
            tx.announce(Event::Data(asked.permit.app()));
        }
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: left })
    }
}
