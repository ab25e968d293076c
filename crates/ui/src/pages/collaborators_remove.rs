//! `/{owner}/{app}/settings/collaborators/{grant}/remove`

use atelier_domain::id::GrantId;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;

use super::collaborators::{GrantFields, list_path};
use super::collaborators_edit::{Narrowed, grant_in_address, returning};
use crate::{
    api::{
        apps::App,
        collaborators::{Consequences, People, Person, RemovePerson, get_person, preview_removal},
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
    },
    error::UiError,
    form::{Form, PostForm},
};

/// Removes a collaborator: first who and what hangs below them, then the choice.
#[component]
pub fn RemoveCollaborator() -> impl IntoView {
    view! {
        <Loaded
            key=grant_in_address()
            fetch=|(owner, app, grant): (String, String, Option<GrantId>)| async move {
                let grant = grant.ok_or(UiError::NotFound)?;
                let people = get_person(owner.clone(), app.clone(), grant).await?;
                Ok((people, preview_removal(owner, app, grant).await?))
            }
            view=|(people, preview)| view! { <Body people preview /> }.into_any()
        />
    }
}

#[component]
fn Body(people: People, preview: (Consequences, Consequences)) -> impl IntoView {
    let People { place, people, .. } = people;
    let app = place.app.clone();
    let fields = people.into_iter().next().map(|person| {
        let form = Form::<RemovePerson>::new();
        let cancel = view! { <LinkButton href=list_path(&app)>"Cancel"</LinkButton> }.into_any();
        view! {
            <header class="page-head"><h1>{format!("Remove {}?", person.called())}</h1></header>
            <RemoveFields app=app.clone() person form cancel preview=preview.clone() />
        }
    });
    view! {
        <Title text="Remove a collaborator" />
        <AppRoom place room=Room::Collaborators>{fields}</AppRoom>
    }
}

/// The form for removing somebody, on its page and in its dialog.
#[component]
pub(super) fn RemoveFields(
    /// From which app.
    app: App,
    /// Whom.
    person: Person,
    /// How it is posted.
    form: Form<RemovePerson>,
    /// The way out.
    cancel: AnyView,
    /// What would happen, if that is known already: a dialog asks for it.
    #[prop(optional)]
    preview: Option<(Consequences, Consequences)>,
) -> impl IntoView {
    let known = RwSignal::new(preview.map(Ok));
    if known.with_untracked(Option::is_none) {
        let (owner, slug, grant) = (app.owner.clone(), app.slug.clone(), person.grant);
        spawn_local(async move {
            let answer = preview_removal(owner, slug, grant).await;
            // The dialog may have been closed meanwhile.
            known.try_set(Some(answer));
        });
    }
    let called = person.called().to_owned();
    let loses = match person.name {
        Some(_) => format!(
            "{called} loses access to {} at once. Their keys for this app end with it ({}).",
            app.name, person.keys
        ),
        None => format!("The invitation of {called} to {} ends; the link in it stops working.", app.name),
    };
    let below = move || match known.get() {
        Some(Ok((removed, kept))) => choice(removed, kept),
        Some(Err(error)) => view! { <p class="notice"><Prose text=error.to_string() /></p> }.into_any(),
        None => view! { <p class="loading" role="status">"Looking for the people whom they invited…"</p> }
            .into_any(),
    };
    // Not before it is seen what goes with them.
    let confirm = move || {
        let label = format!("Remove {called}");
        let is_known = known.with(|known| known.as_ref().is_some_and(Result::is_ok));
        is_known.then(|| view! { <SubmitButton look=Look::Danger>{label}</SubmitButton> })
    };
    view! {
        <PostForm form class="is-wide">
            <div class="form-body">
                <ErrorSummary />
                <GrantFields app grant=person.grant />
                <p>{loses}</p>
                {below}
            </div>
            <div class="actions form-foot">{cancel} {confirm}</div>
        </PostForm>
    }
}

/// What becomes of those whom they invited, where there are any.
fn choice(removed: Consequences, kept: Consequences) -> AnyView {
    if removed.people.len() < 2 {
        return view! {
            {returning(removed.inputs)}
            <input type="hidden" name="below" value="remove" />
        }
        .into_any();
    }
    view! {
        <fieldset class="presets">
            <legend>"The people whom they invited"</legend>
            <div class="preset">
                <input type="radio" id="below-keep" name="below" value="keep" checked=true />
                <label for="below-keep"><strong>"Keep them under me"</strong><span>"as far as my own rights go"</span></label>
                <Narrowed consequences=kept />
            </div>
            <div class="preset">
                <input type="radio" id="below-remove" name="below" value="remove" />
                <label for="below-remove"><strong>"Remove them too"</strong><span>"they lose their access and keys at once"</span></label>
                <Narrowed consequences=removed />
            </div>
        </fieldset>
    }
    .into_any()
}
