//! `/reset/{token}`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::identity,
    components::{
        auth_layout::AuthLayout, button::SubmitButton, error_summary::ErrorSummary, field::TextField,
    },
    form::{Form, PostForm},
    pages::TokenField,
};

/// Chooses a new password with the link of a letter.
#[component]
pub fn ChoosePassword() -> impl IntoView {
    let form = Form::<identity::ChoosePassword>::new();
    view! {
        <Title text="Choose a new password" />
        <AuthLayout title="Choose a new password">
            <p>"Every open session of your account ends, and you sign in anew."</p>
            <PostForm form>
                <ErrorSummary />
                <TokenField />
                <TextField
                    name="password"
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    hint="At least 12 characters. A short sentence is easy to remember."
                />
                <SubmitButton>"Set the password"</SubmitButton>
            </PostForm>
        </AuthLayout>
    }
}
