//! `/verify/{token}`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::identity::{self, Verified},
    components::{
        auth_layout::AuthLayout,
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
    },
    form::{Form, PostForm},
    pages::TokenField,
};

/// Confirms an address. It takes a press of the button, because mail scanners open every link.
#[component]
pub fn VerifyAddress() -> impl IntoView {
    let form = Form::<identity::VerifyAddress>::new();
    let done = form.value();
    move || match done.get() {
        Some(verified) => verified_page(verified),
        None => view! {
            <Title text="Confirm your address" />
            <AuthLayout title="Confirm your address">
                <p>"Invitations that were sent to this address then become yours."</p>
                <PostForm form>
                    <ErrorSummary />
                    <TokenField />
                    <TextField
                        name="password"
                        label="Password"
                        kind="password"
                        autocomplete="current-password"
                        hint="The one of your account: whoever else gave this address cannot confirm it."
                    />
                    <SubmitButton>"Confirm this address"</SubmitButton>
                </PostForm>
            </AuthLayout>
        }
        .into_any(),
    }
}

fn verified_page(verified: Verified) -> AnyView {
    let Verified { email, joined } = verified;
    let (next, label) = if joined.is_empty() {
        ("/apps", "Go to your apps")
    } else {
        ("/collaborations", "Go to your collaborations")
    };
    let apps = (!joined.is_empty()).then(|| {
        let apps = joined.into_iter().map(|app| view! { <li>{app}</li> }).collect_view();
        view! {
            <h2>"You can now open"</h2>
            <ul>{apps}</ul>
        }
    });
    view! {
        <Title text="Address confirmed" />
        <AuthLayout title="Address confirmed">
            <p><strong>{email}</strong> " is yours."</p>
            {apps}
            <p class="actions"><LinkButton href=next look=Look::Primary>{label}</LinkButton></p>
        </AuthLayout>
    }
    .into_any()
}
