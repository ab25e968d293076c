//! Query strings: any names and values, which are read the same however they are written.
#![no_main]

use atelier_domain::{Endpoint, Verb};
use axum::body::Body;
use http::Request;
use libfuzzer_sys::fuzz_target;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// What would end a name, a value or the query, or be read as something else.
const TOUCHED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'+').add(b'<').add(b'=').add(b'>');

/// The names of fields, so that values get to them.
const NAMES: [&str; 8] = [
    "page",
    "per_page",
    "ids",
    "input_ids",
    "user_app_id.app_id",
    "statuses.code",
    "list_all_annotations",
    "task_id",
];

/// A name that fields may have, or any.
#[derive(arbitrary::Arbitrary, Debug)]
enum Name<'a> {
    Known(u8),
    Made(&'a str),
}

/// The query of `pairs`, each text of which has what is in `escaped` written as `%` and a number.
fn written(pairs: &[(Name<'_>, &str)], escaped: &'static AsciiSet) -> String {
    let pairs = pairs.iter().map(|(name, value)| {
        let name = match name {
            Name::Known(chosen) => NAMES[usize::from(*chosen) % NAMES.len()],
            Name::Made(name) => name,
        };
        format!("{}={}", utf8_percent_encode(name, escaped), utf8_percent_encode(value, escaped))
    });
    pairs.collect::<Vec<_>>().join("&")
}

fuzz_target!(|data: (u8, Vec<(Name<'_>, &str)>)| {
    let (chosen, pairs) = data;
    let asking: Vec<Endpoint> = atelier_fuzz::SERVED
        .into_iter()
        .filter(|endpoint| matches!(endpoint.verb(), Verb::Get | Verb::Delete))
        .collect();
    let endpoint = asking[usize::from(chosen) % asking.len()];
    let path = endpoint.paths()[0].replace(['{', '}'], "");
    let ask = |escaped| {
        let request = Request::builder()
            .method(endpoint.verb().as_str())
            .uri(format!("{path}?{}", written(&pairs, escaped)))
            .body(Body::empty());
        request.ok().map(atelier_fuzz::ask)
    };
    let Some((status, answer)) = ask(NON_ALPHANUMERIC) else { return };
    assert!(status.as_u16() < 500, "{status}");
    if let Some((again, other)) = ask(TOUCHED) {
        let code = |answer: &[u8]| {
            let answer: serde_json::Value = serde_json::from_slice(answer).expect("every answer is JSON");
            answer["status"]["code"].as_u64().expect("every answer has a code")
        };
        assert_eq!((status, code(&answer)), (again, code(&other)));
    }
});
