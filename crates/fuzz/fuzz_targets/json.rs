//! Messages as JSON: what can be read is written as something that reads the same.
#![no_main]

use atelier_contract::json::from_slice;
use atelier_contract::proto::PostInputsRequest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(message) = from_slice::<PostInputsRequest>(data) else { return };
    let written = serde_json::to_vec(&message).expect("what was read can be written");
    let again = from_slice::<PostInputsRequest>(&written).expect("what was written can be read");
    // Compared as they are written: a number that is none equals nothing.
    assert_eq!(serde_json::to_vec(&again).expect("once more"), written);
});
