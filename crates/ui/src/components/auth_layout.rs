//! The frame of pages for people who are not signed in.

use leptos::prelude::*;

use crate::components::layout::Brand;

/// A narrow centred column with the name above it: one thing to do, nothing beside it.
#[component]
pub fn AuthLayout(
    /// The page's heading.
    #[prop(into)]
    title: String,
    /// What stands below the heading.
    children: Children,
) -> impl IntoView {
    view! {
        <main class="auth">
            <Brand />
            <h1>{title}</h1>
            {children()}
        </main>
    }
}
