//! Inputs that are posted to the page of a model, `POST /{owner}/{app}/models/{model}`, to have it predict, or to that of a
//! workflow, `POST /{owner}/{app}/workflows/{workflow}`, to have it run. Scripts ask for JSON; the plain form is shown again
//! with what was found.

use atelier_domain::{Endpoint, Slug};
use atelier_service::inputs::Content;
use atelier_service::models::{self, ModelName, Predict, Wanted};
use atelier_service::workflows::{NodeRan, RunWorkflow};
use atelier_service::{AppName, Error, Service, Who};
use atelier_ui::SessionCookie;
use atelier_ui::api::models::{Found, PREDICT_FORM, PredictAnswer};
use atelier_ui::api::workflows::{NodeAnswer, RUN_FORM, RunAnswer};
use atelier_ui::error::UiError;
use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use leptos::server_fn::error::FromServerFnError as _;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::{identify, posted};

/// How many numbers of a vector are shown.
const SHOWN: usize = 8;

/// What predicts.
#[derive(Clone)]
pub(crate) struct Predictions {
    pub(crate) service: Service,
    pub(crate) cookie: SessionCookie,
}

/// What has a page to which inputs are posted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Model(String),
    Workflow(String),
}

/// Has a model predict what is in the input that is posted to its page, or a workflow run. All other requests pass.
pub(crate) async fn take(State(state): State<Predictions>, request: Request, next: Next) -> Response {
    let Some((app, asked)) = place(&request) else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let who = identify::by_session(&parts, state.cookie);
    let (endpoint, form) = match asked {
        Asked::Model(_) => (Endpoint::PostModelOutputs, PREDICT_FORM),
        Asked::Workflow(_) => (Endpoint::PostWorkflowResults, RUN_FORM),
    };
    // Whoever may not is told so before the file is read.
    let may = state.service.get_app(&who, &app, endpoint).await;
    let answer = match may {
        Ok(_) => match posted::content(Request::from_parts(parts.clone(), body)).await {
            Ok((of, content)) => answer(&state.service, &who, &app, asked, of, content).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(error.into()),
    };
    if !posted::accepts_json(&parts.headers) {
        let outcome = answer.map(|answer| answer.to_string());
        return posted::page_again(parts, form, outcome, next).await;
    }
    posted::guarded(match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, error.ser()).into_response()
        }
    })
}

/// The app, and the model or workflow to whose page something is posted, if that is what is asked.
fn place(request: &Request) -> Option<(AppName, Asked)> {
    if !posted::is_posted(request) {
        return None;
    }
    let parts: Vec<&str> = request.uri().path().split('/').collect();
    let ["", owner, app, room, name] = parts[..] else { return None };
    let (owner, app) = (owner.parse::<Slug>().ok()?, app.parse::<Slug>().ok()?);
    let name = percent_decode_str(name).decode_utf8().ok()?.into_owned();
    let asked = match room {
        "models" => Asked::Model(name),
        "workflows" => Asked::Workflow(name),
        _ => return None,
    };
    Some((AppName::of(owner.as_str(), app.as_str()), asked))
}

/// The answer, as JSON.
async fn answer(
    service: &Service,
    who: &Who,
    app: &AppName,
    asked: Asked,
    of: String,
    content: Content,
) -> Result<Value, UiError> {
    let answer = match asked {
        Asked::Model(model) => {
            let own = ModelName { is_public: false, slug: model.clone(), version: None };
            let mut ask = Predict { model: own, inputs: vec![content], wanted: Wanted::default() };
            let mut predictions = service.predict(who, app, Endpoint::PostModelOutputs, ask.clone()).await;
            // No model of an app has the identifier of a public one.
            if matches!(predictions, Err(Error::NotFound)) {
                ask.model = ModelName::public(&model);
                predictions = service.predict(who, app, Endpoint::PostModelOutputs, ask).await;
            }
            let found = predictions?.outputs.into_iter().next().unwrap_or(Err(Error::Unavailable))?;
            serde_json::to_value(PredictAnswer { of, found: shown(found) })
        }
        Asked::Workflow(workflow) => {
            let run = RunWorkflow { workflow, inputs: vec![content], ..RunWorkflow::default() };
            let ran = service.run_workflow(who, app, run).await?;
            let came = ran.results.into_iter().next().unwrap_or_default();
            let nodes = ran.version.graph.nodes().iter().zip(came).filter(|(node, _)| !node.is_silent);
            let nodes = nodes.map(|(node, came)| {
                let answer = match came {
                    NodeRan::Found(found) => NodeAnswer::Found(shown(found)),
                    NodeRan::Ended(before) => NodeAnswer::Ended(before),
                    NodeRan::Failed(error) => NodeAnswer::Failed(error.into()),
                };
                (node.id.clone(), answer)
            });
            serde_json::to_value(RunAnswer { of, nodes: nodes.collect() })
        }
    };
    answer.map_err(|_| UiError::Unavailable)
}

fn shown(found: models::Found) -> Found {
    match found {
        models::Found::Concepts(found) => {
            Found::Concepts(found.into_iter().map(|found| (found.concept.name, found.value)).collect())
        }
        models::Found::Embedding(vector) => {
            Found::Vector { dimensions: vector.len(), first: vector.into_iter().take(SHOWN).collect() }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Method;
    use http::header::CONTENT_TYPE;

    use super::*;

    #[test]
    fn only_what_is_posted_with_files_to_the_page_of_a_model_or_workflow_is_taken() {
        const FILES: &str = "multipart/form-data; boundary=edge";
        let asked = |method: Method, path: &str, kind: &str| {
            let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, kind);
            place(&request.body(Body::empty()).unwrap())
        };
        let taken = asked(Method::POST, "/ada/street-signs/models/of%20signs", FILES);
        let app = AppName::of("ada", "street-signs");
        assert_eq!(taken, Some((app.clone(), Asked::Model("of signs".into()))));
        let taken = asked(Method::POST, "/ada/street-signs/workflows/w", FILES);
        assert_eq!(taken, Some((app, Asked::Workflow("w".into()))));
        for (method, path, kind) in [
            (Method::GET, "/ada/street-signs/models/signs", FILES),
            (Method::POST, "/ada/street-signs/models/signs", "application/x-www-form-urlencoded"),
            (Method::POST, "/ada/street-signs/models", FILES),
            (Method::POST, "/ada/street-signs/models/signs/versions", FILES),
            (Method::POST, "/ada/street-signs/inputs/signs", FILES),
            (Method::POST, "/ada/street-signs/models/%ff", FILES),
        ] {
            assert_eq!(asked(method, path, kind), None, "{path} {kind}");
        }
    }
}
