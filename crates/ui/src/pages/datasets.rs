//! `/{owner}/{app}/datasets`

use leptos::prelude::*;
use leptos_meta::Title;

use super::collaborators::AppNameFields;
use crate::{
    api::{
        apps::App,
        datasets::{AddDataset, Datasets as List, ListedDataset, dataset_path, list_datasets},
    },
    components::{
        button::SubmitButton,
        empty_state::EmptyState,
        error_summary::ErrorSummary,
        field::TextField,
        icon::Sign,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{Form, PostForm},
    pages::app_in_address,
};

/// The named sets of inputs that models are trained with.
#[component]
pub fn Datasets() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| list_datasets(owner, app)
            view=|list| view! { <Body list /> }.into_any()
        />
    }
}

#[component]
fn Body(list: List) -> impl IntoView {
    let List { place, datasets, no_addition } = list;
    let app = place.app.clone();
    let title = format!("Datasets of {}", app.name);
    let addition = match no_addition {
        Some(explanation) => view! { <p class="page-note"><Prose text=explanation /></p> }.into_any(),
        None => addition(app.clone()),
    };
    let rows = if datasets.is_empty() {
        view! {
            <EmptyState sign=Sign::Dataset title="No datasets yet">
                <p>
                    "A dataset is a named set of inputs, such as all photographs of one harbour. A version of it keeps the inputs \
                     and annotations as they are at one moment, to train with or to download, whatever changes later."
                </p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(&app, datasets)
    };
    view! {
        <Title text=title />
        <AppRoom place room=Room::Datasets>
            <header class="page-head"><h1>"Datasets"</h1></header>
            {rows}
            <section class="section">
                <h2>"Make a dataset"</h2>
                {addition}
            </section>
        </AppRoom>
    }
}

fn addition(app: App) -> AnyView {
    let form = Form::<AddDataset>::new();
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <AppNameFields app />
            <TextField name="slug" label="Id" hint="It is part of addresses and cannot be changed later." />
            <TextField name="description" label="Description" optional=true />
            <p class="actions"><SubmitButton>"Make the dataset"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}

fn table(app: &App, datasets: Vec<ListedDataset>) -> AnyView {
    let rows = datasets
        .into_iter()
        .map(|ListedDataset { slug, description, made_at }| {
            let href = dataset_path(app, &slug);
            view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=href>{slug}</a></Cell>
                    <Cell label="Description"><span class="soft">{description}</span></Cell>
                    <Cell label="Made"><Time at=made_at /></Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [Column::text("Dataset"), Column::text("Description"), Column::text("Made")];
    view! { <Table caption="Datasets" columns=columns.to_vec()>{rows}</Table> }.into_any()
}
