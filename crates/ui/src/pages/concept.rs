//! `/{owner}/{app}/concepts/{concept}`

use atelier_domain::Predicate;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::location::Url;

use super::collaborators::AppNameFields;
use crate::{
    api::{
        apps::App,
        concepts::{
            AddConceptName, ChangeConcept, ConceptShown, DeleteConcept, InVocab, MergeConcept, NameIn,
            RelateConcept, RelationTo, RemoveConceptName, UnrelateConcept, concept_path, get_concept,
        },
        inputs::list_path,
        vocabs::vocab_path,
    },
    components::{
        button::{Look, SubmitButton},
        concept_list::{CONCEPT_LIST, ConceptList},
        copyable::CopyButton,
        error_summary::ErrorSummary,
        field::{TextArea, TextField},
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        row_action::row_action,
        swatch::Swatch,
        table::{Cell, Column, Table, WordsCell},
    },
    form::{Form, FormParts, PostForm},
    pages::thing_in_address,
};

/// One concept: what it is called, in every language; how it stands to others; and its end.
#[component]
pub fn OneConcept() -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("concept")
            fetch=|(owner, app, concept)| get_concept(owner, app, concept)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: ConceptShown) -> impl IntoView {
    let ConceptShown {
        place, concept, definition, shortcut, language, names, relations, vocabs, others, ..
    } = shown;
    let (no_change, no_deletion) = (shown.no_change, shown.no_deletion);
    let (app, slug) = (place.app.clone(), concept.slug.clone());
    let can_change = no_change.is_none();
    let below = Crumb { href: concept_path(&app.path(), &slug), label: concept.name.clone() };
    let inputs = format!("{}?concept={}", list_path(&app), Url::escape(&slug));
    let about = match no_change {
        Some(explanation) => view! {
            <p class="section-lead">{definition}</p>
            <p class="page-note"><Prose text=explanation /></p>
        }
        .into_any(),
        None => change(
            app.clone(),
            slug.clone(),
            concept.name.clone(),
            definition,
            concept.color.clone(),
            shortcut,
        ),
    };
    let end = match no_deletion {
        Some(explanation) => view! { <p class="section-lead"><Prose text=explanation /></p> }.into_any(),
        None => view! {
            <Merging app=app.clone() concept=slug.clone() />
            <Deletion app=app.clone() concept=slug.clone() />
        }
        .into_any(),
    };
    view! {
        <Title text=concept.name.clone() />
        <AppRoom place room=Room::Concepts below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1 class="swatched"><Swatch color=concept.color />{concept.name}</h1>
                    <code>{slug.clone()}</code>
                    <CopyButton value=slug.clone() what="the concept’s id" />
                </div>
                <a class="button" href=inputs>"Its inputs"</a>
            </header>
            <section class="section">{about}</section>
            <ConceptList concepts=others />
            <section class="section">
                <h2>"In other languages"</h2>
                <p class="section-lead">{format!("Its own language is {language}.")}</p>
                {names_table(&app, &slug, names, can_change)}
                {can_change.then(|| new_name(app.clone(), slug.clone()))}
            </section>
            <section class="section">
                <h2>"Relations"</h2>
                {relation_list(&app, relations, can_change)}
                {can_change.then(|| new_relation(app.clone(), slug.clone()))}
            </section>
            {vocabs.map(|vocabs| vocab_list(&app, vocabs))}
            <section class="section">
                <h2>"Merge or delete"</h2>
                {end}
            </section>
        </AppRoom>
    }
}

/// The hidden fields that say of which concept of which app a form is.
#[component]
fn ConceptFields(app: App, concept: String) -> impl IntoView {
    view! {
        <AppNameFields app />
        <input type="hidden" name="concept" value=concept />
    }
}

fn change(
    app: App,
    slug: String,
    name: String,
    definition: String,
    color: String,
    shortcut: Option<String>,
) -> AnyView {
    let form = Form::<ChangeConcept>::new().reloading("Saved.");
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <ConceptFields app concept=slug />
            <TextField name="name" label="Name" value=name />
            <TextArea name="definition" label="What it means" value=definition optional=true />
            <div class="field-row">
                <TextField name="color" label="Colour" kind="color" value=color />
                <TextField
                    name="shortcut"
                    label="Key"
                    hint="Says it while one annotates."
                    value=shortcut.unwrap_or_default()
                    optional=true
                />
            </div>
            <p class="actions"><SubmitButton>"Save the concept"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}

fn names_table(app: &App, slug: &str, names: Vec<NameIn>, can_change: bool) -> AnyView {
    if names.is_empty() {
        return ().into_any();
    }
    let rows = names
        .into_iter()
        .map(|NameIn { language, name, definition }| {
            let remove = can_change.then(|| {
                let form = Form::<RemoveConceptName>::keyed(&language).reloading("Removed.");
                let fields = view! {
                    <ConceptFields app=app.clone() concept=slug.to_owned() />
                    <input type="hidden" name="language" value=language.clone() />
                };
                row_action(form, fields.into_any(), "Remove", name.clone())
            });
            let tag = language.clone();
            view! {
                <tr role="row">
                    <Cell label="Language"><code>{language}</code></Cell>
                    <Cell label="Name"><span lang=tag>{name}</span></Cell>
                    <WordsCell label="Meaning" text=definition />
                    <Cell label="">{remove}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns =
        [Column::text("Language"), Column::text("Name"), Column::text("Meaning"), Column::unnamed("Actions")];
    view! { <Table caption="Names in other languages" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

fn new_name(app: App, slug: String) -> AnyView {
    let form = Form::<AddConceptName>::new().emptied().reloading("Added.");
    view! {
        <details>
            <summary>"Add a name in another language …"</summary>
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <ConceptFields app concept=slug />
                <TextField name="language" label="Language" hint="Its tag, such as de or pt-BR." />
                <TextField name="name" label="Name" />
                <TextField name="definition" label="What it means" optional=true />
                <p class="actions"><SubmitButton look=Look::Secondary>"Add the name"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
}

fn relation_list(app: &App, relations: Vec<RelationTo>, can_change: bool) -> AnyView {
    if relations.is_empty() {
        return view! { <p class="section-lead">"It stands to no other concept yet."</p> }.into_any();
    }
    let items = relations
        .into_iter()
        .map(|RelationTo { id, subject, words, other, other_name }| {
            let href = concept_path(&app.path(), &other);
            let remove = can_change.then(|| {
                let form = Form::<UnrelateConcept>::keyed(&id).reloading("Removed.");
                let fields = view! {
                    <ConceptFields app=app.clone() concept=subject />
                    <input type="hidden" name="relation" value=id.clone() />
                };
                row_action(form, fields.into_any(), "Remove", format!("that it {words} {other_name}"))
            });
            view! {
                <li class="line">
                    <span>"It " {words} " " <a href=href>{other_name}</a></span>
                    {remove}
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! { <ul class="lines" role="list">{items}</ul> }.into_any()
}

fn new_relation(app: App, slug: String) -> AnyView {
    let form = Form::<RelateConcept>::new().emptied().reloading("Added.");
    view! {
        <details>
            <summary>"Add a relation …"</summary>
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <ConceptFields app concept=slug />
                <PredicateField />
                <TextField name="object" label="Other concept" list=CONCEPT_LIST />
                <p class="actions"><SubmitButton look=Look::Secondary>"Add the relation"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
}

#[component]
fn PredicateField() -> impl IntoView {
    let form = expect_context::<FormParts>();
    let typed = form.typed("predicate").unwrap_or_default();
    let options = Predicate::ALL
        .map(|predicate| {
            let is_chosen = typed == predicate.name();
            view! { <option value=predicate.name() selected=is_chosen>{predicate.words()}</option> }
        })
        .collect_view();
    let id = form.field_id("predicate");
    view! {
        <div class="field">
            <label for=id.clone()>"It …"</label>
            <select id=id class="input" name="predicate">{options}</select>
        </div>
    }
}

fn vocab_list(app: &App, vocabs: Vec<InVocab>) -> AnyView {
    let body = if vocabs.is_empty() {
        view! { <p class="section-lead">"It is in no vocabulary."</p> }.into_any()
    } else {
        let items = vocabs
            .into_iter()
            .map(|vocab| {
                let href = vocab_path(app, &vocab.slug);
                view! { <li class="line"><a href=href>{vocab.name}</a></li> }.into_any()
            })
            .collect_view();
        view! { <ul class="lines" role="list">{items}</ul> }.into_any()
    };
    view! {
        <section class="section">
            <h2>"Vocabularies"</h2>
            {body}
        </section>
    }
    .into_any()
}

/// Its end in another one. It opens first, so that no single press does it, without JavaScript either.
#[component]
fn Merging(app: App, concept: String) -> impl IntoView {
    let form = Form::<MergeConcept>::new();
    view! {
        <details>
            <summary>"Merge it into another concept …"</summary>
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <ConceptFields app concept />
                <p>
                    "Whatever was said with it is said with the other one from then on, also in vocabularies, and this \
                     one is gone. Its names in other languages and its relations go with it. This cannot be undone."
                </p>
                <TextField name="into" label="Other concept" list=CONCEPT_LIST />
                <p class="actions"><SubmitButton look=Look::Danger>"Merge the two"</SubmitButton></p>
            </PostForm>
        </details>
    }
}

/// Its end. It opens first, too.
#[component]
fn Deletion(app: App, concept: String) -> impl IntoView {
    let form = Form::<DeleteConcept>::new();
    view! {
        <details>
            <summary>"Delete it …"</summary>
            <PostForm form>
                <ErrorSummary />
                <ConceptFields app concept />
                <p>
                    "It is taken out of everything that anybody has said with it. Boxes and parts of texts stay, without \
                     it. This cannot be undone."
                </p>
                <p class="actions"><SubmitButton look=Look::Danger>"Delete this concept"</SubmitButton></p>
            </PostForm>
        </details>
    }
}
