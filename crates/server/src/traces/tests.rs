//! What a collector hears of requests, and what becomes of them where it hears nothing.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use atelier_domain::ScopeSet;
use atelier_domain::limit::Allowance;
use atelier_domain::time::SECOND;
use atelier_service::keys::CreateKey;
use atelier_testkit::people::PASSWORD;
use atelier_testkit::sharing::street_signs;
use atelier_testkit::{Bench, Database};
use atelier_ui::SessionCookie;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::middleware::from_fn;
use axum::routing::post;
use http::StatusCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tower::ServiceExt as _;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::*;
use crate::{logs, pages, serve, wire};

const PLAIN: SessionCookie = SessionCookie { secure: false };

/// What is logged, or what a collector was told.
#[derive(Clone, Default)]
struct Kept<T>(Arc<Mutex<Vec<T>>>);

impl<T: Clone> Kept<T> {
    fn all(&self) -> Vec<T> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Kept<u8> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Kept<u8> {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// Begins to keep what is logged at the usual levels, and to follow what is done.
fn start(collector: SocketAddr) -> (Traces, Kept<u8>) {
    let traces = Traces::to(&format!("http://{collector}/"), &Handle::current()).unwrap();
    let log = Kept::default();
    logs::subscriber(log.clone(), false, logs::USUAL.into(), Some(&traces)).init();
    (traces, log)
}

/// Serves a collector at `listener`, which keeps what it is told.
fn collect(listener: TcpListener) -> Kept<Span> {
    async fn take(State(told): State<Kept<Span>>, body: Bytes) {
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        let of_resource = request.resource_spans.into_iter().flat_map(|of_resource| of_resource.scope_spans);
        told.0.lock().unwrap().extend(of_resource.flat_map(|of_scope| of_scope.spans));
    }
    let told = Kept::default();
    let router = Router::new().route("/v1/traces", post(take)).with_state(told.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    told
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// The text or number that is said of `span` under `name`.
fn said<'s>(span: &'s Span, name: &str) -> Option<&'s Value> {
    let attribute = span.attributes.iter().find(|attribute| attribute.key == name);
    attribute.and_then(|attribute| attribute.value.as_ref()?.value.as_ref())
}

fn text(text: &str) -> Value {
    Value::StringValue(text.into())
}

fn names(spans: &[Span]) -> Vec<&str> {
    spans.iter().map(|span| span.name.as_str()).collect()
}

/// The bytes that `digits` write.
fn hex(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// The one span that is called `name` and lies directly below the span `parent`, or anywhere.
fn one<'s>(spans: &'s [Span], name: &str, parent: Option<&[u8]>) -> &'s Span {
    let is_below = |span: &Span| parent.is_none_or(|parent| span.parent_span_id == parent);
    let found: Vec<&Span> = spans.iter().filter(|span| span.name == name && is_below(span)).collect();
    assert_eq!(found.len(), 1, "{name} in {:?}", names(spans));
    found[0]
}

/// An app of Zelda's, everything that is served of it, and what shows that one is her: a key and a cookie.
async fn stage(bench: &Bench) -> (Router, String, String) {
    let service = &bench.service;
    let zelda = bench.person("zelda").await;
    street_signs(bench, &zelda).await;
    let key = CreateKey { description: "All".into(), scopes: ScopeSet::ALL, ..CreateKey::default() };
    let key = service.create_key(&zelda.who, &key).await.unwrap().secret.expose().to_owned();
    let signed_in = service.sign_in(&zelda.email, PASSWORD, &zelda.who.origin).await.unwrap();
    let cookie = format!("{}={}", PLAIN.name(), signed_in.signed_in().unwrap().secret);
    let pages = pages::router(atelier_ui::AssetPaths::default(), serve::context(service, PLAIN));
    let router = wire::router(service, Allowance::new(100_000, SECOND)).merge(pages).layer(from_fn(follow));
    (router, key, cookie)
}

async fn ask(router: &Router, request: http::request::Builder, body: &str) -> StatusCode {
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    to_bytes(response.into_body(), 1 << 20).await.unwrap();
    status
}

#[test]
fn a_request_is_followed_to_its_statements_and_tells_of_nobody() {
    Bench::run(Database::Sqlite, |bench| async move {
        follow_pages();
        let (listener, address) = listener().await;
        let told = collect(listener);
        let (traces, log) = start(address);
        let (router, key, cookie) = stage(&bench).await;
        let by_key = format!("Key {key}");
        let of = "/v2/users/zelda/apps/street-signs";

        // What somebody else has begun is gone on with.
        let (trace, caller) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        let asked = Request::get(format!("{of}?email=zelda@example.org"))
            .header(AUTHORIZATION, &by_key)
            .header("traceparent", format!("00-{trace}-{caller}-01"));
        assert_eq!(ask(&router, asked, "").await, StatusCode::OK);
        // What goes on beside its request belongs to it.
        let input = r#"{"inputs":[{"id":"hush-name","data":{"text":{"raw":"a hush text"}}}]}"#;
        let posted = Request::post(format!("{of}/inputs")).header(AUTHORIZATION, &by_key);
        let posted = posted.header(CONTENT_TYPE, "application/json");
        assert_eq!(ask(&router, posted, input).await, StatusCode::OK);
        // Nobody is there, nothing is there, and a page at an address that is a secret.
        assert_eq!(ask(&router, Request::get(of), "").await, StatusCode::UNAUTHORIZED);
        assert_eq!(
            ask(&router, Request::get("/v2/a/hush/path/that/nobody/has"), "").await,
            StatusCode::NOT_FOUND
        );
        ask(&router, Request::get("/verify/5ecret-0f-a-mailed-link"), "").await;
        let page = Request::get("/zelda/street-signs/settings/collaborators").header(COOKIE, &cookie);
        assert_eq!(ask(&router, page, "").await, StatusCode::OK);
        // What a request began beside itself may outlast its answer, and it lasts as long.
        let has_all = || told.all().iter().filter(|span| span.kind() == SpanKind::Server).count() >= 6;
        let all_told = async {
            while !has_all() {
                tokio::time::sleep(Duration::from_millis(10)).await;
                traces.provider.force_flush().unwrap();
            }
        };
        timeout(Duration::from_secs(10), all_told).await.expect("six requests are told of");
        traces.finish();

        let told = told.all();
        // The request, its decision, and the statement that the decision reads.
        let request = one(&told, "GET /v2/users/{p0}/apps/{p1}", Some(&hex(caller)));
        assert_eq!(request.trace_id, hex(trace));
        assert_eq!(request.kind(), SpanKind::Server);
        assert_eq!(said(request, "http.request.method"), Some(&text("GET")));
        assert_eq!(said(request, "http.route"), Some(&text("/v2/users/{p0}/apps/{p1}")));
        assert_eq!(said(request, "http.response.status_code"), Some(&Value::IntValue(200)));
        let permit = one(&told, "permit", Some(&request.span_id));
        assert_eq!(said(permit, "endpoint"), Some(&text("GetApp")));
        let statement = one(&told, "SELECT keys", Some(&permit.span_id));
        assert_eq!(statement.kind(), SpanKind::Client);
        assert_eq!(said(statement, "db.system.name"), Some(&text("sqlite")));
        assert!(
            matches!(said(statement, "db.query.text"), Some(Value::StringValue(sql)) if sql.contains("$1"))
        );
        one(&told, "begin reading", Some(&request.span_id));
        for (inner, outer) in [(permit, request), (statement, permit)] {
            assert!(outer.start_time_unix_nano <= inner.start_time_unix_nano);
            assert!(inner.end_time_unix_nano <= outer.end_time_unix_nano);
        }

        // Everything belongs to a request, also what goes on beside it and what its page loads.
        let requests: Vec<&Span> = told.iter().filter(|span| span.kind() == SpanKind::Server).collect();
        assert_eq!(requests.len(), 6);
        for span in &told {
            assert!(
                requests.iter().any(|request| request.trace_id == span.trace_id),
                "{} is lost",
                span.name
            );
        }
        for (name, below) in [
            ("POST /v2/users/{p0}/apps/{p1}/inputs", "INSERT inputs"),
            ("POST /v2/users/{p0}/apps/{p1}/inputs", "commit"),
            ("GET /{owner}/{app}/settings/collaborators", "permit"),
            ("GET /{owner}/{app}/settings/collaborators", "SELECT grants"),
        ] {
            let request = requests.iter().find(|request| request.name == name).expect(name);
            let has_below = told.iter().any(|span| span.trace_id == request.trace_id && span.name == below);
            assert!(has_below, "{below} is not below {name}: {:#?}", names(&told));
        }
        assert!(requests.iter().any(|request| request.name == "GET /v2/{*rest}"));

        // Nobody, and nothing of theirs, is told of; and what is told is not logged.
        let told = format!("{told:?}");
        for secret in ["zelda", "street-signs", "example.org", "hush", "5ecret", "atl_", &key, &cookie] {
            assert!(!told.contains(secret), "{secret} is in what is told");
        }
        let log = String::from_utf8(log.all()).unwrap();
        assert_eq!(log, "");
    });
}

#[test]
fn a_collector_that_is_gone_harms_nothing_and_is_missed_once() {
    Bench::run(Database::Sqlite, |bench| async move {
        let (listener, address) = listener().await;
        drop(listener);
        let (traces, log) = start(address);
        let (router, key, _) = stage(&bench).await;
        let lines = || {
            let log = String::from_utf8(log.all()).unwrap();
            log.lines().filter(|line| line.contains("to their collector")).count()
        };
        let asked = || Request::get("/v2/users/me").header(AUTHORIZATION, format!("Key {key}"));
        // More spans than wait to be told.
        for _ in 0..1_000 {
            let answered = timeout(Duration::from_secs(5), ask(&router, asked(), "")).await;
            assert_eq!(answered, Ok(StatusCode::OK));
        }
        for _ in 0..3 {
            ask(&router, asked(), "").await;
            // It fails, unless what there was has been tried already.
            let _ = traces.provider.force_flush();
        }
        assert_eq!(lines(), 1, "that it is gone is said once");

        let told = collect(TcpListener::bind(address).await.unwrap());
        ask(&router, asked(), "").await;
        traces.provider.force_flush().unwrap();
        assert_eq!(lines(), 2, "that it is back is said, too");
        one(&told.all(), "GET /v2/users/{p0}", None);
        traces.finish();
    });
}

#[test]
fn a_server_does_not_wait_for_a_collector_that_does_not_answer() {
    Bench::run(Database::Sqlite, |bench| async move {
        // It lets connections in and says nothing.
        let (_listener, address) = listener().await;
        let (traces, log) = start(address);
        let (router, ..) = stage(&bench).await;
        ask(&router, Request::get("/v2/users/me"), "").await;
        let finishing = tokio::task::spawn_blocking(|| traces.finish());
        timeout(10 * LAST, finishing).await.expect("it does not wait for longer").unwrap();
        assert!(String::from_utf8(log.all()).unwrap().contains("were not taken by their collector in time"));
    });
}

#[test]
fn what_is_no_address_is_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for address in ["", "127.0.0.1:4318", "ftp://127.0.0.1", "grpc://collector:4317"] {
        assert!(matches!(Traces::to(address, runtime.handle()), Err(NoCollector::Address)), "{address}");
    }
}

#[test]
fn where_there_is_no_collector_nothing_is_followed() {
    let silent = logs::subscriber(io::sink, false, logs::USUAL.into(), None);
    // Whatever is below is decided once, not for each request.
    assert_eq!(Subscriber::max_level_hint(&silent), Some(LevelFilter::INFO));
    tracing::subscriber::with_default(silent, || {
        assert!(tracing::debug_span!(REQUEST).is_disabled());
    });
}
