//! `/apps/new`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::{
        apps::{CreateApp, slug_of},
        identity::{Person, require_person},
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        field::{TextArea, TextField},
        layout::Crumb,
        loaded::Loaded,
        room::{Home, HomeRoom},
    },
    form::{Form, PostForm},
};

/// Makes an app.
#[component]
pub fn NewApp() -> impl IntoView {
    view! {
        <Title text="New app" />
        <Loaded key=() fetch=|()| require_person() view=|person| view! { <Body person /> }.into_any() />
    }
}

#[component]
fn Body(person: Person) -> impl IntoView {
    let form = Form::<CreateApp>::new();
    let suggestion = RwSignal::new(String::new());
    let below = Crumb { href: "/apps/new".to_owned(), label: "New app".to_owned() };
    let hint =
        format!("Part of the app’s address: /{}/… Made from the name if you leave it empty.", person.slug);
    view! {
        <HomeRoom person room=Home::Apps below>
            <header class="page-head"><h1>"New app"</h1></header>
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <TextField
                    name="name"
                    label="Name"
                    hint="As everyone will see it."
                    on_input=move |name: String| suggestion.set(slug_of(&name))
                />
                <TextField name="slug" label="Short name" hint placeholder=suggestion optional=true />
                <TextArea
                    name="description"
                    label="Description"
                    hint="What it is for, so that people whom you invite know."
                    optional=true
                />
                <p class="actions">
                    <SubmitButton>"Make the app"</SubmitButton>
                    <LinkButton href="/apps" look=Look::Quiet>"Cancel"</LinkButton>
                </p>
            </PostForm>
        </HomeRoom>
    }
}
