//! Requests over REST: any path of the table, any query, any body.
#![no_main]

use atelier_domain::{Endpoint, Verb};
use axum::body::Body;
use http::{Request, Uri};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (u16, &str, &[u8])| {
    let (chosen, query, body) = data;
    let paths: Vec<_> = Endpoint::all()
        .flat_map(|endpoint| endpoint.paths().iter().map(move |path| (endpoint, path)))
        .collect();
    let (endpoint, path) = paths[usize::from(chosen) % paths.len()];
    let path = path.replace(['{', '}'], "");
    let Ok(uri) = format!("{path}?{query}").parse::<Uri>() else { return };
    let body = if endpoint.verb() == Verb::Get { Body::empty() } else { Body::from(body.to_vec()) };
    let request = Request::builder()
        .method(endpoint.verb().as_str())
        .uri(uri)
        .header("content-type", "application/json")
        .body(body)
        .expect("it is a request");
    let (http, answer) = atelier_fuzz::ask(request);
    // 501 is what is answered by endpoints that have no handler.
    assert!(http.as_u16() < 500 || http.as_u16() == 501, "{http}");
    let answer: serde_json::Value = serde_json::from_slice(&answer).expect("every answer is JSON");
    assert!(answer["status"]["code"].is_number(), "{answer}");
});
