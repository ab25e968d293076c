//! Serving: everything on one port, until a signal asks to stop.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use atelier_domain::limit::Allowance;
use atelier_service::Service;
use atelier_service::identity::Providers;
use atelier_ui::SessionCookie;
use atelier_ui::api::calls::Served;
use atelier_ui::components::time::Now;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::{from_fn, from_fn_with_state, map_response_with_state};
use axum::response::Response;
use axum::routing::get;
use http::header::STRICT_TRANSPORT_SECURITY;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use leptos::prelude::{provide_context, use_context};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::config::Config;
use crate::mailer::Mailer;
use crate::{
    alike, assets, audit, connections, events, exports, guard, housekeeping, identify, imports, metrics,
    model_files, open, pages, pictures, predictions, providers, proxies, reports, traces, upload, wire,
};

/// How long everything goes on once a supervisor asked to stop, so that whoever is connected can turn to another server.
const LEAVING: Duration = Duration::from_secs(1);

/// Serves at `listen` until a signal asks to stop; then lets requests end. What is measured is shown at `measured`.
pub(crate) async fn serve(
    config: &Config,
    listen: SocketAddr,
    measured: Option<SocketAddr>,
) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let base_url = config.base_url(address);
    let service = open(config, &base_url).await?.with_providers(Providers::new(config.providers()?)?);
    let cookie = SessionCookie { secure: base_url.starts_with("https://") };
    if !cookie.secure {
        tracing::warn!(
            "sessions travel unencrypted: fine on this machine, not beyond it (set a https base URL)"
        );
    }
    if !service.offers_passkeys() {
        tracing::info!(
            "passkeys are not offered: browsers bind them to a host's name, reached over TLS or on this machine \
             (set a base URL)"
        );
    }
    let stop = Stop::default();
    let measuring = match measured {
        Some(address) => Some(show_metrics(address, &service, &stop).await?),
        None => None,
    };
    let housekeeping = tokio::spawn(housekeeping::run(service.clone(), stop.now.clone()));
    let embedding = tokio::spawn(housekeeping::embed(service.clone(), stop.now.clone()));
    let suggesting = tokio::spawn(housekeeping::suggest(service.clone(), stop.now.clone()));
    let training = tokio::spawn(housekeeping::train(service.clone(), stop.now.clone()));
    let going_on = tokio::spawn(housekeeping::go_on(service.clone(), stop.now.clone()));
    let mailer = tokio::spawn(Mailer::new(config)?.run(service.clone(), stop.now.clone()));
    let audit_key = audit::key::get(config, service.world())?;
    let signer = tokio::spawn(audit::signer::run(service.clone(), audit_key, stop.now.clone()));
    if config.traces.is_some() {
        traces::follow_pages();
    }
    let router = router(&service, cookie, config.per_key, &stop)?
        .layer(from_fn_with_state(config.trusted_proxies.clone(), proxies::see_through));
    let router = if config.traces.is_some() { router.layer(from_fn(traces::follow)) } else { router };

    let first_link = service.first_link().await?;
    println!("listening on {base_url}");
    if let Some(link) = first_link {
        // To whoever started it alone: logs are read by others, and kept.
        println!("there is no account yet; make the first one within a day at {link}");
    }
    tracing::info!(server.address = %address, "listening");
    let serving = tokio::spawn(connections::serve(listener, router, stop.now.clone()));
    signalled(&stop).await;
    serving.await?;
    mailer.await?;
    housekeeping.await?;
    going_on.await?;
    embedding.await?;
    suggesting.await?;
    training.await?;
    signer.await?;
    if let Some(measuring) = measuring {
        // Whoever is in the middle of asking is not waited for.
        measuring.abort();
    }
    service.finish().await;
    service.store().close().await;
    tracing::info!("stopped");
    Ok(())
}

/// How far stopping has come.
#[derive(Clone, Default)]
pub(crate) struct Stop {
    /// That whoever asks is to turn elsewhere for what they ask next.
    pub(crate) leaving: CancellationToken,
    /// That nothing new is begun.
    pub(crate) now: CancellationToken,
}

/// Begins to measure, and shows it at `address`.
async fn show_metrics(
    address: SocketAddr,
    service: &Service,
    stop: &Stop,
) -> Result<JoinHandle<std::io::Result<()>>, Box<dyn Error>> {
    let listener = TcpListener::bind(address).await?;
    tracing::info!(metrics.address = %listener.local_addr()?, "showing what is measured");
    let handle = metrics::install()?;
    Ok(tokio::spawn(metrics::serve(listener, handle, service.clone(), stop.now.clone())))
}

/// Everything that is served.
pub(crate) fn router(
    service: &Service,
    cookie: SessionCookie,
    per_key: Allowance,
    stop: &Stop,
) -> Result<Router, assets::NoBundle> {
    let taking = imports::Imports { service: service.clone(), cookie };
    let predicting = predictions::Predictions { service: service.clone(), cookie };
    let uploading = model_files::ModelFiles { service: service.clone(), cookie };
    let likenesses = alike::Likenesses { service: service.clone(), cookie };
    let pages = pages::router(assets::paths()?, context(service, cookie))
        .layer(from_fn_with_state(taking, imports::take))
        .layer(from_fn_with_state(predicting, predictions::take))
        .layer(from_fn_with_state(uploading, model_files::take))
        .layer(from_fn_with_state(likenesses, alike::take))
        .layer(DefaultBodyLimit::max(imports::LIMIT))
        .layer(from_fn(guard::same_site));
    // Keys travel in a header that no other site can make a browser send: the wire needs no guard against them.
    let events = events::router(service, cookie, stop.now.clone());
    let leaving = stop.leaving.clone();
    let all = assets::router()
        .merge(health(service, stop))
        .merge(events)
        .merge(wire::router(service, per_key))
        .merge(upload::router(service, cookie))
        .merge(pictures::router(service, cookie))
        .merge(audit::download::router(service, cookie))
        .merge(exports::router(service, cookie))
        .merge(providers::router(service, cookie))
        .merge(pages);
    Ok(around(all, service, cookie)
        .layer(RequestBodyTimeoutLayer::new(connections::BODY))
        .layer(from_fn(metrics::measure))
        .layer(from_fn(move |request, next| connections::say_goodbye(leaving.clone(), request, next))))
}

/// What holds for everything that is served: what browsers report, and that they come over TLS from then on.
pub(crate) fn around(router: Router, service: &Service, cookie: SessionCookie) -> Router {
    router
        .merge(reports::router(service.world().clone()))
        .layer(map_response_with_state(cookie, with_transport_security))
}

/// Whoever came over TLS once comes so from then on.
async fn with_transport_security(State(cookie): State<SessionCookie>, mut response: Response) -> Response {
    if cookie.secure {
        let year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// What pages and server functions ask for, of the request that is being answered.
pub(crate) fn context(
    service: &Service,
    cookie: SessionCookie,
) -> impl Fn() + Clone + Send + Sync + use<> + 'static {
    let served = Served(wire::gateway(service).served());
    let service = service.clone();
    move || {
        if let Some(parts) = use_context::<Parts>() {
            provide_context(identify::by_session(&parts, cookie));
        }
        provide_context(Now(service.world().now().micros()));
        provide_context(service.clone());
        provide_context(cookie);
        provide_context(served);
    }
}

/// `/healthz`: the process runs. `/readyz`: it can answer, because its database does and it is not stopping.
fn health(service: &Service, stop: &Stop) -> Router {
    async fn ready(State((service, stop)): State<(Service, Stop)>) -> (StatusCode, &'static str) {
        if stop.leaving.is_cancelled() {
            return (StatusCode::SERVICE_UNAVAILABLE, "the server is stopping");
        }
        match service.store().check().await {
            Ok(()) => (StatusCode::OK, "ready"),
            Err(error) => {
                tracing::warn!(%error, "not ready");
                (StatusCode::SERVICE_UNAVAILABLE, "the database is not available")
            }
        }
    }
    Router::new()
        .route("/healthz", get(async || "alive"))
        .route("/readyz", get(ready))
        .with_state((service.clone(), stop.clone()))
}

/// Waits for Ctrl-C, which stops at once, or for a termination signal, which gives whoever is connected time to leave.
async fn signalled(stop: &Stop) {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = async {
        // Without a handler, Ctrl-C ends the process at once: that is a way to stop, too.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
                tracing::info!("stopping: whoever is connected may turn elsewhere");
                stop.leaving.cancel();
                tokio::time::sleep(LEAVING).await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
    tracing::info!("stopping: requests that are under way may end");
    stop.leaving.cancel();
    stop.now.cancel();
}
