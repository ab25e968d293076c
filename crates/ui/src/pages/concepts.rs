//! `/{owner}/{app}/concepts`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::location::Url;

use super::collaborators::AppNameFields;
use crate::{
    api::{
        apps::App,
        concepts::{AddConcept, Concepts as List, CountedConcept, concept_path, list_concepts},
        inputs::list_path,
        vocabs::vocabs_path,
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
        swatch::Swatch,
        table::{Cell, Column, Table, WordsCell},
        tabs::{Tab, Tabs},
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

/// The two views of what inputs are labelled as: all concepts, and the lists of them.
#[component]
pub fn ConceptTabs(
    /// Of which app.
    app: App,
    /// Whether the lists are on the page.
    #[prop(optional)]
    of_vocabs: bool,
) -> impl IntoView {
    let tabs = vec![
        Tab { href: Room::Concepts.path(&app), label: "Concepts".to_owned(), current: !of_vocabs },
        Tab { href: vocabs_path(&app), label: "Vocabularies".to_owned(), current: of_vocabs },
    ];
    view! { <Tabs label="Concepts" tabs /> }
}

#[component]
fn Body(list: List) -> impl IntoView {
    let List { place, concepts, no_addition } = list;
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
        table(&app, concepts)
    };
    view! {
        <Title text=title />
        <AppRoom place room=Room::Concepts>
            <header class="page-head"><h1>"Concepts"</h1></header>
            <ConceptTabs app />
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

fn table(app: &App, concepts: Vec<CountedConcept>) -> AnyView {
    let rows = concepts.into_iter().map(|concept| row(app, concept)).collect_view();
    let columns = [
        Column::text("Concept"),
        Column::text("Meaning"),
        Column::text("Key"),
        Column::numeric("Inputs"),
        Column::text("Made"),
    ];
    view! { <Table caption="Concepts" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

fn row(app: &App, concept: CountedConcept) -> AnyView {
    let CountedConcept { concept, definition, shortcut, inputs, made_at } = concept;
    let href = concept_path(&app.path(), &concept.slug);
    let inputs_href = format!("{}?concept={}", list_path(app), Url::escape(&concept.slug));
    // An identifier that only repeats the name says nothing new.
    let id = (concept.slug != concept.name)
        .then(|| view! { <span class="row-note"><code>{concept.slug.clone()}</code></span> });
    let key = shortcut.map(|key| view! { <kbd>{key}</kbd> });
    view! {
        <tr role="row">
            <Cell label="">
                <span class="swatched">
                    <Swatch color=concept.color />
                    <span><a class="row-name" href=href>{concept.name}</a> {id}</span>
                </span>
            </Cell>
            <WordsCell label="Meaning" text=definition />
            <Cell label="Key">{key}</Cell>
            <Cell label="Inputs" numeric=true><a href=inputs_href>{inputs}</a></Cell>
            <Cell label="Made"><Time at=made_at /></Cell>
        </tr>
    }
    .into_any()
}
