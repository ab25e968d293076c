//! `/{owner}/{app}/models/new`

use leptos::prelude::*;
use leptos_meta::Title;

use super::collaborators::AppNameFields;
use super::task_new::{Radios, Select};
use crate::{
    api::{
        concepts::Concept,
        models::{MakeModel, ModelMaterial, get_model_material, models_path, new_model_path, upload_path},
        tasks::Choice,
    },
    components::{
        button::{LinkButton, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
        layout::Crumb,
        loaded::Loaded,
        room::{AppRoom, NoPermission, Room},
    },
    form::{Form, FormParts, PostForm},
    pages::app_in_address,
};

/// Says what a model is to tell, and from what it learns.
#[component]
pub fn NewModel() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| get_model_material(owner, app)
            view=|material| view! { <Body material /> }.into_any()
        />
    }
}

fn choice(slug: &str, name: &str) -> Choice {
    Choice { slug: slug.to_owned(), name: name.to_owned() }
}

#[component]
fn Body(material: ModelMaterial) -> impl IntoView {
    let ModelMaterial { place, concepts, vocabs, datasets, no_making } = material;
    let app = place.app.clone();
    let below = Crumb { href: new_model_path(&app), label: "New model".to_owned() };
    let content = match no_making {
        Some(explanation) => view! { <NoPermission explanation /> }.into_any(),
        None => {
            let form = Form::<MakeModel>::new();
            let media = vec![choice("image", "Pictures"), choice("text", "Texts")];
            let choices = vec![
                choice("one", "Exactly one of them"),
                choice("any", "Any number of them: what nobody said of a labelled input is not there"),
                choice(
                    "said",
                    "Any number of them: only what somebody said counts, that it is there or is not",
                ),
            ];
            view! {
                <p class="section-lead">
                    "A model of this app learns from what was said of its inputs. One that was trained elsewhere can be "
                    <a href=upload_path(&app, None)>"uploaded as an ONNX file"</a> " instead."
                </p>
                <PostForm form class="task-form">
                    <ErrorSummary />
                    <AppNameFields app=app.clone() />
                    <TextField name="name" label="Name" />
                    <TextField name="description" label="What it is for" optional=true />
                    <Radios name="medium" legend="What it takes" options=media />
                    <fieldset class="fieldset">
                        <legend>"What it tells"</legend>
                        <Select name="vocab" label="Vocabulary" none="None: the concepts below" options=vocabs />
                        <Concepts concepts />
                        <Radios name="choice" legend="An input shows" options=choices />
                    </fieldset>
                    <Select name="dataset" label="It learns from" none="All inputs that are labelled" options=datasets />
                    <p class="field-hint">
                        "It learns from what was said of inputs and counts: once it is made, it says from how many. Ten of \
                         each concept are a beginning, and twenty make its figures mean something."
                    </p>
                    <p class="actions">
                        <LinkButton href=models_path(&app)>"Cancel"</LinkButton>
                        <SubmitButton>"Make the model"</SubmitButton>
                    </p>
                </PostForm>
            }
            .into_any()
        }
    };
    view! {
        <Title text="New model" />
        <AppRoom place room=Room::Models below=below>
            <header class="page-head"><h1>"New model"</h1></header>
            {content}
        </AppRoom>
    }
}

/// The concepts of the app, to be ticked.
#[component]
fn Concepts(concepts: Vec<Concept>) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let boxes = concepts
        .into_iter()
        .enumerate()
        .map(|(index, concept)| {
            let (id, field) = (form.field_id(&format!("tells-{index}")), format!("tells[{index}]"));
            let checked = form.typed(&field).is_some();
            view! {
                <p class="checkbox">
                    <input type="checkbox" id=id.clone() name=field value=concept.slug checked=checked />
                    <label for=id>{concept.name}</label>
                </p>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <fieldset class="fieldset is-plain">
            <legend>"Concepts"</legend>
            <p class="field-hint">"Without any, it tells all of them."</p>
            <div class="people-boxes">{boxes}</div>
        </fieldset>
    }
}
