//! Who may do what in an app: listing, adding, changing, removing.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]
#![expect(clippy::too_many_arguments, reason = "a server function's arguments are the fields of its form")]

use atelier_domain::id::GrantId;
use atelier_domain::{Reach, ScopeSet};
use leptos::prelude::*;
use leptos_router::location::Url;
use serde::{Deserialize, Serialize};

use crate::api::apps::AppPlace;
use crate::error::UiError;

/// One person's access, or an invitation that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The grant.
    pub grant: GrantId,
    /// What the person is called; nothing while the invitation waits.
    pub name: Option<String>,
    /// Their address, or the one that was invited.
    pub email: String,
    /// Until when the invitation waits, in microseconds since 1970.
    pub waits_until: Option<i64>,
    /// What they may do, in a few words.
    pub access: String,
    /// What they may do.
    pub scopes: ScopeSet,
    /// Whether a list of endpoints limits it further.
    pub limited: bool,
    /// With which inputs.
    pub reach: Reach,
    /// Who invited them.
    pub invited_by: String,
    /// The grant of whoever invited them; none for the owner.
    pub parent: Option<GrantId>,
    /// When their access ends, in microseconds since 1970.
    pub ends_at: Option<i64>,
    /// When they last did something, in microseconds since 1970.
    pub active_at: Option<i64>,
    /// How many keys they have for this app.
    pub keys: i64,
    /// What the inviter wrote beside it.
    pub note: String,
    /// Counts the changes.
    pub version: i64,
    /// Whether it is the person who looks.
    pub is_you: bool,
}

impl Person {
    /// By what the others know them.
    #[must_use]
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }
}

/// Who is looked for, how they are shown, and where the page begins: what stands in the address of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Search {
    /// A part of a name or address.
    pub text: String,
    /// `active` or `pending`.
    pub state: String,
    /// The slug of a preset.
    pub preset: String,
    /// The name of a scope that they have.
    pub scope: String,
    /// The slug of whoever invited them.
    pub by: String,
    /// `tree` or `matrix`; a list otherwise.
    pub view: String,
    /// After whom the page starts.
    pub after: String,
}

impl Search {
    /// What the address says, asked for each of its parts by name.
    pub fn read(part: impl Fn(&str) -> String) -> Self {
        Self {
            text: part("text"),
            state: part("state"),
            preset: part("preset"),
            scope: part("scope"),
            by: part("by"),
            view: part("view"),
            after: part("after"),
        }
    }

    /// Whether it leaves anybody out.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        [&self.text, &self.state, &self.preset, &self.scope, &self.by]
            .into_iter()
            .any(|part| !part.is_empty())
    }

    /// The address at which the list at `path` shows it.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        let parts = [
            ("text", &self.text),
            ("state", &self.state),
            ("preset", &self.preset),
            ("scope", &self.scope),
            ("by", &self.by),
            ("view", &self.view),
            ("after", &self.after),
        ];
        let mut address = path.to_owned();
        for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
            address.push(if address.len() == path.len() { '?' } else { '&' });
            address.push_str(name);
            address.push('=');
            address.push_str(&Url::escape(value));
        }
        address
    }
}

/// Somebody who brought others into an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inviter {
    /// Their name in addresses.
    pub slug: String,
    /// What they are called.
    pub name: String,
}

/// The people of an app, as the person who looks may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Who looks, and at which app.
    pub place: AppPlace,
    /// Until when, in microseconds since 1970.
    pub ends_at: Option<i64>,
    /// The people.
    pub people: Vec<Person>,
    /// Everybody who brought somebody in.
    pub inviters: Vec<Inviter>,
    /// After whom the next page starts.
    pub next: Option<GrantId>,
    /// How many hold a grant.
    pub active: i64,
    /// How many invitations wait.
    pub pending: i64,
}

/// What a change would do to the people concerned, sentence by sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequences {
    /// One for each person concerned.
    pub people: Vec<Consequence>,
    /// How many keys end or give less.
    pub keys: usize,
    /// How many inputs that somebody has still to label go back into the pools of their tasks.
    pub inputs: usize,
}

/// What a change would do to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    /// Who.
    pub name: String,
    /// What happens to their access, in short: `+1 −2`, `is removed`, `comes under you`.
    pub short: String,
    /// The same in sentences.
    pub sentences: Vec<String>,
}

/// The people of an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] to those who may not see who the others are.
#[server(name = ListPeople, prefix = "/api", endpoint = "collaborators/list")]
pub async fn list_people(owner: String, app: String, search: Search) -> Result<People, UiError> {
    server::list(&owner, &app, &search).await
}

/// One person's access: the only one of the answer's people.
///
/// # Errors
/// As [`list_people`].
#[server(name = GetPerson, prefix = "/api", endpoint = "collaborators/get")]
pub async fn get_person(owner: String, app: String, grant: GrantId) -> Result<People, UiError> {
    server::get(&owner, &app, grant).await
}

/// Gives the people in `people` (pasted addresses) the same access, and leads back to the list. Answers what was done,
/// in a sentence.
///
/// `scopes` are the ticked ones, unless `preset` names a preset; `ends` is `never`, a number of days, or `date`, and
/// then `ends_on` is the last day. `input_reach` is a [`Reach`], all inputs if it is not given.
///
/// # Errors
/// [`UiError::Invalid`] with everything that is wrong: nobody is added unless all can be.
#[server(name = AddPeople, prefix = "/api", endpoint = "collaborators/add")]
pub async fn add_people(
    owner: String,
    app: String,
    people: String,
    #[server(default)] preset: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] input_reach: String,
    ends: String,
    #[server(default)] ends_on: String,
    note: String,
) -> Result<String, UiError> {
    server::add(&owner, &app, &people, &server::Access { preset, scopes, input_reach, ends, ends_on, note })
        .await
}

/// What stands against adding those of `people` (pasted addresses) who cannot be added: each as it was typed, and why.
///
/// # Errors
/// [`UiError::Forbidden`] to those who may not add anybody.
#[server(name = CheckPeople, prefix = "/api", endpoint = "collaborators/check")]
pub async fn check_people(
    owner: String,
    app: String,
    people: String,
) -> Result<Vec<(String, String)>, UiError> {
    server::check(&owner, &app, &people).await
}

/// Changes one person's access, and leads back to the list. Answers what was done, in a sentence. What is not
/// said of `input_reach` stays.
///
/// # Errors
/// [`UiError::Conflict`] if it is no longer the `version` that the person saw.
#[server(name = EditPerson, prefix = "/api", endpoint = "collaborators/edit")]
pub async fn edit_person(
    owner: String,
    app: String,
    grant: GrantId,
    version: i64,
    #[server(default)] preset: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] input_reach: String,
    ends: String,
    #[server(default)] ends_on: String,
    note: String,
) -> Result<String, UiError> {
    server::edit(
        &owner,
        &app,
        grant,
        version,
        &server::Access { preset, scopes, input_reach, ends, ends_on, note },
    )
    .await
}

/// What giving somebody `scopes` for the inputs of `input_reach` would do to them and to those below them.
///
/// # Errors
/// What [`edit_person`] would answer.
#[server(name = PreviewEdit, prefix = "/api", endpoint = "collaborators/preview-edit")]
pub async fn preview_edit(
    owner: String,
    app: String,
    grant: GrantId,
    scopes: ScopeSet,
    input_reach: Reach,
) -> Result<Consequences, UiError> {
    server::preview_edit(&owner, &app, grant, scopes, input_reach).await
}

/// What removing somebody would do: first if those below them are removed too, then if they are kept.
///
/// # Errors
/// What [`remove_person`] would answer.
#[server(name = PreviewRemoval, prefix = "/api", endpoint = "collaborators/preview-removal")]
pub async fn preview_removal(
    owner: String,
    app: String,
    grant: GrantId,
) -> Result<(Consequences, Consequences), UiError> {
    server::preview_removal(&owner, &app, grant).await
}

/// Removes somebody, and leads back to the list. `below` is `keep` or `remove`: what becomes of those they invited.
/// Answers what was done, in a sentence.
///
/// # Errors
/// [`UiError::Forbidden`] for people above oneself.
#[server(name = RemovePerson, prefix = "/api", endpoint = "collaborators/remove")]
pub async fn remove_person(
    owner: String,
    app: String,
    grant: GrantId,
    below: String,
) -> Result<String, UiError> {
    server::remove(&owner, &app, grant, &below).await
}

/// Mails a waiting invitation again.
///
/// # Errors
/// [`UiError::NotFound`] if it no longer waits.
#[server(name = ResendInvitation, prefix = "/api", endpoint = "collaborators/resend")]
pub async fn resend_invitation(owner: String, app: String, grant: GrantId) -> Result<(), UiError> {
    server::resend(&owner, &app, grant).await
}

/// Takes a waiting invitation back.
///
/// # Errors
/// [`UiError::NotFound`] if it no longer waits.
#[server(name = CancelInvitation, prefix = "/api", endpoint = "collaborators/cancel")]
pub async fn cancel_invitation(owner: String, app: String, grant: GrantId) -> Result<(), UiError> {
    server::cancel(&owner, &app, grant).await
}

/// Leaves somebody else's app, and leads to the other collaborations.
///
/// # Errors
/// [`UiError::Invalid`] for the owner.
#[server(name = LeaveApp, prefix = "/api", endpoint = "collaborators/leave")]
pub async fn leave_app(owner: String, app: String) -> Result<(), UiError> {
    server::leave(&owner, &app).await
}

#[cfg(feature = "ssr")]
#[path = "collaborators_server.rs"]
mod server;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_looked_for_and_nothing_else() {
        assert_eq!(Search::default().address("/ada/signs"), "/ada/signs");
        let search = Search { text: "a&b c".into(), view: "tree".into(), ..Search::default() };
        assert_eq!(search.address("/list"), "/list?text=a%26b%20c&view=tree");
        assert!(search.is_narrow());
        assert!(!Search { view: "matrix".into(), after: "1".into(), ..Search::default() }.is_narrow());
    }
}
