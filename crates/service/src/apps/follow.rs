//! Following an app: what changes in it while somebody has a page of it open.

use std::time::Duration;

use atelier_domain::id::AppId;
use atelier_domain::words::told_to_holder;
use atelier_domain::{Conditions, Endpoint, Permit, Rights, decide, decide_own};
use atelier_store::Event;
use atelier_store::queries::access::Target;
use atelier_store::queries::audit::{self, AuditRow};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::audit::Action;
use crate::{AppName, Error, Result, Service, Who};

/// How often it is asked whether the follower may still follow, though nothing was heard: sessions and grants also end
/// by time alone.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// What somebody who follows an app is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Who may do what has changed.
    Access,
    /// The app's inputs, concepts or annotations have changed.
    Data,
    /// What the follower may do has changed: how, and by whom, in a sentence.
    Own(String),
    /// There is nothing more to follow: why, in a sentence.
    Ended(String),
}

/// Somebody who follows an app.
pub struct Following {
    service: Service,
    who: Who,
    app: AppId,
    rights: Rights,
    events: Receiver<Event>,
    ticks: Interval,
    is_over: bool,
}

/// What an event comes to for somebody who follows an app.
enum Heard {
    Access,
    Data,
    /// Nothing that is told, but perhaps the end of it.
    Tick,
}

impl Service {
    /// Follows the app from now on.
    ///
    /// # Errors
    /// When the caller may not see it.
    pub async fn follow_app(&self, who: &Who, app: &AppName) -> Result<Following> {
        // First of all, so that what changes while it is asked is heard.
        let events = self.store.events();
        let mut tx = self.store.read().await?;
        let permit = self.permit(&mut tx, who, app, Endpoint::FollowApp, Conditions::NONE).await?.permit;
        let mut ticks = interval(LOOK_AGAIN);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Following {
            service: self.clone(),
            who: who.clone(),
            app: permit.app(),
            rights: *permit.rights(),
            events,
            ticks,
            is_over: false,
        })
    }
}

impl Following {
    /// Waits for what there is to tell next; none once it has ended, or when it cannot be decided whether the follower
    /// may still be told anything.
    pub async fn next(&mut self) -> Option<News> {
        while !self.is_over {
            let heard = self.heard().await?;
            let (permit, entry) = match self.ask().await {
                Ok(found) => found,
                Err(Error::Unauthenticated(_)) => {
                    return self.end("You were signed out. Sign in again to go on.".to_owned());
                }
                Err(_) => return None,
            };
            let Some(permit) = permit else {
                return self.end(farewell(entry.as_ref()));
            };
            let before = std::mem::replace(&mut self.rights, *permit.rights());
            if before != self.rights {
                let by = entry.as_ref().map(|entry| entry.actor.as_str());
                return Some(News::Own(told_to_holder(by, &before, &self.rights)));
            }
            match heard {
                Heard::Access => return Some(News::Access),
                Heard::Data => return Some(News::Data),
                Heard::Tick => {}
            }
        }
        None
    }

    /// Waits until there is a reason to ask again; none when nothing more can be heard.
    async fn heard(&mut self) -> Option<Heard> {
        loop {
            let event = tokio::select! {
                _ = self.ticks.tick() => return Some(Heard::Tick),
                event = self.events.recv() => event,
            };
            return Some(match event {
                Ok(Event::Access(app)) if app == self.app => Heard::Access,
                Ok(Event::Data(app)) if app == self.app => Heard::Data,
                // Whose it is would have to be asked first; it is seldom, and asking is cheap.
                Ok(Event::Person(_)) => Heard::Tick,
                Ok(Event::Access(_) | Event::Data(_)) => continue,
                // Some were missed, any of which may have been about this app.
                Ok(Event::Missed) | Err(RecvError::Lagged(_)) => Heard::Access,
                Err(RecvError::Closed) => return None,
            });
        }
    }

    /// The permit as it stands now, and what was last done to the follower's access. Nothing is noted as used: it is
    /// the page that asks, and an open page alone must not keep a session alive.
    async fn ask(&self) -> Result<(Option<Permit>, Option<AuditRow>)> {
        let now = self.service.world.now();
        let mut tx = self.service.store.read().await?;
        let access = self.service.look_up(&mut tx, &self.who, Target::Id(self.app)).await?;
        let permit = access.app.and_then(|app| {
            decide(&access.caller, app, &access.standing, Endpoint::FollowApp, Conditions::NONE, now).ok()
        });
        if permit.is_some_and(|permit| *permit.rights() == self.rights) {
            return Ok((permit, None));
        }
        let own = decide_own(&access.caller, Endpoint::ViewAccount, now)
            .map_err(|refusal| Error::refused(&refusal, &[]))?;
        let entry = audit::last_of_access(&mut tx, &own, self.app).await?;
        Ok((permit, entry))
    }

    fn end(&mut self, why: String) -> Option<News> {
        self.is_over = true;
        Some(News::Ended(why))
    }
}

/// Why somebody can no longer see an app, as far as what was last done to their access tells.
fn farewell(entry: Option<&AuditRow>) -> String {
    match entry {
        Some(entry) if entry.action == Action::CollaboratorRemoved.name() => {
            format!("You were removed from this app by {}.", entry.actor)
        }
        Some(entry) if entry.action == Action::CollaboratorLeft.name() => "You left this app.".to_owned(),
        _ => "This app was deleted, or your access to it has ended.".to_owned(),
    }
}
