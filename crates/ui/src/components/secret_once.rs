//! A secret that is shown once.

use leptos::prelude::*;

use crate::components::{
    button::{LinkButton, Look},
    copyable::CopyButton,
    icon::{Icon, Sign},
};

/// The secret with a Copy button, and the way on once it is stored. It works inside a dialog and as a page.
#[component]
pub fn SecretOnce(
    /// The secret. Afterwards only its prefix and its last four characters are shown anywhere.
    #[prop(into)]
    secret: String,
    /// What it is, such as "access token".
    #[prop(into)]
    what: String,
    /// Where "I have stored it" leads.
    #[prop(into)]
    then: String,
) -> impl IntoView {
    view! {
        <div class="secret">
            <p class="secret-note">
                <Icon sign=Sign::Key />
                "This is the only time the secret is shown. Store it now: nobody can look it up later."
            </p>
            <p class="secret-value">
                <code>{secret.clone()}</code>
                <CopyButton value=secret what />
            </p>
            <p class="actions">
                <LinkButton href=then look=Look::Primary>"I have stored it"</LinkButton>
            </p>
        </div>
    }
}
