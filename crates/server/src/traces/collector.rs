//! The collector, and how it is told: by our client, on our runtime.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter as OtlpExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use tokio::runtime::Handle;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the collector may take for one batch.
const WITHIN: Duration = Duration::from_secs(10);

/// Why there is no collector.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoCollector {
    #[error("traces go to the address of a collector, such as `http://127.0.0.1:4318`")]
    Address,
    #[error("nothing can be sent to a collector of traces")]
    Client(#[from] reqwest::Error),
    #[error("OpenTelemetry's variables cannot be followed")]
    Variables(#[from] ExporterBuildError),
}

/// What sends spans to the collector at `address`.
pub(super) fn exporter(address: &str, runtime: &Handle) -> Result<Telling, NoCollector> {
    let address = address.trim_end_matches('/');
    let url: Url = format!("{address}/v1/traces").parse().map_err(|_| NoCollector::Address)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(NoCollector::Address);
    }
    // As for fetching inputs: if somebody installed one before, theirs is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().redirect(Policy::none());
    let client = client.connect_timeout(CONNECT).timeout(WITHIN).build()?;
    let exporter = OtlpExporter::builder()
        .with_http()
        .with_http_client(OnRuntime { client, runtime: runtime.clone() })
        .with_endpoint(url)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(WITHIN)
        .build()?;
    Ok(Telling { exporter, is_cut_off: AtomicBool::new(false) })
}

/// Asks on the runtime: what tells traces runs on a thread of its own, where there is none.
#[derive(Debug)]
struct OnRuntime {
    client: Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (client, request) = (self.client.clone(), request.try_into()?);
        let answer = self.runtime.spawn(async move { client.execute(request).await }).await??;
        // What the collector says besides is for nobody.
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

/// Tells the collector, and says once for each time that it is gone that it is.
#[derive(Debug)]
pub(super) struct Telling {
    exporter: OtlpExporter,
    is_cut_off: AtomicBool,
}

impl SpanExporter for Telling {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let told = self.exporter.export(batch).await;
        let was_cut_off = self.is_cut_off.swap(told.is_err(), Ordering::Relaxed);
        match &told {
            Err(error) if !was_cut_off => tracing::warn!(%error, "traces cannot be told to their collector"),
            Ok(()) if was_cut_off => tracing::info!("traces are told to their collector again"),
            Ok(()) | Err(_) => {}
        }
        told
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
