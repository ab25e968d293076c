//! What is found to be wrong with the audit list, in sentences.

use std::fmt;

use atelier_domain::Timestamp;
use atelier_store::chain::Link;
use atelier_store::queries::audit::AuditRow;

use super::root::PublicKey;

/// Which entry it is, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told(String);

impl Told {
    pub(super) fn of(entry: &AuditRow) -> Self {
        let AuditRow { id, at, actor, action, subject, .. } = entry;
        Self(format!("`{action}` `{subject}` by `{actor}` at {}, {id}", moment(*at)))
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names are what people chose: they must not be able to draw on somebody's terminal.
        self.0.chars().try_for_each(|c| {
            if c.is_control() { write!(f, "{}", c.escape_default()) } else { write!(f, "{c}") }
        })
    }
}

/// A moment as people read it.
fn moment(at: Timestamp) -> String {
    match jiff::Timestamp::from_microsecond(at.micros()) {
        Ok(at) => at.to_string(),
        Err(_) => format!("{} µs", at.micros()),
    }
}

/// A day as people read it.
fn day(at: Timestamp) -> String {
    moment(at).split('T').next().unwrap_or_default().to_owned()
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An entry is not what was linked.
    Changed {
        /// Its place.
        position: i64,
        /// What it says now.
        entry: Told,
    },
    /// A link is not that of its entry, which the next link confirms.
    LinkChanged {
        /// Its place.
        position: i64,
        /// What it links.
        entry: Told,
    },
    /// An entry stands where another one belongs.
    Moved {
        /// Where it stands.
        position: i64,
        /// Where it belongs.
        belongs: i64,
        /// What it says.
        entry: Told,
    },
    /// An entry is gone, and its link is there.
    EntryRemoved {
        /// Its place.
        position: i64,
        /// Its identifier.
        id: String,
    },
    /// Links are gone.
    Removed {
        /// The place of the first.
        from: i64,
        /// The place of the last.
        to: i64,
    },
    /// A link stands where none can be.
    OutOfOrder {
        /// What it says its place is.
        position: i64,
        /// The place of the one before.
        after: i64,
    },
    /// An entry has no link.
    Unlinked {
        /// What it says.
        entry: Told,
    },
    /// The chain has another hash than a root says.
    RootDiffers {
        /// Who says so.
        source: Source,
        /// What it says.
        link: Link,
    },
    /// The chain ends before a place that a root tells of.
    Short {
        /// Who says so.
        source: Source,
        /// What it says.
        link: Link,
        /// The last place.
        last: i64,
    },
    /// A root's signature is not that of its key, or it cannot be a root at all.
    Forged {
        /// Of which day.
        day: Timestamp,
    },
    /// A root is signed with a key that is not known.
    Unknown {
        /// Of which day.
        day: Timestamp,
        /// With which key.
        public_key: PublicKey,
    },
}

/// Who says what the hash at a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The signed root of the day that begins then.
    Root(Timestamp),
    /// What was kept elsewhere.
    Kept,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(at) => write!(f, "the signed root of {}", day(*at)),
            Self::Kept => f.write_str("the root that was kept elsewhere"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { position, entry } => {
                write!(f, "entry {position} was changed; it says now: {entry}")
            }
            Self::LinkChanged { position, entry } => {
                write!(f, "the link of entry {position} was changed; the entry itself was not: {entry}")
            }
            Self::Moved { position, belongs, entry } => {
                write!(f, "the order was changed: entry {position} belongs at {belongs}: {entry}")
            }
            Self::EntryRemoved { position, id } => write!(f, "entry {position} was removed: {id}"),
            Self::Removed { from, to } if from == to => write!(
                f,
                "entry {from} was removed, or at least its link if the entry is named as one without; what follows it \
                 can be checked only from entry {} on",
                to + 2
            ),
            Self::Removed { from, to } => write!(
                f,
                "entries {from} to {to} were removed, or at least their links if the entries are named as ones \
                 without; what follows them can be checked only from entry {} on",
                to + 2
            ),
            Self::OutOfOrder { position, after } => {
                write!(
                    f,
                    "the order was changed: a link says that it is at {position}, and stands after {after}"
                )
            }
            Self::Unlinked { entry } => {
                write!(
                    f,
                    "an entry has no link: it was added past the chain, or its link was removed: {entry}"
                )
            }
            Self::RootDiffers { source, link } => write!(
                f,
                "{source} says {link}, and the chain has another hash there: links up to {} were made anew, or the \
                 root was changed",
                link.position
            ),
            Self::Short { source, link, last } => write!(
                f,
                "{source} says {link}, and the chain ends at {last}: the last entries were removed with their links"
            ),
            Self::Forged { day: at } => {
                write!(f, "the root of {} was changed: its signature does not hold", day(*at))
            }
            Self::Unknown { day: at, public_key } => {
                write!(
                    f,
                    "the root of {} is signed with a key that is not known here: {public_key}",
                    day(*at)
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use atelier_domain::id::AuditId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn names_draw_nothing_on_a_terminal() {
        let entry = AuditRow {
            id: AuditId(Uuid::nil()),
            at: Timestamp::from_micros(i64::MAX),
            app_id: None,
            actor_id: None,
            actor: "\u{1b}[2JAda\n".into(),
            key_id: None,
            action: "app.created".into(),
            subject_id: None,
            subject: "Käse".into(),
            before_state: None,
            after_state: None,
            address: String::new(),
            user_agent: String::new(),
        };
        let told = Told::of(&entry).to_string();
        assert!(
            told.starts_with("`app.created` `Käse` by `\\u{1b}[2JAda\\n` at 9223372036854775807 µs"),
            "{told}"
        );
    }
}
