//! The audit list of an app as files, beside its page: `GET /{owner}/{app}/settings/audit.csv` and `….jsonl`, with what
//! the page's filter lets through.
//!
//! It is sent part by part. Each part asks for the caller's permit again, in the snapshot that it is read from: somebody
//! who reads slowly holds no connection to the database, and a download ends where access does. Since entries are only
//! ever added, and before what is sent first, the parts make one list.

use std::io;

use atelier_service::audit::AuditFilter;
use atelier_service::{AppName, Service, Who};
use atelier_ui::SessionCookie;
use atelier_ui::api::audit::Filter;
use atelier_ui::error::UiError;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures::stream::{once, unfold};
use futures::{StreamExt as _, TryStreamExt as _};
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};

use super::line::{Format, Line};
use crate::identify;

/// How many entries a part has.
const PART: usize = 500;

/// What every answer carries.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// The routes, for those who are signed in.
pub(crate) fn router(service: &Service, cookie: SessionCookie) -> Router {
    Router::new()
        .route("/{owner}/{app}/settings/audit.csv", get(csv))
        .route("/{owner}/{app}/settings/audit.jsonl", get(jsonl))
        .with_state(Downloads { service: service.clone(), cookie })
}

#[derive(Clone)]
struct Downloads {
    service: Service,
    cookie: SessionCookie,
}

/// The app that is meant: its owner and its own name.
type Address = Path<(String, String)>;

async fn csv(state: State<Downloads>, address: Address, filter: Query<Filter>, parts: Parts) -> Response {
    give(state, address, filter, &parts, Format::Csv).await
}

async fn jsonl(state: State<Downloads>, address: Address, filter: Query<Filter>, parts: Parts) -> Response {
    give(state, address, filter, &parts, Format::Jsonl).await
}

async fn give(
    State(downloads): State<Downloads>,
    Path((owner, app)): Address,
    Query(filter): Query<Filter>,
    parts: &Parts,
    format: Format,
) -> Response {
    let answer = match filter.read() {
        Ok(filter) => {
            let who = identify::by_session(parts, downloads.cookie);
            let download =
                Download { service: downloads.service, who, app: AppName::of(&owner, &app), filter, format };
            download.start(&owner, &app).await
        }
        Err(error) => Err(error),
    };
    let mut response = answer.unwrap_or_else(|error| {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, error.to_string()).into_response()
    });
    response.headers_mut().extend(HEADERS);
    response
}

/// What somebody is sent.
struct Download {
    service: Service,
    who: Who,
    app: AppName,
    /// What is wanted of what was not sent yet.
    filter: AuditFilter,
    format: Format,
}

impl Download {
    /// Answers with the first part, which says whether the caller may, and with what follows.
    async fn start(mut self, owner: &str, app: &str) -> Result<Response, UiError> {
        let (first, more) = self.part().await?;
        let (content_type, ending) = match self.format {
            Format::Csv => ("text/csv; charset=utf-8", "csv"),
            Format::Jsonl => ("application/jsonl", "jsonl"),
        };
        // Both are names of addresses: the app is there, so they hold neither quotes nor anything else of the kind.
        let disposition = format!("attachment; filename=\"{owner}-{app}-audit.{ending}\"");
        let first = format!("{}{first}", self.format.head(false));
        let rest = unfold(more.then_some(self), async |download| {
            let mut download = download?;
            let part = download.part().await;
            let more = matches!(part, Ok((_, true)));
            Some((part.map(|(text, _)| text), more.then_some(download)))
        });
        // Whoever gets an error instead of a part sees that the file is cut short: the connection ends before it does.
        let parts = once(async { Ok(first) }).chain(rest).map_err(|error| {
            tracing::info!(%error, "a download of an audit list was cut short");
            io::Error::other(error.to_string())
        });
        let headers = [(CONTENT_TYPE, content_type.to_owned()), (CONTENT_DISPOSITION, disposition)];
        Ok((headers, Body::from_stream(parts)).into_response())
    }

    /// The next part, and whether there are more.
    async fn part(&mut self) -> Result<(String, bool), UiError> {
        let page = self.service.list_app_audit(&self.who, &self.app, &self.filter, PART).await?;
        self.filter.before = page.entries.last().map(|entry| entry.id).or(self.filter.before);
        let mut text = String::new();
        for entry in page.entries {
            if let Err(error) = self.format.write(&Line::from(entry), &mut text) {
                tracing::error!(%error, "an audit entry could not be written");
                return Err(UiError::Unavailable);
            }
        }
        Ok((text, page.more))
    }
}

#[cfg(test)]
mod tests;
