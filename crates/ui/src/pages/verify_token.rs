//! `/verify/{token}`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::identity,
    components::{auth_layout::AuthLayout, button::SubmitButton, error_summary::ErrorSummary},
    form::{Form, PostForm},
    pages::TokenField,
};

/// Confirms an address. It takes a press of the button, because mail scanners open every link.
#[component]
pub fn VerifyAddress() -> impl IntoView {
    let form = Form::<identity::VerifyAddress>::new();
    view! {
        <Title text="Confirm your address" />
        <AuthLayout title="Confirm your address">
            <p>"One press, and invitations sent to this address become yours."</p>
            <PostForm form>
                <ErrorSummary />
                <TokenField />
                <SubmitButton>"Confirm this address"</SubmitButton>
            </PostForm>
        </AuthLayout>
    }
}
