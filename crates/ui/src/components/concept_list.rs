//! The concepts that are offered where one is typed.

use leptos::prelude::*;

use crate::api::concepts::Concept;

/// The id by which fields refer to the list.
pub const CONCEPT_LIST: &str = "concept-list";

/// The list, once on a page that has fields for concepts. It offers; whatever else is typed is meant, too.
#[component]
pub fn ConceptList(
    /// The concepts.
    concepts: Vec<Concept>,
) -> impl IntoView {
    let options = concepts
        .into_iter()
        .map(|concept| view! { <option value=concept.name>{concept.slug}</option> })
        .collect_view();
    view! { <datalist id=CONCEPT_LIST>{options}</datalist> }
}
