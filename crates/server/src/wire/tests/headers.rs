//! What answers carry beside their bodies.

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS};

use atelier_ui::{AssetPaths, SessionCookie};

use super::*;

fn header(response: &Response<Body>, name: impl http::header::AsHeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// ASVS 3.4.4.
#[test]
fn no_answer_of_the_wire_is_kept_or_taken_for_a_page() {
    tell(async |story| {
        let get = |path: &str, kind: &str| {
            let secret = format!("Key {}", story.ana_token);
            Request::get(path).header("authorization", secret).header(CONTENT_TYPE, kind)
        };
        let grpc = |path: &str| {
            let request = get(path, "application/grpc").method(Method::POST);
            request.body(Body::from(framed(&GetUserRequest::default().encode_to_vec()))).unwrap()
        };
        let json = |path: &str| get(path, "application/json").body(Body::empty()).unwrap();
        for request in [
            json("/v2/users/me"),
            json("/v2/users/nobody"),
            json("/v2/nothing"),
            json("/v2/auth/methods"),
            json("/v2/login"),
            grpc("/clarifai.api.V2/GetUser"),
            grpc("/clarifai.api.V2/Unknown"),
        ] {
            let path = request.uri().path().to_owned();
            let response = story.send(request).await;
            assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
            assert_eq!(header(&response, CACHE_CONTROL), "no-store", "{path}");
            assert!(header(&response, CONTENT_SECURITY_POLICY).contains("default-src 'none'"), "{path}");
            assert!(response.headers().get("set-cookie").is_none(), "{path}");
        }
    });
}

/// ASVS 3.4.1, 3.4.3, 3.4.7, 3.4.8 and 3.4.6.
#[test]
fn pages_say_how_they_may_be_used_and_what_is_breached_is_reported() {
    tell(async |story| {
        let of = |secure| {
            let cookie = SessionCookie { secure };
            let pages = crate::pages::router(
                AssetPaths::default(),
                crate::serve::context(&story.bench.service, cookie),
            );
            crate::serve::around(pages, &story.bench.service, cookie)
        };
        for secure in [false, true] {
            let request = Request::get("/sign-in").body(Body::empty()).unwrap();
            let response = of(secure).oneshot(request).await.unwrap();
            let policy = header(&response, CONTENT_SECURITY_POLICY);
            for part in ["'strict-dynamic'", "frame-ancestors 'none'", "object-src 'none'", "report-to csp"] {
                assert!(policy.contains(part), "{policy}");
            }
            assert!(!policy.contains("unsafe-inline"), "{policy}");
            assert_eq!(header(&response, "reporting-endpoints"), "csp=\"/csp-reports\"");
            assert_eq!(header(&response, "cross-origin-opener-policy"), "same-origin");
            assert_eq!(!header(&response, "strict-transport-security").is_empty(), secure);
        }
        let report = Request::post("/csp-reports").body(Body::from("{\"a\":\"\\u000a\"}")).unwrap();
        assert_eq!(of(true).oneshot(report).await.unwrap().status(), 204);
        let long = Request::post("/csp-reports").body(Body::from(vec![b'a'; 20 << 10])).unwrap();
        assert_eq!(of(true).oneshot(long).await.unwrap().status(), 413);
    });
}

#[test]
fn the_document_is_fetched_once_and_asked_about_afterwards() {
    tell(async |story| {
        let ask = async |known: &str| {
            let request = Request::get("/v2/openapi.json").header("if-none-match", known);
            story.send(request.body(Body::empty()).unwrap()).await
        };
        let response = ask("\"another\"").await;
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, CONTENT_TYPE), "application/json");
        assert_eq!(header(&response, CACHE_CONTROL), "public, no-cache");
        assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), "nosniff");
        let tag = header(&response, ETAG).to_owned();
        let bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap();
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(document["paths"]["/v2/login"]["post"]["operationId"], "SignIn");

        let response = ask(&tag).await;
        assert_eq!(response.status(), 304);
        assert_eq!(header(&response, ETAG), tag);
        assert_eq!(to_bytes(response.into_body(), 1).await.unwrap(), "");
    });
}
