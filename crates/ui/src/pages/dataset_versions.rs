//! The versions of a dataset, on its page `/{owner}/{app}/datasets/{dataset}`.

use leptos::prelude::*;

use super::dataset::{DatasetFields, or_why_not};
use crate::{
    api::{
        apps::App,
        datasets::{DeleteDatasetVersion, ExportFormat, FreezeDataset, ListedVersion, download_path},
    },
    components::{
        button::{Look, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
        prose::Prose,
        row_action::row_action,
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{Form, PostForm},
};

/// The versions, and the form that makes one.
#[component]
pub(super) fn Versions(
    /// The app.
    app: App,
    /// The dataset's identifier.
    dataset: String,
    /// Its versions, the newest first.
    versions: Vec<ListedVersion>,
    /// Why the person cannot make any, if they cannot.
    no_freezing: Option<String>,
    /// In which formats one can be downloaded.
    formats: Vec<ExportFormat>,
    /// Why the person cannot download any, if they cannot.
    no_export: Option<String>,
    /// Whether they can delete some.
    can_delete: bool,
) -> impl IntoView {
    let freezing = or_why_not(no_freezing, || freezing(app.clone(), dataset.clone()));
    let frozen = if versions.is_empty() {
        view! {
            <p class="section-lead">
                "No versions yet. A version keeps the inputs and annotations as they are at one moment, and never changes."
            </p>
        }
        .into_any()
    } else {
        let can = Can { download: no_export.is_none(), delete: can_delete };
        let about = match no_export {
            Some(explanation) => {
                view! { <p class="section-lead is-apart"><Prose text=explanation /></p> }.into_any()
            }
            None => what_formats_hold(&formats),
        };
        view! {
            {table(&app, &dataset, versions, &formats, can)}
            {about}
        }
        .into_any()
    };
    view! {
        <section class="section">
            <h2>"Versions"</h2>
            {frozen}
        </section>
        <section class="section">
            <h2>"Make a version"</h2>
            {freezing}
        </section>
    }
}

/// What the person can do with a version.
#[derive(Clone, Copy)]
struct Can {
    download: bool,
    delete: bool,
}

fn table(
    app: &App,
    dataset: &str,
    versions: Vec<ListedVersion>,
    formats: &[ExportFormat],
    can: Can,
) -> AnyView {
    let rows = versions
        .into_iter()
        .map(|ListedVersion { slug, description, inputs, unlabelled, parts, made_at }| {
            let parts = parts.map(|[train, valid, test]| format!("{train} train, {valid} validation, {test} test"));
            let name = if description.is_empty() { slug.clone() } else { description };
            let download = can.download.then(|| download(app, dataset, &slug, &name, formats));
            let removal = can.delete.then(|| deletion(app, dataset, &slug, &name));
            let id = (name != slug).then(|| view! { <span class="row-note"><code>{slug}</code></span> });
            view! {
                <tr role="row">
                    <Cell label=""><span class="version-name"><span class="row-name">{name}</span> {id}</span></Cell>
                    <Cell label="Inputs" numeric=true>{inputs}</Cell>
                    <Cell label="Unlabelled" numeric=true>{unlabelled}</Cell>
                    <Cell label="Split">{parts.unwrap_or_else(|| "–".to_owned())}</Cell>
                    <Cell label="Made"><Time at=made_at /></Cell>
                    <Cell label=""><div class="row-mores">{download} {removal}</div></Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [
        Column::text("Version"),
        Column::numeric("Inputs"),
        Column::numeric("Unlabelled"),
        Column::text("Split"),
        Column::text("Made"),
        Column::unnamed("Actions"),
    ];
    view! { <Table caption="Versions" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

/// The form that asks for a version as a file: the browser itself keeps what comes.
fn download(app: &App, dataset: &str, version: &str, name: &str, formats: &[ExportFormat]) -> AnyView {
    let options = formats
        .iter()
        .map(|format| view! { <option value=format.name.clone()>{format.label.clone()}</option> })
        .collect_view();
    let (id, contents) = (format!("format-{version}"), format!("contents-{version}"));
    let what = name.to_owned();
    view! {
        <details class="row-more">
            <summary>"Download …" <span class="visually-hidden">" " {what.clone()}</span></summary>
            <form class="download" method="get" action=download_path(app, dataset, version)>
                <label for=id.clone()>"Format"</label>
                <select id=id class="input" name="format">{options}</select>
                <p class="checkbox">
                    <input id=contents.clone() type="checkbox" name="contents" value="yes" checked />
                    <label for=contents>"With pictures and texts"</label>
                </p>
                <button class="button" type="submit">
                    "Download" <span class="visually-hidden">" " {what}</span>
                </button>
            </form>
        </details>
    }
    .into_any()
}

fn what_formats_hold(formats: &[ExportFormat]) -> AnyView {
    let each = formats
        .iter()
        .map(|format| view! { <dt>{format.label.clone()}</dt> <dd>{format.holds.clone()}</dd> })
        .collect_view();
    view! {
        <details class="formats">
            <summary>"What each format holds"</summary>
            <dl>{each}</dl>
        </details>
    }
    .into_any()
}

/// It opens first: what is deleted here was kept so that it would stay.
fn deletion(app: &App, dataset: &str, version: &str, name: &str) -> AnyView {
    let fields = view! {
        <DatasetFields app=app.clone() dataset=dataset.to_owned() />
        <input type="hidden" name="frozen" value=version.to_owned() />
    };
    let form = Form::<DeleteDatasetVersion>::keyed(version).reloading("Deleted.");
    let button = row_action(form, fields.into_any(), "Delete for good", name.to_owned());
    let what = name.to_owned();
    view! {
        <details class="row-more">
            <summary>"Delete …" <span class="visually-hidden">" " {what}</span></summary>
            {button}
        </details>
    }
    .into_any()
}

fn freezing(app: App, dataset: String) -> AnyView {
    let form = Form::<FreezeDataset>::new().emptied().reloading("The version was made.");
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <DatasetFields app dataset />
            <TextField name="description" label="Description" optional=true />
            <fieldset class="fieldset">
                <legend>"Split"</legend>
                <p class="field-hint">
                    "The three shares add up to 100; without them, the version has no split. With the same seed, an input \
                     falls into the same part in every version."
                </p>
                <div class="field-row">
                    <TextField name="train" label="Train %" kind="number" optional=true />
                    <TextField name="valid" label="Validation %" kind="number" optional=true />
                    <TextField name="test" label="Test %" kind="number" optional=true />
                    <TextField name="seed" label="Seed" kind="number" optional=true />
                </div>
            </fieldset>
            <p class="actions"><SubmitButton look=Look::Secondary>"Make the version"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}
