//! The JSON of the wire.
//!
//! Out: every message implements [`serde::Serialize`] with snake_case names, enums as integers, RFC 3339 times,
//! base64 bytes and 64-bit integers as strings; what is empty is left out unless the wire wants it shown. In: see
//! [`from_slice`].

mod query;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Unreadable, from_slice};

pub(crate) use query::{pairs, place};
pub(crate) use read::{from_object, parse_object};
