//! JSON output: the generated implementations, and the wrappers for types that serde would write differently.

use std::collections::BTreeMap;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use prost_types::value::Kind;
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

include!(concat!(env!("OUT_DIR"), "/json.rs"));

/// A list whose entries are wrapped one by one.
struct Each<'a, T, F>(&'a [T], F);

/// [`Each`] entry wrapped by `wrap`; a function, so that closures need no types.
fn each<'a, T, W, F: Fn(&'a T) -> W>(list: &'a [T], wrap: F) -> Each<'a, T, F> {
    Each(list, wrap)
}

impl<'a, T, W: Serialize, F: Fn(&'a T) -> W> Serialize for Each<'a, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for entry in self.0 {
            list.serialize_element(&(self.1)(entry))?;
        }
        list.end()
    }
}

/// A 64-bit integer: a string, since JavaScript's numbers end at 53 bits.
struct Digits<T>(T);

impl<T: std::fmt::Display> Serialize for Digits<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A 32-bit float in its own shortest form: 0.1, not 0.10000000149011612.
struct Float(f32);

impl Serialize for Float {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            serializer.serialize_f32(self.0)
        } else {
            serializer.serialize_str(not_a_number(self.0.into()))
        }
    }
}

/// A 64-bit float.
struct Double(f64);

impl Serialize for Double {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            serializer.serialize_f64(self.0)
        } else {
            serializer.serialize_str(not_a_number(self.0))
        }
    }
}

/// The words of the wire for what JSON has no numbers for.
fn not_a_number(value: f64) -> &'static str {
    match value {
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        _ => "NaN",
    }
}

struct Base64<'a>(&'a [u8]);

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0, &STANDARD))
    }
}

/// A time, with no more digits than it needs: none, three, six or nine.
struct Moment<'a>(&'a prost_types::Timestamp);

impl Serialize for Moment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = jiff::Timestamp::new(self.0.seconds, self.0.nanos).map_err(S::Error::custom)?;
        serializer.collect_str(&format_args!("{time:.*}", digits(self.0.nanos)))
    }
}

/// A length of time in seconds: `1.500s`.
struct Length<'a>(&'a prost_types::Duration);

impl Serialize for Length<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let prost_types::Duration { seconds, nanos } = *self.0;
        let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
        let (seconds, nanos) = (seconds.unsigned_abs(), nanos.unsigned_abs());
        match digits(nanos.cast_signed()) {
            0 => serializer.collect_str(&format_args!("{sign}{seconds}s")),
            digits => {
                let fraction = format!("{nanos:09}");
                serializer.collect_str(&format_args!("{sign}{seconds}.{}s", &fraction[..digits]))
            }
        }
    }
}

/// How many digits after the point `nanos` needs, in threes.
fn digits(nanos: i32) -> usize {
    match nanos {
        0 => 0,
        nanos if nanos % 1_000_000 == 0 => 3,
        nanos if nanos % 1_000 == 0 => 6,
        _ => 9,
    }
}

/// A `Struct`: an ordinary object.
struct Object<'a>(&'a prost_types::Struct);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields: &BTreeMap<String, prost_types::Value> = &self.0.fields;
        let mut map = serializer.serialize_map(Some(fields.len()))?;
        for (name, value) in fields {
            map.serialize_entry(name, &Anything(value))?;
        }
        map.end()
    }
}

/// A `Value`: whatever it holds.
struct Anything<'a>(&'a prost_types::Value);

impl Serialize for Anything<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.kind {
            None | Some(Kind::NullValue(_)) => serializer.serialize_unit(),
            // Whole numbers without a point: a client that stored 3 expects 3 back, not 3.0.
            Some(Kind::NumberValue(number)) => match whole(*number) {
                Some(number) => serializer.serialize_i64(number),
                None => Double(*number).serialize(serializer),
            },
            Some(Kind::StringValue(text)) => serializer.serialize_str(text),
            Some(Kind::BoolValue(flag)) => serializer.serialize_bool(*flag),
            Some(Kind::StructValue(object)) => Object(object).serialize(serializer),
            Some(Kind::ListValue(list)) => each(&list.values, Anything).serialize(serializer),
        }
    }
}

/// The integer that `number` is, if it is one that a double holds exactly.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole, and within the bounds just checked")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}
