//! Identifiers: UUIDv7 inside, never shown to people, ordered by the time they were made.

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
                let millis = u64::try_from(now.micros() / 1000).unwrap_or_default();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, salt).into_uuid())
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
    /// An entry of the audit list.
    AuditId;
    /// A picture or text.
    InputId;
    /// An annotation on an input.
    AnnotationId;
    /// A job that adds inputs.
    JobId;
}
