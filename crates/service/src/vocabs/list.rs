//! Listing vocabularies, and looking at one.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::vocabs;

use super::{Vocab, VocabRow, read};
use crate::{AppName, InApp, Result, Service, Who};

impl Service {
    /// `size` vocabularies of the app after the first `skip`, by their identifiers, without their concepts.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_vocabs(
        &self,
        who: &Who,
        app: &AppName,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<VocabRow>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListVocabs, Conditions::NONE).await?;
        let value = vocabs::list(&mut tx, &asked.permit, skip, size).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// The vocabularies of the app in which a concept stands, by their identifiers.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn vocabs_with_concept(
        &self,
        who: &Who,
        app: &AppName,
        concept: &str,
    ) -> Result<Vec<VocabRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListVocabs, Conditions::NONE).await?;
        Ok(vocabs::with_concept(&mut tx, &asked.permit, concept).await?)
    }

    /// One vocabulary of the app, with its concepts.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that identifier.
    pub async fn get_vocab(&self, who: &Who, app: &AppName, slug: &str) -> Result<InApp<Vocab>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetVocab, Conditions::NONE).await?;
        let value = read(&mut tx, &asked.permit, slug).await?;
        Ok(InApp { app: asked.app, value })
    }
}
