//! The one writer of SQLite, and how it commits: in groups.
//!
//! SQLite lets one connection write at a time, and a commit waits for the disk. So parts of a group share one
//! `BEGIN IMMEDIATE … COMMIT`: each runs in a savepoint of its own, and its commit returns once the group is on disk. What
//! begins and ends a part travels with its neighbours' statements, since each turn of the connection's thread costs more
//! than a small write.
//! A group needs no timer: its committer queues for the writer like everybody else, so the group takes in whoever was
//! waiting when it began, and while the disk is busy the next one gathers.

use std::sync::Arc;
use std::time::Instant;

use sqlx::SqliteConnection;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use crate::{Error, Result};

/// The writer, shared by everyone who writes.
#[derive(Clone)]
pub(super) struct Writer(Arc<Mutex<State>>);

struct State {
    connection: SqliteConnection,
    group: Option<Group>,
}

/// The transaction that is running.
struct Group {
    outcome: watch::Sender<Outcome>,
    /// How many parts were committed into it.
    parts: u32,
    /// What is left of the last part.
    left: Left,
    /// The savepoint of the last part.
    savepoint: &'static Savepoint,
}

/// What is said of a part's savepoint. There are two, which take turns: should one not be released, whatever the reason,
/// then what rolls back the next part fails, instead of rolling back this one, which has been committed.
struct Savepoint {
    begin: &'static str,
    /// The same, when the part before was committed.
    begin_after_other: &'static str,
    roll_back: &'static str,
    commit_group: &'static str,
    other: &'static Savepoint,
}

static EVEN: Savepoint = Savepoint {
    begin: "SAVEPOINT even; ",
    begin_after_other: "RELEASE odd; SAVEPOINT even; ",
    roll_back: "ROLLBACK TO even; RELEASE even",
    commit_group: "RELEASE even; COMMIT",
    other: &ODD,
};

static ODD: Savepoint = Savepoint {
    begin: "SAVEPOINT odd; ",
    begin_after_other: "RELEASE even; SAVEPOINT odd; ",
    roll_back: "ROLLBACK TO odd; RELEASE odd",
    commit_group: "RELEASE odd; COMMIT",
    other: &EVEN,
};

/// What a part leaves to be said before anything else.
#[derive(Clone, Copy, PartialEq)]
enum Left {
    /// The group itself may not have begun yet.
    Beginning,
    Nothing,
    /// It was committed: its savepoint is released together with whatever comes next.
    Committed,
    /// It was dropped half-way: its savepoint must be rolled back.
    Abandoned,
}

#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Running,
    Committed,
    Lost,
}

/// One part of a group: the writer, held until it is committed or dropped. Its savepoint is made with its first
/// statement: see [`super::snapshot`] for why.
pub(super) struct Part {
    state: OwnedMutexGuard<State>,
    stage: Stage,
}

/// How far a part has come.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// It has done nothing.
    Untouched,
    /// It has a savepoint.
    Begun,
    /// It belongs to the group.
    Committed,
}

impl Writer {
    /// A writer over `connection`.
    pub(super) fn new(connection: SqliteConnection) -> Self {
        Self(Arc::new(Mutex::new(State { connection, group: None })))
    }

    /// Waits for the writer and starts a part of the running group, or of a new one.
    pub(super) async fn begin(&self) -> Result<Part> {
        let mut state = self.0.clone().lock_owned().await;
        state.recover().await;
        if state.group.is_none() {
            // Whoever asks may leave at any moment: what is under way is noted before it is waited for.
            let outcome = watch::Sender::new(Outcome::Running);
            state.group = Some(Group { outcome, parts: 0, left: Left::Beginning, savepoint: &ODD });
            execute(&mut state.connection, "BEGIN IMMEDIATE").await?;
            if let Some(group) = &mut state.group {
                group.left = Left::Nothing;
            }
            let writer = self.clone();
            tokio::spawn(async move { writer.0.lock().await.commit_group().await });
        }
        Ok(Part { state, stage: Stage::Untouched })
    }
}

impl State {
    /// Rolls back what a dropped part left behind: with the whole group, if it cannot be done alone. That is so after the
    /// database has rolled it back by itself, as it does when the disk is full; then it is ready for a new one.
    async fn recover(&mut self) {
        let Some(group) = &mut self.group else { return };
        match group.left {
            Left::Beginning => self.lose_group().await,
            Left::Abandoned => match execute(&mut self.connection, group.savepoint.roll_back).await {
                Ok(()) => group.left = Left::Nothing,
                Err(error) => {
                    tracing::warn!(%error, "could not roll back a write alone");
                    self.lose_group().await;
                }
            },
            Left::Nothing | Left::Committed => {}
        }
    }

    async fn commit_group(&mut self) {
        self.recover().await;
        let Some(group) = &self.group else { return };
        let (outcome, parts) = (group.outcome.clone(), group.parts);
        let commit = match group.left {
            Left::Committed => group.savepoint.commit_group,
            Left::Beginning | Left::Nothing | Left::Abandoned => "COMMIT",
        };
        #[expect(clippy::disallowed_methods, reason = "measuring code reads a stopwatch")]
        let began = Instant::now();
        let committed = execute(&mut self.connection, commit).await;
        metrics::histogram!("atelier_commit_seconds").record(began.elapsed());
        match committed {
            Ok(()) => {
                metrics::histogram!("atelier_commit_writes").record(parts);
                outcome.send_replace(Outcome::Committed);
                self.group = None;
            }
            Err(error) => {
                tracing::error!(error = %error, "could not commit a group of writes");
                self.lose_group().await;
            }
        }
    }

    async fn lose_group(&mut self) {
        if let Some(group) = self.group.take() {
            // What cannot be rolled back is gone with the connection's next BEGIN, which then fails.
            if let Err(error) = execute(&mut self.connection, "ROLLBACK").await {
                tracing::error!(error = %error, "could not roll back a group of writes");
            }
            group.outcome.send_replace(Outcome::Lost);
        }
    }
}

impl Part {
    /// The writer's connection.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.state.connection
    }

    /// What is to be said before the next statement.
    pub(super) fn opening(&mut self) -> &'static str {
        if self.stage != Stage::Untouched {
            return "";
        }
        self.stage = Stage::Begun;
        let Some(group) = &mut self.state.group else { return "" };
        group.savepoint = group.savepoint.other;
        match std::mem::replace(&mut group.left, Left::Nothing) {
            Left::Committed => group.savepoint.begin_after_other,
            Left::Beginning | Left::Nothing | Left::Abandoned => group.savepoint.begin,
        }
    }

    /// Ends the part, lets the next one in, and waits until the group is on disk.
    pub(super) async fn commit(mut self) -> Result<()> {
        let has_begun = std::mem::replace(&mut self.stage, Stage::Committed) == Stage::Begun;
        let outcome = self.state.group.as_mut().map(|group| {
            if has_begun {
                group.left = Left::Committed;
            }
            group.parts += 1;
            group.outcome.subscribe()
        });
        drop(self);
        let lost = || Error::Unavailable(sqlx::Error::WorkerCrashed);
        let mut outcome = outcome.ok_or_else(lost)?;
        let last = *outcome.wait_for(|outcome| *outcome != Outcome::Running).await.map_err(|_| lost())?;
        if last == Outcome::Committed { Ok(()) } else { Err(lost()) }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.stage == Stage::Begun
            && let Some(group) = &mut self.state.group
        {
            group.left = Left::Abandoned;
        }
    }
}

/// Runs statements without parameters.
pub(super) async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<()> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
