//! Every address that leads nowhere.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{
        auth_layout::AuthLayout,
        button::{LinkButton, Look},
    },
    error::UiError,
    pages::set_status,
};

/// The page for what does not exist, or not for this person: the two look alike.
#[component]
pub fn NotFound() -> impl IntoView {
    set_status(UiError::NotFound.status());
    view! {
        <Title text="Not found" />
        <AuthLayout title="There is nothing here">
            <p>"The address may be mistyped, the thing may be gone, or it may not be shared with you."</p>
            <p class="actions">
                <LinkButton href="/" look=Look::Primary>"Go to the start"</LinkButton>
            </p>
        </AuthLayout>
    }
}
