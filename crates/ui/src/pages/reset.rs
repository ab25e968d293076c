//! `/reset`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::identity,
    components::{
        auth_layout::AuthLayout, button::SubmitButton, error_summary::ErrorSummary, field::TextField,
    },
    form::{Form, PostForm},
};

/// Asks where to send the letter with which a new password can be chosen.
#[component]
pub fn AskReset() -> impl IntoView {
    let form = Form::<identity::AskReset>::new();
    let sent = form.value();
    move || match sent.get() {
        Some(identity::MailSent { email }) => view! {
            <Title text="Look into your mail" />
            <AuthLayout title="Look into your mail">
                <p>
                    "If an account has the verified address " <strong>{email}</strong>
                    ", a letter with a link is on its way there. The link works for an hour."
                </p>
                <ul class="auth-links">
                    <li><a href="/sign-in">"Back to sign in"</a></li>
                </ul>
            </AuthLayout>
        }
        .into_any(),
        None => form_page(form),
    }
}

fn form_page(form: Form<identity::AskReset>) -> AnyView {
    view! {
        <Title text="Forgot your password" />
        <AuthLayout title="Forgot your password?">
            <p>"Enter the address of your account. If there is one, it gets a link that works for an hour."</p>
            <PostForm form>
                <ErrorSummary />
                <TextField name="email" label="E-mail" kind="email" autocomplete="username" />
                <SubmitButton>"Send the link"</SubmitButton>
            </PostForm>
            <ul class="auth-links">
                <li><a href="/sign-in">"Back to sign in"</a></li>
            </ul>
        </AuthLayout>
    }
    .into_any()
}
