//! The collaborators as a tree: who invited whom.

use atelier_domain::id::GrantId;
use leptos::prelude::*;

use super::collaborators::PersonActions;
use crate::{
    api::{apps::App, collaborators::Person},
    components::{avatar::Avatar, time::Time},
};

/// Somebody, and those whom they invited.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Branch {
    person: Person,
    below: Vec<Branch>,
}

/// The tree that `people` make. Those whose inviter is not among them hang at the top.
fn grow(people: Vec<Person>) -> Vec<Branch> {
    let known: Vec<GrantId> = people.iter().map(|person| person.grant).collect();
    let mut rest: Vec<_> =
        people.into_iter().map(|person| (person.parent.filter(|id| known.contains(id)), person)).collect();
    below(None, &mut rest)
}

/// Takes those who hang on `parent` out of `rest`, with all that hangs on them.
fn below(parent: Option<GrantId>, rest: &mut Vec<(Option<GrantId>, Person)>) -> Vec<Branch> {
    let (here, others): (Vec<_>, Vec<_>) =
        std::mem::take(rest).into_iter().partition(|(on, _)| *on == parent);
    *rest = others;
    here.into_iter()
        .map(|(_, person)| {
            let below = below(Some(person.grant), rest);
            Branch { person, below }
        })
        .collect()
}

/// The tree, with the owner at its root.
pub(super) fn tree(app: &App, people: Vec<Person>) -> AnyView {
    let branches = branches(app, grow(people), true);
    view! {
        <ul class="tree" role="list">
            <li>
                <div class="tree-person">
                    <Avatar name=app.owner_name.clone() />
                    <span class="person-name"><strong>{app.owner_name.clone()}</strong><span class="row-note">"Owner"</span></span>
                </div>
                {branches}
            </li>
        </ul>
    }
    .into_any()
}

fn branches(app: &App, branches: Vec<Branch>, is_top: bool) -> AnyView {
    if branches.is_empty() {
        return ().into_any();
    }
    let items = branches.into_iter().map(|branch| item(app, branch, is_top)).collect_view();
    view! { <ul role="list">{items}</ul> }.into_any()
}

fn item(app: &App, branch: Branch, is_top: bool) -> AnyView {
    let Branch { person, below } = branch;
    let called = person.called().to_owned();
    let you = person.is_you.then_some(" (you)");
    let access = match person.waits_until {
        Some(at) => {
            view! { {person.access.clone()} ", invited; the invitation ends " <Time at /> }.into_any()
        }
        None => person.access.clone().into_any(),
    };
    // Whoever invited them was left out by a filter, or stands on another page.
    let torn = (is_top && person.parent.is_some())
        .then(|| view! { <span class="row-note">{format!("Invited by {}", person.invited_by)}</span> });
    let below = branches(app, below, false);
    view! {
        <li>
            <div class="tree-person">
                <Avatar name=called.clone() />
                <span class="person-name">
                    <span>{called} {you}</span>
                    <span class="row-note">{access}</span>
                    {torn}
                </span>
                <PersonActions app=app.clone() person />
            </div>
            {below}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use atelier_domain::{Reach, ScopeSet, Timestamp};

    use super::*;

    fn person(number: u8, parent: Option<u8>) -> Person {
        let id = |number| GrantId::new(Timestamp::from_micros(0), &[number; 10]);
        Person {
            grant: id(number),
            name: None,
            email: number.to_string(),
            waits_until: None,
            access: String::new(),
            scopes: ScopeSet::EMPTY,
            limited: false,
            reach: Reach::Everything,
            invited_by: String::new(),
            parent: parent.map(id),
            ends_at: None,
            active_at: None,
            keys: 0,
            note: String::new(),
            version: 1,
            is_you: false,
        }
    }

    fn told(branches: &[Branch]) -> String {
        let told = |branch: &Branch| format!("{}({})", branch.person.email, told(&branch.below));
        branches.iter().map(told).collect()
    }

    #[test]
    fn people_hang_on_whoever_invited_them() {
        let people = vec![person(1, None), person(2, Some(3)), person(3, Some(1)), person(4, Some(1))];
        assert_eq!(told(&grow(people)), "1(3(2())4())");
    }

    #[test]
    fn people_whose_inviter_is_not_there_hang_at_the_top() {
        assert_eq!(told(&grow(vec![person(2, Some(9)), person(5, Some(2))])), "2(5())");
    }
}
