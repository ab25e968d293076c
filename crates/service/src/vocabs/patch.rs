//! Changing vocabularies.

use atelier_domain::{Conditions, Endpoint, PatchAction, Permit};
use atelier_store::queries::vocabs;
use atelier_store::{Event, WriteTx};

use super::{Vocab, check_count, hold, read};
use crate::concepts::{ConceptRow, check_definition, check_name};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What to change of a vocabulary; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct PatchVocab {
    /// Which vocabulary.
    pub slug: String,
    /// What it is called.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Concepts that are put behind those that it holds, put in their place, or taken away.
    pub concepts: Option<Vec<String>>,
}

/// Where a concept of a vocabulary goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One place towards the beginning.
    Earlier,
    /// One place towards the end.
    Later,
}

impl Service {
    /// Changes vocabularies of the app, all of them or none, and answers them in this order.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, or a vocabulary or a concept does not exist.
    pub async fn patch_vocabs(
        &self,
        who: &Who,
        app: &AppName,
        action: PatchAction,
        input: Vec<PatchVocab>,
    ) -> Result<InApp<Vec<Vocab>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchVocabs, Conditions::NONE).await?;
        check_count(input.len())?;
        let mut value = Vec::with_capacity(input.len());
        for (index, change) in input.iter().enumerate() {
            let changed = self.patch_vocab(&mut tx, &asked.permit, action, change).await;
            value.push(changed.map_err(|error| error.within("vocabs", index))?);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    async fn patch_vocab(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        action: PatchAction,
        change: &PatchVocab,
    ) -> Result<Vocab> {
        let slug = change.slug.as_str();
        let before = vocabs::get_to_change(tx, permit, slug).await?.ok_or(Error::NotFound)?;
        let name = change.name.as_deref().map(check_name).transpose()?.unwrap_or(before.name);
        let description = change.description.clone().unwrap_or(before.description);
        check_definition(&description)?;
        vocabs::update(tx, permit, slug, &name, &description, self.world.now()).await?;
        if let Some(named) = &change.concepts {
            let own = slugs(vocabs::concepts(tx, permit, slug).await?);
            let after = match action {
                PatchAction::Merge => own.into_iter().chain(named.iter().cloned()).collect(),
                PatchAction::Overwrite => named.clone(),
                PatchAction::Remove => own.into_iter().filter(|own| !named.contains(own)).collect::<Vec<_>>(),
            };
            let after: Vec<&str> = after.iter().map(String::as_str).collect();
            hold(tx, permit, slug, &after).await?;
        }
        read(tx, permit, slug).await
    }

    /// Moves a concept of a vocabulary by one place; at the end of its way it stays.
    ///
    /// # Errors
    /// When the caller may not, or the vocabulary or the concept in it does not exist.
    pub async fn move_in_vocab(
        &self,
        who: &Who,
        app: &AppName,
        vocab: &str,
        concept: &str,
        step: Step,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchVocabs, Conditions::NONE).await?;
        let permit = &asked.permit;
        let row = vocabs::get_to_change(&mut tx, permit, vocab).await?.ok_or(Error::NotFound)?;
        let mut order = slugs(vocabs::concepts(&mut tx, permit, vocab).await?);
        let place = order.iter().position(|slug| slug == concept).ok_or(Error::NotFound)?;
        let other = match step {
            Step::Earlier => place.saturating_sub(1),
            Step::Later => (place + 1).min(order.len() - 1),
        };
        order.swap(place, other);
        let order: Vec<&str> = order.iter().map(String::as_str).collect();
        hold(&mut tx, permit, vocab, &order).await?;
        vocabs::update(&mut tx, permit, vocab, &row.name, &row.description, self.world.now()).await?;
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(())
    }
}

fn slugs(rows: Vec<ConceptRow>) -> Vec<String> {
    rows.into_iter().map(|row| row.slug).collect()
}
