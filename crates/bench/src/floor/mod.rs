//! The least that could be done: the same answers from a bare handler (f0), from a bare handler with one indexed read
//! (f1), and a bare durable insert behind one writer that commits what has gathered (f2).
//!
//! Framework and driver are the product's own and set up alike, so that what is left between a floor and the product is
//! what the product does: finding out who asks, deciding, reading more than one thing, and writing it down.

mod postgres;
mod sqlite;

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as InPath, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use uuid::Uuid;

use postgres::Postgres;
use sqlite::Sqlite;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The most pieces of which an answer consists.
const PIECES: i64 = 100;

/// The indexed read.
const READ: &str = "SELECT body FROM pieces WHERE name = $1 ORDER BY number LIMIT $2";

/// The durable insert.
const INSERT: &str = "INSERT INTO written (id, body) VALUES ($1, $2)";

/// What is answered, by name: the pieces in their order.
type Answers = HashMap<String, Vec<Vec<u8>>>;

#[derive(Clone)]
struct Floor {
    whole: Arc<HashMap<String, Bytes>>,
    below: Below,
}

#[derive(Clone)]
enum Below {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// Serves the answers in `folder` over the database at `url` until the process is ended, and says where it listens.
pub(crate) async fn serve(folder: &Path, url: &str) -> Result<()> {
    let answers = answers_in(folder)?;
    let below = match url.strip_prefix("sqlite:") {
        Some(path) => Below::Sqlite(Sqlite::filled(Path::new(path), &answers).await?),
        None => Below::Postgres(Postgres::filled(url, &answers).await?),
    };
    let whole = answers.into_iter().map(|(name, pieces)| (name, Bytes::from(pieces.concat()))).collect();
    let floor = Floor { whole: Arc::new(whole), below };
    let router = Router::new()
        // A call over gRPC posts, whatever it asks.
        .route("/f0/{name}", get(from_memory).post(from_memory))
        .route("/f1/{name}", get(from_database).post(from_database))
        .route("/f1-by-sqlx/{name}", get(from_sqlite_by_sqlx).post(from_sqlite_by_sqlx))
        .route("/f2", post(insert))
        .with_state(floor);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|connection| {
        // Without it answers wait for acknowledgements; if it cannot be set they do.
        let _ = connection.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

/// One folder for each answer, with one file for each of its pieces, named by its number.
fn answers_in(folder: &Path) -> Result<Answers> {
    let mut answers = Answers::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let mut pieces = Vec::new();
        for number in 0..PIECES {
            match std::fs::read(entry.path().join(number.to_string())) {
                Ok(piece) => pieces.push(piece),
                Err(_) => break,
            }
        }
        answers.insert(entry.file_name().to_string_lossy().into_owned(), pieces);
    }
    Ok(answers)
}

fn pieces(answers: &Answers) -> impl Iterator<Item = (&String, i64, &Vec<u8>)> {
    answers
        .iter()
        .flat_map(|(name, pieces)| (0..).zip(pieces).map(move |(number, piece)| (name, number, piece)))
}

fn random_id() -> Uuid {
    uuid::Builder::from_random_bytes(atelier_service::World::real().random()).into_uuid()
}

/// Reads what was asked, as the product does, and so do those that follow: over HTTP/2 an answer before that ends the
/// stream as an error, and too many of them end the connection.
async fn from_memory(
    State(floor): State<Floor>,
    InPath(name): InPath<String>,
    _asked: Bytes,
) -> (StatusCode, Bytes) {
    match floor.whole.get(&name) {
        Some(answer) => (StatusCode::OK, answer.clone()),
        None => (StatusCode::NOT_FOUND, Bytes::new()),
    }
}

async fn from_database(
    State(floor): State<Floor>,
    InPath(name): InPath<String>,
    _asked: Bytes,
) -> (StatusCode, Bytes) {
    found(match &floor.below {
        Below::Sqlite(sqlite) => sqlite.read(&name),
        Below::Postgres(postgres) => postgres.read(&name).await,
    })
}

async fn from_sqlite_by_sqlx(
    State(floor): State<Floor>,
    InPath(name): InPath<String>,
    _asked: Bytes,
) -> (StatusCode, Bytes) {
    match &floor.below {
        Below::Sqlite(sqlite) => found(sqlite.read_by_sqlx(&name).await),
        Below::Postgres(_) => (StatusCode::NOT_FOUND, Bytes::new()),
    }
}

fn found(pieces: Result<Vec<Vec<u8>>>) -> (StatusCode, Bytes) {
    match pieces {
        Ok(pieces) => (StatusCode::OK, pieces.into_iter().flatten().collect()),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Bytes::new()),
    }
}

async fn insert(State(floor): State<Floor>, body: Bytes) -> StatusCode {
    let written = match &floor.below {
        Below::Sqlite(sqlite) => sqlite.insert(body).await,
        Below::Postgres(postgres) => postgres.insert(&body).await,
    };
    if written { StatusCode::CREATED } else { StatusCode::SERVICE_UNAVAILABLE }
}
