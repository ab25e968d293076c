//! `/{owner}/{app}/tasks/{task}/progress`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::{
        progress::{TaskProgress, get_task_progress},
        tasks::task_path,
    },
    components::{
        button::LinkButton,
        figure::FigureWithTable,
        layout::Crumb,
        live::AT_HAND,
        loaded::Loaded,
        room::{AppRoom, Room},
    },
    pages::thing_in_address,
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
    let figures =
        figures.into_iter().map(|figure| view! { <FigureWithTable figure /> }.into_any()).collect_view();
    view! {
        <Title text=format!("Progress · {name}") />
        <AppRoom place room=Room::Tasks below=below>
            <header class="page-head">
                <h1>{format!("Progress of {name}")}</h1>
                <LinkButton href=path>"Back to the task"</LinkButton>
            </header>
            // While a team works, something changes all the time: the page is how it was when it was opened.
            <div class=AT_HAND>{figures}</div>
        </AppRoom>
    }
}
