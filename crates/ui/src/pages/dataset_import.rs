//! Taking in what others labelled, on the pages of a dataset `/{owner}/{app}/datasets/{dataset}` and of inputs.

use leptos::{ev, html, prelude::*};

use crate::{
    api::datasets::{IMPORT_FORM, ImportAnswer},
    components::{
        icon::{Icon, Sign},
        prose::Prose,
        table::{Cell, Column, Table},
        uploads::{Content, Uploads},
    },
    form::posted,
};

/// What became of a file that was posted to this page, above everything else on it.
#[component]
pub(super) fn TakenIn(
    /// The dataset's identifier, if the page is that of one.
    dataset: Option<String>,
    /// The page's path.
    path: String,
) -> impl IntoView {
    let uploads = Uploads::of_page();
    let by_script = move || uploads.imported(&path).map(told);
    let by_form = match posted(IMPORT_FORM) {
        Some(Ok(answer)) => {
            let answer: Option<ImportAnswer> = serde_json::from_str(&answer).ok();
            answer.filter(|answer| answer.dataset == dataset).map(told)
        }
        Some(Err(error)) => {
            Some(view! { <p class="notice" role="alert"><Prose text=error.sentences() /></p> }.into_any())
        }
        None => None,
    };
    view! { {by_form} {by_script} }
}

/// A number of things, in words.
fn count(number: usize, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}

fn told(answer: ImportAnswer) -> AnyView {
    let ImportAnswer { inputs, annotations, inputs_there, annotations_there, told, untold, .. } = answer;
    let missed = told.len() + untold;
    let both = |inputs, annotations| {
        let inputs = count(inputs, "input", "inputs");
        format!("{inputs} and {}", count(annotations, "annotation", "annotations"))
    };
    let added = format!("{} were imported.", both(inputs, annotations));
    let there = match (inputs_there, annotations_there) {
        (0, 0) => None,
        (0, number) => Some(count(number, "annotation was", "annotations were")),
        (number, 0) => Some(count(number, "input was", "inputs were")),
        (inputs, annotations) => Some(format!("{} were", both(inputs, annotations))),
    };
    let there = there.map(|there| format!(" {there} there already."));
    let missed = (missed > 0).then(|| format!(" {} not.", count(missed, "thing was", "things were")));
    let rows = told
        .into_iter()
        .map(|one| {
            view! {
                <tr role="row">
                    <Cell label="Where">{one.place}</Cell>
                    <Cell label="Why">{one.why}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let table = missed.is_some().then(|| {
        let columns = vec![Column::text("Where"), Column::text("Why")];
        view! {
            <details class="formats" open>
                <summary>"What was not imported"</summary>
                <Table caption="What was not imported" columns>{rows}</Table>
                {(untold > 0).then(|| view! { <p class="section-lead">{format!("And {untold} more.")}</p> })}
            </details>
        }
    });
    view! {
        <div class="taken-in" role="status">
            <p class="notice"><Icon sign=Sign::Check />{added}{there}{missed}</p>
            {table}
        </div>
    }
    .into_any()
}

/// The form. Without scripts the browser posts it; with them it travels like other files that are added, while one looks at
/// something else, and says how far it is.
pub(super) fn importing(action: String) -> AnyView {
    let uploads = Uploads::of_page();
    let chooser = NodeRef::<html::Input>::new();
    let path = action.clone();
    let submit = move |event: ev::SubmitEvent| {
        let Some(input) = chooser.get() else { return };
        // Without a file the browser says so.
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        event.prevent_default();
        uploads.add(&path, Content::Import(file));
        input.set_value("");
    };
    view! {
        <form class="form is-narrow" method="post" enctype="multipart/form-data" action=action on:submit=submit>
            <div class="field">
                <label for="import-file">"File"</label>
                <p class="field-hint" id="import-file-hint">
                    "A zip with JSONL, CSV, COCO, YOLO or Pascal VOC and the pictures and texts, or one file of JSONL, CSV or \
                     COCO about inputs that the app has already."
                </p>
                <input
                    node_ref=chooser
                    id="import-file"
                    type="file"
                    name="file"
                    accept=".zip,.json,.jsonl,.csv"
                    required
                    aria-describedby="import-file-hint"
                />
            </div>
            <p class="actions"><button class="button" type="submit">"Import"</button></p>
        </form>
    }
    .into_any()
}
