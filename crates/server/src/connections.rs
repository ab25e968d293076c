//! Connections: how long one may keep us waiting, and how those that are open end when the server does.
//!
//! `axum::serve` waits for as long as a client does, so connections are taken in here. Stopping is done in two steps, so
//! that no request is lost while another server takes over: first everything goes on, but each answer is the last of its
//! connection; then nothing new is taken in, and what is under way may end.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::Listener;
use http::header::{CONNECTION, HeaderValue};
use http::{Request as HttpRequest, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::SetOnce;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// How long a connection may take to send the head of a request, or to begin the next one: longer than proxies keep
/// theirs open, or they would send a request into one that is being closed.
#[cfg(not(test))]
const HEAD: Duration = Duration::from_secs(75);
#[cfg(test)]
const HEAD: Duration = Duration::from_millis(400);

/// How long a body may stay away before its request is given up.
#[cfg(not(test))]
pub(crate) const BODY: Duration = Duration::from_secs(30);
#[cfg(test)]
pub(crate) const BODY: Duration = Duration::from_millis(400);

/// How often those at the other end of HTTP/2 are asked whether they are still there.
const STILL_THERE: Duration = Duration::from_secs(30);

/// How long requests that are under way may take to end once nothing new is taken in.
const GRACE: Duration = Duration::from_secs(20);

/// How long it is looked for connections that the machine has let in already.
const LET_IN: Duration = Duration::from_millis(20);

/// How long somebody who was let in and has asked for nothing yet is waited for once nothing new is taken in: what they ask
/// may be on its way.
const FIRST: Duration = Duration::from_secs(1);

/// Serves at `listener` until `stop` is cancelled; then lets requests end.
pub(crate) async fn serve(mut listener: TcpListener, router: Router, stop: CancellationToken) {
    let connections =
        Connections { builder: builder(), router, stop: stop.clone(), open: TaskTracker::new() };
    // It waits a while by itself where no more connections can be opened.
    while let Some((stream, address)) = stop.run_until_cancelled(Listener::accept(&mut listener)).await {
        connections.take_in(stream, address);
    }
    // For so long in all: under load there is always another one.
    let let_in = async {
        loop {
            let (stream, address) = Listener::accept(&mut listener).await;
            connections.take_in(stream, address);
        }
    };
    let _: Result<(), _> = timeout(LET_IN, let_in).await;
    for (stream, address) in let_in_at_last(listener) {
        connections.take_in(stream, address);
    }
    connections.open.close();
    if timeout(GRACE, connections.open.wait()).await.is_err() {
        tracing::warn!("some requests took too long and were cut off");
    }
}

/// The connections that the machine has let in and of which the runtime has not told yet: those that are left when the
/// listener is closed are torn off.
fn let_in_at_last(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    let let_in = std::iter::from_fn(|| listener.accept().ok());
    let asynchronous = let_in.map(|(stream, address)| {
        stream.set_nonblocking(true)?;
        Ok((TcpStream::from_std(stream)?, address))
    });
    asynchronous.filter_map(std::io::Result::ok).collect()
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(STILL_THERE);
    builder
}

/// The connections that are open.
struct Connections {
    builder: Builder<TokioExecutor>,
    router: Router,
    /// That those that ask for nothing are closed, and the others after what they asked for.
    stop: CancellationToken,
    open: TaskTracker,
}

impl Connections {
    /// Answers what comes over `stream`, beside everything else.
    fn take_in(&self, stream: TcpStream, address: SocketAddr) {
        // With Nagle's algorithm a page that is written in several pieces waits for the other side to acknowledge each.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays slow");
        }
        let begun = Arc::new(SetOnce::new());
        let (router, has_begun) = (self.router.clone(), begun.clone());
        let service = service_fn(move |mut request: HttpRequest<Incoming>| {
            // All but the first find it said already.
            let _ = has_begun.set(());
            request.extensions_mut().insert(ConnectInfo(address));
            router.clone().oneshot(request.map(Body::new))
        });
        let connection =
            self.builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let stop = self.stop.clone();
        self.open.spawn(async move {
            let mut connection = pin!(connection);
            // Which protocol is spoken is found out by the first bytes, for which nobody else looks at the clock.
            let kept_waiting = async {
                if timeout(HEAD, begun.wait()).await.is_ok() {
                    std::future::pending::<()>().await;
                }
            };
            let left = async {
                stop.cancelled().await;
                // One that has not read anything yet would be torn off together with what is on its way to it.
                let _: Result<_, _> = timeout(FIRST, begun.wait()).await;
            };
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = kept_waiting => return tracing::debug!("a connection asked for nothing"),
                () = left => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(error, "a connection broke off");
            }
        });
    }
}

/// Makes each answer the last of its connection while the server is being left, so that whoever asks next connects anew,
/// and to another server where there is one. HTTP/2 has its own way to say so.
pub(crate) async fn say_goodbye(leaving: CancellationToken, request: Request, next: Next) -> Response {
    let is_first_version = request.version() <= Version::HTTP_11;
    let mut response = next.run(request).await;
    if is_first_version && leaving.is_cancelled() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

#[cfg(test)]
mod tests;
