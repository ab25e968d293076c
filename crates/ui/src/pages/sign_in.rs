//! `/sign-in`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::identity::{self, Provider, list_providers},
    components::{
        auth_layout::AuthLayout,
        button::SubmitButton,
        error_summary::ErrorSummary,
        field::TextField,
        loaded::Loaded,
        providers::{ProviderLinks, Wish},
    },
    form::{Form, PostForm},
};

/// Asks for address and password, or leads to a provider, and on to the page that `next` in its address names.
#[component]
pub fn SignIn() -> impl IntoView {
    view! {
        <Title text="Sign in" />
        <Loaded key=() fetch=|()| list_providers() view=|providers| view! { <Body providers /> }.into_any() />
    }
}

#[component]
fn Body(providers: Vec<Provider>) -> impl IntoView {
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
