//! Requests over gRPC: any bytes, as a message or as they are.
#![no_main]

use axum::body::Body;
use http::Request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (u8, bool, &[u8])| {
    let (chosen, is_framed, bytes) = data;
    let endpoint = atelier_fuzz::SERVED[usize::from(chosen) % atelier_fuzz::SERVED.len()];
    let mut body = Vec::with_capacity(bytes.len() + 5);
    if is_framed {
        body.push(0);
        body.extend(u32::try_from(bytes.len()).expect("made up inputs are short").to_be_bytes());
    }
    body.extend(bytes);
    let request = Request::post(format!("/clarifai.api.V2/{endpoint}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Body::from(body))
        .expect("it is a request");
    let (http, _) = atelier_fuzz::ask(request);
    assert_eq!(http, 200, "what goes wrong is told by trailers");
});
