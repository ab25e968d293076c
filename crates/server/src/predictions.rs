//! Inputs that are posted to the page of a model, `POST /{owner}/{app}/models/{model}`, to have it predict. Scripts ask for
//! JSON; the plain form is shown again with what was found.

use atelier_domain::{Endpoint, Slug};
use atelier_service::inputs::{Content, MOST_BYTES};
use atelier_service::models::{self, ModelName, Predict, Wanted};
use atelier_service::{AppName, Error, Service};
use atelier_ui::SessionCookie;
use atelier_ui::api::inputs::beginning;
use atelier_ui::api::models::{Found, PREDICT_FORM, PredictAnswer};
use atelier_ui::error::UiError;
use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use leptos::server_fn::error::FromServerFnError as _;
use percent_encoding::percent_decode_str;

use crate::upload::{Part, Parts, Unread};
use crate::{identify, posted};

/// How many numbers of a vector are shown.
const SHOWN: usize = 8;

/// What predicts.
#[derive(Clone)]
pub(crate) struct Predictions {
    pub(crate) service: Service,
    pub(crate) cookie: SessionCookie,
}

/// Has a model predict what is in the input that is posted to its page. All other requests pass.
pub(crate) async fn take(State(state): State<Predictions>, request: Request, next: Next) -> Response {
    let Some((app, model)) = place(&request) else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let who = identify::by_session(&parts, state.cookie);
    // Whoever may not is told so before the file is read.
    let may = state.service.get_app(&who, &app, Endpoint::PostModelOutputs).await;
    let answer = match may {
        Ok(_) => match read(Request::from_parts(parts.clone(), body)).await {
            Ok((of, content)) => {
                let wanted = Wanted::default();
                let own = ModelName { is_public: false, slug: model.clone(), version: None };
                let mut ask = Predict { model: own, inputs: vec![content], wanted };
                let mut answer =
                    state.service.predict(&who, &app, Endpoint::PostModelOutputs, ask.clone()).await;
                // No model of an app has the identifier of a public one.
                if matches!(answer, Err(Error::NotFound)) {
                    ask.model = ModelName::public(&model);
                    answer = state.service.predict(&who, &app, Endpoint::PostModelOutputs, ask).await;
                }
                found(answer, of)
            }
            Err(error) => Err(error),
        },
        Err(error) => Err(error.into()),
    };
    if !posted::accepts_json(&parts.headers) {
        let outcome =
            answer.and_then(|answer| serde_json::to_string(&answer).map_err(|_| UiError::Unavailable));
        return posted::page_again(parts, PREDICT_FORM, outcome, next).await;
    }
    posted::guarded(match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, error.ser()).into_response()
        }
    })
}

/// The app and the model to whose page something is posted, if that is what is asked.
fn place(request: &Request) -> Option<(AppName, String)> {
    if !posted::is_posted(request) {
        return None;
    }
    let parts: Vec<&str> = request.uri().path().split('/').collect();
    let ["", owner, app, "models", model] = parts[..] else { return None };
    let (owner, app) = (owner.parse::<Slug>().ok()?, app.parse::<Slug>().ok()?);
    let model = percent_decode_str(model).decode_utf8().ok()?.into_owned();
    Some((AppName::of(owner.as_str(), app.as_str()), model))
}

/// The picture or text that the form holds, and what it is called.
async fn read(request: Request) -> Result<(String, Content), UiError> {
    let broken = |_: Unread| UiError::form("The form broke off on the way. Try again.");
    let mut parts = Parts::of(request).await.map_err(broken)?;
    let Some(Part { file, is_text, content }) = parts.next().await.map_err(broken)? else {
        return Err(Error::invalid("file", "Choose something to predict.").into());
    };
    let bytes = match content {
        Ok(bytes) => bytes,
        Err(Unread::TooLarge) => {
            let why = format!("It is too large: a picture may have up to {} MB.", MOST_BYTES >> 20);
            return Err(Error::invalid("file", why).into());
        }
        Err(Unread::BrokenOff) => return Err(broken(Unread::BrokenOff)),
    };
    if !is_text {
        return Ok((file, Content::Image(bytes)));
    }
    let text =
        String::from_utf8(bytes.into()).map_err(|_| Error::invalid("text", "It is no text in UTF-8."))?;
    let name = if file.is_empty() { format!("“{}”", beginning(&text)) } else { file };
    Ok((name, Content::Text(text)))
}

fn found(predictions: Result<models::Predictions, Error>, of: String) -> Result<PredictAnswer, UiError> {
    let found = predictions?.outputs.into_iter().next().unwrap_or(Err(Error::Unavailable))?;
    let found = match found {
        models::Found::Concepts(found) => {
            Found::Concepts(found.into_iter().map(|found| (found.concept.name, found.value)).collect())
        }
        models::Found::Embedding(vector) => {
            Found::Vector { dimensions: vector.len(), first: vector.into_iter().take(SHOWN).collect() }
        }
    };
    Ok(PredictAnswer { of, found })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Method;
    use http::header::CONTENT_TYPE;

    use super::*;

    #[test]
    fn only_what_is_posted_with_files_to_the_page_of_a_model_is_taken() {
        const FILES: &str = "multipart/form-data; boundary=edge";
        let asked = |method: Method, path: &str, kind: &str| {
            let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, kind);
            place(&request.body(Body::empty()).unwrap())
        };
        let taken = asked(Method::POST, "/ada/street-signs/models/of%20signs", FILES);
        assert_eq!(taken, Some((AppName::of("ada", "street-signs"), "of signs".to_owned())));
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
