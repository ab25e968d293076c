//! Nodes of workflows: their models, what comes before each, and what is wanted of it.

use atelier_contract::Failure;
use atelier_contract::proto::{
    Concept, Data, Model, ModelVersion, NodeInput, OutputConfig, OutputInfo, WorkflowNode,
};
use atelier_domain::ModelKind;
use atelier_domain::workflow::{Bound, Comparison, Graph, ModelRef, Node, Threshold, Wanted};
use atelier_service::AppAddress;
use serde_json::{Value, json};

use crate::wire::metadata;

/// The parameter of a filter that says how it compares.
pub(in crate::wire) const COMPARISON: &str = "concept_threshold_type";

/// The parameter of a filter that says with what it compares: beside `data.concepts`, where other clients have it.
pub(in crate::wire) const CONCEPTS: &str = "concepts";

pub(super) fn read_all(nodes: Vec<WorkflowNode>) -> Result<Vec<Node>, Failure> {
    nodes.into_iter().map(read).collect()
}

fn read(node: WorkflowNode) -> Result<Node, Failure> {
    let model = node.model.unwrap_or_default();
    let version = model.model_version.map(|version| version.id).filter(|id| !id.is_empty());
    Ok(Node {
        model: ModelRef {
            owner: model.user_id,
            app: model.app_id,
            model: model.id,
            version,
            kind: None,
            takes: None,
        },
        inputs: node.node_inputs.into_iter().map(|input| input.node_id).collect(),
        wanted: node
            .output_info_override
            .map(|info| read_override(info, "nodes.output_info_override"))
            .transpose()?
            .unwrap_or_default(),
        is_silent: node.suppress_output,
        id: node.id,
    })
}

/// What is wanted of a node, or of a filter, as clients say it in a field of that `name`.
pub(in crate::wire) fn read_override(info: OutputInfo, name: &str) -> Result<Wanted, Failure> {
    let wanted = info.output_config.map(read_wanted).unwrap_or_default();
    let params = info.params.map(metadata::read).unwrap_or_default();
    let comparison = params.get(COMPARISON).and_then(Value::as_str);
    let comparison = comparison.map(str::parse::<Comparison>).transpose();
    let comparison =
        comparison.map_err(|error| Failure::invalid(format!("{name}.params.{COMPARISON} {error}")))?;
    let concepts = info.data.unwrap_or_default().concepts.into_iter();
    let mut bounds: Vec<Bound> =
        concepts.map(|concept| Bound { value: concept.value, concept: name_of(concept) }).collect();
    for concept in params.get(CONCEPTS).and_then(Value::as_array).into_iter().flatten() {
        let text = |key| concept.get(key).and_then(Value::as_str).filter(|text: &&str| !text.is_empty());
        let concept_name = text("id").or_else(|| text("name")).unwrap_or_default().to_owned();
        let value = concept.get("value").and_then(Value::as_f64).unwrap_or_default() as f32;
        bounds.push(Bound { concept: concept_name, value });
    }
    let has_threshold = comparison.is_some() || !bounds.is_empty();
    let threshold = has_threshold.then(|| Threshold { comparison: comparison.unwrap_or_default(), bounds });
    Ok(Wanted { threshold, ..wanted })
}

/// What is wanted of what is given, as clients say it.
pub(super) fn read_wanted(config: OutputConfig) -> Wanted {
    Wanted {
        concepts: Some(config.max_concepts).filter(|most| *most > 0),
        from: config.min_value,
        only: config.select_concepts.into_iter().map(name_of).collect(),
        threshold: None,
    }
}

fn name_of(concept: Concept) -> String {
    if concept.id.is_empty() { concept.name } else { concept.id }
}

pub(super) fn write_all(graph: &Graph, address: &AppAddress) -> Vec<WorkflowNode> {
    graph.nodes().iter().map(|node| write(node, address)).collect()
}

fn write(node: &Node, address: &AppAddress) -> WorkflowNode {
    let ModelRef { owner, app, model, version, kind, takes: _ } = &node.model;
    let given = |named: &String, own: &String| if named.is_empty() { own.clone() } else { named.clone() };
    let (user_id, app_id) = (given(owner, &address.owner), given(app, &address.app));
    let version = ModelVersion {
        id: version.clone().unwrap_or_default(),
        user_id: user_id.clone(),
        app_id: app_id.clone(),
        ..ModelVersion::default()
    };
    WorkflowNode {
        id: node.id.clone(),
        model: Some(Model {
            id: model.clone(),
            user_id,
            app_id,
            model_type_id: kind.map(ModelKind::name).unwrap_or_default().into(),
            model_version: Some(Box::new(version)),
            ..Model::default()
        }),
        node_inputs: node.inputs.iter().map(|id| NodeInput { node_id: id.clone() }).collect(),
        suppress_output: node.is_silent,
        output_info_override: (!node.wanted.is_all()).then(|| write_override(&node.wanted)),
    }
}

pub(in crate::wire) fn write_override(wanted: &Wanted) -> OutputInfo {
    let concept = |id: &String, value| Concept { id: id.clone(), value, ..Concept::default() };
    let threshold = wanted.threshold.as_ref();
    OutputInfo {
        output_config: Some(OutputConfig {
            max_concepts: wanted.concepts.unwrap_or_default(),
            min_value: wanted.from,
            select_concepts: wanted.only.iter().map(|name| concept(name, 1.0)).collect(),
            ..OutputConfig::default()
        }),
        params: threshold
            .and_then(|threshold| metadata::write(&json!({ COMPARISON: threshold.comparison.name() }))),
        data: threshold.map(|threshold| Data {
            concepts: threshold.bounds.iter().map(|bound| concept(&bound.concept, bound.value)).collect(),
            ..Data::default()
        }),
        ..OutputInfo::default()
    }
}
