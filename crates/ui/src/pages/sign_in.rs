//! `/sign-in`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{
        identity::{self, WaysIn, list_ways_in},
        passkeys::SignInByPasskey,
    },
    components::{
        auth_layout::AuthLayout,
        button::{Look, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
        loaded::Loaded,
        providers::{ProviderLinks, Wish},
    },
    form::{Form, PostForm},
    passkeys::{self, Ceremony},
};

/// Asks for address and password, or for a passkey, or leads to a provider, and on to the page that `next` in its address names.
#[component]
pub fn SignIn() -> impl IntoView {
    view! {
        <Title text="Sign in" />
        <Loaded key=() fetch=|()| list_ways_in() view=|ways| view! { <Body ways /> }.into_any() />
    }
}

#[component]
fn Body(ways: WaysIn) -> impl IntoView {
    let WaysIn { providers, passkeys } = ways;
    let form = Form::<identity::SignIn>::new();
    let query = use_query_map();
    let next = move || query.read().get("next").unwrap_or_default();
    view! {
        <AuthLayout title="Sign in">
            <PostForm form>
                <ErrorSummary />
                <input type="hidden" name="next" value=next />
                <TextField name="email" label="E-mail" kind="email" autocomplete="username" />
                <TextField name="password" label="Password" kind="password" autocomplete="current-password" />
                <SubmitButton>"Sign in"</SubmitButton>
            </PostForm>
            {passkeys.then(|| view! { <ByPasskey next=untrack(next) /> })}
            {(!providers.is_empty()).then(|| view! {
                <ProviderLinks providers wish=Wish::SignIn next=untrack(next) />
            })}
            <ul class="auth-links">
                <li><a href="/reset">"Forgot your password?"</a></li>
                <li>"New here? " <a href="/sign-up">"Create account"</a></li>
            </ul>
        </AuthLayout>
    }
}

/// Signing in by a passkey, where the browser has such.
#[component]
fn ByPasskey(next: String) -> impl IntoView {
    let form = Form::<SignInByPasskey>::new().answering(Ceremony::SignIn);
    let possible = passkeys::are_possible();
    view! {
        <div class="needs-scripting" hidden=move || possible.get() == Some(false)>
            <PostForm form>
                <ErrorSummary />
                <input type="hidden" name="next" value=next />
                <SubmitButton look=Look::Secondary disabled=Signal::derive(move || possible.get() != Some(true))>
                    "Sign in with a passkey"
                </SubmitButton>
            </PostForm>
        </div>
    }
}
