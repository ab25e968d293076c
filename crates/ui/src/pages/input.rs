//! `/{owner}/{app}/inputs/{input}`

use atelier_domain::Medium;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

use crate::{
    api::{
        apps::App,
        inputs::{DeleteInput, OneInput as Shown, PictureSize, get_input, input_path, picture_path},
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        concept_list::ConceptList,
        copyable::CopyButton,
        error_summary::ErrorSummary,
        icon::{Icon, Sign},
        layout::Crumb,
        loaded::Loaded,
        marking::{DraftForm, Drafting, InputFields, Marking},
        marks::{RegionList, WholeConcepts},
        picture_regions::{NewBoxButton, PictureRegions},
        prose::Prose,
        room::{AppRoom, Room},
        shortcuts::use_shortcut,
        text_spans::{FindSpan, TextSpans},
        time::Time,
    },
    form::{Form, PostForm},
    pages::{input_history::history_path, thing_in_address},
};

/// One input, and what people say of it.
#[component]
pub fn OneInput() -> impl IntoView {
    Drafting::provide();
    view! {
        <Loaded
            key=thing_in_address("input")
            fetch=|(owner, app, input)| get_input(owner, app, input)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: Shown) -> impl IntoView {
    let Shown { place, slug, medium, text, has_picture, pixels, facts, author, made_at, marks, .. } = shown;
    let app = place.app.clone();
    let marking = Marking::new(&slug, marks, shown.no_addition.is_none());
    let tools = marking.can_add.then(|| tools(marking, has_picture, text.clone()));
    let content = match (medium, text) {
        (_, Some(text)) => view! { <TextSpans text marking /> }.into_any(),
        (Medium::Image, None) if has_picture => {
            let src = picture_path(&app, &slug, PictureSize::Original);
            view! { <PictureRegions src alt=slug.clone() pixels marking /> }.into_any()
        }
        (_, None) => {
            view! { <p class="page-note">"It is not here yet, or could not be fetched."</p> }.into_any()
        }
    };
    let why_not = shown.no_addition.map(|text| view! { <p class="page-note"><Prose text /></p> });
    // Of somebody who may add nothing, it is said already.
    let no_removal = shown.no_removal.filter(|_| marking.can_add);
    let no_removal = no_removal.map(|text| view! { <p class="page-note"><Prose text /></p> });
    let below = Crumb { href: input_path(&app, &slug), label: slug.clone() };
    let how = match medium {
        Medium::Image => "Draw a box with the mouse, or take “New box” and the arrow keys.",
        Medium::Text => "Select a part of the text.",
    };
    view! {
        <Title text=slug.clone() />
        <AppRoom place room=Room::Inputs below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1><code>{slug.clone()}</code></h1>
                    <CopyButton value=slug.clone() what="the input’s id" />
                </div>
                <div class="actions">
                    <LinkButton href=history_path(&app, &slug)>"History"</LinkButton>
                    <Neighbours app=app.clone() newer=shown.newer older=shown.older />
                </div>
            </header>
            <ConceptList concepts=shown.concepts />
            {why_not}
            <div class="workplace">
                <div class="workplace-content">{content}</div>
                <div class="workplace-side">
                    <WholeConcepts marking app=app.clone() input=slug.clone() />
                    <DraftForm marking app=app.clone() input=slug.clone() />
                    {tools}
                    <RegionList marking app=app.clone() input=slug.clone() how />
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

/// What makes regions without a mouse.
fn tools(marking: Marking, has_picture: bool, text: Option<String>) -> AnyView {
    let tool = match text {
        Some(text) => view! { <FindSpan text marking /> }.into_any(),
        None if has_picture => view! {
            <p><NewBoxButton marking /></p>
            <p class="field-hint">
                "Tab goes from box to box. Arrows move one by 1 %, with Shift they stretch it; Enter leads to its \
                 concept, Delete removes it, Esc cancels."
            </p>
        }
        .into_any(),
        None => ().into_any(),
    };
    view! { <div class="needs-script">{tool}</div> }.into_any()
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
