//! `/apps`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::apps::{OwnApp, OwnApps, RestoreApp, list_apps},
    components::{
        button::{LinkButton, Look, SubmitButton},
        empty_state::EmptyState,
        error_summary::ErrorSummary,
        icon::Sign,
        loaded::Loaded,
        pagination::Pagination,
        room::{Home, HomeRoom},
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{Form, PostForm},
    pages::cursor_in_address,
};

/// One's own apps, and the deleted ones that can be restored.
#[component]
pub fn Apps() -> impl IntoView {
    view! {
        <Title text="Apps" />
        <Loaded key=cursor_in_address() fetch=list_apps view=|apps| view! { <Body apps /> }.into_any() />
    }
}

#[component]
fn Body(apps: OwnApps) -> impl IntoView {
    let OwnApps { person, apps, deleted, next } = apps;
    let is_empty = apps.is_empty();
    let list = if is_empty { nothing_yet() } else { list(apps) };
    let next = next.map(|id| format!("/apps?before={id}"));
    view! {
        <HomeRoom person room=Home::Apps>
            <header class="page-head">
                <h1>"Apps"</h1>
                // An empty page has its one action in the middle.
                {(!is_empty).then(|| view! {
                    <LinkButton href="/apps/new" look=Look::Primary icon=Sign::Add>"New app"</LinkButton>
                })}
            </header>
            {list}
            {next.map(|next| view! { <Pagination label="Apps" next=Some(next) position="Newest first" /> })}
            {(!deleted.is_empty()).then(|| self::deleted(deleted))}
        </HomeRoom>
    }
}

fn nothing_yet() -> AnyView {
    view! {
        <EmptyState sign=Sign::Atelier title="No app of yours yet">
            <p>
                "An app holds the pictures and texts that you label together, their concepts, and the people who work \
                 on them. A harmless start is one called “Trying things out”: you can delete it again."
            </p>
            <p class="actions">
                <LinkButton href="/apps/new" look=Look::Primary icon=Sign::Add>"New app"</LinkButton>
            </p>
            <p>"Looking for something shared with you? It is under " <a href="/collaborations">"Collaborations"</a> "."</p>
        </EmptyState>
    }
    .into_any()
}

fn list(apps: Vec<OwnApp>) -> AnyView {
    let rows = apps
        .into_iter()
        .map(|app| {
            let OwnApp { owner, slug, name, description, made_at, .. } = app;
            let address = format!("{owner}/{slug}");
            let href = format!("/{address}");
            view! {
                <tr role="row">
                    <Cell label="">
                        <div>
                            <a class="row-name" href=href>{name}</a>
                            {(!description.is_empty()).then(|| view! { <p class="row-note">{description}</p> })}
                        </div>
                    </Cell>
                    <Cell label="Address"><code>{address}</code></Cell>
                    <Cell label="Made"><Time at=made_at /></Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Table
            caption="Your apps"
            columns=vec![Column::text("Name"), Column::text("Address"), Column::text("Made")]
        >
            {rows}
        </Table>
        <p class="page-note">
            "Apps that others share with you are under " <a href="/collaborations">"Collaborations"</a> "."
        </p>
    }
    .into_any()
}

fn deleted(apps: Vec<OwnApp>) -> AnyView {
    let rows = apps
        .into_iter()
        .map(|app| {
            let OwnApp { id, slug, name, restorable_until, .. } = app;
            let form = Form::<RestoreApp>::keyed(&id).reloading("Restored.");
            let title = name.clone();
            view! {
                <tr role="row">
                    <Cell label=""><span>{title} " " <code>{slug}</code></span></Cell>
                    <Cell label="Gone for good">{restorable_until.map(|at| view! { <Time at /> })}</Cell>
                    <Cell label="">
                        <PostForm form class="row-form">
                            <ErrorSummary />
                            <input type="hidden" name="id" value=id />
                            <SubmitButton look=Look::Secondary>
                                "Restore" <span class="visually-hidden">" " {name}</span>
                            </SubmitButton>
                        </PostForm>
                    </Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <section class="section">
            <h2>"Deleted"</h2>
            <p class="section-lead">"Nobody can open these. You can restore each for 30 days after you deleted it."</p>
            <Table
                caption="Deleted apps"
                columns=vec![Column::text("Name"), Column::text("Gone for good"), Column::unnamed("Restore")]
            >
                {rows}
            </Table>
        </section>
    }
    .into_any()
}
