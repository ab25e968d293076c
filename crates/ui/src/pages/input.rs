//! `/{owner}/{app}/inputs/{input}`

use atelier_domain::Medium;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

use crate::{
    api::{
        alike::AskedAlike,
        apps::App,
        inputs::{DeleteInput, OneInput as Shown, PictureSize, get_input, input_path, picture_path},
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        canvas::{
            Canvas,
            desk::{self, Desk},
            said::SaidRegions,
            text::TextSheet,
        },
        concept_list::ConceptList,
        copyable::CopyButton,
        error_summary::ErrorSummary,
        icon::{Icon, Sign},
        layout::Crumb,
        loaded::Loaded,
        marks::{InputFields, WholeConcepts},
        prose::Prose,
        room::{AppRoom, Room},
        shortcuts::use_shortcut,
        time::Time,
    },
    form::{Form, PostForm},
    pages::{input_history::history_path, thing_in_address},
};

/// One input, and what people say of it.
#[component]
pub fn OneInput() -> impl IntoView {
    let desk = Desk::provide();
    let fetch = move |(owner, app, input): (String, String, String)| {
        // What was saved after this was asked for is not in the answer.
        let answers = desk.answers();
        async move { get_input(owner, app, input).await.map(|shown| (answers, shown)) }
    };
    view! {
        <Loaded
            key=thing_in_address("input")
            fetch
            view=|(answers, shown)| view! { <Body answers shown /> }.into_any()
        />
    }
}

#[component]
fn Body(answers: u32, shown: Shown) -> impl IntoView {
    let Shown { place, slug, medium, text, pixels, facts, author, made_at, marks, concepts, .. } = shown;
    let app = place.app.clone();
    let can_add = shown.no_addition.is_none();
    let desk = Desk::of_page().open(desk::Shown {
        place: place.clone(),
        input: slug.clone(),
        text: text.clone(),
        marks: marks.clone(),
        concepts: concepts.clone(),
        can_add,
        no_removal: shown.no_removal.clone(),
        answers,
    });
    let sketch = desk.sketch();
    let content = match (medium, text, pixels.filter(|_| shown.has_picture)) {
        (_, Some(text), _) => view! { <TextSheet text sketch /> }.into_any(),
        (Medium::Image, None, Some(pixels)) => {
            let src = picture_path(&app, &slug, PictureSize::Original);
            view! { <Canvas src alt=slug.clone() pixels sketch /> }.into_any()
        }
        (_, None, _) => {
            view! { <p class="page-note">"It is not here yet, or could not be fetched."</p> }.into_any()
        }
    };
    let why_not = shown.no_addition.map(|text| view! { <p class="page-note"><Prose text /></p> });
    // Of somebody who may add nothing, it is said already.
    let no_removal = shown.no_removal.filter(|_| can_add);
    let no_removal = no_removal.map(|text| view! { <p class="page-note"><Prose text /></p> });
    let below = Crumb { href: input_path(&app, &slug), label: slug.clone() };
    view! {
        <Title text=slug.clone() />
        <AppRoom place room=Room::Inputs below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1><code>{slug.clone()}</code></h1>
                    <CopyButton value=slug.clone() what="the input’s id" />
                </div>
                <div class="actions">
                    <LinkButton href=AskedAlike::input(&slug).address(&app)>"Alike"</LinkButton>
                    <LinkButton href=history_path(&app, &slug)>"History"</LinkButton>
                    <Neighbours app=app.clone() newer=shown.newer older=shown.older />
                </div>
            </header>
            <ConceptList concepts />
            {why_not}
            <div class="workplace">
                <div class="workplace-content">{content}</div>
                <div class="workplace-side">
                    <WholeConcepts marks can_add app=app.clone() input=slug.clone() />
                    <SaidRegions desk app=app.clone() input=slug.clone() />
                    {no_removal}
                </div>
            </div>
            <section class="section">
                <h2>"About it"</h2>
                <Facts facts author made_at />
            </section>
            <Deletion app input=slug no_deletion=shown.no_deletion />
        </AppRoom>
    }
}

/// The ways to the inputs beside it, by links and by keys.
#[component]
fn Neighbours(app: App, newer: Option<String>, older: Option<String>) -> impl IntoView {
    let newer = newer.map(|input| input_path(&app, &input));
    let older = older.map(|input| input_path(&app, &input));
    if let Some(newer) = newer.clone() {
        let go = use_navigate();
        use_shortcut("[", "The next newer input", move || go(&newer, Default::default()));
    }
    if let Some(older) = older.clone() {
        let go = use_navigate();
        use_shortcut("]", "The next older input", move || go(&older, Default::default()));
    }
    view! {
        <nav class="actions" aria-label="Other inputs">
            {newer.map(|href| view! {
                <a class="button" rel="prev" href=href><Icon sign=Sign::Back />"Newer"</a>
            })}
            {older.map(|href| view! {
                <a class="button" rel="next" href=href>"Older"<Icon sign=Sign::Forth /></a>
            })}
        </nav>
    }
}

/// What it is, who added it, and what is kept with it.
#[component]
fn Facts(facts: Vec<(String, String)>, author: String, made_at: i64) -> impl IntoView {
    let rows = facts
        .into_iter()
        .map(|(name, value)| view! { <tr><th scope="row">{name}</th><td>{value}</td></tr> }.into_any())
        .collect_view();
    view! {
        <table class="facts">
            <tbody>
                <tr><th scope="row">"Added by"</th><td>{author} ", " <Time at=made_at /></td></tr>
                {rows}
            </tbody>
        </table>
    }
}

/// Its end. It opens first, so that no single press does it, without JavaScript either.
#[component]
fn Deletion(app: App, input: String, no_deletion: Option<String>) -> impl IntoView {
    let body = match no_deletion {
        Some(explanation) => view! { <p class="section-lead"><Prose text=explanation /></p> }.into_any(),
        None => {
            let form = Form::<DeleteInput>::new();
            view! {
                <details>
                    <summary>"Delete it …"</summary>
                    <PostForm form>
                        <ErrorSummary />
                        <InputFields app input />
                        <p>"Everything that anybody has said of it goes with it. This cannot be undone."</p>
                        <p class="actions">
                            <SubmitButton look=Look::Danger>"Delete this input"</SubmitButton>
                        </p>
                    </PostForm>
                </details>
            }
            .into_any()
        }
    };
    view! {
        <section class="section">
            <h2>"Delete this input"</h2>
            {body}
        </section>
    }
}
