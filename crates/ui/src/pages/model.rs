//! `/{owner}/{app}/models/{model}`

use atelier_domain::{ModelKind, model::Gives};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::collaborators::AppNameFields;
use super::model_filter::filters;
use super::model_predict::{Prediction, told_by_model};
use super::model_sharing::{from_another, shared};
use super::model_training::Training;
use super::model_upload::uploads;
use super::models::size;
use crate::{
    api::{
        apps::App,
        models::{DeleteModel, ModelShown, PREDICT_FORM, get_model, model_path},
    },
    components::{
        button::{Look, SubmitButton},
        copyable::CopyButton,
        error_summary::ErrorSummary,
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
    },
    form::{Form, PostForm},
    pages::thing_in_address,
};

/// One model: what it finds in what one shows it, what it knows, and what it cannot do.
#[component]
pub fn OneModel() -> impl IntoView {
    let model = thing_in_address("model");
    let query = use_query_map();
    let key = Memo::new(move |_| (model.get(), query.with(|query| query.get("concept").unwrap_or_default())));
    view! {
        <Loaded
            key
            fetch=|((owner, app, model), sought)| get_model(owner, app, model, sought)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: ModelShown) -> impl IntoView {
    let ModelShown {
        place,
        model,
        notes,
        license,
        version,
        concepts,
        more,
        sought,
        no_prediction,
        own,
        source,
        sharing,
    } = shown;
    let path = model_path(&place.app, &model.slug);
    let below = Crumb { href: path.clone(), label: model.name.clone() };
    let prediction = match (no_prediction, model.takes) {
        (Some(text), _) => view! { <p class="section-lead"><Prose text /></p> }.into_any(),
        (None, Some(takes)) if !version.is_empty() => view! {
            <Prediction
                path=path.clone()
                takes
                posted_as=PREDICT_FORM
                verb="Predict"
                told=told_by_model
            />
        }
        .into_any(),
        (None, None) if model.kind == ModelKind::ConceptThresholder => {
            let told = "It takes what another model found: use it in a workflow, behind that.";
            view! { <p class="section-lead">{told}</p> }.into_any()
        }
        (None, _) => {
            let told = if model.is_shared {
                "The app that shares it has no version that can be tried."
            } else if model.is_uploaded {
                "Once a version is uploaded, it can be tried here."
            } else {
                "Once a version is trained, it can be tried here."
            };
            view! { <p class="section-lead">{told}</p> }.into_any()
        }
    };
    let known = (model.kind.gives() == Gives::Concepts && model.takes.is_some() && !version.is_empty())
        .then(|| view! { <Known path concepts more sought all=model.concepts /> });
    let gives =
        (!version.is_empty()).then(|| view! { <tr><th scope="row">"Gives"</th><td>{size(&model)}</td></tr> });
    let (is_own, kind) = (own.is_some(), model.kind_words());
    let training = own.clone().map(|own| {
        let (app, model) = (place.app.clone(), model.clone());
        match source {
            Some(source) => from_another(&source),
            None if model.is_uploaded => uploads(&app, &model, own),
            None if model.kind.is_filter() => filters(&app, &model, own),
            None => view! { <Training app model own /> }.into_any(),
        }
    });
    let sharing = sharing.map(|sharing| shared(place.app.clone(), model.slug.clone(), sharing));
    let told = if model.is_shared {
        "It goes from this app, and so does what workflows and tasks made of it. The app that shares it keeps it."
    } else {
        "It goes with all of its versions, also from apps with which it is shared. What was labelled stays."
    };
    let end = own.map(|own| deletion(place.app.clone(), model.slug.clone(), told, own.no_deletion));
    let license = (!is_own).then(|| view! { <tr><th scope="row">"Licence"</th><td>{license}</td></tr> });
    let version = (!version.is_empty())
        .then(|| view! { <tr><th scope="row">"Version"</th><td><code>{version}</code></td></tr> });
    view! {
        <Title text=model.name.clone() />
        <AppRoom place room=Room::Models below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1>{model.name}</h1>
                    <code>{model.slug.clone()}</code>
                    <CopyButton value=model.slug what="the model’s id" />
                </div>
            </header>
            <p class="section-lead">{model.description}</p>
            {training}
            <section class="section">
                <h2>"Predict"</h2>
                {prediction}
            </section>
            {known}
            <section class="section">
                <h2>"About this model"</h2>
                <table class="facts">
                    <tbody>
                        <tr><th scope="row">"Kind"</th><td>{kind}</td></tr>
                        {gives}
                        {version}
                        {license}
                    </tbody>
                </table>
                <div class="instructions" inner_html=notes></div>
            </section>
            {sharing}
            {end}
        </AppRoom>
    }
}

/// It opens first: what was learned is not learned again in the same way once labels have changed.
fn deletion(app: App, model: String, told: &'static str, no_deletion: Option<String>) -> AnyView {
    let body = match no_deletion {
        Some(why) => view! { <p class="section-lead"><Prose text=why /></p> }.into_any(),
        None => {
            let form = Form::<DeleteModel>::new();
            view! {
                <details class="plot-table">
                    <summary>"Delete the model …"</summary>
                    <PostForm form class="is-narrow">
                        <ErrorSummary />
                        <ModelFields app model />
                        <p class="section-lead">{told}</p>
                        <p class="actions">
                            <SubmitButton look=Look::Danger>"Delete the model for good"</SubmitButton>
                        </p>
                    </PostForm>
                </details>
            }
            .into_any()
        }
    };
    view! { <section class="section"><h2>"Delete"</h2>{body}</section> }.into_any()
}

/// The fields that name a model.
#[component]
pub(super) fn ModelFields(app: App, model: String) -> impl IntoView {
    view! {
        <AppNameFields app />
        <input type="hidden" name="model" value=model />
    }
}

/// What a model knows, and a way to look for something among it.
#[component]
fn Known(path: String, concepts: Vec<String>, more: bool, sought: String, all: usize) -> impl IntoView {
    let told = match (concepts.is_empty(), sought.trim()) {
        (true, sought) => format!("It knows no concept with “{sought}” in its name."),
        (false, "") if more => format!("It knows {all} concepts, of which these are the first."),
        (false, "") => "It knows these.".to_owned(),
        (false, sought) if more => format!("The first of those with “{sought}” in their names."),
        (false, sought) => format!("Those with “{sought}” in their names."),
    };
    let names = concepts.into_iter().map(|name| view! { <li>{name}</li> }).collect_view();
    view! {
        <section class="section">
            <h2>"What it knows"</h2>
            <form class="seek" method="get" action=path role="search">
                <label for="model-concept">"Look for a concept"</label>
                <input id="model-concept" class="input" type="search" name="concept" value=sought />
                <button class="button" type="submit">"Look"</button>
            </form>
            <p class="section-lead">{told}</p>
            <ul class="known" role="list">{names}</ul>
        </section>
    }
}
