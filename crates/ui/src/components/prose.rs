//! Sentences that name scopes, endpoints or addresses.

use leptos::prelude::*;

/// A sentence of the server's, in which what stands in backticks is set as code.
#[component]
pub fn Prose(
    /// The sentence.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    text.split('`')
        .enumerate()
        .map(|(place, part)| {
            let part = part.to_owned();
            // Every second part stands between two backticks.
            if place % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
        })
        .collect_view()
}
