//! Limits on how often something may be done.
//!
//! Both kinds keep a moment (and one a count) for each subject; who keeps it, and where, is the caller's affair.

use crate::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};

/// So many at once, and as many again evenly over a span of time.
///
/// This is the generic cell rate algorithm: of each subject it keeps the one moment until which what was done is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    count: u32,
    span: i64,
}

/// Invitations that one person has mailed to addresses without an account.
pub const INVITATIONS: Allowance = Allowance::new(20, HOUR);
/// Letters that one person has mailed again.
pub const RESENT: Allowance = Allowance::new(5, HOUR);
/// Letters about an account that anybody can have mailed to one address: nobody's mailbox is flooded through us.
pub const ACCOUNT_LETTERS: Allowance = Allowance::new(5, HOUR);
/// Letters that tell one address that somebody was added to an app, by whomever.
pub const ADDED_LETTERS: Allowance = Allowance::new(20, HOUR);
/// Accounts that are made from one network address.
pub const SIGN_UPS: Allowance = Allowance::new(20, HOUR);

impl Allowance {
    /// `count` at once, and as many again over each `span` of microseconds.
    #[must_use]
    pub const fn new(count: u32, span: i64) -> Self {
        Self { count, span }
    }

    /// How many at once.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.count
    }

    /// Over which span, in microseconds.
    #[must_use]
    pub const fn span(self) -> i64 {
        self.span
    }

    /// After which time one more can be done, if all were.
    fn interval(self) -> i64 {
        self.span.checked_div(i64::from(self.count)).unwrap_or(self.span).max(1)
    }

    /// No more than all can be spent: a clock that was ahead for a while must not refuse for as long.
    fn believed(self, spent_until: Timestamp, now: Timestamp) -> Timestamp {
        spent_until.min(now.plus(self.span))
    }

    /// Does `number` more of a subject that has spent everything until `spent_until`; answers until when it has then.
    ///
    /// # Errors
    /// Microseconds until that can be done, when it is too early. More than [`Self::count`] at once never can.
    pub fn spend(self, number: u32, spent_until: Timestamp, now: Timestamp) -> Result<Timestamp, i64> {
        let from = self.believed(spent_until, now).max(now);
        let until = from.plus(self.interval().saturating_mul(i64::from(number)));
        let excess = until.since(now).saturating_sub(self.span);
        if excess > 0 { Err(excess) } else { Ok(until) }
    }

    /// How many more can be done now.
    #[must_use]
    pub fn left(self, spent_until: Timestamp, now: Timestamp) -> u32 {
        let spent = self.believed(spent_until, now).since(now).max(0);
        let left = self.span.saturating_sub(spent).max(0).checked_div(self.interval()).unwrap_or(0);
        u32::try_from(left).unwrap_or(u32::MAX).min(self.count)
    }
}

/// What is tried until it succeeds: so many times without a wait, then each failure doubles it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    free: u32,
    longest: i64,
    forgotten_after: i64,
}

/// Passwords that are tried for one account.
///
/// The longest wait is short enough that somebody who is locked out by a stranger gets in again soon (a new password, by
/// the link that is mailed, gets them in at once), and long enough that hardly more than a hundred passwords a day can be
/// tried.
pub const PASSWORDS_OF_ACCOUNT: BackOff = BackOff { free: 5, longest: 15 * MINUTE, forgotten_after: DAY };
/// Passwords that are tried from one network address, for whatever account. A whole team may share it, and sign in at
/// the same moment: more are free, and it is forgotten sooner. Each account has its own limit beside it.
pub const PASSWORDS_FROM_ADDRESS: BackOff = BackOff { free: 20, longest: 15 * MINUTE, forgotten_after: HOUR };

impl BackOff {
    /// After how long without another failure all are forgotten, in microseconds.
    #[must_use]
    pub const fn forgotten_after(self) -> i64 {
        self.forgotten_after
    }

    /// Of `failures` in a row, of which the last was at `last`, how many still count.
    #[must_use]
    pub fn counting(self, failures: u32, last: Timestamp, now: Timestamp) -> u32 {
        if now.since(last) < self.forgotten_after { failures } else { 0 }
    }

    /// Whether it may be tried after `failures` in a row, of which the last was at `last`.
    ///
    /// # Errors
    /// Microseconds until it may.
    pub fn check(self, failures: u32, last: Timestamp, now: Timestamp) -> Result<(), i64> {
        let counting = self.counting(failures, last, now);
        let Some(doublings) = counting.checked_sub(self.free) else { return Ok(()) };
        let wait = SECOND.saturating_mul(1 << doublings.min(30)).min(self.longest);
        // A clock that was ahead must not refuse for as long.
        let left = wait.saturating_sub(now.since(last).max(0));
        if left > 0 { Err(left) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_000 * DAY);
    const FIVE: Allowance = Allowance::new(5, HOUR);

    #[test]
    fn so_many_can_be_done_at_once_and_the_next_when_its_time_has_come() {
        let mut spent = START;
        for left in [4, 3, 2, 1, 0] {
            spent = FIVE.spend(1, spent, START).unwrap();
            assert_eq!(FIVE.left(spent, START), left);
        }
        assert_eq!(FIVE.spend(1, spent, START), Err(12 * MINUTE));
        let later = START.plus(12 * MINUTE);
        assert_eq!(FIVE.left(spent, later), 1);
        let spent = FIVE.spend(1, spent, later).unwrap();
        assert_eq!(FIVE.spend(1, spent, later), Err(12 * MINUTE));
        assert_eq!(FIVE.left(spent, START.plus(2 * HOUR)), 5);
    }

    #[test]
    fn over_any_time_no_more_is_done_than_the_allowance_and_what_grows_back() {
        let (mut spent, mut done) = (START, 0);
        for minute in 0..10 * 60 {
            let now = START.plus(minute * MINUTE);
            while let Ok(until) = FIVE.spend(1, spent, now) {
                spent = until;
                done += 1;
            }
        }
        assert_eq!(
            done,
            5 + 10 * 5 - 1,
            "five at once, then five an hour; the last of the tenth hour is not due yet"
        );
    }

    #[test]
    fn several_are_done_together_or_not_at_all() {
        let spent = FIVE.spend(3, START, START).unwrap();
        assert!(FIVE.spend(3, spent, START).is_err());
        assert_eq!(FIVE.left(FIVE.spend(2, spent, START).unwrap(), START), 0);
        assert!(FIVE.spend(6, START, START.plus(DAY)).is_err(), "more than all never");
    }

    #[test]
    fn a_clock_that_went_back_does_not_lend() {
        let spent = FIVE.spend(5, START, START).unwrap();
        assert!(FIVE.spend(1, spent, START.plus(-DAY)).is_err());
        assert_eq!(FIVE.left(spent, START.plus(-DAY)), 0);
    }

    #[test]
    fn a_clock_that_was_ahead_refuses_no_longer_than_what_is_spent() {
        let ahead = START.plus(365 * DAY);
        let spent = FIVE.spend(1, ahead, ahead).unwrap();
        assert_eq!(FIVE.spend(1, spent, START), Err(12 * MINUTE));
        assert_eq!(PASSWORDS_OF_ACCOUNT.check(5, ahead, START), Err(SECOND));
    }

    #[test]
    fn five_passwords_are_free_and_each_further_failure_doubles_the_wait() {
        let back_off = PASSWORDS_OF_ACCOUNT;
        for failures in 0..5 {
            assert_eq!(back_off.check(failures, START, START), Ok(()), "{failures}");
        }
        for (failures, seconds) in [(5, 1), (6, 2), (7, 4), (10, 32), (14, 512), (15, 900), (1_000, 900)] {
            let wait = seconds * SECOND;
            assert_eq!(back_off.check(failures, START, START), Err(wait), "{failures}");
            assert_eq!(back_off.check(failures, START, START.plus(wait - 1)), Err(1));
            assert_eq!(back_off.check(failures, START, START.plus(wait)), Ok(()));
        }
        assert_eq!(back_off.counting(40, START, START.plus(DAY - 1)), 40);
        assert_eq!(back_off.counting(40, START, START.plus(DAY)), 0);
    }

    #[test]
    fn hardly_more_than_a_hundred_passwords_are_tried_in_a_day() {
        let (mut now, mut last, mut failures) = (START, START, 0);
        while now.since(START) < DAY {
            match PASSWORDS_OF_ACCOUNT.check(failures, last, now) {
                Ok(()) => {
                    failures = PASSWORDS_OF_ACCOUNT.counting(failures, last, now) + 1;
                    last = now;
                }
                Err(wait) => now = now.plus(wait),
            }
        }
        assert!((100..115).contains(&failures), "{failures}");
    }
}
