//! REST beside the RPCs: a few questions that official tools ask over HTTP, and for which the protocol has no RPC.
//!
//! They are acts of the endpoint table, whose addresses stand here. Their messages are plain types of `serde`; an
//! answer gets its `status` like that of any RPC.

use std::sync::Arc;

use atelier_domain::Endpoint;
use axum::extract::Request;
use axum::response::Response;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{BODY_LIMIT, Call, RequestIds, Transport, rest};
use crate::proto::status::Status;
use crate::{Failure, StatusCode};

/// The acts that have an address, and which.
pub const ADDRESSES: &[(Endpoint, &str)] = &[
    (Endpoint::SignIn, "/v2/login"),
    (Endpoint::SignUp, "/v2/signup"),
    (Endpoint::ListAuthMethods, "/v2/auth/methods"),
    (Endpoint::ListOrganizations, "/v2/users/{user_id}/organizations"),
    (Endpoint::ReportLeakedKey, "/v2/leaked_keys"),
];

/// The HTTP status of what went well. A report of a leaked key is taken, whatever comes of it.
pub(crate) fn success(endpoint: Endpoint) -> http::StatusCode {
    if endpoint == Endpoint::ReportLeakedKey { http::StatusCode::ACCEPTED } else { http::StatusCode::OK }
}

/// A handler whose types are forgotten.
pub(super) type Handler<S> =
    Arc<dyn Fn(S, Call, Map<String, Value>) -> BoxFuture<'static, Result<Value, Failure>> + Send + Sync>;

/// Forgets the types of `handler`, which takes `Q` and answers `A`.
pub(super) fn handler<S, H, F, Q, A>(handler: H) -> Handler<S>
where
    S: Send + 'static,
    H: Fn(S, Call, Q) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<A, Failure>> + Send + 'static,
    Q: DeserializeOwned + Send + 'static,
    A: Serialize,
{
    Arc::new(move |state, call, object| {
        let handler = handler.clone();
        async move {
            // What serde says of a value may quote it; the value may be a password that stands in the wrong place.
            let question = serde_json::from_value(Value::Object(object))
                .map_err(|_| Failure::unreadable("the fields must be there and be strings"))?;
            let answer = handler(state, call, question).await?;
            serde_json::to_value(answer).map_err(|error| {
                tracing::error!(%error, "an answer cannot be written as JSON");
                Failure::new(StatusCode::InternalUncategorized)
            })
        }
        .boxed()
    })
}

/// Answers a request for `endpoint`, whose path has these `fields`.
pub(super) async fn answer<S>(
    endpoint: Endpoint,
    handler: Handler<S>,
    state: S,
    fields: Arc<[&'static str]>,
    request_ids: RequestIds,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let call = Call::new(endpoint, Transport::Rest, &parts, || request_ids.next());
    let request_id = call.request_id.clone();
    let answered = async {
        if let Some(failure) = call.refused.clone() {
            return Err(failure);
        }
        let mut object = rest::read_body(endpoint.verb(), BODY_LIMIT, &parts.headers, body).await?;
        for (field, value) in rest::read_path(&fields, &mut parts).await? {
            object.insert(field.to_owned(), Value::String(value));
        }
        handler(state, call, object).await
    };
    let success = success(endpoint);
    let (http, mut answer, status) = match answered.await {
        Ok(Value::Object(answer)) => (success, answer, StatusCode::Success.status()),
        Ok(_) => (success, Map::new(), StatusCode::Success.status()),
        Err(failure) => (failure.http_status(), Map::new(), Status::from(failure)),
    };
    let status = serde_json::to_value(Status { req_id: request_id, ..status });
    answer.insert("status".to_owned(), status.unwrap_or_default());
    rest::respond(http, &answer)
}
