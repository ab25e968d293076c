//! `/{owner}/{app}/workflows/{workflow}`

use atelier_domain::workflow::{Graph, Node};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    collaborators::AppNameFields,
    model_predict::{Prediction, found_words, read},
    workflows::input_words,
};
use crate::{
    api::{
        apps::App,
        workflows::{
            DeleteWorkflow, NodeAnswer, RUN_FORM, RunAnswer, ShownVersion, WorkflowShown, get_workflow,
            workflow_path,
        },
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        copyable::CopyButton,
        error_summary::ErrorSummary,
        figure::encoded,
        graph::GraphPicture,
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        table::{Cell, Column, Table, WordsCell},
        time::Time,
    },
    error::UiError,
    form::{Form, PostForm},
    pages::thing_in_address,
};

/// One workflow: its graph, what comes of an input, and its versions.
#[component]
pub fn OneWorkflow() -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("workflow")
            fetch=|(owner, app, workflow)| get_workflow(owner, app, workflow)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: WorkflowShown) -> impl IntoView {
    let WorkflowShown {
        place,
        slug,
        description,
        notes,
        takes,
        graph,
        versions,
        yaml,
        no_run,
        no_change,
        no_deletion,
    } = shown;
    let app = place.app.clone();
    let path = workflow_path(&app, &slug);
    let below = Crumb { href: path.clone(), label: slug.clone() };
    let lead = (!description.is_empty()).then(|| view! { <p class="section-lead">{description}</p> });
    let edit = format!("{path}/edit");
    let way = no_change.is_none().then(|| view! { <LinkButton href=edit>"Edit"</LinkButton> });
    let why_not = no_change.map(|text| view! { <p class="page-note"><Prose text /></p> });
    let run = match (no_run, takes) {
        (Some(text), _) => view! { <p class="section-lead"><Prose text /></p> }.into_any(),
        (None, Some(takes)) => {
            view! { <Prediction path=path.clone() takes posted_as=RUN_FORM verb="Run" told=told /> }
                .into_any()
        }
        (None, None) => ().into_any(),
    };
    let captions: Vec<String> = graph.nodes().iter().map(caption).collect();
    let nodes = nodes_table(&graph);
    let href = format!("data:application/yaml;charset=utf-8,{}", encoded(&yaml));
    let file = format!("{slug}.yml");
    let end = match no_deletion {
        Some(text) => view! { <p class="section-lead"><Prose text /></p> }.into_any(),
        None => deletion(app, slug.clone()),
    };
    let notes = (!notes.is_empty()).then(|| {
        view! {
            <section class="section">
                <h2>"Notes"</h2>
                <div class="instructions" inner_html=notes></div>
            </section>
        }
    });
    view! {
        <Title text=slug.clone() />
        <AppRoom place room=Room::Workflows below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1>{slug.clone()}</h1>
                    <CopyButton value=slug what="the workflow’s id" />
                </div>
                {way}
            </header>
            {lead}
            {why_not}
            <section class="section">
                <h2>"Graph"</h2>
                <div class="graph-beside">
                    <GraphPicture graph captions input=input_words(takes) />
                    {nodes}
                </div>
            </section>
            <section class="section">
                <h2>"Try it"</h2>
                {run}
            </section>
            <section class="section">
                <h2>"As YAML"</h2>
                <p class="section-lead">"The newest version, as the official client writes and reads it."</p>
                <p><a href=href download=file>"Download as YAML"</a></p>
                <details>
                    <summary>"Show it"</summary>
                    <pre class="vector">{yaml}</pre>
                </details>
            </section>
            <section class="section">
                <h2>"Versions"</h2>
                <p class="section-lead">"Whoever changes what it does makes a version. The newest one runs, unless a program names another."</p>
                {versions_table(versions)}
            </section>
            {notes}
            <section class="section">
                <h2>"Delete this workflow"</h2>
                {end}
            </section>
        </AppRoom>
    }
}

/// What is said of a node in the picture: of which kind its model is.
fn caption(node: &Node) -> String {
    node.model.kind.map_or_else(|| node.model.to_string(), |kind| kind.title().to_owned())
}

/// What the picture shows, and what it has no room for.
fn nodes_table(graph: &Graph) -> AnyView {
    let rows = graph
        .nodes()
        .iter()
        .map(|node| {
            let after = if node.inputs.is_empty() { "the input".to_owned() } else { node.inputs.join(", ") };
            let (id, model, mut wanted) = (node.id.clone(), node.model.to_string(), node.wanted.to_string());
            if node.is_silent {
                wanted =
                    if wanted.is_empty() { "not answered".into() } else { format!("{wanted}; not answered") };
            }
            view! {
                <tr role="row">
                    <Cell label=""><span class="row-name">{id}</span></Cell>
                    <Cell label="Model"><code class="soft">{model}</code></Cell>
                    <Cell label="After">{after}</Cell>
                    <WordsCell label="Wanted" text=wanted />
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns =
        [Column::text("Node"), Column::text("Model"), Column::text("After"), Column::text("Wanted")];
    view! { <Table caption="Nodes of the graph" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

fn versions_table(versions: Vec<ShownVersion>) -> AnyView {
    let rows = versions
        .into_iter()
        .map(|ShownVersion { id, nodes, description, is_deprecated, creator, created_at }| {
            let said = match (is_deprecated, description.is_empty()) {
                (false, _) => description,
                (true, true) => "Not to be used any more".to_owned(),
                (true, false) => format!("{description} (not to be used any more)"),
            };
            view! {
                <tr role="row">
                    <Cell label=""><code>{id}</code></Cell>
                    <Cell label="Models" numeric=true>{nodes}</Cell>
                    <WordsCell label="Said of it" text=said />
                    <Cell label="By">{creator}</Cell>
                    <Cell label="Made"><Time at=created_at /></Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [
        Column::text("Version"),
        Column::numeric("Models"),
        Column::text("Said of it"),
        Column::text("By"),
        Column::text("Made"),
    ];
    view! { <Table caption="Versions" columns=columns.to_vec()>{rows}</Table> }.into_any()
}

/// What came of a run, node by node.
fn told(outcome: Result<String, UiError>) -> AnyView {
    let RunAnswer { of, nodes } = match read(outcome) {
        Ok(answer) => answer,
        Err(why) => return why,
    };
    let nodes = nodes
        .into_iter()
        .map(|(node, answer)| match answer {
            NodeAnswer::Found(found) => found_words(format!("{node}: {of}"), found),
            NodeAnswer::Ended(before) => {
                let told = format!("It did not run: {before} gave nothing.");
                view! { <h3>{node}</h3> <p class="section-lead">{told}</p> }.into_any()
            }
            NodeAnswer::Failed(error) => {
                view! { <h3>{node}</h3> <p class="notice" role="alert"><Prose text=error.sentences() /></p> }
                    .into_any()
            }
        })
        .collect_view();
    // One thing beside the picture, whatever there are of nodes.
    view! { <div class="came">{nodes}</div> }.into_any()
}

/// It opens first, so that no single press does it, without JavaScript either.
fn deletion(app: App, workflow: String) -> AnyView {
    let form = Form::<DeleteWorkflow>::new();
    view! {
        <details>
            <summary>"Delete it …"</summary>
            <PostForm form>
                <ErrorSummary />
                <AppNameFields app />
                <input type="hidden" name="workflow" value=workflow />
                <p>"Its versions go with it. The models stay."</p>
                <p class="actions"><SubmitButton look=Look::Danger>"Delete this workflow"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
}
