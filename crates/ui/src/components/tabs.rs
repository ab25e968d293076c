//! Several views of the same thing, each with an address.

use leptos::prelude::*;

/// One of the views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Where it is.
    pub href: String,
    /// Its name.
    pub label: String,
    /// Whether it is the one on the page.
    pub current: bool,
}

/// Links in a segmented row. They are links, not ARIA tabs: each view is a page that can be shared and gone back to.
#[component]
pub fn Tabs(
    /// What the views are of, for screen readers.
    #[prop(into)]
    label: String,
    /// The views.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let links = tabs
        .into_iter()
        .map(|Tab { href, label, current }| {
            view! { <li><a href=href aria-current=current.then_some("page")>{label}</a></li> }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label><ul role="list">{links}</ul></nav> }
}
