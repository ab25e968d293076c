//! `/{owner}/{app}/duplicates`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{alike::alike_card, collaborators::AppNameFields};
use crate::{
    api::{
        apps::App,
        duplicates::{ALIKE_FROM, DeleteDuplicates, Duplicates as Shown, duplicates_path, get_duplicates},
        inputs::Input,
    },
    components::{
        button::{Look, SubmitButton},
        empty_state::EmptyState,
        error_summary::ErrorSummary,
        icon::Sign,
        layout::Crumb,
        live::AT_HAND,
        loaded::Loaded,
        room::{AppRoom, Room},
    },
    form::{Form, PostForm},
    pages::app_in_address,
};

/// Inputs that are nearly the same as others, to be looked through and deleted.
#[component]
pub fn Duplicates() -> impl IntoView {
    let app = app_in_address();
    let query = use_query_map();
    let from = move || query.with(|query| query.get("from").unwrap_or_default());
    view! {
        <Loaded
            key=Memo::new(move |_| (app.get(), from()))
            fetch=|((owner, app), from)| get_duplicates(owner, app, from)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: Shown) -> impl IntoView {
    let Shown { place, from, groups, more, is_all, waiting, no_deletion } = shown;
    let app = place.app.clone();
    let below = Crumb { href: duplicates_path(&app, Some(from)), label: "Duplicates".to_owned() };
    let notes = [
        (!is_all).then(|| {
            "There are too many to compare all of them: delete some, or ask for those that are more alike, and look again."
                .to_owned()
        }),
        match more {
            0 => None,
            1 => Some("One more group is not shown.".to_owned()),
            more => Some(format!("{more} more groups are not shown.")),
        },
        match waiting {
            0 => None,
            1 => Some("One input was not looked at yet.".to_owned()),
            more => Some(format!("{more} inputs were not looked at yet.")),
        },
    ];
    let notes = notes
        .into_iter()
        .flatten()
        .map(|words| view! { <p class="page-note">{words}</p> }.into_any())
        .collect_view();
    let found = match groups.as_slice() {
        [] => view! {
            <EmptyState sign=Sign::Check title="No duplicates">
                <p>{format!("No two inputs are {from} % alike or more, as the models see them.")}</p>
            </EmptyState>
        }
        .into_any(),
        _ => look_through(&app, groups, no_deletion.is_none()),
    };
    view! {
        <Title text=format!("Duplicates · {}", app.name) />
        <AppRoom place room=Room::Inputs below=below>
            <header class="page-head"><h1>"Duplicates"</h1></header>
            <p class="section-lead">
                "Pictures that look nearly the same, and texts that say nearly the same. The oldest of each group comes first, \
                 with those that are like it."
            </p>
            {asked(duplicates_path(&app, None), from)}
            {notes}
            {found}
        </AppRoom>
    }
}

/// How alike they are to be. The form is part of the address, so that it needs no script.
fn asked(path: String, from: u8) -> AnyView {
    let mut offered = ALIKE_FROM;
    offered.sort_unstable();
    let options = offered
        .map(|one| {
            view! { <option value=one.to_string() selected=one == from>{format!("{one} %")}</option> }
                .into_any()
        })
        .collect_view();
    view! {
        <form class="seek" method="get" action=path>
            <label for="duplicates-from">"Alike by at least"</label>
            <select id="duplicates-from" class="input" name="from">{options}</select>
            <button class="button" type="submit">"Look"</button>
        </form>
    }
    .into_any()
}

/// The groups, and what deletes those that are ticked in any of them.
fn look_through(app: &App, groups: Vec<Vec<(Input, f32)>>, can_delete: bool) -> AnyView {
    let mut number = 0;
    let groups = groups
        .into_iter()
        .map(|group| {
            let cards = group
                .into_iter()
                .enumerate()
                .map(|(place, (input, alike))| {
                    number += 1;
                    card(app, &input, (place > 0).then_some(alike), can_delete.then_some(number))
                })
                .collect_view();
            view! { <ul class="cards duplicates" role="list">{cards}</ul> }.into_any()
        })
        .collect_view();
    if !can_delete {
        return groups.into_any();
    }
    let form = Form::<DeleteDuplicates>::new().reloading("Deleted.");
    let is_open = form.parts().error().with_untracked(Option::is_some);
    let app = app.clone();
    view! {
        <PostForm form class=AT_HAND>
            <AppNameFields app />
            {groups}
            <details open=is_open>
                <summary>"Delete what is ticked …"</summary>
                <ErrorSummary />
                <p>"What was said of them goes with them. This cannot be undone."</p>
                <p class="actions"><SubmitButton look=Look::Danger>"Delete for good"</SubmitButton></p>
            </details>
        </PostForm>
    }
    .into_any()
}

/// One input of a group; the oldest says nothing of how alike it is.
fn card(app: &App, input: &Input, alike: Option<f32>, number: Option<usize>) -> AnyView {
    let words =
        alike.map_or_else(|| "The oldest".to_owned(), |alike| format!("{:.1} % alike", alike * 100.0));
    let tick = number.map(|number| {
        let id = format!("duplicate-{number}");
        view! {
            <p class="checkbox">
                <input type="checkbox" id=id.clone() name=format!("chosen[{number}]") value=input.slug.clone() />
                <label for=id>"Delete"<span class="visually-hidden">{format!(" {}", input.slug)}</span></label>
            </p>
        }
    });
    view! { <li class="card">{alike_card(app, input, words)} {tick}</li> }.into_any()
}
