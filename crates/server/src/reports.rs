//! What browsers report of breaches of the content security policy: `POST /csp-reports`.
//!
//! Anyone can send one, so that they are logged shortly, and few of them.

use std::sync::{Arc, Mutex, PoisonError};

use atelier_domain::Timestamp;
use atelier_domain::limit::Allowance;
use atelier_domain::time::MINUTE;
use atelier_service::World;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use http::StatusCode;
use serde_json::Value;

/// Where browsers send them.
pub(crate) const PATH: &str = "/csp-reports";

/// How many of them are logged.
const LOGGED: Allowance = Allowance::new(20, MINUTE);

/// How many characters of each part of one.
const CHARACTERS: usize = 100;

#[derive(Clone)]
struct Reports {
    world: World,
    spent_until: Arc<Mutex<Timestamp>>,
}

pub(crate) fn router(world: World) -> Router {
    let reports = Reports { spent_until: Arc::new(Mutex::new(world.now())), world };
    Router::new().route(PATH, post(take)).layer(DefaultBodyLimit::max(16 << 10)).with_state(reports)
}

async fn take(State(reports): State<Reports>, report: Bytes) -> StatusCode {
    let now = reports.world.now();
    let mut spent_until = reports.spent_until.lock().unwrap_or_else(PoisonError::into_inner);
    if let Ok(until) = LOGGED.spend(1, *spent_until, now) {
        *spent_until = until;
        let report = serde_json::from_slice(&report).unwrap_or_default();
        let (directive, blocked) = (told(&report, "directive"), told(&report, "blocked"));
        // Debug escapes control characters: a report must not write lines of its own into the log.
        tracing::warn!(?directive, ?blocked, "a browser reported a breach of the content security policy");
    }
    StatusCode::NO_CONTENT
}

/// What the report says of which directive was broken, or of what was blocked, without the path: on which page it was
/// is not told, since its address may hold the secret of a link. Browsers name these in two ways.
fn told(report: &Value, part: &str) -> Option<String> {
    match report {
        Value::Object(members) => members.iter().find_map(|(name, value)| match value {
            Value::String(text) if name.to_lowercase().contains(part) => {
                let origin = text.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
                Some(origin.chars().take(CHARACTERS).collect())
            }
            _ => told(value, part),
        }),
        Value::Array(values) => values.iter().find_map(|value| told(value, part)),
        _ => None,
    }
}
