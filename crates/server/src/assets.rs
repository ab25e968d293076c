//! The browser bundle and the static files: inside a release binary, on the disk for a debug one.

use std::{borrow::Cow, collections::HashMap};

use atelier_ui::AssetPaths;
use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::compressed::Coding;

/// What `cargo xtask bundle` made. It may be absent while compiling, so that a fresh clone can be checked.
#[derive(RustEmbed)]
#[folder = "$ATELIER_SITE"]
#[allow_missing = true]
struct Site;

/// Every file in the folder is named after its content by the folder's name, so that it never changes.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// These keep their names when they change.
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// There is no bundle to serve.
#[derive(Debug, thiserror::Error)]
#[error(
    "the browser bundle is missing: run `cargo xtask bundle` and start the server through `cargo xtask run`"
)]
pub(crate) struct NoBundle;

#[derive(Deserialize)]
struct Manifest {
    folder: String,
    chunks: HashMap<String, Vec<String>>,
}

/// The addresses of the present bundle.
///
/// # Errors
/// [`NoBundle`] if none was built.
pub(crate) fn paths() -> Result<AssetPaths, NoBundle> {
    let manifest = Site::get("manifest.json").ok_or(NoBundle)?;
    let Manifest { folder, chunks } = serde_json::from_slice(&manifest.data).map_err(|_| NoBundle)?;
    let module = |name: &String| format!("/pkg/{folder}/{name}.wasm");
    Ok(AssetPaths {
        script: format!("/pkg/{folder}/atelier.js"),
        loader: format!("/pkg/{folder}/chunks.js"),
        chunks: chunks
            .iter()
            .map(|(name, files)| (name.clone(), files.iter().map(module).collect()))
            .collect(),
        module: format!("/pkg/{folder}/atelier.wasm"),
        style: format!("/pkg/{folder}/style.css"),
    })
}

/// Routes for the bundle, below `/pkg`, and for the static files, at the root.
pub(crate) fn router() -> Router {
    let files = Site::iter().filter_map(|path| path.strip_prefix("public/").map(str::to_owned));
    let statics = files.fold(Router::new(), |router, name| {
        let stored = format!("public/{name}");
        router.route(&format!("/{name}"), get(async move || serve(&stored, None, FOR_AN_HOUR)))
    });
    statics.route("/pkg/{folder}/{file}", get(bundle_file))
}

async fn bundle_file(Path((folder, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let stored = format!("{folder}/{file}");
    serve(&stored, Coding::of(&headers), IMMUTABLE)
}

/// Answers with a file, in the wanted coding if it lies there in it.
fn serve(stored: &str, coding: Option<Coding>, caching: HeaderValue) -> Response {
    let compressed = coding.and_then(|coding| {
        let suffix = match coding {
            Coding::Brotli => "br",
            Coding::Gzip => "gz",
        };
        Some((Site::get(&format!("{stored}.{suffix}"))?, coding))
    });
    let (file, coding) = match compressed {
        Some((file, coding)) => (file, Some(coding)),
        None => match Site::get(stored) {
            Some(file) => (file, None),
            None => return StatusCode::NOT_FOUND.into_response(),
        },
    };
    let body = match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(stored)));
    headers.insert(CACHE_CONTROL, caching);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    response
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        // Only with its own type is it compiled while it arrives.
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
