//! `/{owner}/{app}/models/{model}/versions/{version}`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::inputs_shown::way_to;
use super::model::ModelFields;
use super::model_training::sentences;
use crate::{
    api::{
        apps::App,
        inputs::Input,
        models::{
            DeleteModelVersion, ListedTraining, UploadFacts, VersionShown, get_model_version, model_path,
            version_path,
        },
        tasks::Choice,
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        copyable::CopyButton,
        error_summary::ErrorSummary,
        figure::FigureWithTable,
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{Form, PostForm},
    pages::thing_in_address,
};

/// How good a version of a model is.
#[component]
pub fn VersionOfModel() -> impl IntoView {
    let model = thing_in_address("model");
    let (params, query) = (use_params_map(), use_query_map());
    let key = Memo::new(move |_| {
        let version = params.with(|params| params.get("version").unwrap_or_default());
        (model.get(), version, query.with(|query| query.get("with").unwrap_or_default()))
    });
    view! {
        <Loaded
            key
            fetch=|((owner, app, model), version, with)| get_model_version(owner, app, model, version, with)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: VersionShown) -> impl IntoView {
    let VersionShown {
        place,
        model,
        name,
        version,
        summary,
        warnings,
        figures,
        no_figures,
        suspects,
        mistakes,
        others,
        with,
        comparison,
        no_deletion,
    } = shown;
    let app = place.app.clone();
    let path = model_path(&app, &model);
    let below = Crumb { href: path.clone(), label: name.clone() };
    let ListedTraining { slug, progress, author, made_at, is_trained, upload, lets, .. } = version;
    let title = format!("A version of {name}");
    let begun = if upload.is_some() { " by " } else { ". Begun by " };
    let standing = match lets {
        Some(lets) => view! { "It lets through: " <strong>{lets}</strong> ". Made by " }.into_any(),
        None => view! { <strong>{progress.words}</strong> {begun} }.into_any(),
    };
    let facts = upload.map(facts);
    let summary = sentences(summary);
    let warned = sentences(warnings).map(|list| {
        view! { <section class="section"><h2>"Before one trusts it"</h2>{list}</section> }
    });
    let no_figures = no_figures.map(|why| view! { <p class="section-lead"><Prose text=why /></p> });
    let figures =
        figures.into_iter().map(|figure| view! { <FigureWithTable figure /> }.into_any()).collect_view();
    let suspects = cards(
        &app,
        "Labels that are probably wrong",
        "What is said here is less probable than something else, by all that is said of the others: look at it again. It can be \
         changed on the input’s page.",
        suspects,
    );
    let lead = "Those of which it was surest. Not every one is a wrong label: some inputs are hard.";
    let mistakes = cards(&app, "Its worst mistakes", lead, mistakes);
    let comparison = (is_trained && !others.is_empty())
        .then(|| compare(version_path(&app, &model, &slug), others, &with, comparison));
    let end = match no_deletion {
        Some(why) => view! { <p class="section-lead"><Prose text=why /></p> }.into_any(),
        None => deletion(app.clone(), model.clone(), slug.clone()),
    };
    view! {
        <Title text=title.clone() />
        <AppRoom place room=Room::Models below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1>{title}</h1>
                    <code>{slug.clone()}</code>
                    <CopyButton value=slug what="the version’s id" />
                </div>
                <LinkButton href=path>"Back to the model"</LinkButton>
            </header>
            <p class="section-lead">
                {standing} {author} " " <Time at=made_at /> "."
            </p>
            {facts}
            {summary}
            {warned}
            {no_figures}
            {figures}
            {suspects}
            {mistakes}
            {comparison}
            <section class="section"><h2>"Delete"</h2>{end}</section>
        </AppRoom>
    }
}

/// What was found out about a version that was uploaded.
fn facts(upload: UploadFacts) -> AnyView {
    let rows = upload
        .all
        .into_iter()
        .map(|(name, value)| view! { <tr><th scope="row">{name}</th><td>{value}</td></tr> }.into_any())
        .collect_view();
    view! {
        <section class="section">
            <h2>"What was uploaded"</h2>
            <table class="facts"><tbody>{rows}</tbody></table>
            <p class="section-lead">
                "How good it is is not known here: it was not trained here, and nobody has judged it on this app’s inputs."
            </p>
        </section>
    }
    .into_any()
}

/// Inputs under a heading, each with what is to be said of it; nothing, if there are none.
fn cards(
    app: &App,
    title: &'static str,
    lead: &'static str,
    inputs: Vec<(Input, String)>,
) -> Option<AnyView> {
    if inputs.is_empty() {
        return None;
    }
    let cards = inputs
        .into_iter()
        .map(|(input, words)| {
            let way = way_to(app, &input);
            view! {
                <li class="card">
                    {way}
                    <p class="mistake">{words}</p>
                </li>
            }
            .into_any()
        })
        .collect_view();
    let section = view! {
        <section class="section">
            <h2>{title}</h2>
            <p class="section-lead">{lead}</p>
            <ul class="cards" role="list">{cards}</ul>
        </section>
    };
    Some(section.into_any())
}

/// Another version beside this one. The form is part of the address, so that it needs no script.
fn compare(path: String, others: Vec<Choice>, with: &str, rows: Vec<[String; 4]>) -> AnyView {
    let options = others
        .into_iter()
        .map(|Choice { slug, name }| {
            let is_chosen = slug == with;
            view! { <option value=slug selected=is_chosen>{name}</option> }.into_any()
        })
        .collect_view();
    let is_compared = !rows.is_empty();
    let rows = rows
        .into_iter()
        .map(|[name, this, other, difference]| {
            view! {
                <tr role="row">
                    <Cell label="">{name}</Cell>
                    <Cell label="This version" numeric=true>{this}</Cell>
                    <Cell label="The other" numeric=true>{other}</Cell>
                    <Cell label="Difference" numeric=true>{difference}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    let table = is_compared.then(|| {
        let columns = [
            Column::text("Figure"),
            Column::numeric("This version"),
            Column::numeric("The other"),
            Column::numeric("Difference"),
        ];
        view! {
            <Table caption="Compared" columns=columns.to_vec()>{rows}</Table>
            <p class="section-lead">
                "Each was judged on its own examples: where these differ, so may the figures without one being better."
            </p>
        }
    });
    view! {
        <section class="section">
            <h2>"Compare"</h2>
            <form class="seek" method="get" action=path>
                <label for="compare-with">"With another version"</label>
                <select id="compare-with" class="input" name="with">{options}</select>
                <button class="button" type="submit">"Compare"</button>
            </form>
            {table}
        </section>
    }
    .into_any()
}

/// It opens first: neither what was learned nor what was uploaded can be brought back.
fn deletion(app: App, model: String, version: String) -> AnyView {
    let form = Form::<DeleteModelVersion>::new();
    view! {
        <details class="plot-table">
            <summary>"Delete the version …"</summary>
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <ModelFields app model />
                <input type="hidden" name="version" value=version />
                <p class="actions">
                    <SubmitButton look=Look::Danger>"Delete the version for good"</SubmitButton>
                </p>
            </PostForm>
        </details>
    }
    .into_any()
}
