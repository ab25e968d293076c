//! `/{owner}/{app}/settings/audit` and `/account/audit`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{
        apps::AppPlace,
        audit::{Change, Entries, Entry, Filter, list_app_audit, list_own_audit},
        identity::Person,
    },
    components::{
        empty_state::EmptyState,
        icon::Sign,
        layout::Crumb,
        loaded::Loaded,
        pagination::Pagination,
        room::{AppRoom, Home, HomeRoom, Room},
        table::{Cell, Column, Table},
        time::Time,
    },
    error::UiError,
    pages::app_in_address,
};

/// Where one's own list is.
const OWN: &str = "/account/audit";

/// What kinds of things are told, by how the names of their actions begin.
const KINDS: [(&str, &str); 19] = [
    ("", "Everything"),
    ("collaborator", "Collaborators"),
    ("invitation", "Invitations"),
    ("key", "Keys"),
    ("app", "Apps"),
    ("input", "Inputs"),
    ("annotation", "Annotations"),
    ("concept", "Concepts"),
    ("vocab", "Vocabularies"),
    ("dataset", "Datasets"),
    ("task", "Tasks"),
    ("model", "Models"),
    ("workflow", "Workflows"),
    ("collector", "Collectors"),
    ("search", "Searches"),
    ("address", "Addresses"),
    ("password", "Passwords"),
    ("passkey", "Passkeys"),
    ("session", "Sessions"),
];

/// What was done in an app, by whom, with before and after.
#[component]
pub fn AppAudit() -> impl IntoView {
    let (app, filter) = (app_in_address(), filter_in_address());
    let key = Memo::new(move |_| (app.get(), filter.get()));
    view! { <Loaded key fetch=fetch_of_app view=|found| view! { <OfApp found /> }.into_any() /> }
}

async fn fetch_of_app(
    ((owner, app), filter): ((String, String), Filter),
) -> Result<(AppPlace, Entries), UiError> {
    list_app_audit(owner, app, filter).await
}

#[component]
fn OfApp(found: (AppPlace, Entries)) -> impl IntoView {
    let (place, entries) = found;
    let path = Room::Audit.path(&place.app);
    view! {
        <Title text=format!("Audit of {}", place.app.name) />
        <AppRoom place room=Room::Audit>
            <header class="page-head"><h1>"Audit"</h1></header>
            <p class="section-lead">
                "Everything that changed who may do what here, and everything that was deleted. Entries are added and never changed."
            </p>
            {list(&path, entries)}
            {downloads(&path)}
        </AppRoom>
    }
}

/// What was done by and to whoever is signed in.
#[component]
pub fn OwnAudit() -> impl IntoView {
    view! {
        <Loaded key=filter_in_address() fetch=list_own_audit view=|found| view! { <Own found /> }.into_any() />
    }
}

#[component]
fn Own(found: (Person, Entries)) -> impl IntoView {
    let (person, entries) = found;
    let crumb = Crumb { href: OWN.to_owned(), label: "Audit".to_owned() };
    view! {
        <Title text="Audit" />
        <HomeRoom person room=Home::Account below=crumb>
            <header class="page-head"><h1>"Audit"</h1></header>
            <p class="section-lead">"What you did, and what was done to your access."</p>
            {list(OWN, entries)}
        </HomeRoom>
    }
}

fn filter_in_address() -> Memo<Filter> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| {
            let part = |name: &str| query.get(name).unwrap_or_default();
            Filter {
                actor: part("actor"),
                subject: part("subject"),
                action: part("action"),
                from: part("from"),
                until: part("until"),
                before: part("before"),
            }
        })
    })
}

fn list(path: &str, entries: Entries) -> AnyView {
    let filter = filter_in_address().get_untracked();
    let next = entries.next.map(|before| address(path, &Filter { before, ..filter.clone() }));
    let body = if entries.entries.is_empty() {
        view! {
            <EmptyState sign=Sign::Search title="Nothing to tell">
                <p>"Nothing of this kind was done in this time. Choose less to see more."</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = entries.entries.into_iter().map(row).collect_view();
        let columns = ["When", "Who", "What", "Changes", "From"].map(Column::text).to_vec();
        view! { <Table caption="Audit" columns>{rows}</Table> }.into_any()
    };
    view! {
        {filters(path.to_owned(), filter)}
        {body}
        {next.map(|next| view! { <Pagination label="Audit" next=Some(next) position="The newest first" /> })}
    }
    .into_any()
}

/// `path`, with what is asked for of the list that is there.
fn address(path: &str, filter: &Filter) -> String {
    let Filter { actor, subject, action, from, until, before } = filter;
    let query = [
        ("actor", actor),
        ("subject", subject),
        ("action", action),
        ("from", from),
        ("until", until),
        ("before", before),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format!("{name}={}", leptos_router::location::Url::escape(value)))
    .collect::<Vec<_>>();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Where everything that fits the filter is given out as files, whatever part of it the page shows.
fn downloads(path: &str) -> AnyView {
    let filter = Filter { before: String::new(), ..filter_in_address().get_untracked() };
    let link = |ending: &str, name: &'static str| {
        let href = address(&format!("{path}.{ending}"), &filter);
        // The server answers it: it is no page of the application.
        view! { <a href=href rel="external">{name}</a> }
    };
    view! {
        <p class="page-note">
            "All of what is listed, as a file: " {link("csv", "CSV")} ", " {link("jsonl", "JSON Lines")}
        </p>
    }
    .into_any()
}

fn filters(path: String, filter: Filter) -> AnyView {
    let kinds = KINDS
        .into_iter()
        .map(|(value, name)| {
            let selected = filter.action == value;
            view! { <option value=value selected=selected>{name}</option> }.into_any()
        })
        .collect_view();
    view! {
        <form class="filters" method="get" action=path role="search">
            <label for="audit-actor">"Done by"</label>
            <input id="audit-actor" class="input" type="search" name="actor" value=filter.actor />
            <label for="audit-subject">"Done to"</label>
            <input id="audit-subject" class="input" type="search" name="subject" value=filter.subject />
            <label for="audit-action">"About"</label>
            <select id="audit-action" class="input" name="action">{kinds}</select>
            <label for="audit-from">"From"</label>
            <input id="audit-from" class="input" type="date" name="from" value=filter.from />
            <label for="audit-until">"Until"</label>
            <input id="audit-until" class="input" type="date" name="until" value=filter.until />
            <button class="button" type="submit">"Filter"</button>
        </form>
    }
    .into_any()
}

fn row(entry: Entry) -> AnyView {
    let changes = entry.changes.into_iter().map(change).collect_view();
    let with_key = entry.with_key.then(|| view! { <p class="row-note">"with a key"</p> });
    view! {
        <tr role="row">
            <Cell label="When"><Time at=entry.at /></Cell>
            <Cell label="Who"><span>{entry.actor} {with_key}</span></Cell>
            <Cell label="What">
                <span>{sentence(&entry.action)} " " <strong>{entry.subject}</strong></span>
            </Cell>
            <Cell label="Changes"><dl class="audit-changes">{changes}</dl></Cell>
            <Cell label="From"><code>{entry.address}</code></Cell>
        </tr>
    }
    .into_any()
}

fn change(change: Change) -> AnyView {
    let before = change.before.map(|before| view! { <del>{before}</del> });
    let after = change.after.map(|after| view! { <ins>{after}</ins> });
    view! {
        <div>
            <dt>{change.name}</dt>
            <dd>{before} " " {after}</dd>
        </div>
    }
    .into_any()
}

/// What was done, so that the name of whom it was done to follows.
fn sentence(action: &str) -> &str {
    match action {
        "account.created" => "signed up as",
        "session.started" => "signed in as",
        "session.refused" => "was refused to sign in as",
        "session.ended" => "ended a session of",
        "address.added" => "added the address",
        "address.verified" => "verified the address",
        "address.removed" => "removed the address",
        "password.changed" => "changed the password of",
        "identity.connected" => "connected to the account a way to sign in:",
        "identity.disconnected" => "disconnected from the account a way to sign in:",
        "passkey.added" => "added the passkey",
        "passkey.refused" => "was refused with a passkey of",
        "passkey.removed" => "removed the passkey",
        "second_factor.added" => "set up a second factor of",
        "second_factor.refused" => "was refused by the second factor of",
        "second_factor.removed" => "switched off the second factor of",
        "recovery_codes.made" => "made recovery codes of",
        "recovery_codes.used" => "used a recovery code of",
        "app.created" => "made the app",
        "app.changed" => "changed the app",
        "app.deleted" => "deleted the app",
        "app.restored" => "restored the app",
        "collaborator.added" => "added",
        "collaborator.invited" => "invited",
        "collaborator.joined" => "took up the invitation of",
        "collaborator.changed" => "changed the access of",
        "collaborator.removed" => "removed",
        "collaborator.left" => "left:",
        "invitation.resent" => "mailed again the invitation of",
        "invitation.canceled" => "took back the invitation of",
        "invitation.lapsed" => "ended the lapsed invitation of",
        "key.created" => "made the key",
        "key.opened" => "opened the key",
        "key.changed" => "changed the key",
        "key.rotated" => "gave another secret to the key",
        "key.revoked" => "revoked the key",
        "key.reported_leaked" => "reported as leaked the key",
        "key.reused" => "used an earlier secret and so ended the key",
        "input.deleted" => "deleted inputs:",
        "annotation.deleted" => "deleted annotations:",
        "annotation.overwritten" => "took away from annotations:",
        "annotation.restored" => "put back annotations:",
        "concept.deleted" => "deleted concepts:",
        "concept.merged" => "merged other concepts into",
        "vocab.deleted" => "deleted vocabularies:",
        "workflow.deleted" => "deleted workflows:",
        "workflow_version.deleted" => "deleted versions of the workflow",
        "task.deleted" => "deleted tasks:",
        "model.deleted" => "deleted models:",
        "model.shared" => "shared the model",
        "model.withdrawn" => "stopped sharing the model",
        "model_version.deleted" => "deleted a version of the model",
        "collector.created" => "made the collector",
        "collector.changed" => "changed the collector",
        "collector.stopped" => "stopped the collector",
        "collector.deleted" => "deleted collectors:",
        other => other,
    }
}
