//! What the server says of workflows, and makes of what is typed.

use atelier_domain::workflow::{Graph, ModelRef, Node, Wanted};
use atelier_domain::{Endpoint, Medium};
use atelier_service::models::ModelsFilter;
use atelier_service::workflows::NewWorkflow;
use atelier_service::{AppName, Error, Service, Who};

use super::segment;
use super::workflows::{TypedNode, UsableModel};
use crate::error::UiError;
use crate::server;

/// What goes into a workflow, if anything does.
pub(super) fn takes(graph: &Graph) -> Option<Medium> {
    graph.nodes().iter().find_map(|node| node.model.ports()?.medium)
}

/// The models that somebody in `app` can use: those of the app, and the public ones.
pub(super) async fn usable_models(
    service: &Service,
    who: &Who,
    app: &AppName,
) -> Result<Vec<UsableModel>, UiError> {
    let own = service.list_models(who, app, Endpoint::ListModels, &ModelsFilter::default()).await?;
    let own = own.into_iter().map(|model| (model.slug.clone(), model));
    let public = service.list_public_models(who, app).await?.into_iter();
    let public = public.map(|model| (format!("clarifai/main/{}", model.slug), model));
    let usable = own.chain(public);
    Ok(usable
        .map(|(named, model)| UsableModel { named, title: model.name, kind: model.kind, takes: model.takes })
        .collect())
}

/// A node, as it would have been typed.
pub(super) fn typed(node: &Node) -> TypedNode {
    let Wanted { concepts, from, .. } = &node.wanted;
    TypedNode {
        id: node.id.clone(),
        model: node.model.to_string(),
        after: node.inputs.join(", "),
        from: if *from > 0.0 { from.to_string() } else { String::new() },
        most: concepts.map(|most| most.to_string()).unwrap_or_default(),
    }
}

/// The rows of the editor, column by column.
pub(super) struct Typed {
    pub(super) ids: Vec<String>,
    pub(super) models: Vec<String>,
    pub(super) after: Vec<String>,
    pub(super) from: Vec<String>,
    pub(super) most: Vec<String>,
}

impl Typed {
    /// The nodes that were typed; of those that were there `before`, what cannot be typed stays.
    ///
    /// # Errors
    /// When something is no number.
    pub(super) fn read(self, before: &[Node]) -> Result<Vec<Node>, UiError> {
        let Self { ids, models, after, from, most } = self;
        let cell = |column: &[String], row: usize| {
            column.get(row).map(|text| text.trim().to_owned()).unwrap_or_default()
        };
        let rows = ids.len().max(models.len());
        let mut nodes = Vec::new();
        for row in 0..rows {
            let (mut id, model) = (cell(&ids, row), cell(&models, row));
            if id.is_empty() && model.is_empty() {
                continue;
            }
            if id.is_empty() {
                model.rsplit('/').next().unwrap_or_default().clone_into(&mut id);
            }
            let kept = before.iter().find(|node| node.id == id);
            let wrong = |what: &str| {
                let why = format!("`{id}`: {what}");
                UiError::from(Error::invalid("nodes", why))
            };
            let sure = match cell(&from, row) {
                text if text.is_empty() => 0.0,
                text => text.parse().map_err(|_| wrong("how sure it has to be is a number from 0 to 1"))?,
            };
            let most = match cell(&most, row) {
                text if text.is_empty() => None,
                text => Some(text.parse().map_err(|_| wrong("how many concepts at most is a whole number"))?),
            };
            let inputs = cell(&after, row);
            let inputs = inputs.split(',').map(str::trim).filter(|input| !input.is_empty());
            let named = read_model(&model);
            // A model that stays stays in its version.
            let is_kept = |kept: &&Node| kept.model.to_string() == named.to_string();
            nodes.push(Node {
                model: kept.filter(is_kept).map_or(named, |kept| kept.model.clone()),
                inputs: inputs.map(str::to_owned).collect(),
                wanted: Wanted {
                    concepts: most,
                    from: sure,
                    ..kept.map(|kept| kept.wanted.clone()).unwrap_or_default()
                },
                is_silent: kept.is_some_and(|kept| kept.is_silent),
                id,
            });
        }
        Ok(nodes)
    }
}

/// The model that is named so: `owner/app/model`, or `model` alone.
fn read_model(named: &str) -> ModelRef {
    match named.splitn(3, '/').collect::<Vec<_>>()[..] {
        [owner, app, model] => {
            ModelRef { owner: owner.into(), app: app.into(), model: model.into(), ..ModelRef::default() }
        }
        _ => ModelRef { model: named.to_owned(), ..ModelRef::default() },
    }
}

/// Makes a workflow, and leads to it.
pub(super) async fn add(owner: &str, app: &str, new: NewWorkflow) -> Result<(), UiError> {
    let made = server::service().post_workflows(&server::who(), &AppName::of(owner, app), vec![new]).await?;
    if let Some(row) = made.value.first() {
        leptos_axum::redirect(&format!("/{owner}/{app}/workflows/{}", segment(&row.slug)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_were_typed_are_nodes() {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let rows = |from: &str| Typed {
            ids: texts(&["look", "", "", "own"]),
            models: texts(&["clarifai/main/general", "clarifai/main/filter", "", "mine"]),
            after: texts(&["", " look ,", "", "look, filter"]),
            from: texts(&["", from, "", ""]),
            most: texts(&["", "3", "", ""]),
        };
        let nodes = rows("0.5").read(&[]).unwrap();
        let ids: Vec<_> = nodes.iter().map(|node| node.id.as_str()).collect();
        assert_eq!(ids, ["look", "filter", "own"]);
        assert_eq!(nodes[1].inputs, ["look"]);
        assert_eq!((nodes[1].wanted.from, nodes[1].wanted.concepts), (0.5, Some(3)));
        assert_eq!(nodes[2].model, ModelRef { model: "mine".into(), ..ModelRef::default() });
        assert_eq!(nodes.iter().map(typed).collect::<Vec<_>>()[1].after, "look");
        let wrong = rows("much").read(&[]).unwrap_err();
        assert_eq!(
            wrong.about("nodes").next(),
            Some("`filter`: how sure it has to be is a number from 0 to 1.")
        );
        // What cannot be typed stays, and so does the version of a model that stays.
        let mut kept = nodes[1].clone();
        kept.model.version = Some("1".into());
        kept.wanted.only = vec!["cat".into()];
        kept.is_silent = true;
        let again = rows("0.75").read(std::slice::from_ref(&kept)).unwrap();
        assert_eq!((again[1].wanted.from, &again[1].wanted.only), (0.75, &kept.wanted.only));
        assert!(again[1].is_silent && again[1].model == kept.model);
    }
}
