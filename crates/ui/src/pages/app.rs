//! `/{owner}/{app}`

use atelier_domain::{Preset, words};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::apps::{AppPlace, get_app},
    components::{
        button::LinkButton,
        copyable::Copyable,
        loaded::Loaded,
        room::{AppRoom, Room},
    },
    pages::app_in_address,
};

/// What an app is, and what the person can do in it.
#[component]
pub fn Overview() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| get_app(owner, app)
            view=|place| view! { <Body place /> }.into_any()
        />
    }
}

#[component]
fn Body(place: AppPlace) -> impl IntoView {
    let app = place.app.clone();
    let access = if app.is_owner {
        "This is your app: you can do everything in it, and decide who else may do what.".to_owned()
    } else {
        format!("{} shares this app with you. Your access: {}.", app.owner_name, Preset::describe(app.scopes))
    };
    let can: Vec<_> = words::can(app.scopes).map(|ability| ability.text).collect();
    let cannot: Vec<_> = words::cannot(app.scopes).map(|ability| ability.text).collect();
    let links = [(Room::Collaborators, "Collaborators"), (Room::Settings, "Settings")]
        .into_iter()
        .filter(|(room, _)| room.is_open(&app))
        .map(|(room, label)| view! { <LinkButton href=room.path(&app)>{label}</LinkButton> })
        .collect_view();
    let description = if app.description.is_empty() {
        view! { <p class="soft">"No description yet."</p> }.into_any()
    } else {
        view! { <p class="app-description">{app.description.clone()}</p> }.into_any()
    };
    view! {
        <Title text=app.name.clone() />
        <AppRoom place room=Room::Overview>
            <header class="page-head">
                <h1>{app.name.clone()}</h1>
                <p class="actions">{links}</p>
            </header>
            {description}
            <p class="app-id"><Copyable value=format!("{}/{}", app.owner, app.slug) what="the app’s address" /></p>
            <section class="section">
                <h2>"What you can do here"</h2>
                <p class="section-lead">{access}</p>
                <div class="abilities">
                    <Abilities title="People with this access can" texts=can />
                    <Abilities title="They cannot" texts=cannot />
                </div>
            </section>
        </AppRoom>
    }
}

/// Sentences under the words that begin each of them; nothing, if there are none.
#[component]
fn Abilities(title: &'static str, texts: Vec<&'static str>) -> impl IntoView {
    (!texts.is_empty()).then(|| {
        let items = texts.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
        view! { <div><h3>{title}</h3><ul>{items}</ul></div> }
    })
}
