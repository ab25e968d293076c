//! Texts that people and programs type: keys, addresses, names, scopes.
#![no_main]

use std::fmt::Display;
use std::str::FromStr;

use atelier_domain::secret::KeySecret;
use atelier_domain::value::pasted_addresses;
use atelier_domain::{DisplayName, Email, Endpoint, ResourceId, ScopeSet, Slug};
use libfuzzer_sys::fuzz_target;

/// What is read is written as something that reads the same.
fn holds<T: FromStr + Display + PartialEq>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert!(value.to_string().parse::<T>().is_ok_and(|again| again == value), "{text:?}");
    }
}

fuzz_target!(|text: &str| {
    holds::<Email>(text);
    holds::<Slug>(text);
    holds::<ResourceId>(text);
    holds::<DisplayName>(text);
    holds::<ScopeSet>(text);
    holds::<Endpoint>(text);
    if let Ok(secret) = text.parse::<KeySecret>() {
        assert_eq!(secret.expose(), text);
    }
    for (typed, address) in pasted_addresses(text) {
        assert!(text.contains(typed.as_str()), "{typed:?} of {text:?}");
        drop(address);
    }
});
