//! `/{owner}/{app}/settings/collaborators/{grant}/remove`

use atelier_domain::id::GrantId;
use leptos::prelude::*;
use leptos_meta::Title;

use super::collaborators::{GrantFields, list_path};
use super::collaborators_edit::{Narrowed, grant_in_address};
use crate::{
    api::collaborators::{Consequences, People, RemovePerson, get_person, preview_removal},
    components::{
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        loaded::Loaded,
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
                let (removed, kept) = preview_removal(owner, app, grant).await?;
                Ok((people, removed, kept))
            }
            view=|(people, removed, kept)| view! { <Body people removed kept /> }.into_any()
        />
    }
}

#[component]
fn Body(people: People, removed: Consequences, kept: Consequences) -> impl IntoView {
    let People { place, people, .. } = people;
    let app = place.app.clone();
    let back = list_path(&app);
    let form = Form::<RemovePerson>::new();
    let has_others = removed.people.len() > 1;
    let content = people.into_iter().next().map(|person| {
        let called = person.called().to_owned();
        let choice = if has_others {
            view! {
                <fieldset class="presets">
                    <legend>"The people whom they invited"</legend>
                    <div class="preset">
                        <input type="radio" id="below-keep" name="below" value="keep" checked=true />
                        <label for="below-keep"><strong>"Keep them under me"</strong><span>"as far as my own rights go"</span></label>
                        <Narrowed consequences=kept grant_name=String::new() />
                    </div>
                    <div class="preset">
                        <input type="radio" id="below-remove" name="below" value="remove" />
                        <label for="below-remove"><strong>"Remove them too"</strong><span>"they lose their access and keys at once"</span></label>
                        <Narrowed consequences=removed grant_name=String::new() />
                    </div>
                </fieldset>
            }
            .into_any()
        } else {
            view! { <input type="hidden" name="below" value="remove" /> }.into_any()
        };
        let keys = format!("Their keys for this app end with it ({}).", person.keys);
        view! {
            <header class="page-head"><h1>{format!("Remove {called}?")}</h1></header>
            <p>{format!("{called} loses access to {} at once. {keys}", app.name)}</p>
            <PostForm form>
                <ErrorSummary />
                <GrantFields app=app.clone() grant=person.grant />
                {choice}
                <div class="actions">
                    <LinkButton href=back>"Cancel"</LinkButton>
                    <SubmitButton look=Look::Danger>{format!("Remove {called}")}</SubmitButton>
                </div>
            </PostForm>
        }
    });
    view! {
        <Title text="Remove a collaborator" />
        <AppRoom place room=Room::Collaborators>{content}</AppRoom>
    }
}
