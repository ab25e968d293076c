//! The collectors of an app.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]
#![expect(clippy::too_many_arguments, reason = "a server function's arguments are the fields of its form")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::apps::{App, AppPlace};
use super::segment;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use {
    super::{
        apps::{place, refusal},
        chosen::invalid,
    },
    crate::server,
    atelier_domain::collector::{Limits, Share, State, Watched},
    atelier_domain::{Endpoint, EndpointSet},
    atelier_service::{
        AppName, Error,
        collectors::{Collector, NewCollector, PatchCollector, Predictions, Source, Wanted},
        keys::CreateKey,
    },
};

/// How many collectors are shown.
#[cfg(feature = "ssr")]
const SHOWN: usize = 1_000;

/// How a collector stands at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It takes what it may.
    Gathering,
    /// It has taken what it may in this hour.
    FullForNow,
    /// It has taken all that it may.
    Full,
    /// Somebody has it rest.
    Paused,
    /// It stopped by itself.
    Stopped,
}

impl Standing {
    /// In a word or two.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Gathering => "gathering",
            Self::FullForNow => "full for this hour",
            Self::Full => "full",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
        }
    }
}

/// A collector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectorShown {
    /// Its identifier.
    pub slug: String,
    /// What it is for.
    pub description: String,
    /// The model whose predictions it watches, with its version; none, if it watches uploads.
    pub model: Option<String>,
    /// Whose predictions alone, if somebody's.
    pub caller: Option<String>,
    /// The share of what is offered that it takes, in a hundred.
    pub share: String,
    /// How it stands.
    pub standing: Standing,
    /// Why it stopped, if it did.
    pub reason: Option<String>,
    /// How many inputs it has gathered.
    pub gathered: i64,
    /// How many it gathers at most.
    pub in_total: Option<i64>,
    /// How many it has gathered in this hour.
    pub this_hour: i64,
    /// How many it gathers in an hour at most.
    pub per_hour: Option<i64>,
    /// When it gathered the last one, in microseconds UTC.
    pub last_at: Option<i64>,
    /// What its creator is called, with whose rights it acts.
    pub creator: String,
    /// Whether it acts through a key of theirs.
    pub has_key: bool,
    /// When it was made, in microseconds UTC.
    pub made_at: i64,
}

/// The collectors of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collectors {
    /// Where they stand.
    pub place: AppPlace,
    /// The collectors.
    pub collectors: Vec<CollectorShown>,
    /// Why the person cannot make any, if they cannot.
    pub no_addition: Option<String>,
}

/// One collector, and what the person can do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneCollectorShown {
    /// Where it stands.
    pub place: AppPlace,
    /// The collector.
    pub collector: CollectorShown,
    /// Where programs send inputs to, if it watches uploads.
    pub address: Option<String>,
    /// Why the person cannot make a key for that, if they cannot.
    pub no_key: Option<String>,
    /// Why the person cannot change it, if they cannot.
    pub no_change: Option<String>,
    /// Why the person cannot delete it, if they cannot.
    pub no_deletion: Option<String>,
}

/// The page of the collectors of an app.
pub fn collectors_path(app: &App) -> String {
    format!("{}/collectors", app.path())
}

/// The page of one of them.
pub fn collector_path(app: &App, collector: &str) -> String {
    format!("{}/{}", collectors_path(app), segment(collector))
}

/// The collectors of an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers; [`UiError::Forbidden`] without the right to see them.
#[server(name = ListCollectors, prefix = "/api", endpoint = "collectors/list")]
pub async fn list_collectors(owner: String, app: String) -> Result<Collectors, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let found = service.list_collectors(&who, &app, 0, SHOWN).await?.value;
    Ok(Collectors {
        place,
        collectors: found.into_iter().map(shown).collect(),
        no_addition: refusal(service.get_app(&who, &app, Endpoint::PostCollectors).await)?,
    })
}

/// One collector of an app.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is none; [`UiError::Forbidden`] without the right to see it.
#[server(name = GetCollector, prefix = "/api", endpoint = "collectors/get")]
pub async fn get_collector(
    owner: String,
    app: String,
    collector: String,
) -> Result<OneCollectorShown, UiError> {
    let (service, who) = (server::service(), server::who());
    let app = AppName::of(&owner, &app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let collector = shown(service.get_collector(&who, &app, &collector).await?.value);
    let address = collector.model.is_none().then(|| {
        let (owner, app) = (&place.app.owner, &place.app.slug);
        let id = segment(&collector.slug);
        format!("{}/v2/users/{owner}/apps/{app}/collectors/{id}/inputs", service.base_url())
    });
    Ok(OneCollectorShown {
        place,
        collector,
        address,
        no_key: refusal(service.get_app(&who, &app, Endpoint::PostCollectorInputs).await)?,
        no_change: refusal(service.get_app(&who, &app, Endpoint::PatchCollectors).await)?,
        no_deletion: refusal(service.get_app(&who, &app, Endpoint::DeleteCollectors).await)?,
    })
}

/// Makes a collector that acts for the person, and leads to it. `source` is `uploads`, or `predictions`, and then `model`
/// and what follows it say which. `share` is in a hundred; limits that are empty are none.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be accepted, [`UiError::Conflict`] if
/// there is one of that identifier.
#[server(name = AddCollector, prefix = "/api", endpoint = "collectors/add")]
pub async fn add_collector(
    owner: String,
    app: String,
    id: String,
    #[server(default)] description: String,
    source: String,
    #[server(default)] model: String,
    #[server(default)] model_version: String,
    #[server(default)] caller: String,
    share: String,
    #[server(default)] limit_per_hour: String,
    #[server(default)] limit_in_total: String,
) -> Result<(), UiError> {
    if id.trim().is_empty() {
        return Err(Error::invalid("id", "must not be empty").into());
    }
    let watched = source.parse().map_err(|error| Error::invalid("source", error))?;
    let source = match watched {
        Watched::Uploads => Source::Uploads,
        Watched::Predictions => Source::Predictions(Predictions {
            model,
            version: model_version,
            caller,
            ..Predictions::default()
        }),
    };
    let new = NewCollector {
        slug: id,
        description: description.trim().to_owned(),
        source,
        share: read_share(&share)?,
        limits: Limits {
            per_hour: read_limit("limit_per_hour", &limit_per_hour)?,
            in_total: read_limit("limit_in_total", &limit_in_total)?,
        },
    };
    let place = AppName::of(&owner, &app);
    let made = server::service().post_collectors(&server::who(), &place, vec![new]).await?.value;
    if let Some(made) = made.first() {
        leptos_axum::redirect(&format!("/{owner}/{app}/collectors/{}", segment(&made.row.slug)));
    }
    Ok(())
}

/// Changes what a collector is for and how much it gathers.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Invalid`] for what cannot be accepted.
#[server(name = ChangeCollector, prefix = "/api", endpoint = "collectors/change")]
pub async fn change_collector(
    owner: String,
    app: String,
    collector: String,
    #[server(default)] description: String,
    share: String,
    #[server(default)] limit_per_hour: String,
    #[server(default)] limit_in_total: String,
) -> Result<(), UiError> {
    let change = PatchCollector {
        slug: collector,
        description: Some(description.trim().to_owned()),
        share: Some(read_share(&share)?),
        per_hour: Some(read_limit("limit_per_hour", &limit_per_hour)?),
        in_total: Some(read_limit("limit_in_total", &limit_in_total)?),
        wanted: None,
    };
    server::service().patch_collectors(&server::who(), &AppName::of(&owner, &app), vec![change]).await?;
    Ok(())
}

/// Has a collector go on, or rest: `to` is `gather` or `rest`.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Conflict`] if its creator may not do what it does.
#[server(name = SetCollectorStanding, prefix = "/api", endpoint = "collectors/stand")]
pub async fn set_collector_standing(
    owner: String,
    app: String,
    collector: String,
    to: String,
) -> Result<(), UiError> {
    let wanted = if to == "gather" { Wanted::Gather } else { Wanted::Rest };
    let change = PatchCollector { slug: collector, wanted: Some(wanted), ..PatchCollector::default() };
    server::service().patch_collectors(&server::who(), &AppName::of(&owner, &app), vec![change]).await?;
    Ok(())
}

/// Deletes a collector, and leads to those that are left.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = DeleteCollector, prefix = "/api", endpoint = "collectors/delete")]
pub async fn delete_collector(owner: String, app: String, collector: String) -> Result<(), UiError> {
    server::service().delete_collectors(&server::who(), &AppName::of(&owner, &app), &[collector]).await?;
    leptos_axum::redirect(&format!("/{owner}/{app}/collectors"));
    Ok(())
}

/// Makes a key that sends inputs to the collectors of the app and does nothing else, and answers its secret: this is the
/// only time that it is shown. Of the owner it is an app key, of others a token that is bound to the app.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to send inputs to them.
#[server(name = MakeCollectorKey, prefix = "/api", endpoint = "collectors/make-key")]
pub async fn make_collector_key(owner: String, app: String, collector: String) -> Result<String, UiError> {
    let (service, who) = (server::service(), server::who());
    let place = AppName::of(&owner, &app);
    service.get_app(&who, &place, Endpoint::ViewApp).await?;
    let (_, asked) = service.get_app(&who, &place, Endpoint::PostCollectorInputs).await?;
    let name: String = collector.chars().take(60).collect();
    let input = CreateKey {
        description: format!("Sends to collectors: {name}"),
        scopes: Endpoint::PostCollectorInputs.needs(),
        endpoints: Some(EndpointSet::EMPTY.with(Endpoint::PostCollectorInputs)),
        app: Some(place),
        is_app_key: asked.permit.is_owner(),
        ..CreateKey::default()
    };
    Ok(service.create_key(&who, &input).await?.secret.expose().to_owned())
}

/// The share that was typed, in a hundred.
#[cfg(feature = "ssr")]
fn read_share(typed: &str) -> Result<Share, UiError> {
    let wrong = || invalid("share", "Enter a number above 0 and at most 100, such as 2.5.");
    let percent: f64 = typed.trim().trim_end_matches('%').trim_end().parse().map_err(|_| wrong())?;
    Share::new(percent / 100.0).map_err(|_| wrong())
}

/// The limit that was typed; none, if nothing was.
#[cfg(feature = "ssr")]
fn read_limit(field: &str, typed: &str) -> Result<Option<i64>, UiError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    typed.parse().map(Some).map_err(|_| invalid(field, "Enter a whole number, or nothing for no limit."))
}

#[cfg(feature = "ssr")]
fn shown(found: Collector) -> CollectorShown {
    use atelier_domain::Timestamp;
    let Collector { row, in_hour } = found;
    let is_at = |count: i64, limit: Option<i64>| limit.is_some_and(|most| count >= most);
    let standing = match row.state {
        State::Gathering if is_at(row.taken, row.in_total) => Standing::Full,
        State::Gathering if is_at(in_hour, row.per_hour) => Standing::FullForNow,
        State::Gathering => Standing::Gathering,
        State::Paused => Standing::Paused,
        State::Stopped => Standing::Stopped,
    };
    let model = row.model.map(|model| match row.model_version {
        Some(version) => format!("{model}, version {version}"),
        None => model,
    });
    CollectorShown {
        slug: row.slug,
        description: row.description,
        model,
        caller: row.caller,
        share: row.share.to_string().trim_end_matches(" %").to_owned(),
        standing,
        reason: row.reason,
        gathered: row.taken,
        in_total: row.in_total,
        this_hour: in_hour,
        per_hour: row.per_hour,
        last_at: row.taken_at.map(Timestamp::micros),
        creator: row.creator,
        has_key: row.key_id.is_some(),
        made_at: row.created_at.micros(),
    }
}
