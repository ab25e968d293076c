//! `/{owner}/{app}/inputs`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{
    dataset_import::TakenIn,
    inputs_add::{Addition, Sent},
    inputs_batches::{Batches, Work},
    inputs_chosen::{Chooser, Selection},
    inputs_filters::{Filters, what_matches},
    inputs_scrolled::Scrolled,
    inputs_shown::{Showing, shown},
    inputs_views::Views,
};
use crate::{
    api::{
        alike::AskedAlike,
        duplicates::duplicates_path,
        explorer::{Asked, COUNTED},
        inputs::{Inputs as List, list_inputs, list_path},
    },
    components::{
        empty_state::EmptyState,
        icon::Sign,
        loaded::{Loaded, Reload},
        pagination::Pagination,
        prose::Prose,
        room::{AppRoom, Room},
        tabs::{Tab, Tabs},
    },
    pages::app_in_address,
};

/// What the page's address asks for, and in which app.
fn asked_in_address() -> Memo<((String, String), Asked)> {
    let app = app_in_address();
    let query = use_query_map();
    let asked = move || query.with(|query| Asked::read(|part| query.get(part).unwrap_or_default()));
    Memo::new(move |_| (app.get(), asked()))
}

/// The inputs of an app.
#[component]
pub fn Inputs() -> impl IntoView {
    Selection::keep();
    let reload = Reload::new();
    Work::provide(app_in_address(), reload);
    view! {
        <Loaded
            reload=reload
            key=asked_in_address()
            fetch=|((owner, app), asked)| list_inputs(owner, app, asked)
            view=|list| view! { <Body list /> }.into_any()
        />
    }
}

#[component]
fn Body(list: List) -> impl IntoView {
    let (_, asked) = asked_in_address().get_untracked();
    let List { place, inputs, next, total, pending, failed, concepts, finding, no_search, .. } = list;
    let List { batches, tasks, no_batches, no_addition, .. } = list;
    let app = place.app.clone();
    let here = list_path(&app);
    let title = format!("Inputs of {}", app.name);
    let is_empty = inputs.is_empty() && !asked.is_filtered() && asked.after.is_empty();
    let addition = match no_addition {
        Some(explanation) => view! { <p class="page-note"><Prose text=explanation /></p> }.into_any(),
        None => view! { <Addition app=app.clone() is_open=is_empty /> }.into_any(),
    };
    // What was filled in is part of the filter from now on.
    let seen =
        if no_search.is_none() && finding.wrong.is_empty() { asked.with(&finding.q) } else { asked.clone() };
    let first = (!asked.after.is_empty()).then(|| seen.behind("").address(&here));
    let list = Scrolled::of_list(app.clone(), seen.clone(), inputs, next.clone());
    let next = next.map(|last| seen.behind(&last).address(&here));
    let is_paged = first.is_some() || next.is_some();
    let tabs = [("", "Grid"), ("list", "List")].map(|(view, label)| {
        let href = Asked { view: view.to_owned(), ..seen.behind("") }.address(&here);
        Tab { href, label: label.to_owned(), current: asked.view == view }
    });
    let counts = [standing(total, pending, failed), what_matches(&asked, &finding)].concat();
    let order = if asked.order == "oldest" { "The oldest first" } else { "The newest first" };
    let shown = if list.count() == 0 {
        nothing(&asked, !finding.wrong.is_empty())
    } else {
        let (app, is_list) = (app.clone(), asked.view == "list");
        // Behind an input, the places in the whole are not known.
        let all = finding.found.filter(|found| *found <= COUNTED || !asked.is_filtered());
        let all = all.filter(|_| asked.after.is_empty());
        let showing = |selection| Showing { app: app.clone(), is_list, all, selection };
        if no_batches.is_all() {
            shown(showing(None), list)
        } else {
            let selection = Selection::of_list(list.clone());
            let (q, found, datasets) = (finding.q.clone(), finding.found, finding.datasets.clone());
            let showing = showing(Some(selection));
            view! {
                <Chooser app q found datasets tasks no=no_batches selection>{shown(showing, list)}</Chooser>
            }
            .into_any()
        }
    };
    let alike = no_search.is_none().then(|| AskedAlike { q: finding.q.clone(), ..AskedAlike::default() });
    let alike = alike.map(|alike| {
        let words =
            if finding.q.is_empty() { "Search by likeness" } else { "Search among these by likeness" };
        view! {
            <p class="row-note">
                <a href=alike.address(&app)>{words}</a> " · "
                <a href=duplicates_path(&app, None)>"Duplicates"</a>
            </p>
        }
    });
    let tools = (!is_empty).then(|| {
        let views = no_search.is_none().then(|| {
            view! { <Views app=app.clone() here=here.clone() seen=seen.clone() finding=finding.clone() /> }
        });
        view! {
            <Filters app=app.clone() asked=asked.clone() finding concepts no_search />
            {views}
            {alike}
            <div class="list-head">
                <p class="soft">{counts}</p>
                <Tabs label="Views" tabs=tabs.into() />
            </div>
        }
    });
    view! {
        <Title text=title />
        <AppRoom place room=Room::Inputs>
            <header class="page-head"><h1>"Inputs"</h1></header>
            <Sent />
            <TakenIn dataset=None path=here.clone() />
            {addition}
            <Batches app=app.clone() batches />
            {tools}
            {shown}
            {is_paged.then(|| view! {
                <div class="list-pages"><Pagination label="Inputs" previous=first next=next position=order /></div>
            })}
        </AppRoom>
    }
}

/// How many there are in the app.
fn standing(total: Option<i64>, pending: i64, failed: i64) -> String {
    let Some(total) = total else { return String::new() };
    let mut words = format!("{total} in all");
    for (count, what) in [(pending, "not ready yet"), (failed, "could not be read")] {
        if count > 0 {
            words.push_str(&format!(", {count} {what}"));
        }
    }
    words
}

fn nothing(asked: &Asked, is_wrong: bool) -> AnyView {
    if is_wrong {
        return view! {
            <EmptyState sign=Sign::Search title="Nothing was looked for">
                <p>"What is asked for has to be mended first: see above."</p>
            </EmptyState>
        }
        .into_any();
    }
    if asked.is_filtered() || !asked.after.is_empty() {
        return view! {
            <EmptyState sign=Sign::Search title="No input fits">
                <p>"Take a filter away, or try other words."</p>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState sign=Sign::Input title="No inputs yet">
            <p>
                "Inputs are the pictures and texts that are labelled here, such as photographs of street signs or \
                 letters to sort. Add some, and everybody who works on this app sees them."
            </p>
        </EmptyState>
    }
    .into_any()
}
