//! Checking a chain, link by link, in memory that does not grow with it.

use std::collections::BTreeMap;

use atelier_domain::Hex;
use atelier_store::chain::{Hash, Link, digest};
use atelier_store::queries::audit::AuditRow;

use super::fault::{Fault, Source, Told};

/// How many faults are told one by one.
const TOLD: usize = 1_000;

/// Of how many entries that do not fit it is found out whether they only changed places: each is tried at each.
const TRIED: usize = 48;

/// Checks a chain while its links are shown to it in order.
#[derive(Debug, Default)]
pub struct Checker {
    /// What the hashes at some places have to be.
    known: BTreeMap<i64, Vec<(Hash, Source)>>,
    last: Option<Seen>,
    count: u64,
    suspects: Vec<Suspect>,
    found: Found,
}

/// Faults: at most [`TOLD`] of them, and how many more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Those that are told.
    pub faults: Vec<Fault>,
    /// How many more there are.
    pub more: u64,
}

impl Found {
    pub(super) fn add(&mut self, fault: Fault) {
        if self.faults.len() < TOLD {
            self.faults.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.faults.is_empty()
    }
}

/// What a checker has found out.
#[derive(Clone, Debug)]
pub struct Checked {
    /// How many entries are linked.
    pub count: u64,
    /// The last link.
    pub head: Option<Link>,
    /// What is wrong.
    pub found: Found,
}

/// The link that was shown last.
#[derive(Clone, Copy, Debug)]
struct Seen {
    link: Link,
    /// What it should be by its entry, where that is something else.
    by_entry: Option<Hash>,
}

/// A link that does not fit its entry.
#[derive(Debug)]
struct Suspect {
    /// The link before it, as it stands.
    previous: Hash,
    link: Link,
    digest: Hash,
    entry: Told,
    /// Whether the next link fits to what this one should be: then it is this one that was changed.
    is_link: bool,
}

impl Checker {
    /// A checker of a chain from its beginning.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that the chain has to have `link`, as `source` says.
    pub fn expect(&mut self, link: Link, source: Source) {
        self.known.entry(link.position).or_default().push((link.hash, source));
    }

    /// Takes the next link, whose hash is `hash`, and its entry, or the identifier of one that is not there.
    pub fn see(&mut self, position: i64, hash: &[u8], entry: Result<&AuditRow, String>) {
        let before = self.last.unwrap_or(Seen { link: Link::START, by_entry: None });
        if position <= before.link.position {
            self.found.add(Fault::OutOfOrder { position, after: before.link.position });
            return;
        }
        self.count += 1;
        // Bytes that are no hash fit nothing, either.
        let hash = hash.try_into().map_or(Link::START.hash, Hex);
        let link = Link { position, hash };
        for (known, source) in self.known.remove(&position).unwrap_or_default() {
            if known != hash {
                self.found.add(Fault::RootDiffers { source, link: Link { position, hash: known } });
            }
        }
        let is_gap = position - 1 > before.link.position;
        if is_gap {
            self.found.add(Fault::Removed { from: before.link.position + 1, to: position - 1 });
        }
        let by_entry = match entry {
            Ok(entry) if !is_gap => self.compare(before, link, entry),
            Ok(_) => None,
            Err(id) => {
                self.found.add(Fault::EntryRemoved { position, id });
                None
            }
        };
        self.last = Some(Seen { link, by_entry });
    }

    /// Answers what `link` should be by its entry, if it is something else.
    fn compare(&mut self, before: Seen, link: Link, entry: &AuditRow) -> Option<Hash> {
        let digest = digest(entry);
        let should = before.link.followed_by(&digest).hash;
        if should == link.hash {
            return None;
        }
        if let Some(by_entry) = before.by_entry
            && at(by_entry, link.position, &digest) == link.hash
        {
            if let Some(suspect) = self.suspects.last_mut() {
                suspect.is_link = true;
            }
            return None;
        }
        if self.suspects.len() < TOLD {
            let (previous, entry) = (before.link.hash, Told::of(entry));
            self.suspects.push(Suspect { previous, link, digest, entry, is_link: false });
        } else {
            self.found.more += 1;
        }
        Some(should)
    }

    /// What was found out, once the last link was seen.
    #[must_use]
    pub fn finish(mut self) -> Checked {
        for number in 0..self.suspects.len() {
            if let Some(fault) = self.judge(number) {
                self.found.add(fault);
            }
        }
        let last = self.last.map_or(0, |seen| seen.link.position);
        for (position, known) in std::mem::take(&mut self.known) {
            // What is known of a gap is told already.
            for (hash, source) in known.into_iter().filter(|_| position > last) {
                self.found.add(Fault::Short { source, link: Link { position, hash }, last });
            }
        }
        Checked { count: self.count, head: self.last.map(|seen| seen.link), found: self.found }
    }

    /// What is wrong with a suspect: nothing, if it fits to a link that stands elsewhere now.
    fn judge(&self, number: usize) -> Option<Fault> {
        let suspect = &self.suspects[number];
        let position = suspect.link.position;
        if suspect.is_link {
            return Some(Fault::LinkChanged { position, entry: suspect.entry.clone() });
        }
        let tried = self.suspects.get(..TRIED).unwrap_or(&self.suspects);
        let before = tried.iter().map(|other| other.link.hash).chain([suspect.previous]);
        for previous in before {
            for other in tried {
                let fitting = at(previous, position, &other.digest);
                if fitting != suspect.link.hash && fitting != other.link.hash {
                    continue;
                }
                let stands = other.link.position;
                return (stands != position).then(|| Fault::Moved {
                    position: stands,
                    belongs: position,
                    entry: other.entry.clone(),
                });
            }
        }
        Some(Fault::Changed { position, entry: suspect.entry.clone() })
    }
}

/// The hash of the entry of this digest at `position`, after the link `previous`.
fn at(previous: Hash, position: i64, digest: &Hash) -> Hash {
    Link { position: position - 1, hash: previous }.followed_by(digest).hash
}

#[cfg(test)]
mod tests {
    use atelier_domain::Timestamp;
    use atelier_domain::id::AuditId;
    use uuid::Uuid;

    use super::*;

    /// A chain of `count` entries.
    fn chain(count: u128) -> Vec<(Link, AuditRow)> {
        let mut last = Link::START;
        let linked = |number| {
            let entry = AuditRow {
                id: AuditId(Uuid::from_u128(number)),
                at: Timestamp::from_micros(0),
                app_id: None,
                actor_id: None,
                actor: "Ada".into(),
                key_id: None,
                action: "key.revoked".into(),
                subject_id: None,
                subject: format!("key {number}"),
                before_state: None,
                after_state: None,
                address: String::new(),
                user_agent: String::new(),
            };
            last = last.followed_by(&digest(&entry));
            (last, entry)
        };
        (1..=count).map(linked).collect()
    }

    fn check<'a>(links: impl IntoIterator<Item = &'a (Link, AuditRow)>) -> Checked {
        let mut checker = Checker::new();
        links.into_iter().for_each(|(link, entry)| checker.see(link.position, &link.hash.0, Ok(entry)));
        checker.finish()
    }

    #[test]
    fn a_chain_that_fits_has_no_fault() {
        let chain = chain(100);
        let checked = check(&chain);
        assert!(checked.found.is_nothing());
        assert_eq!((checked.count, checked.head), (100, chain.last().map(|(link, _)| *link)));
    }

    #[test]
    fn however_many_faults_there_are_some_are_told_and_all_are_counted() {
        let mut chain = chain(3_000);
        // One entry less, and every later one in the place of the one before.
        chain.remove(9);
        for (link, _) in &mut chain[9..] {
            link.position -= 1;
        }
        let Found { faults, more } = check(&chain).found;
        assert_eq!((faults.len(), more), (TOLD, 2_990 - TOLD as u64));
        assert!(matches!(faults[0], Fault::Changed { position: 10, .. }), "{:?}", faults[0]);
    }

    #[test]
    fn several_that_changed_places_are_told_apart_from_one_that_was_changed() {
        let mut chain = chain(40);
        let entries: Vec<AuditRow> = chain.iter().map(|(_, entry)| entry.clone()).collect();
        // A circle of three, and one that says something else.
        for (to, from) in [(4, 19), (19, 29), (29, 4)] {
            chain[to].1 = entries[from].clone();
        }
        chain[35].1.subject = "another key".into();
        let found = check(&chain).found.faults;
        let moved = |fault: &Fault| match fault {
            Fault::Moved { position, belongs, .. } => Some((*position, *belongs)),
            _ => None,
        };
        assert_eq!(found.iter().filter_map(moved).collect::<Vec<_>>(), [(30, 5), (5, 20), (20, 30)]);
        assert!(matches!(found[3], Fault::Changed { position: 36, .. }) && found.len() == 4, "{found:?}");
    }

    #[test]
    fn a_place_that_was_there_before_is_out_of_order() {
        let chain = chain(4);
        let found = check([&chain[0], &chain[1], &chain[0], &chain[2], &chain[3]]).found.faults;
        assert_eq!(found, [Fault::OutOfOrder { position: 1, after: 2 }]);
    }
}
