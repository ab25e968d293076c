//! `/{owner}/{app}/settings/api`

use atelier_domain::id::KeyId;
use atelier_domain::{BasicScope, Endpoint, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::calls::{Call, Calls, list_calls},
    components::{
        chips::Tone,
        copyable::Copyable,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        table::{Cell, Column, Table},
    },
    pages::app_in_address,
};

/// What of the wire one can call in an app, with each of one's keys.
#[component]
pub fn Api() -> impl IntoView {
    let app = app_in_address();
    let query = use_query_map();
    let chosen = move || query.with(|query| query.get("key").and_then(|id| id.parse::<KeyId>().ok()));
    let key = Memo::new(move |_| (app.get(), chosen()));
    view! {
        <Loaded
            key
            fetch=fetch
            view=|calls| view! { <Body calls /> }.into_any()
        />
    }
}

async fn fetch(
    ((owner, app), key): ((String, String), Option<KeyId>),
) -> Result<Calls, crate::error::UiError> {
    list_calls(owner, app, key).await
}

#[component]
fn Body(calls: Calls) -> impl IntoView {
    let Calls { place, keys, calls } = calls;
    let chosen = use_query_map().with_untracked(|query| query.get("key").unwrap_or_default());
    let app = place.app.clone();
    let path = Room::Api.path(&app);
    let open = calls.iter().filter(|call| call.refusal.is_none()).count();
    let count = format!("{open} of {} endpoints are open.", calls.len());
    let options = keys
        .into_iter()
        .map(|(id, description)| {
            let id = id.to_string();
            let selected = id == chosen;
            view! { <option value=id selected=selected>{description}</option> }.into_any()
        })
        .collect_view();
    let sections = groups(&calls);
    let example = format!("/v2/users/{}/apps/{}", app.owner, app.slug);
    view! {
        <Title text=format!("API of {}", app.name) />
        <AppRoom place room=Room::Api>
            <header class="page-head"><h1>"API"</h1></header>
            <p class="section-lead">
                "Programs reach this app by REST and by gRPC, on this server's address, with the header "
                <code>"Authorization: Key …"</code> ". Official clients work unchanged. The whole description is in "
                <a href="/v2/openapi.json" rel="external">"openapi.json"</a> "."
            </p>
            <p><Copyable value=example what="path of the app" /></p>
            <form class="filters" method="get" action=path>
                <label for="api-key">"Show what can be called with"</label>
                <select id="api-key" class="input" name="key">
                    <option value="" selected=chosen.is_empty()>"everything you have here"</option>
                    {options}
                </select>
                <button class="button" type="submit">"Show"</button>
                <span class="soft" role="status">{count}</span>
            </form>
            {sections}
        </AppRoom>
    }
}

/// The endpoints under the groups of scopes that they belong to; first those of no group.
fn groups(calls: &[Call]) -> AnyView {
    let groups = [None].into_iter().chain(BasicScope::ALL.into_iter().map(Some));
    groups
        .filter_map(|group| {
            let of_group: Vec<_> = calls
                .iter()
                .filter_map(|call| Some((call.rpc.parse::<Endpoint>().ok()?, call)))
                .filter(|(endpoint, _)| endpoint.group() == group)
                .collect();
            let title = group.map_or("Account and app", BasicScope::name);
            (!of_group.is_empty()).then(|| section(title, of_group))
        })
        .collect_view()
        .into_any()
}

fn section(title: &'static str, calls: Vec<(Endpoint, &Call)>) -> AnyView {
    let rows = calls.into_iter().map(|(endpoint, call)| row(endpoint, call)).collect_view();
    let columns = ["Endpoint", "REST", "Needs", "With this"].map(Column::text).to_vec();
    view! {
        <section class="section">
            <h2>{title}</h2>
            <Table caption=format!("Endpoints: {title}") columns>{rows}</Table>
        </section>
    }
    .into_any()
}

fn row(endpoint: Endpoint, call: &Call) -> AnyView {
    let needs = words::scope_names(endpoint.needs());
    let path = endpoint.paths().first().copied().unwrap_or_default().replace("user_app_id.", "");
    let (class, mark) = match &call.refusal {
        None => (Tone::Accent.class(), "Open"),
        Some(_) => (Tone::Plain.class(), "Refused"),
    };
    let why = call.refusal.clone().map(|why| view! { <p class="row-note is-reason"><Prose text=why /></p> });
    view! {
        <tr role="row">
            <Cell label=""><code class="row-name">{endpoint.rpc()}</code></Cell>
            <Cell label="REST"><code class="api-path">{endpoint.verb().as_str()} " " {path}</code></Cell>
            <Cell label="Needs"><span class="api-needs"><Prose text=needs /></span></Cell>
            <Cell label="With this"><span><span class=class>{mark}</span> {why}</span></Cell>
        </tr>
    }
    .into_any()
}
