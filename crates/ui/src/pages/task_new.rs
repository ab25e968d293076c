//! `/{owner}/{app}/tasks/new`

use atelier_domain::task::{TaskKind, WorkerStrategy};
use leptos::prelude::*;
use leptos_meta::Title;

use super::collaborators::AppNameFields;
use crate::{
    api::tasks::{AddTask, Candidate, Choice, TaskMaterial, get_task_material, tasks_path},
    components::{
        button::{LinkButton, SubmitButton},
        error_summary::ErrorSummary,
        field::{TextArea, TextField},
        layout::Crumb,
        loaded::Loaded,
        room::{AppRoom, NoPermission, Room},
    },
    form::{Form, FormParts, PostForm},
    pages::app_in_address,
};

/// Says what is to be labelled, by whom, and who looks at it.
#[component]
pub fn NewTask() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| get_task_material(owner, app)
            view=|material| view! { <Body material /> }.into_any()
        />
    }
}

#[component]
fn Body(material: TaskMaterial) -> impl IntoView {
    let TaskMaterial { place, people, concepts, vocabs, datasets, no_addition } = material;
    let app = place.app.clone();
    let href = format!("{}/new", tasks_path(&app));
    let below = Crumb { href, label: "New task".to_owned() };
    let content = match no_addition {
        Some(explanation) => view! { <NoPermission explanation /> }.into_any(),
        None => {
            let form = Form::<AddTask>::new();
            let names: Vec<String> = concepts.into_iter().map(|concept| concept.name).collect();
            let invite = format!("{}/settings/collaborators/add", app.path());
            view! {
                <PostForm form class="task-form">
                    <ErrorSummary />
                    <AppNameFields app=app.clone() />
                    <TextField name="name" label="Name" />
                    <Radios name="kind" legend="What is to be done" options=kinds() />
                    <TextArea
                        name="instructions"
                        label="Instructions"
                        hint="What labellers read while they work. Markdown."
                        optional=true
                    />
                    <fieldset class="fieldset">
                        <legend>"Choices"</legend>
                        <Select name="vocab" label="Vocabulary" none="None: the concepts below" options=vocabs />
                        <TextArea
                            name="concepts"
                            label="Concepts"
                            hint="Names or ids in the order in which people see them, one on each line."
                            value=names.join("\n")
                            optional=true
                        />
                    </fieldset>
                    <fieldset class="fieldset">
                        <legend>"Inputs"</legend>
                        <Radios name="source" legend="From" options=sources() />
                        <Select name="dataset" label="Dataset" none="None" options=datasets />
                        <TextArea name="inputs" label="Ids of inputs" hint="One on each line." optional=true />
                    </fieldset>
                    <fieldset class="fieldset">
                        <legend>"Labellers"</legend>
                        <People name="labellers" people=people.clone() able=|one| one.can_label />
                        <TextField
                            name="other_labellers"
                            label="Others"
                            hint="Their user names, between commas."
                            optional=true
                        />
                        <p class="field-hint">
                            "Somebody is missing? " <a href=invite>"Add a collaborator"</a> " first."
                        </p>
                        <Radios name="strategy" legend="How inputs come to them" options=strategies() />
                        <TextField
                            name="per_input"
                            label="Labellers of each input"
                            kind="number"
                            value="1".to_owned()
                        />
                    </fieldset>
                    <fieldset class="fieldset">
                        <legend>"Review"</legend>
                        <Radios name="review" legend="Who looks at it" options=reviews() />
                        <People name="reviewers" people=people able=|one| one.can_review />
                        <TextField
                            name="other_reviewers"
                            label="Other reviewers"
                            hint="Their user names, between commas."
                            optional=true
                        />
                        <div class="field-row">
                            <TextField
                                name="percent"
                                label="Share in a hundred"
                                kind="number"
                                value="100".to_owned()
                            />
                            <TextField
                                name="needed"
                                label="How many have to approve, or to agree"
                                kind="number"
                                optional=true
                            />
                        </div>
                    </fieldset>
                    <div class="field-row">
                        <Select name="priority" label="Priority" none="Medium" options=priorities() />
                        <TextField name="due_on" label="To be done by" kind="date" optional=true />
                    </div>
                    <p class="actions">
                        <LinkButton href=tasks_path(&app)>"Cancel"</LinkButton>
                        <SubmitButton>"Make the task"</SubmitButton>
                    </p>
                </PostForm>
            }
            .into_any()
        }
    };
    view! {
        <Title text="New task" />
        <AppRoom place room=Room::Tasks below=below>
            <header class="page-head"><h1>"New task"</h1></header>
            {content}
        </AppRoom>
    }
}

fn choice(slug: &str, name: &str) -> Choice {
    Choice { slug: slug.to_owned(), name: name.to_owned() }
}

/// The first letter as a capital.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn kinds() -> Vec<Choice> {
    TaskKind::ALL.map(|kind| choice(kind.name(), &capital(kind.words()))).into()
}

fn sources() -> Vec<Choice> {
    vec![
        choice("all", "All inputs of the app"),
        choice("dataset", "A dataset"),
        choice("inputs", "Some inputs, by their ids"),
    ]
}

fn strategies() -> Vec<Choice> {
    let ways = [WorkerStrategy::Dynamic, WorkerStrategy::Partitioned, WorkerStrategy::Full];
    ways.map(|strategy| choice(strategy.name(), strategy.sentence().trim_end_matches('.'))).into()
}

fn reviews() -> Vec<Choice> {
    vec![
        choice("none", "Nobody: what is submitted counts"),
        choice("manual", "Reviewers"),
        choice("consensus", "What several say alike counts; reviewers decide the rest"),
    ]
}

fn priorities() -> Vec<Choice> {
    vec![choice("1", "Low"), choice("3", "High")]
}

/// One of several, of which the first is chosen unless another was.
#[component]
pub(super) fn Radios(
    name: &'static str,
    #[prop(into)] legend: String,
    options: Vec<Choice>,
    /// Which one, before another is chosen; the first, if nothing is given.
    #[prop(optional, into)]
    value: Option<String>,
) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let first = || options.first().map(|option| option.slug.clone()).unwrap_or_default();
    let chosen = form.typed(name).or(value).unwrap_or_else(first);
    let radios = options
        .into_iter()
        .map(|Choice { slug, name: label }| {
            let id = form.field_id(&format!("{name}-{slug}"));
            view! {
                <p class="checkbox">
                    <input type="radio" id=id.clone() name=name value=slug.clone() checked=slug == chosen />
                    <label for=id>{label}</label>
                </p>
            }
            .into_any()
        })
        .collect_view();
    view! { <fieldset class="fieldset is-plain"><legend>{legend}</legend>{radios}</fieldset> }
}

/// One of several, or none of them.
#[component]
pub(super) fn Select(
    name: &'static str,
    #[prop(into)] label: String,
    none: &'static str,
    options: Vec<Choice>,
    /// Which one, before another is chosen.
    #[prop(optional, into)]
    value: String,
) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let chosen = form.typed(name).unwrap_or(value);
    let options = options
        .into_iter()
        .map(|Choice { slug, name }| {
            let is_chosen = slug == chosen;
            view! { <option value=slug selected=is_chosen>{name}</option> }.into_any()
        })
        .collect_view();
    let id = form.field_id(name);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id class="input" name=name>
                <option value="">{none}</option>
                {options}
            </select>
        </div>
    }
}

/// The people of the app, of whom those who are able can be ticked; of the others it says why not.
#[component]
fn People(name: &'static str, people: Vec<Candidate>, able: fn(&Candidate) -> bool) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let boxes = people
        .into_iter()
        .enumerate()
        .map(|(index, one)| {
            let id = form.field_id(&format!("{name}-{index}"));
            let field = format!("{name}[{index}]");
            let is_able = able(&one);
            let checked = form.typed(&field).is_some();
            let why_not =
                (!is_able).then(|| view! { <span class="soft">" (their access is not enough)"</span> });
            view! {
                <p class="checkbox">
                    <input
                        type="checkbox"
                        id=id.clone()
                        name=field
                        value=one.slug
                        checked=checked
                        disabled=!is_able
                    />
                    <label for=id>{one.name}{why_not}</label>
                </p>
            }
            .into_any()
        })
        .collect_view();
    view! { <div class="people-boxes">{boxes}</div> }
}
