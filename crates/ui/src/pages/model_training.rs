//! Training an app's own model, on its page `/{owner}/{app}/models/{model}`.

use std::time::Duration;

use leptos::prelude::*;

use super::model::ModelFields;
use crate::{
    api::{
        apps::App,
        models::{
            CancelTraining, ListedModel, ListedTraining, Material, OwnModel, TrainModel, TrainingProgress,
            get_training_progress, model_path, version_path,
        },
    },
    components::{
        button::SubmitButton,
        error_summary::ErrorSummary,
        loaded::Reload,
        prose::Prose,
        row_action::row_action,
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{Form, PostForm},
};

/// How often it is asked how far a training is.
const LOOK: Duration = Duration::from_secs(1);

/// What a model learns from, the button that trains it, what is being trained, and what was.
#[component]
pub(super) fn Training(
    /// The app.
    app: App,
    /// The model.
    model: ListedModel,
    /// What there is to it.
    own: OwnModel,
) -> impl IntoView {
    let OwnModel { settings, material, no_training, versions, .. } = own;
    let settings = settings.join(" ");
    let under_way = versions
        .iter()
        .filter(|version| version.progress.is_under_way)
        .map(|version| {
            let (app, model, version) = (app.clone(), model.slug.clone(), version.clone());
            view! { <UnderWay app model version may_cancel=no_training.is_none() /> }.into_any()
        })
        .collect_view();
    let begin = match (no_training, material) {
        (Some(why), _) => view! { <p class="section-lead"><Prose text=why /></p> }.into_any(),
        (None, material) => begin(app.clone(), model.slug.clone(), material),
    };
    let done = (!versions.is_empty()).then(|| table(&app, &model.slug, versions));
    view! {
        <section class="section">
            <h2>"Training"</h2>
            <p class="section-lead">{settings}</p>
            <div class="trainings">{under_way}</div>
            {begin}
        </section>
        {done}
    }
}

/// What it would learn from now, and the button.
fn begin(app: App, model: String, material: Option<Material>) -> AnyView {
    let Some(Material { examples, concepts, warnings, fault }) = material else { return ().into_any() };
    let form = Form::<TrainModel>::new().reloading("It is being trained.");
    let counted =
        if examples == 1 { "1 labelled input".to_owned() } else { format!("{examples} labelled inputs") };
    let rows = concepts
        .into_iter()
        .map(|(name, positive, negative)| {
            view! {
                <tr role="row">
                    <Cell label="">{name}</Cell>
                    <Cell label="Show it" numeric=true>{positive}</Cell>
                    <Cell label="Do not" numeric=true>{negative}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    let table = (!rows.is_empty()).then(|| {
        let columns = [Column::text("Concept"), Column::numeric("Show it"), Column::numeric("Do not")];
        view! {
            <details class="plot-table">
                <summary>"What is said how often"</summary>
                <Table caption="What is said how often" columns=columns.to_vec()>{rows}</Table>
            </details>
        }
    });
    let warnings = sentences(warnings);
    let button = match fault {
        Some(why) => view! { <p class="page-note"><Prose text=why /></p> }.into_any(),
        None => view! {
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <ModelFields app model />
                <p class="actions"><SubmitButton>"Train"</SubmitButton></p>
            </PostForm>
        }
        .into_any(),
    };
    view! {
        <p class="section-lead">{format!("There are {counted} to learn from.")}</p>
        {warnings}
        {table}
        {button}
    }
    .into_any()
}

/// What is to be known, a sentence each.
pub(super) fn sentences(sentences: Vec<String>) -> Option<AnyView> {
    (!sentences.is_empty()).then(|| {
        let each =
            sentences.into_iter().map(|sentence| view! { <li>{sentence}</li> }.into_any()).collect_view();
        view! { <ul class="cautions">{each}</ul> }.into_any()
    })
}

/// A training that is under way: how far it is, and a way to stop it.
#[component]
fn UnderWay(app: App, model: String, version: ListedTraining, may_cancel: bool) -> impl IntoView {
    let progress = RwSignal::new(version.progress.clone());
    let reload = Reload::of_page();
    let asked = StoredValue::new((app.owner.clone(), app.slug.clone(), model.clone(), version.slug.clone()));
    Effect::new(move || ask(asked, progress, reload));
    let cancel = may_cancel.then(|| {
        let fields = view! {
            <ModelFields app=app.clone() model=model.clone() />
            <input type="hidden" name="version" value=version.slug.clone() />
        };
        let form = Form::<CancelTraining>::keyed(&version.slug).reloading("Cancelled.");
        row_action(form, fields.into_any(), "Cancel", "the training".to_owned())
    });
    let href = model_path(&app, &model);
    // What was told last is drawn in a moment, when the page may just be made anew.
    let words = move || progress.try_with(|progress| progress.words.clone()).unwrap_or_default();
    let percent = move || progress.try_with(|progress| progress.percent.to_string()).unwrap_or_default();
    view! {
        <div class="batch is-under-way">
            <p class="batch-words">
                <strong>"Training"</strong>
                <span class="soft">{words}</span>
            </p>
            <progress
                aria-label="Training"
                max="100"
                value=percent
            ></progress>
            <div class="row-actions">
                {cancel}
                <a class="button is-quiet is-small needs-no-script" href=href>"Look again"</a>
            </div>
        </div>
    }
}

/// Asks in a moment how far it is, again and again while it is under way; then the page is fetched anew.
fn ask(
    asked: StoredValue<(String, String, String, String)>,
    progress: RwSignal<TrainingProgress>,
    reload: Reload,
) {
    set_timeout(
        move || {
            // The page may have gone meanwhile.
            let Some((owner, app, model, version)) = asked.try_get_value() else { return };
            leptos::task::spawn_local(async move {
                match get_training_progress(owner, app, model, version).await {
                    Ok(now) if now.is_under_way => {
                        if progress.try_set(now).is_none() {
                            ask(asked, progress, reload);
                        }
                    }
                    // It is over, or gone: the page says which.
                    Ok(_) | Err(crate::error::UiError::NotFound) => reload.now(),
                    // What could not be asked is asked again.
                    Err(_) => ask(asked, progress, reload),
                }
            });
        },
        LOOK,
    );
}

/// The versions, the newest first.
fn table(app: &App, model: &str, versions: Vec<ListedTraining>) -> AnyView {
    let rows = versions
        .into_iter()
        .map(|version| {
            let ListedTraining { slug, progress, is_trained, examples, author, made_at, took, .. } = version;
            let (look, name) =
                (version_path(app, model, &slug), slug.get(24..).unwrap_or_default().to_owned());
            let examples = examples.map_or_else(|| "–".to_owned(), |examples| examples.to_string());
            let words = progress.words;
            let figures = is_trained.then(|| {
                let href = look.clone();
                let what = name.clone();
                view! {
                    <a class="button is-quiet" href=href>
                        "Figures" <span class="visually-hidden">" of " {what}</span>
                    </a>
                }
            });
            view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=look><code>{name}</code></a></Cell>
                    <Cell label="How it stands">{words}</Cell>
                    <Cell label="Examples" numeric=true>{examples}</Cell>
                    <Cell label="By">{author}</Cell>
                    <Cell label="Begun"><Time at=made_at /></Cell>
                    <Cell label="Took" numeric=true>{took}</Cell>
                    <Cell label="">{figures}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [
        Column::text("Version"),
        Column::text("How it stands"),
        Column::numeric("Examples"),
        Column::text("By"),
        Column::text("Begun"),
        Column::numeric("Took"),
        Column::unnamed("Figures"),
    ];
    view! {
        <section class="section">
            <h2>"Versions"</h2>
            <Table caption="Versions" columns=columns.to_vec()>{rows}</Table>
        </section>
    }
    .into_any()
}
