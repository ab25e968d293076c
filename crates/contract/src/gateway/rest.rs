//! The REST side: reading a request from its path, query and body, and writing the answer as JSON.

use std::sync::Arc;

use atelier_domain::Verb;
use axum::RequestPartsExt;
use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodFilter;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::request::Parts;
use http::{HeaderValue, StatusCode as Http};
use http_body_util::LengthLimitError;
use prost_reflect::MessageDescriptor;
use serde_json::{Map, Value};

use super::{Call, RequestIds, Target, Transport};
use crate::proto::status::{BaseResponse, StatusCode};
use crate::{Failure, json};

/// A path as the router takes it, its fields being numbered captures, and the names of these fields.
///
/// Captures are named by their position, since the router wants one name for what stands in one place, and the table
/// has two at times: `/v2/users/{user_app_id.user_id}` and `/v2/users/{runner_selector.deployment.user_id}`.
pub(super) fn shape(path: &'static str) -> (String, Vec<&'static str>) {
    let mut shape = String::with_capacity(path.len());
    let mut fields = Vec::new();
    for part in path.split_inclusive(['{', '}']) {
        match part.strip_suffix('}') {
            Some(field) => {
                shape.push_str(&format!("p{}}}", fields.len()));
                fields.push(field);
            }
            None => shape.push_str(part),
        }
    }
    (shape, fields)
}

/// The router's word for a verb.
pub(super) fn filter(verb: Verb) -> MethodFilter {
    match verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
        Verb::Put => MethodFilter::PUT,
        Verb::Patch => MethodFilter::PATCH,
        Verb::Delete => MethodFilter::DELETE,
    }
}

/// Answers a request whose path has these `fields`.
pub(super) async fn answer<S>(
    target: Arc<Target<S>>,
    fields: Arc<[&'static str]>,
    request: Request,
) -> Response
where
    S: Clone + Send + Sync + 'static,
{
    let (mut parts, body) = request.into_parts();
    let call = Call::new(target.endpoint, Transport::Rest, &parts, || target.request_ids.next());
    let question = target.operation.question();
    let input = match call.refused.clone() {
        Some(failure) => Err(failure),
        None => read(&question, target.endpoint.verb(), target.limit, &fields, &mut parts, body).await,
    };
    target.operation.rest(target.state.clone(), call, input).await
}

/// Gathers the fields of a request: from the body, then from the query, then from the path, which has the last word
/// because it is what proxies and logs see.
async fn read(
    question: &MessageDescriptor,
    verb: Verb,
    limit: usize,
    fields: &[&'static str],
    parts: &mut Parts,
    body: Body,
) -> Result<Map<String, Value>, Failure> {
    let mut object = read_body(verb, limit, &parts.headers, body).await?;
    if matches!(verb, Verb::Get | Verb::Delete) {
        for (name, value) in json::pairs(parts.uri.query().unwrap_or_default())? {
            json::place(question, &mut object, &name, value)?;
        }
    }
    for (field, value) in read_path(fields, parts).await? {
        json::place(question, &mut object, field, value)?;
    }
    Ok(object)
}

/// The object in the body of a request; an empty one for a verb that has none.
pub(super) async fn read_body(
    verb: Verb,
    limit: usize,
    headers: &HeaderMap,
    body: Body,
) -> Result<Map<String, Value>, Failure> {
    match verb {
        Verb::Get => Ok(Map::new()),
        Verb::Post | Verb::Put | Verb::Patch | Verb::Delete => {
            let body = collect(body, limit).await?;
            check_content_type(headers, &body)?;
            Ok(json::parse_object(&body)?)
        }
    }
}

/// The fields in the path of a request, with what stands there.
pub(super) async fn read_path(
    fields: &[&'static str],
    parts: &mut Parts,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let captures: RawPathParams =
        parts.extract().await.map_err(|_| Failure::unreadable("the path has a part that is not UTF-8"))?;
    Ok(fields.iter().zip(&captures).map(|(field, (_, value))| (*field, value.to_owned())).collect())
}

async fn collect(body: Body, limit: usize) -> Result<Bytes, Failure> {
    to_bytes(body, limit).await.map_err(|error| {
        let too_large =
            std::error::Error::source(&error).is_some_and(|source| source.is::<LengthLimitError>());
        if too_large {
            Failure::new(StatusCode::RpcMaxMessageSizeExceeded)
                .details(format!("the body may have {limit} bytes at most"))
        } else {
            Failure::unreadable("the body broke off")
        }
    })
}

/// A body must not say that it is something else than JSON; some clients say nothing.
fn check_content_type(headers: &HeaderMap, body: &[u8]) -> Result<(), Failure> {
    let Some(stated) = headers.get(CONTENT_TYPE).filter(|_| !body.is_empty()) else { return Ok(()) };
    let stated = String::from_utf8_lossy(stated.as_bytes());
    let kind = stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" || kind.ends_with("+json") {
        Ok(())
    } else {
        Err(Failure::unreadable(format!("the body must be application/json, not `{stated}`")))
    }
}

/// Writes an answer.
pub(super) fn respond(status: Http, answer: &impl serde::Serialize) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    match serde_json::to_vec(answer) {
        Ok(json) => (status, [(CONTENT_TYPE, JSON)], json).into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            let json = format!(r#"{{"status":{{"code":{}}}}}"#, StatusCode::InternalUncategorized.number());
            (Http::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, JSON)], json).into_response()
        }
    }
}

/// Answers a request that leads to no endpoint.
pub(super) async fn refuse(failure: Failure, request_ids: RequestIds, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let http = failure.http_status();
    let mut status = crate::proto::status::Status::from(failure);
    status.req_id = super::call::request_id(&parts).unwrap_or_else(|| request_ids.next());
    respond(http, &BaseResponse { status: Some(status) })
}
