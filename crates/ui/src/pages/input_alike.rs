//! `/{owner}/{app}/inputs/{input}/alike`

use leptos::prelude::*;
use leptos_meta::Title;

use super::inputs_shown::{concepts, face};
use crate::{
    api::{
        apps::App,
        inputs::{AlikeInputs as Shown, Input, alike_path, get_alike_inputs, input_path},
    },
    components::{
        button::LinkButton,
        empty_state::EmptyState,
        icon::Sign,
        layout::Crumb,
        loaded::Loaded,
        room::{AppRoom, Room},
    },
    pages::thing_in_address,
};

/// What is like an input, as a public model sees it.
#[component]
pub fn AlikeInputs() -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("input")
            fetch=|(owner, app, input)| get_alike_inputs(owner, app, input)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: Shown) -> impl IntoView {
    let Shown { place, slug, is_known, inputs } = shown;
    let app = place.app.clone();
    let title = format!("Alike {slug}");
    let below = Crumb { href: alike_path(&app, &slug), label: title.clone() };
    let found = match (is_known, inputs.is_empty()) {
        (false, _) => view! {
            <EmptyState sign=Sign::Clock title="Not looked at yet">
                <p>
                    "Each input that is added is looked at by a model, one after the other. This one waits for it, or \
                     could not be read: try again in a moment."
                </p>
            </EmptyState>
        }
        .into_any(),
        (true, true) => view! {
            <EmptyState sign=Sign::Input title="Nothing to compare it with">
                <p>"The app has no other input of its kind that was looked at."</p>
            </EmptyState>
        }
        .into_any(),
        (true, false) => {
            let cards = inputs.iter().map(|(input, similarity)| card(&app, input, *similarity)).collect_view();
            view! { <ul class="cards" role="list">{cards}</ul> }.into_any()
        }
    };
    view! {
        <Title text=title />
        <AppRoom place room=Room::Inputs below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1>"Alike "<code>{slug.clone()}</code></h1>
                </div>
                <div class="actions">
                    <LinkButton href=input_path(&app, &slug)>"The input itself"</LinkButton>
                </div>
            </header>
            <p class="section-lead">
                "The likest first, as a public model sees them: what the middle of a picture shows, or what a text is about."
            </p>
            {found}
        </AppRoom>
    }
}

fn card(app: &App, input: &Input, similarity: f32) -> AnyView {
    let href = input_path(app, &input.slug);
    let (face, chips) = (face(app, input), concepts(input));
    let alike = format!("{:.0} % alike", similarity.max(0.0) * 100.0);
    view! {
        <li class="card">
            <a class="card-face" href=href>
                {face}
                <code class="card-id">{input.slug.clone()}</code>
            </a>
            <p class="row-note">{alike}</p>
            {chips}
        </li>
    }
    .into_any()
}
