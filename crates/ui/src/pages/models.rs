//! `/{owner}/{app}/models`

use atelier_domain::{Medium, ModelKind};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::{
        apps::App,
        models::{ListedModel, Models as List, list_models, model_path, new_model_path},
    },
    components::{
        button::{LinkButton, Look},
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        table::{Cell, Column, Table, WordsCell},
    },
    pages::app_in_address,
};

/// What predicts in an app.
#[component]
pub fn Models() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| list_models(owner, app)
            view=|list| view! { <Body list /> }.into_any()
        />
    }
}

#[component]
fn Body(list: List) -> impl IntoView {
    let List { place, own, public, no_making } = list;
    let app = place.app.clone();
    let title = format!("Models of {}", app.name);
    let (making, why_not) = match no_making {
        Some(why) => (None, Some(view! { <p class="section-lead"><Prose text=why /></p> })),
        None => {
            let href = new_model_path(&app);
            (Some(view! { <LinkButton look=Look::Primary href=href>"New model"</LinkButton> }), None)
        }
    };
    let own = if own.is_empty() {
        view! {
            <p class="section-lead">
                "None yet. A model of this app learns from what was said of its inputs, and says the same of others."
            </p>
        }
        .into_any()
    } else {
        own_table(&app, own)
    };
    let public = table(&app, public);
    view! {
        <Title text=title />
        <AppRoom place room=Room::Models>
            <header class="page-head"><h1>"Models"</h1> {making}</header>
            <section class="section">
                <h2>"Models of this app"</h2>
                {why_not}
                {own}
            </section>
            <section class="section">
                <h2>"Public models"</h2>
                <p class="section-lead">
                    "They come with Atelier and run on this server: nothing that they are shown leaves it."
                </p>
                {public}
            </section>
        </AppRoom>
    }
}

/// The app's own, each with how its newest version stands.
fn own_table(app: &App, models: Vec<ListedModel>) -> AnyView {
    let rows = models
        .into_iter()
        .map(|model| {
            let href = model_path(app, &model.slug);
            let takes = takes(&model);
            view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=href>{model.name}</a></Cell>
                    <Cell label="Takes"><span class="row-line">{takes}</span></Cell>
                    <Cell label="Newest version">{model.standing}</Cell>
                    <WordsCell label="What it does" text=model.description />
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [
        Column::text("Model"),
        Column::text("Takes"),
        Column::text("Newest version"),
        Column::text("What it does"),
    ];
    view! { <Table caption="Models of this app" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

/// What a model takes, in a word or two.
pub(super) fn takes(model: &ListedModel) -> &'static str {
    match model.takes {
        Some(Medium::Image) => "Pictures",
        Some(Medium::Text) => "Texts",
        None if model.kind.is_filter() => "What is found",
        None => "What is labelled",
    }
}

/// How much a model knows, in a few words.
pub(super) fn size(model: &ListedModel) -> String {
    match (model.dimensions, model.kind) {
        (Some(dimensions), _) => format!("{dimensions} numbers"),
        (None, ModelKind::ConceptThresholder) => "what it lets through".into(),
        (None, _) if model.concepts == 1 => "1 concept".into(),
        (None, _) => format!("{} concepts", model.concepts),
    }
}

fn table(app: &App, models: Vec<ListedModel>) -> AnyView {
    let rows = models
        .into_iter()
        .map(|model| {
            let href = model_path(app, &model.slug);
            let gives = size(&model);
            view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=href>{model.name}</a></Cell>
                    <Cell label="Kind"><span class="row-line">{model.kind.title()}</span></Cell>
                    <Cell label="Gives"><span class="model-size">{gives}</span></Cell>
                    <WordsCell label="What it does" text=model.description />
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns =
        [Column::text("Model"), Column::text("Kind"), Column::text("Gives"), Column::text("What it does")];
    view! { <Table caption="Public models" columns=columns.to_vec()>{rows}</Table> }.into_any()
}
