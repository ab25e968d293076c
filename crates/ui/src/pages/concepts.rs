//! `/{owner}/{app}/concepts`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::location::Url;

use super::collaborators::AppNameFields;
use crate::{
    api::{
        apps::App,
        concepts::{AddConcept, Concepts as List, CountedConcept, RenameConcept, list_concepts},
        inputs::list_path,
    },
    components::{
        button::{Look, SubmitButton},
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

/// As what the inputs of an app are labelled.
#[component]
pub fn Concepts() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| list_concepts(owner, app)
            view=|list| view! { <Body list /> }.into_any()
        />
    }
}

#[component]
fn Body(list: List) -> impl IntoView {
    let List { place, concepts, no_addition, no_change } = list;
    let app = place.app.clone();
    let title = format!("Concepts of {}", app.name);
    let addition = match no_addition {
        Some(explanation) => view! { <p class="page-note"><Prose text=explanation /></p> }.into_any(),
        None => addition(app.clone()),
    };
    let rows = if concepts.is_empty() {
        view! {
            <EmptyState sign=Sign::Concept title="No concepts yet">
                <p>
                    "Concepts are what can be said of an input: “heron”, “broken”, “needs a second look”. They can \
                     also be made on the way, while annotating."
                </p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(&app, concepts, no_change.is_none())
    };
    view! {
        <Title text=title />
        <AppRoom place room=Room::Concepts>
            <header class="page-head"><h1>"Concepts"</h1></header>
            {rows}
            <section class="section">
                <h2>"Add a concept"</h2>
                {addition}
            </section>
        </AppRoom>
    }
}

fn addition(app: App) -> AnyView {
    let form = Form::<AddConcept>::new().emptied().reloading("Added.");
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <AppNameFields app />
            <TextField name="name" label="Name" />
            <TextField name="definition" label="What it means" hint="So that everybody means the same." optional=true />
            <p class="actions"><SubmitButton>"Add the concept"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}

fn table(app: &App, concepts: Vec<CountedConcept>, can_change: bool) -> AnyView {
    let rows = concepts.into_iter().map(|concept| row(app, concept, can_change)).collect_view();
    let columns = [
        Column::text("Concept"),
        Column::text("Meaning"),
        Column::numeric("Inputs"),
        Column::text("Made"),
        Column::unnamed("Actions"),
    ];
    view! { <Table caption="Concepts" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

fn row(app: &App, concept: CountedConcept, can_change: bool) -> AnyView {
    let CountedConcept { concept, definition, inputs, made_at } = concept;
    let href = format!("{}?concept={}", list_path(app), Url::escape(&concept.slug));
    // An identifier that only repeats the name says nothing new.
    let id = (concept.slug != concept.name)
        .then(|| view! { <span class="row-note"><code>{concept.slug.clone()}</code></span> });
    let rename = can_change.then(|| rename(app.clone(), concept.slug.clone(), concept.name.clone()));
    view! {
        <tr role="row">
            <Cell label=""><span><span class="row-name">{concept.name}</span> {id}</span></Cell>
            <Cell label="Meaning"><span class="soft">{definition}</span></Cell>
            <Cell label="Inputs" numeric=true><a href=href>{inputs}</a></Cell>
            <Cell label="Made"><Time at=made_at /></Cell>
            <Cell label="">{rename}</Cell>
        </tr>
    }
    .into_any()
}

/// Opens in its row, without JavaScript too.
fn rename(app: App, slug: String, name: String) -> AnyView {
    let form = Form::<RenameConcept>::keyed(&slug).reloading("Renamed.");
    let of = name.clone();
    view! {
        <details class="rename">
            <summary>"Rename" <span class="visually-hidden">" " {of}</span></summary>
            <PostForm form>
                <ErrorSummary />
                <AppNameFields app />
                <input type="hidden" name="concept" value=slug />
                <TextField name="name" label="Name" value=name />
                <SubmitButton look=Look::Secondary>"Save the name"</SubmitButton>
            </PostForm>
        </details>
    }
    .into_any()
}
