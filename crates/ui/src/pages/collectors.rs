//! `/{owner}/{app}/collectors`

use leptos::prelude::*;

use super::{collaborators::AppNameFields, task_new::Radios};
use crate::{
    api::{
        apps::App,
        collectors::{
            AddCollector, CollectorShown, Collectors as List, Standing, collector_path, list_collectors,
        },
        tasks::Choice,
    },
    components::{
        button::SubmitButton,
        chips::Tone,
        empty_state::EmptyState,
        error_summary::ErrorSummary,
        field::{TextArea, TextField},
        icon::Sign,
        list_page::ListPage,
        loaded::Loaded,
        prose::Prose,
        room::Room,
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{Form, PostForm},
    pages::app_in_address,
};

/// What gathers inputs by itself, and how each stands.
#[component]
pub fn Collectors() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| list_collectors(owner, app)
            view=|list| view! { <Body list /> }.into_any()
        />
    }
}

#[component]
fn Body(list: List) -> impl IntoView {
    let List { place, collectors, no_addition } = list;
    let list = if collectors.is_empty() {
        view! {
            <EmptyState sign=Sign::Collector title="No collectors yet">
                <p>
                    "A collector takes a share of what programs send, such as one picture in fifty of a camera’s, at most \
                     200 an hour, until there are 10,000: enough to label, and no more."
                </p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(&place.app, collectors)
    };
    ListPage {
        place,
        room: Room::Collectors,
        title: "Collectors",
        tabs: None,
        list,
        does: "Make a collector",
        no_addition,
    }
    .with_form(addition)
}

fn table(app: &App, collectors: Vec<CollectorShown>) -> AnyView {
    let rows = collectors
        .into_iter()
        .map(|one| {
            let href = collector_path(app, &one.slug);
            let source = watched(&one);
            let last = one.last_at.map(|at| view! { <Time at=at /> }.into_any());
            let why = one.reason.clone().map(|why| {
                view! { <span class="row-note is-reason"><Prose text=sentence(&why) /></span> }
            });
            let standing = one.standing;
            let gathered = of(one.gathered, one.in_total);
            let hour = of(one.this_hour, one.per_hour);
            view! {
                <tr role="row">
                    <Cell label="">
                        <span>
                            <a class="row-name" href=href>{one.slug}</a>
                            <span class="row-note">{one.description}</span>
                        </span>
                    </Cell>
                    <Cell label="State"><span><StandingChip standing /> {why}</span></Cell>
                    <Cell label="Takes"><span class="soft">{format!("{} % of {source}", one.share)}</span></Cell>
                    <Cell label="Gathered" numeric=true>{gathered}</Cell>
                    <Cell label="This hour" numeric=true>{hour}</Cell>
                    <Cell label="Last one">{last.unwrap_or_else(|| "–".into_any())}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [
        Column::text("Collector"),
        Column::text("State"),
        Column::text("Takes"),
        Column::numeric("Gathered"),
        Column::numeric("This hour"),
        Column::text("Last one"),
    ];
    view! { <Table caption="Collectors" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

/// So many, and how many there may be.
pub(super) fn of(count: i64, limit: Option<i64>) -> String {
    limit.map_or_else(|| count.to_string(), |limit| format!("{count} of {limit}"))
}

/// What a collector watches, in words that follow its share.
pub(super) fn watched(collector: &CollectorShown) -> String {
    let CollectorShown { model, caller, .. } = collector;
    match (model, caller) {
        (None, _) => "uploads".into(),
        (Some(model), None) => format!("what is predicted by {model}"),
        (Some(model), Some(caller)) => format!("what {caller} has predicted by {model}"),
    }
}

/// Words as a sentence of their own.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

/// How a collector stands, as a small label.
#[component]
pub(super) fn StandingChip(standing: Standing) -> impl IntoView {
    let tone = match standing {
        Standing::Gathering => Tone::Accent,
        Standing::Paused | Standing::FullForNow | Standing::Full => Tone::Plain,
        Standing::Stopped => Tone::Danger,
    };
    view! { <span class=tone.class()>{standing.words()}</span> }
}

fn addition(app: App) -> AnyView {
    let form = Form::<AddCollector>::new();
    let choice = |slug: &str, name: &str| Choice { slug: slug.to_owned(), name: name.to_owned() };
    let sources = vec![
        choice("uploads", "Uploads: what programs send to it, with a key"),
        choice("predictions", "Predictions: what a model of this app is asked about"),
    ];
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <AppNameFields app />
            <p class="field-hint">
                "It acts with your rights at each moment. Once you may no longer add inputs here, it stops and says why."
            </p>
            <TextField name="id" label="Id" hint="Stands in the address that programs send to, such as gate-camera." />
            <TextArea name="description" label="What it is for" optional=true />
            <Radios name="source" legend="Watches" options=sources />
            <fieldset class="fieldset">
                <legend>"Only for predictions"</legend>
                <p class="field-hint">
                    "What one of the app’s own models is asked about, on its page, in a workflow or by a program."
                </p>
                <TextField name="model" label="Model" hint="Its id." optional=true />
                <TextField name="model_version" label="Version" hint="Any, if nothing is given." optional=true />
                <TextField
                    name="caller"
                    label="Asked by"
                    hint="The user name of the one whose predictions are gathered; everybody’s, if nothing is given."
                    optional=true
                />
            </fieldset>
            <HowMuch share="100".to_owned() per_hour=None in_total=None />
            <p class="actions"><SubmitButton>"Make the collector"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}

/// The fields that say how much a collector gathers.
#[component]
pub(super) fn HowMuch(share: String, per_hour: Option<i64>, in_total: Option<i64>) -> impl IntoView {
    let limit = |limit: Option<i64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    view! {
        <TextField
            name="share"
            label="Share in a hundred"
            hint="Which inputs it takes follows from what they hold: the same one is always in it, or never."
            value=share
        />
        <TextField name="limit_per_hour" label="At most in an hour" value=limit(per_hour) optional=true />
        <TextField name="limit_in_total" label="At most in all" value=limit(in_total) optional=true />
    }
}
