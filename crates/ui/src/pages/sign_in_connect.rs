//! `/sign-in/connect`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::identity::{ConnectByPassword, ConnectIdentity, Waiting, WaitingFor, get_waiting},
    components::{
        auth_layout::AuthLayout,
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
        loaded::Loaded,
    },
    form::{Form, PostForm},
    pages::sign_in_stopped::Stopped,
};

/// Where somebody who came back from a provider says to which account they belong. Nothing is connected without their
/// word: whoever has the address there need not be who made the account here, and in a browser that several use,
/// somebody else may be signed in there.
#[component]
pub fn ConnectAccount() -> impl IntoView {
    let view = |waiting: Option<Waiting>| match waiting {
        Some(waiting) => view! { <Body waiting /> }.into_any(),
        None => view! { <Stopped why="over" /> }.into_any(),
    };
    view! { <Loaded key=() fetch=|()| get_waiting() view /> }
}

#[component]
fn Body(waiting: Waiting) -> impl IntoView {
    let Waiting { provider, called, by } = waiting;
    let title = format!("Connect {provider}");
    let body = match by {
        WaitingFor::Password => by_password(&provider, called),
        WaitingFor::Session(person) => in_session(&provider, called, person.name),
        WaitingFor::AnotherWay => another_way(&provider, called),
    };
    view! {
        <Title text=title.clone() />
        <AuthLayout title>{body}</AuthLayout>
    }
}

fn by_password(provider: &str, called: String) -> AnyView {
    let form = Form::<ConnectByPassword>::new();
    view! {
        <p>
            "There is an account with " <strong>{called}</strong>
            {format!(". Give its password once, and from then on {provider} leads you into it.")}
        </p>
        <PostForm form>
            <ErrorSummary />
            <TextField
                name="password"
                label="Password"
                kind="password"
                autocomplete="current-password"
                hint="The one of your account here."
            />
            <SubmitButton>"Connect and sign in"</SubmitButton>
        </PostForm>
        <ul class="auth-links">
            <li><a href="/reset">"Forgot your password?"</a></li>
            <li><a href="/sign-in">"Sign in another way"</a></li>
        </ul>
    }
    .into_any()
}

fn in_session(provider: &str, called: String, name: String) -> AnyView {
    let form = Form::<ConnectIdentity>::new();
    let as_whom = (!called.is_empty()).then(|| view! { ", where you are " <strong>{called}</strong> "," });
    view! {
        <p>
            {format!("From then on, whoever signs in with {provider}")} {as_whom}
            {format!(" gets into the account of {name}.")}
        </p>
        <PostForm form>
            <ErrorSummary />
            <SubmitButton>"Connect"</SubmitButton>
        </PostForm>
        <ul class="auth-links">
            <li><a href="/account">"Leave it as it is"</a></li>
        </ul>
    }
    .into_any()
}

fn another_way(provider: &str, called: String) -> AnyView {
    view! {
        <p>
            "There is an account with " <strong>{called}</strong>
            {format!(", which has no password. Sign in to it as you did before, and you can connect {provider} to it.")}
        </p>
        <p class="actions">
            <LinkButton href="/sign-in?next=/sign-in/connect" look=Look::Primary>"Sign in another way"</LinkButton>
        </p>
    }
    .into_any()
}
