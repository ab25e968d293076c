//! Every RPC of the endpoint table, over REST and over gRPC, asked by everybody who must not get it.

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    App, IdUpdateSource, ListScopesRequest, MyScopesRequest, MyScopesRootRequest, PatchAppRequest,
    PatchAppsDetailsRequest, PatchAppsIdsRequest, PatchAppsRequest,
};
use atelier_domain::id::KeyId;
use atelier_domain::secret::KeySecret;
use atelier_domain::{Auth, Endpoint, Reach, Rights, Scope};
use atelier_service::hash_secret;
use atelier_store::queries::keys;
use atelier_testkit::sharing::give_exactly;
use serde::Serialize;

use super::tier_zero::{method, path};
use super::*;

/// The RPCs, without the one whose questions stream: it is asked of no app by its address.
fn rpcs() -> impl Iterator<Item = Endpoint> {
    Endpoint::all().filter(|endpoint| endpoint.is_rpc() && *endpoint != Endpoint::StreamModelOutputs)
}

/// Whether an RPC concerns an app: by its address, or by the apps that its request names.
fn is_about_an_app(endpoint: Endpoint) -> bool {
    endpoint.is_of_app() || matches!(endpoint, Endpoint::PatchApps | Endpoint::PatchAppsIds)
}

/// A request about Ana's app: as JSON, and as gRPC encodes it.
fn question(endpoint: Endpoint) -> (Value, Vec<u8>) {
    fn both(message: impl Message + Serialize) -> (Value, Vec<u8>) {
        (serde_json::to_value(&message).unwrap(), message.encode_to_vec())
    }
    let app_id = if endpoint.is_of_app() { "tea".into() } else { String::new() };
    let user_app_id = Some(UserAppIdSet { user_id: "ana".into(), app_id });
    let app = App { id: "tea".into(), name: "Taken".into(), ..App::default() };
    let action = "overwrite".to_owned();
    match endpoint {
        Endpoint::PatchApp => {
            both(PatchAppRequest { user_app_id, app: Some(app), action, ..Default::default() })
        }
        Endpoint::PatchApps => {
            both(PatchAppsRequest { user_app_id, apps: vec![app], action, ..Default::default() })
        }
        Endpoint::PatchAppsDetails => both(PatchAppsDetailsRequest { user_app_id, apps: vec![app], action }),
        Endpoint::PatchAppsIds => {
            let ids = vec![IdUpdateSource { id: "tea".into(), new_id: "taken".into() }];
            both(PatchAppsIdsRequest { user_app_id, ids, action })
        }
        Endpoint::ListScopes => both(ListScopesRequest { user_app_id, ..Default::default() }),
        Endpoint::MyScopesRoot | Endpoint::ListStatusCodes => both(MyScopesRootRequest {}),
        // Field 1 says whose app is meant, in all of them.
        _ => both(MyScopesRequest { user_app_id }),
    }
}

/// How a request was answered: the code, the details, and the status of HTTP if it came over REST.
struct Answered {
    http: Option<u16>,
    code: i64,
    details: String,
}

impl Story {
    /// Asks over both transports.
    async fn ask(&self, endpoint: Endpoint, secret: &str) -> [Answered; 2] {
        let (body, message) = question(endpoint);
        let (http, answer) = self.rest(method(endpoint.verb()), &path(endpoint), secret, body).await;
        let rest = Answered { http: Some(http), code: code(&answer), details: details(&answer).to_owned() };
        let answer: BaseResponse = self.grpc_encoded(endpoint.rpc(), secret, &message).await;
        let status = answer.status.unwrap();
        let grpc = Answered { http: None, code: status.code.into(), details: status.details };
        [rest, grpc]
    }

    /// Asks over both transports, and wants both refused in the same way.
    async fn is_refused(&self, endpoint: Endpoint, secret: &str, http: u16, code: i64, words: &[&str]) {
        for answered in self.ask(endpoint, secret).await {
            let what = format!("{endpoint}: {:?} {} {}", answered.http, answered.code, answered.details);
            assert_eq!(answered.code, code, "{what}");
            assert!(answered.http.is_none_or(|status| status == http), "{what}");
            assert!(words.iter().all(|word| answered.details.contains(word)), "{what}: {words:?}");
        }
    }

    /// A token of `person`'s with exactly these rights: the service would add the reads that they need.
    pub(super) async fn exact_key(&self, person: &Person, rights: Rights) -> String {
        let service = &self.bench.service;
        let secret = KeySecret::new(&service.world().random());
        let hash = hash_secret(secret.expose());
        let key = keys::NewKey {
            id: KeyId::new(self.bench.now(), &service.world().random()),
            secret: Some((&hash, secret.last_four())),
            is_app_key: false,
            user: person.id,
            app: None,
            grant: None,
            description: "Exact",
            rights,
        };
        let mut tx = service.store().write().await.unwrap();
        keys::insert(&mut tx, &key, self.bench.now()).await.unwrap();
        tx.commit().await.unwrap();
        secret.expose().to_owned()
    }
}

#[test]
fn whoever_shows_nothing_is_asked_for_a_key() {
    tell(async |story| {
        for endpoint in rpcs().filter(|endpoint| endpoint.auth() != Auth::Open) {
            story.is_refused(endpoint, "", 401, 11008, &["send a key"]).await;
        }
    });
}

#[test]
fn to_a_stranger_neither_the_app_nor_its_owner_exists() {
    tell(async |story| {
        let cy = story.bench.person("cy").await;
        let key = story.key_of(&cy, |_| {}).await;
        let session = story.session_of(&cy).await;
        let before = story.state().await;
        for endpoint in rpcs() {
            match endpoint {
                // They tell of the key itself, or list what is shared, which is nothing.
                Endpoint::MyScopesRoot | Endpoint::ListApps | Endpoint::PostAppsSearches => continue,
                _ if endpoint.auth() == Auth::Open => continue,
                _ => {}
            }
            let secret = if endpoint.auth() == Auth::Session { &session } else { &key };
            story.is_refused(endpoint, secret, 404, 11101, &[]).await;
        }
        assert_eq!(story.state().await, before);
    });
}

/// ASVS 8.2.1 and 8.3.1.
#[test]
fn a_key_that_lacks_one_scope_is_refused_by_that_scope() {
    tell(async |story| {
        let before = story.state().await;
        let mut refused = 0;
        for lost in Scope::all() {
            let rights = Rights::of(ScopeSet::ALL.minus(ScopeSet::of(&[lost])));
            let key = story.exact_key(&story.ana, rights).await;
            for endpoint in rpcs().filter(|endpoint| endpoint.needs().contains(lost)) {
                story.is_refused(endpoint, &key, 403, 11007, &[lost.wire(), "the key you used"]).await;
                refused += 1;
            }
        }
        assert!(refused > 400, "{refused}");
        // The keys are new, and so are the times at which they were used; nothing else may be.
        let after = story.state().await;
        for part in [1, 3, 4] {
            assert_eq!(after[part], before[part]);
        }
    });
}

/// ASVS 8.2.1 and 8.3.1.
#[test]
fn a_collaborator_who_lacks_one_scope_is_refused_by_that_scope() {
    tell(async |story| {
        let bo = story.bench.sign_in("bo", "bo@example.org").await;
        let (key, app) = (story.key_of(&bo, |_| {}).await, AppName::of("ana", "tea"));
        let mut refused = 0;
        for lost in Scope::all() {
            let rights = Rights::of(ScopeSet::ALL.minus(ScopeSet::of(&[lost])));
            give_exactly(&story.bench, &story.ana, &app, bo.id, rights).await;
            let needing = |endpoint: &Endpoint| endpoint.needs().contains(lost) && is_about_an_app(*endpoint);
            for endpoint in rpcs().filter(needing) {
                let words = [lost.wire(), "your access to this app does not include"];
                story.is_refused(endpoint, &key, 403, 11007, &words).await;
                refused += 1;
            }
        }
        assert!(refused > 400, "{refused}");
        let (_, answer) = story.get("/v2/users/ana/apps/tea", &story.ana_token).await;
        assert_eq!(answer["app"]["name"], "tea");
    });
}

/// ASVS 8.2.1 and 8.3.1.
#[test]
fn an_app_key_is_not_taken_where_a_person_is_asked_for() {
    tell(async |story| {
        let app_key = story
            .key_of(&story.ana, |key| {
                key.app = Some(AppName::of("ana", "tea"));
                key.is_app_key = true;
            })
            .await;
        let before = story.state().await;
        for endpoint in rpcs() {
            match endpoint.auth() {
                Auth::Open | Auth::Key => {}
                Auth::Pat => {
                    story.is_refused(endpoint, &app_key, 403, 11007, &["personal access token"]).await
                }
                Auth::Session => story.is_refused(endpoint, &app_key, 403, 11007, &["signed in"]).await,
            }
        }
        assert_eq!(story.state().await, before);
    });
}

/// ASVS 8.2.1 and 8.3.1.
#[test]
fn a_key_that_has_ended_or_was_revoked_opens_nothing() {
    tell(async |story| {
        let soon = story.bench.now().plus(atelier_domain::time::HOUR);
        let ended = story.key_of(&story.ana, |key| key.ends_at = Some(soon)).await;
        let revoked = story.key_of(&story.ana, |key| key.description = "Revoked".into()).await;
        let service = &story.bench.service;
        let keys = service.list_keys(&story.ana.who).await.unwrap();
        let id = keys.iter().find(|key| key.description == "Revoked").unwrap().id;
        service.revoke_key(&story.ana.who, id).await.unwrap();
        story.bench.clock.advance(2 * atelier_domain::time::HOUR);
        for endpoint in rpcs().filter(|endpoint| endpoint.auth() != Auth::Open) {
            story.is_refused(endpoint, &ended, 403, 11007, &["this key has ended"]).await;
            story.is_refused(endpoint, &revoked, 401, 11009, &["unknown or was revoked"]).await;
        }
    });
}

/// ASVS 8.2.2.
#[test]
fn whoever_reaches_only_assigned_tasks_is_refused_what_is_about_the_whole_app() {
    tell(async |story| {
        let bo = story.bench.sign_in("bo", "bo@example.org").await;
        let (key, app) = (story.key_of(&bo, |_| {}).await, AppName::of("ana", "tea"));
        let limited = Rights { reach: Reach::Assigned, ..Rights::FULL };
        give_exactly(&story.bench, &story.ana, &app, bo.id, limited).await;
        let limited_key = story.exact_key(&story.ana, limited).await;
        let mut refused = 0;
        for endpoint in rpcs().filter(|endpoint| endpoint.is_of_whole()) {
            let words = ["limited to the inputs of tasks", "your access to this app", "could lift the limit"];
            story.is_refused(endpoint, &key, 403, 11007, &words).await;
            let words = ["limited to the inputs of tasks", "the key you used"];
            story.is_refused(endpoint, &limited_key, 403, 11007, &words).await;
            refused += 1;
        }
        assert!(refused >= 10, "{refused}");
    });
}
