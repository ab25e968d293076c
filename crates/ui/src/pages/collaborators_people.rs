//! Who is typed into the form that adds people: one chip for each, and what stands against them.

use std::time::Duration;

use atelier_domain::value::pasted_addresses;
use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    api::{apps::App, collaborators::check_people},
    components::{
        chips::{Chip, Chips, Tone},
        field::TextArea,
    },
};

/// How long nothing is typed before the server is asked.
const PAUSE: Duration = Duration::from_millis(400);

/// Somebody who was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Typed {
    text: String,
    /// Why they cannot be added, as far as that is known.
    against: Option<String>,
}

/// Those in `text`, with what can be told without asking and what the server said of their addresses.
fn read(text: &str, said: &[(String, String)]) -> Vec<Typed> {
    let mut known: Vec<String> = Vec::new();
    pasted_addresses(text)
        .into_iter()
        .map(|(text, email)| {
            let against = match email.map(|email| email.to_string()) {
                Err(_) => Some("is not an e-mail address".to_owned()),
                Ok(email) if known.contains(&email) => Some("is in the list twice".to_owned()),
                Ok(email) => {
                    let against = said.iter().find(|(address, _)| *address == email);
                    known.push(email);
                    against.map(|(_, why)| why.clone())
                }
            };
            Typed { text, against }
        })
        .collect()
}

/// The addresses in `text`, each once, one in a line.
fn addresses(text: &str) -> String {
    let mut addresses: Vec<String> =
        pasted_addresses(text).into_iter().filter_map(|(_, email)| Some(email.ok()?.to_string())).collect();
    addresses.sort();
    addresses.dedup();
    addresses.join("\n")
}

/// The field for people, and below it who was understood. The field's text is what counts and is posted.
#[component]
pub(super) fn PeopleField(
    /// The app to which they are added.
    app: App,
    /// How many would be added now: nobody, while something stands against anybody.
    count: RwSignal<usize>,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let place = StoredValue::new((app.owner, app.slug));
    let (text, said) = (RwSignal::new(String::new()), RwSignal::new(Vec::new()));
    let people = Memo::new(move |_| text.with(|text| said.with(|said| read(text, said))));
    Effect::new(move || {
        let can_be_added = |people: &Vec<Typed>| people.iter().all(|typed| typed.against.is_none());
        count.set(people.with(|people| if can_be_added(people) { people.len() } else { 0 }));
    });
    let ask = move |asked: String| {
        let (owner, slug) = place.get_value();
        spawn_local(async move {
            // What cannot be asked now is answered when the form is posted.
            let answer = check_people(owner, slug, asked.clone()).await.unwrap_or_default();
            if text.try_with_untracked(|text| addresses(text) == asked) == Some(true) {
                said.set(answer);
            }
        });
    };
    let changed = move |now: String| {
        let typed = now.clone();
        text.set(now);
        // Asks once nothing was typed for a while, and while the form is still there.
        let asks = move || {
            let asked = addresses(&typed);
            if !asked.is_empty() && text.try_with_untracked(|text| *text == typed) == Some(true) {
                ask(asked);
            }
        };
        set_timeout(asks, PAUSE);
    };
    // What stands there before the bundle arrived, or was posted without it.
    Effect::new(move || {
        if let Some(field) = field.get() {
            let value = field.value();
            if !value.is_empty() {
                changed(value);
            }
        }
    });
    let remove = move |position: usize| {
        let rest = people.with_untracked(|people| {
            let others = people.iter().enumerate().filter(|(at, _)| *at != position);
            others.map(|(_, typed)| typed.text.as_str()).collect::<Vec<_>>().join(", ")
        });
        if let Some(field) = field.get_untracked() {
            field.set_value(&rest);
            // The button that was pressed is gone. A field that cannot take the focus is where it was.
            let _ = field.focus();
        }
        changed(rest);
    };
    let chips = move || {
        let chips = people.get().into_iter().enumerate().map(|(position, typed)| {
            let tone = if typed.against.is_some() { Tone::Danger } else { Tone::Plain };
            let remove = Callback::new(move |()| remove(position));
            view! { <Chip text=typed.text tone note=typed.against on_remove=remove /> }.into_any()
        });
        chips.collect_view()
    };
    view! {
        <div class="people-field" on:input=move |event| changed(event_target_value(&event))>
            <TextArea
                name="people"
                label="People"
                hint="E-mail addresses: one, a list, a column, or the To: line of a mail. Whoever has no account yet is invited."
                autofocus=true
                element=field
            />
            <Chips label="Addresses in the field above">{chips}</Chips>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_told_what_stands_against_them() {
        let said = [("bo@example.org".to_owned(), "is Bo, who is a collaborator already".to_owned())];
        let read = read("cy@example.org; CY@example.org, nobody, bo@example.org", &said);
        let against: Vec<_> = read.iter().map(|typed| typed.against.as_deref()).collect();
        assert_eq!(against.first(), Some(&None));
        assert_eq!(against.get(1), Some(&Some("is in the list twice")));
        assert!(against.get(2).is_some_and(Option::is_some));
        assert_eq!(against.get(3), Some(&Some("is Bo, who is a collaborator already")));
    }
}
