//! `/{owner}/{app}/settings`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::apps::{App, AppSettings, ChangeApp, DeleteApp, get_app_settings},
    components::{
        button::{Look, SubmitButton},
        error_summary::ErrorSummary,
        field::{TextArea, TextField},
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, NoPermission, Room},
    },
    error::UiError,
    form::{Form, PostForm},
    pages::{app_in_address, set_status},
};

/// An app's name, address, description, and its end.
#[component]
pub fn Settings() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| get_app_settings(owner, app)
            view=|settings| view! { <Body settings /> }.into_any()
        />
    }
}

#[component]
fn Body(settings: AppSettings) -> impl IntoView {
    let AppSettings { place, no_change, no_deletion } = settings;
    let app = place.app.clone();
    let title = format!("Settings of {}", app.name);
    let sections = match (no_change, no_deletion) {
        // Whoever cannot rename an app cannot delete it either: every right to delete contains that one.
        (Some(explanation), _) => {
            set_status(UiError::Forbidden { explanation: String::new() }.status());
            view! { <NoPermission explanation /> }.into_any()
        }
        (None, no_deletion) => view! {
            <General app=app.clone() />
            <Deletion app no_deletion />
        }
        .into_any(),
    };
    view! {
        <Title text=title />
        <AppRoom place room=Room::Settings>
            <header class="page-head"><h1>"Settings"</h1></header>
            {sections}
        </AppRoom>
    }
}

/// The hidden fields that say which app a form is about.
#[component]
fn AppFields(owner: String, slug: String) -> impl IntoView {
    view! {
        <input type="hidden" name="owner" value=owner />
        <input type="hidden" name="app" value=slug />
    }
}

#[component]
fn General(app: App) -> impl IntoView {
    let slug = app.slug.clone();
    // One that moved to another address is shown anew there.
    let form = Form::<ChangeApp>::new().reloading_if("Saved.", move |now| *now == slug);
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <AppFields owner=app.owner.clone() slug=app.slug.clone() />
            <TextField name="name" label="Name" value=app.name />
            <TextField
                name="slug"
                label="Short name"
                hint=format!("Part of the app’s address: /{}/… Links to the old address end.", app.owner)
                value=app.slug
            />
            <TextArea name="description" label="Description" value=app.description optional=true />
            <p class="actions"><SubmitButton>"Save"</SubmitButton></p>
        </PostForm>
    }
}

#[component]
fn Deletion(app: App, no_deletion: Option<String>) -> impl IntoView {
    let body = match no_deletion {
        Some(explanation) => view! { <p class="section-lead"><Prose text=explanation /></p> }.into_any(),
        None => deletion_form(app),
    };
    view! {
        <section class="section">
            <h2>"Delete this app"</h2>
            {body}
        </section>
    }
}

fn deletion_form(app: App) -> AnyView {
    let form = Form::<DeleteApp>::new();
    let whose = if app.is_owner { "You" } else { "Its owner" };
    view! {
        <p class="section-lead">
            "From that moment nobody can open it, and every key to it stops working. "
            {whose} " can restore it for 30 days; then it is gone for good."
        </p>
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <AppFields owner=app.owner slug=app.slug.clone() />
            <TextField name="confirmation" label=format!("Type {} to confirm", app.slug) />
            <p class="actions"><SubmitButton look=Look::Danger>"Delete this app"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}
