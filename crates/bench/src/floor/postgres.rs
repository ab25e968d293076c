//! The floors over PostgreSQL, by sqlx.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use super::{Answers, INSERT, PIECES, READ, Result, pieces, random_id};

/// As many connections as the product has.
#[derive(Clone)]
pub(super) struct Postgres(PgPool);

impl Postgres {
    pub(super) async fn filled(url: &str, answers: &Answers) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(5))
            .connect(url)
            .await?;
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
        Ok(Self(pool))
    }

    pub(super) async fn read(&self, name: &str) -> Result<Vec<Vec<u8>>> {
        let rows: Vec<(Vec<u8>,)> = sqlx::query_as(READ).bind(name).bind(PIECES).fetch_all(&self.0).await?;
        Ok(rows.into_iter().map(|(body,)| body).collect())
    }

    /// Writes `body`; answers whether it is on disk.
    pub(super) async fn insert(&self, body: &[u8]) -> bool {
        sqlx::query(INSERT).bind(random_id()).bind(body).execute(&self.0).await.is_ok()
    }
}
