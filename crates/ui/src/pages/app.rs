//! `/{owner}/{app}`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::apps::{App, AppOverview, get_overview},
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
            fetch=|(owner, app)| get_overview(owner, app)
            view=|overview| view! { <Body overview /> }.into_any()
        />
    }
}

#[component]
fn Body(overview: AppOverview) -> impl IntoView {
    let AppOverview { place, access, can, cannot, inputs, concepts } = overview;
    let app = place.app.clone();
    let access = if app.is_owner {
        "This is your app: you can do everything in it, and decide who else may do what.".to_owned()
    } else {
        format!("{} shares this app with you. Your access: {access}.", app.owner_name)
    };
    let links = [Room::Collaborators, Room::Settings]
        .into_iter()
        .filter(|room| room.is_open(&app))
        .map(|room| view! { <LinkButton href=room.path(&app)>{room.label()}</LinkButton> })
        .collect_view();
    let inputs = inputs.map(|count| counted(Room::Inputs, &app, &count.to_string()));
    let concepts = concepts.map(|count| counted(Room::Concepts, &app, &count.to_string()));
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
            <ul class="counts" role="list">{inputs} {concepts}</ul>
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

/// The way into a room, with how much is in it; nothing, if it is closed to the person.
fn counted(room: Room, app: &App, count: &str) -> Option<AnyView> {
    let view = view! {
        <li><a href=room.path(app)><strong>{count.to_owned()}</strong> " " {room.label()}</a></li>
    };
    room.is_open(app).then(|| view.into_any())
}

/// Sentences under the words that begin each of them; nothing, if there are none.
#[component]
fn Abilities(title: &'static str, texts: Vec<String>) -> impl IntoView {
    (!texts.is_empty()).then(|| {
        let items = texts.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
        view! { <div><h3>{title}</h3><ul>{items}</ul></div> }
    })
}
