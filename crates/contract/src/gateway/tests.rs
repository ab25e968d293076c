use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use atelier_domain::{Endpoint, Verb};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, Request, Response, StatusCode as Http};
use http_body_util::BodyExt;
use prost::Message;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{BODY_LIMIT, Call, Credential, Gateway, Transport};
use crate::proto::status::{BaseResponse, Status};
use crate::proto::{
    Concept, DeleteInputsRequest, GetAnnotationRequest, GetStatusCodeRequest, GetUserRequest, Input,
    ListConceptsRequest, MultiConceptResponse, MultiInputResponse, MyScopesRequest, PostInputsRequest,
    SingleAnnotationResponse, SingleStatusCodeResponse, SingleUserResponse, User, UserAppIdSet,
};
use crate::{Failure, StatusCode};

/// What handlers were called with.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<(Call, String)>>>);

impl Seen {
    fn note(&self, call: Call, question: impl std::fmt::Debug) {
        self.0.lock().expect("not poisoned").push((call, format!("{question:?}")));
    }

    fn last(&self) -> (Call, String) {
        self.0.lock().expect("not poisoned").last().cloned().expect("a handler was called")
    }

    fn count(&self) -> usize {
        self.0.lock().expect("not poisoned").len()
    }
}

async fn get_user(seen: Seen, call: Call, question: GetUserRequest) -> Result<SingleUserResponse, Failure> {
    seen.note(call, &question);
    let id = question.user_app_id.unwrap_or_default().user_id;
    if id == "nobody" {
        return Err(Failure::not_found().details("no such user"));
    }
    Ok(SingleUserResponse { user: Some(User { id, ..User::default() }), ..SingleUserResponse::default() })
}

async fn list_concepts(
    seen: Seen,
    call: Call,
    question: ListConceptsRequest,
) -> Result<MultiConceptResponse, Failure> {
    seen.note(call, question);
    Ok(MultiConceptResponse {
        concepts: vec![Concept { id: "cat".into(), ..Concept::default() }],
        status: None,
    })
}

async fn post_inputs(
    seen: Seen,
    call: Call,
    question: PostInputsRequest,
) -> Result<MultiInputResponse, Failure> {
    seen.note(call, &question);
    let status = (question.inputs.len() > 1).then(|| StatusCode::MixedStatus.status());
    let inputs =
        question.inputs.into_iter().map(|input| Input { id: input.id, ..Input::default() }).collect();
    Ok(MultiInputResponse { status, inputs, ..MultiInputResponse::default() })
}

async fn delete_inputs(
    seen: Seen,
    call: Call,
    question: DeleteInputsRequest,
) -> Result<BaseResponse, Failure> {
    seen.note(call, question);
    Ok(BaseResponse::default())
}

async fn get_annotation(
    seen: Seen,
    call: Call,
    question: GetAnnotationRequest,
) -> Result<SingleAnnotationResponse, Failure> {
    seen.note(call, question);
    Err(Failure::new(StatusCode::AnnotationPermissionDenied).http(Http::NOT_FOUND))
}

async fn get_status_code(
    _: Seen,
    _: Call,
    question: GetStatusCodeRequest,
) -> Result<SingleStatusCodeResponse, Failure> {
    let number: i32 = question.status_code_id.parse().map_err(|_| Failure::not_found())?;
    let code = StatusCode::try_from(number).map_err(|_| Failure::not_found())?;
    Ok(SingleStatusCodeResponse { status: Some(code.status()) })
}

async fn unserved(seen: Seen, call: Call, whose: UserAppIdSet) -> Failure {
    seen.note(call, &whose);
    if whose.user_id == "stranger" {
        Failure::insufficient_scopes("Apps_Get")
    } else {
        Failure::not_implemented()
    }
}

fn gateway() -> (Seen, Gateway<Seen>) {
    let seen = Seen::default();
    let gateway = Gateway::new(seen.clone())
        .serve(Endpoint::GetUser, get_user)
        .serve(Endpoint::ListConcepts, list_concepts)
        .serve(Endpoint::PostInputs, post_inputs)
        .serve(Endpoint::DeleteInputs, delete_inputs)
        .serve(Endpoint::GetAnnotation, get_annotation)
        .serve(Endpoint::GetStatusCode, get_status_code)
        .unserved(unserved)
        .request_ids(|| "made".into());
    (seen, gateway)
}

fn router() -> (Seen, Router) {
    let (seen, gateway) = gateway();
    (seen, gateway.into_router())
}

async fn rest(router: &Router, line: &str, body: impl Into<Body>) -> (Http, Value) {
    let (verb, path) = line.split_once(' ').expect("a verb and a path");
    let request = Request::builder().method(verb).uri(path).header("content-type", "application/json");
    let response = send(router, request.body(body.into()).expect("a valid request")).await;
    let status = response.status();
    assert_eq!(response.headers()["content-type"], "application/json", "{line}");
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, serde_json::from_slice(&body).expect("JSON"))
}

async fn send(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.expect("routers do not fail")
}

fn frame(message: &[u8], compressed: bool) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u8(compressed.into());
    frame.put_u32(u32::try_from(message.len()).expect("a short message"));
    frame.put_slice(message);
    frame.freeze()
}

/// The message of a gRPC answer, and the number of its gRPC status.
async fn grpc_raw(
    router: &Router,
    rpc: &str,
    headers: &[(&str, &str)],
    body: Bytes,
) -> (Option<Bytes>, String) {
    let mut request = Request::builder()
        .method("POST")
        .uri(format!("/clarifai.api.V2/{rpc}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = send(router, request.body(Body::from(body)).expect("a valid request")).await;
    assert_eq!(response.status(), Http::OK, "gRPC errors are not HTTP errors");
    let early = response.headers().clone();
    let collected = response.into_body().collect().await.expect("a body");
    let late: HeaderMap = collected.trailers().cloned().unwrap_or_default();
    let status = late.get("grpc-status").or_else(|| early.get("grpc-status")).expect("a gRPC status");
    let status = status.to_str().expect("ASCII").to_owned();
    let body = collected.to_bytes();
    ((!body.is_empty()).then(|| body.slice(5..)), status)
}

async fn grpc<A: Message + Default>(router: &Router, rpc: &str, question: &impl Message) -> A {
    let (answer, status) = grpc_raw(router, rpc, &[], frame(&question.encode_to_vec(), false)).await;
    assert_eq!(status, "0");
    A::decode(answer.expect("a message")).expect("the right message")
}

fn ann() -> Option<UserAppIdSet> {
    Some(UserAppIdSet { user_id: "ann".into(), app_id: "cats".into() })
}

#[tokio::test]
async fn rest_answers_with_success_and_the_id_of_the_request() {
    let (_, router) = router();
    let (http, answer) = rest(&router, "GET /v2/users/ann", "").await;
    assert_eq!(http, Http::OK);
    assert_eq!(
        answer,
        json!({"status": {"code": 10000, "description": "Ok", "req_id": "made"}, "user": {"id": "ann"}})
    );
}

#[tokio::test]
async fn grpc_answers_the_same() {
    let (seen, router) = router();
    let question = GetUserRequest { user_app_id: ann(), ..GetUserRequest::default() };
    let answer: SingleUserResponse = grpc(&router, "GetUser", &question).await;
    assert_eq!(answer.user.map(|user| user.id).as_deref(), Some("ann"));
    let status = answer.status.expect("a status");
    assert_eq!((status.code, status.description.as_str(), status.req_id.as_str()), (10000, "Ok", "made"));
    assert_eq!(seen.last().0.transport, Transport::Grpc);
}

#[tokio::test]
async fn a_failure_is_in_band_on_both() {
    let (_, router) = router();
    let (http, answer) = rest(&router, "GET /v2/users/nobody", "").await;
    assert_eq!(http, Http::NOT_FOUND);
    let expected = json!({"code": 11101, "description": "Resource does not exist", "details": "no such user", "req_id": "made"});
    assert_eq!(answer, json!({"status": expected}));

    let whose = UserAppIdSet { user_id: "nobody".into(), ..UserAppIdSet::default() };
    let question = GetUserRequest { user_app_id: Some(whose), ..GetUserRequest::default() };
    let answer: SingleUserResponse = grpc(&router, "GetUser", &question).await;
    assert_eq!(serde_json::to_value(answer).expect("JSON"), json!({"status": expected}));
}

#[tokio::test]
async fn a_handler_may_choose_the_status_and_the_http_status() {
    let (_, router) = router();
    let body = json!({"inputs": [{"id": "a"}, {"id": "b"}]}).to_string();
    let (http, answer) = rest(&router, "POST /v2/inputs", body).await;
    assert_eq!((http, &answer["status"]["code"]), (Http::MULTI_STATUS, &json!(10010)));
    assert_eq!(answer["status"]["req_id"], "made");
    assert_eq!(answer["inputs"], json!([{"id": "a"}, {"id": "b"}]));

    let (http, answer) = rest(&router, "GET /v2/inputs/i/annotations/a", "").await;
    assert_eq!((http, &answer["status"]["code"]), (Http::NOT_FOUND, &json!(24156)));

    let (http, answer) = rest(&router, "GET /v2/status_codes/21200", "").await;
    assert_eq!((http, &answer["status"]["code"]), (Http::OK, &json!(21200)), "asking for it went well");
    let (http, _) = rest(&router, "GET /v2/status_codes/1", "").await;
    assert_eq!(http, Http::NOT_FOUND);
}

#[tokio::test]
async fn a_handler_learns_who_calls_and_whence() {
    let (seen, router) = router();
    let mut request = Request::get("/v2/users/ann")
        .header("authorization", "Key s3cret")
        .header("user-agent", "test/1")
        .header("x-request-id", "abc")
        .body(Body::empty())
        .expect("a valid request");
    let peer: SocketAddr = "192.0.2.1:4711".parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    send(&router, request).await;
    let (call, _) = seen.last();
    assert_eq!(call.endpoint, Endpoint::GetUser);
    assert_eq!(call.credential.as_ref().map(Credential::reveal), Some("s3cret"));
    assert_eq!((call.request_id.as_str(), call.user_agent.as_deref()), ("abc", Some("test/1")));
    assert_eq!((call.peer, call.transport), (Some(peer), Transport::Rest));
}

#[tokio::test]
async fn a_request_is_gathered_from_path_query_and_body() {
    let (seen, router) = router();
    let line =
        "GET /v2/users/%C3%A9%2Fb%20c%2B/apps/cats+dogs/concepts?page=2&user_app_id.user_id=other&perPage=5";
    assert_eq!(rest(&router, line, "").await.0, Http::OK);
    let whose = Some(UserAppIdSet { user_id: "é/b c+".into(), app_id: "cats+dogs".into() });
    let expected = ListConceptsRequest { user_app_id: whose, page: 2, per_page: 5, ..Default::default() };
    assert_eq!(seen.last().1, format!("{expected:?}"), "the path has the last word");

    let expected = DeleteInputsRequest { user_app_id: ann(), ids: vec!["a".into()] };
    let body = r#"{"userAppId": {"user_id": "eve"}, "ids": ["a"]}"#;
    assert_eq!(rest(&router, "DELETE /v2/users/ann/apps/cats/inputs", body).await.0, Http::OK);
    assert_eq!(seen.last().1, format!("{expected:?}"));
    assert_eq!(rest(&router, "DELETE /v2/users/ann/apps/cats/inputs?ids=a", "").await.0, Http::OK);
    assert_eq!(seen.last().1, format!("{expected:?}"));

    let body = r#"{"user_app_id": {"userId": "eve", "user_id": "eve"}, "userAppId": {"userId": "eve"}, "ids": ["a"]}"#;
    assert_eq!(rest(&router, "DELETE /v2/users/ann/apps/cats/inputs", body).await.0, Http::OK);
    assert_eq!(seen.last().1, format!("{expected:?}"), "by whatever name");

    let none = DeleteInputsRequest { user_app_id: ann(), ids: vec![] };
    assert_eq!(rest(&router, "DELETE /v2/users/ann/apps/cats/inputs", "").await.0, Http::OK);
    assert_eq!(seen.last().1, format!("{none:?}"), "no body is an empty one");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_reason() {
    let (seen, router) = router();
    for (line, body, reason) in [
        ("POST /v2/inputs", "{", "the JSON cannot be read: EOF while parsing an object at line 1 column 1"),
        ("POST /v2/inputs", "[]", "the JSON must be an object"),
        ("POST /v2/inputs", r#"{"inputs": 1}"#, "at `inputs`: "),
        ("GET /v2/concepts?page=x", "", "at `page`: "),
        ("GET /v2/concepts?id=%ff", "", "`%ff` in the query is not UTF-8"),
        ("GET /v2/users/%ff", "", "the path has a part that is not UTF-8"),
    ] {
        let (http, answer) = rest(&router, line, body).await;
        assert_eq!((http, &answer["status"]["code"]), (Http::BAD_REQUEST, &json!(11100)), "{line}");
        let details = answer["status"]["details"].as_str().expect("details");
        assert!(details.starts_with(reason), "{line}: {details}");
    }
    let deep = format!("{}{}", r#"{"inputs":[{"data":"#.repeat(100_000), "}]}".repeat(100_000));
    assert_eq!(rest(&router, "POST /v2/inputs", deep).await.0, Http::BAD_REQUEST);

    let form = Request::post("/v2/inputs").header("content-type", "application/x-www-form-urlencoded");
    let response = send(&router, form.body(Body::from("a=b")).expect("a valid request")).await;
    assert_eq!(response.status(), Http::BAD_REQUEST);
    assert_eq!(seen.count(), 0, "no handler was called");

    let bare = Request::post("/v2/inputs").body(Body::from(r#"{"inputs": []}"#)).expect("a valid request");
    assert_eq!(send(&router, bare).await.status(), Http::OK, "no content type is taken for JSON");
    let charset = Request::post("/v2/inputs").header("content-type", "application/json; charset=utf-8");
    let response = send(&router, charset.body(Body::from("{}")).expect("a valid request")).await;
    assert_eq!(response.status(), Http::OK);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let (_, gateway) = gateway();
    let router = gateway.body_limit(Endpoint::PostInputs, 64).into_router();
    let large = json!({"inputs": [{"id": "x".repeat(64)}]}).to_string();
    let (http, answer) = rest(&router, "POST /v2/inputs", large).await;
    assert_eq!((http, &answer["status"]["code"]), (Http::PAYLOAD_TOO_LARGE, &json!(40033)));
    assert_eq!(answer["status"]["details"], "the body may have 64 bytes at most");
    let usual = format!(r#"{{"ids": ["{}"]}}"#, "x".repeat(BODY_LIMIT));
    assert_eq!(rest(&router, "DELETE /v2/inputs", usual).await.0, Http::PAYLOAD_TOO_LARGE);

    let question = PostInputsRequest { inputs_add_job_id: "x".repeat(64), ..PostInputsRequest::default() };
    let plain = question.encode_to_vec();
    let (answer, status) = grpc_raw(&router, "PostInputs", &[], frame(&plain, false)).await;
    assert_eq!((answer, status.as_str()), (None, "11"), "OUT_OF_RANGE");

    // A small message that unpacks to a large one is no way around it.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&plain).expect("memory");
    let packed = gzip.finish().expect("memory");
    assert!(packed.len() < 64);
    let headers = [("grpc-encoding", "gzip")];
    let (answer, status) = grpc_raw(&router, "PostInputs", &headers, frame(&packed, true)).await;
    assert!(answer.is_none() && status != "0", "{status}");
}

#[tokio::test]
async fn compressed_grpc_requests_are_read() {
    let (seen, router) = router();
    let question = GetUserRequest { user_app_id: ann(), ..GetUserRequest::default() };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&question.encode_to_vec()).expect("memory");
    let body = frame(&gzip.finish().expect("memory"), true);
    let (answer, status) = grpc_raw(&router, "GetUser", &[("grpc-encoding", "gzip")], body).await;
    assert!(answer.is_some() && status == "0");
    assert_eq!(seen.last().1, format!("{question:?}"));
}

#[tokio::test]
async fn broken_grpc_frames_are_grpc_errors() {
    let (seen, router) = router();
    let whole =
        frame(&GetUserRequest { user_app_id: ann(), ..GetUserRequest::default() }.encode_to_vec(), false);
    let cases = [
        Bytes::new(),
        whole.slice(..3),
        whole.slice(..whole.len() - 1),
        frame(&[0xff; 8], false),
        frame(b"not gzip", true),
        Bytes::from_static(&[9, 0, 0, 0, 0]),
        Bytes::from_static(&[0, 0xff, 0xff, 0xff, 0xff]),
    ];
    for body in cases {
        let (answer, status) = grpc_raw(&router, "GetUser", &[], body.clone()).await;
        assert!(answer.is_none() && status != "0" && status != "14", "{body:?} gave {status}");
    }
    assert_eq!(seen.count(), 0, "no handler was called");
}

#[tokio::test]
async fn what_is_not_served_is_refused_after_the_permission() {
    let (seen, router) = router();
    for (line, body, code, http) in [
        ("GET /v2/users/ann/apps/cats/models", "", 10040, Http::NOT_IMPLEMENTED),
        ("GET /v2/models?user_app_id.user_id=stranger", "", 11007, Http::FORBIDDEN),
        (
            "POST /v2/tasks",
            r#"{"user_app_id": {"user_id": "stranger"}, "tasks": [{"id": 1}]}"#,
            11007,
            Http::FORBIDDEN,
        ),
        ("PUT /v2/users/stranger/apps/cats/tasks/t/assignments", "", 11007, Http::FORBIDDEN),
    ] {
        let (status, answer) = rest(&router, line, body).await;
        assert_eq!((status, &answer["status"]["code"]), (http, &json!(code)), "{line}");
    }
    let answer: BaseResponse = grpc(&router, "ListModels", &MyScopesRequest { user_app_id: ann() }).await;
    assert_eq!(answer.status.map(|status| status.code), Some(10040));
    assert_eq!(seen.last().0.endpoint, Endpoint::ListModels);
    assert_eq!(seen.last().1, format!("{:?}", ann().expect("set")));

    let answer: BaseResponse =
        grpc(&router, "StreamModelOutputs", &MyScopesRequest { user_app_id: ann() }).await;
    assert_eq!(answer.status.map(|status| status.code), Some(10040));
}

#[tokio::test]
async fn without_a_handler_for_the_unserved_they_are_not_implemented() {
    let router = Gateway::new(()).into_router();
    let (http, answer) = rest(&router, "GET /v2/users/ann", "").await;
    assert_eq!((http, &answer["status"]["code"]), (Http::NOT_IMPLEMENTED, &json!(10040)));
    assert_eq!(answer["status"]["req_id"], "0000000000000001");
}

#[tokio::test]
async fn an_unknown_address_does_not_exist() {
    let (_, router) = router();
    for path in [
        "/v2",
        "/v2/",
        "/v2/nonsense",
        "/v2/users/ann/nonsense",
        "/v2/users/ann/apps/cats/inputs/a/b/c",
        "/v2/inputs/",
    ] {
        let (http, answer) = rest(&router, &format!("GET {path}"), "").await;
        assert_eq!((http, &answer["status"]["code"]), (Http::NOT_FOUND, &json!(11101)), "{path}");
        assert_eq!(answer["status"]["req_id"], "made");
    }
}

#[tokio::test]
async fn an_unknown_method_is_not_allowed() {
    let (_, router) = router();
    let (http, answer) = rest(&router, "PUT /v2/inputs", "{}").await;
    assert_eq!((http, &answer["status"]["code"]), (Http::METHOD_NOT_ALLOWED, &json!(11103)));
    let request = Request::put("/v2/inputs").body(Body::empty()).expect("a valid request");
    let response = send(&router, request).await;
    let allowed = response.headers()["allow"].to_str().expect("ASCII").to_owned();
    assert!(allowed.contains("POST") && !allowed.contains("PUT"), "{allowed}");
}

#[tokio::test]
async fn an_unknown_rpc_is_unimplemented() {
    let (_, router) = router();
    for rpc in ["Nonsense", "PostRunners", "ViewApp"] {
        let (answer, status) = grpc_raw(&router, rpc, &[], frame(&[], false)).await;
        assert_eq!((answer, status.as_str()), (None, "12"), "{rpc}");
    }
    let request = Request::post("/clarifai.api.V2/GetUser").header("content-type", "application/json");
    let response = send(&router, request.body(Body::from("{}")).expect("a valid request")).await;
    assert_eq!(response.status(), Http::UNSUPPORTED_MEDIA_TYPE);
}

/// The table holds static parts beside captures (`/inputs/status` beside `/inputs/{input_id}`), so each of its paths
/// is walked to see that it leads to its own row.
#[tokio::test]
async fn every_path_and_every_rpc_of_the_table_leads_to_its_endpoint() {
    let seen = Seen::default();
    let router = Gateway::new(seen.clone()).unserved(unserved).into_router();
    let mut expected = 0;
    for endpoint in Endpoint::all().filter(|endpoint| endpoint.is_rpc()) {
        for path in endpoint.paths() {
            let (shape, fields) = super::rest::shape(path);
            let path =
                (0..fields.len()).fold(shape, |path, n| path.replace(&format!("{{p{n}}}"), &format!("x{n}")));
            let body = if endpoint.verb() == Verb::Get { "" } else { "{}" };
            rest(&router, &format!("{} {path}", endpoint.verb().as_str()), body).await;
            expected += 1;
            assert_eq!((seen.count(), seen.last().0.endpoint), (expected, endpoint), "{path}");
        }
        let answer: BaseResponse = grpc(&router, endpoint.rpc(), &MyScopesRequest::default()).await;
        assert_eq!(answer.status.map(|status: Status| status.code), Some(10040));
        expected += 1;
        assert_eq!((seen.count(), seen.last().0.endpoint), (expected, endpoint));
    }
}

#[test]
#[should_panic(expected = "what ListInputs takes")]
fn a_handler_of_another_rpc_is_noticed_at_start() {
    drop(Gateway::new(Seen::default()).serve(Endpoint::ListInputs, list_concepts));
}
