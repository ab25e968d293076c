//! `/{owner}/{app}/settings/collaborators`

use atelier_domain::Scope;
use atelier_domain::id::GrantId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use super::collaborators_filters::Filters;
use super::collaborators_layers::{Layer, Layers, OpenLayer, instead_of_following};
use super::collaborators_matrix::matrix;
use super::collaborators_tree::tree;
use crate::{
    api::{
        apps::App,
        collaborators::{CancelInvitation, LeaveApp, People, Person, ResendInvitation, Search, list_people},
    },
    components::{
        avatar::Avatar,
        button::{Look, SubmitButton},
        empty_state::EmptyState,
        error_summary::ErrorSummary,
        icon::Sign,
        loaded::{Loaded, Reload},
        pagination::Pagination,
        room::{AppRoom, Room},
        shortcuts::use_shortcut,
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{Form, PostForm},
    pages::app_in_address,
};

/// Who may do what in an app.
#[component]
pub fn Collaborators() -> impl IntoView {
    let app = app_in_address();
    let query = use_query_map();
    let key = Memo::new(move |_| (app.get(), query.with(search_in)));
    let reload = Reload::new();
    Layers::provide(reload);
    view! {
        <Loaded
            key
            reload
            fetch=|((owner, app), search)| list_people(owner, app, search)
            view=|people| view! { <Body people /> }.into_any()
        />
        <OpenLayer />
    }
}

fn search_in(query: &ParamsMap) -> Search {
    Search::read(|part| query.get(part).unwrap_or_default())
}

/// Where the pages about an app's collaborators are.
pub(super) fn list_path(app: &App) -> String {
    Room::Collaborators.path(app)
}

#[component]
fn Body(people: People) -> impl IntoView {
    let search = use_query_map().with_untracked(search_in);
    let People { place, people, inviters, next, active, pending, .. } = people;
    let app = place.app.clone();
    let path = list_path(&app);
    let can_invite = app.scopes.contains(Scope::CollaboratorsAdd);
    let invite = can_invite.then(|| invite(&app));
    let title = format!("Collaborators of {}", app.name);
    let counts = match (active, pending) {
        (active, 0) => format!("{active} people besides {}", app.owner_name),
        (active, pending) => format!("{active} people besides {}, {pending} invited", app.owner_name),
    };
    let shown = match search.view.as_str() {
        _ if people.is_empty() => nobody(search.is_narrow()),
        "tree" => tree(&app, people),
        "matrix" => matrix(&app, people),
        _ => list(&app, people),
    };
    let next = next.map(|id| Search { after: id.to_string(), ..search.clone() }.address(&path));
    let next = next.map(|next| {
        view! { <Pagination label="Collaborators" next=Some(next) position="In the order in which they were added" /> }
    });
    let leave = (!app.is_owner).then(|| view! { <Leave app=app.clone() /> });
    view! {
        <Title text=title />
        <AppRoom place room=Room::Collaborators>
            <header class="page-head">
                <h1>"Collaborators"</h1>
                {invite}
            </header>
            <Filters path search inviters />
            <p class="soft people-count">{counts}</p>
            {shown}
            {next}
            {leave}
        </AppRoom>
    }
}

/// The way to the form that adds people: a dialog, or its page where no script runs.
fn invite(app: &App) -> AnyView {
    let layers = Layers::of_page();
    let layer = Layer::Add(app.clone());
    let href = layer.page();
    let keyed = layer.clone();
    use_shortcut("i", "Add collaborators", move || layers.open(keyed.clone()));
    view! {
        <a
            id="add-people"
            class="button is-primary"
            href=href
            on:click=move |event| instead_of_following(&event, || layers.open(layer.clone()))
        >
            "Add Collaborators"
        </a>
    }
    .into_any()
}

fn nobody(is_filtered: bool) -> AnyView {
    if is_filtered {
        return view! {
            <EmptyState sign=Sign::Search title="Nobody fits">
                <p>"Try a part of a name or address, or show everyone."</p>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState sign=Sign::People title="Nobody else works here yet">
            <p>
                "Add people by their e-mail addresses, and choose for each what they can do: a worker annotates and \
                 never deletes. Whoever has no account yet is invited."
            </p>
        </EmptyState>
    }
    .into_any()
}

fn list(app: &App, people: Vec<Person>) -> AnyView {
    let rows = people
        .into_iter()
        .map(|person| view! { <PersonRow app=app.clone() person /> }.into_any())
        .collect_view();
    let columns = ["Person", "Access", "Invited by", "Ends", "Last active"].map(Column::text);
    let columns =
        columns.into_iter().chain([Column::numeric("Keys"), Column::unnamed("Actions")]).collect::<Vec<_>>();
    view! { <Table caption="Collaborators" columns>{rows}</Table> }.into_any()
}

#[component]
fn PersonRow(app: App, person: Person) -> impl IntoView {
    let called = person.called().to_owned();
    let shown = called.clone();
    let email = person.name.is_some().then(|| view! { <span class="row-note">{person.email.clone()}</span> });
    let you = person.is_you.then_some(" (you)");
    let note = (!person.note.is_empty()).then(|| view! { <p class="row-note">{person.note.clone()}</p> });
    let limited = person.limited.then(|| view! { <p class="row-note">"Certain endpoints only"</p> });
    // Text rather than elements: there are some ten for each of fifty people, of which the browser would take over each by
    // itself. The names are our own, and have no markup in them.
    let chips: String =
        person.scopes.iter().map(|scope| format!("<li class=\"chip\">{}</li>", scope.wire())).collect();
    let ends = match person.ends_at {
        Some(at) => view! { <Time at /> }.into_any(),
        None => view! { <span class="soft">"Never"</span> }.into_any(),
    };
    let active = match (person.waits_until, person.active_at) {
        (Some(at), _) => view! { <span>"Invitation ends " <Time at /></span> }.into_any(),
        (None, Some(at)) => view! { <Time at /> }.into_any(),
        (None, None) => view! { <span class="soft">"Not yet"</span> }.into_any(),
    };
    let actions = view! { <PersonActions app person=person.clone() /> }.into_any();
    view! {
        <tr role="row">
            <Cell label="">
                <span class="person">
                    <Avatar name=shown.clone() />
                    <span class="person-name">{shown} {you} {email} {note}</span>
                </span>
            </Cell>
            <Cell label="Access">
                <details class="access">
                    <summary>{person.access.clone()}</summary>
                    <ul class="chips" role="list" aria-label=format!("Scopes of {called}") inner_html=chips></ul>
                </details>
                {limited}
            </Cell>
            <Cell label="Invited by">{person.invited_by.clone()}</Cell>
            <Cell label="Ends">{ends}</Cell>
            <Cell label="Last active">{active}</Cell>
            <Cell label="Keys" numeric=true>{person.keys}</Cell>
            <Cell label="">{actions}</Cell>
        </tr>
    }
}

/// What can be done about somebody's access.
#[component]
pub(super) fn PersonActions(app: App, person: Person) -> impl IntoView {
    let waits = person.waits_until.is_some() && app.scopes.contains(Scope::CollaboratorsAdd);
    let waiting = waits.then(|| view! { <Waiting app=app.clone() grant=person.grant /> });
    let can_change = app.scopes.contains(Scope::CollaboratorsDelete) && !person.is_you;
    let change = can_change.then(|| {
        let edit = opener("Edit", &person, Layer::Edit(app.clone(), Box::new(person.clone())));
        // Taking an invitation back is all that removing somebody who has not come yet would do.
        let remove =
            (!waits).then(|| opener("Remove", &person, Layer::Remove(app, Box::new(person.clone()))));
        (edit, remove)
    });
    view! { <span class="row-actions">{change} {waiting}</span> }
}

/// A link in somebody's row that opens a dialog, or leads to the page that holds the same.
fn opener(verb: &'static str, person: &Person, layer: Layer) -> AnyView {
    let layers = Layers::of_page();
    let id = format!("{}-{}", verb.to_lowercase(), person.grant);
    let href = layer.page();
    let open = move |event| instead_of_following(&event, || layers.open(layer.clone()));
    view! {
        <a id=id class="button is-quiet" href=href on:click=open>
            {verb} <span class="visually-hidden">" " {person.called().to_owned()}</span>
        </a>
    }
    .into_any()
}

/// What can be done about an invitation that waits.
#[component]
fn Waiting(app: App, grant: GrantId) -> impl IntoView {
    let same_app = app.clone();
    let resend =
        Form::<ResendInvitation>::keyed(&grant.to_string()).reloading("The invitation was mailed again.");
    let cancel =
        Form::<CancelInvitation>::keyed(&grant.to_string()).reloading("The invitation was taken back.");
    view! {
        <PostForm form=resend class="is-inline">
            <GrantFields app=same_app grant />
            <SubmitButton look=Look::Quiet>"Resend"</SubmitButton>
            <ErrorSummary />
        </PostForm>
        <PostForm form=cancel class="is-inline">
            <GrantFields app grant />
            <SubmitButton look=Look::Quiet>"Cancel invitation"</SubmitButton>
            <ErrorSummary />
        </PostForm>
    }
}

/// The hidden fields that say which grant of which app a form is about.
#[component]
pub(super) fn GrantFields(app: App, grant: GrantId) -> impl IntoView {
    view! {
        <AppNameFields app />
        <input type="hidden" name="grant" value=grant.0.to_string() />
    }
}

/// The hidden fields that say which app a form is about.
#[component]
pub(super) fn AppNameFields(app: App) -> impl IntoView {
    view! {
        <input type="hidden" name="owner" value=app.owner />
        <input type="hidden" name="app" value=app.slug />
    }
}

#[component]
fn Leave(app: App) -> impl IntoView {
    let form = Form::<LeaveApp>::new();
    view! {
        <section class="page-part">
            <h2>"Leave"</h2>
            <p>
                {format!(
                    "You lose your access to {} and its keys at once. The people whom you invited stay, under \
                     whoever invited you.",
                    app.name
                )}
            </p>
            <PostForm form>
                <ErrorSummary />
                <AppNameFields app />
                <SubmitButton look=Look::Danger>"Leave this app"</SubmitButton>
            </PostForm>
        </section>
    }
}
