//! `/sign-up`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::identity,
    components::{
        auth_layout::AuthLayout,
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
    },
    form::{Form, PostForm},
};

/// Makes an account; then a letter has to be answered, which the page says instead of the form.
#[component]
pub fn SignUp() -> impl IntoView {
    let form = Form::<identity::SignUp>::new();
    let sent = form.value();
    move || {
        match sent.get() {
        Some(identity::MailSent { email }) => view! {
            <Title text="Look into your mail" />
            <AuthLayout title="Look into your mail">
                <p>
                    "We have sent a letter to " <strong>{email}</strong> ". Open the link in it within 24 hours to \
                     confirm that the address is yours; invitations sent to it become yours then."
                </p>
                <p>"You can sign in meanwhile. No letter? Look among the junk, or send it again from your account."</p>
                <p class="actions"><LinkButton href="/sign-in" look=Look::Primary>"Sign in"</LinkButton></p>
            </AuthLayout>
        }
        .into_any(),
        None => form_page(form),
    }
    }
}

fn form_page(form: Form<identity::SignUp>) -> AnyView {
    view! {
        <Title text="Create account" />
        <AuthLayout title="Create account">
            <PostForm form>
                <ErrorSummary />
                <AccountFields email_hint="We send a letter to confirm it." />
                <SubmitButton>"Create account"</SubmitButton>
            </PostForm>
            <ul class="auth-links">
                <li>"Have an account? " <a href="/sign-in">"Sign in"</a></li>
            </ul>
        </AuthLayout>
    }
    .into_any()
}

/// What whoever makes an account says of themselves.
#[component]
pub fn AccountFields(
    /// What becomes of the address.
    email_hint: &'static str,
) -> impl IntoView {
    view! {
        <TextField name="name" label="Name" autocomplete="name" hint="As others will see it." />
        <TextField name="email" label="E-mail" kind="email" autocomplete="username" hint=email_hint />
        <TextField
            name="password"
            label="Password"
            kind="password"
            autocomplete="new-password"
            hint="At least 12 characters. A short sentence is easy to remember."
        />
    }
}
