//! `/{owner}/{app}/tasks/{task}/label` and `…/review`

use leptos::{prelude::*, wasm_bindgen::JsCast as _};
use leptos_meta::Title;

use super::task::TaskFields;
use crate::{
    api::{
        apps::App,
        inputs::input_path,
        tasks::{
            LabelChoice, ReviewLabels, SkipInput, SubmitLabels, ToReview, Work, WorkInput, get_work,
            task_path,
        },
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        empty_state::EmptyState,
        error_summary::ErrorSummary,
        field::TextField,
        icon::Sign,
        layout::Crumb,
        loaded::Loaded,
        room::{AppRoom, Room},
        shortcuts::use_shortcut,
        swatch::Swatch,
    },
    form::{Form, PostForm},
    pages::thing_in_address,
};

/// Where somebody labels: one input after the other.
#[component]
pub fn LabelInTask() -> impl IntoView {
    view! { <Page reviews=false /> }
}

/// Where somebody looks at what others labelled.
#[component]
pub fn ReviewInTask() -> impl IntoView {
    view! { <Page reviews=true /> }
}

#[component]
fn Page(reviews: bool) -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("task")
            fetch=move |(owner, app, task)| get_work(owner, app, task, reviews)
            view=move |work| view! { <Body work reviews /> }.into_any()
        />
    }
}

#[component]
fn Body(work: Work, reviews: bool) -> impl IntoView {
    let Work { place, task, instructions, is_of_whole, choices, input } = work;
    let app = place.app.clone();
    let path = task_path(&app, &task.slug);
    let below = Crumb { href: path.clone(), label: task.name.clone() };
    let left = if reviews { task.to_review } else { task.to_label }.unwrap_or_default();
    let (title, does) = if reviews { ("Review", "review") } else { ("Label", "label") };
    let content = match input {
        None => view! {
            <EmptyState sign=Sign::Check title=format!("Nothing to {does}")>
                <p>"There is nothing left for you here just now."</p>
                <p><LinkButton href=path>"Back to the task"</LinkButton></p>
            </EmptyState>
        }
        .into_any(),
        Some(input) => at_hand(&app, &task.slug, is_of_whole, choices, input, reviews, instructions),
    };
    view! {
        <Title text=format!("{title} · {}", task.name) />
        <AppRoom place room=Room::Tasks below=below>
            <header class="page-head">
                <h1>{task.name.clone()}</h1>
                <p class="soft">{format!("{left} left to {does}")}</p>
            </header>
            {content}
        </AppRoom>
    }
}

fn at_hand(
    app: &App,
    task: &str,
    is_of_whole: bool,
    choices: Vec<LabelChoice>,
    input: WorkInput,
    reviews: bool,
    instructions: String,
) -> AnyView {
    let remarks = (!input.remarks.is_empty()).then(|| {
        let remarks =
            input.remarks.iter().map(|text| view! { <p>{text.clone()}</p> }.into_any()).collect_view();
        view! { <div class="notice"><p class="row-name">"A reviewer asked for changes"</p>{remarks}</div> }
    });
    let help = (!instructions.is_empty()).then(|| {
        view! {
            <details class="section-lead">
                <summary>"Instructions"</summary>
                <div class="instructions" inner_html=instructions />
            </details>
        }
    });
    let side = if reviews {
        let forms = input.to_review.iter().map(|one| review_form(app, task, &input.slug, one)).collect_view();
        view! { {forms} }.into_any()
    } else if is_of_whole {
        view! { <Labelling app=app.clone() task=task.to_owned() input=input.slug.clone() choices /> }
            .into_any()
    } else {
        let href = input_path(app, &input.slug);
        view! {
            <p class="page-note">
                "Parts of inputs are marked over the API for now, within this task. The input: " <a href=href>{input.slug.clone()}</a>
            </p>
        }
        .into_any()
    };
    let skip = (!reviews).then(|| skip_form(app, task, &input.slug));
    view! {
        <div class="workplace">
            <div class="workplace-content">{content(&input)}</div>
            <div class="workplace-side">
                <p><code>{input.slug.clone()}</code></p>
                {remarks}
                {help}
                {side}
                {skip}
            </div>
        </div>
    }
    .into_any()
}

fn content(input: &WorkInput) -> AnyView {
    match (&input.picture, &input.text) {
        (Some((src, width, height)), _) => view! {
            <img class="work-picture" src=src.clone() width=*width height=*height alt=input.slug.clone() />
        }
        .into_any(),
        (None, Some(text)) => view! { <p class="work-text">{text.clone()}</p> }.into_any(),
        (None, None) => {
            view! { <p class="page-note">"It is not here yet, or could not be fetched."</p> }.into_any()
        }
    }
}

/// The choices as boxes, each with its key, and what is done with them.
#[component]
fn Labelling(app: App, task: String, input: String, choices: Vec<LabelChoice>) -> impl IntoView {
    let form = Form::<SubmitLabels>::keyed(&input).reloading("Submitted.");
    let boxes = choices
        .into_iter()
        .enumerate()
        .map(|(index, choice)| {
            let LabelChoice { concept, definition, key, said } = choice;
            let id = format!("choice-{index}");
            if let Some(key) = key.clone() {
                let id = id.clone();
                use_shortcut(key, format!("Say {}", concept.name), move || press(&id));
            }
            let key = key.map(|key| view! { <kbd>{key}</kbd> });
            let meaning =
                (!definition.is_empty()).then(|| view! { <span class="row-note">{definition}</span> });
            view! {
                <p class="checkbox label-choice">
                    <input
                        type="checkbox"
                        id=id.clone()
                        name=format!("chosen[{index}]")
                        value=concept.slug
                        checked=said
                    />
                    <label for=id>
                        <span class="swatched"><Swatch color=concept.color />{concept.name}</span>
                        {meaning}
                    </label>
                    {key}
                </p>
            }
            .into_any()
        })
        .collect_view();
    use_shortcut("Enter", "Submit", move || press("submit-labels"));
    view! {
        <PostForm form>
            <ErrorSummary />
            <TaskFields app task />
            <input type="hidden" name="input" value=input />
            <fieldset class="fieldset">
                <legend>"What is there"</legend>
                {boxes}
            </fieldset>
            <p class="actions"><SubmitButton id="submit-labels">"Submit"</SubmitButton></p>
        </PostForm>
    }
}

/// Presses a button, or ticks a box and takes the tick away again.
fn press(id: &str) {
    let field =
        document().get_element_by_id(id).and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(field) = field {
        field.click();
    }
}

fn skip_form(app: &App, task: &str, input: &str) -> AnyView {
    let form = Form::<SkipInput>::keyed(input).reloading("Skipped.");
    let (app, task, input) = (app.clone(), task.to_owned(), input.to_owned());
    view! {
        <details>
            <summary>"Skip it …"</summary>
            <PostForm form>
                <ErrorSummary />
                <TaskFields app task />
                <input type="hidden" name="input" value=input />
                <TextField name="note" label="Why" />
                <p class="actions"><SubmitButton look=Look::Secondary>"Skip this input"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
}

/// What one person said, and what becomes of it.
fn review_form(app: &App, task: &str, input: &str, one: &ToReview) -> AnyView {
    let form = Form::<ReviewLabels>::keyed(&format!("{input}-{}", one.labeller)).reloading("Reviewed.");
    let said = one
        .said
        .iter()
        .map(|concept| {
            view! {
                <li class="chip">
                    <span class="swatched"><Swatch color=concept.color.clone() />{concept.name.clone()}</span>
                </li>
            }
            .into_any()
        })
        .collect_view();
    let (app, task, input, labeller) = (app.clone(), task.to_owned(), input.to_owned(), one.labeller.clone());
    let (says, list) = (format!("{} said:", one.name), format!("What {} said", one.name));
    let nothing = one.said.is_empty().then(|| view! { <p class="soft">"Nothing of it is there."</p> });
    view! {
        <PostForm form class="review">
            <ErrorSummary />
            <TaskFields app task />
            <input type="hidden" name="input" value=input />
            <input type="hidden" name="labeller" value=labeller />
            <p>{says}</p>
            <ul class="chips" role="list" aria-label=list>{said}</ul>
            {nothing}
            <TextField name="note" label="Remark" optional=true />
            <div class="actions">
                <button type="submit" class="button" name="act" value="reject">"Reject"</button>
                <button type="submit" class="button" name="act" value="request-changes">"Ask for changes"</button>
                <button type="submit" class="button is-primary" name="act" value="approve">"Approve"</button>
            </div>
        </PostForm>
    }
    .into_any()
}
