//! Asking people to show again who they are, in the form that needs it.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    components::{
        field::TextField,
        loaded::{focus, path_of},
        providers::{ProviderLinks, Wish},
    },
    error::UiError,
    form::{FormParts, PASSWORD_AGAIN_FIELD},
};

/// The field for the password, once the server has asked for it; what was typed into the others stays. Whoever has no
/// password signs in again instead, and is led back.
///
/// # Panics
/// Outside a [`PostForm`](crate::form::PostForm).
#[component]
pub fn PasswordAgain() -> impl IntoView {
    let form = expect_context::<FormParts>();
    let error = form.error();
    let is_asked = Memo::new(move |_| {
        error.with(|error| {
            error.as_ref().is_some_and(|error| {
                *error == UiError::PasswordNeeded || error.about(PASSWORD_AGAIN_FIELD).next().is_some()
            })
        })
    });
    let providers = Memo::new(move |_| {
        error.with(|error| match error {
            Some(UiError::SignInNeeded { providers }) => Some(providers.clone()),
            _ => None,
        })
    });
    let id = move || form.field_id(PASSWORD_AGAIN_FIELD);
    Effect::new(move || {
        if error.with(|error| error.as_ref().is_some_and(UiError::asks_again)) {
            // What asks comes about in the same turn as this runs.
            request_animation_frame(move || {
                if let Some(element) = document().get_element_by_id(&id()) {
                    focus(&element);
                }
            });
        }
    });
    let field = move || {
        view! {
            <div class="password-again">
                <TextField
                    name=PASSWORD_AGAIN_FIELD
                    label="Your password, once more"
                    kind="password"
                    autocomplete="current-password"
                    hint="This changes who gets in, and you gave your password more than 15 minutes ago."
                />
            </div>
        }
        .into_any()
    };
    let links = move || {
        providers.get().map(|providers| {
            view! {
                <div class="password-again" id=id() tabindex="-1" role="alert">
                    <p>
                        "This changes who gets in, and you signed in more than 15 minutes ago. Sign in once more; you \
                         are led back here, and do it again then."
                    </p>
                    <ProviderLinks providers wish=Wish::Prove next=path_of(&use_location()) />
                </div>
            }
            .into_any()
        })
    };
    view! {
        <Show when=move || is_asked.get()>{field()}</Show>
        {links}
    }
}
