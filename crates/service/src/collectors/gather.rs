//! Gathering: of the inputs that are offered to a collector, its share is taken, within its limits, for its creator.

use atelier_domain::collector::{Full, Watched};
use atelier_domain::id::InputId;
use atelier_domain::{Condition, Conditions, Endpoint, Permit, Place, ResourceId, Timestamp};
use atelier_store::queries::collectors::{self, CollectorRow};
use atelier_store::queries::inputs::{self, InputRow};
use atelier_store::{Event, WriteTx};
use tracing::Instrument as _;

use super::{check_gathering, has_stopped};
use crate::audit::{Action, Actor, Done};
use crate::inputs::{INPUTS, NewInput, Stored, check_metadata};
use crate::measures::Adding;
use crate::{AppName, Error, Origin, Result, Service, Who};

/// What became of an input that was offered.
#[derive(Clone, Debug)]
pub enum Became {
    /// It is in the app now.
    Gathered(Box<InputRow>),
    /// It does not belong to the sample.
    NotSampled,
    /// It belongs to the sample, and a limit is reached.
    OverLimit(Full),
    /// It could not be taken.
    Refused(Error),
}

/// An input that was offered to a collector.
#[derive(Clone, Debug)]
pub struct Offered {
    /// To which collector.
    pub collector: String,
    /// By which identifier it was offered; none, if one was to be made.
    pub slug: String,
    /// What became of it.
    pub became: Became,
}

/// By what something was predicted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicted {
    /// The model of the app.
    pub model: String,
    /// Its version.
    pub version: String,
}

impl Service {
    /// Offers inputs to a collector of the app that watches what is sent to it, and answers what became of each, in their
    /// order. Whoever offers them need not be who made it: each input that is taken is added by its creator, whose permit is
    /// asked for in the transaction that adds it. `unreadable` is how many more there were that could not be read.
    ///
    /// # Errors
    /// When the caller may not, there is no such collector, it watches something else or takes nothing, or the request
    /// names no inputs or too many.
    pub async fn offer_to_collector(
        &self,
        who: &Who,
        app: &AppName,
        slug: &str,
        inputs: Vec<NewInput>,
        unreadable: usize,
    ) -> Result<Vec<Offered>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostCollectorInputs, Conditions::NONE).await?;
        let collector = collectors::get(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)?;
        drop(tx);
        if collector.source != Watched::Uploads {
            let why =
                format!("must be one that watches uploads: `{slug}` watches the predictions of a model");
            return Err(Error::invalid("collector_id", why));
        }
        check_gathering(&collector)?;
        if !(1..=INPUTS).contains(&inputs.len().saturating_add(unreadable)) {
            return Err(Error::invalid("inputs", format!("must be between 1 and {INPUTS}")));
        }
        let offer = Offer { by: asked.permit, sender: Some((who.clone(), app.clone())), collector };
        self.gather_all(offer, inputs).await
    }

    /// Offers what was predicted to the collectors of the app that watch the model, once the prediction is answered.
    /// `predicted` is the permit by which it was asked for. Collectors that stopped meanwhile are passed over.
    ///
    /// # Errors
    /// When it cannot be found out which collectors there are. What became of each input is in the answer.
    pub async fn collect(
        &self,
        predicted: &Permit,
        by: &Predicted,
        inputs: &[NewInput],
    ) -> Result<Vec<Offered>> {
        let mut tx = self.store.read().await?;
        let watching = collectors::watching(&mut tx, predicted, &by.model, &by.version).await?;
        drop(tx);
        let mut offered = Vec::new();
        for collector in watching {
            // What somebody predicts with twice is not gathered under an identifier of theirs, which may be taken.
            let anew = inputs.iter().map(|input| NewInput { slug: String::new(), ..input.clone() });
            offered.extend(
                self.gather_all(Offer { by: *predicted, sender: None, collector }, anew.collect()).await?,
            );
        }
        Ok(offered)
    }

    /// Beside the request, though followed with it: who hangs up in the middle leaves no bytes without a row.
    async fn gather_all(&self, offer: Offer, inputs: Vec<NewInput>) -> Result<Vec<Offered>> {
        let (service, at) = (self.clone(), self.world.now());
        let gathering = async move {
            let _counted = Adding::begin(inputs.len());
            let mut offered = Vec::with_capacity(inputs.len());
            for (index, input) in (0_u16..).zip(inputs) {
                let slug = input.slug.clone();
                let became = service.gather(&offer, (at, index), input).await;
                let became = became.unwrap_or_else(Became::Refused);
                offered.push(Offered { collector: offer.collector.slug.clone(), slug, became });
            }
            offered
        };
        self.background.spawn(gathering.in_current_span()).await.map_err(|_| Error::Unavailable)
    }

    async fn gather(&self, offer: &Offer, (at, index): (Timestamp, u16), input: NewInput) -> Result<Became> {
        let Offer { by, collector, .. } = offer;
        if !input.labels.is_empty() {
            // It would be said by the creator, who did not say it.
            let why = "must not say anything of the input: a collector gathers inputs alone";
            return Err(Error::invalid("data", why));
        }
        check_metadata(input.metadata.as_ref())?;
        if !collector.share.takes(collector.id, &input.content.digest()) {
            return Ok(Became::NotSampled);
        }
        // Bytes are not fetched, read and stored for what is not taken in the end. What counts is asked for again below.
        let mut tx = self.store.read().await?;
        let current = collectors::get(&mut tx, by, &collector.slug).await?.ok_or(Error::NotFound)?;
        drop(tx);
        check_gathering(&current)?;
        if let Err(full) = current.counts().one_more(current.limits(), self.world.now()) {
            return Ok(Became::OverLimit(full));
        }
        let id = InputId::nth(at, index, &self.world.salt());
        let slug = if input.slug.trim().is_empty() { id.to_string() } else { input.slug };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        let stored = self.store_content(by.app(), id, input.content).await?;
        let beside = Beside { metadata: input.metadata, place: input.place, datasets: input.datasets };
        let kept = self.keep_gathered(offer, (id, &slug), &stored, &beside).await;
        match &kept {
            Ok(Became::Gathered(_)) => {}
            // Whether it was committed is not known: bytes that are left over harm nobody, a row without its bytes does.
            Err(Error::Unavailable | Error::Internal { .. }) => {}
            Ok(_) | Err(_) => self.forget(stored.keys()).await,
        }
        kept
    }

    /// Adds an input for the creator of the collector, if they still may, and counts it.
    async fn keep_gathered(
        &self,
        offer: &Offer,
        (id, slug): (InputId, &ResourceId),
        stored: &Stored,
        beside: &Beside,
    ) -> Result<Became> {
        let now = self.world.now();
        let Offer { by, sender, collector } = offer;
        let mut tx = self.store.write().await?;
        // A long request ends where the access of whoever sent it does.
        if let Some((who, app)) = sender {
            self.permit(&mut tx, who, app, Endpoint::PostCollectorInputs, Conditions::NONE).await?;
        }
        // It holds the collector until the end of the transaction: whoever counts, counts from what was counted before.
        let current = collectors::get_to_change(&mut tx, by, &collector.slug).await?;
        let current = current.filter(|current| current.id == collector.id).ok_or(Error::NotFound)?;
        check_gathering(&current)?;
        let taken = match current.counts().one_more(current.limits(), now) {
            Ok(taken) => taken,
            Err(full) => return Ok(Became::OverLimit(full)),
        };
        let conditions = Conditions::NONE.and(Condition::NamesDatasets, !beside.datasets.is_empty());
        let asked = match self.ask_creator(&mut tx, by, &current, conditions).await? {
            Ok(asked) => asked,
            Err(reason) => return Err(self.stop_collector(tx, by, &current, &reason).await?),
        };
        let permit = &asked.permit;
        let input = stored.as_input(id, slug.as_str(), beside.metadata.as_ref(), beside.place);
        if inputs::insert(&mut tx, permit, &[input], now).await?.is_empty() {
            return Err(Error::Taken(format!("duplicate input `{slug}`: each is added once")));
        }
        let row = inputs::get(&mut tx, permit, slug.as_str()).await?.ok_or(Error::NotFound)?;
        self.put_into_datasets(&mut tx, permit, &beside.datasets, &row.slug).await?;
        collectors::count(&mut tx, permit, current.id, taken, now).await?;
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(Became::Gathered(Box::new(row)))
    }

    /// Has a collector take nothing any more, and answers what whoever offered the input is told.
    async fn stop_collector(
        &self,
        mut tx: WriteTx,
        by: &Permit,
        collector: &CollectorRow,
        reason: &str,
    ) -> Result<Error> {
        collectors::stop(&mut tx, by, collector.id, reason, self.world.now()).await?;
        // Nobody's act: whoever offered the input had no part in it.
        let origin = Origin::default();
        let actor = Actor { id: None, name: "Atelier", key: None, origin: &origin };
        let done = Done {
            app: Some(by.app()),
            after: Some(serde_json::json!({ "reason": reason, "creator": collector.creator_slug })),
            ..Done::new(Action::CollectorStopped, &collector.slug)
        };
        self.audit(&mut tx, actor, &done);
        tx.announce(Event::Data(by.app()));
        tx.commit().await?;
        Ok(Error::Conflict(has_stopped(&collector.slug, reason)))
    }
}

/// What all inputs that are offered at once have in common.
struct Offer {
    /// The permit by which they are offered.
    by: Permit,
    /// Who sends them, and to which app, to be asked for again at each of them; nobody, where they were predicted with.
    sender: Option<(Who, AppName)>,
    /// The collector, as it was when they were offered.
    collector: CollectorRow,
}

/// What is kept with an input, beside what it holds.
struct Beside {
    metadata: Option<serde_json::Value>,
    place: Option<Place>,
    datasets: Vec<String>,
}
