//! A database that is measured, with what is in it.

use std::ops::Deref;
use std::path::Path;

use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

use crate::fill::{self, Filled};
use crate::process::Server;
use crate::{Bench, Result, block_on};

/// Which databases are measured, as they are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    /// The embedded one.
    Sqlite,
    /// The one for growth.
    Postgres,
}

impl Database {
    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A database of its own, and the folder that belongs to it. Both are gone with it.
pub(crate) struct Place {
    /// Which it is.
    pub(crate) database: Database,
    folder: TempDir,
    /// The PostgreSQL server, with a slash at the end.
    server: Option<String>,
    name: &'static str,
}

impl Place {
    /// An empty database of that name. `postgres` is the address of one on the server.
    pub(crate) fn new(database: Database, postgres: &str, name: &'static str) -> Result<Self> {
        let server = postgres.rsplit_once('/').ok_or("the address of PostgreSQL ends in a database")?.0;
        let server = (database == Database::Postgres).then(|| format!("{server}/"));
        let folder = tempfile::tempdir()?;
        fresh(folder.path(), server.as_deref(), name)?;
        Ok(Self { database, folder, server, name })
    }

    /// Where uploads are, and SQLite's file.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of the database.
    pub(crate) fn url(&self) -> String {
        address(self.folder.path(), self.server.as_deref(), self.name)
    }

    /// The built server over the database.
    pub(crate) fn serve(&self, bench: &Bench) -> Result<Server> {
        Server::atelier(&bench.server, self.folder.path(), &self.url())
    }

    /// Has PostgreSQL look at what it has got, as it does by itself after a while.
    pub(crate) fn settle(&self) -> Result<()> {
        match &self.server {
            Some(server) => execute(&format!("{server}{}", self.name), "VACUUM ANALYZE"),
            None => Ok(()),
        }
    }
}

/// A filled database, and an empty one for the floors.
pub(crate) struct Stage {
    /// What is in it.
    pub(crate) filled: Filled,
    place: Place,
}

impl Deref for Stage {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

impl Stage {
    /// Both databases, filled with the same.
    pub(crate) fn both(postgres: &str) -> Result<Vec<Self>> {
        [Database::Sqlite, Database::Postgres]
            .into_iter()
            .map(|database| {
                let place = Place::new(database, postgres, "atelier")?;
                let filled = block_on(fill::fill(place.folder(), &place.url()))?;
                place.settle()?;
                Ok(Self { filled, place })
            })
            .collect()
    }

    /// The floors over an empty database, with the answers in `folder`.
    pub(crate) fn floor(&self, answers: &Path) -> Result<Server> {
        let url = fresh(self.folder(), self.server.as_deref(), "floor")?;
        Server::floor(answers, &url)
    }

    /// Adds ten thousand people and a million grants.
    pub(crate) fn crowd(&self) -> Result<()> {
        block_on(fill::crowd(self.folder(), &self.url()))?;
        self.settle()
    }
}

fn address(folder: &Path, server: Option<&str>, name: &str) -> String {
    match server {
        Some(server) => format!("{server}{name}"),
        None => format!("sqlite:{}", folder.join(name).with_extension("db").display()),
    }
}

/// Makes an empty database, instead of an earlier one of that name.
fn fresh(folder: &Path, server: Option<&str>, name: &str) -> Result<String> {
    let url = address(folder, server, name);
    match (server, url.strip_prefix("sqlite:")) {
        (Some(server), _) => {
            let any = format!("{server}postgres");
            execute(&any, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
            execute(&any, &format!("CREATE DATABASE {name}"))?;
        }
        (None, Some(path)) => {
            for file in [path.to_owned(), format!("{path}-wal"), format!("{path}-shm")] {
                if Path::new(&file).exists() {
                    std::fs::remove_file(file)?;
                }
            }
        }
        (None, None) => {}
    }
    Ok(url)
}

fn execute(url: &str, statement: &str) -> Result<()> {
    block_on(async {
        let mut connection = PgConnection::connect(url).await?;
        connection.execute(sqlx::AssertSqlSafe(statement.to_owned())).await?;
        Ok(())
    })
}
