//! What concepts are called in further languages.

use atelier_domain::{Conditions, Endpoint, Language, PatchAction, Permit};
use atelier_store::queries::{concept_languages, concepts};
use atelier_store::{Conn, Event, WriteTx};

use super::{ConceptRow, LanguageRow, check_count, check_definition, check_language, check_name};
use crate::{AppName, Error, Result, Service, Who};

/// What a concept is, or is to be, called in a language.
#[derive(Clone, Debug, Default)]
pub struct ConceptLanguage {
    /// The language's tag.
    pub language: String,
    /// What the concept is called.
    pub name: String,
    /// What it means.
    pub definition: String,
}

impl Service {
    /// What a concept of the app is called, in its own language first.
    ///
    /// # Errors
    /// When the caller may not see it, or there is no such concept.
    pub async fn list_concept_languages(
        &self,
        who: &Who,
        app: &AppName,
        concept: &str,
    ) -> Result<Vec<LanguageRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListConceptLanguages, Conditions::NONE).await?;
        all(&mut tx, &asked.permit, concept).await
    }

    /// What a concept of the app is called in one language.
    ///
    /// # Errors
    /// When the caller may not see it, there is no such concept, or it has no name in that language.
    pub async fn get_concept_language(
        &self,
        who: &Who,
        app: &AppName,
        concept: &str,
        language: &str,
    ) -> Result<LanguageRow> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetConceptLanguage, Conditions::NONE).await?;
        let names = all(&mut tx, &asked.permit, concept).await?;
        names.into_iter().find(|name| name.language == language).ok_or(Error::NotFound)
    }

    /// Says what a concept of the app is called in further languages, in all of these or in none.
    ///
    /// # Errors
    /// When the caller may not, there is no such concept, a value is not valid, or it has a name in one of the languages.
    pub async fn post_concept_languages(
        &self,
        who: &Who,
        app: &AppName,
        concept: &str,
        input: Vec<ConceptLanguage>,
    ) -> Result<Vec<LanguageRow>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostConceptLanguages, Conditions::NONE).await?;
        check_count(input.len())?;
        let own = own(&mut tx, &asked.permit, concept).await?;
        let known = concept_languages::list(&mut tx, &asked.permit, concept).await?;
        let mut taken: Vec<String> = known.into_iter().map(|name| name.language).collect();
        taken.push(own.language);
        let mut rows = Vec::with_capacity(input.len());
        for (index, name) in input.iter().enumerate() {
            let within = |error: Error| error.within("languages", index);
            let language = check_language(&name.language).map_err(within)?;
            if taken.iter().any(|tag| tag == language.as_str()) {
                return Err(Error::Taken(format!("`{concept}` has a name in `{language}` already")));
            }
            let row = checked(&language, &name.name, &name.definition).map_err(within)?;
            keep(&mut tx, &asked.permit, concept, &language, &row).await?;
            taken.push(row.language.clone());
            rows.push(row);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(rows)
    }

    /// Changes what a concept of the app is called in languages, or takes names away; answers those that there are
    /// afterwards. In its own language, what it is called changes for everybody, and cannot be taken away.
    ///
    /// # Errors
    /// When the caller may not, there is no such concept or name, or a value is not valid.
    pub async fn patch_concept_languages(
        &self,
        who: &Who,
        app: &AppName,
        concept: &str,
        action: PatchAction,
        input: Vec<ConceptLanguage>,
    ) -> Result<Vec<LanguageRow>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchConceptLanguages, Conditions::NONE).await?;
        check_count(input.len())?;
        for (index, name) in input.iter().enumerate() {
            self.patch_language(&mut tx, &asked.permit, concept, action, name)
                .await
                .map_err(|error| error.within("languages", index))?;
        }
        let names = all(&mut tx, &asked.permit, concept).await?;
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(names)
    }

    async fn patch_language(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        concept: &str,
        action: PatchAction,
        change: &ConceptLanguage,
    ) -> Result<()> {
        let own = own(tx, permit, concept).await?;
        let language = check_language(&change.language)?;
        let is_own = own.language == language.as_str();
        if action == PatchAction::Remove {
            if is_own {
                let why = format!("`{language}` is the concept's own, in which it always has a name");
                return Err(Error::invalid("language", why));
            }
            let known = concept_languages::delete(tx, permit, concept, language.as_str()).await?;
            return if known { Ok(()) } else { Err(Error::NotFound) };
        }
        let names = all(tx, permit, concept).await?;
        let before = names.into_iter().find(|name| name.language == language.as_str());
        let before = before.ok_or(Error::NotFound)?;
        let given = |new: &str, old: &str| if new.is_empty() { old.to_owned() } else { new.to_owned() };
        let (name, definition) =
            (given(&change.name, &before.name), given(&change.definition, &before.definition));
        let row = checked(&language, &name, &definition)?;
        if is_own {
            let stored = concepts::ConceptChange {
                name: &row.name,
                language: &own.language,
                definition: &row.definition,
                metadata: own.metadata.as_ref(),
                chosen_color: own.chosen_color.as_ref(),
                shortcut: own.shortcut.as_ref(),
            };
            concepts::update(tx, permit, concept, &stored, self.world.now()).await?;
            return Ok(());
        }
        keep(tx, permit, concept, &language, &row).await
    }
}

/// The concept, which nobody else changes until the transaction ends.
async fn own(tx: &mut WriteTx, permit: &Permit, concept: &str) -> Result<ConceptRow> {
    concepts::get_to_change(tx, permit, concept).await?.ok_or(Error::NotFound)
}

/// What the concept is called in all languages, in its own first.
async fn all(conn: &mut Conn, permit: &Permit, concept: &str) -> Result<Vec<LanguageRow>> {
    let own = concepts::get(conn, permit, concept).await?.ok_or(Error::NotFound)?;
    let mut names = vec![LanguageRow { language: own.language, name: own.name, definition: own.definition }];
    names.extend(concept_languages::list(conn, permit, concept).await?);
    Ok(names)
}

fn checked(language: &Language, name: &str, definition: &str) -> Result<LanguageRow> {
    check_definition(definition)?;
    let name = check_name(name)?;
    Ok(LanguageRow { language: language.to_string(), name, definition: definition.to_owned() })
}

async fn keep(
    tx: &mut WriteTx,
    permit: &Permit,
    concept: &str,
    language: &Language,
    row: &LanguageRow,
) -> Result<()> {
    concept_languages::set(tx, permit, concept, language, &row.name, &row.definition).await?;
    Ok(())
}
