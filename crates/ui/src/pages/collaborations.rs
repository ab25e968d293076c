//! `/collaborations`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::apps::{SharedApp, SharedApps, list_collaborations},
    components::{
        button::LinkButton,
        empty_state::EmptyState,
        icon::Sign,
        loaded::Loaded,
        pagination::Pagination,
        room::{Home, HomeRoom},
        table::{Cell, Column, Table},
        time::Time,
    },
    pages::cursor_in_address,
};

/// The apps that others share with the person.
#[component]
pub fn Collaborations() -> impl IntoView {
    view! {
        <Title text="Collaborations" />
        <Loaded
            key=cursor_in_address()
            fetch=list_collaborations
            view=|shared| view! { <Body shared /> }.into_any()
        />
    }
}

#[component]
fn Body(shared: SharedApps) -> impl IntoView {
    let SharedApps { person, apps, next } = shared;
    let list = if apps.is_empty() { nothing_yet() } else { list(apps) };
    let next = next.map(|id| format!("/collaborations?before={id}"));
    view! {
        <HomeRoom person room=Home::Collaborations>
            <header class="page-head"><h1>"Collaborations"</h1></header>
            {list}
            {next.map(|next| view! { <Pagination label="Collaborations" next=Some(next) position="Newest first" /> })}
        </HomeRoom>
    }
}

fn nothing_yet() -> AnyView {
    view! {
        <EmptyState sign=Sign::People title="Nothing is shared with you yet">
            <p>
                "Apps appear here as soon as someone invites one of your verified addresses. Were you invited under \
                 another address? Add it to your account, and what waits for it becomes yours."
            </p>
            <p class="actions"><LinkButton href="/account">"Add an address"</LinkButton></p>
        </EmptyState>
    }
    .into_any()
}

fn list(apps: Vec<SharedApp>) -> AnyView {
    let rows = apps
        .into_iter()
        .map(|shared| {
            let SharedApp { owner, owner_name, slug, name, access, .. } = shared;
            let limit = shared.is_limited.then(|| view! { <p class="row-note">"Certain endpoints only"</p> });
            let end = match shared.ends_at {
                Some(at) => view! { <Time at /> }.into_any(),
                None => view! { <span class="soft">"Never"</span> }.into_any(),
            };
            view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=format!("/{owner}/{slug}")>{name}</a></Cell>
                    <Cell label="Owner">{owner_name}</Cell>
                    <Cell label="Access"><div>{access} {limit}</div></Cell>
                    <Cell label="Given by"><span>{shared.granted_by} ", " <Time at=shared.granted_at /></span></Cell>
                    <Cell label="Ends">{end}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = ["App", "Owner", "Access", "Given by", "Ends"].map(Column::text).to_vec();
    view! { <Table caption="Apps shared with you" columns>{rows}</Table> }.into_any()
}
