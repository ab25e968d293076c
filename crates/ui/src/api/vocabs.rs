//! The vocabularies of an app.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::segment;
use super::{
    apps::{App, AppPlace},
    concepts::Concept,
};
use crate::error::UiError;
#[cfg(feature = "ssr")]
use {
    super::{
        apps::{place, refusal},
        concepts::{concept, meant, offered},
    },
    crate::server,
    atelier_domain::{Endpoint, PatchAction},
    atelier_service::{
        AppName, Error,
        vocabs::{NewVocab, PatchVocab, Step},
    },
};

/// How many vocabularies are shown.
#[cfg(feature = "ssr")]
const SHOWN: usize = 1_000;

/// A vocabulary of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedVocab {
    /// Its identifier.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How many concepts are in it.
    pub concepts: i64,
    /// When it last changed, in microseconds UTC.
    pub changed_at: i64,
}

/// The vocabularies of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabs {
    /// Where they stand.
    pub place: AppPlace,
    /// The vocabularies.
    pub vocabs: Vec<ListedVocab>,
    /// Why the person cannot add any, if they cannot.
    pub no_addition: Option<String>,
}

/// One vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VocabShown {
    /// Where it stands.
    pub place: AppPlace,
    /// Its identifier.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its concepts, in its order.
    pub concepts: Vec<Concept>,
    /// The concepts that it does not hold yet.
    pub others: Vec<Concept>,
    /// Why the person cannot change it, if they cannot.
    pub no_change: Option<String>,
    /// Why the person cannot delete it, if they cannot.
    pub no_deletion: Option<String>,
}

/// The page of the vocabularies of an app.
pub fn vocabs_path(app: &App) -> String {
    format!("{}/vocabs", app.path())
}

/// The page of one of them.
pub fn vocab_path(app: &App, vocab: &str) -> String {
    format!("{}/{}", vocabs_path(app), segment(vocab))
}

/// The vocabularies of an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to see them.
#[server(name = ListVocabs, prefix = "/api", endpoint = "vocabs/list")]
pub async fn list_vocabs(owner: String, app: String) -> Result<Vocabs, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let rows = service.list_vocabs(&who, &app, 0, SHOWN).await?.value;
    let vocabs = rows.into_iter().map(|row| ListedVocab {
        slug: row.slug,
        name: row.name,
        description: row.description,
        concepts: row.concepts,
        changed_at: row.changed_at.micros(),
    });
    Ok(Vocabs {
        place,
        vocabs: vocabs.collect(),
        no_addition: refusal(service.get_app(&who, &app, Endpoint::PostVocabs).await)?,
    })
}

/// One vocabulary of an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none; [`UiError::Forbidden`] without the right to see it.
#[server(name = GetVocab, prefix = "/api", endpoint = "vocabs/get")]
pub async fn get_vocab(owner: String, app: String, vocab: String) -> Result<VocabShown, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let found = service.get_vocab(&who, &app, &vocab).await?.value;
    let concepts: Vec<Concept> = found.concepts.into_iter().map(concept).collect();
    let mut others = offered(&app).await?;
    others.retain(|other| concepts.iter().all(|held| held.slug != other.slug));
    Ok(VocabShown {
        place,
        slug: found.row.slug,
        name: found.row.name,
        description: found.row.description,
        concepts,
        others,
        no_change: refusal(service.get_app(&who, &app, Endpoint::PatchVocabs).await)?,
        no_deletion: refusal(service.get_app(&who, &app, Endpoint::DeleteVocabs).await)?,
    })
}

/// Adds a vocabulary, and leads to it. Its identifier follows from its name.
///
/// # Errors
/// [`UiError::Invalid`] for what cannot be accepted, [`UiError::Conflict`] if there is one of that identifier.
#[server(name = AddVocab, prefix = "/api", endpoint = "vocabs/add")]
pub async fn add_vocab(
    owner: String,
    app: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] concepts: String,
) -> Result<(), UiError> {
    if name.trim().is_empty() {
        return Err(Error::invalid("name", "must not be empty").into());
    }
    let place = AppName::of(&owner, &app);
    let concepts = listed(&place, &concepts).await?;
    let description = description.trim().to_owned();
    let vocab = NewVocab { name, description, concepts, ..NewVocab::default() };
    let added = server::service().post_vocabs(&server::who(), &place, vec![vocab]).await?.value;
    if let Some(vocab) = added.first() {
        leptos_axum::redirect(&format!("/{owner}/{app}/vocabs/{}", segment(&vocab.row.slug)));
    }
    Ok(())
}

/// Changes what a vocabulary is called and is for.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be accepted.
#[server(name = ChangeVocab, prefix = "/api", endpoint = "vocabs/change")]
pub async fn change_vocab(
    owner: String,
    app: String,
    vocab: String,
    name: String,
    #[server(default)] description: String,
) -> Result<(), UiError> {
    let change = PatchVocab {
        slug: vocab,
        name: Some(name),
        description: Some(description.trim().to_owned()),
        concepts: None,
    };
    patch(&owner, &app, PatchAction::Merge, change).await
}

/// Puts concepts behind those that a vocabulary holds: identifiers or names, one on each line or between commas.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] if one of them is no concept of the app.
#[server(name = AddToVocab, prefix = "/api", endpoint = "vocabs/add-concepts")]
pub async fn add_to_vocab(
    owner: String,
    app: String,
    vocab: String,
    concepts: String,
) -> Result<(), UiError> {
    let named = listed(&AppName::of(&owner, &app), &concepts).await?;
    if named.is_empty() {
        return Err(Error::invalid("concepts", "must not be empty").into());
    }
    let change = PatchVocab { slug: vocab, concepts: Some(named), ..PatchVocab::default() };
    patch(&owner, &app, PatchAction::Merge, change).await
}

/// Takes a concept out of a vocabulary.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is no such vocabulary.
#[server(name = RemoveFromVocab, prefix = "/api", endpoint = "vocabs/remove-concept")]
pub async fn remove_from_vocab(
    owner: String,
    app: String,
    vocab: String,
    concept: String,
) -> Result<(), UiError> {
    let change = PatchVocab { slug: vocab, concepts: Some(vec![concept]), ..PatchVocab::default() };
    patch(&owner, &app, PatchAction::Remove, change).await
}

/// Moves a concept of a vocabulary by one place: `step` is `earlier` or `later`.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if the vocabulary does not hold it.
#[server(name = MoveInVocab, prefix = "/api", endpoint = "vocabs/move")]
pub async fn move_in_vocab(
    owner: String,
    app: String,
    vocab: String,
    concept: String,
    step: String,
) -> Result<(), UiError> {
    let step = if step == "earlier" { Step::Earlier } else { Step::Later };
    let app = AppName::of(&owner, &app);
    server::service().move_in_vocab(&server::who(), &app, &vocab, &concept, step).await?;
    Ok(())
}

/// Deletes a vocabulary, and leads to those that are left.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = DeleteVocab, prefix = "/api", endpoint = "vocabs/delete")]
pub async fn delete_vocab(owner: String, app: String, vocab: String) -> Result<(), UiError> {
    server::service().delete_vocabs(&server::who(), &AppName::of(&owner, &app), &[vocab]).await?;
    leptos_axum::redirect(&format!("/{owner}/{app}/vocabs"));
    Ok(())
}

#[cfg(feature = "ssr")]
async fn patch(owner: &str, app: &str, action: PatchAction, change: PatchVocab) -> Result<(), UiError> {
    server::service().patch_vocabs(&server::who(), &AppName::of(owner, app), action, vec![change]).await?;
    Ok(())
}

/// The concepts that somebody listed, one on each line or between commas, by identifier or name.
#[cfg(feature = "ssr")]
async fn listed(app: &AppName, typed: &str) -> Result<Vec<String>, UiError> {
    let parts = typed.split([',', ';', '\n', '\r', '\t']).map(str::trim).filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.collect();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let offered = offered(app).await?;
    let slugs = parts.into_iter().map(|part| meant(&offered, part).map(|slug| slug.to_string()));
    slugs
        .collect::<Result<_, _>>()
        .map_err(|_| Error::invalid("concepts", "must be concepts of this app").into())
}
