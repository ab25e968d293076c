//! What becomes of annotations that name a concept which is no more.

use atelier_domain::{Condition, Conditions, Endpoint, Permit, ResourceId};
use atelier_store::WriteTx;
use atelier_store::queries::{annotations, concepts};

use super::check_count;
use crate::audit::Action;
use crate::{AppName, Asked, Error, Result, Service, Who};

/// How many annotations are changed in one transaction: nobody else writes meanwhile.
const AT_ONCE: usize = 500;

impl Service {
    /// Takes the concepts out of what is said, or says `into` instead, as long as `endpoint` is permitted; then answers
    /// with a transaction in which nothing names them any more and nobody can name them anew.
    ///
    /// Many annotations take several transactions. Whatever interrupts this leaves each of them as it was or as it is to
    /// be, and asking again goes on.
    ///
    /// # Errors
    /// When the caller may not, too much is named at once, a concept does not exist, or one is to be said instead of
    /// itself.
    pub(super) async fn unsay(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        slugs: &[&str],
        into: Option<&str>,
    ) -> Result<(WriteTx, Asked<Permit>)> {
        loop {
            let mut tx = self.store.write().await?;
            let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
            let permit = &asked.permit;
            check_count(slugs.len())?;
            let into = into.map(|into| kept(into, slugs)).transpose()?;
            // In one order, whoever else does the same.
            let mut named: Vec<&str> =
                slugs.iter().copied().chain(into.as_ref().map(ResourceId::as_str)).collect();
            named.sort_unstable();
            for slug in named {
                concepts::get_to_delete(&mut tx, permit, slug).await?.ok_or(Error::NotFound)?;
            }
            if !concepts::are_used(&mut tx, permit, slugs).await? {
                return Ok((tx, asked));
            }
            let used = Conditions::NONE.and(Condition::ConceptIsUsed, true);
            let asked = self.permit(&mut tx, who, app, endpoint, used).await?;
            let permit = &asked.permit;
            // Taking away what others said is for those who may delete it. To have them say something else is not.
            if into.is_some()
                && let Some(author) = annotations::other_author_naming(&mut tx, permit, slugs).await?
                && let Err(refusal) = permit.may_change_annotation_of(author)
            {
                return Err(crate::who::refuse(&mut tx, permit, &refusal).await);
            }
            let before = annotations::naming_to_change(&mut tx, permit, slugs, AT_ONCE).await?;
            let mut after = before.clone();
            for row in &mut after {
                for slug in slugs {
                    let concept: ResourceId = slug.parse().map_err(|_| Error::NotFound)?;
                    row.labels = row.labels.renamed(&concept, into.as_ref());
                }
                row.changed_at = self.world.now();
                let change = annotations::AnnotationChange {
                    labels: &row.labels,
                    info: row.info.as_ref(),
                    status: row.status,
                };
                annotations::update(&mut tx, permit, row.id, &change, row.changed_at).await?;
            }
            self.audit_annotations(
                &mut tx,
                who,
                &asked,
                Action::AnnotationsOverwritten,
                &before,
                Some(&after),
            );
            tx.announce(atelier_store::Event::Data(permit.app()));
            tx.commit().await?;
        }
    }
}

/// The concept that is said instead of `slugs`.
fn kept(into: &str, slugs: &[&str]) -> Result<ResourceId> {
    if slugs.contains(&into) {
        return Err(Error::invalid("concepts", format!("must not name `{into}`, which is to be left")));
    }
    into.parse().map_err(|_| Error::NotFound)
}
