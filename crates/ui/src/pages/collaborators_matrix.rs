//! The collaborators as a matrix: people and the eleven groups of scopes.

use atelier_domain::{BasicScope, ScopeSet};
use leptos::prelude::*;

use super::collaborators::PersonActions;
use crate::{
    api::{apps::App, collaborators::Person},
    components::tri_checkbox::Tri,
};

/// A row for each person, a column for each group.
pub(super) fn matrix(app: &App, people: Vec<Person>) -> AnyView {
    let heads = BasicScope::ALL
        .map(|group| view! { <th scope="col" title=group.sentence()>{group.name()}</th> }.into_any());
    let rows = people.into_iter().map(|person| row(app, person)).collect_view();
    view! {
        // It scrolls by itself, so that the page does not: the keyboard has to reach it.
        <div class="matrix-frame" role="region" aria-label="Scopes of each person" tabindex="0">
            <table class="matrix">
                <caption class="visually-hidden">"Scopes of each person"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        {heads.into_iter().collect_view()}
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(app: &App, person: Person) -> AnyView {
    let cells = BasicScope::ALL.map(|group| cell(person.scopes, group)).into_iter().collect_view();
    let you = person.is_you.then_some(" (you)");
    let waits = person.waits_until.is_some().then_some(view! { <span class="row-note">"Invited"</span> });
    view! {
        <tr>
            <th scope="row">
                <span class="person-name">
                    <span>{person.called().to_owned()} {you}</span>
                    <span class="row-note">{person.access.clone()}</span>
                    {waits}
                </span>
            </th>
            {cells}
            <td><PersonActions app=app.clone() person /></td>
        </tr>
    }
    .into_any()
}

fn cell(scopes: ScopeSet, group: BasicScope) -> AnyView {
    let held = scopes.intersection(group.own());
    let (class, text) = match Tri::of(held.len(), group.own().len()) {
        Tri::None => ("is-none", "none"),
        Tri::Some => ("is-some", "some"),
        Tri::All => ("is-all", "all"),
    };
    view! { <td class=class title=fine(group, held)><span>{text}</span></td> }.into_any()
}

/// The fine scopes behind a cell.
fn fine(group: BasicScope, held: ScopeSet) -> String {
    let names = |scopes: ScopeSet| scopes.iter().map(|scope| scope.wire()).collect::<Vec<_>>().join(", ");
    match (held.is_empty(), group.own().minus(held)) {
        (true, _) => format!("{}: nothing", group.name()),
        (false, lacking) if lacking.is_empty() => names(held),
        (false, lacking) => format!("{}; not {}", names(held), names(lacking)),
    }
}

#[cfg(test)]
mod tests {
    use atelier_domain::Scope;

    use super::*;

    #[test]
    fn a_cell_names_what_is_there_and_what_is_not() {
        let held = ScopeSet::of(&[Scope::VocabsGet]);
        assert_eq!(fine(BasicScope::Vocab, held), "Vocabs_Get; not Vocabs_Add, Vocabs_Delete");
        assert_eq!(fine(BasicScope::Predict, BasicScope::Predict.own()), "Predict");
        assert_eq!(fine(BasicScope::Search, ScopeSet::EMPTY), "Search: nothing");
    }
}
