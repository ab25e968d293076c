//! `/{owner}/{app}/workflows`

use atelier_domain::Medium;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::{
        apps::App,
        workflows::{ListedWorkflow, Workflows as List, list_workflows, new_workflow_path, workflow_path},
    },
    components::{
        button::{LinkButton, Look},
        empty_state::EmptyState,
        icon::Sign,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        table::{Cell, Column, Table, WordsCell},
        time::Time,
    },
    pages::app_in_address,
};

/// The graphs of models of an app.
#[component]
pub fn Workflows() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| list_workflows(owner, app)
            view=|list| view! { <Body list /> }.into_any()
        />
    }
}

#[component]
fn Body(list: List) -> impl IntoView {
    let List { place, workflows, no_addition } = list;
    let title = format!("Workflows of {}", place.app.name);
    let can_add = no_addition.is_none();
    let way =
        can_add.then(|| view! { <LinkButton look=Look::Primary href=new_workflow_path(&place.app)>"New workflow"</LinkButton> });
    let why_not = no_addition.map(|text| view! { <p class="page-note"><Prose text /></p> });
    let rows = if workflows.is_empty() {
        view! {
            <EmptyState sign=Sign::Workflow title="No workflows yet">
                <p>
                    "A workflow lets models look at an input one after the other: a recogniser, a filter that lets only \
                     what it is sure of through, and an embedder that looks at those pictures alone."
                </p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(&place.app, workflows)
    };
    view! {
        <Title text=title />
        <AppRoom place room=Room::Workflows>
            <header class="page-head"><h1>"Workflows"</h1>{way}</header>
            {why_not}
            {rows}
        </AppRoom>
    }
}

/// What goes into a workflow, in words.
pub(super) fn input_words(takes: Option<Medium>) -> &'static str {
    match takes {
        Some(Medium::Image) => "Pictures",
        Some(Medium::Text) => "Texts",
        None => "Anything",
    }
}

fn table(app: &App, workflows: Vec<ListedWorkflow>) -> AnyView {
    let rows = workflows
        .into_iter()
        .map(|ListedWorkflow { slug, description, takes, nodes, changed_at }| {
            let href = workflow_path(app, &slug);
            view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=href>{slug}</a></Cell>
                    <WordsCell label="For" text=description />
                    <Cell label="Takes">{input_words(takes)}</Cell>
                    <Cell label="Models" numeric=true>{nodes}</Cell>
                    <Cell label="Changed"><Time at=changed_at /></Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [
        Column::text("Workflow"),
        Column::text("For"),
        Column::text("Takes"),
        Column::numeric("Models"),
        Column::text("Changed"),
    ];
    view! { <Table caption="Workflows" columns=columns.to_vec()>{rows}</Table> }.into_any()
}
