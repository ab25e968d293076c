//! Adding vocabularies.

use atelier_domain::{Conditions, Endpoint, Permit, ResourceId};
use atelier_store::queries::vocabs;
use atelier_store::{Event, WriteTx};

use super::{Vocab, check_count, hold, read};
use crate::concepts::{check_definition, check_name, slug_of};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// A vocabulary to be added.
#[derive(Clone, Debug, Default)]
pub struct NewVocab {
    /// Its identifier; made from its name, if nothing is given.
    pub slug: String,
    /// What it is called; its identifier, if nothing is given.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its concepts, in its order.
    pub concepts: Vec<String>,
}

impl Service {
    /// Adds vocabularies to the app, all of them or none, and answers them in this order.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, a concept does not exist, or the app has a vocabulary of one of the
    /// identifiers.
    pub async fn post_vocabs(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<NewVocab>,
    ) -> Result<InApp<Vec<Vocab>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostVocabs, Conditions::NONE).await?;
        check_count(input.len())?;
        let mut value = Vec::with_capacity(input.len());
        for (index, vocab) in input.iter().enumerate() {
            let added = self.add_vocab(&mut tx, &asked.permit, vocab).await;
            value.push(added.map_err(|error| error.within("vocabs", index))?);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    async fn add_vocab(&self, tx: &mut WriteTx, permit: &Permit, vocab: &NewVocab) -> Result<Vocab> {
        let (given_slug, given_name) = (vocab.slug.trim(), vocab.name.trim());
        if given_slug.is_empty() && given_name.is_empty() {
            return Err(Error::invalid("id", "or a name must be given"));
        }
        let slug = if given_slug.is_empty() { slug_of(given_name) } else { given_slug.to_owned() };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        let name = if given_name.is_empty() { slug.to_string() } else { check_name(given_name)? };
        check_definition(&vocab.description)?;
        let now = self.world.now();
        if !vocabs::insert(tx, permit, slug.as_str(), &name, &vocab.description, now).await? {
            return Err(Error::Taken(format!("duplicate vocabulary `{slug}`: each is added once")));
        }
        let concepts: Vec<&str> = vocab.concepts.iter().map(String::as_str).collect();
        hold(tx, permit, slug.as_str(), &concepts).await?;
        read(tx, permit, slug.as_str()).await
    }
}
