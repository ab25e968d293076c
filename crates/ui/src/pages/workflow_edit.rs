//! `/{owner}/{app}/new-workflow` and `/{owner}/{app}/workflows/{workflow}/edit`: rows of nodes. Without scripts there are a
//! few empty rows at the end; with them there are as many as one wants, and the graph is drawn while one types.

use std::collections::BTreeMap;

use atelier_domain::workflow::{Graph, ModelRef, NODES, Node, Ports};
use leptos::{ev, html, prelude::*};
use leptos_meta::Title;

use super::{collaborators::AppNameFields, workflows::input_words};
use crate::{
    api::workflows::{
        AddWorkflow, ChangeWorkflow, ImportWorkflow, TypedNode, UsableModel, WorkflowMaterial,
        get_workflow_material, new_workflow_path, workflow_path, workflows_path,
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        field::{TextArea, TextField},
        graph::GraphPicture,
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, NoPermission, Room},
    },
    form::{Form, FormParts, PostForm},
    pages::{app_in_address, thing_in_address},
};

/// How many empty rows there are at the end.
const EMPTY_ROWS: usize = 3;

/// Makes a workflow, row by row or of YAML.
#[component]
pub fn NewWorkflow() -> impl IntoView {
    view! {
        <Loaded
            key=app_in_address()
            fetch=|(owner, app)| get_workflow_material(owner, app, String::new())
            view=|material| view! { <New material /> }.into_any()
        />
    }
}

/// Changes a workflow, row by row.
#[component]
pub fn EditWorkflow() -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("workflow")
            fetch=|(owner, app, workflow)| get_workflow_material(owner, app, workflow)
            view=|material| view! { <Edit material /> }.into_any()
        />
    }
}

#[component]
fn New(material: WorkflowMaterial) -> impl IntoView {
    let WorkflowMaterial { place, models, no_change, .. } = material;
    let app = place.app.clone();
    let below = Crumb { href: new_workflow_path(&app), label: "New workflow".to_owned() };
    let content = match no_change {
        Some(explanation) => view! { <NoPermission explanation /> }.into_any(),
        None => {
            let form = Form::<AddWorkflow>::new();
            let import = Form::<ImportWorkflow>::new();
            let yaml = NodeRef::<html::Textarea>::new();
            let of_import = app.clone();
            let back = workflows_path(&app);
            view! {
                <PostForm form class="workflow-form">
                    <ErrorSummary />
                    <AppNameFields app=app.clone() />
                    <TextField name="id" label="Id" hint="What programs call it by, such as “find-signs”." />
                    <TextField name="description" label="What it is for" optional=true />
                    <Rows models nodes=Vec::new() />
                    <p class="actions">
                        <LinkButton href=back>"Cancel"</LinkButton>
                        <SubmitButton>"Make the workflow"</SubmitButton>
                    </p>
                </PostForm>
                <section class="section">
                    <h2>"Import YAML"</h2>
                    <p class="section-lead">"As the official client writes it, or “Download as YAML” on the page of a workflow."</p>
                    <PostForm form=import class="is-narrow">
                        <ErrorSummary />
                        <AppNameFields app=of_import />
                        <YamlFile into=yaml />
                        <TextArea name="yaml" label="YAML" element=yaml />
                        <TextField
                            name="id"
                            label="Another id"
                            hint="It is called as the YAML says, if this stays empty."
                            optional=true
                        />
                        <p class="actions"><SubmitButton look=Look::Secondary>"Import the workflow"</SubmitButton></p>
                    </PostForm>
                </section>
            }
            .into_any()
        }
    };
    view! {
        <Title text="New workflow" />
        <AppRoom place room=Room::Workflows below=below>
            <header class="page-head"><h1>"New workflow"</h1></header>
            {content}
        </AppRoom>
    }
}

#[component]
fn Edit(material: WorkflowMaterial) -> impl IntoView {
    let WorkflowMaterial { place, models, slug, description, nodes, version, no_change } = material;
    let app = place.app.clone();
    let path = workflow_path(&app, &slug);
    let below = Crumb { href: format!("{path}/edit"), label: format!("Edit {slug}") };
    let content = match no_change {
        Some(explanation) => view! { <NoPermission explanation /> }.into_any(),
        None => {
            let form = Form::<ChangeWorkflow>::new();
            let workflow = slug.clone();
            view! {
                <PostForm form class="workflow-form">
                    <ErrorSummary />
                    <AppNameFields app />
                    <input type="hidden" name="workflow" value=workflow />
                    <input type="hidden" name="version" value=version />
                    <TextField name="description" label="What it is for" value=description optional=true />
                    <Rows models nodes />
                    <p class="actions">
                        <LinkButton href=path>"Cancel"</LinkButton>
                        <SubmitButton>"Save as a new version"</SubmitButton>
                    </p>
                </PostForm>
            }
            .into_any()
        }
    };
    view! {
        <Title text=format!("Edit {slug}") />
        <AppRoom place room=Room::Workflows below=below>
            <header class="page-head"><h1>{format!("Edit {slug}")}</h1></header>
            {content}
        </AppRoom>
    }
}

/// A file whose text goes into a field; a browser without scripts has only the field.
#[component]
fn YamlFile(into: NodeRef<html::Textarea>) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let id = form.field_id("file");
    let chosen = move |event: ev::Event| {
        let files = event_target::<web_sys::HtmlInputElement>(&event).files();
        let Some(file) = files.and_then(|files| files.get(0)) else { return };
        leptos::task::spawn_local(async move {
            if let (Some(text), Some(field)) = (text_of(&file).await, into.get_untracked()) {
                field.set_value(&text);
            }
        });
    };
    view! {
        <div class="field needs-script">
            <label for=id.clone()>"A file"</label>
            <p class="field-hint">"Its text goes into the field below."</p>
            <input id=id type="file" accept=".yml,.yaml,text/yaml,application/yaml" on:change=chosen />
        </div>
    }
}

/// What stands in a file; nothing, if it cannot be read.
#[cfg(any(feature = "csr", feature = "hydrate"))]
async fn text_of(file: &web_sys::File) -> Option<String> {
    wasm_bindgen_futures::JsFuture::from(file.text()).await.ok()?.as_string()
}

/// On the server nobody chooses a file.
#[cfg(not(any(feature = "csr", feature = "hydrate")))]
async fn text_of(_file: &web_sys::File) -> Option<String> {
    None
}

/// A row while it is typed into.
#[derive(Clone, Copy)]
struct Row {
    number: usize,
    node: RwSignal<TypedNode>,
}

/// The rows of nodes, and the graph that they make.
#[component]
fn Rows(models: Vec<UsableModel>, nodes: Vec<TypedNode>) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let typed_row = |number: usize| {
        let cell = |name: &str| form.typed(&format!("{name}[{number}]"));
        let (id, model) = (cell("ids")?, cell("models")?);
        let rest = |name: &str| cell(name).unwrap_or_default();
        Some(TypedNode { id, model, after: rest("after"), from: rest("from"), most: rest("most") })
    };
    let typed: Vec<TypedNode> = (0..NODES).map_while(typed_row).collect();
    let mut nodes = if typed.is_empty() { nodes } else { typed };
    let filled = nodes.iter().filter(|node| !is_blank(node)).count();
    let shown = (filled + EMPTY_ROWS).max(nodes.len()).min(NODES);
    nodes.resize(shown, TypedNode::default());
    let rows = nodes.into_iter().enumerate();
    let rows: Vec<Row> = rows.map(|(number, node)| Row { number, node: RwSignal::new(node) }).collect();
    let rows = RwSignal::new(rows);
    let models = StoredValue::new(models);
    let add = move |_| {
        rows.update(|rows| {
            if rows.len() < NODES {
                rows.push(Row { number: rows.len(), node: RwSignal::new(TypedNode::default()) });
            }
        });
    };
    let error = form.field_error("nodes");
    let picture = move || {
        let typed: Vec<TypedNode> = rows.get().into_iter().map(|row| row.node.get()).collect();
        models.with_value(|models| drawn(&typed, models))
    };
    view! {
        <fieldset class="fieldset workflow-rows" id=form.field_id("nodes") tabindex="-1">
            <legend>"Nodes"</legend>
            <p class="field-hint">
                "A model that comes after another looks at the input once that has found something; a filter looks at what was \
                 found. Rows that stay empty do not count."
            </p>
            {move || {
                error.get().map(|message| view! { <p class="field-error"><span><Prose text=message /></span></p> })
            }}
            <ol class="node-rows" role="list">
                <For each=move || rows.get() key=|row| row.number let:row>
                    <NodeRow row models />
                </For>
            </ol>
            <p class="needs-script">
                <button class="button" type="button" on:click=add>"Add a row"</button>
            </p>
        </fieldset>
        <section class="section">
            <h2>"Graph"</h2>
            {picture}
        </section>
    }
}

fn is_blank(node: &TypedNode) -> bool {
    node.id.trim().is_empty() && node.model.is_empty()
}

#[component]
fn NodeRow(row: Row, models: StoredValue<Vec<UsableModel>>) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let Row { number, node } = row;
    let start = node.get_untracked();
    let field = |name: &str| format!("{name}[{number}]");
    let id = |name: &str| form.field_id(&format!("{name}-{number}"));
    let chosen = start.model.clone();
    // One that is there no longer, or not for this person, is still what the workflow names.
    let is_known = models.with_value(|models| models.iter().any(|model| model.named == chosen));
    let unknown = (!is_known && !chosen.is_empty()).then(|| {
        view! { <option value=chosen.clone() selected=true>{chosen.clone()}</option> }
    });
    let options = models.with_value(|models| {
        let option = |model: &UsableModel| {
            let is_chosen = model.named == chosen;
            view! { <option value=model.named.clone() selected=is_chosen>{model.title.clone()}</option> }
                .into_any()
        };
        models.iter().map(option).collect_view()
    });
    let cell =
        |name: &'static str, label: &'static str, placeholder: &'static str, of: OfNode, number: Number| {
            view! {
                <div class="field">
                    <label for=id(name)>{label}</label>
                    <input
                        id=id(name)
                        class="input"
                        name=field(name)
                        type=if number.is_some() { "number" } else { "text" }
                        min=number.map(|(least, ..)| least)
                        max=number.and_then(|(_, most, _)| most)
                        step=number.map(|(.., step)| step)
                        value=of(&mut start.clone()).clone()
                        placeholder=placeholder
                        autocomplete="off"
                        on:input=move |event| node.update(|node| *of(node) = event_target_value(&event))
                    />
                </div>
            }
            .into_any()
        };
    view! {
        <li class="node-row">
            {cell("ids", "Node", "", |node| &mut node.id, None)}
            <div class="field">
                <label for=id("models")>"Model"</label>
                <select
                    id=id("models")
                    class="input"
                    name=field("models")
                    on:change=move |event| node.update(|node| node.model = event_target_value(&event))
                >
                    <option value="">"None"</option>
                    {unknown}
                    {options}
                </select>
            </div>
            {cell("after", "After", "the input", |node| &mut node.after, None)}
            {cell("from", "Sure from", "0", |node| &mut node.from, Some(("0", Some("1"), "any")))}
            {cell("most", "At most", "20", |node| &mut node.most, Some(("1", None, "1")))}
        </li>
    }
}

/// What is typed into one field of a row.
type OfNode = fn(&mut TypedNode) -> &mut String;

/// The least and the most that a number is, and its steps; nothing of what is no number.
type Number = Option<(&'static str, Option<&'static str>, &'static str)>;

/// The graph that is typed, or what is wrong with it: as the server would say it.
fn drawn(typed: &[TypedNode], models: &[UsableModel]) -> AnyView {
    let known: BTreeMap<&str, &UsableModel> =
        models.iter().map(|model| (model.named.as_str(), model)).collect();
    let nodes = typed.iter().filter(|node| !is_blank(node)).map(|node| {
        let id = node.id.trim();
        let named = node.model.rsplit('/').next().unwrap_or_default();
        let inputs = node.after.split(',').map(str::trim).filter(|input| !input.is_empty());
        Node {
            id: if id.is_empty() { named.to_owned() } else { id.to_owned() },
            model: ModelRef {
                model: node.model.clone(),
                kind: known.get(node.model.as_str()).map(|model| model.kind),
                takes: known.get(node.model.as_str()).and_then(|model| model.takes),
                ..ModelRef::default()
            },
            inputs: inputs.map(str::to_owned).collect(),
            ..Node::default()
        }
    });
    let nodes: Vec<Node> = nodes.collect();
    if nodes.is_empty() {
        return view! { <p class="soft">"It is drawn here once there is a node."</p> }.into_any();
    }
    let wrong = |message: String| {
        view! { <p class="field-error"><span><Prose text=format!("The nodes {message}.") /></span></p> }
            .into_any()
    };
    let graph = match Graph::new(nodes) {
        Ok(graph) => graph,
        Err(error) => return wrong(error.to_string()),
    };
    let ports: Option<Vec<Ports>> = graph.nodes().iter().map(|node| node.model.ports()).collect();
    if let Some(Err(misfit)) = ports.as_ref().map(|ports| graph.fit(ports)) {
        return wrong(misfit.to_string());
    }
    let takes = ports.unwrap_or_default().into_iter().find_map(|ports| ports.medium);
    let captions = graph.nodes().iter().map(|node| {
        let known = known.get(node.model.model.as_str());
        known.map_or_else(|| node.model.model.clone(), |model| model.title.clone())
    });
    let captions: Vec<String> = captions.collect();
    view! { <GraphPicture graph captions input=input_words(takes) /> }.into_any()
}
