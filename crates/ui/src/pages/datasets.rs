//! `/{owner}/{app}/datasets`

use leptos::prelude::*;

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
        list_page::ListPage,
        loaded::Loaded,
        room::Room,
        table::{Cell, Column, Table, WordsCell},
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
    let list = if datasets.is_empty() {
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
        table(&place.app, datasets)
    };
    ListPage {
        place,
        room: Room::Datasets,
        title: "Datasets",
        tabs: None,
        list,
        does: "Make a dataset",
        no_addition,
    }
    .with_form(addition)
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
                    <WordsCell label="Description" text=description />
                    <Cell label="Made"><Time at=made_at /></Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [Column::text("Dataset"), Column::text("Description"), Column::text("Made")];
    view! { <Table caption="Datasets" columns=columns.to_vec()>{rows}</Table> }.into_any()
}
