//! `/sign-up`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::identity,
    components::{
        auth_layout::AuthLayout, button::SubmitButton, error_summary::ErrorSummary, field::TextField,
    },
    form::{Form, PostForm},
};

/// Makes an account; then a letter has to be answered.
#[component]
pub fn SignUp() -> impl IntoView {
    let form = Form::<identity::SignUp>::new();
    view! {
        <Title text="Create account" />
        <AuthLayout title="Create account">
            <PostForm form>
                <ErrorSummary />
                <TextField name="name" label="Name" autocomplete="name" hint="As others will see it." />
                <TextField
                    name="email"
                    label="E-mail"
                    kind="email"
                    autocomplete="username"
                    hint="We send a letter to confirm it."
                />
                <TextField
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="new-password"
                    hint="At least 12 characters. A short sentence is easy to remember."
                />
                <SubmitButton>"Create account"</SubmitButton>
            </PostForm>
            <ul class="auth-links">
                <li>"Have an account? " <a href="/sign-in">"Sign in"</a></li>
            </ul>
        </AuthLayout>
    }
}
