//! `/account/keys/new`

use atelier_domain::{Preset, ScopeSet};
use leptos::prelude::*;
use leptos_meta::Title;

use super::collaborators_access::Ends;
use super::keys::crumb;
use crate::{
    api::keys::{KeyPlaces, MakeKey, list_key_places},
    components::{
        button::{LinkButton, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
        loaded::Loaded,
        room::{Home, HomeRoom},
        scope_picker::{ChoiceSummary, ScopeChoice, ScopePicker},
        secret_once::SecretOnce,
    },
    form::{Form, FormParts, PostForm},
};

/// Makes a key: what it reaches, what it gives, when it ends; its secret is shown once.
#[component]
pub fn NewKey() -> impl IntoView {
    view! {
        <Loaded
            key=Signal::derive(|| ())
            fetch=|()| list_key_places()
            view=|places| view! { <Body places /> }.into_any()
        />
    }
}

#[component]
fn Body(places: KeyPlaces) -> impl IntoView {
    let KeyPlaces { person, apps } = places;
    let form = Form::<MakeKey>::new();
    let choice = ScopeChoice::new(Preset::Viewer.scopes(), ScopeSet::ALL, None).or_typed(form.parts());
    let secret = move || {
        let secret = form.value().get()?;
        Some(view! { <SecretOnce secret what="key" then="/account/keys" /> })
    };
    let is_made = move || form.value().with(Option::is_some);
    view! {
        <Title text="Make a key" />
        <HomeRoom person room=Home::Account below=crumb()>
            <header class="page-head"><h1>"Make a key"</h1></header>
            {secret}
            <div hidden=is_made>
                <PostForm form class="is-wide">
                    <ErrorSummary />
                    <div class="access-columns">
                        <div class="access-form">
                            <TextField
                                name="description"
                                label="What it is for"
                                hint="Stands in the list, so that you know which one to end."
                            />
                            <Reach apps />
                            <ScopePicker choice />
                            <Ends keeps_end=false days="90" />
                        </div>
                        <ChoiceSummary choice who="It" />
                    </div>
                    <p class="actions">
                        <LinkButton href="/account/keys">"Cancel"</LinkButton>
                        <SubmitButton>"Make the key"</SubmitButton>
                    </p>
                </PostForm>
            </div>
        </HomeRoom>
    }
}

/// Which apps the key reaches, and as whom.
#[component]
fn Reach(apps: Vec<(String, String, bool)>) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let id = form.field_id("reach");
    let error = form.field_error("reach");
    let typed = form.typed("reach").unwrap_or_default();
    let options = apps
        .into_iter()
        .flat_map(|(path, name, is_own)| {
            let bound = (path.clone(), format!("{name} only"));
            let app_key = is_own.then(|| (format!("{path}#app"), format!("{name} only, as its app key")));
            [Some(bound), app_key]
        })
        .flatten()
        .map(|(value, label)| {
            let selected = value == typed;
            view! { <option value=value selected=selected>{label}</option> }.into_any()
        })
        .collect_view();
    let shown = move || error.get().map(|error| view! { <p class="field-error">{error}</p> });
    view! {
        <div class="field">
            <label for=id.clone()>"Reaches"</label>
            <select id=id class="input" name="reach">
                <option value="">"Every app that you reach"</option>
                {options}
            </select>
            {shown}
        </div>
    }
}
