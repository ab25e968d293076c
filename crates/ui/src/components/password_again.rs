//! Asking for the password again, in the form that needs it.

use leptos::prelude::*;

use crate::{
    components::{field::TextField, loaded::focus},
    error::UiError,
    form::{FormParts, PASSWORD_AGAIN_FIELD},
};

/// The field for the password, once the server has asked for it; what was typed into the others stays.
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
    Effect::new(move || {
        if error.with(|error| *error == Some(UiError::PasswordNeeded)) {
            // The field comes about in the same turn as this runs.
            request_animation_frame(move || {
                if let Some(field) = document().get_element_by_id(&form.field_id(PASSWORD_AGAIN_FIELD)) {
                    focus(&field);
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
    view! { <Show when=move || is_asked.get()>{field()}</Show> }
}
