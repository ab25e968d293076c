//! `/invitation/{token}`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::{
    api::invitations::{AcceptInvitation, Invitation, get_invitation},
    components::{
        auth_layout::AuthLayout,
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        loaded::Loaded,
    },
    form::{Form, PostForm},
    pages::TokenField,
};

/// What somebody was invited to, and the way in: their account, a new one, or one press.
#[component]
pub fn FollowInvitation() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()));
    view! {
        <Loaded
            key=token
            fetch=get_invitation
            view=|invitation| view! { <Body invitation /> }.into_any()
        />
    }
}

#[component]
fn Body(invitation: Invitation) -> impl IntoView {
    let Invitation { email, app_name, person } = invitation;
    let title = format!("Invitation to {app_name}");
    let params = use_params_map();
    let here = params.with_untracked(|params| params.get("token").unwrap_or_default());
    let way_in = match person {
        Some(person) => {
            let form = Form::<AcceptInvitation>::new();
            view! {
                <p>{format!("You are signed in as {}.", person.name)}</p>
                <PostForm form>
                    <ErrorSummary />
                    <TokenField />
                    <SubmitButton>{format!("Join {app_name}")}</SubmitButton>
                </PostForm>
            }
            .into_any()
        }
        None => view! {
            <p>
                "Make an account with that address, or sign in to the one that has it. Once the address is confirmed, \
                 you are in."
            </p>
            <p class="actions">
                <LinkButton href="/sign-up" look=Look::Primary>"Create account"</LinkButton>
                <LinkButton href=format!("/sign-in?next=/invitation/{here}")>"Sign in"</LinkButton>
            </p>
        }
        .into_any(),
    };
    view! {
        <Title text="Invitation" />
        <AuthLayout title>
            <p>"It was sent to " <strong>{email}</strong> ", and is for whoever reads mail there."</p>
            {way_in}
        </AuthLayout>
    }
}
