//! Deleting concepts.

use atelier_domain::Endpoint;
use atelier_store::Event;
use atelier_store::queries::concepts;

use crate::audit::{Action, Actor, Done};
use crate::{AppName, Result, Service, Who};

impl Service {
    /// Deletes concepts of the app, with their names in other languages, their relations and their places in
    /// vocabularies. What was said with them is taken out of annotations, which needs the right to delete those, too.
    /// If nothing is named, nothing is deleted. Answers how many were.
    ///
    /// # Errors
    /// When the caller may not, or one of them does not exist: then none is deleted.
    pub async fn delete_concepts(&self, who: &Who, app: &AppName, slugs: &[String]) -> Result<u64> {
        let mut slugs: Vec<&str> = slugs.iter().map(String::as_str).collect();
        let (mut tx, asked) = self.unsay(who, app, Endpoint::DeleteConcepts, &slugs, None).await?;
        slugs.sort_unstable();
        slugs.dedup();
        let deleted = concepts::delete(&mut tx, &asked.permit, &slugs).await?;
        if deleted > 0 {
            let subject = match slugs.as_slice() {
                [one] => (*one).to_owned(),
                several => format!("{} concepts", several.len()),
            };
            let done = Done {
                app: Some(asked.permit.app()),
                before: Some(slugs.iter().copied().collect()),
                ..Done::new(Action::ConceptsDeleted, &subject)
            };
            self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
            tx.announce(Event::Data(asked.permit.app()));
        }
        tx.commit().await?;
        Ok(deleted)
    }
}
