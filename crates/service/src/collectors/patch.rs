//! Changing collectors: what they are for, how much they take, and whether they take anything.

use atelier_domain::collector::{Limits, Share, State};
use atelier_domain::{Conditions, Endpoint, Permit};
use atelier_store::queries::collectors;
use atelier_store::{Event, WriteTx};

use super::{Collector, check_count, check_limits, told};
use crate::audit::{Action, Actor, Done};
use crate::concepts::check_definition;
use crate::{AppName, Asked, Error, InApp, Result, Service, Who};

/// What somebody wants of a collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// That it takes what it may: also after it stopped, if its creator may again.
    Gather,
    /// That it takes nothing for a while.
    Rest,
}

/// What to change of a collector; what is not given stays. What it watches, and for whom it acts, stays in any case.
#[derive(Clone, Debug, Default)]
pub struct PatchCollector {
    /// Which collector.
    pub slug: String,
    /// What it is for.
    pub description: Option<String>,
    /// Which share of what is offered it takes.
    pub share: Option<Share>,
    /// How many it takes in an hour; `Some(None)` for no limit.
    pub per_hour: Option<Option<i64>>,
    /// How many it takes at all; `Some(None)` for no limit.
    pub in_total: Option<Option<i64>>,
    /// Whether it takes anything.
    pub wanted: Option<Wanted>,
}

impl Service {
    /// Changes collectors of the app, all of them or none, and answers them in this order. Whoever has one take more than
    /// before has to be allowed to add inputs themselves: it may act for somebody who is.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, a collector does not exist, or one is to go on whose creator may not
    /// do what it does.
    pub async fn patch_collectors(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<PatchCollector>,
    ) -> Result<InApp<Vec<Collector>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchCollectors, Conditions::NONE).await?;
        check_count(input.len())?;
        let mut value = Vec::with_capacity(input.len());
        for (index, change) in input.iter().enumerate() {
            let changed = self.patch_collector(&mut tx, (who, app), &asked, change).await;
            value.push(changed.map_err(|error| error.within("collectors", index))?);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    async fn patch_collector(
        &self,
        tx: &mut WriteTx,
        (who, app): (&Who, &AppName),
        asked: &Asked<Permit>,
        change: &PatchCollector,
    ) -> Result<Collector> {
        let permit = &asked.permit;
        let before = collectors::get_to_change(tx, permit, &change.slug).await?.ok_or(Error::NotFound)?;
        let description = change.description.as_deref().unwrap_or(&before.description);
        check_definition(description)?;
        let share = change.share.unwrap_or(before.share);
        let limits = Limits {
            per_hour: change.per_hour.unwrap_or(before.per_hour),
            in_total: change.in_total.unwrap_or(before.in_total),
        };
        check_limits(limits)?;
        // Also of one that is noted as gathering: its creator may have lost their rights since the last input.
        let goes_on = change.wanted == Some(Wanted::Gather);
        if goes_on || share > before.share || limits.exceed(before.limits()) {
            self.permit(tx, who, app, Endpoint::PostInputs, Conditions::NONE).await?;
        }
        if goes_on && let Err(reason) = self.ask_creator(tx, permit, &before, Conditions::NONE).await? {
            let why = format!("collector `{}` cannot go on: {reason}; make another one", before.slug);
            return Err(Error::Conflict(why));
        }
        let (state, reason) = match change.wanted {
            Some(Wanted::Gather) => (State::Gathering, None),
            Some(Wanted::Rest) => (State::Paused, None),
            None => (before.state, before.reason.as_deref()),
        };
        let now = self.world.now();
        collectors::update(tx, permit, before.id, description, (share, limits), (state, reason), now).await?;
        let after = collectors::get(tx, permit, &before.slug).await?.ok_or(Error::NotFound)?;
        let done = Done {
            app: Some(permit.app()),
            before: Some(told(&before)),
            after: Some(told(&after)),
            ..Done::new(Action::CollectorChanged, &before.slug)
        };
        self.audit(tx, Actor::in_app(asked, &who.origin), &done);
        self.stands_now(tx, permit, after).await
    }
}
