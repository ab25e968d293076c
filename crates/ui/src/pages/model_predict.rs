//! Having a model predict, on its page `/{owner}/{app}/models/{model}`, or a workflow run, on its own. Without scripts the
//! browser posts the form, and the page comes back with what was found; with them the answer comes beside the page.

use atelier_domain::Medium;
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast as _};
use serde::de::DeserializeOwned;

use crate::{
    api::models::{Found, PredictAnswer},
    components::{
        drop::PictureField,
        live::AT_HAND,
        prose::Prose,
        table::{Cell, Column, Table},
    },
    error::UiError,
    form::{post_files, posted},
};

/// The place to put a picture or a text, and what the model found in it.
#[component]
pub(super) fn Prediction(
    /// The page's path.
    path: String,
    /// What is taken.
    takes: Medium,
    /// As what the form is known that the browser posts by itself.
    posted_as: &'static str,
    /// What it does.
    verb: &'static str,
    /// The answer, which comes as JSON, in words and figures.
    told: fn(Result<String, UiError>) -> AnyView,
) -> impl IntoView {
    let outcome: RwSignal<Option<Result<String, UiError>>> = RwSignal::new(posted(posted_as));
    let is_asking = RwSignal::new(false);
    let form = NodeRef::<html::Form>::new();
    let file = NodeRef::<html::Input>::new();
    let path_to_ask = StoredValue::new(path.clone());
    let preview: RwSignal<Option<String>> = RwSignal::new(None);
    let forget_preview = move || {
        // Told to nobody: where the page is just being made anew, whoever would hear of it is gone already.
        if let Some(Some(before)) = preview.try_update_untracked(Option::take) {
            // It was made by us, and is revoked once.
            let _ = web_sys::Url::revoke_object_url(&before);
        }
    };
    on_cleanup(forget_preview);
    let ask = move |fields: web_sys::FormData| {
        is_asking.set(true);
        forget_preview();
        // What cannot be shown is told by the server.
        let file = fields.get("file").dyn_into::<web_sys::File>().ok();
        preview.set(file.and_then(|file| web_sys::Url::create_object_url_with_blob(&file).ok()));
        let path = path_to_ask.get_value();
        leptos::task::spawn_local(async move {
            let answer = post_files(&path, &fields).await;
            // The page may have been left meanwhile, or made anew.
            outcome.try_set(Some(answer));
            is_asking.try_set(false);
        });
    };
    let ask_with_form = move || {
        if let Some(fields) =
            form.get_untracked().and_then(|form| web_sys::FormData::new_with_form(&form).ok())
        {
            ask(fields);
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        ask_with_form();
    };
    let field = match takes {
        Medium::Image => view! {
            <PictureField id="predict-file" field=file chosen=ask_with_form />
        }
        .into_any(),
        Medium::Text => view! {
            <div class="field">
                <label for="predict-text">"A text"</label>
                <p class="field-hint" id="predict-text-hint">"In English. It is read and not kept."</p>
                <textarea
                    id="predict-text"
                    class="input"
                    name="text"
                    rows="3"
                    required
                    aria-describedby="predict-text-hint"
                ></textarea>
            </div>
        }
        .into_any(),
    };
    let told = move || outcome.get().map(told);
    let shown = move || {
        let is_found = outcome.try_with(|outcome| matches!(outcome, Some(Ok(_)))).unwrap_or_default();
        preview
            .try_get()
            .flatten()
            .filter(|_| is_found)
            .map(|src| view! { <img class="found-in" src=src alt="" /> })
    };
    // What was found is looked at by itself: what others change in the app meanwhile takes it away from nobody.
    let standing = move || {
        let is_found = outcome.try_with(Option::is_some).unwrap_or_default();
        let is_at_hand = is_found || is_asking.try_get().unwrap_or_default();
        if is_at_hand { format!("found {AT_HAND}") } else { "found".to_owned() }
    };
    view! {
        <form
            node_ref=form
            class="form is-narrow"
            method="post"
            enctype="multipart/form-data"
            action=path
            on:submit=submit
        >
            {field}
            <p class="actions">
                <button class="button is-primary" type="submit" aria-busy=move || is_asking.get().then_some("true")>
                    {verb}
                </button>
            </p>
        </form>
        <div class=standing role="status" aria-busy=move || is_asking.get().then_some("true")>
            {shown}
            {told}
        </div>
    }
}

/// The answer that came as JSON; in words, why there is none.
pub(super) fn read<T: DeserializeOwned>(outcome: Result<String, UiError>) -> Result<T, AnyView> {
    let answer = outcome.and_then(|text| serde_json::from_str(&text).map_err(|_| UiError::Unavailable));
    answer.map_err(|error: UiError| {
        view! { <p class="notice" role="alert"><Prose text=error.sentences() /></p> }.into_any()
    })
}

/// What became of the question to a model.
pub(super) fn told_by_model(outcome: Result<String, UiError>) -> AnyView {
    match read(outcome) {
        Ok(PredictAnswer { of, found: Found::Concepts(concepts) }) => {
            found_words(format!("What was found in {of}"), Found::Concepts(concepts))
        }
        Ok(PredictAnswer { of, found }) => found_words(format!("The vector of {of}"), found),
        Err(why) => why,
    }
}

/// What was found, below a heading.
pub(super) fn found_words(caption: String, found: Found) -> AnyView {
    match found {
        Found::Concepts(concepts) if concepts.is_empty() => {
            view! { <h3>{caption}</h3> <p class="section-lead">"Nothing."</p> }.into_any()
        }
        Found::Concepts(concepts) => {
            let rows = concepts
                .into_iter()
                .map(|(name, value)| {
                    view! {
                        <tr role="row">
                            <Cell label="">{name}</Cell>
                            <Cell label="">
                                <span class="sureness">
                                    <meter min="0" max="1" value=value.to_string() aria-hidden="true"></meter>
                                    <span class="figures">{format!("{:.1} %", value * 100.0)}</span>
                                </span>
                            </Cell>
                        </tr>
                    }
                    .into_any()
                })
                .collect_view();
            let columns = [Column::text("Concept"), Column::text("How sure")];
            view! {
                <h3>{caption.clone()}</h3>
                <Table caption=caption columns=columns.to_vec()>{rows}</Table>
            }
            .into_any()
        }
        Found::Vector { dimensions, first } => {
            let first: Vec<String> = first.into_iter().map(|number| format!("{number:.4}")).collect();
            view! {
                <h3>{caption}</h3>
                <p class="section-lead">{format!("{dimensions} numbers, of which these are the first:")}</p>
                <pre class="vector">{format!("{}, …", first.join(", "))}</pre>
            }
            .into_any()
        }
    }
}
