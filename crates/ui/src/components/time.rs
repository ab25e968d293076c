//! Points in time, as people say them.

use leptos::prelude::*;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The time at which the page was rendered, in microseconds UTC. The server provides it, and the browser takes over
/// the same one, so that both write the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now(pub i64);

/// Hands the server's [`Now`] to every [`Time`] of the page, in the browser too.
pub(crate) fn provide_now() {
    let rendered_at =
        SharedValue::new(|| use_context::<Now>().map_or_else(browser_now, |now| now.0)).into_inner();
    provide_context(Now(rendered_at));
}

/// The browser's clock, for pages that no server rendered.
#[cfg(not(feature = "ssr"))]
fn browser_now() -> i64 {
    // Milliseconds since 1970 are far within what an `f64` holds exactly.
    js_sys::Date::now() as i64 * 1000
}

/// A server that provides no time renders dates instead of distances.
#[cfg(feature = "ssr")]
fn browser_now() -> i64 {
    0
}

/// A point in time: how far away it is, with the exact one as title.
///
/// # Panics
/// Outside [`App`](crate::App).
#[component]
pub fn Time(
    /// Microseconds UTC.
    at: i64,
) -> impl IntoView {
    let Now(now) = expect_context();
    let exact = Exact::of(at);
    view! {
        <time datetime=exact.machine() title=exact.human()>
            {relative(now, at)}
        </time>
    }
}

/// How far `at` is from `now`, both in microseconds: "just now", "3 hours ago", "in 2 days"; a date beyond 30 days.
///
/// ```
/// # use atelier_ui::components::time::relative;
/// const HOUR: i64 = 3_600_000_000;
/// assert_eq!(relative(HOUR, HOUR), "just now");
/// assert_eq!(relative(4 * HOUR, HOUR), "3 hours ago");
/// assert_eq!(relative(0, 48 * HOUR), "in 2 days");
/// assert_eq!(relative(2000 * HOUR, 0), "1970-01-01");
/// ```
pub fn relative(now: i64, at: i64) -> String {
    let seconds = at.saturating_sub(now) / 1_000_000;
    let distance = seconds.abs();
    let (count, unit) = match distance {
        ..MINUTE => return "just now".to_owned(),
        MINUTE..HOUR => (distance / MINUTE, "minute"),
        HOUR..DAY => (distance / HOUR, "hour"),
        _ if distance <= 30 * DAY => (distance / DAY, "day"),
        _ => return Exact::of(at).date(),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds < 0 { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
}

/// A point in time as calendar and clock show it in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Exact {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Exact {
    /// From microseconds. A calendar library would weigh more than the rest of the kit.
    fn of(microseconds: i64) -> Self {
        let seconds = microseconds.div_euclid(1_000_000);
        let of_day = seconds.rem_euclid(DAY);
        // Days are counted from 0000-03-01, so that the leap day is a year's last: then months follow a formula, and
        // 400 years (146,097 days) repeat.
        let days = seconds.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Self {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month,
            day: of_year - (153 * month_from_march + 2) / 5 + 1,
            hour: of_day / HOUR,
            minute: of_day % HOUR / MINUTE,
            second: of_day % MINUTE,
        }
    }

    fn date(self) -> String {
        let Self { year, month, day, .. } = self;
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// For the `datetime` attribute.
    fn machine(self) -> String {
        let Self { hour, minute, second, .. } = self;
        format!("{}T{hour:02}:{minute:02}:{second:02}Z", self.date())
    }

    /// For the title.
    fn human(self) -> String {
        let Self { hour, minute, .. } = self;
        format!("{} {hour:02}:{minute:02} UTC", self.date())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let at = |seconds: i64| Exact::of(seconds * 1_000_000).machine();
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_735_689_599), "2024-12-31T23:59:59Z");
        assert_eq!(at(-1), "1969-12-31T23:59:59Z");
        assert_eq!(at(4_107_542_400), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(relative(0, -60_000_000), "1 minute ago");
        assert_eq!(relative(0, 86_400_000_000), "in 1 day");
    }
}
