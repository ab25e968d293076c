//! `/{owner}/{app}/settings/collaborators/{grant}`

use atelier_domain::id::GrantId;
use atelier_domain::words::Difference;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::collaborators::{GrantFields, list_path};
use super::collaborators_access::AccessFields;
use crate::{
    api::{
        apps::App,
        collaborators::{Consequences, EditPerson, People, Person, get_person, preview_edit},
    },
    components::{
        button::{LinkButton, SubmitButton},
        error_summary::ErrorSummary,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        scope_picker::ScopeChoice,
    },
    error::UiError,
    form::{Form, PostForm},
    pages::app_in_address,
};

/// The owner, the app and the grant that the page's address names.
pub(super) fn grant_in_address() -> Memo<(String, String, Option<GrantId>)> {
    let app = app_in_address();
    let params = use_params_map();
    Memo::new(move |_| {
        let (owner, app) = app.get();
        (owner, app, params.with(|params| params.get("grant").and_then(|grant| grant.parse().ok())))
    })
}

/// Changes what a collaborator can do.
#[component]
pub fn EditCollaborator() -> impl IntoView {
    view! {
        <Loaded
            key=grant_in_address()
            fetch=|(owner, app, grant): (String, String, Option<GrantId>)| async move {
                get_person(owner, app, grant.ok_or(UiError::NotFound)?).await
            }
            view=|people| view! { <Body people /> }.into_any()
        />
    }
}

#[component]
fn Body(people: People) -> impl IntoView {
    let People { place, people, .. } = people;
    let app = place.app.clone();
    let fields = people.into_iter().next().map(|person| {
        let form = Form::<EditPerson>::new();
        let cancel = view! { <LinkButton href=list_path(&app)>"Cancel"</LinkButton> }.into_any();
        view! {
            <header class="page-head"><h1>{format!("Access of {}", person.called())}</h1></header>
            <EditFields app=app.clone() person form cancel />
        }
    });
    view! {
        <Title text="Change access" />
        <AppRoom place room=Room::Collaborators>{fields}</AppRoom>
    }
}

/// The form for changing somebody's access, on its page and in its dialog.
#[component]
pub(super) fn EditFields(
    /// In which app.
    app: App,
    /// Whose access, as it stands.
    person: Person,
    /// How it is posted.
    form: Form<EditPerson>,
    /// The way out.
    cancel: AnyView,
) -> impl IntoView {
    let choice = ScopeChoice::new(person.scopes, app.scopes.union(person.scopes), Some(person.scopes))
        .of_inputs(person.reach, app.reach.max(person.reach))
        .or_typed(form.parts());
    let difference = Memo::new(move |_| {
        Difference::between(person.scopes, choice.scopes()).with_reach(person.reach, choice.reach.get())
    });
    let (owner, slug, grant) = (app.owner.clone(), app.slug.clone(), person.grant);
    // Asked for in the browser only: without scripts it cannot follow what is ticked.
    let preview = RwSignal::new(None);
    let place = StoredValue::new((owner, slug));
    Effect::new(move || {
        let (scopes, reach) = (choice.scopes(), choice.reach.get());
        let (owner, slug) = place.get_value();
        spawn_local(async move {
            let answer = preview_edit(owner, slug, grant, scopes, reach).await;
            // The dialog may have been closed meanwhile, or something else ticked, which was asked for by itself.
            if choice.now() == Some((scopes, reach)) {
                preview.set(Some(answer));
            }
        });
    });
    let below = move || {
        preview.get().map(|answer| match answer {
            Ok(consequences) => view! { <Narrowed consequences /> }.into_any(),
            Err(error) => view! { <p class="notice"><Prose text=error.to_string() /></p> }.into_any(),
        })
    };
    let others = move || preview.with(|answer| also_narrowed(answer.as_ref()?.as_ref().ok()?));
    let sentences = move || {
        difference
            .get()
            .sentences()
            .into_iter()
            .map(|text| view! { <li>{text}</li> }.into_any())
            .collect_view()
    };
    let label = move || match difference.get() {
        none if none.is_empty() => "Confirm".to_owned(),
        some => format!("Confirm: {}", some.short()),
    };
    view! {
        <PostForm form class="is-wide">
            <div class="form-body">
                <ErrorSummary />
                <GrantFields app grant />
                <input type="hidden" name="version" value=person.version />
                <AccessFields choice keeps_end=true note=person.note />
                <section class="diff" aria-live="polite">
                    <h2>{move || format!("Change: {}", difference.get().short())}</h2>
                    <ul>{sentences}</ul>
                    {below}
                </section>
            </div>
            <div class="actions form-foot">
                <p class="foot-note">{others}</p>
                {cancel}
                <SubmitButton>{label}</SubmitButton>
            </div>
        </PostForm>
    }
}

/// What else a change takes away, in a line beside the button that does it.
fn also_narrowed(consequences: &Consequences) -> Option<String> {
    const NAMED: usize = 2;
    let others: Vec<_> = consequences.people.iter().skip(1).map(|line| line.name.as_str()).collect();
    let people = match others.as_slice() {
        [] => None,
        few if few.len() <= NAMED => Some(format!("Also narrows {}", few.join(" and "))),
        many => Some(format!("Also narrows {} people", many.len())),
    };
    let keys = match consequences.keys {
        0 => None,
        1 => Some("1 key".to_owned()),
        several => Some(format!("{several} keys")),
    };
    match (people, keys) {
        (Some(people), Some(keys)) => Some(format!("{people}, and {keys}.")),
        (Some(people), None) => Some(format!("{people}.")),
        (None, Some(keys)) => Some(format!("Also narrows {keys}.")),
        (None, None) => None,
    }
}

/// Who else loses something by a change.
#[component]
pub(super) fn Narrowed(
    /// What would happen, to the person first, whom another part of the form tells.
    consequences: Consequences,
) -> impl IntoView {
    let Consequences { people, keys, inputs } = consequences;
    let lines = people
        .into_iter()
        .skip(1)
        .map(|line| {
            let sentences = line.sentences.join(" ");
            view! { <li><strong>{line.name}</strong> ": " {line.short} ". " <span class="soft">{sentences}</span></li> }
                .into_any()
        })
        .collect_view();
    let keys = (keys > 0).then(|| view! { <p class="soft">{format!("Keys that narrow or end: {keys}")}</p> });
    view! {
        <ul>{lines}</ul>
        {keys}
        {returning(inputs)}
    }
}

/// What becomes of what somebody has still to label, if there is anything.
pub(super) fn returning(inputs: usize) -> Option<AnyView> {
    let text = match inputs {
        0 => return None,
        1 => "1 input that is still to be labelled goes back to the others of its task.".to_owned(),
        several => {
            format!("{several} inputs that are still to be labelled go back to the others of their tasks.")
        }
    };
    Some(view! { <p class="soft">{text}</p> }.into_any())
}
