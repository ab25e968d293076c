//! `/leaked`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::keys,
    components::{
        auth_layout::AuthLayout, button::SubmitButton, error_summary::ErrorSummary, field::TextField,
    },
    form::{Form, PostForm},
};

/// Ends a key that somebody has found where it does not belong: for anyone, with or without an account.
#[component]
pub fn ReportLeaked() -> impl IntoView {
    let form = Form::<keys::ReportLeaked>::new();
    let reported = form.value();
    move || {
        match reported.get() {
        Some(_) => view! {
            <Title text="Thank you" />
            <AuthLayout title="Thank you">
                <p>
                    "If that was the secret of a key, the key opens nothing any more, and its owner has been told. Who \
                     reported it is not passed on."
                </p>
            </AuthLayout>
        }
        .into_any(),
        None => form_page(form),
    }
    }
}

fn form_page(form: Form<keys::ReportLeaked>) -> AnyView {
    view! {
        <Title text="Report a leaked key" />
        <AuthLayout title="Report a leaked key">
            <p>
                "You have found the secret of a key where others can read it? Paste it here: the key ends at once, and \
                 its owner is told. You need no account."
            </p>
            <PostForm form>
                <ErrorSummary />
                <TextField
                    name="secret"
                    label="Secret"
                    hint="It begins with atl_ and has 50 characters."
                />
                <SubmitButton>"End this key"</SubmitButton>
            </PostForm>
        </AuthLayout>
    }
    .into_any()
}
