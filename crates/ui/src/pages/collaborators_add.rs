//! `/{owner}/{app}/settings/collaborators/add`

use atelier_domain::Preset;
use leptos::prelude::*;
use leptos_meta::Title;

use super::collaborators::{AppNameFields, list_path};
use super::collaborators_access::AccessFields;
use super::collaborators_people::PeopleField;
use crate::{
    api::{
        apps::{App, AppPlace, get_app},
        collaborators::{AddPeople, check_people},
    },
    components::{
        button::{LinkButton, SubmitButton},
        error_summary::ErrorSummary,
        loaded::Loaded,
        room::{AppRoom, Room},
        scope_picker::ScopeChoice,
    },
    form::{Form, PostForm},
    pages::app_in_address,
};

/// Adds collaborators: people, what they can do, and what that comes to, before it is confirmed.
#[component]
pub fn AddCollaborators() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app): (String, String)| async move {
                // Who may add nobody is told so before they choose anything.
                check_people(owner.clone(), app.clone(), String::new()).await?;
                get_app(owner, app).await
            }
            view=|place| view! { <Body place /> }.into_any()
        />
    }
}

#[component]
fn Body(place: AppPlace) -> impl IntoView {
    let app = place.app.clone();
    let back = list_path(&app);
    let form = Form::<AddPeople>::new();
    let cancel = view! { <LinkButton href=back>"Cancel"</LinkButton> }.into_any();
    view! {
        <Title text=format!("Add collaborators to {}", app.name) />
        <AppRoom place room=Room::Collaborators>
            <header class="page-head"><h1>"Add Collaborators"</h1></header>
            <AddFields app form cancel />
        </AppRoom>
    }
}

/// The form for adding people, on its page and in its dialog.
#[component]
pub(super) fn AddFields(
    /// To which app.
    app: App,
    /// How it is posted.
    form: Form<AddPeople>,
    /// The way out.
    cancel: AnyView,
) -> impl IntoView {
    let held = app.scopes;
    let same_app = app.clone();
    let choice = ScopeChoice::new(Preset::Worker.scopes().intersection(held), held, None)
        .of_inputs(app.reach, app.reach)
        .or_typed(form.parts());
    let count = RwSignal::new(0);
    let label = move || match count.get() {
        0 => "Confirm".to_owned(),
        1 => "Confirm: add 1 collaborator".to_owned(),
        several => format!("Confirm: add {several} collaborators"),
    };
    view! {
        <PostForm form class="is-wide">
            <div class="form-body">
                <ErrorSummary />
                <AppNameFields app />
                <AccessFields choice>
                    <PeopleField app=same_app count />
                </AccessFields>
            </div>
            <div class="actions form-foot">
                {cancel}
                <SubmitButton>{label}</SubmitButton>
            </div>
        </PostForm>
    }
}
