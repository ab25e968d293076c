//! `/{owner}/{app}/models/{model}`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::model_predict::{Prediction, told_by_model};
use super::models::size;
use crate::{
    api::models::{ModelShown, PREDICT_FORM, get_model, model_path},
    components::{
        copyable::CopyButton,
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
    },
    pages::thing_in_address,
};

/// One model: what it finds in what one shows it, what it knows, and what it cannot do.
#[component]
pub fn OneModel() -> impl IntoView {
    let model = thing_in_address("model");
    let query = use_query_map();
    let key = Memo::new(move |_| (model.get(), query.with(|query| query.get("concept").unwrap_or_default())));
    view! {
        <Loaded
            key
            fetch=|((owner, app, model), sought)| get_model(owner, app, model, sought)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: ModelShown) -> impl IntoView {
    let ModelShown { place, model, notes, license, version, concepts, more, sought, no_prediction } = shown;
    let path = model_path(&place.app, &model.slug);
    let below = Crumb { href: path.clone(), label: model.name.clone() };
    let prediction = match (no_prediction, model.kind.takes()) {
        (Some(text), _) => view! { <p class="section-lead"><Prose text /></p> }.into_any(),
        (None, Some(takes)) => view! {
            <Prediction
                path=path.clone()
                takes
                posted_as=PREDICT_FORM
                verb="Predict"
                told=told_by_model
            />
        }
        .into_any(),
        (None, None) => {
            let told = "It takes what another model found: use it in a workflow, behind that.";
            view! { <p class="section-lead">{told}</p> }.into_any()
        }
    };
    let known =
        (model.concepts > 0).then(|| view! { <Known path concepts more sought all=model.concepts /> });
    let gives = size(&model);
    view! {
        <Title text=model.name.clone() />
        <AppRoom place room=Room::Models below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1>{model.name}</h1>
                    <code>{model.slug.clone()}</code>
                    <CopyButton value=model.slug what="the model’s id" />
                </div>
            </header>
            <p class="section-lead">{model.description}</p>
            <section class="section">
                <h2>"Predict"</h2>
                {prediction}
            </section>
            {known}
            <section class="section">
                <h2>"About this model"</h2>
                <table class="facts">
                    <tbody>
                        <tr><th scope="row">"Kind"</th><td>{model.kind.title()}</td></tr>
                        <tr><th scope="row">"Gives"</th><td>{gives}</td></tr>
                        <tr><th scope="row">"Version"</th><td><code>{version}</code></td></tr>
                        <tr><th scope="row">"Licence"</th><td>{license}</td></tr>
                    </tbody>
                </table>
                <div class="instructions" inner_html=notes></div>
            </section>
        </AppRoom>
    }
}

/// What a model knows, and a way to look for something among it.
#[component]
fn Known(path: String, concepts: Vec<String>, more: bool, sought: String, all: usize) -> impl IntoView {
    let told = match (concepts.is_empty(), sought.trim()) {
        (true, sought) => format!("It knows no concept with “{sought}” in its name."),
        (false, "") => format!("It knows {all} concepts, of which these are the first."),
        (false, sought) if more => format!("The first of those with “{sought}” in their names."),
        (false, sought) => format!("Those with “{sought}” in their names."),
    };
    let names = concepts.into_iter().map(|name| view! { <li>{name}</li> }).collect_view();
    view! {
        <section class="section">
            <h2>"What it knows"</h2>
            <form class="seek" method="get" action=path role="search">
                <label for="model-concept">"Look for a concept"</label>
                <input id="model-concept" class="input" type="search" name="concept" value=sought />
                <button class="button" type="submit">"Look"</button>
            </form>
            <p class="section-lead">{told}</p>
            <ul class="known" role="list">{names}</ul>
        </section>
    }
}
