//! The wire from the outside, over REST and over gRPC's own framing, on a fresh SQLite.

mod account;
mod apps;
mod audit;
mod bad_input;
mod data;
mod headers;
mod matrix;
mod odd_data;
mod refused_sharing;
mod throttle;
mod tier_zero;

use atelier_contract::proto::{
    GetUserRequest, ListCollaboratorsRequest, MultiCollaboratorsResponse, SingleUserResponse, UserAppIdSet,
};
use atelier_domain::limit::Allowance;
use atelier_domain::time::SECOND;
use atelier_domain::{Preset, ScopeSet};
use atelier_service::apps::CreateApp;
use atelier_service::collaborators::{AddCollaborators, Invitee};
use atelier_service::keys::CreateKey;
use atelier_service::{AppName, Who};
use atelier_testkit::people::PASSWORD;
use atelier_testkit::sharing::{invite, make_app, people};
use atelier_testkit::{Bench, Database, Person};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::routing::get;
use http::{Method, Request, Response};
use prost::Message;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::router;

/// More than any test asks.
const PER_KEY: Allowance = Allowance::new(1_000_000, SECOND);

const COLLABORATORS: &str = "/v2/users/ana/apps/tea/collaborators";

/// Ana, who owns `ana/tea`, and Bo, with whom she shares it as one who labels; each with a secret of theirs.
struct Story {
    bench: Bench,
    router: Router,
    ana: Person,
    ana_token: String,
    bo_token: String,
}

impl Story {
    async fn tell(bench: Bench) -> Self {
        let ana = bench.person("ana").await;
        let bo = bench.person("bo").await;
        let service = &bench.service;
        let app = make_app(&bench, &ana, "tea").await;
        // What happens at the same moment has no order.
        bench.clock.advance(1);
        invite(&bench, &ana.who, &app, &bo.email, Preset::Worker.scopes()).await;
        let key =
            CreateKey { description: "Everything".into(), scopes: ScopeSet::ALL, ..CreateKey::default() };
        let ana_token = service.create_key(&ana.who, &key).await.unwrap().secret.expose().to_owned();
        let bo_token = automatic_token(&bench, &bo.who).await;
        let router = router(&bench.service, PER_KEY);
        Self { bench, router, ana, ana_token, bo_token }
    }

    async fn share_with(&self, person: &Person, scopes: ScopeSet) {
        invite(&self.bench, &self.ana.who, &AppName::of("ana", "tea"), &person.email, scopes).await;
    }

    /// A secret of `person`'s own, with everything that `change` leaves of a key with all scopes.
    async fn key_of(&self, person: &Person, change: impl FnOnce(&mut CreateKey)) -> String {
        let mut key = CreateKey { description: "Test".into(), scopes: ScopeSet::ALL, ..CreateKey::default() };
        change(&mut key);
        self.bench.service.create_key(&person.who, &key).await.unwrap().secret.expose().to_owned()
    }

    /// The token of a new session, as the wire gives it out.
    async fn session_of(&self, person: &Person) -> String {
        let body = json!({ "email": person.email, "password": PASSWORD });
        let (http, answer) = self.rest(Method::POST, "/v2/login", "", body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        answer["session_token"].as_str().unwrap().to_owned()
    }

    async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The status of HTTP, and the answer.
    async fn rest(&self, method: Method, path: &str, secret: &str, body: Value) -> (u16, Value) {
        let mut request =
            Request::builder().method(&method).uri(path).header("content-type", "application/json");
        if !secret.is_empty() {
            request = request.header("authorization", format!("Key {secret}"));
        }
        let body = if method == Method::GET { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.send(request.body(body).unwrap()).await;
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    async fn get(&self, path: &str, secret: &str) -> (u16, Value) {
        self.rest(Method::GET, path, secret, Value::Null).await
    }

    async fn grpc<A: Message + Default>(&self, rpc: &str, secret: &str, question: &impl Message) -> A {
        self.grpc_encoded(rpc, secret, &question.encode_to_vec()).await
    }

    async fn grpc_encoded<A: Message + Default>(&self, rpc: &str, secret: &str, question: &[u8]) -> A {
        let mut bytes = self.grpc_frames(rpc, secret, framed(question)).await;
        A::decode(bytes.split_off(5)).unwrap()
    }

    /// Streams several questions; answers what each of them was answered.
    async fn grpc_stream<A: Message + Default>(
        &self,
        rpc: &str,
        secret: &str,
        questions: &[&impl Message],
    ) -> Vec<A> {
        let frames = questions.iter().flat_map(|question| framed(&question.encode_to_vec())).collect();
        let mut bytes = self.grpc_frames(rpc, secret, frames).await;
        let mut answers = Vec::new();
        while !bytes.is_empty() {
            let mut answer = bytes.split_off(5);
            let length = u32::from_be_bytes(bytes[1..5].try_into().unwrap()) as usize;
            bytes = answer.split_off(length);
            answers.push(A::decode(answer).unwrap());
        }
        answers
    }

    async fn grpc_frames(&self, rpc: &str, secret: &str, frames: Vec<u8>) -> Bytes {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!("/clarifai.api.V2/{rpc}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        if !secret.is_empty() {
            request = request.header("authorization", format!("Key {secret}"));
        }
        let response = self.send(request.body(Body::from(frames)).unwrap()).await;
        assert_eq!(response.status(), 200);
        to_bytes(response.into_body(), 1 << 20).await.unwrap()
    }

    /// Everything that Ana sees of her account and her app, to be compared with what she sees later.
    async fn state(&self) -> Value {
        let mut seen = Vec::new();
        for path in ["/v2/users/ana", "/v2/users/ana/apps", "/v2/users/ana/keys", COLLABORATORS] {
            let (http, mut answer) = self.get(path, &self.ana_token).await;
            assert_eq!(http, 200, "{answer}");
            answer.as_object_mut().unwrap().remove("status");
            seen.push(answer);
        }
        let rows = people(&self.bench, &self.ana.who, &AppName::of("ana", "tea")).await;
        seen.push(json!(rows.iter().filter(|row| row.is_pending()).count()));
        Value::Array(seen)
    }
}

/// A message as it travels over gRPC: not compressed, with its length before it.
fn framed(message: &[u8]) -> Vec<u8> {
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message);
    frame
}

/// The secret of the token that sharing made for `who`.
async fn automatic_token(bench: &Bench, who: &Who) -> String {
    let keys = bench.service.list_keys(who).await.unwrap();
    let key = keys.iter().find(|key| key.grant_id.is_some()).unwrap();
    bench.service.reveal_key(who, key.id).await.unwrap().secret.expose().to_owned()
}

fn tell<F: Future<Output = ()>>(test: impl FnOnce(Story) -> F) {
    Bench::run(Database::Sqlite, async |bench| test(Story::tell(bench).await).await);
}

fn code(answer: &Value) -> i64 {
    answer["status"]["code"].as_i64().unwrap()
}

fn details(answer: &Value) -> &str {
    answer["status"]["details"].as_str().unwrap_or_default()
}

fn tea() -> Option<UserAppIdSet> {
    Some(UserAppIdSet { user_id: "ana".into(), app_id: "tea".into() })
}

#[test]
fn whoever_labels_is_told_which_scope_the_collaborators_need() {
    tell(async |story| {
        let (http, answer) = story.get(COLLABORATORS, &story.bo_token).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("Collaborators_Get"), "{answer}");

        let question = ListCollaboratorsRequest { user_app_id: tea(), ..ListCollaboratorsRequest::default() };
        let answer: MultiCollaboratorsResponse =
            story.grpc("ListCollaborators", &story.bo_token, &question).await;
        let status = answer.status.unwrap();
        assert_eq!(status.code, 11007, "{status:?}");
        assert!(status.details.contains("Collaborators_Get"), "{status:?}");
    });
}

#[test]
fn the_wire_goes_before_pages_at_addresses_of_two_parts() {
    tell(async |story| {
        let pages = Router::new().route("/{owner}/{app}", get(async || "a page")).fallback(async || "a page");
        let both = router(&story.bench.service, PER_KEY).merge(pages);
        for (path, is_page) in [
            ("/v2/status_codes", false),
            ("/v2/nothing", false),
            ("/v2", false),
            ("/ana/tea", true),
            ("/x", true),
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = both.clone().oneshot(request).await.unwrap();
            let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            assert_eq!(bytes == "a page", is_page, "{path}");
        }
    });
}

#[test]
fn everyone_can_ask_who_they_are_and_no_one_who_others_are() {
    tell(async |story| {
        for path in ["/v2/users/me", "/v2/users/bo"] {
            let (http, answer) = story.get(path, &story.bo_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            assert_eq!(answer["user"]["id"], "bo");
        }
        let (http, answer) = story.get("/v2/users/ana", &story.bo_token).await;
        assert_eq!((http, code(&answer)), (404, 11101), "{answer}");

        let question = GetUserRequest::default();
        let answer: SingleUserResponse = story.grpc("GetUser", &story.bo_token, &question).await;
        assert_eq!(answer.status.unwrap().code, 10000);
        assert_eq!(answer.user.unwrap().id, "bo");
    });
}

#[test]
fn permission_is_refused_before_it_is_said_that_something_is_not_served() {
    tell(async |story| {
        let invite = json!({ "collaborators": [{ "user": { "id": "cy" }, "scopes": ["Inputs_Get"] }] });
        let (http, answer) = story.rest(Method::POST, COLLABORATORS, &story.bo_token, invite).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");

        let path = "/v2/users/ana/apps/tea/duplications";
        let (http, answer) = story.rest(Method::POST, path, &story.bo_token, json!({})).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("Exports_Add"), "{answer}");

        let (http, answer) = story.rest(Method::POST, path, &story.ana_token, json!({})).await;
        assert_eq!((http, code(&answer)), (501, 10040), "{answer}");
    });
}

#[test]
fn a_key_that_cannot_be_one_is_told_from_one_that_is_unknown() {
    tell(async |story| {
        let (http, answer) = story.get("/v2/users/me", "hello").await;
        assert_eq!((http, code(&answer)), (401, 11008), "{answer}");
        assert!(details(&answer).contains("atl_"), "{answer}");

        let unknown = atelier_domain::secret::KeySecret::new(&[7; 29]);
        let (http, answer) = story.get("/v2/users/me", unknown.expose()).await;
        assert_eq!((http, code(&answer)), (401, 11009), "{answer}");
    });
}

#[test]
fn an_owner_shares_changes_and_takes_back() {
    tell(async |story| {
        story.bench.person("cy").await;
        let token = &story.ana_token;
        let detail = json!({ "user_detail": { "primary_email": "cy@example.org" } });
        let invite = json!({ "collaborators": [{ "user": detail, "scopes": ["Inputs_Get"] }] });
        let (http, answer) = story.rest(Method::POST, COLLABORATORS, token, invite).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let id = answer["collaborators"][0]["id"].as_str().unwrap().to_owned();

        let patch = json!({
            "action": "overwrite",
            "collaborators": [{ "id": id, "scopes": ["Collaborators_Get"] }],
        });
        let (http, answer) = story.rest(Method::PATCH, COLLABORATORS, token, patch).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let scopes = answer["collaborators"][0]["scopes"].as_array().unwrap();
        assert!(scopes.contains(&json!("Collaborators_Get")), "{answer}");
        assert!(!scopes.contains(&json!("Inputs_Get")), "{answer}");

        let remove = json!({ "collaborator_ids": [] });
        let (http, answer) = story.rest(Method::DELETE, COLLABORATORS, token, remove).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (_, answer) = story.get(COLLABORATORS, token).await;
        assert_eq!(answer["collaborators"].as_array().unwrap().len(), 2, "{answer}");

        let remove = json!({ "collaborator_ids": [id] });
        let (http, answer) = story.rest(Method::DELETE, COLLABORATORS, token, remove).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (_, answer) = story.get(COLLABORATORS, token).await;
        assert_eq!(answer["collaborators"].as_array().unwrap().len(), 1, "{answer}");
        let (_, answer) = story.get(&format!("{COLLABORATORS}?page=2"), token).await;
        assert_eq!(answer["collaborators"], json!([]), "{answer}");
    });
}

#[test]
fn a_key_shows_its_secret_once_and_reaches_what_it_says() {
    tell(async |story| {
        let key = json!({ "keys": [{ "description": "Reads", "scopes": ["Apps_Get", "Workflows_Get"] }] });
        let (http, answer) = story.rest(Method::POST, "/v2/users/me/keys", &story.ana_token, key).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let secret = answer["keys"][0]["id"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("atl_"));

        let (_, answer) = story.get("/v2/users/me/keys", &story.ana_token).await;
        assert!(!answer.to_string().contains("atl_"), "{answer}");

        let (http, answer) = story.get("/v2/users/ana/apps", &secret).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(answer["apps"][0]["id"], "tea");
        let (_, answer) = story.get("/v2/users/ana/apps?page=2", &secret).await;
        assert_eq!(answer["apps"], json!([]), "{answer}");
        let (_, answer) = story.get("/v2/users/ana/apps/tea/myscopes", &secret).await;
        let scopes = answer["scopes"].as_array().unwrap();
        assert!(scopes.contains(&json!("Workflows_Get")), "{answer}");
        assert!(!scopes.contains(&json!("Inputs_Add")), "no more than the key says: {answer}");

        let keys = story.bench.service.list_keys(&story.ana.who).await.unwrap();
        let key = keys.iter().find(|key| key.description == "Reads").unwrap().id;
        let path = format!("/v2/users/me/keys/{key}");
        let (http, answer) = story.rest(Method::DELETE, &path, &story.ana_token, json!({})).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (http, answer) = story.get("/v2/users/ana/apps", &secret).await;
        assert_eq!((http, code(&answer)), (401, 11009), "{answer}");
    });
}

#[test]
fn one_listener_speaks_grpc_over_unencrypted_http_2() {
    tell(async |story| {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = router(&story.bench.service, PER_KEY);
        let server = tokio::spawn(async move { axum::serve(listener, router).await });

        let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap();
        let channel = endpoint.connect().await.unwrap();
        let request = Request::builder()
            .method(Method::POST)
            .uri("/clarifai.api.V2/GetUser")
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("authorization", format!("Key {}", story.bo_token))
            .body(tonic::body::Body::new(Body::from(framed(&GetUserRequest::default().encode_to_vec()))))
            .unwrap();
        let response = channel.oneshot(request).await.unwrap();
        let mut bytes = to_bytes(Body::new(response.into_body()), 1 << 20).await.unwrap();
        let answer = SingleUserResponse::decode(bytes.split_off(5)).unwrap();
        assert_eq!(answer.user.unwrap().id, "bo");
        server.abort();
    });
}
