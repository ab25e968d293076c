//! Making collectors.

use atelier_domain::collector::{Limits, Share, Watched};
use atelier_domain::id::{CollectorId, UserId};
use atelier_domain::{Condition, Conditions, Endpoint, Permit, ResourceId};
use atelier_store::queries::{collectors, tasks};
use atelier_store::{Event, WriteTx};

use super::{Collector, check_count, check_limits, told};
use crate::audit::{Action, Actor, Done};
use crate::concepts::check_definition;
use crate::{AppName, Asked, Error, InApp, Result, Service, Who};

/// What a collector is to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Inputs that programs send to it.
    Uploads,
    /// What is predicted by a model.
    Predictions(Predictions),
}

/// Which predictions a collector is to watch. What is empty is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Predictions {
    /// The owner of the model's app, which has to be that of the collector: what people predict with elsewhere is not for
    /// this app.
    pub owner: String,
    /// The model's app, likewise.
    pub app: String,
    /// By which model of the app.
    pub model: String,
    /// Only those by this version of it, if one is given.
    pub version: String,
    /// Only those that this person asks for, if somebody is named.
    pub caller: String,
    /// The key through which it acts, which has to be the one with which it is made.
    pub key: String,
}

/// A collector to be made.
#[derive(Clone, Debug)]
pub struct NewCollector {
    /// Its identifier; made, if nothing is given.
    pub slug: String,
    /// What it is for.
    pub description: String,
    /// What it watches.
    pub source: Source,
    /// Which share of what is offered it takes.
    pub share: Share,
    /// How many it takes at most.
    pub limits: Limits,
}

impl NewCollector {
    fn watched(&self) -> Watched {
        match self.source {
            Source::Uploads => Watched::Uploads,
            Source::Predictions(_) => Watched::Predictions,
        }
    }
}

impl Service {
    /// Makes collectors in the app, all of them or none, and answers them in this order. They act for the caller from now
    /// on, through the key with which they were made, if it was one.
    ///
    /// # Errors
    /// When the caller may not, or may not do themselves what the collectors are to do; when a value is not valid, or the
    /// app has a collector of one of the identifiers.
    pub async fn post_collectors(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<NewCollector>,
    ) -> Result<InApp<Vec<Collector>>> {
        let mut tx = self.store.write().await?;
        let predicts = input.iter().any(|new| new.watched() == Watched::Predictions);
        let conditions = Conditions::NONE.and(Condition::SourcePredicts, predicts);
        let asked = self.permit(&mut tx, who, app, Endpoint::PostCollectors, conditions).await?;
        check_count(input.len())?;
        let mut value = Vec::with_capacity(input.len());
        for (index, new) in input.iter().enumerate() {
            // The scopes are there by now. What is limited to certain endpoints may still not do what the collector does.
            for endpoint in new.watched().needs() {
                self.permit(&mut tx, who, app, *endpoint, Conditions::NONE).await?;
            }
            let added = self.add_collector(&mut tx, who, &asked, new).await;
            value.push(added.map_err(|error| error.within("collectors", index))?);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    async fn add_collector(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        asked: &Asked<Permit>,
        new: &NewCollector,
    ) -> Result<Collector> {
        let (now, permit) = (self.world.now(), &asked.permit);
        let id = CollectorId::new(now, &self.world.salt());
        let given = new.slug.trim();
        let slug = if given.is_empty() { id.to_string() } else { given.to_owned() };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        check_definition(&new.description)?;
        check_limits(new.limits)?;
        let (model, version, caller) = match &new.source {
            Source::Uploads => (None, None, None),
            Source::Predictions(of) => {
                check_place(asked, of)?;
                let version = Some(of.version.trim()).filter(|version| !version.is_empty());
                (
                    Some(named("model", &of.model)?),
                    version.map(|version| named("model_version", version)).transpose()?,
                    caller(tx, permit, &of.caller).await?,
                )
            }
        };
        let row = collectors::NewCollector {
            id,
            slug: slug.as_str(),
            description: &new.description,
            source: new.watched(),
            model: model.as_ref().map(ResourceId::as_str),
            model_version: version.as_ref().map(ResourceId::as_str),
            caller,
            share: new.share,
            limits: new.limits,
        };
        if !collectors::insert(tx, permit, &row, now).await? {
            return Err(Error::Taken(format!("duplicate collector `{slug}`: each is made once")));
        }
        let row = collectors::get(tx, permit, slug.as_str()).await?.ok_or(Error::NotFound)?;
        let done = Done {
            app: Some(permit.app()),
            after: Some(told(&row)),
            ..Done::new(Action::CollectorCreated, slug.as_str())
        };
        self.audit(tx, Actor::in_app(asked, &who.origin), &done);
        Ok(Collector { row, in_hour: 0 })
    }
}

/// Checks that the model is one of the app, and that nobody else's key is to be acted through.
fn check_place(asked: &Asked<Permit>, of: &Predictions) -> Result<()> {
    let is_here = (of.owner.is_empty() || of.owner.eq_ignore_ascii_case(&asked.app.owner))
        && (of.app.is_empty() || of.app == asked.app.app);
    if !is_here {
        return Err(Error::invalid("model", "must be a model of this app"));
    }
    let is_own = asked.permit.key().is_some_and(|key| key.to_string() == of.key);
    if !of.key.is_empty() && !is_own {
        return Err(Error::invalid(
            "key",
            "must be the key with which the collector is made, or not be given",
        ));
    }
    Ok(())
}

fn named(field: &str, text: &str) -> Result<ResourceId> {
    text.trim().parse().map_err(|error| Error::invalid(field, error))
}

/// The person of the app who is named, if somebody is.
async fn caller(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<UserId>> {
    let slug = slug.trim();
    if slug.is_empty() {
        return Ok(None);
    }
    let found = tasks::insiders(tx, permit, &[slug]).await?;
    match found.as_slice() {
        [person] => Ok(Some(person.user_id)),
        _ => Err(Error::invalid(
            "caller",
            format!("must be somebody who has access to this app: `{slug}` has none"),
        )),
    }
}
