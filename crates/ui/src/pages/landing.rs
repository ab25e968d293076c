//! `/`: what this is, for whoever is not signed in.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;

use crate::{
    api::identity::get_person,
    components::{
        button::{LinkButton, Look},
        layout::Brand,
        loaded::Loaded,
        room::Home,
    },
};

/// The first page of a signed-out visitor. Whoever is signed in goes on to their apps.
#[component]
pub fn Landing() -> impl IntoView {
    view! {
        <Loaded
            key=()
            fetch=|()| get_person()
            view=|person| match person {
                Some(_) => view! { <Redirect path=Home::Apps.path() /> }.into_any(),
                None => welcome(),
            }
        />
    }
}

fn welcome() -> AnyView {
    view! {
        <Title text="" />
        <main class="landing">
            <Brand />
            <h1>"Label data together, and decide who may do what."</h1>
            <p class="landing-lead">
                "Atelier is your team’s own place to label data and train models. Share an app with the people who work \
                 on it, scope by scope: one may annotate and never delete, another may train, a third gets everything."
            </p>
            <p class="actions">
                <LinkButton href="/sign-in" look=Look::Primary>"Sign in"</LinkButton>
                <LinkButton href="/sign-up">"Create account"</LinkButton>
            </p>
            <dl class="landing-points">
                <div>
                    <dt>"Every right by name"</dt>
                    <dd>"You see beforehand, in sentences, what someone will and will not be able to do."</dd>
                </div>
                <div>
                    <dt>"Changed at once"</dt>
                    <dd>"What you take back is gone with the very next request, in the browser and for every key."</dd>
                </div>
                <div>
                    <dt>"Never more than you hold"</dt>
                    <dd>"Nobody can pass on a right that is not theirs. Every change is on record."</dd>
                </div>
            </dl>
        </main>
    }    .into_any()
}
