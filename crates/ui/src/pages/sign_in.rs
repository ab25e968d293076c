//! `/sign-in`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::identity,
    components::{
        auth_layout::AuthLayout, button::SubmitButton, error_summary::ErrorSummary, field::TextField,
    },
    form::{Form, PostForm},
};

/// Asks for address and password.
#[component]
pub fn SignIn() -> impl IntoView {
    let form = Form::<identity::SignIn>::new();
    view! {
        <Title text="Sign in" />
        <AuthLayout title="Sign in">
            <PostForm form>
                <ErrorSummary />
                <TextField name="email" label="E-mail" kind="email" autocomplete="username" />
                <TextField name="password" label="Password" kind="password" autocomplete="current-password" />
                <SubmitButton>"Sign in"</SubmitButton>
            </PostForm>
            <ul class="auth-links">
                <li><a href="/reset">"Forgot your password?"</a></li>
                <li>"New here? " <a href="/sign-up">"Create account"</a></li>
            </ul>
        </AuthLayout>
    }
}
