//! Identifiers: UUIDv7 inside, never shown to people, ordered by the time they were made, to the microsecond.

use uuid::Uuid;

use crate::time::Timestamp;

/// Randomness of one identifier.
pub type Salt = [u8; 10];

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identifier of the given moment.
            #[must_use]
            pub fn new(now: Timestamp, salt: &Salt) -> Self {
                Self(of_moment(now, *salt))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.simple().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )+};
}

/// UUIDv7 keeps the milliseconds. The microseconds stand in the twelve bits behind them.
fn of_moment(now: Timestamp, mut salt: Salt) -> Uuid {
    let micros = u64::try_from(now.micros()).unwrap_or_default();
    let [.., high, low] = (micros % 1_000).to_be_bytes();
    [salt[0], salt[1]] = [high, low];
    uuid::Builder::from_unix_timestamp_millis(micros / 1_000, &salt).into_uuid()
}

/// How many identifiers one moment can put in order: see [`InputId::nth`].
pub const IN_ORDER: usize = 1 << 14;

impl InputId {
    /// The identifier of the `index`th of the things that are made at one moment, of which there may be [`IN_ORDER`]:
    /// each comes after those of a lower index.
    #[must_use]
    pub fn nth(now: Timestamp, index: u16, salt: &Salt) -> Self {
        let mut salt = *salt;
        // Right behind the moment; UUIDv7 takes the highest two bits of these for itself.
        [salt[2], salt[3]] = index.to_be_bytes();
        Self(of_moment(now, salt))
    }
}

impl AuditId {
    /// This identifier if it comes after `last`. Else, since clocks differ and stand still, one of the same randomness
    /// that does: of the microsecond after that of `last`.
    #[must_use]
    pub fn after(self, last: Self) -> Self {
        if self > last {
            return self;
        }
        let (millis, micros) = (last.0.as_u128() >> 80, (last.0.as_u128() >> 64) & 0xfff);
        let next = millis.saturating_mul(1_000).saturating_add(micros).saturating_add(1);
        let [.., s2, s3, s4, s5, s6, s7, s8, s9] = self.0.into_bytes();
        let salt = [0, 0, s2, s3, s4, s5, s6, s7, s8, s9];
        Self::new(Timestamp::from_micros(i64::try_from(next).unwrap_or(i64::MAX)), &salt)
    }
}

ids! {
    /// A person's account.
    UserId;
    /// An app.
    AppId;
    /// A grant: one person's rights in one app, active or still pending.
    GrantId;
    /// A personal access token or app key.
    KeyId;
    /// A browser session.
    SessionId;
    /// Who somebody is to a provider by which they sign in.
    IdentityId;
    /// A passkey by which somebody signs in.
    PasskeyId;
    /// An entry of the audit list.
    AuditId;
    /// A picture or text.
    InputId;
    /// A named set of inputs.
    DatasetId;
    /// A dataset as it was at one moment.
    DatasetVersionId;
    /// An annotation on an input.
    AnnotationId;
    /// A job that adds inputs.
    JobId;
    /// Something that is done to many inputs at once.
    BatchId;
    /// A relation between two concepts.
    RelationId;
    /// A task.
    TaskId;
    /// What a reviewer said of an assignment.
    AssignmentReviewId;
    /// A collector.
    CollectorId;
    /// A workflow.
    WorkflowId;
    /// A workflow as it was at one moment.
    WorkflowVersionId;
    /// A model of an app.
    ModelId;
    /// A model as it was trained once.
    ModelVersionId;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Randomness that would turn any order round that it had a say in.
    fn falling(index: u16) -> Salt {
        [u8::MAX - u8::try_from(index % 256).unwrap_or_default(); 10]
    }

    #[test]
    fn identifiers_are_ordered_by_microseconds() {
        let moments = [0, 1, 999, 1_000, 1_001, 1_767_268_800_000_000, 1_767_268_800_000_001];
        let ids = moments
            .iter()
            .zip(0..)
            .map(|(micros, index)| AnnotationId::new(Timestamp::from_micros(*micros), &falling(index)));
        let ids: Vec<_> = ids.collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| id.0.get_version_num() == 7));
    }

    #[test]
    fn an_entry_comes_after_the_one_before_whatever_its_clock_says() {
        let at = |micros| AuditId::new(Timestamp::from_micros(micros), &falling(7));
        let last = at(1_767_268_800_000_999);
        assert_eq!(at(1_767_268_800_001_000).after(last), at(1_767_268_800_001_000));
        for behind in [0, 1_767_268_800_000_000, 1_767_268_800_000_999] {
            assert_eq!(at(behind).after(last), at(1_767_268_800_001_000), "{behind}");
        }
        // Those that were not made of a moment at all.
        for strange in [Uuid::nil(), Uuid::from_u128(0xfff << 64), Uuid::from_u128(u128::MAX >> 20)] {
            let next = at(0).after(AuditId(strange));
            assert!(next > AuditId(strange), "{next} comes after {strange}");
        }
    }

    #[test]
    fn those_of_one_moment_are_ordered_by_their_index() {
        let now = Timestamp::from_micros(1_767_268_800_000_999);
        let last = u16::try_from(IN_ORDER - 1).unwrap();
        let ids: Vec<_> = (0..=last).map(|index| InputId::nth(now, index, &falling(index))).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids.iter().all(|id| id.0.get_version_num() == 7));
        let later = InputId::new(Timestamp::from_micros(1_767_268_800_001_000), &[0; 10]);
        assert!(ids.iter().all(|id| *id < later));
    }
}
