//! Browser sessions: how long they last, and how long a proof of the password counts.

use crate::time::{DAY, HOUR, MINUTE, Timestamp};

/// A session that nobody used for this long is over.
pub const IDLE: i64 = 12 * HOUR;
/// A session is over after this long, however busy.
pub const ABSOLUTE: i64 = 14 * DAY;
/// For this long after the password was given, making keys and changing access asks for no other.
pub const PROOF: i64 = 15 * MINUTE;

/// Whether a password that was given at `proved` still counts.
#[must_use]
pub fn is_proved(proved: Timestamp, now: Timestamp) -> bool {
    now.since(proved) < PROOF
}

/// Whether a session begun at `begun` and last used at `seen` is still alive.
#[must_use]
pub fn is_alive(begun: Timestamp, seen: Timestamp, now: Timestamp) -> bool {
    now.since(begun) < ABSOLUTE && now.since(seen) < IDLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_counts_for_a_quarter_of_an_hour() {
        let given = Timestamp::from_micros(0);
        assert!(is_proved(given, given.plus(PROOF - 1)));
        assert!(!is_proved(given, given.plus(PROOF)));
    }

    /// ASVS 7.3.1, 7.3.2 and 7.4.1.
    #[test]
    fn idle_and_old_sessions_are_over() {
        let start = Timestamp::from_micros(0);
        assert!(is_alive(start, start, start.plus(IDLE - 1)));
        assert!(!is_alive(start, start, start.plus(IDLE)));
        let busy = start.plus(ABSOLUTE);
        assert!(!is_alive(start, busy, busy));
    }
}
