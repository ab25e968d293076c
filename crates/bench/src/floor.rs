//! The least that could be done: the same answers from a bare handler (f0), from a bare handler with one indexed read
//! (f1), and a bare durable insert behind one writer that commits what has gathered (f2).
//!
//! Framework and driver are the product's own and set up alike, so that what is left between a floor and the product is
//! what the product does: finding out who asks, deciding, reading more than one thing, and writing it down.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as InPath, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgPool, SqliteConnection, SqlitePool};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The most pieces of which an answer consists.
const PIECES: i64 = 100;

/// What is answered, by name: the pieces in their order.
type Answers = HashMap<String, Vec<Vec<u8>>>;

#[derive(Clone)]
struct Floor {
    whole: Arc<HashMap<String, Bytes>>,
    below: Below,
}

#[derive(Clone)]
enum Below {
    Sqlite { readers: SqlitePool, writer: mpsc::Sender<Insert> },
    Postgres(PgPool),
}

/// A body to be written, and whom to tell when it is on disk.
struct Insert {
    body: Bytes,
    written: oneshot::Sender<bool>,
}

/// Serves the answers in `folder` over the database at `url` until the process is ended, and says where it listens.
pub(crate) async fn serve(folder: &Path, url: &str) -> Result<()> {
    let answers = answers_in(folder)?;
    let below = match url.strip_prefix("sqlite:") {
        Some(path) => over_sqlite(Path::new(path), &answers).await?,
        None => over_postgres(url, &answers).await?,
    };
    let whole = answers.into_iter().map(|(name, pieces)| (name, Bytes::from(pieces.concat()))).collect();
    let floor = Floor { whole: Arc::new(whole), below };
    let router = Router::new()
        // A call over gRPC posts, whatever it asks.
        .route("/f0/{name}", get(from_memory).post(from_memory))
        .route("/f1/{name}", get(from_database).post(from_database))
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

async fn over_sqlite(path: &Path, answers: &Answers) -> Result<Below> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.clone().connect().await?;
    for statement in [
        "CREATE TABLE pieces (name TEXT, number INTEGER, body BLOB NOT NULL, PRIMARY KEY (name, number)) STRICT",
        "CREATE TABLE written (id BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT",
    ] {
        sqlx::query(statement).execute(&mut connection).await?;
    }
    for (name, number, piece) in pieces(answers) {
        let insert = sqlx::query("INSERT INTO pieces (name, number, body) VALUES ($1, $2, $3)");
        insert.bind(name).bind(number).bind(piece).execute(&mut connection).await?;
    }
    let readers = SqlitePoolOptions::new().max_connections(8).connect_with(options).await?;
    let (writer, waiting) = mpsc::channel(1024);
    tokio::spawn(write(connection, waiting));
    Ok(Below::Sqlite { readers, writer })
}

async fn over_postgres(url: &str, answers: &Answers) -> Result<Below> {
    let pool =
        PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(5)).connect(url).await?;
    for statement in [
        "CREATE TABLE pieces (name TEXT, number BIGINT, body BYTEA NOT NULL, PRIMARY KEY (name, number))",
        "CREATE TABLE written (id UUID PRIMARY KEY, body BYTEA NOT NULL)",
    ] {
        sqlx::query(statement).execute(&pool).await?;
    }
    for (name, number, piece) in pieces(answers) {
        let insert = sqlx::query("INSERT INTO pieces (name, number, body) VALUES ($1, $2, $3)");
        insert.bind(name).bind(number).bind(piece).execute(&pool).await?;
    }
    Ok(Below::Postgres(pool))
}

fn pieces(answers: &Answers) -> impl Iterator<Item = (&String, i64, &Vec<u8>)> {
    answers
        .iter()
        .flat_map(|(name, pieces)| (0..).zip(pieces).map(move |(number, piece)| (name, number, piece)))
}

/// Writes what comes: all that has gathered while the disk was busy in one transaction.
async fn write(mut connection: SqliteConnection, mut waiting: mpsc::Receiver<Insert>) {
    while let Some(first) = waiting.recv().await {
        let mut group = vec![first];
        while let Ok(next) = waiting.try_recv() {
            group.push(next);
        }
        let written = write_group(&mut connection, &group).await.is_ok();
        for insert in group {
            // Whoever asked may have left.
            let _ = insert.written.send(written);
        }
    }
}

async fn write_group(connection: &mut SqliteConnection, group: &[Insert]) -> sqlx::Result<()> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for Insert { body, .. } in group {
        let insert = sqlx::query("INSERT INTO written (id, body) VALUES ($1, $2)");
        insert.bind(random_id()).bind(body.as_ref()).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

fn random_id() -> Uuid {
    uuid::Builder::from_random_bytes(atelier_service::World::real().random()).into_uuid()
}

async fn from_memory(State(floor): State<Floor>, InPath(name): InPath<String>) -> (StatusCode, Bytes) {
    match floor.whole.get(&name) {
        Some(answer) => (StatusCode::OK, answer.clone()),
        None => (StatusCode::NOT_FOUND, Bytes::new()),
    }
}

async fn from_database(State(floor): State<Floor>, InPath(name): InPath<String>) -> (StatusCode, Bytes) {
    const READ: &str = "SELECT body FROM pieces WHERE name = $1 ORDER BY number LIMIT $2";
    let rows: sqlx::Result<Vec<(Vec<u8>,)>> = match &floor.below {
        Below::Sqlite { readers, .. } => {
            sqlx::query_as(READ).bind(name).bind(PIECES).fetch_all(readers).await
        }
        Below::Postgres(pool) => sqlx::query_as(READ).bind(name).bind(PIECES).fetch_all(pool).await,
    };
    match rows {
        Ok(rows) => (StatusCode::OK, rows.into_iter().flat_map(|(body,)| body).collect()),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Bytes::new()),
    }
}

async fn insert(State(floor): State<Floor>, body: Bytes) -> StatusCode {
    let written = match &floor.below {
        Below::Sqlite { writer, .. } => {
            let (written, on_disk) = oneshot::channel();
            writer.send(Insert { body, written }).await.is_ok() && on_disk.await.unwrap_or(false)
        }
        Below::Postgres(pool) => {
            let insert = sqlx::query("INSERT INTO written (id, body) VALUES ($1, $2)");
            insert.bind(random_id()).bind(body.as_ref()).execute(pool).await.is_ok()
        }
    };
    if written { StatusCode::CREATED } else { StatusCode::SERVICE_UNAVAILABLE }
}
