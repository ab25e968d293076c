//! A person as initials.

use leptos::prelude::*;

/// Initials in a circle. The name stands beside it, so that it is hidden from screen readers.
#[component]
pub fn Avatar(
    /// The person's name, or address where the name is unknown.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    view! { <span class="avatar" aria-hidden="true">{initials(&name)}</span> }
}

/// The first letters of the first and the last word, in capitals.
///
/// ```
/// # use atelier_ui::components::avatar::initials;
/// assert_eq!(initials("Ada Lovelace"), "AL");
/// assert_eq!(initials("grace.hopper@example.org"), "GH");
/// assert_eq!(initials(""), "");
/// ```
pub fn initials(name: &str) -> String {
    let local = name.split('@').next().unwrap_or_default();
    let mut words = local.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}
