//! `/{owner}/{app}/models`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::{
        apps::App,
        models::{ListedModel, Models as List, list_models, model_path},
    },
    components::{
        loaded::Loaded,
        room::{AppRoom, Room},
        table::{Cell, Column, Table},
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
    let List { place, public } = list;
    let title = format!("Models of {}", place.app.name);
    let public = table(&place.app, public);
    view! {
        <Title text=title />
        <AppRoom place room=Room::Models>
            <header class="page-head"><h1>"Models"</h1></header>
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

/// How much a model knows, in a few words.
pub(super) fn size(model: &ListedModel) -> String {
    match (model.dimensions, model.kind.takes()) {
        (Some(dimensions), _) => format!("{dimensions} numbers"),
        (None, Some(_)) => format!("{} concepts", model.concepts),
        (None, None) => "what it lets through".into(),
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
                    <Cell label="What it does"><span class="soft">{model.description}</span></Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns =
        [Column::text("Model"), Column::text("Kind"), Column::text("Gives"), Column::text("What it does")];
    view! { <Table caption="Public models" columns=columns.to_vec()>{rows}</Table> }.into_any()
}
