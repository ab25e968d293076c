//! The chain of the audit list: each entry is hashed together with the link of the one before it, so that whoever keeps
//! one link can tell whether anything before it was changed, removed or put elsewhere.
//!
//! What is hashed does not depend on the database that gives it back. Every value has its kind and its length before
//! it, so that no two entries are hashed from the same bytes.

use std::fmt;
use std::str::FromStr;

use atelier_domain::Hex;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::queries::audit::AuditRow;

/// How entries are hashed, in case that this ever has to be done in another way.
const FORMAT: u8 = 1;

/// A SHA-256.
pub type Hash = Hex<32>;

/// A place in the chain, and the hash of everything up to it. As text: `42:9f86d0…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The place, from 1.
    pub position: i64,
    /// The hash.
    pub hash: Hash,
}

impl Link {
    /// What the first link follows.
    pub const START: Self = Self { position: 0, hash: Hex([0; 32]) };

    /// The link of the entry that follows, by what [`digest`] answers of it.
    #[must_use]
    pub fn followed_by(self, digest: &Hash) -> Self {
        let position = self.position.saturating_add(1);
        Self { position, hash: Hex(hash_at(&self.hash, position, digest)) }
    }
}

fn hash_at(previous: &Hash, position: i64, digest: &Hash) -> [u8; 32] {
    let hasher = Sha256::new_with_prefix([FORMAT]);
    hasher
        .chain_update(previous.0)
        .chain_update(position.to_be_bytes())
        .chain_update(digest.0)
        .finalize()
        .into()
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.position, self.hash)
    }
}

/// The text is no link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a position and a hash, such as `42:9f86d0…` with 64 hexadecimal digits")]
pub struct NoLink;

impl FromStr for Link {
    type Err = NoLink;

    fn from_str(text: &str) -> Result<Self, NoLink> {
        let (position, hash) = text.split_once(':').ok_or(NoLink)?;
        let (position, hash) = (position.parse().map_err(|_| NoLink)?, hash.parse().map_err(|_| NoLink)?);
        if position < 1 { Err(NoLink) } else { Ok(Self { position, hash }) }
    }
}

/// The hash of everything that an entry says.
#[must_use]
pub fn digest(entry: &AuditRow) -> Hash {
    // All of them by name: an entry cannot get another column that nobody notices the change of.
    let AuditRow {
        id,
        at,
        app_id,
        actor_id,
        actor,
        key_id,
        action,
        subject_id,
        subject,
        before_state,
        after_state,
        address,
        user_agent,
    } = entry;
    let mut values = Values(Sha256::new_with_prefix([FORMAT]));
    values.uuid(Some(id.0));
    values.add(b'i', &at.micros().to_be_bytes());
    values.uuid(app_id.map(|id| id.0));
    values.uuid(actor_id.map(|id| id.0));
    values.text(actor);
    values.uuid(key_id.map(|id| id.0));
    values.text(action);
    values.uuid(subject_id.map(|id| id.0));
    values.text(subject);
    values.document(before_state.as_ref());
    values.document(after_state.as_ref());
    values.text(address);
    values.text(user_agent);
    Hex(values.0.finalize().into())
}

/// Values on their way into a hash.
struct Values(Sha256);

impl Values {
    fn add(&mut self, kind: u8, bytes: &[u8]) {
        self.0.update([kind]);
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.add(b't', text.as_bytes());
    }

    fn uuid(&mut self, uuid: Option<Uuid>) {
        match uuid {
            Some(uuid) => self.add(b'u', uuid.as_bytes()),
            None => self.add(b'-', &[]),
        }
    }

    /// A document that is null says as little as none.
    fn document(&mut self, document: Option<&Value>) {
        match document {
            None | Some(Value::Null) => self.add(b'-', &[]),
            Some(document) => {
                let mut text = String::new();
                write(document, &mut text);
                self.add(b'j', text.as_bytes());
            }
        }
    }
}

/// Writes a document in the one way that is the same for all documents that say the same.
fn write(document: &Value, text: &mut String) {
    match document {
        Value::Array(values) => {
            text.push('[');
            for value in values {
                write(value, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(fields) => {
            // They may come in the order in which they were set.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (name, value) in fields {
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Number(number) => text.push_str(&plainly(&number.to_string())),
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&document.to_string()),
    }
}

/// A number by its digits and the power of ten that they are multiplied with: `-1.50`, `-15E-1` and `-0.15e1` are all
/// `-15e-1`. PostgreSQL keeps numbers as decimals, and gives them back with or without a point or an exponent.
fn plainly(number: &str) -> String {
    let (number, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |number| ("-", number));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return "0".to_owned();
    }
    let shift = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let exponent = exponent.parse::<i64>().unwrap_or_default();
    let exponent = exponent - shift(fraction.len()) + shift(digits.len() - significant.len());
    format!("{sign}{significant}e{exponent}")
}

#[cfg(test)]
mod tests {
    use atelier_domain::Timestamp;
    use atelier_domain::id::{AppId, AuditId, KeyId, UserId};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn entry() -> AuditRow {
        AuditRow {
            id: AuditId(Uuid::from_u128(1)),
            at: Timestamp::from_micros(2),
            app_id: None,
            actor_id: Some(UserId(Uuid::from_u128(3))),
            actor: "Ada".into(),
            key_id: None,
            action: "app.created".into(),
            subject_id: None,
            subject: "Street signs".into(),
            before_state: None,
            after_state: Some(json!({ "id": "street-signs", "n": 1.5 })),
            address: "127.0.0.1".into(),
            user_agent: "test".into(),
        }
    }

    #[test]
    fn the_hash_of_an_entry_stays_what_it_is() {
        // Whoever kept a link must be able to check it years later: this never changes without another format.
        let link = Link::START.followed_by(&digest(&entry()));
        assert_eq!(link.to_string(), "1:fced3e7ddd21d2272ef5702f0323545cce4bcf9b518b976e62939da6da7e12c9");
    }

    #[test]
    fn every_column_counts_and_none_runs_into_the_next() {
        let id = Uuid::from_u128(9);
        let changes: [fn(&mut AuditRow, Uuid); 15] = [
            |entry, id| entry.id = AuditId(id),
            |entry, _| entry.at = Timestamp::from_micros(3),
            |entry, id| entry.app_id = Some(AppId(id)),
            |entry, id| entry.actor_id = Some(UserId(id)),
            |entry, _| entry.actor_id = None,
            |entry, _| entry.actor = "Bo".into(),
            |entry, id| entry.key_id = Some(KeyId(id)),
            |entry, _| entry.action = "app.changed".into(),
            |entry, id| entry.subject_id = Some(UserId(id)),
            |entry, _| entry.subject = "Signs".into(),
            |entry, _| (entry.address, entry.user_agent) = ("127.0.0.1t".into(), "est".into()),
            |entry, _| entry.before_state = entry.after_state.take(),
            |entry, _| entry.after_state = Some(json!({ "id": "street-signs", "n": 1.6 })),
            |entry, _| entry.after_state = Some(json!({ "id": "street-signs", "n": "1.5" })),
            |entry, _| entry.user_agent = String::new(),
        ];
        let mut seen = std::collections::BTreeSet::from([digest(&entry())]);
        for (number, change) in changes.iter().enumerate() {
            let mut changed = entry();
            change(&mut changed, id);
            assert!(seen.insert(digest(&changed)), "change {number} is seen");
        }
    }

    #[test]
    fn a_number_is_written_in_one_way() {
        for (number, plain) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("1", "1e0"),
            ("100", "1e2"),
            ("1e2", "1e2"),
            ("100.0", "1e2"),
            ("1E+2", "1e2"),
            ("-1.50", "-15e-1"),
            ("0.001", "1e-3"),
            ("1e-3", "1e-3"),
            ("9007199254740993", "9007199254740993e0"),
            ("10000000000000000000", "1e19"),
        ] {
            assert_eq!(plainly(number), plain, "{number}");
        }
    }

    #[test]
    fn a_link_reads_back_as_it_was_written() {
        let link = Link::START.followed_by(&digest(&entry()));
        assert_eq!(link.to_string().parse(), Ok(link));
        let hash = link.hash;
        for bad in
            [String::new(), hash.to_string(), format!("0:{hash}"), format!("-1:{hash}"), format!("1:{hash}0")]
        {
            assert_eq!(bad.parse::<Link>(), Err(NoLink), "{bad}");
        }
    }

    /// The digits of a number as [`plainly`] writes it, with a point instead of an exponent, as PostgreSQL writes them.
    fn with_a_point(plain: &str) -> String {
        let (sign, number) = plain.strip_prefix('-').map_or(("", plain), |number| ("-", number));
        let (digits, exponent) = number.split_once('e').unwrap_or((number, "0"));
        let exponent: i64 = exponent.parse().unwrap();
        if exponent >= 0 {
            return format!("{sign}{digits}{}", "0".repeat(exponent.unsigned_abs() as usize));
        }
        let places = exponent.unsigned_abs() as usize;
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        format!("{sign}{whole}.{fraction}")
    }

    proptest! {
        #[test]
        fn two_numbers_are_written_alike_only_if_they_are_the_same(a in any::<f64>(), b in any::<i64>()) {
            prop_assume!(a.is_finite());
            let read = |text: &str| text.parse::<f64>().unwrap();
            let plain = plainly(&json!(a).to_string());
            prop_assert_eq!(read(&plain), a);
            prop_assert_eq!(read(&plainly(&b.to_string())), read(&b.to_string()));
            // The shortest decimal of a number need not be the only one of its length: the standard library and the writer
            // of JSON choose differently. What counts is that the one that was written reads back alike.
            prop_assert_eq!(plainly(&with_a_point(&plain)), plain);
        }
    }
}
