//! The one writer of SQLite, and how it commits: in groups.
//!
//! SQLite lets one connection write at a time, and a commit waits for the disk. So parts of a group share one
//! `BEGIN IMMEDIATE … COMMIT`: each runs in a savepoint of its own, and its commit returns once the group is on disk.
//! A group needs no timer: its committer queues for the writer like everybody else, so the group takes in whoever was
//! waiting when it began, and while the disk is busy the next one gathers.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::task::spawn_blocking;

use super::sqlite::Connection;
use crate::error::Cause;
use crate::{Error, Result};

/// The writer, shared by everyone who writes.
#[derive(Clone)]
pub(super) struct Writer(Arc<Mutex<State>>);

struct State {
    connection: Connection,
    group: Option<Group>,
}

/// The transaction that is running.
struct Group {
    outcome: watch::Sender<Outcome>,
    /// How many parts were committed into it.
    parts: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Running,
    Committed,
    Lost,
}

/// One part of a group: the writer, held until it is committed or dropped.
pub(super) struct Part {
    state: OwnedMutexGuard<State>,
    is_committed: bool,
}

fn lost() -> Error {
    Error::Unavailable(Cause::WriteLost)
}

impl Writer {
    /// A writer over `connection`.
    pub(super) fn new(connection: Connection) -> Self {
        Self(Arc::new(Mutex::new(State { connection, group: None })))
    }

    /// Waits for the writer and starts a part of the running group, or of a new one.
    pub(super) async fn begin(&self) -> Result<Part> {
        let mut state = self.0.clone().lock_owned().await;
        if state.group.is_none() {
            state = self.begin_group(state).await?;
        }
        state.connection.say("SAVEPOINT part")?;
        Ok(Part { state, is_committed: false })
    }

    /// Begins a group, which commits itself. Whoever asked for it may have left by then.
    async fn begin_group(&self, mut state: OwnedMutexGuard<State>) -> Result<OwnedMutexGuard<State>> {
        let writer = self.clone();
        let begun = spawn_blocking(move || {
            // It waits while another process writes.
            state.connection.say("BEGIN IMMEDIATE")?;
            state.group = Some(Group { outcome: watch::Sender::new(Outcome::Running), parts: 0 });
            tokio::spawn(writer.commit_group());
            Ok(state)
        });
        begun.await.unwrap_or_else(|_| Err(lost()))
    }

    async fn commit_group(self) {
        let mut state = self.0.lock_owned().await;
        // It waits for the disk. Only a runtime that ends lets it undone, and then nobody is told that it was done.
        let _ = spawn_blocking(move || state.commit_group()).await;
    }
}

impl State {
    fn commit_group(&mut self) {
        let Some(group) = self.group.take() else { return };
        #[expect(clippy::disallowed_methods, reason = "measuring code reads a stopwatch")]
        let began = Instant::now();
        let committed = self.connection.say("COMMIT");
        metrics::histogram!("atelier_commit_seconds").record(began.elapsed());
        match committed {
            Ok(()) => {
                metrics::histogram!("atelier_commit_writes").record(group.parts);
                group.outcome.send_replace(Outcome::Committed);
            }
            Err(error) => {
                tracing::error!(%error, "could not commit a group of writes");
                self.lose(&group);
            }
        }
    }

    /// Rolls back a part alone; with its whole group, if that cannot be done. That is so after the database has rolled it
    /// back by itself, as it does when the disk is full.
    fn roll_back_part(&mut self) {
        let rolled_back =
            self.connection.say("ROLLBACK TO part").and_then(|()| self.connection.say("RELEASE part"));
        if let Err(error) = rolled_back {
            tracing::warn!(%error, "could not roll back a write alone");
            self.lose_group();
        }
    }

    fn lose_group(&mut self) {
        if let Some(group) = self.group.take() {
            self.lose(&group);
        }
    }

    fn lose(&mut self, group: &Group) {
        if self.connection.is_in_transaction()
            && let Err(error) = self.connection.say("ROLLBACK")
        {
            // It is gone with the connection's next BEGIN, which then fails.
            tracing::error!(%error, "could not roll back a group of writes");
        }
        group.outcome.send_replace(Outcome::Lost);
    }
}

impl Part {
    /// The writer's connection.
    ///
    /// # Errors
    /// When the database has rolled back everything by itself: what is written then would belong to no transaction.
    pub(super) fn connection(&mut self) -> Result<&mut Connection> {
        let connection = &mut self.state.connection;
        if connection.is_in_transaction() { Ok(connection) } else { Err(lost()) }
    }

    /// Ends the part, lets the next one in, and waits until the group is on disk.
    pub(super) async fn commit(mut self) -> Result<()> {
        self.connection()?.say("RELEASE part")?;
        self.is_committed = true;
        let group = self.state.group.as_mut().ok_or_else(lost)?;
        group.parts += 1;
        let mut outcome = group.outcome.subscribe();
        drop(self);
        let last = *outcome.wait_for(|outcome| *outcome != Outcome::Running).await.map_err(|_| lost())?;
        if last == Outcome::Committed { Ok(()) } else { Err(lost()) }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_committed {
            self.state.roll_back_part();
        }
    }
}
