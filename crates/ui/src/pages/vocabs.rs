//! `/{owner}/{app}/vocabs`

use leptos::prelude::*;

use super::{collaborators::AppNameFields, concepts::ConceptTabs};
use crate::{
    api::{
        apps::App,
        vocabs::{AddVocab, ListedVocab, Vocabs as List, list_vocabs, vocab_path},
    },
    components::{
        button::SubmitButton,
        empty_state::EmptyState,
        error_summary::ErrorSummary,
        field::{TextArea, TextField},
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

/// The lists of concepts from which tasks and models take their choices.
#[component]
pub fn Vocabs() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| list_vocabs(owner, app)
            view=|list| view! { <Body list /> }.into_any()
        />
    }
}

#[component]
fn Body(list: List) -> impl IntoView {
    let List { place, vocabs, no_addition } = list;
    let app = place.app.clone();
    let list = if vocabs.is_empty() {
        view! {
            <EmptyState sign=Sign::Concept title="No vocabularies yet">
                <p>
                    "A vocabulary is a list of concepts in an order of its own: the choices of one task, such as \
                     “birds” or “damage”, when an app has more concepts than anybody wants to see at once."
                </p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(&app, vocabs)
    };
    ListPage {
        place,
        room: Room::Concepts,
        title: "Vocabularies",
        tabs: Some(view! { <ConceptTabs app of_vocabs=true /> }.into_any()),
        list,
        does: "Make a vocabulary",
        no_addition,
    }
    .with_form(addition)
}

fn addition(app: App) -> AnyView {
    let form = Form::<AddVocab>::new();
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <AppNameFields app />
            <TextField name="name" label="Name" />
            <TextField name="description" label="What it is for" optional=true />
            <TextArea
                name="concepts"
                label="Concepts"
                hint="Names or ids in the order of the list, one on each line. Further ones can be added later."
                optional=true
            />
            <p class="actions"><SubmitButton>"Make the vocabulary"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}

fn table(app: &App, vocabs: Vec<ListedVocab>) -> AnyView {
    let rows = vocabs
        .into_iter()
        .map(|ListedVocab { slug, name, description, concepts, changed_at }| {
            let href = vocab_path(app, &slug);
            view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=href>{name}</a></Cell>
                    <WordsCell label="For" text=description />
                    <Cell label="Concepts" numeric=true>{concepts}</Cell>
                    <Cell label="Changed"><Time at=changed_at /></Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [
        Column::text("Vocabulary"),
        Column::text("For"),
        Column::numeric("Concepts"),
        Column::text("Changed"),
    ];
    view! { <Table caption="Vocabularies" columns=columns.to_vec()>{rows}</Table> }.into_any()
}
