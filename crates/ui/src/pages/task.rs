//! `/{owner}/{app}/tasks/{task}`

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    collaborators::AppNameFields,
    tasks::{StandingChip, done_of},
};
use crate::{
    api::{
        apps::App,
        concepts::Concept,
        progress::progress_path,
        tasks::{
            DeleteTask, ListedTask, SetTaskStanding, Standing, TaskPerson, TaskShown, get_task, task_path,
        },
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        swatch::Swatch,
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{Form, PostForm},
    pages::thing_in_address,
};

/// One task: how far it is, person by person, and the ways to work on it.
#[component]
pub fn OneTask() -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("task")
            fetch=|(owner, app, task)| get_task(owner, app, task)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: TaskShown) -> impl IntoView {
    let TaskShown { place, task, instructions, strategy, review, concepts, people, .. } = shown;
    let (no_change, no_deletion) = (shown.no_change, shown.no_deletion);
    let app = place.app.clone();
    let path = task_path(&app, &task.slug);
    let below = Crumb { href: path.clone(), label: task.name.clone() };
    let due = task.due_at.map(|at| view! { <span>" To be done " <Time at=at /> "."</span> });
    let ways = ways(&path, &task);
    let progress = shown
        .has_progress
        .then(|| view! { <p><a href=progress_path(&app, &task.slug)>"How the work goes on"</a></p> });
    let standing = match no_change {
        Some(explanation) => view! { <p class="section-lead"><Prose text=explanation /></p> }.into_any(),
        None => standing_forms(&app, &task),
    };
    let end = match no_deletion {
        Some(explanation) => view! { <p class="section-lead"><Prose text=explanation /></p> }.into_any(),
        None => deletion(app.clone(), task.slug.clone()),
    };
    let instructions = (!instructions.is_empty()).then(|| {
        view! {
            <section class="section">
                <h2>"Instructions"</h2>
                <div class="instructions" inner_html=instructions />
            </section>
        }
    });
    view! {
        <Title text=task.name.clone() />
        <AppRoom place room=Room::Tasks below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1>{task.name.clone()}</h1>
                    <StandingChip standing=task.standing />
                </div>
                {ways}
            </header>
            <p class="section-lead">{strategy} " " {review} {due}</p>
            <p>{done_of(&task)}</p>
            {progress}
            <section class="section">
                <h2>"People"</h2>
                {people_table(people)}
            </section>
            {instructions}
            <section class="section">
                <h2>"Choices"</h2>
                {choices(concepts)}
            </section>
            <section class="section">
                <h2>"State"</h2>
                {standing}
            </section>
            <section class="section">
                <h2>"Delete this task"</h2>
                {end}
            </section>
        </AppRoom>
    }
}

/// The ways to the person's own work in it.
fn ways(path: &str, task: &ListedTask) -> AnyView {
    let label = task.to_label.filter(|count| *count > 0).map(|count| {
        view! { <LinkButton look=Look::Primary href=format!("{path}/label")>{format!("Label {count}")}</LinkButton> }
    });
    let review = task.to_review.filter(|count| *count > 0).map(|count| {
        view! { <LinkButton href=format!("{path}/review")>{format!("Review {count}")}</LinkButton> }
    });
    view! { <span class="actions">{label}{review}</span> }.into_any()
}

fn people_table(people: Vec<TaskPerson>) -> AnyView {
    let rows = people
        .into_iter()
        .map(|TaskPerson { name, labels, reviews, counts }| {
            let is_pool = name.is_empty();
            let name = if is_pool { "The common pool".to_owned() } else { name };
            let part = match (is_pool, labels, reviews) {
                (true, ..) => "taken by whoever is free",
                (_, true, true) => "labels and reviews",
                (_, true, false) => "labels",
                (_, false, true) => "reviews",
                (_, false, false) => "took part",
            };
            view! {
                <tr role="row">
                    <Cell label=""><span class="row-name">{name}</span></Cell>
                    <Cell label="Part"><span class="soft">{part}</span></Cell>
                    <Cell label="To label" numeric=true>{counts.pending}</Cell>
                    <Cell label="In review" numeric=true>{counts.waiting}</Cell>
                    <Cell label="Done" numeric=true>{counts.done}</Cell>
                    <Cell label="Rejected" numeric=true>{counts.rejected}</Cell>
                    <Cell label="Skipped" numeric=true>{counts.skipped}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [
        Column::text("Person"),
        Column::text("Part"),
        Column::numeric("To label"),
        Column::numeric("In review"),
        Column::numeric("Done"),
        Column::numeric("Rejected"),
        Column::numeric("Skipped"),
    ];
    view! { <Table caption="People" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

fn choices(concepts: Vec<Concept>) -> AnyView {
    let items = concepts
        .into_iter()
        .map(|concept| {
            view! {
                <li class="chip"><span class="swatched"><Swatch color=concept.color />{concept.name}</span></li>
            }
            .into_any()
        })
        .collect_view();
    view! { <ul class="chips" role="list" aria-label="Choices">{items}</ul> }.into_any()
}

/// The hidden fields that say of which task of which app a form is.
#[component]
pub(super) fn TaskFields(app: App, task: String) -> impl IntoView {
    view! {
        <AppNameFields app />
        <input type="hidden" name="task" value=task />
    }
}

fn standing_forms(app: &App, task: &ListedTask) -> AnyView {
    let turn = |to: &'static str, does: &'static str, done: &'static str, look: Look| {
        let form = Form::<SetTaskStanding>::keyed(to).reloading(done);
        let (app, task) = (app.clone(), task.slug.clone());
        view! {
            <PostForm form class="is-inline">
                <ErrorSummary />
                <TaskFields app task />
                <input type="hidden" name="to" value=to />
                <SubmitButton look=look>{does}</SubmitButton>
            </PostForm>
        }
        .into_any()
    };
    let forms = match task.standing {
        Standing::InProgress => vec![
            turn("rest", "Let it rest", "It rests.", Look::Secondary),
            turn("give-up", "Give it up", "It was given up.", Look::Secondary),
        ],
        _ => vec![turn("work", "Go on with it", "It goes on.", Look::Secondary)],
    };
    view! {
        <p class="section-lead">"While it rests or is given up, nobody labels or reviews in it. What was done stays."</p>
        <div class="actions">{forms}</div>
    }
    .into_any()
}

/// It opens first, so that no single press does it, without JavaScript either.
fn deletion(app: App, task: String) -> AnyView {
    let form = Form::<DeleteTask>::new();
    view! {
        <details>
            <summary>"Delete it …"</summary>
            <PostForm form>
                <ErrorSummary />
                <TaskFields app task />
                <p>
                    "Who labelled what, and what reviewers wrote, goes with it. What was said of inputs stays. This cannot \
                     be undone."
                </p>
                <p class="actions"><SubmitButton look=Look::Danger>"Delete this task"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
}
