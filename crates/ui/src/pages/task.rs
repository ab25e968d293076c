//! `/{owner}/{app}/tasks/{task}`

use atelier_domain::task::Queue;
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    collaborators::AppNameFields,
    task_new::{Radios, Select},
    tasks::{StandingChip, done_of},
};
use crate::{
    api::{
        apps::App,
        concepts::Concept,
        models::{model_path, new_model_path},
        progress::progress_path,
        tasks::{
            Choice, DeleteTask, ListedTask, SetTaskHelp, SetTaskStanding, Standing, TaskHelp, TaskHelper,
            TaskPerson, TaskShown, get_task, task_path,
        },
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        swatch::Swatch,
        table::{Cell, Column, Table, WordsCell},
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
    let TaskShown { place, task, instructions, strategy, review, concepts, people, help, .. } = shown;
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
    let help = help.map(|help| suggestions(&app, &task.slug, help));
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
            {help}
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
                    <WordsCell label="Part" text=part />
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

/// Which model helps, how well, and what could be changed about that.
fn suggestions(app: &App, task: &str, help: TaskHelp) -> AnyView {
    let TaskHelp { helper, accepted, corrected, models, no_change } = help;
    let state = match &helper {
        None => view! { <p>"No model suggests anything to those who label."</p> }.into_any(),
        Some(TaskHelper { model, from, queue, has_told }) => {
            let waits = (!has_told).then_some(
                " It has not looked at the inputs yet: that begins once it is trained and goes on by itself.",
            );
            view! {
                <p>
                    <a href=model_path(app, &model.slug)>{model.name.clone()}</a>
                    {format!(" suggests what it is at least {from} % sure of. ")} {queue.sentence()} {waits}
                </p>
            }
            .into_any()
        }
    };
    let looked_at = accepted + corrected;
    let taken = (looked_at > 0).then(|| {
        let inputs = if looked_at == 1 { "1 input".to_owned() } else { format!("{looked_at} inputs") };
        view! {
            <p class="soft">
                {format!("Of {inputs} with suggestions, {accepted} {} labelled as suggested, and {corrected} otherwise.", if accepted == 1 { "was" } else { "were" })}
            </p>
        }
    });
    let change = match no_change {
        Some(explanation) => view! { <p class="section-lead"><Prose text=explanation /></p> }.into_any(),
        None if models.is_empty() => view! {
            <p class="section-lead">
                "Train a model on what is labelled already, and it can suggest what is there in the rest. "
                <a href=new_model_path(app)>"New model"</a>
            </p>
        }
        .into_any(),
        None => help_form(app.clone(), task.to_owned(), helper, models),
    };
    view! {
        <section class="section">
            <h2>"Suggestions"</h2>
            <div class="section-lead">{state} {taken}</div>
            {change}
        </section>
    }
    .into_any()
}

fn help_form(app: App, task: String, helper: Option<TaskHelper>, models: Vec<Choice>) -> AnyView {
    let form = Form::<SetTaskHelp>::new().reloading("Saved.");
    // Without scripts what is wrong would be said out of sight.
    let is_open = form.parts().error().with_untracked(Option::is_some);
    let does = if helper.is_some() { "Change that …" } else { "Have a model help …" };
    let (model, from, queue) = helper.map_or((String::new(), "50".to_owned(), Queue::default()), |helper| {
        (helper.model.slug, helper.from, helper.queue)
    });
    let queues = Queue::ALL
        .map(|queue| Choice { slug: queue.name().to_owned(), name: queue.sentence().to_owned() })
        .to_vec();
    view! {
        <details open=is_open>
            <summary>{does}</summary>
            <PostForm form class="task-form">
                <ErrorSummary />
                <TaskFields app task />
                <Select name="model" label="Model" none="None" options=models value=model />
                <TextField
                    name="from"
                    label="Suggest from, in %"
                    kind="number"
                    hint="How sure it has to be of a concept. Labellers see how sure it is of the others, too."
                    value=from
                />
                <Radios name="queue" legend="Order" options=queues value=queue.name().to_owned() />
                <p class="actions"><SubmitButton look=Look::Secondary>"Save"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
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
