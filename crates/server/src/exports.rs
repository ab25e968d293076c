//! Versions of datasets as files: `GET /{owner}/{app}/datasets/{dataset}/versions/{version}/download?format=coco`, with
//! `&contents=yes` if the pictures and texts themselves are wanted. For those who are signed in, and for programs with a
//! key.

use std::io;

use atelier_service::exports::{Export, ExportVersion};
use atelier_service::formats::Format;
use atelier_service::{AppName, Error, Service};
use atelier_ui::SessionCookie;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures::TryStreamExt as _;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue};
use leptos_router::location::Url;
use serde::Deserialize;

use crate::pictures::{refusal, who};

/// What every answer carries.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// The route, for those who send a key and those who are signed in.
pub(crate) fn router(service: &Service, cookie: SessionCookie) -> Router {
    Router::new()
        .route("/{owner}/{app}/datasets/{dataset}/versions/{version}/download", get(download))
        .with_state(Exports { service: service.clone(), cookie })
}

#[derive(Clone)]
struct Exports {
    service: Service,
    cookie: SessionCookie,
}

/// The version that is meant: its owner, its app, its dataset, and its own identifier.
type Address = Path<(String, String, String, String)>;

/// What is asked for.
#[derive(Deserialize)]
struct Asked {
    format: String,
    #[serde(default)]
    contents: String,
}

async fn download(
    State(exports): State<Exports>,
    Path((owner, app, dataset, version)): Address,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let answer = async {
        let who = who(&parts, exports.cookie)?;
        let format: Format = asked.format.parse().map_err(|error| Error::invalid("format", error))?;
        let wanted = ExportVersion { dataset, version, format, with_contents: asked.contents == "yes" };
        exports.service.export_dataset_version(&who, &AppName::of(&owner, &app), &wanted).await
    };
    let mut response = match answer.await {
        Ok(export) => sent(export),
        Err(error) => refusal(&error),
    };
    response.headers_mut().extend(HEADERS);
    response
}

fn sent(Export { name, pieces }: Export) -> Response {
    let disposition = disposition(&name);
    // Whoever gets an error instead of a piece sees that the file is cut short: the connection ends before it does.
    let pieces = pieces.map_err(|error| {
        tracing::info!(%error, "a download of a dataset was cut short");
        io::Error::other(error.to_string())
    });
    let headers = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, disposition)];
    (headers, Body::from_stream(pieces)).into_response()
}

/// Under which name a browser keeps the file. The first name is for those that know nothing but ASCII.
fn disposition(name: &str) -> String {
    let plain = |c: char| if c == ' ' || (c.is_ascii_graphic() && !"\"\\%".contains(c)) { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    format!("attachment; filename=\"{ascii}.zip\"; filename*=UTF-8''{}.zip", Url::escape(name))
}

#[cfg(test)]
mod tests;
