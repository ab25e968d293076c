//! Serving: everything on one port, until a signal asks to stop.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use atelier_domain::limit::Allowance;
use atelier_service::Service;
use atelier_ui::SessionCookie;
use atelier_ui::api::calls::Served;
use atelier_ui::components::time::Now;
use axum::Router;
use axum::extract::State;
use axum::middleware::{from_fn, from_fn_with_state, map_response_with_state};
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use http::header::STRICT_TRANSPORT_SECURITY;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use leptos::prelude::{provide_context, use_context};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::mailer::Mailer;
use crate::{
    assets, audit, events, guard, housekeeping, identify, open, pages, pictures, proxies, reports, upload,
    wire,
};

/// How long requests that are under way may take to end once a stop was asked for.
const GRACE: Duration = Duration::from_secs(20);

/// Serves at `listen` until a signal asks to stop; then lets requests end.
pub(crate) async fn serve(config: &Config, listen: SocketAddr) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let base_url = config.base_url(address);
    let service = open(config, &base_url).await?;
    let cookie = SessionCookie { secure: base_url.starts_with("https://") };
    if !cookie.secure {
        tracing::warn!(
            "sessions travel unencrypted: fine on this machine, not beyond it (set a https base URL)"
        );
    }
    let stop = CancellationToken::new();
    let housekeeping = tokio::spawn(housekeeping::run(service.clone(), stop.clone()));
    let mailer = tokio::spawn(Mailer::new(config)?.run(service.clone(), stop.clone()));
    let audit_key = audit::key::get(config, service.world())?;
    let signer = tokio::spawn(audit::signer::run(service.clone(), audit_key, stop.clone()));
    let router = router(&service, cookie, config.per_key, stop.clone())?
        .layer(from_fn_with_state(config.trusted_proxies.clone(), proxies::see_through));

    println!("listening on {base_url}");
    tracing::info!(server.address = %address, "listening");
    // With Nagle's algorithm a page that is written in several pieces waits for the other side to acknowledge each.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays slow");
        }
    });
    let asked = stop.clone();
    let server = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            signalled().await;
            tracing::info!("stopping: requests that are under way may end");
            asked.cancel();
        });
    let overtime = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server.into_future() => ended?,
        () = overtime => tracing::warn!("some requests took too long and were cut off"),
    }
    stop.cancel();
    mailer.await?;
    housekeeping.await?;
    signer.await?;
    service.store().close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Everything that is served.
pub(crate) fn router(
    service: &Service,
    cookie: SessionCookie,
    per_key: Allowance,
    stop: CancellationToken,
) -> Result<Router, assets::NoBundle> {
    let pages = pages::router(assets::paths()?, context(service, cookie)).layer(from_fn(guard::same_site));
    // Keys travel in a header that no other site can make a browser send: the wire needs no guard against them.
    let events = events::router(service, cookie, stop);
    let all = assets::router()
        .merge(health(service.clone()))
        .merge(events)
        .merge(wire::router(service, per_key))
        .merge(upload::router(service, cookie))
        .merge(pictures::router(service, cookie))
        .merge(audit::download::router(service, cookie))
        .merge(pages);
    Ok(around(all, service, cookie))
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

/// `/healthz`: the process runs. `/readyz`: it can answer, because its database does.
fn health(service: Service) -> Router {
    async fn ready(State(service): State<Service>) -> (StatusCode, &'static str) {
        match service.store().read().await {
            Ok(_) => (StatusCode::OK, "ready"),
            Err(error) => {
                tracing::warn!(%error, "not ready");
                (StatusCode::SERVICE_UNAVAILABLE, "the database is not available")
            }
        }
    }
    Router::new().route("/healthz", get(async || "alive")).route("/readyz", get(ready)).with_state(service)
}

/// Waits for Ctrl-C or a termination signal.
async fn signalled() {
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
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
