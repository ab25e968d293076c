//! Collectors: what watches a source and gathers a sampled share of its inputs, as its creator's rights allow at that
//! moment. Make, list, change, delete; offer inputs to them.

mod creator;
mod delete;
mod gather;
mod list;
mod patch;
mod post;

pub use atelier_store::queries::collectors::CollectorRow;
pub use gather::{Became, Offered, Predicted};
pub use list::Collector;
pub use patch::{PatchCollector, Wanted};
pub use post::{NewCollector, Predictions, Source};

use atelier_domain::collector::{Limits, MOST, State};
use serde_json::{Value, json};

use crate::{Error, Result};

/// The most collectors that are added, changed or deleted at once.
pub const COLLECTORS: usize = 100;

fn check_count(count: usize) -> Result<()> {
    if count > COLLECTORS {
        return Err(Error::invalid("collectors", format!("must be at most {COLLECTORS} at once")));
    }
    Ok(())
}

fn check_limits(limits: Limits) -> Result<()> {
    for (field, limit) in [("limit_per_hour", limits.per_hour), ("limit_in_total", limits.in_total)] {
        if limit.is_some_and(|limit| !(1..=MOST).contains(&limit)) {
            return Err(Error::invalid(field, format!("must be between 1 and {MOST}")));
        }
    }
    Ok(())
}

/// Why a collector takes nothing, if it takes nothing.
fn check_gathering(row: &CollectorRow) -> Result<()> {
    let slug = &row.slug;
    match row.state {
        State::Gathering => Ok(()),
        State::Paused => Err(Error::Conflict(format!("collector `{slug}` is paused"))),
        State::Stopped => Err(Error::Conflict(has_stopped(slug, row.reason.as_deref().unwrap_or_default()))),
    }
}

fn has_stopped(slug: &str, reason: &str) -> String {
    format!("collector `{slug}` has stopped: {reason}")
}

/// A collector, as the audit list keeps it.
fn told(row: &CollectorRow) -> Value {
    json!({
        "source": row.source.name(),
        "model": row.model,
        "model_version": row.model_version,
        "caller": row.caller,
        "share": row.share.as_part(),
        "limit_per_hour": row.per_hour,
        "limit_in_total": row.in_total,
        "state": row.state.name(),
        "reason": row.reason,
        "creator": row.creator_slug,
    })
}
