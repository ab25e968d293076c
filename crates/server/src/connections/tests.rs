//! Clients that are slow, or not there any more, keep nobody else waiting; those that are there are let go politely.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::middleware::from_fn;
use axum::routing::{get, post};
use http::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use tower_http::timeout::RequestBodyTimeoutLayer;

use super::*;

/// A server on a port of its own.
struct Running {
    address: SocketAddr,
    leaving: CancellationToken,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Running {
    async fn start() -> Self {
        let (leaving, stop) = (CancellationToken::new(), CancellationToken::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let read = async |body: Body| match to_bytes(body, 1 << 20).await {
            Ok(bytes) => (StatusCode::OK, bytes.len().to_string()),
            Err(_) => (StatusCode::REQUEST_TIMEOUT, "it broke off".to_owned()),
        };
        let slow = async || {
            sleep(Duration::from_millis(600)).await;
            "at last"
        };
        let goodbye = leaving.clone();
        let router = Router::new()
            .route("/", get(async || "here"))
            .route("/slow", get(slow))
            .route("/read", post(read))
            .layer(RequestBodyTimeoutLayer::new(BODY))
            .layer(from_fn(move |request, next| say_goodbye(goodbye.clone(), request, next)));
        let serving = tokio::spawn(serve(listener, router, stop.clone()));
        Self { address, leaving, stop, serving }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn ask(&self) -> String {
        let mut stream = self.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
        rest(&mut stream).await
    }
}

/// Everything that comes until the other side hangs up, which is soon.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = timeout(HEAD * 5, stream.read_to_end(&mut bytes)).await;
    // Whoever is hung up on in the middle may be told so harshly.
    let _ = read.expect("the server hangs up");
    String::from_utf8(bytes).unwrap()
}

/// What comes next, of which nothing more follows for now.
async fn next(stream: &mut TcpStream) -> String {
    let mut bytes = [0; 4096];
    let read = timeout(HEAD * 5, stream.read(&mut bytes)).await.expect("the server answers").unwrap();
    String::from_utf8(bytes[..read].to_vec()).unwrap()
}

#[tokio::test]
async fn whoever_never_comes_to_the_point_is_hung_up_on() {
    let server = Running::start().await;
    for beginning in ["", "P", "PRI * HTTP/2", "GET / HTTP/1.1\r\nhost: a\r\nx-", "GET / HTTP/1.1\r\n"] {
        let mut stream = server.connect().await;
        stream.write_all(beginning.as_bytes()).await.unwrap();
        assert!(server.ask().await.ends_with("here"), "others are answered meanwhile");
        let answer = rest(&mut stream).await;
        assert!(!answer.contains("200 OK"), "{beginning:?}: {answer}");
    }
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_does_not_hold_its_connection() {
    let server = Running::start().await;
    let mut stream = server.connect().await;
    let dribbling = async {
        let head = b"GET / HTTP/1.1\r\n".iter().chain(b"x-a: b\r\n".iter().cycle());
        for byte in head {
            if stream.write_all(&[*byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(HEAD * 5, dribbling).await.expect("the server hangs up");
}

#[tokio::test]
async fn a_body_that_stalls_is_given_up() {
    let server = Running::start().await;
    let mut stream = server.connect().await;
    stream.write_all(b"POST /read HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nfour").await.unwrap();
    assert!(server.ask().await.ends_with("here"), "others are answered meanwhile");
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");

    // One that is slow and goes on is waited for.
    let mut stream = server.connect().await;
    stream.write_all(b"POST /read HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n").await.unwrap();
    for _ in 0..10 {
        sleep(BODY / 4).await;
        stream.write_all(b"x").await.unwrap();
    }
    let answer = next(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("10"), "{answer}");
}

#[tokio::test]
async fn a_connection_may_be_used_again_until_the_server_is_being_left() {
    let server = Running::start().await;
    let mut stream = server.connect().await;
    let question = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    for _ in 0..2 {
        stream.write_all(question).await.unwrap();
        let answer = next(&mut stream).await;
        assert!(answer.ends_with("here") && !answer.contains("connection: close"), "{answer}");
    }
    server.leaving.cancel();
    stream.write_all(question).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.ends_with("here") && answer.contains("connection: close"), "{answer}");
    // There is nobody else yet, so that whoever comes is still answered.
    assert!(server.ask().await.ends_with("here"));
}

#[tokio::test]
async fn what_is_under_way_ends_and_what_is_idle_is_closed() {
    let server = Running::start().await;
    let (mut idle, mut busy, mut waiting) =
        (server.connect().await, server.connect().await, server.connect().await);
    idle.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    assert!(next(&mut idle).await.ends_with("here"));
    busy.write_all(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(100)).await;
    // What was sent before the server stops is answered, though nobody has looked at it yet.
    waiting.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(50)).await;
    server.stop.cancel();
    assert_eq!(rest(&mut idle).await, "");
    assert!(rest(&mut waiting).await.ends_with("here"));
    assert!(rest(&mut busy).await.ends_with("at last"));
    timeout(HEAD * 5, server.serving).await.expect("it ends by itself").unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn whoever_was_let_in_is_answered_though_the_server_stops_before_they_ask() {
    let server = Running::start().await;
    let (mut slow, mut silent) = (server.connect().await, server.connect().await);
    let mut halfway = server.connect().await;
    halfway.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    sleep(Duration::from_millis(50)).await;
    server.stop.cancel();
    sleep(LET_IN + Duration::from_millis(50)).await;
    slow.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    halfway.write_all(b"host: a\r\n\r\n").await.unwrap();
    assert!(rest(&mut slow).await.ends_with("here"));
    assert!(rest(&mut halfway).await.ends_with("here"));
    // Whoever asks for nothing is not waited for any longer.
    assert_eq!(rest(&mut silent).await, "");
    timeout(HEAD * 5, server.serving).await.expect("it ends by itself").unwrap();
}

#[tokio::test]
async fn a_server_stops_however_many_knock() {
    let server = Running::start().await;
    let address = server.address;
    let knocking: Vec<_> = (0..4)
        .map(|_| {
            tokio::spawn(async move {
                while let Ok(stream) = TcpStream::connect(address).await {
                    drop(stream);
                    sleep(Duration::from_millis(2)).await;
                }
            })
        })
        .collect();
    sleep(Duration::from_millis(100)).await;
    server.stop.cancel();
    timeout(Duration::from_secs(5), server.serving).await.expect("it stops").unwrap();
    for each in knocking {
        each.await.unwrap();
    }
}
