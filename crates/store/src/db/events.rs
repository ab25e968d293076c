//! Events: that something has changed, told to every process over the same database.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use atelier_domain::id::{AppId, UserId};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::{Notify, broadcast};

use super::{Conn, params};
use crate::Result;

/// The name under which PostgreSQL passes events between processes.
const CHANNEL: &str = "atelier_events";

/// How long it takes until a lost connection for events is made anew, or until events that could not be told are told
/// again.
const AGAIN: Duration = Duration::from_secs(1);

/// That something has changed: open pages look again when they hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Who may do what in an app.
    Access(AppId),
    /// The inputs, concepts, annotations or datasets of an app.
    Data(AppId),
    /// What one person can reach: their collaborations, keys or sessions.
    Person(UserId),
    /// Anything: for a while other processes were not heard.
    Missed,
}

impl Event {
    /// Whether it comes with what people do all day. PostgreSQL lets transactions that tell something commit only one
    /// after the other, each with the disk to itself: for work that many do at once that is too slow.
    pub(super) fn is_frequent(self) -> bool {
        matches!(self, Self::Data(_))
    }

    fn payload(self) -> String {
        serde_json::to_string(&self).unwrap_or_default()
    }
}

/// Tells every process of `event` once the transaction of `conn` is on disk.
pub(super) async fn notify(conn: &mut Conn, event: Event) -> Result<()> {
    conn.execute("SELECT pg_notify($1, $2)", params![CHANNEL, event.payload()]).await?;
    Ok(())
}

/// Tells every process of what is on disk already, beside whoever changed it: what comes while something is being told
/// is told together.
#[derive(Clone)]
pub(super) struct Announcer {
    gathered: Arc<Gathered>,
}

#[derive(Default)]
struct Gathered {
    events: Mutex<Vec<Event>>,
    more: Notify,
}

impl Gathered {
    fn add(&self, events: Vec<Event>) {
        let mut gathered = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            if !gathered.contains(&event) {
                gathered.push(event);
            }
        }
    }

    /// Tells what has gathered; what could not be told stays.
    async fn tell(&self, pool: &PgPool) -> sqlx::Result<()> {
        let events = std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner));
        if events.is_empty() {
            return Ok(());
        }
        let payloads: Vec<String> = events.iter().map(|event| event.payload()).collect();
        let told = sqlx::query("SELECT pg_notify($1, event) FROM unnest($2) AS event")
            .bind(CHANNEL)
            .bind(payloads)
            .execute(pool)
            .await;
        told.map(drop).inspect_err(|_| self.add(events))
    }
}

impl Announcer {
    /// One that tells until `pool` is closed.
    pub(super) fn start(pool: &PgPool) -> Self {
        let gathered = Arc::<Gathered>::default();
        let announcer = Self { gathered: gathered.clone() };
        let pool = pool.clone();
        tokio::spawn(async move {
            while !pool.is_closed() {
                tokio::select! {
                    () = gathered.more.notified() => {}
                    () = pool.close_event() => return,
                }
                if let Err(error) = gathered.tell(&pool).await {
                    tracing::warn!(%error, "events could not be told to other processes");
                    tokio::time::sleep(AGAIN).await;
                    gathered.more.notify_one();
                }
            }
        });
        announcer
    }

    /// Tells of `events` soon.
    pub(super) fn gather(&self, events: Vec<Event>) {
        if !events.is_empty() {
            self.gathered.add(events);
            self.gathered.more.notify_one();
        }
    }

    /// Tells what has gathered before the pool is closed.
    pub(super) async fn finish(&self, pool: &PgPool) {
        if let Err(error) = self.gathered.tell(pool).await {
            tracing::warn!(%error, "events could not be told to other processes");
        }
    }
}

/// Passes on to `events` what any process tells, until `pool` is closed.
pub(super) async fn listen(pool: &PgPool, events: broadcast::Sender<Event>) -> Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    tokio::spawn(pass_on(pool.clone(), listener, events));
    Ok(())
}

/// Passes on what any process tells, until the pool is closed. While the database is gone nothing can be heard: what
/// was missed by then is told as such.
async fn pass_on(pool: PgPool, mut listener: PgListener, events: broadcast::Sender<Event>) {
    loop {
        // Once the connection is lost there is an error, or nothing.
        while let Ok(Some(notification)) = listener.try_recv().await {
            if let Ok(event) = serde_json::from_str(notification.payload()) {
                // Nobody listening is no error.
                let _ = events.send(event);
            }
        }
        tracing::warn!("events of other processes cannot be heard");
        listener = loop {
            if pool.is_closed() {
                return;
            }
            tokio::time::sleep(AGAIN).await;
            if let Ok(mut again) = PgListener::connect_with(&pool).await
                && again.listen(CHANNEL).await.is_ok()
            {
                break again;
            }
        };
        tracing::info!("events of other processes are heard again");
        let _ = events.send(Event::Missed);
    }
}
