//! What is said of an input as a whole, as chips, and the way to take away what is said of it or of its parts.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::{
        annotations::{AddMark, Mark, RemoveMark, put_back_mark},
        apps::App,
    },
    components::{
        button::{Look, SubmitButton},
        concept_list::CONCEPT_LIST,
        error_summary::ErrorSummary,
        field::TextField,
        icon::{Icon, Sign},
        loaded::Reload,
        menu::Menu,
        toast::{Toasts, Undo},
    },
    form::{Form, PostForm},
};

/// The concepts of the whole input, and a field for another one.
#[component]
pub fn WholeConcepts(
    /// What is said of the input.
    marks: Vec<Mark>,
    /// Whether the person may say anything of it.
    can_add: bool,
    /// In which app.
    app: App,
    /// In which input.
    input: String,
) -> impl IntoView {
    let of_whole = marks.iter().filter(|mark| mark.region().is_none());
    let chips: Vec<AnyView> = of_whole.map(|mark| chip(&app, &input, mark, can_add)).collect();
    let list = if chips.is_empty() {
        view! { <p class="soft">"Nobody has said what is in it."</p> }.into_any()
    } else {
        view! { <ul class="chips" role="list" aria-label="Concepts of the whole input">{chips}</ul> }
            .into_any()
    };
    let form = can_add.then(|| addition(app.clone(), input.clone()));
    view! {
        <section class="said">
            <h2>"Concepts"</h2>
            {list}
            {form}
        </section>
    }
}

/// The form for a further concept of the whole.
fn addition(app: App, input: String) -> AnyView {
    let form = Form::<AddMark>::keyed("whole").emptied().reloading("Added.");
    view! {
        <PostForm form class="is-inline-field">
            <ErrorSummary />
            <InputFields app input />
            <TextField name="concept" label="Add a concept" list=CONCEPT_LIST />
            <SubmitButton look=Look::Secondary>"Add"</SubmitButton>
        </PostForm>
    }
    .into_any()
}

fn chip(app: &App, input: &str, mark: &Mark, can_add: bool) -> AnyView {
    let why_not = mark.no_removal.clone();
    let removal = why_not.is_none().then(|| removal(app, input, mark, can_add, true));
    view! {
        <li class="chip" title=why_not>
            <span>{mark.words.clone()}</span>
            <small>{mark.author.clone()}</small>
            {removal}
        </li>
    }
    .into_any()
}

/// The way to take a mark away. One's own can be put back, so that it goes at a press; somebody else's would come back
/// as one's own, so that the press is asked about.
pub(super) fn removal(app: &App, input: &str, mark: &Mark, can_add: bool, is_chip: bool) -> AnyView {
    let form = Form::<RemoveMark>::keyed(&mark.key());
    let undo = (mark.is_own && can_add).then(|| undo(app, input, mark));
    tell_removal(form.value(), format!("Removed {}.", mark.words), undo);
    let (words, author) = (mark.words.clone(), mark.author.clone());
    let (app, input, mark) = (app.clone(), input.to_owned(), mark.clone());
    let is_own = mark.is_own;
    let id = format!("remove-{}", mark.key());
    if is_own {
        return view! {
            <PostForm form class="is-inline">
                {removal_fields(app, input, &mark)}
                {if is_chip { cross(id, words) } else { button(id, words) }}
                <ErrorSummary />
            </PostForm>
        }
        .into_any();
    }
    let question = format!("{words} is {author}’s. Once removed, only {author} can say it again.");
    view! {
        <Menu id=format!("{id}-menu") label=format!("Remove {words}")>
            <li class="menu-note">{question}</li>
            <li>
                <PostForm form>
                    {removal_fields(app, input, &mark)}
                    <button type="submit">"Remove it"</button>
                    <ErrorSummary />
                </PostForm>
            </li>
        </Menu>
    }
    .into_any()
}

fn removal_fields(app: App, input: String, mark: &Mark) -> AnyView {
    let concept = if mark.region().is_none() { mark.concept().unwrap_or_default() } else { "" };
    view! {
        <InputFields app input />
        <input type="hidden" name="annotation" value=mark.annotation.clone() />
        <input type="hidden" name="region" value=mark.region_id().to_owned() />
        <input type="hidden" name="concept" value=concept.to_owned() />
    }
    .into_any()
}

/// The button at the end of a chip.
fn cross(id: String, words: String) -> AnyView {
    view! {
        <button type="submit" id=id class="chip-remove" aria-label=format!("Remove {words}")>
            <Icon sign=Sign::Close />
        </button>
    }
    .into_any()
}

/// The button in a row of the list.
fn button(id: String, words: String) -> AnyView {
    view! {
        <button type="submit" id=id class="button is-quiet is-small">
            "Remove"
            <span class="visually-hidden">" " {words}</span>
        </button>
    }
    .into_any()
}

/// Fetches the page anew when a mark was removed, and says so, with the way back.
fn tell_removal(removed: Signal<Option<Option<i64>>>, news: String, undo: Option<Undo>) {
    let (reload, toasts) = (Reload::of_page(), Toasts::of_page());
    Effect::watch(
        move || removed.get(),
        move |removed, _, _| {
            if removed.is_some() {
                toasts.show(news.clone(), undo.clone());
                reload.now();
            }
        },
        false,
    );
}

/// Says again what a mark says.
fn undo(app: &App, input: &str, mark: &Mark) -> Undo {
    let (reload, toasts) = (Reload::of_page(), Toasts::of_page());
    let (app, input) = (app.clone(), input.to_owned());
    let labels = serde_json::to_string(&mark.labels).unwrap_or_default();
    Arc::new(move || {
        let again = put_back_mark(app.owner.clone(), app.slug.clone(), input.clone(), labels.clone());
        leptos::task::spawn_local(async move {
            match again.await {
                Ok(()) => {
                    toasts.show("Put back.", None);
                    reload.now();
                }
                Err(error) => toasts.show(error.to_string(), None),
            }
        });
    })
}

/// The hidden fields that say which input a form is about.
#[component]
pub fn InputFields(
    /// The app.
    app: App,
    /// The input.
    input: String,
) -> impl IntoView {
    view! {
        <input type="hidden" name="owner" value=app.owner />
        <input type="hidden" name="app" value=app.slug />
        <input type="hidden" name="input" value=input />
    }
}
