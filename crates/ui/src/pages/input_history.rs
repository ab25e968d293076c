//! `/{owner}/{app}/inputs/{input}/history`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{
        annotations::{History, Stood, get_history},
        apps::App,
        inputs::input_path,
        tasks::task_path,
    },
    components::{
        button::LinkButton,
        empty_state::EmptyState,
        icon::Sign,
        layout::Crumb,
        loaded::Loaded,
        room::{AppRoom, Room},
        table::{Cell, Column, Table},
        time::Time,
    },
    pages::thing_in_address,
};

/// The address of what was said of an input.
#[must_use]
pub fn history_path(app: &App, input: &str) -> String {
    format!("{}/history", input_path(app, input))
}

/// What was said of an input, by whom and when.
#[component]
pub fn HistoryOfInput() -> impl IntoView {
    let input = thing_in_address("input");
    let query = use_query_map();
    let key = Memo::new(move |_| {
        let skip = query.with(|query| query.get("skip").and_then(|skip| skip.parse::<usize>().ok()));
        (input.get(), skip.unwrap_or_default())
    });
    view! {
        <Loaded
            key
            fetch=|((owner, app, input), skip): ((String, String, String), usize)| {
                get_history(owner, app, input, skip)
            }
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: History) -> impl IntoView {
    let History { place, input, stood, next } = shown;
    let path = input_path(&place.app, &input);
    let below = Crumb { href: path.clone(), label: input.clone() };
    let older = next.map(|skip| {
        let href = format!("{}?skip={skip}", history_path(&place.app, &input));
        view! { <p class="actions"><LinkButton href>"Older"</LinkButton></p> }
    });
    let body = if stood.is_empty() {
        view! {
            <EmptyState sign=Sign::Clock title="Nothing was said yet">
                <p>"Whatever somebody says of this input, and what becomes of it, is listed here with who and when."</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = stood.into_iter().map(|stood| row(&place.app, stood)).collect_view();
        let columns = ["When", "Who", "Said", "State", "Task"].map(Column::text).to_vec();
        view! { <Table caption="What was said of this input" columns>{rows}</Table> }.into_any()
    };
    view! {
        <Title text=format!("History · {input}") />
        <AppRoom place room=Room::Inputs below=below>
            <header class="page-head">
                <h1>"History of " <code>{input}</code></h1>
                <LinkButton href=path>"Back to the input"</LinkButton>
            </header>
            {body}
            {older}
        </AppRoom>
    }
}

fn row(app: &App, stood: Stood) -> AnyView {
    let Stood { annotation, author, changed_by, changed_at, words, state, task, is_now } = stood;
    let whose =
        (author != changed_by).then(|| view! { <span class="row-note">{format!("{author}’s")}</span> });
    let now = is_now.then(|| view! { <span class="row-note">"as it stands now"</span> });
    let task = task.map(|task| view! { <a href=task_path(app, &task)>{task.clone()}</a> });
    view! {
        <tr role="row">
            <Cell label="When"><Time at=changed_at /></Cell>
            <Cell label="Who"><span>{changed_by} " " {whose}</span></Cell>
            <Cell label="Said"><span title=annotation>{words}</span></Cell>
            <Cell label="State"><span>{state} " " {now}</span></Cell>
            <Cell label="Task">{task}</Cell>
        </tr>
    }
    .into_any()
}
