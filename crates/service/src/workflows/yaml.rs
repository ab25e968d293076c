//! Workflows as YAML, as the official client writes and reads them.
//!
//! Besides what that client knows, a node may hold `output_info_override`, in the form that the wire has for it, and
//! `suppress_output`; what is written holds them only where there is something to say. Filters may also have their
//! parameters where that client has them, in `model.output_info.params`.

use atelier_domain::workflow::{Bound, Comparison, Graph, ModelRef, Node, Threshold, Wanted};
use serde::{Deserialize, Serialize};
use serde_saphyr::{Error as YamlError, budget, options};

use crate::AppAddress;

/// The most bytes that are read: more than the most nodes can need.
pub const MOST_BYTES: usize = 256 << 10;

/// Why a text is no workflow, in words that follow the field's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidYaml {
    /// It is too long.
    #[error("must have at most {} KiB", MOST_BYTES >> 10)]
    TooLong,
    /// It is not as it should be, in the line that is given if it is known.
    #[error("is no workflow{}: {why}", .line.map(|line| format!(", in line {line}")).unwrap_or_default())]
    Form {
        /// The line, from 1.
        line: Option<u64>,
        /// What is wrong there.
        why: String,
    },
    /// A node is not as it should be.
    #[error("is no workflow: the node `{node}` {why}")]
    Node {
        /// Its identifier.
        node: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Reads a workflow: its identifier, and its nodes, which are not looked at further.
///
/// # Errors
/// When it is none.
pub fn read(text: &str) -> Result<(String, Vec<Node>), InvalidYaml> {
    if text.len() > MOST_BYTES {
        return Err(InvalidYaml::TooLong);
    }
    // Nothing that is written by the client refers to anything else within it, and nothing is deep.
    let options = options! {
        budget: budget! { max_depth: 16, max_aliases: 64, max_anchors: 64, max_nodes: 50_000, max_documents: 1 },
        with_snippet: false,
    };
    let Document { workflow } =
        serde_saphyr::from_str_with_options(text, options).map_err(|error| invalid(&error))?;
    let nodes = workflow.nodes.into_iter().map(|node| {
        let id = node.id.clone();
        node.read().map_err(|why| InvalidYaml::Node { node: id, why })
    });
    Ok((workflow.id, nodes.collect::<Result<_, _>>()?))
}

/// Writes a workflow of the app that is so addressed, as [`read`] reads it.
#[must_use]
pub fn write(id: &str, graph: &Graph, own: &AppAddress) -> String {
    let nodes = graph.nodes().iter().map(|node| WorkflowNode::of(node, own)).collect();
    let document = Document { workflow: Workflow { id: id.to_owned(), nodes } };
    // INVARIANT: texts, numbers and lists can always be written.
    serde_saphyr::to_string(&document).unwrap_or_default()
}

fn invalid(error: &YamlError) -> InvalidYaml {
    let error = error.without_snippet();
    let line = error.location().map(|location| location.line());
    InvalidYaml::Form { line, why: error.to_string() }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    workflow: Workflow,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Workflow {
    id: String,
    nodes: Vec<WorkflowNode>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkflowNode {
    id: String,
    model: Model,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    node_inputs: Vec<NodeInput>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    suppress_output: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output_info_override: Option<OutputInfo>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    model_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model_version_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app_id: Option<String>,
    /// What the model is, for clients that make it if it is not there.
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "nothing is made here of what a client would make")]
    model_type_id: Option<String>,
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "nothing is made here of what a client would make")]
    description: Option<String>,
    #[serde(default, skip_serializing)]
    output_info: Option<OutputInfo>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeInput {
    node_id: String,
}

#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct OutputInfo {
    #[serde(skip_serializing_if = "is_default")]
    output_config: OutputConfig,
    #[serde(skip_serializing_if = "is_default")]
    data: Data,
    #[serde(skip_serializing_if = "is_default")]
    params: Params,
}

#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct OutputConfig {
    #[serde(skip_serializing_if = "is_default")]
    max_concepts: u32,
    #[serde(skip_serializing_if = "is_default")]
    min_value: f32,
    #[serde(skip_serializing_if = "is_default")]
    select_concepts: Vec<Concept>,
}

#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Data {
    #[serde(skip_serializing_if = "is_default")]
    concepts: Vec<Concept>,
}

#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Params {
    #[serde(skip_serializing_if = "is_default")]
    concept_threshold_type: Option<Comparison>,
    #[serde(skip_serializing_if = "is_default")]
    concepts: Vec<Concept>,
}

#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Concept {
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f32>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Concept {
    fn named(self) -> String {
        if self.id.is_empty() { self.name } else { self.id }
    }
}

impl WorkflowNode {
    fn read(self) -> Result<Node, String> {
        let Model { model_id, model_version_id, user_id, app_id, output_info, .. } = self.model;
        let info = match (output_info, self.output_info_override) {
            (Some(_), Some(_)) => {
                return Err(
                    "has `output_info_override` and `model.output_info`: one of them is enough".into()
                );
            }
            (of_model, of_node) => of_node.or(of_model),
        };
        Ok(Node {
            id: self.id,
            model: ModelRef {
                owner: user_id.unwrap_or_default(),
                app: app_id.unwrap_or_default(),
                model: model_id,
                version: model_version_id,
                kind: None,
                takes: None,
            },
            inputs: self.node_inputs.into_iter().map(|input| input.node_id).collect(),
            wanted: info.map(OutputInfo::read).unwrap_or_default(),
            is_silent: self.suppress_output,
        })
    }

    fn of(node: &Node, own: &AppAddress) -> Self {
        let ModelRef { owner, app, model, version, kind: _, takes: _ } = &node.model;
        let given = |named: &String, own: &String| if named.is_empty() { own.clone() } else { named.clone() };
        Self {
            id: node.id.clone(),
            model: Model {
                model_id: model.clone(),
                model_version_id: version.clone(),
                user_id: Some(given(owner, &own.owner)),
                app_id: Some(given(app, &own.app)),
                model_type_id: None,
                description: None,
                output_info: None,
            },
            node_inputs: node.inputs.iter().map(|id| NodeInput { node_id: id.clone() }).collect(),
            suppress_output: node.is_silent,
            output_info_override: (!node.wanted.is_all()).then(|| OutputInfo::of(&node.wanted)),
        }
    }
}

impl OutputInfo {
    fn read(self) -> Wanted {
        let OutputConfig { max_concepts, min_value, select_concepts } = self.output_config;
        let bounds = self
            .data
            .concepts
            .into_iter()
            .chain(self.params.concepts)
            .map(|concept| Bound { value: concept.value.unwrap_or(1.0), concept: concept.named() });
        let bounds: Vec<Bound> = bounds.collect();
        let comparison = self.params.concept_threshold_type;
        let has_threshold = comparison.is_some() || !bounds.is_empty();
        Wanted {
            concepts: Some(max_concepts).filter(|most| *most > 0),
            from: min_value,
            only: select_concepts.into_iter().map(Concept::named).collect(),
            threshold: has_threshold
                .then(|| Threshold { comparison: comparison.unwrap_or_default(), bounds }),
        }
    }

    fn of(wanted: &Wanted) -> Self {
        let Wanted { concepts, from, only, threshold } = wanted;
        let concept = |id: &String, value| Concept { id: id.clone(), value, ..Concept::default() };
        let bounds = threshold.iter().flat_map(|threshold| &threshold.bounds);
        Self {
            output_config: OutputConfig {
                max_concepts: concepts.unwrap_or_default(),
                min_value: *from,
                select_concepts: only.iter().map(|name| concept(name, None)).collect(),
            },
            data: Data { concepts: bounds.map(|bound| concept(&bound.concept, Some(bound.value))).collect() },
            params: Params {
                concept_threshold_type: threshold.as_ref().map(|threshold| threshold.comparison),
                concepts: Vec::new(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> AppAddress {
        AppAddress { owner: "ada".into(), app: "signs".into() }
    }

    /// As the client's documentation has it.
    const CLIENT: &str = "
workflow:
  id: signs
  nodes:
    - id: look
      model:
        model_id: general-image-recognition
        user_id: clarifai
        app_id: main
        model_version_id: 04e219239bec3b8cddf00746fc278fbe
    - id: sure
      model:
        model_id: concept-thresholder
        model_type_id: concept-thresholder
        description: Cats alone
        user_id: clarifai
        app_id: main
        output_info:
          params:
            concept_threshold_type: GREATER_THAN
            concepts:
              - id: n02123045
                value: 0.9
      node_inputs:
        - node_id: look
";

    #[test]
    fn what_the_client_writes_is_read() {
        let (id, nodes) = read(CLIENT).unwrap();
        assert_eq!((id.as_str(), nodes.len()), ("signs", 2));
        assert_eq!(nodes[0].model.to_string(), "clarifai/main/general-image-recognition");
        assert_eq!(nodes[0].model.version.as_deref(), Some("04e219239bec3b8cddf00746fc278fbe"));
        assert_eq!(nodes[1].inputs, ["look"]);
        let bounds = vec![Bound { concept: "n02123045".into(), value: 0.9 }];
        let threshold = Some(Threshold { comparison: Comparison::GreaterThan, bounds });
        assert_eq!(nodes[1].wanted, Wanted { threshold, ..Wanted::default() });
    }

    #[test]
    fn what_is_written_reads_back() {
        let (_, mut nodes) = read(CLIENT).unwrap();
        nodes[1].wanted.concepts = Some(3);
        nodes[1].wanted.from = 0.25;
        nodes[1].wanted.only = vec!["no: \"cat\" # 1".into()];
        nodes[1].is_silent = true;
        nodes[0].id = "yes".into();
        nodes[1].inputs = vec!["yes".into()];
        let graph = Graph::new(nodes.clone()).unwrap();
        let written = write("1.0", &graph, &own());
        assert_eq!(read(&written).unwrap(), ("1.0".to_owned(), nodes), "{written}");
        let of_own = Node {
            model: ModelRef { model: "mine".into(), ..ModelRef::default() },
            ..graph.nodes()[0].clone()
        };
        let written = write("w", &Graph::new(vec![of_own]).unwrap(), &own());
        assert!(written.contains("user_id: ada") && !written.contains("output_info"), "{written}");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_or_node() {
        let told = |text: &str| read(text).unwrap_err().to_string();
        let broken = told("workflow:\n  id: w\n  nodes: [\n");
        assert!(broken.starts_with("is no workflow, in line "), "{broken}");
        let unknown =
            told("workflow:\n  id: w\n  nodes:\n  - id: a\n    model: {model_id: m}\n    colour: red\n");
        assert!(unknown.contains("in line 6") && unknown.contains("colour"), "{unknown}");
        let missing = told("workflow:\n  id: w\n  nodes:\n  - id: a\n");
        assert!(missing.contains("model"), "{missing}");
        let comparison = CLIENT.replace("GREATER_THAN", "MORE");
        assert!(told(&comparison).contains("MORE"), "{}", told(&comparison));
        assert!(told("[]").contains("is no workflow"));
        assert!(told("id: w\n").contains("`id`"), "{}", told("id: w\n"));
        let both = CLIENT.to_owned() + "      output_info_override: {output_config: {max_concepts: 1}}\n";
        assert!(told(&both).contains("the node `sure` has `output_info_override`"), "{}", told(&both));
        assert_eq!(told(&"#".repeat(MOST_BYTES + 1)), "must have at most 256 KiB");
    }

    #[test]
    fn what_would_grow_or_go_deep_is_refused() {
        let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
        for (one, next) in ('a'..='i').zip('b'..='j') {
            let many = vec![format!("*{one}"); 10].join(",");
            bomb.push_str(&format!("{next}: &{next} [{many}]\n"));
        }
        assert!(matches!(read(&bomb), Err(InvalidYaml::Form { .. })));
        let deep = format!("workflow: {}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(matches!(read(&deep), Err(InvalidYaml::Form { .. })));
    }
}
