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

/// Where browsers send them.
pub(crate) const PATH: &str = "/csp-reports";

/// How many of them are logged.
const LOGGED: Allowance = Allowance::new(20, MINUTE);

/// How many characters of one.
const CHARACTERS: usize = 1_000;

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
        // Debug escapes control characters: a report must not write lines of its own into the log.
        let report: String = String::from_utf8_lossy(&report).chars().take(CHARACTERS).collect();
        tracing::warn!(?report, "a browser reported a breach of the content security policy");
    }
    StatusCode::NO_CONTENT
}
