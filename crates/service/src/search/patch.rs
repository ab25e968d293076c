//! Changing searches that are kept.

use atelier_domain::{Condition, Conditions, Endpoint, Permit};
use atelier_store::queries::searches::{self, Kept};
use atelier_store::{Event, WriteTx};

use super::{Query, SearchRow, Subject, audited};
use crate::audit::{Action, Actor, Done};
use crate::concepts::check_name;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// The most searches that are changed at once.
const SEARCHES: usize = 100;

/// What to change of a search; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct PatchSearch {
    /// Which search.
    pub slug: String,
    /// What it is called.
    pub name: Option<String>,
    /// What it asks for.
    pub query: Option<Query>,
}

impl Service {
    /// Changes searches that the app keeps, all of them or none, and answers them in this order. `endpoint` is
    /// `PatchSearches`, `PatchInputsSearches` or `PatchAnnotationsSearches`, of which the last two know only searches of
    /// their subject.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, or a search does not exist.
    pub async fn patch_searches(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        input: Vec<PatchSearch>,
    ) -> Result<InApp<Vec<SearchRow>>> {
        let mut tx = self.store.write().await?;
        let names_datasets =
            input.iter().filter_map(|change| change.query.as_ref()).any(Query::names_datasets);
        let conditions = Conditions::NONE.and(Condition::NamesDatasets, names_datasets);
        let asked = self.permit(&mut tx, who, app, endpoint, conditions).await?;
        if input.len() > SEARCHES {
            return Err(Error::invalid("searches", format!("must be at most {SEARCHES} at once")));
        }
        let subject = match endpoint {
            Endpoint::PatchInputsSearches => Some(Subject::Inputs),
            Endpoint::PatchAnnotationsSearches => Some(Subject::Annotations),
            _ => None,
        };
        let mut value = Vec::with_capacity(input.len());
        for (index, change) in input.iter().enumerate() {
            let changed = self.patch_search(&mut tx, &asked.permit, subject, change).await;
            let (before, after) = changed.map_err(|error| error.within("searches", index))?;
            // A search is its app's: whoever changes what another keeps takes that away.
            let done = Done {
                app: Some(asked.permit.app()),
                before: Some(audited(&before)),
                after: Some(audited(&after)),
                ..Done::new(Action::SearchChanged, &after.slug)
            };
            self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
            value.push(after);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    /// The search as it was, and as it is.
    async fn patch_search(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        subject: Option<Subject>,
        change: &PatchSearch,
    ) -> Result<(SearchRow, SearchRow)> {
        let before = searches::get_to_change(tx, permit, &change.slug).await?.ok_or(Error::NotFound)?;
        if subject.is_some_and(|subject| subject != before.subject) {
            return Err(Error::NotFound);
        }
        let name = change.name.as_deref().map(check_name).transpose()?.unwrap_or_else(|| before.name.clone());
        let query = match &change.query {
            Some(query) => query.clone(),
            None => Query { filter: before.filter.clone(), oldest_first: before.oldest_first },
        };
        query.check()?;
        let kept = Kept {
            slug: &change.slug,
            name: &name,
            subject: before.subject,
            filter: &query.filter,
            oldest_first: query.oldest_first,
        };
        searches::update(tx, permit, &kept, self.world.now()).await?;
        let after = searches::get(tx, permit, &change.slug).await?.ok_or(Error::NotFound)?;
        Ok((before, after))
    }
}
