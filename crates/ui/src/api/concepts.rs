//! The concepts of an app.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use atelier_domain::ResourceId;
use atelier_domain::value::InvalidValue;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::apps::AppPlace;
use super::segment;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use {
    super::apps::{MOST_CONCEPTS, if_allowed, place, refusal},
    crate::server,
    atelier_domain::{Endpoint, PatchAction},
    atelier_service::{
        AppName,
        concepts::{ConceptLanguage, ConceptRow, NewConcept, NewRelation, PatchConcept},
    },
};

/// A concept, as it is offered and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concept {
    /// Its identifier.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// In what colour it is shown, as HTML writes it.
    pub color: String,
}

/// A concept of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedConcept {
    /// The concept.
    pub concept: Concept,
    /// What it means.
    pub definition: String,
    /// The key that says it while one annotates.
    pub shortcut: Option<String>,
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
}

/// What a concept is called in a language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameIn {
    /// The language's tag.
    pub language: String,
    /// What the concept is called.
    pub name: String,
    /// What it means.
    pub definition: String,
}

/// How a concept stands to another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationTo {
    /// Its identifier.
    pub id: String,
    /// Which concept the relation is kept with: this one, or the other.
    pub subject: String,
    /// The words between this concept and the other.
    pub words: String,
    /// The other concept's identifier.
    pub other: String,
    /// What the other concept is called.
    pub other_name: String,
}

/// A list of concepts that a concept stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InVocab {
    /// The list's identifier.
    pub slug: String,
    /// What it is called.
    pub name: String,
}

/// One concept, with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConceptShown {
    /// Where it stands.
    pub place: AppPlace,
    /// The concept.
    pub concept: Concept,
    /// What it means.
    pub definition: String,
    /// The key that says it while one annotates.
    pub shortcut: Option<String>,
    /// The language of its name.
    pub language: String,
    /// What it is called in further languages.
    pub names: Vec<NameIn>,
    /// How it stands to other concepts.
    pub relations: Vec<RelationTo>,
    /// The vocabularies that it stands in; none, if the person cannot see them.
    pub vocabs: Option<Vec<InVocab>>,
    /// The concepts that are offered where one is typed.
    pub others: Vec<Concept>,
    /// Why the person cannot change it, if they cannot.
    pub no_change: Option<String>,
    /// Why the person cannot delete or merge it, if they cannot.
    pub no_deletion: Option<String>,
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
        shortcut: counted.concept.shortcut.as_ref().map(ToString::to_string),
        inputs: counted.present,
        made_at: counted.concept.created_at.micros(),
        concept: concept(counted.concept),
    });
    Ok(Concepts {
        place,
        concepts: concepts.collect(),
        no_addition: refusal(service.get_app(&who, &app, Endpoint::PostConcepts).await)?,
    })
}

/// One concept of an app, with all that is known of it.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none; [`UiError::Forbidden`] without the right to see it.
#[server(name = GetConcept, prefix = "/api", endpoint = "concepts/get")]
pub async fn get_concept(owner: String, app: String, concept: String) -> Result<ConceptShown, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let row = service.get_concept(&who, &app, &concept).await?.value;
    let names = service.list_concept_languages(&who, &app, &concept).await?.into_iter().skip(1);
    let relations = service.relations_of_concept(&who, &app, &concept).await?.into_iter();
    let vocabs = if_allowed(service.vocabs_with_concept(&who, &app, &concept).await)?;
    let others = offered(&app).await?.into_iter().filter(|other| other.slug != concept);
    Ok(ConceptShown {
        place,
        definition: row.definition.clone(),
        shortcut: row.shortcut.as_ref().map(ToString::to_string),
        language: row.language.clone(),
        concept: self::concept(row),
        names: names
            .map(|row| NameIn { language: row.language, name: row.name, definition: row.definition })
            .collect(),
        relations: relations
            .map(|found| RelationTo {
                id: found.relation.id.to_string(),
                subject: found.kept_with,
                words: found.relation.predicate.words().to_owned(),
                other: found.relation.object,
                other_name: found.relation.object_name,
            })
            .collect(),
        vocabs: vocabs
            .map(|rows| rows.into_iter().map(|row| InVocab { slug: row.slug, name: row.name }).collect()),
        others: others.collect(),
        no_change: refusal(service.get_app(&who, &app, Endpoint::PatchConcepts).await)?,
        no_deletion: refusal(service.get_app(&who, &app, Endpoint::DeleteConcepts).await)?,
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
    let concept =
        NewConcept { name: named(&name)?, definition: definition.trim().to_owned(), ..NewConcept::default() };
    server::service().post_concepts(&server::who(), &AppName::of(&owner, &app), vec![concept]).await?;
    Ok(())
}

/// Changes what a concept is called, means and looks like. What carries it keeps carrying it, because it is known by its
/// identifier.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be accepted.
#[server(name = ChangeConcept, prefix = "/api", endpoint = "concepts/change")]
pub async fn change_concept(
    owner: String,
    app: String,
    concept: String,
    name: String,
    #[server(default)] definition: String,
    #[server(default)] color: String,
    #[server(default)] shortcut: String,
) -> Result<(), UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let before = service.get_concept(&who, &app, &concept).await?.value;
    // A field for colours always holds one: what was not touched is not chosen.
    let color = (color.trim() != before.color().as_str()).then_some(color);
    let patch = PatchConcept {
        slug: concept,
        name: Some(named(&name)?),
        definition: Some(definition.trim().to_owned()),
        color,
        shortcut: Some(shortcut.trim().to_owned()),
        ..PatchConcept::default()
    };
    service.patch_concepts(&who, &app, PatchAction::Merge, vec![patch]).await?;
    Ok(())
}

/// Says what a concept is called in a further language.
///
/// # Errors
/// [`UiError::Invalid`] for what cannot be accepted, [`UiError::Conflict`] if it has a name in that language.
#[server(name = AddConceptName, prefix = "/api", endpoint = "concepts/add-name")]
pub async fn add_concept_name(
    owner: String,
    app: String,
    concept: String,
    language: String,
    name: String,
    #[server(default)] definition: String,
) -> Result<(), UiError> {
    let name = ConceptLanguage {
        language: language.trim().to_owned(),
        name: named(&name)?,
        definition: definition.trim().to_owned(),
    };
    let app = AppName::of(&owner, &app);
    server::service().post_concept_languages(&server::who(), &app, &concept, vec![name]).await?;
    Ok(())
}

/// Forgets what a concept is called in a further language.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if it has no name in that language.
#[server(name = RemoveConceptName, prefix = "/api", endpoint = "concepts/remove-name")]
pub async fn remove_concept_name(
    owner: String,
    app: String,
    concept: String,
    language: String,
) -> Result<(), UiError> {
    let name = ConceptLanguage { language, ..ConceptLanguage::default() };
    let app = AppName::of(&owner, &app);
    let (service, who) = (server::service(), server::who());
    service.patch_concept_languages(&who, &app, &concept, PatchAction::Remove, vec![name]).await?;
    Ok(())
}

/// Says how a concept stands to another one, which is named by its identifier or its name.
///
/// # Errors
/// [`UiError::Invalid`] for what cannot be accepted, [`UiError::Conflict`] if that is said already.
#[server(name = RelateConcept, prefix = "/api", endpoint = "concepts/relate")]
pub async fn relate_concept(
    owner: String,
    app: String,
    concept: String,
    predicate: String,
    object: String,
) -> Result<(), UiError> {
    let app = AppName::of(&owner, &app);
    let object = known(&app, "object", &object).await?;
    let relation = NewRelation { predicate, object, knowledge_graph: String::new() };
    server::service().post_concept_relations(&server::who(), &app, &concept, vec![relation]).await?;
    Ok(())
}

/// Takes back what was said of how concepts stand to each other.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if it is not said.
#[server(name = UnrelateConcept, prefix = "/api", endpoint = "concepts/unrelate")]
pub async fn unrelate_concept(
    owner: String,
    app: String,
    concept: String,
    relation: String,
) -> Result<(), UiError> {
    let app = AppName::of(&owner, &app);
    server::service().delete_concept_relations(&server::who(), &app, &concept, &[relation]).await?;
    Ok(())
}

/// Makes a concept and another one, which is named by its identifier or its name, one: the other one is left, and its page
/// is led to.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] if the other one is none, or the same.
#[server(name = MergeConcept, prefix = "/api", endpoint = "concepts/merge")]
pub async fn merge_concept(owner: String, app: String, concept: String, into: String) -> Result<(), UiError> {
    let place = AppName::of(&owner, &app);
    let into = known(&place, "into", &into).await?;
    server::service().merge_concepts(&server::who(), &place, &into, &[concept]).await?;
    leptos_axum::redirect(&concept_path(&format!("/{owner}/{app}"), &into));
    Ok(())
}

/// Deletes a concept, and leads to those that are left.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = DeleteConcept, prefix = "/api", endpoint = "concepts/delete")]
pub async fn delete_concept(owner: String, app: String, concept: String) -> Result<(), UiError> {
    server::service().delete_concepts(&server::who(), &AppName::of(&owner, &app), &[concept]).await?;
    leptos_axum::redirect(&format!("/{owner}/{app}/concepts"));
    Ok(())
}

/// The page of a concept of the app at `app`.
pub fn concept_path(app: &str, concept: &str) -> String {
    format!("{app}/concepts/{}", segment(concept))
}

/// The concept that somebody means by what they typed into a field, which has to exist.
#[cfg(feature = "ssr")]
async fn known(app: &AppName, field: &str, typed: &str) -> Result<String, UiError> {
    let offered = offered(app).await?;
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(atelier_service::Error::invalid(field, "must name a concept").into());
    }
    let slug = meant(&offered, typed)?.to_string();
    // Beyond those that are offered, an identifier is meant.
    match server::service().get_concept(&server::who(), app, &slug).await {
        Ok(_) => Ok(slug),
        Err(atelier_service::Error::NotFound) => {
            let why = format!("must name a concept of this app: `{typed}` is none");
            Err(atelier_service::Error::invalid(field, why).into())
        }
        Err(error) => Err(error.into()),
    }
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
pub(super) fn concept(row: ConceptRow) -> Concept {
    Concept { color: row.color().to_string(), slug: row.slug, name: row.name }
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
    meant_by(offered, typed).map_err(|error| atelier_service::Error::invalid("concept", error).into())
}

/// The same, wherever it was typed.
///
/// # Errors
/// If it is no identifier that a concept can have.
pub fn meant_by(offered: &[Concept], typed: &str) -> Result<ResourceId, InvalidValue> {
    let typed = typed.trim();
    let by_slug = offered.iter().find(|concept| concept.slug == typed);
    let by_name = || offered.iter().find(|concept| concept.name.to_lowercase() == typed.to_lowercase());
    by_slug.or_else(by_name).map_or(typed, |concept| &concept.slug).parse()
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
            Concept { slug: "stop".into(), name: "Stop sign".into(), color: String::new() },
            Concept { slug: "yield".into(), name: "stop".into(), color: String::new() },
        ];
        let meant = |typed| meant(&offered, typed).map(|id| id.to_string());
        assert_eq!(meant(" stop "), Ok("stop".to_owned()), "an identifier goes before a name");
        assert_eq!(meant("STOP SIGN"), Ok("stop".to_owned()));
        assert_eq!(meant("One way"), Ok("One way".to_owned()));
        assert!(meant("a/b").is_err() && meant("  ").is_err());
    }
}
