//! Traces: how each request was answered, told to a collector of OpenTelemetry by OTLP over HTTP.
//!
//! Off unless a collector is named, and then beside requests: what is to be told waits in a queue of a few thousand spans,
//! and what finds it full is dropped. A request is told by its route and never by its path, which may hold somebody's name
//! or a secret. OpenTelemetry's own variables, such as `OTEL_TRACES_SAMPLER` and `OTEL_EXPORTER_OTLP_HEADERS`, are heeded.

mod collector;
mod pages;

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::KeyValue;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Instrument as _, Metadata, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::metrics;

use self::collector::NoCollector;
pub(crate) use self::pages::follow_pages;

/// How long a server that stops waits for what it still has to tell.
#[cfg(not(test))]
const LAST: Duration = Duration::from_secs(5);
#[cfg(test)]
const LAST: Duration = Duration::from_millis(400);

/// What the spans of requests are called here, below which all others are.
const REQUEST: &str = "request";

/// Where traces go.
pub(crate) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Traces that go to the collector at `address`, by connections on `runtime`.
    ///
    /// # Errors
    /// When that is no address.
    pub(crate) fn to(address: &str, runtime: &Handle) -> Result<Self, NoCollector> {
        let resource = Resource::builder()
            .with_service_name("atelier")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_batch_exporter(collector::exporter(address, runtime)?);
        Ok(Self { provider: provider.build() })
    }

    /// What hears of spans and hands them on, when they end.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        // What is done beside requests would be as many traces of one statement each.
        let belongs = dynamic_filter_fn(|metadata, context| {
            is_ours(metadata) && (metadata.name() == REQUEST || context.lookup_current().is_some())
        });
        let belongs =
            belongs
                .with_callsite_filter(|metadata| {
                    if is_ours(metadata) { Interest::sometimes() } else { Interest::never() }
                })
                .with_max_level_hint(LevelFilter::DEBUG);
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("atelier"))
            .with_context_activation(false)
            .with_location(false)
            .with_target(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(belongs)
    }

    /// Tells what is still to be told, as far as the collector takes it in time.
    pub(crate) fn finish(self) {
        // That the collector refuses them is no error here: it was told when that began.
        if self.provider.shutdown_with_timeout(LAST).is_err() {
            tracing::warn!("the last traces were not taken by their collector in time");
        }
    }
}

/// Whether it is a span of this workspace. Log lines stay out of traces: they have readers of their own.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with("atelier")
}

/// Follows a request until its answer begins, as a part of what its headers say that it belongs to.
pub(crate) async fn follow(request: Request, next: Next) -> Response {
    let method = metrics::known(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let span = tracing::debug_span!(
        REQUEST,
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    // It fails where nobody follows, and then nothing is lost.
    let _ = span.set_parent(TraceContextPropagator::new().extract(&HeaderExtractor(request.headers())));
    let response = next.run(request).instrument(span.clone()).await;
    // Of the kinds of numbers, the one that traces have.
    span.record("http.response.status_code", i64::from(response.status().as_u16()));
    if response.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    response
}

#[cfg(test)]
mod tests;
