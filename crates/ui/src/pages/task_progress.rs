//! `/{owner}/{app}/tasks/{task}/progress`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::{
        progress::{AppProgress, Figure, TaskProgress, get_app_progress, get_task_progress},
        tasks::{task_path, tasks_path},
    },
    components::{
        button::LinkButton,
        empty_state::EmptyState,
        figure::FigureWithTable,
        icon::Sign,
        layout::Crumb,
        live::AT_HAND,
        loaded::Loaded,
        room::{AppRoom, Room},
    },
    pages::{app_in_address, thing_in_address},
};

/// How the work in a task goes on.
#[component]
pub fn ProgressOfTask() -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("task")
            fetch=|(owner, app, task)| get_task_progress(owner, app, task)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: TaskProgress) -> impl IntoView {
    let TaskProgress { place, slug, name, figures } = shown;
    let path = task_path(&place.app, &slug);
    let below = Crumb { href: path.clone(), label: name.clone() };
    view! {
        <Title text=format!("Progress · {name}") />
        <AppRoom place room=Room::Tasks below=below>
            <header class="page-head">
                <h1>{format!("Progress of {name}")}</h1>
                <LinkButton href=path>"Back to the task"</LinkButton>
            </header>
            {drawn(figures)}
        </AppRoom>
    }
}

/// The figures. While a team works, something changes all the time: the page is how it was when it was opened.
fn drawn(figures: Vec<Figure>) -> AnyView {
    let figures =
        figures.into_iter().map(|figure| view! { <FigureWithTable figure /> }.into_any()).collect_view();
    view! { <div class=AT_HAND>{figures}</div> }.into_any()
}

/// How the work in all tasks of an app goes on.
#[component]
pub fn ProgressOfApp() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| get_app_progress(owner, app)
            view=|shown| view! { <BodyOfApp shown /> }.into_any()
        />
    }
}

#[component]
fn BodyOfApp(shown: AppProgress) -> impl IntoView {
    let AppProgress { place, figures } = shown;
    let path = tasks_path(&place.app);
    let body = if figures.is_empty() {
        view! {
            <EmptyState sign=Sign::Task title="Nothing is in a task yet">
                <p>"How far the tasks are, who did how much, and which concepts occur how often is shown here."</p>
            </EmptyState>
        }
        .into_any()
    } else {
        drawn(figures)
    };
    view! {
        <Title text=format!("Progress of {}", place.app.name) />
        <AppRoom place room=Room::Tasks below=Crumb { href: path.clone(), label: "Progress".into() }>
            <header class="page-head">
                <h1>"Progress of all tasks"</h1>
                <LinkButton href=path>"Back to the tasks"</LinkButton>
            </header>
            {body}
        </AppRoom>
    }
}
