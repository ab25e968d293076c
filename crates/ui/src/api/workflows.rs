//! The workflows of an app.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]
#![expect(clippy::too_many_arguments, reason = "a server function's arguments are the fields of its form")]

use atelier_domain::workflow::Graph;
use atelier_domain::{Medium, ModelKind};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::apps::{App, AppPlace};
use super::models::Found;
use super::segment;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use {
    super::{
        apps::{place, refusal},
        workflows_server::{self as on_server, Typed},
    },
    crate::{markdown, server},
    atelier_domain::{Endpoint, PatchAction},
    atelier_service::{
        AppName, Error,
        workflows::{NewWorkflow, PatchWorkflow, yaml},
    },
};

/// How many workflows, or versions of one, are shown.
#[cfg(feature = "ssr")]
const SHOWN: usize = 1_000;

/// A workflow of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedWorkflow {
    /// Its identifier.
    pub slug: String,
    /// What it is for.
    pub description: String,
    /// What goes in, if anything does.
    pub takes: Option<Medium>,
    /// How many nodes it has.
    pub nodes: usize,
    /// When it last changed, in microseconds UTC.
    pub changed_at: i64,
}

/// The workflows of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflows {
    /// Where they stand.
    pub place: AppPlace,
    /// The workflows.
    pub workflows: Vec<ListedWorkflow>,
    /// Why the person cannot make any, if they cannot.
    pub no_addition: Option<String>,
}

/// A version of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownVersion {
    /// Its identifier.
    pub id: String,
    /// How many nodes it has.
    pub nodes: usize,
    /// What is said of it.
    pub description: String,
    /// Whether it is not to be used any more.
    pub is_deprecated: bool,
    /// Who made it, as they are called.
    pub creator: String,
    /// When it was made, in microseconds UTC.
    pub created_at: i64,
}

/// One workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkflowShown {
    /// Where it stands.
    pub place: AppPlace,
    /// Its identifier.
    pub slug: String,
    /// What it is for.
    pub description: String,
    /// What else there is to say of it, as HTML.
    pub notes: String,
    /// What goes in, if anything does.
    pub takes: Option<Medium>,
    /// Its models, as its newest version has them.
    pub graph: Graph,
    /// Its versions, the newest first.
    pub versions: Vec<ShownVersion>,
    /// The newest one as YAML.
    pub yaml: String,
    /// Why the person cannot run it, if they cannot.
    pub no_run: Option<String>,
    /// Why the person cannot change it, if they cannot.
    pub no_change: Option<String>,
    /// Why the person cannot delete it, if they cannot.
    pub no_deletion: Option<String>,
}

/// A model that a workflow may name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsableModel {
    /// As a workflow names it: `owner/app/model`, or `model` alone if it is the app's own.
    pub named: String,
    /// What it is called.
    pub title: String,
    /// Of which kind it is.
    pub kind: ModelKind,
    /// What it takes, unless that is what other models found.
    pub takes: Option<Medium>,
}

/// A node, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedNode {
    /// Its identifier.
    pub id: String,
    /// The model, as [`UsableModel::named`].
    pub model: String,
    /// The nodes before it, between commas.
    pub after: String,
    /// How sure its model has to be, from 0 to 1.
    pub from: String,
    /// How many concepts at most.
    pub most: String,
}

/// What a workflow can be made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowMaterial {
    /// Where it stands.
    pub place: AppPlace,
    /// The models that the person can use.
    pub models: Vec<UsableModel>,
    /// The workflow that is changed; empty, if one is made.
    pub slug: String,
    /// What it is for.
    pub description: String,
    /// Its nodes.
    pub nodes: Vec<TypedNode>,
    /// The version that has them.
    pub version: String,
    /// Why the person cannot do so, if they cannot.
    pub no_change: Option<String>,
}

/// As what an input is posted to the page of a workflow, to have it run.
pub const RUN_FORM: &str = "workflows/run";

/// What came of an input that was posted to the page of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunAnswer {
    /// What the input is called: the file's name, or how the text begins.
    pub of: String,
    /// What came of each node that answers, by its identifier.
    pub nodes: Vec<(String, NodeAnswer)>,
}

/// What came of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NodeAnswer {
    /// What it found.
    Found(Found),
    /// It did not run, because this one before it gave nothing.
    Ended(String),
    /// It could not look at the input.
    Failed(UiError),
}

/// The page of the workflows of an app.
pub fn workflows_path(app: &App) -> String {
    format!("{}/workflows", app.path())
}

/// The page of one of them.
pub fn workflow_path(app: &App, workflow: &str) -> String {
    format!("{}/{}", workflows_path(app), segment(workflow))
}

/// Where one is made.
pub fn new_workflow_path(app: &App) -> String {
    format!("{}/new-workflow", app.path())
}

/// The workflows of an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to see them.
#[server(name = ListWorkflows, prefix = "/api", endpoint = "workflows/list")]
pub async fn list_workflows(owner: String, app: String) -> Result<Workflows, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let rows = service.list_workflows(&who, &app, None, 0, SHOWN).await?.value;
    let workflows = rows.into_iter().map(|row| ListedWorkflow {
        takes: on_server::takes(&row.graph),
        nodes: row.graph.nodes().len(),
        slug: row.slug,
        description: row.description,
        changed_at: row.changed_at.micros(),
    });
    Ok(Workflows {
        place,
        workflows: workflows.collect(),
        no_addition: refusal(service.get_app(&who, &app, Endpoint::PostWorkflows).await)?,
    })
}

/// One workflow of an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none; [`UiError::Forbidden`] without the right to see it.
#[server(name = GetWorkflow, prefix = "/api", endpoint = "workflows/get")]
pub async fn get_workflow(owner: String, app: String, workflow: String) -> Result<WorkflowShown, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let found = service.get_workflow(&who, &app, &workflow).await?;
    let versions = service.list_workflow_versions(&who, &app, &workflow, 0, SHOWN).await?.value;
    let versions = versions.into_iter().map(|row| ShownVersion {
        id: row.id.to_string(),
        nodes: row.graph.nodes().len(),
        description: row.description,
        is_deprecated: row.is_deprecated,
        creator: row.creator,
        created_at: row.created_at.micros(),
    });
    let row = found.value;
    Ok(WorkflowShown {
        place,
        takes: on_server::takes(&row.graph),
        yaml: yaml::write(&row.slug, &row.graph, &found.app),
        slug: row.slug,
        description: row.description,
        notes: markdown::html(&row.notes),
        graph: row.graph,
        versions: versions.collect(),
        no_run: refusal(service.get_app(&who, &app, Endpoint::PostWorkflowResults).await)?,
        no_change: refusal(service.get_app(&who, &app, Endpoint::PatchWorkflows).await)?,
        no_deletion: refusal(service.get_app(&who, &app, Endpoint::DeleteWorkflows).await)?,
    })
}

/// What a workflow can be made of, or be changed to if one is named.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none of that name; [`UiError::Forbidden`] without the right to see
/// models, or the workflow.
#[server(name = GetWorkflowMaterial, prefix = "/api", endpoint = "workflows/material")]
pub async fn get_workflow_material(
    owner: String,
    app: String,
    #[server(default)] workflow: String,
) -> Result<WorkflowMaterial, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let models = on_server::usable_models(&service, &who, &app).await?;
    if workflow.is_empty() {
        return Ok(WorkflowMaterial {
            place,
            models,
            slug: String::new(),
            description: String::new(),
            nodes: Vec::new(),
            version: String::new(),
            no_change: refusal(service.get_app(&who, &app, Endpoint::PostWorkflows).await)?,
        });
    }
    let row = service.get_workflow(&who, &app, &workflow).await?.value;
    Ok(WorkflowMaterial {
        place,
        models,
        nodes: row.graph.nodes().iter().map(on_server::typed).collect(),
        version: row.version_id.to_string(),
        slug: row.slug,
        description: row.description,
        no_change: refusal(service.get_app(&who, &app, Endpoint::PatchWorkflows).await)?,
    })
}

/// Makes a workflow of what was typed, row by row, and leads to it.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what is no graph that can be run,
/// [`UiError::Conflict`] if there is one of that identifier.
#[server(name = AddWorkflow, prefix = "/api", endpoint = "workflows/add")]
pub async fn add_workflow(
    owner: String,
    app: String,
    id: String,
    #[server(default)] description: String,
    #[server(default)] ids: Vec<String>,
    #[server(default)] models: Vec<String>,
    #[server(default)] after: Vec<String>,
    #[server(default)] from: Vec<String>,
    #[server(default)] most: Vec<String>,
) -> Result<(), UiError> {
    let nodes = Typed { ids, models, after, from, most }.read(&[])?;
    let new =
        NewWorkflow { slug: id, description: description.trim().to_owned(), nodes, ..NewWorkflow::default() };
    on_server::add(&owner, &app, new).await
}

/// Makes a workflow of YAML, as the official client writes and reads it, and leads to it. It is called as the YAML says,
/// unless another identifier is given.
///
/// # Errors
/// As [`add_workflow`], and [`UiError::Invalid`] for what is no workflow, with the line or the node that is not.
#[server(name = ImportWorkflow, prefix = "/api", endpoint = "workflows/import")]
pub async fn import_workflow(
    owner: String,
    app: String,
    yaml: String,
    #[server(default)] id: String,
) -> Result<(), UiError> {
    let (named, nodes) = yaml::read(&yaml).map_err(|error| Error::invalid("yaml", error))?;
    let slug = if id.trim().is_empty() { named } else { id };
    let new = NewWorkflow { slug, nodes, ..NewWorkflow::default() };
    on_server::add(&owner, &app, new).await.map_err(|error| error.renamed("nodes", "yaml"))
}

/// Changes a workflow to what was typed, row by row, and leads to it. What else was said of a node stays.
///
/// # Errors
/// As [`add_workflow`]; [`UiError::Conflict`] if it changed since `version`.
#[server(name = ChangeWorkflow, prefix = "/api", endpoint = "workflows/change")]
pub async fn change_workflow(
    owner: String,
    app: String,
    workflow: String,
    version: String,
    #[server(default)] description: String,
    #[server(default)] ids: Vec<String>,
    #[server(default)] models: Vec<String>,
    #[server(default)] after: Vec<String>,
    #[server(default)] from: Vec<String>,
    #[server(default)] most: Vec<String>,
) -> Result<(), UiError> {
    let (service, who, place) = (server::service(), server::who(), AppName::of(&owner, &app));
    let before = service.get_workflow(&who, &place, &workflow).await?.value;
    if before.version_id.to_string() != version {
        let why = "somebody else changed it meanwhile: open the page again to see how it is now";
        return Err(Error::Conflict(why.into()).into());
    }
    let nodes = Typed { ids, models, after, from, most }.read(before.graph.nodes())?;
    let change = PatchWorkflow {
        slug: workflow.clone(),
        description: Some(description.trim().to_owned()),
        nodes: Some(nodes),
        ..PatchWorkflow::default()
    };
    service.patch_workflows(&who, &place, PatchAction::Overwrite, vec![change]).await?;
    leptos_axum::redirect(&format!("/{owner}/{app}/workflows/{}", segment(&workflow)));
    Ok(())
}

/// Deletes a workflow with its versions, and leads to those that are left.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = DeleteWorkflow, prefix = "/api", endpoint = "workflows/delete")]
pub async fn delete_workflow(owner: String, app: String, workflow: String) -> Result<(), UiError> {
    let place = AppName::of(&owner, &app);
    let endpoint = Endpoint::DeleteWorkflows;
    server::service().delete_workflows(&server::who(), &place, endpoint, &[workflow]).await?;
    leptos_axum::redirect(&format!("/{owner}/{app}/workflows"));
    Ok(())
}
