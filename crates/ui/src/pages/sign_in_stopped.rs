//! `/sign-in/stopped`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    components::{
        auth_layout::AuthLayout,
        button::{LinkButton, Look},
    },
    pages::set_status,
};

/// Says why nothing became of signing in by a provider, and what to do. Its address names the reason; what the provider
/// said of it is shown to nobody.
#[component]
pub fn SignInStopped() -> impl IntoView {
    let query = use_query_map();
    let why = query.with_untracked(|query| query.get("why").unwrap_or_default());
    view! { <Stopped why /> }
}

/// Why nothing became of it.
#[component]
pub fn Stopped(
    /// The reason's name.
    #[prop(into)]
    why: String,
) -> impl IntoView {
    let (status, title, words) = told(&why);
    set_status(status);
    view! {
        <Title text=title />
        <AuthLayout title>
            <p>{words}</p>
            <p class="actions">
                <LinkButton href="/sign-in" look=Look::Primary>"Go to sign in"</LinkButton>
            </p>
        </AuthLayout>
    }
}

/// A reason's status, title and sentences.
fn told(why: &str) -> (u16, &'static str, &'static str) {
    match why {
        "unavailable" => (
            503,
            "This cannot be reached right now",
            "Who signs you in does not answer. Try again in a moment, or sign in with your password.",
        ),
        "over" => (
            422,
            "This took too long",
            "It was done already, took more than ten minutes, or was begun in another browser. Sign in once more.",
        ),
        "declined" => (422, "You were not signed in", "You turned back, or were not let through there."),
        "not-believed" => (
            422,
            "You were not signed in",
            "What came back about you could not be verified. Try again; if it stays so, tell whoever runs Atelier.",
        ),
        "no-address" => (
            422,
            "Your address has to be verified first",
            "It has not been verified where you signed in that your e-mail address is yours, so no account can be \
             found or made by it. Verify it there and come back, or create an account here with a password.",
        ),
        "someone-elses" => (
            409,
            "This belongs to another account",
            "Who you are there is connected to another account of Atelier. Sign in to that one, and disconnect it \
             there first.",
        ),
        "not-anew" => (
            422,
            "You were not asked again",
            "You were let through without showing anew who you are. Sign out there, and try again.",
        ),
        _ => (404, "There is no such way in", "Nobody signs people in here under that name."),
    }
}
