//! `/{owner}/{app}/models/new/upload` and `/{owner}/{app}/models/{model}/upload`

use leptos::prelude::*;
use leptos_meta::Title;

use super::task_new::Select;
use crate::{
    api::{
        apps::App,
        models::{
            ListedModel, ListedTraining, OwnModel, PixelScale, UPLOAD_FORM, UploadFacts, UploadMaterial,
            get_upload_material, model_path, models_path, upload_path, version_path,
        },
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        field::{TextArea, TextField},
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, NoPermission, Room},
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{FilesForm, FormParts},
    pages::thing_in_address,
};

/// Takes a file that becomes a version of a model, or of one that is made for it.
#[component]
pub fn UploadModel() -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("model")
            // No model has the identifier `new`.
            fetch=|(owner, app, model)| {
                get_upload_material(owner, app, if model == "new" { String::new() } else { model })
            }
            view=|material| view! { <Body material /> }.into_any()
        />
    }
}

#[component]
fn Body(material: UploadMaterial) -> impl IntoView {
    let UploadMaterial { place, model, concepts, scale, vocabs, no_upload } = material;
    let app = place.app.clone();
    let path = upload_path(&app, model.as_ref().map(|model| model.slug.as_str()));
    let (title, back, button) = match &model {
        Some(model) => {
            let title = format!("Upload a version of {}", model.name);
            (title, model_path(&app, &model.slug), "Upload the version")
        }
        None => ("Upload a model".to_owned(), models_path(&app), "Upload the model"),
    };
    let is_new = model.is_none();
    let content = match no_upload {
        Some(explanation) => view! { <NoPermission explanation /> }.into_any(),
        None => view! {
            <p class="section-lead">
                "An ONNX file of a classifier that takes pictures, or the vectors that the public models make of pictures or \
                 texts. It is looked at and tried out before it is kept, and runs on this server alone. Nothing in it but \
                 what a network computes with is run."
            </p>
            <FilesForm name=UPLOAD_FORM class="task-form">
                <ErrorSummary />
                {is_new.then(|| view! {
                    <TextField name="name" label="Name" />
                    <TextField name="description" label="What it is for" optional=true />
                })}
                <FileField />
                <fieldset class="fieldset">
                    <legend>"What it tells"</legend>
                    <Select name="vocab" label="Vocabulary" none="None: the concepts below" options=vocabs />
                    <TextArea
                        name="concepts"
                        label="Concepts"
                        hint="One on each line, in the order of the numbers that it gives. Those that the app lacks are made."
                        value=concepts
                        optional=true
                    />
                </fieldset>
                <Pixels scale />
                <p class="actions">
                    <LinkButton href=back>"Cancel"</LinkButton>
                    <SubmitButton>{button}</SubmitButton>
                </p>
            </FilesForm>
        }
        .into_any(),
    };
    view! {
        <Title text=title.clone() />
        <AppRoom place room=Room::Models below=Crumb { href: path, label: title.clone() }>
            <header class="page-head"><h1>{title}</h1></header>
            {content}
        </AppRoom>
    }
}

/// The file. Browsers forget it where a page is made again, which is then said.
#[component]
fn FileField() -> impl IntoView {
    let form = expect_context::<FormParts>();
    let error = form.field_error("file");
    let id = form.field_id("file");
    let hint = format!("{id}-hint");
    let why = format!("{id}-error");
    let described_by = {
        let (hint, why) = (hint.clone(), why.clone());
        move || if error.with(Option::is_some) { format!("{hint} {why}") } else { hint.clone() }
    };
    let told = move || {
        let why = why.clone();
        error.get().map(|text| view! { <p class="field-error" id=why><Prose text /></p> })
    };
    let again = form.error().get_untracked().map(
        |_| view! { <p class="field-hint">"Choose the file again: it is not kept with what was typed."</p> },
    );
    view! {
        <div class="field">
            <label for=id.clone()>"File"</label>
            <p class="field-hint" id=hint>"With the ending .onnx, of at most 200 MiB, with its weights in it."</p>
            <input
                id=id
                type="file"
                name="file"
                accept=".onnx"
                aria-required="true"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by
            />
            {told}
            {again}
        </div>
    }
}

/// How the pixels of a picture become the numbers that it takes.
#[component]
fn Pixels(scale: (PixelScale, String, String)) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let (choice, mean, deviation) = scale;
    let chosen = form.typed("scale").unwrap_or_else(|| choice.slug().to_owned());
    let options = PixelScale::ALL
        .into_iter()
        .map(|option| {
            let is_chosen = option.slug() == chosen;
            view! { <option value=option.slug() selected=is_chosen>{option.words()}</option> }.into_any()
        })
        .collect_view();
    let id = form.field_id("scale");
    view! {
        <fieldset class="fieldset">
            <legend>"Pixels"</legend>
            <p class="field-hint">
                "How red, green and blue, from 0 to 1, become what it takes. Most networks of PyTorch want ImageNet’s; those that \
                 scale by themselves, from 0 to 255. A model that takes vectors has no use for it."
            </p>
            <div class="field">
                <label for=id.clone()>"They are scaled"</label>
                <select id=id class="input" name="scale">{options}</select>
            </div>
            <TextField
                name="mean"
                label="Mean"
                hint="What is subtracted: one number, or three for red, green and blue, such as 0.485, 0.456, 0.406."
                value=mean
                optional=true
            />
            <TextField
                name="deviation"
                label="Deviation"
                hint="By what the rest is divided, likewise."
                value=deviation
                optional=true
            />
        </fieldset>
    }
}

/// The versions of a model that is uploaded, and the way to another.
pub(super) fn uploads(app: &App, model: &ListedModel, own: OwnModel) -> AnyView {
    let OwnModel { no_training, versions, .. } = own;
    let another = match no_training {
        Some(text) => view! { <p class="section-lead"><Prose text /></p> }.into_any(),
        None => {
            let href = upload_path(app, Some(&model.slug));
            view! { <p class="actions"><LinkButton look=Look::Secondary href=href>"Upload a version"</LinkButton></p> }
                .into_any()
        }
    };
    let rows: Vec<AnyView> = versions
        .into_iter()
        .filter_map(|version| {
            let ListedTraining { slug, author, made_at, upload, .. } = version;
            let UploadFacts { takes, size, took, .. } = upload?;
            let (href, name) =
                (version_path(app, &model.slug, &slug), slug.get(24..).unwrap_or_default().to_owned());
            let row = view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=href><code>{name}</code></a></Cell>
                    <Cell label="Takes">{takes}</Cell>
                    <Cell label="File" numeric=true>{size}</Cell>
                    <Cell label="One input took" numeric=true>{took}</Cell>
                    <Cell label="By">{author}</Cell>
                    <Cell label="Uploaded"><Time at=made_at /></Cell>
                </tr>
            };
            Some(row.into_any())
        })
        .collect();
    let table = (!rows.is_empty()).then(|| {
        let columns = [
            Column::text("Version"),
            Column::text("Takes"),
            Column::numeric("File"),
            Column::numeric("One input took"),
            Column::text("By"),
            Column::text("Uploaded"),
        ];
        view! { <Table caption="Versions" columns=columns.to_vec()>{rows}</Table> }
    });
    view! {
        <section class="section">
            <h2>"Versions"</h2>
            <p class="section-lead">
                "It was trained elsewhere, and is not trained here. The newest version answers, unless another is asked."
            </p>
            {another}
            {table}
        </section>
    }
    .into_any()
}
