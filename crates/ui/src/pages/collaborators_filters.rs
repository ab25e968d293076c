//! Whom the list of collaborators shows, and how.

use atelier_domain::{BasicScope, Preset, basic::ADMINISTRATION};
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast as _};
use leptos_router::hooks::use_navigate;

use crate::{
    api::collaborators::{Inviter, Search},
    components::{
        shortcuts::use_shortcut,
        tabs::{Tab, Tabs},
    },
};

/// The search box, the filters and the three views. Everything is in the page's address: it can be linked, and works
/// without JavaScript.
#[component]
pub(super) fn Filters(
    /// Where the list is.
    path: String,
    /// What the address says.
    search: Search,
    /// Whom one can choose as the inviter.
    inviters: Vec<Inviter>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    use_shortcut("/", "Search", move || {
        if let Some(field) = field.get_untracked() {
            // A field that cannot take the focus is where it was.
            let _ = field.focus();
        }
    });
    let tabs = [("", "List"), ("tree", "Tree"), ("matrix", "Matrix")].map(|(view, label)| {
        let there = Search { view: view.to_owned(), after: String::new(), ..search.clone() };
        Tab { href: there.address(&path), label: label.to_owned(), current: search.view == view }
    });
    let everyone = search.is_narrow().then(|| {
        let href = Search { view: search.view.clone(), ..Search::default() }.address(&path);
        view! { <a class="button is-quiet" href=href>"Show everyone"</a> }
    });
    let goal = path.clone();
    let navigate = use_navigate();
    let go = move |form: Option<web_sys::HtmlFormElement>| {
        let Some(search) = form.and_then(|form| typed(&form)) else { return false };
        navigate(&search.address(&goal), Default::default());
        true
    };
    let go_at_once = go.clone();
    let submit = move |event: ev::SubmitEvent| {
        if go(event.target().and_then(|form| form.dyn_into().ok())) {
            event.prevent_default();
        }
    };
    // Choosing is enough; typing ends with Enter.
    let chosen = move |event: ev::Event| {
        let select = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let select = select.filter(|element| element.tag_name() == "SELECT");
        let form = select.and_then(|select| select.closest("form").ok().flatten());
        go_at_once(form.and_then(|form| form.dyn_into().ok()));
    };
    let presets = Preset::ALL.map(|preset| (preset.slug().to_owned(), preset.name().to_owned()));
    let inviters = inviters.into_iter().map(|inviter| (inviter.slug, inviter.name));
    let states = [("active", "Collaborators"), ("pending", "Invited")];
    let states = states.map(|(state, label)| (state.to_owned(), label.to_owned()));
    let view = (!search.view.is_empty())
        .then(|| view! { <input type="hidden" name="view" value=search.view.clone() /> });
    view! {
        <div class="people-tools">
            <form class="filters" method="get" action=path role="search" on:submit=submit on:change=chosen>
                {view}
                <label for="people-text" class="visually-hidden">"Name or address"</label>
                <input
                    node_ref=field
                    id="people-text"
                    class="input"
                    type="search"
                    name="text"
                    placeholder="Name or address"
                    autocomplete="off"
                    value=search.text.clone()
                    // The same element shows the next search: what was typed into it has to give way.
                    prop:value=search.text
                />
                {choice("preset", "Any preset", &search.preset, options(presets, &search.preset))}
                {choice("state", "Any status", &search.state, options(states, &search.state))}
                {choice("scope", "Any scope", &search.scope, scopes(&search.scope))}
                {choice("by", "Invited by anyone", &search.by, options(inviters, &search.by))}
                <button class="button" type="submit">"Filter"</button>
                {everyone}
            </form>
            <Tabs label="Views" tabs=tabs.into() />
        </div>
    }
}

/// What a form of filters says.
fn typed(form: &web_sys::HtmlFormElement) -> Option<Search> {
    let fields = web_sys::FormData::new_with_form(form).ok()?;
    Some(Search::read(|part| fields.get(part).as_string().unwrap_or_default()))
}

/// One filter: its first option, named by what it stands for, leaves nobody out.
fn choice(name: &'static str, anyone: &'static str, value: &str, options: Vec<AnyView>) -> AnyView {
    let id = format!("people-{name}");
    view! {
        <label for=id.clone() class="visually-hidden">{anyone}</label>
        <select id=id class="input" class:is-set=!value.is_empty() name=name>
            <option value="">{anyone}</option>
            {options}
        </select>
    }
    .into_any()
}

fn options(choices: impl IntoIterator<Item = (String, String)>, chosen: &str) -> Vec<AnyView> {
    choices
        .into_iter()
        .map(|(value, label)| {
            let is_chosen = value == chosen;
            view! { <option value=value selected=is_chosen prop:selected=is_chosen>{label}</option> }
                .into_any()
        })
        .collect()
}

/// The scopes, group by group as the picker shows them.
fn scopes(chosen: &str) -> Vec<AnyView> {
    let groups = BasicScope::ALL.map(|group| (group.name(), group.own()));
    groups
        .into_iter()
        .chain([("App", ADMINISTRATION)])
        .map(|(name, scopes)| {
            let names = scopes.iter().map(|scope| (scope.wire().to_owned(), scope.wire().to_owned()));
            view! { <optgroup label=name>{options(names, chosen)}</optgroup> }.into_any()
        })
        .collect()
}
