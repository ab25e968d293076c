//! A place with nothing in it yet.

use leptos::prelude::*;

use crate::components::icon::{Icon, Sign};

/// Says what will be here and offers the one action.
#[component]
pub fn EmptyState(
    /// A drawing above the title.
    sign: Sign,
    /// What is missing, such as "No collaborators yet".
    #[prop(into)]
    title: String,
    /// What will be here, the action, a harmless example.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="empty">
            <Icon sign />
            <h2>{title}</h2>
            {children()}
        </section>
    }
}
