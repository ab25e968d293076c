//! `/{owner}/{app}/datasets/{dataset}`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{
    collaborators::AppNameFields,
    dataset_import::{TakenIn, importing},
    dataset_versions::Versions,
};
use crate::{
    api::{
        apps::App,
        datasets::{
            ChangeDataset, DeleteDataset, HeldInput, OneDataset as Shown, PutIntoDataset, TakeOutOfDataset,
            dataset_path, get_dataset,
        },
        inputs::input_path,
    },
    components::{
        button::{Look, SubmitButton},
        copyable::CopyButton,
        empty_state::EmptyState,
        error_summary::ErrorSummary,
        field::{TextArea, TextField},
        icon::Sign,
        layout::Crumb,
        loaded::{Loaded, Reload},
        pagination::Pagination,
        prose::Prose,
        room::{AppRoom, Room},
        row_action::row_action,
        table::{Cell, Column, Table, WordsCell},
        time::Time,
        uploads::Uploads,
    },
    form::{Form, PostForm},
    pages::thing_in_address,
};

/// Where the page's part of what the dataset holds begins; at the top, if its address says nothing.
fn after_in_address() -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("after").unwrap_or_default()))
}

/// One dataset: what it holds, and its versions.
#[component]
pub fn OneDataset() -> impl IntoView {
    let (dataset, after) = (thing_in_address("dataset"), after_in_address());
    let key = Memo::new(move |_| (dataset.get(), after.get()));
    view! {
        <Loaded
            key=key
            fetch=|((owner, app, dataset), after)| get_dataset(owner, app, dataset, after)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: Shown) -> impl IntoView {
    let Shown { place, slug, description, inputs, next, versions, .. } = shown;
    let after = after_in_address().get_untracked();
    let (settled, reload) = (Uploads::of_page().settled(), Reload::of_page());
    Effect::watch(move || settled.get(), move |_, _, _| reload.now(), false);
    let app = place.app.clone();
    let here = dataset_path(&app, &slug);
    let below = Crumb { href: here.clone(), label: slug.clone() };
    let lead = (!description.is_empty()).then(|| view! { <p class="section-lead">{description.clone()}</p> });
    let held = if inputs.is_empty() {
        view! {
            <EmptyState sign=Sign::Dataset title="No inputs in it yet">
                <p>"An input that is put into it stays in the app as well, and can be in several datasets."</p>
            </EmptyState>
        }
        .into_any()
    } else {
        held(&app, &slug, inputs, shown.no_removal.is_none())
    };
    let first = (!after.is_empty()).then(|| here.clone());
    let next = next.map(|after| format!("{here}?after={after}"));
    let is_paged = first.is_some() || next.is_some();
    let filling = or_why_not(shown.no_filling, || filling(app.clone(), slug.clone()));
    let importing = or_why_not(shown.no_import, || importing(dataset_path(&app, &slug)));
    let change = shown.no_change.is_none().then(|| {
        let form = change(app.clone(), slug.clone(), description);
        view! {
            <section class="section">
                <h2>"Description"</h2>
                {form}
            </section>
        }
    });
    let end = or_why_not(shown.no_deletion.clone(), || deletion(app.clone(), slug.clone()));
    view! {
        <Title text=slug.clone() />
        <AppRoom place room=Room::Datasets below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1>{slug.clone()}</h1>
                    <CopyButton value=slug.clone() what="the dataset’s id" />
                </div>
            </header>
            <TakenIn dataset=Some(slug.clone()) path=dataset_path(&app, &slug) />
            {lead}
            {held}
            {is_paged.then(|| view! {
                <Pagination label="Inputs" previous=first next=next position="In the order in which they were put in" />
            })}
            <section class="section">
                <h2>"Put inputs in"</h2>
                {filling}
            </section>
            <section class="section">
                <h2>"Import"</h2>
                {importing}
            </section>
            <Versions
                app
                dataset=slug
                versions
                no_freezing=shown.no_freezing
                formats=shown.formats
                no_export=shown.no_export
                can_delete=shown.no_deletion.is_none()
            />
            {change}
            <section class="section">
                <h2>"Delete this dataset"</h2>
                {end}
            </section>
        </AppRoom>
    }
}

/// A form, or why the person cannot use it.
pub(super) fn or_why_not(why_not: Option<String>, form: impl FnOnce() -> AnyView) -> AnyView {
    match why_not {
        Some(explanation) => view! { <p class="section-lead"><Prose text=explanation /></p> }.into_any(),
        None => form(),
    }
}

/// The hidden fields that say of which dataset of which app a form is.
#[component]
pub(super) fn DatasetFields(
    /// The app.
    app: App,
    /// The dataset's identifier.
    dataset: String,
) -> impl IntoView {
    view! {
        <AppNameFields app />
        <input type="hidden" name="dataset" value=dataset />
    }
}

fn held(app: &App, dataset: &str, inputs: Vec<HeldInput>, can_remove: bool) -> AnyView {
    let rows = inputs
        .into_iter()
        .map(|HeldInput { slug, concepts, added_at }| {
            let href = input_path(app, &slug);
            let removal = can_remove.then(|| {
                let fields = view! {
                    <DatasetFields app=app.clone() dataset=dataset.to_owned() />
                    <input type="hidden" name="input" value=slug.clone() />
                };
                let form = Form::<TakeOutOfDataset>::keyed(&slug).reloading("Taken out.");
                row_action(form, fields.into_any(), "Take out", slug.clone())
            });
            view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=href>{slug}</a></Cell>
                    <WordsCell label="Concepts" text=concepts.join(", ") />
                    <Cell label="Put in"><Time at=added_at /></Cell>
                    <Cell label="">{removal}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns =
        [Column::text("Input"), Column::text("Concepts"), Column::text("Put in"), Column::unnamed("Actions")];
    view! { <Table caption="Inputs of the dataset" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

fn filling(app: App, dataset: String) -> AnyView {
    let form = Form::<PutIntoDataset>::new().emptied().reloading("Put in.");
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <DatasetFields app dataset />
            <TextArea name="inputs" label="Inputs" hint="Their ids, one on each line." />
            <p class="actions"><SubmitButton>"Put into the dataset"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}

fn change(app: App, dataset: String, description: String) -> AnyView {
    let form = Form::<ChangeDataset>::new().reloading("Saved.");
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <DatasetFields app dataset />
            <TextField name="description" label="Description" value=description optional=true />
            <p class="actions"><SubmitButton look=Look::Secondary>"Save"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}

/// It opens first, so that no single press does it, without JavaScript either.
fn deletion(app: App, dataset: String) -> AnyView {
    let form = Form::<DeleteDataset>::new();
    view! {
        <details>
            <summary>"Delete it …"</summary>
            <PostForm form>
                <ErrorSummary />
                <DatasetFields app dataset />
                <p>"Its inputs stay in the app, and its versions stay as they are."</p>
                <p class="actions"><SubmitButton look=Look::Danger>"Delete this dataset"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
}
