//! `/{owner}/{app}/vocabs/{vocab}`

use leptos::prelude::*;
use leptos_meta::Title;

use super::collaborators::AppNameFields;
use crate::{
    api::{
        apps::App,
        concepts::{Concept, concept_path},
        vocabs::{
            AddToVocab, ChangeVocab, DeleteVocab, MoveInVocab, RemoveFromVocab, VocabShown, get_vocab,
            vocab_path,
        },
    },
    components::{
        button::{Look, SubmitButton},
        copyable::CopyButton,
        empty_state::EmptyState,
        error_summary::ErrorSummary,
        field::{TextArea, TextField},
        icon::Sign,
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        row_action::row_action,
        swatch::Swatch,
        table::{Cell, Column, Table},
    },
    form::{Form, PostForm},
    pages::thing_in_address,
};

/// One vocabulary: its concepts in their order, and what it is called.
#[component]
pub fn OneVocab() -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("vocab")
            fetch=|(owner, app, vocab)| get_vocab(owner, app, vocab)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: VocabShown) -> impl IntoView {
    let VocabShown { place, slug, name, description, concepts, others, no_change, no_deletion } = shown;
    let app = place.app.clone();
    let can_change = no_change.is_none();
    let below = Crumb { href: vocab_path(&app, &slug), label: name.clone() };
    let why_not = no_change.map(|text| view! { <p class="page-note"><Prose text /></p> });
    let lead = (!description.is_empty()).then(|| view! { <p class="section-lead">{description.clone()}</p> });
    let rows = if concepts.is_empty() {
        view! {
            <EmptyState sign=Sign::Concept title="No concepts in it yet">
                <p>"Those that are added stand here in the order in which people will see them."</p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(&app, &slug, concepts, can_change)
    };
    let forms = can_change.then(|| {
        let addition = addition(app.clone(), slug.clone(), others);
        let change = change(app.clone(), slug.clone(), name.clone(), description);
        view! {
            <section class="section">
                <h2>"Add concepts"</h2>
                {addition}
            </section>
            <section class="section">
                <h2>"Name"</h2>
                {change}
            </section>
        }
    });
    let end = match no_deletion {
        Some(explanation) => view! { <p class="section-lead"><Prose text=explanation /></p> }.into_any(),
        None => deletion(app.clone(), slug.clone()),
    };
    view! {
        <Title text=name.clone() />
        <AppRoom place room=Room::Concepts below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1>{name}</h1>
                    <code>{slug.clone()}</code>
                    <CopyButton value=slug what="the vocabulary’s id" />
                </div>
            </header>
            {lead}
            {why_not}
            {rows}
            {forms}
            <section class="section">
                <h2>"Delete this vocabulary"</h2>
                {end}
            </section>
        </AppRoom>
    }
}

/// The hidden fields that say of which vocabulary of which app a form is.
#[component]
fn VocabFields(app: App, vocab: String) -> impl IntoView {
    view! {
        <AppNameFields app />
        <input type="hidden" name="vocab" value=vocab />
    }
}

fn table(app: &App, vocab: &str, concepts: Vec<Concept>, can_change: bool) -> AnyView {
    let last = concepts.len();
    let rows = concepts
        .into_iter()
        .zip(1..)
        .map(|(concept, place)| {
            let actions = can_change.then(|| actions(app, vocab, &concept, place == 1, place == last));
            let href = concept_path(&app.path(), &concept.slug);
            view! {
                <tr role="row">
                    <Cell label="Place" numeric=true>{place}</Cell>
                    <Cell label="">
                        <span class="swatched">
                            <Swatch color=concept.color />
                            <a class="row-name" href=href>{concept.name}</a>
                        </span>
                    </Cell>
                    <Cell label="">{actions}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [Column::numeric("Place"), Column::text("Concept"), Column::unnamed("Actions")];
    view! { <Table caption="Concepts in their order" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

/// What can be done with a concept of the list; nothing that would leave it where it is.
fn actions(app: &App, vocab: &str, concept: &Concept, is_first: bool, is_last: bool) -> AnyView {
    let fields = |step: Option<&'static str>| {
        view! {
            <VocabFields app=app.clone() vocab=vocab.to_owned() />
            <input type="hidden" name="concept" value=concept.slug.clone() />
            {step.map(|step| view! { <input type="hidden" name="step" value=step /> })}
        }
        .into_any()
    };
    let moving = |step: &'static str, does: &'static str, done: &'static str| {
        let form = Form::<MoveInVocab>::keyed(&format!("{step}-{}", concept.slug)).reloading(done);
        row_action(form, fields(Some(step)), does, concept.name.clone())
    };
    let removal = Form::<RemoveFromVocab>::keyed(&concept.slug).reloading("Removed.");
    view! {
        <span class="row-actions">
            {(!is_first).then(|| moving("earlier", "Earlier", "Moved earlier."))}
            {(!is_last).then(|| moving("later", "Later", "Moved later."))}
            {row_action(removal, fields(None), "Remove", concept.name.clone())}
        </span>
    }
    .into_any()
}

fn addition(app: App, vocab: String, others: Vec<Concept>) -> AnyView {
    /// How many are named as examples.
    const NAMED: usize = 5;
    if others.is_empty() {
        return view! { <p class="section-lead">"Every concept of the app is in it."</p> }.into_any();
    }
    let names: Vec<&str> = others.iter().take(NAMED).map(|concept| concept.name.as_str()).collect();
    let more = if others.len() > NAMED { ", …" } else { "" };
    let hint = format!("Names or ids, one on each line. Not in it yet: {}{more}", names.join(", "));
    let form = Form::<AddToVocab>::new().emptied().reloading("Added.");
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <VocabFields app vocab />
            <TextArea name="concepts" label="Concepts" hint=hint />
            <p class="actions"><SubmitButton>"Add to the vocabulary"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}

fn change(app: App, vocab: String, name: String, description: String) -> AnyView {
    let form = Form::<ChangeVocab>::new().reloading("Saved.");
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <VocabFields app vocab />
            <TextField name="name" label="Name" value=name />
            <TextField name="description" label="What it is for" value=description optional=true />
            <p class="actions"><SubmitButton look=Look::Secondary>"Save"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}

/// It opens first, so that no single press does it, without JavaScript either.
fn deletion(app: App, vocab: String) -> AnyView {
    let form = Form::<DeleteVocab>::new();
    view! {
        <details>
            <summary>"Delete it …"</summary>
            <PostForm form>
                <ErrorSummary />
                <VocabFields app vocab />
                <p>"Its concepts stay, and so does everything that was said with them."</p>
                <p class="actions"><SubmitButton look=Look::Danger>"Delete this vocabulary"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
}
