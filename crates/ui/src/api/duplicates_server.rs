//! The server's side of [`super`].

use atelier_domain::Endpoint;
use atelier_service::{AppName, Error};

use super::{ALIKE_FROM, Duplicates};
use crate::api::apps::{if_allowed, place, refusal};
use crate::api::concepts::offered;
use crate::api::inputs::server::with_concepts;
use crate::error::UiError;
use crate::server::{service, who};

/// How many groups are shown, and how many inputs of each.
const GROUPS: usize = 30;
const OF_EACH: usize = 12;

pub(super) async fn get(owner: &str, app: &str, from: &str) -> Result<Duplicates, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let from = from.parse().ok().filter(|from| ALIKE_FROM.contains(from)).unwrap_or(ALIKE_FROM[0]);
    let found = service.find_duplicates(&who, &app, f32::from(from) / 100.0).await?.value;
    let concepts = offered(&app).await?;
    let more = found.groups.len().saturating_sub(GROUPS);
    let mut groups = Vec::with_capacity(GROUPS);
    for group in found.groups.into_iter().take(GROUPS) {
        let (rows, alike): (Vec<_>, Vec<f32>) = group.into_iter().take(OF_EACH).unzip();
        groups.push(with_concepts(&app, rows, &concepts).await?.into_iter().zip(alike).collect());
    }
    Ok(Duplicates {
        place,
        from,
        groups,
        more,
        is_all: found.is_all,
        waiting: if_allowed(service.embedding_counts(&who, &app).await)?.map_or(0, |counts| counts.waiting),
        no_deletion: refusal(service.get_app(&who, &app, Endpoint::DeleteInputs).await)?,
    })
}

pub(super) async fn delete(owner: &str, app: &str, chosen: &[String]) -> Result<(), UiError> {
    let app = AppName::of(owner, app);
    // Whoever may not is told so, whatever is chosen.
    service().get_app(&who(), &app, Endpoint::DeleteInputs).await?;
    if chosen.is_empty() {
        return Err(Error::invalid("chosen", "must be at least one input").into());
    }
    service().delete_inputs(&who(), &app, Endpoint::DeleteInputs, chosen).await?;
    Ok(())
}
