//! The concepts of an app.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::apps::AppPlace;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use {
    super::apps::{MOST_CONCEPTS, place, refusal},
    crate::server,
    atelier_domain::{Endpoint, PatchAction, ResourceId},
    atelier_service::{
        AppName,
        concepts::{ConceptRow, NewConcept, PatchConcept},
    },
};

/// A concept, as it is offered and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concept {
    /// Its identifier.
    pub slug: String,
    /// What it is called.
    pub name: String,
}

/// A concept of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedConcept {
    /// The concept.
    pub concept: Concept,
    /// What it means.
    pub definition: String,
    /// How many inputs carry it.
    pub inputs: i64,
    /// When it was made, in microseconds UTC.
    pub made_at: i64,
}

/// The concepts of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concepts {
    /// Where they stand.
    pub place: AppPlace,
    /// The concepts, in their order.
    pub concepts: Vec<CountedConcept>,
    /// Why the person cannot add any, if they cannot.
    pub no_addition: Option<String>,
    /// Why the person cannot rename any, if they cannot.
    pub no_change: Option<String>,
}

/// The concepts of an app, and how many inputs carry each.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to see them.
#[server(name = ListConcepts, prefix = "/api", endpoint = "concepts/list")]
pub async fn list_concepts(owner: String, app: String) -> Result<Concepts, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let counts = service.concept_counts(&who, &app, 0, usize::MAX).await?;
    let concepts = counts.into_iter().map(|counted| CountedConcept {
        definition: counted.concept.definition.clone(),
        inputs: counted.present,
        made_at: counted.concept.created_at.micros(),
        concept: concept(counted.concept),
    });
    Ok(Concepts {
        place,
        concepts: concepts.collect(),
        no_addition: refusal(service.get_app(&who, &app, Endpoint::PostConcepts).await)?,
        no_change: refusal(service.get_app(&who, &app, Endpoint::PatchConcepts).await)?,
    })
}

/// Adds a concept. Its identifier follows from its name.
///
/// # Errors
/// [`UiError::Invalid`] for what cannot be accepted, [`UiError::Conflict`] if there is one of that identifier.
#[server(name = AddConcept, prefix = "/api", endpoint = "concepts/add")]
pub async fn add_concept(
    owner: String,
    app: String,
    name: String,
    #[server(default)] definition: String,
) -> Result<(), UiError> {
    let concept = NewConcept {
        slug: String::new(),
        name: named(&name)?,
        definition: definition.trim().to_owned(),
        language: String::new(),
        metadata: None,
    };
    server::service().post_concepts(&server::who(), &AppName::of(&owner, &app), vec![concept]).await?;
    Ok(())
}

/// Gives a concept another name. What carries it keeps carrying it, because it is known by its identifier.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be accepted.
#[server(name = RenameConcept, prefix = "/api", endpoint = "concepts/rename")]
pub async fn rename_concept(
    owner: String,
    app: String,
    concept: String,
    name: String,
) -> Result<(), UiError> {
    let name = Some(named(&name)?);
    let patch = PatchConcept { slug: concept, name, definition: None, language: None, metadata: None };
    let app = AppName::of(&owner, &app);
    server::service().patch_concepts(&server::who(), &app, PatchAction::Merge, vec![patch]).await?;
    Ok(())
}

/// A concept's name as it was typed, which must not be empty.
#[cfg(feature = "ssr")]
fn named(typed: &str) -> Result<String, UiError> {
    let name = typed.trim();
    if name.is_empty() {
        return Err(atelier_service::Error::invalid("name", "must not be empty").into());
    }
    Ok(name.to_owned())
}

/// A row as it is shown.
#[cfg(feature = "ssr")]
fn concept(row: ConceptRow) -> Concept {
    Concept { slug: row.slug, name: row.name }
}

/// The concepts that are offered where one is typed.
#[cfg(feature = "ssr")]
pub(super) async fn offered(app: &AppName) -> Result<Vec<Concept>, UiError> {
    let rows = server::service().list_concepts(&server::who(), app, None, 0, MOST_CONCEPTS).await?.value;
    Ok(rows.into_iter().map(concept).collect())
}

/// Which concept somebody means by what they typed into the field `concept`: its identifier or its name, whatever the
/// case of the letters; else one that may still have to be made.
#[cfg(feature = "ssr")]
pub(super) fn meant(offered: &[Concept], typed: &str) -> Result<ResourceId, UiError> {
    let typed = typed.trim();
    let by_slug = offered.iter().find(|concept| concept.slug == typed);
    let by_name = || offered.iter().find(|concept| concept.name.to_lowercase() == typed.to_lowercase());
    let slug = by_slug.or_else(by_name).map_or(typed, |concept| &concept.slug);
    slug.parse().map_err(|error| atelier_service::Error::invalid("concept", error).into())
}

/// What a concept is called; by its identifier, if it is not among those that are offered.
#[cfg(feature = "ssr")]
pub(super) fn called(offered: &[Concept], slug: &str) -> String {
    let known = offered.iter().find(|concept| concept.slug == slug);
    known.map_or(slug, |concept| &concept.name).to_owned()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_concept_is_meant_by_its_identifier_its_name_or_anew() {
        let offered = [
            Concept { slug: "stop".into(), name: "Stop sign".into() },
            Concept { slug: "yield".into(), name: "stop".into() },
        ];
        let meant = |typed| meant(&offered, typed).map(|id| id.to_string());
        assert_eq!(meant(" stop "), Ok("stop".to_owned()), "an identifier goes before a name");
        assert_eq!(meant("STOP SIGN"), Ok("stop".to_owned()));
        assert_eq!(meant("One way"), Ok("One way".to_owned()));
        assert!(meant("a/b").is_err() && meant("  ").is_err());
    }
}
