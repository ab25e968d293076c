//! Keeping searches.

use atelier_domain::{Condition, Endpoint, ResourceId};
use atelier_store::Event;
use atelier_store::queries::searches::{self, Kept};

use super::{Query, SearchRow, Subject};
use crate::concepts::{check_name, slug_of};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// A search to be kept.
#[derive(Clone, Debug)]
pub struct NewSearch {
    /// Its identifier; made from its name, if nothing is given.
    pub slug: String,
    /// What it is called; its identifier, if nothing is given.
    pub name: String,
    /// What it searches.
    pub subject: Subject,
    /// What it asks for.
    pub query: Query,
}

impl Service {
    /// Keeps a search in the app. `endpoint` is the one by which it is asked: `PostInputsSearches`,
    /// `PostAnnotationsSearches` or `PostSearches`.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, or the app keeps a search of that identifier.
    pub async fn keep_search(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        search: &NewSearch,
    ) -> Result<InApp<SearchRow>> {
        let mut tx = self.store.write().await?;
        let conditions = search.query.conditions().and(Condition::KeepsSearch, true);
        let asked = self.permit(&mut tx, who, app, endpoint, conditions).await?;
        search.query.check()?;
        let (given_slug, given_name) = (search.slug.trim(), search.name.trim());
        if given_slug.is_empty() && given_name.is_empty() {
            return Err(Error::invalid("id", "or a name must be given, for the search to be kept"));
        }
        let slug = if given_slug.is_empty() { slug_of(given_name) } else { given_slug.to_owned() };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        let name = if given_name.is_empty() { slug.to_string() } else { check_name(given_name)? };
        let kept = Kept {
            slug: slug.as_str(),
            name: &name,
            subject: search.subject,
            filter: &search.query.filter,
            oldest_first: search.query.oldest_first,
        };
        if !searches::insert(&mut tx, &asked.permit, &kept, self.world.now()).await? {
            return Err(Error::Taken(format!("duplicate search `{slug}`: each is kept once")));
        }
        let value = searches::get(&mut tx, &asked.permit, slug.as_str()).await?.ok_or(Error::NotFound)?;
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }
}
