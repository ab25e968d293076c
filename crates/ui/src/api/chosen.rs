//! What forms say about scopes and ends, read on the server.

use atelier_domain::time::DAY;
use atelier_domain::{Preset, ScopeSet, Timestamp};

use crate::error::{FieldError, UiError};

/// The scopes of the preset that was chosen, or else those that were ticked.
pub(super) fn scopes(preset: &str, ticked: &[String]) -> Result<ScopeSet, UiError> {
    if let Some(preset) = Preset::from_slug(preset) {
        return Ok(preset.scopes());
    }
    ScopeSet::from_wire(ticked.iter().map(String::as_str))
        .map_err(|error| invalid("scopes", &error.to_string()))
}

/// The end that was chosen: `never`, a number of days, or `date`, and then the end of the day `ends_on`, UTC.
pub(super) fn end(ends: &str, ends_on: &str, now: Timestamp) -> Result<Option<Timestamp>, UiError> {
    match ends {
        "" | "never" => Ok(None),
        "date" => {
            let day: jiff::civil::Date =
                ends_on.parse().map_err(|_| invalid("ends_on", "Enter the last day, such as 2027-01-31."))?;
            let end = day
                .tomorrow()
                .and_then(|next| jiff::tz::TimeZone::UTC.to_timestamp(next.at(0, 0, 0, 0)))
                .map_err(|_| invalid("ends_on", "This day is too far away."))?;
            Ok(Some(Timestamp::from_micros(end.as_microsecond())))
        }
        days => {
            let days: i64 = days.parse().map_err(|_| invalid("ends", "Choose when the access ends."))?;
            Ok(Some(now.plus(days.clamp(0, 36_500) * DAY)))
        }
    }
}

/// One field that is not valid.
pub(super) fn invalid(field: &str, message: &str) -> UiError {
    UiError::Invalid { fields: vec![FieldError { field: field.into(), message: message.into() }] }
}
