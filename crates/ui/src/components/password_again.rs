//! Asking people to show again who they are, in the form that needs it.

use leptos::{ev::MouseEvent, prelude::*, wasm_bindgen::JsCast as _};
use leptos_router::hooks::use_location;

use crate::{
    components::{
        field::TextField,
        icon::{Icon, Sign},
        loaded::{focus, path_of},
        prose::Prose,
        providers::{ProviderLinks, Wish},
    },
    error::UiError,
    form::{FormParts, PASSWORD_AGAIN_FIELD},
    passkeys,
};

/// The field for the password, once the server has asked for it; what was typed into the others stays. Whoever has no
/// password signs in again instead, and is led back. Whoever has a passkey can use that.
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
                matches!(error, UiError::PasswordNeeded { .. }) || is_about_password(error)
            })
        })
    });
    let providers = Memo::new(move |_| {
        error.with(|error| match error {
            Some(UiError::SignInNeeded { providers, .. }) => Some(providers.clone()),
            _ => None,
        })
    });
    // A wrong password does not tell anew whether a passkey would do.
    let or_passkey = Memo::new(move |before: Option<&bool>| {
        error.with(|error| match error {
            Some(UiError::PasswordNeeded { or_passkey } | UiError::SignInNeeded { or_passkey, .. }) => {
                *or_passkey
            }
            Some(error) if is_about_password(error) => before.is_some_and(|before| *before),
            _ => false,
        })
    });
    let by_passkey = move || or_passkey.get().then(|| view! { <ByPasskey form /> }.into_any());
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
                {by_passkey}
            </div>
        }
        .into_any()
    };
    let links = move || {
        providers.get().map(|providers| {
            let then = if providers.is_empty() {
                "Show once more who you are by your passkey."
            } else {
                "Sign in once more; you are led back here, and do it again then."
            };
            let by_provider = (!providers.is_empty()).then(|| view! {
                <ProviderLinks providers wish=Wish::Prove next=path_of(&use_location()) />
            });
            let no_scripts = or_passkey.get().then(|| view! {
                <span class="needs-no-scripting">" Your browser has to run scripts for a passkey."</span>
            });
            view! {
                <div class="password-again" id=id() tabindex="-1" role="alert">
                    <p>"This changes who gets in, and you signed in more than 15 minutes ago. " {then}{no_scripts}</p>
                    {by_passkey}
                    {by_provider}
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

fn is_about_password(error: &UiError) -> bool {
    error.about(PASSWORD_AGAIN_FIELD).next().is_some()
}

/// Shows by a passkey who somebody is, and then does what the form around it is for.
#[component]
fn ByPasskey(form: FormParts) -> impl IntoView {
    let (pending, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let possible = passkeys::are_possible();
    let press = move |event: MouseEvent| {
        if pending.get_untracked() {
            return;
        }
        let pressed = event.current_target().and_then(|button| button.dyn_into::<web_sys::Element>().ok());
        let around = pressed.and_then(|button| button.closest("form").ok().flatten());
        let Some(around) = around.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) else {
            return;
        };
        pending.set(true);
        refused.set(None);
        leptos::task::spawn_local(async move {
            let outcome = passkeys::prove().await;
            pending.set(false);
            match outcome {
                Ok(()) => {
                    // The field for the password goes first: left empty, it would be refused.
                    form.forget();
                    request_animation_frame(move || {
                        let _ = around.request_submit();
                    });
                }
                Err(error) => refused.set(Some(error.to_string())),
            }
        });
    };
    view! {
        <div class="needs-scripting or-passkey" hidden=move || possible.get() == Some(false)>
            <button
                type="button"
                class="button"
                class:is-pending=move || pending.get()
                aria-disabled=move || pending.get().then_some("true")
                on:click=press
            >
                "Use a passkey"
            </button>
            // Not an alert: it may stand in one.
            <div aria-live="polite">
                {move || refused.get().map(|message| view! {
                    <p class="field-error"><Icon sign=Sign::Warning /><span><Prose text=message /></span></p>
                })}
            </div>
        </div>
    }
}
