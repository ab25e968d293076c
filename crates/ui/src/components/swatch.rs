//! The colour of a concept.

use leptos::prelude::*;

/// A dot in a concept's colour, before its name. It says nothing that the name does not say.
#[component]
pub fn Swatch(
    /// The colour, as HTML writes it.
    #[prop(into)]
    color: String,
) -> impl IntoView {
    // An attribute of the drawing: the page's policy forbids styles in elements.
    view! {
        <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
            <circle cx="6" cy="6" r="6" fill=color />
        </svg>
    }
}
