//! `/sign-up/{token}`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::identity,
    components::{auth_layout::AuthLayout, button::SubmitButton, error_summary::ErrorSummary},
    form::{Form, PostForm},
    pages::{TokenField, sign_up::AccountFields},
};

/// Makes the first account, by the link that the server printed.
#[component]
pub fn FirstAccount() -> impl IntoView {
    let form = Form::<identity::FirstAccount>::new();
    view! {
        <Title text="Create the first account" />
        <AuthLayout title="Create the first account">
            <p>"Nobody has an account here yet, and this link is for whoever started the server."</p>
            <PostForm form>
                <ErrorSummary />
                <TokenField />
                <AccountFields email_hint="It is yours at once: no letter has to be answered." />
                <SubmitButton>"Create account"</SubmitButton>
            </PostForm>
        </AuthLayout>
    }
}
