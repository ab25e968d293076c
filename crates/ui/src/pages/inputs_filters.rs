//! Which inputs the list shows, and in which order.

use atelier_domain::Medium;
use atelier_domain::filter::Comparison;
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast as _};
use leptos_router::hooks::use_navigate;

use crate::{
    api::{
        apps::App,
        concepts::Concept,
        explorer::{Asked, COUNTED, Finding, number},
        inputs::list_path,
    },
    components::{
        concept_list::{CONCEPT_LIST, ConceptList},
        icon::{Icon, Sign},
        prose::Prose,
        shortcuts::use_shortcut,
    },
    error::FieldError,
};

/// Where annotations and inputs stand, by the wire's number.
const STATUSES: [(&str, &str); 7] = [
    ("24150", "Annotations that count"),
    ("24151", "Annotations that are not finished"),
    ("24157", "Annotations that wait for a review"),
    ("24158", "Annotations that were rejected"),
    ("30000", "Inputs that are ready"),
    ("30001", "Inputs that are not ready yet"),
    ("30002", "Inputs that could not be read"),
];

/// The filters. Everything is in the page's address: it can be linked, and works without JavaScript.
#[component]
pub(super) fn Filters(
    /// The app.
    app: App,
    /// What the address says.
    asked: Asked,
    /// What can be filtered, and what is.
    finding: Finding,
    /// The concepts to look for.
    concepts: Vec<Concept>,
    /// Why the person cannot search, if they cannot: then there are few filters.
    no_search: Option<String>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    use_shortcut("/", "Look for inputs", move || {
        if let Some(field) = field.get_untracked() {
            // A field that cannot take the focus is where it was.
            let _ = field.focus();
        }
    });
    let here = list_path(&app);
    let (goal, navigate) = (here.clone(), use_navigate());
    let go = move |form: Option<web_sys::HtmlFormElement>| {
        let Some(asked) = form.and_then(|form| typed(&form)) else { return false };
        navigate(&asked.address(&goal), Default::default());
        true
    };
    let go_at_once = go.clone();
    let submit = move |event: ev::SubmitEvent| {
        if go(event.target().and_then(|form| form.dyn_into().ok())) {
            event.prevent_default();
        }
    };
    // The order takes effect once it is chosen; everything else with the button, since several belong together.
    let chosen = move |event: ev::Event| {
        let select = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let select = select.filter(|element| element.id() == "input-order");
        let form = select.and_then(|select| select.closest("form").ok().flatten());
        go_at_once(form.and_then(|form| form.dyn_into().ok()));
    };
    let can_search = no_search.is_none();
    let chips = chips(&here, &asked, &finding);
    let summary = wrong(&finding.wrong);
    let note = no_search.map(|explanation| {
        view! {
            <p class="page-note">
                "There are more filters, an order and saved views for those who may search. " <Prose text=explanation />
            </p>
        }
    });
    let view_field = (!asked.view.is_empty())
        .then(|| view! { <input type="hidden" name="view" value=asked.view.clone() /> });
    let order = can_search.then(|| {
        select(
            "order",
            "Order",
            &asked.order,
            "The newest first",
            [("oldest".into(), "The oldest first".into())].into(),
        )
    });
    let there = can_search.then(|| {
        let label = "Whether the concept is there";
        let absent = [("no".into(), "is said not to be there".into())];
        select("there", label, &asked.there, "is there", absent.into())
    });
    let more = can_search.then(|| more(&asked, &finding));
    let kind = (!can_search).then(|| kinds(&asked));
    view! {
        <ConceptList concepts />
        {note}
        {summary}
        <form class="filters input-filters" method="get" action=here role="search" on:submit=submit on:change=chosen>
            {view_field}
            <label for="input-words" class="visually-hidden">"Words"</label>
            <input
                node_ref=field
                id="input-words"
                class="input"
                type="search"
                name="words"
                placeholder="Words of a text"
                value=asked.words.clone()
                // The same element shows the next search: what was typed into it has to give way.
                prop:value=asked.words.clone()
            />
            <label for="input-concept" class="visually-hidden">"Concept"</label>
            <input
                id="input-concept"
                class="input"
                name="concept"
                list=CONCEPT_LIST
                placeholder="Concept"
                autocomplete="off"
                value=asked.concept.clone()
                prop:value=asked.concept.clone()
            />
            {there}
            {kind}
            {order}
            <button class="button" type="submit">"Filter"</button>
            {more}
        </form>
        {chips}
    }
}

/// What a form of filters says.
fn typed(form: &web_sys::HtmlFormElement) -> Option<Asked> {
    let fields = web_sys::FormData::new_with_form(form).ok()?;
    Some(Asked::read(|part| fields.get(part).as_string().unwrap_or_default().trim().to_owned()))
}

/// The filters that are not wanted each time.
fn more(asked: &Asked, finding: &Finding) -> AnyView {
    let same = |list: &[String]| list.iter().map(|one| (one.clone(), one.clone())).collect();
    let statuses = STATUSES.map(|(number, words)| (number.to_owned(), words.to_owned()));
    let comparisons = Comparison::ALL.map(|comparison| (comparison.name().to_owned(), compared(comparison)));
    let datasets = (!finding.datasets.is_empty())
        .then(|| labelled("dataset", "In the dataset", &asked.dataset, "Any", same(&finding.datasets)));
    // What was typed is shown, and what is wrong with it, wherever it stands.
    let is_open = asked.adds() || finding.wrong.iter().any(|error| error.field == "q");
    let q = if finding.wrong.is_empty() { finding.q.clone() } else { asked.q.clone() };
    let text = |name, label, kind, value: &str| text(name, label, kind, value, error_of(finding, name));
    view! {
        <details class="more-filters" open=is_open>
            <summary>"More filters"</summary>
            <div class="filter-grid">
                {labelled("kind", "Type", &asked.kind, "Any", kind_choices())}
                {labelled("by", "Annotation by", &asked.by, "Anybody", finding.people.clone())}
                {labelled("status", "Status", &asked.status, "Any", statuses.into())}
                {datasets}
                {text("from", "Added from (UTC)", "date", &asked.from)}
                {text("until", "Added until", "date", &asked.until)}
                {text("id", "Id", "text", &asked.id)}
                <fieldset class="filter-group">
                    <legend>"Metadata"</legend>
                    {text("key", "Key", "text", &asked.key)}
                    {labelled("compare", "Comparison", &asked.compare, "is there, or is", comparisons.into())}
                    {text("value", "Value", "text", &asked.value)}
                </fieldset>
                <fieldset class="filter-group is-of-numbers">
                    <legend>"Near a place"</legend>
                    {text("latitude", "Latitude", "text", &asked.latitude)}
                    {text("longitude", "Longitude", "text", &asked.longitude)}
                    {text("km", "Within km", "text", &asked.km)}
                </fieldset>
                <p class="checkbox">
                    <input type="checkbox" id="input-unsaid" name="unsaid" value="yes" checked=!asked.unsaid.is_empty() />
                    <label for="input-unsaid">"Nobody has said anything"</label>
                </p>
                <div class="filter-text">{text("q", "The whole filter as text", "text", &q)}</div>
            </div>
        </details>
    }
    .into_any()
}

fn compared(comparison: Comparison) -> String {
    let words = match comparison {
        Comparison::Is => "is",
        Comparison::Below => "is below",
        Comparison::AtMost => "is at most",
        Comparison::Above => "is above",
        Comparison::AtLeast => "is at least",
    };
    words.to_owned()
}

fn kind_choices() -> Vec<(String, String)> {
    let kinds = [(Medium::Image, "Pictures"), (Medium::Text, "Texts")];
    kinds.map(|(medium, words)| (medium.name().to_owned(), words.to_owned())).into()
}

fn kinds(asked: &Asked) -> AnyView {
    select("kind", "Type", &asked.kind, "Everything", kind_choices())
}

/// One of several, or none of them.
fn select(name: &str, label: &str, value: &str, none: &str, options: Vec<(String, String)>) -> AnyView {
    let id = format!("input-{name}");
    view! {
        <label for=id.clone() class="visually-hidden">{label.to_owned()}</label>
        {choices(id, name, value, none, options)}
    }
    .into_any()
}

/// The same, with its label above it.
fn labelled(name: &str, label: &str, value: &str, none: &str, options: Vec<(String, String)>) -> AnyView {
    let id = format!("input-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label.to_owned()}</label>
            {choices(id, name, value, none, options)}
        </div>
    }
    .into_any()
}

fn choices(id: String, name: &str, value: &str, none: &str, options: Vec<(String, String)>) -> AnyView {
    let options = options
        .into_iter()
        .map(|(slug, words)| {
            let is_chosen = slug == value;
            view! { <option value=slug selected=is_chosen prop:selected=is_chosen>{words}</option> }
                .into_any()
        })
        .collect_view();
    view! {
        <select id=id class="input" name=name.to_owned()>
            <option value="">{none.to_owned()}</option>
            {options}
        </select>
    }
    .into_any()
}

/// What is typed, and what is wrong with it.
fn text(name: &str, label: &str, kind: &'static str, value: &str, error: Option<String>) -> AnyView {
    let id = format!("input-{name}");
    let error_id = format!("{id}-error");
    let is_wrong = error.is_some();
    let described_by = is_wrong.then(|| error_id.clone());
    let error = error.map(|message| {
        view! {
            <p class="field-error" id=error_id><Icon sign=Sign::Warning /><span><Prose text=message /></span></p>
        }
    });
    view! {
        <div class="field" class:is-wrong=is_wrong>
            <label for=id.clone()>{label.to_owned()}</label>
            <input
                id=id
                class="input"
                type=kind
                name=name.to_owned()
                autocomplete="off"
                spellcheck="false"
                value=value.to_owned()
                prop:value=value.to_owned()
                aria-invalid=is_wrong.then_some("true")
                aria-describedby=described_by
            />
            {error}
        </div>
    }
    .into_any()
}

/// What is wrong with a field.
fn error_of(finding: &Finding, field: &str) -> Option<String> {
    finding.wrong.iter().find(|error| error.field == field).map(|error| error.message.clone())
}

/// What has to be mended, each with a link to its field.
fn wrong(errors: &[FieldError]) -> Option<AnyView> {
    let heading = match errors {
        [] => return None,
        [_] => "One thing needs your attention.".to_owned(),
        several => format!("{} things need your attention.", several.len()),
    };
    let errors = errors
        .iter()
        .map(|error| {
            let href = format!("#input-{}", error.field);
            view! { <li><a href=href rel="external"><Prose text=error.message.clone() /></a></li> }.into_any()
        })
        .collect_view();
    Some(
        view! {
            <div class="error-summary" role="alert">
                <p>{heading}</p>
                <ul>{errors}</ul>
            </div>
        }
        .into_any(),
    )
}

/// What is filtered, part by part, each with a link that takes it away.
fn chips(here: &str, asked: &Asked, finding: &Finding) -> Option<AnyView> {
    if finding.parts.is_empty() {
        return None;
    }
    let parts = finding
        .parts
        .iter()
        .map(|part| {
            let href = asked.with(&part.without).address(here);
            let label = format!("Take away: {}", part.words);
            view! {
                <li class="chip is-accent">
                    <span>{part.words.clone()}</span>
                    <a class="chip-remove" href=href aria-label=label><Icon sign=Sign::Close /></a>
                </li>
            }
            .into_any()
        })
        .collect_view();
    let all = asked.with("").address(here);
    Some(
        view! {
            <div class="filter-chips">
                <ul class="chips" role="list" aria-label="What is filtered">{parts}</ul>
                <a class="button is-quiet is-small" href=all>"Show everything"</a>
            </div>
        }
        .into_any(),
    )
}

/// How many match, if something is filtered.
pub(super) fn what_matches(asked: &Asked, finding: &Finding) -> String {
    match finding.found {
        Some(found) if asked.is_filtered() && found > COUNTED => {
            format!("; more than {} match", number(COUNTED))
        }
        Some(1) if asked.is_filtered() => "; 1 matches".to_owned(),
        Some(found) if asked.is_filtered() => format!("; {} match", number(found)),
        _ => String::new(),
    }
}
