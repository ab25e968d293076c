//! `/metrics`: what happens here, in numbers, as Prometheus reads them.
//!
//! On a listener of its own, which is off unless it is asked for: how much a place is used, and what is refused there,
//! is its operator's business. What things are labelled with is bounded: routes by their templates, never by what was
//! asked for; methods, classes of statuses, endpoints and outcomes.

use std::time::{Duration, Instant};

use atelier_service::Service;
use atelier_store::queries::mails;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How often measured times are gathered into their buckets, whether or not anybody reads them.
const GATHER: Duration = Duration::from_secs(5);

/// Seconds that requests take: from a read of one row to an upload.
const REQUEST_SECONDS: [f64; 13] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Seconds that a commit takes: from a quick disk to one that is in trouble.
const COMMIT_SECONDS: [f64; 10] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0];

/// Writes that one commit of SQLite carries.
const COMMIT_WRITES: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram(&'static [f64]),
}

/// Everything that is measured: its name, its kind, and what it says.
const METRICS: [(&str, Kind, &str); 13] = [
    (
        "atelier_requests_total",
        Kind::Counter,
        "Requests that were answered, by route, method and class of status.",
    ),
    (
        "atelier_request_seconds",
        Kind::Histogram(&REQUEST_SECONDS),
        "How long requests took until their answer began, by route and method.",
    ),
    (
        "atelier_decisions_total",
        Kind::Counter,
        "Decisions about who may do what, by endpoint and outcome: permitted, or the cause of the refusal.",
    ),
    ("atelier_sign_ins_total", Kind::Counter, "Attempts to sign in with a password, by outcome."),
    (
        "atelier_inputs_being_added",
        Kind::Gauge,
        "Inputs of requests that this process is fetching, reading or storing.",
    ),
    ("atelier_mails_waiting", Kind::Gauge, "Mails that are still to be sent, by whichever process."),
    ("atelier_database_up", Kind::Gauge, "Whether the database answered when this was asked."),
    (
        "atelier_pool_connections",
        Kind::Gauge,
        "Connections to the database, by whether they are in use. Of SQLite, those that read.",
    ),
    ("atelier_pool_waiting", Kind::Gauge, "Transactions that wait for a connection."),
    (
        "atelier_commit_seconds",
        Kind::Histogram(&COMMIT_SECONDS),
        "How long SQLite took to put a group of writes on disk.",
    ),
    ("atelier_commit_writes", Kind::Histogram(&COMMIT_WRITES), "How many writes SQLite put on disk at once."),
    ("process_resident_memory_bytes", Kind::Gauge, "Memory of this process that is in the machine's."),
    ("process_open_fds", Kind::Gauge, "Files and connections that this process has open."),
];

/// Begins to measure. Until then, measuring costs nothing and keeps nothing.
pub(crate) fn install() -> Result<PrometheusHandle, BuildError> {
    let mut builder = PrometheusBuilder::new();
    for (name, kind, _) in METRICS {
        if let Kind::Histogram(buckets) = kind {
            builder = builder.set_buckets_for_metric(Matcher::Full(name.into()), buckets)?;
        }
    }
    let handle = builder.install_recorder()?;
    for (name, kind, help) in METRICS {
        match kind {
            Kind::Counter => metrics::describe_counter!(name, help),
            Kind::Gauge => metrics::describe_gauge!(name, help),
            Kind::Histogram(_) => metrics::describe_histogram!(name, help),
        }
    }
    Ok(handle)
}

/// Serves `/metrics` at `listener` until `stop` is cancelled.
pub(crate) async fn serve(
    listener: TcpListener,
    handle: PrometheusHandle,
    service: Service,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let (gathered, stopped) = (handle.clone(), stop.clone());
    let gathering = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(GATHER);
        while stopped.run_until_cancelled(ticks.tick()).await.is_some() {
            gathered.run_upkeep();
        }
    });
    let router = router(handle, service);
    axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await?;
    gathering.abort();
    Ok(())
}

fn router(handle: PrometheusHandle, service: Service) -> Router {
    Router::new().route("/metrics", get(show)).with_state((handle, service))
}

async fn show(State((handle, service)): State<(PrometheusHandle, Service)>) -> Response {
    look(&service).await;
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
}

/// Looks at what is not counted as it happens.
async fn look(service: &Service) {
    let busy = service.store().busy();
    let whole = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    gauge!("atelier_pool_connections", "state" => "in_use").set(whole(busy.in_use));
    gauge!("atelier_pool_connections", "state" => "idle").set(whole(busy.idle));
    gauge!("atelier_pool_waiting").set(whole(busy.waiting));
    // What nothing has happened to yet is still shown.
    gauge!("atelier_inputs_being_added").increment(0.0);
    let waiting = async { mails::waiting(&mut *service.store().read().await?).await };
    match waiting.await {
        Ok(waiting) => {
            gauge!("atelier_database_up").set(1.0);
            gauge!("atelier_mails_waiting").set(whole(usize::try_from(waiting).unwrap_or_default()));
        }
        Err(error) => {
            gauge!("atelier_database_up").set(0.0);
            tracing::warn!(%error, "could not count what is waiting");
        }
    }
    if let Some(bytes) = resident_bytes() {
        gauge!("process_resident_memory_bytes").set(bytes);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        // The folder itself is open while it is read.
        gauge!("process_open_fds").set(whole(open.count().saturating_sub(1)));
    }
}

/// None where there is no `/proc`.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kibibytes) * 1024.0)
}

/// Measures a request, and tells of it where somebody wants to read that much. Both name the route and not the path,
/// which may hold somebody's name or a secret.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let route =
        request.extensions().get::<MatchedPath>().map_or("none".into(), |path| path.as_str().to_owned());
    let method = known(request.method());
    #[expect(clippy::disallowed_methods, reason = "measuring code reads a stopwatch")]
    let began = Instant::now();
    let response = next.run(request).await;
    let took = began.elapsed();
    let status = response.status();
    tracing::debug!(
        http.method = method,
        http.route = route,
        http.status = status.as_u16(),
        ?took,
        "answered a request"
    );
    let class = class(status);
    counter!("atelier_requests_total", "route" => route.clone(), "method" => method, "status" => class)
        .increment(1);
    histogram!("atelier_request_seconds", "route" => route, "method" => method).record(took);
    response
}

/// Anybody can make up a method.
pub(crate) fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests;
