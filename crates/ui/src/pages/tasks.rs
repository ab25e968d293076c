//! `/{owner}/{app}/tasks`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::{
        apps::App,
        progress::app_progress_path,
        tasks::{ListedTask, Standing, Tasks as List, list_tasks, task_path, tasks_path},
    },
    components::{
        button::{LinkButton, Look},
        chips::Tone,
        empty_state::EmptyState,
        icon::Sign,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        table::{Cell, Column, Table},
        time::Time,
    },
    pages::app_in_address,
};

/// Who labels what, and how far that is; one's own work first.
#[component]
pub fn Tasks() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| list_tasks(owner, app)
            view=|list| view! { <Body list /> }.into_any()
        />
    }
}

#[component]
fn Body(list: List) -> impl IntoView {
    let List { place, tasks, has_progress, no_addition } = list;
    let app = place.app.clone();
    let title = format!("Tasks of {}", app.name);
    let new = no_addition.is_none().then(|| {
        view! { <LinkButton look=Look::Primary href=format!("{}/new", tasks_path(&app))>"New task"</LinkButton> }
    });
    let progress = (has_progress && !tasks.is_empty())
        .then(|| view! { <LinkButton href=app_progress_path(&app)>"How the work goes on"</LinkButton> });
    let why_not = no_addition.map(|text| view! { <p class="page-note"><Prose text /></p> });
    let own: Vec<&ListedTask> =
        tasks.iter().filter(|task| task.to_label.is_some() || task.to_review.is_some()).collect();
    let own = (!own.is_empty()).then(|| own_work(&app, own));
    let body = if tasks.is_empty() {
        view! {
            <EmptyState sign=Sign::Task title="No tasks yet">
                <p>
                    "A task says who labels which inputs with which concepts, and who looks at it afterwards: “draw boxes \
                     around all herons in the pictures of May, by Ada and Bo, reviewed by Cy”."
                </p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(&app, &tasks)
    };
    view! {
        <Title text=title />
        <AppRoom place room=Room::Tasks>
            <header class="page-head"><h1>"Tasks"</h1><div class="actions">{progress}{new}</div></header>
            {own}
            {body}
            {why_not}
        </AppRoom>
    }
}

/// What the person has to do, one way to each.
fn own_work(app: &App, tasks: Vec<&ListedTask>) -> AnyView {
    let items = tasks
        .into_iter()
        .filter(|task| task.standing == Standing::InProgress)
        .map(|task| {
            let path = task_path(app, &task.slug);
            let label = task.to_label.map(|count| work_link(format!("{path}/label"), "Label", count));
            let review = task.to_review.map(|count| work_link(format!("{path}/review"), "Review", count));
            view! {
                <li class="line">
                    <span>
                        <span class="row-name">{task.name.clone()}</span>
                        <span class="row-note">{task.does.clone()}</span>
                    </span>
                    <span class="row-actions">{label}{review}</span>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <section class="own-work">
            <h2>"My work"</h2>
            <ul class="lines" role="list">{items}</ul>
        </section>
    }
    .into_any()
}

fn work_link(href: String, does: &'static str, count: i64) -> AnyView {
    if count == 0 {
        return view! { <span class="soft">{format!("nothing to {}", does.to_lowercase())}</span> }
            .into_any();
    }
    view! { <LinkButton href=href>{format!("{does} {count}")}</LinkButton> }.into_any()
}

fn table(app: &App, tasks: &[ListedTask]) -> AnyView {
    let rows = tasks
        .iter()
        .map(|task| {
            let href = task_path(app, &task.slug);
            let due = task.due_at.map(|at| view! { <Time at=at /> }.into_any());
            let (name, done) = (task.name.clone(), done_of(task));
            let (standing, waiting) = (task.standing, task.counts.waiting);
            view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=href>{name}</a></Cell>
                    <Cell label="State"><StandingChip standing /></Cell>
                    <Cell label="Done">{done}</Cell>
                    <Cell label="In review" numeric=true>{waiting}</Cell>
                    <Cell label="Due">{due.unwrap_or_else(|| "–".into_any())}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [
        Column::text("Task"),
        Column::text("State"),
        Column::text("Done"),
        Column::numeric("In review"),
        Column::text("Due"),
    ];
    view! { <Table caption="Tasks" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

/// How much of a task is over, as a bar and in numbers.
pub(super) fn done_of(task: &ListedTask) -> AnyView {
    let (over, total) = (task.counts.over(), task.counts.total());
    let name = format!("{} is done", task.name);
    view! {
        <span class="done-of">
            <progress value=over.to_string() max=total.max(1).to_string() aria-label=name />
            <span>{format!("{over} of {total}")}</span>
        </span>
    }
    .into_any()
}

/// Where a task stands, as a small label.
#[component]
pub(super) fn StandingChip(standing: Standing) -> impl IntoView {
    let tone = match standing {
        Standing::InProgress => Tone::Accent,
        Standing::Resting => Tone::Warning,
        Standing::Done | Standing::GivenUp => Tone::Plain,
    };
    view! { <span class=tone.class()>{standing.words()}</span> }
}
