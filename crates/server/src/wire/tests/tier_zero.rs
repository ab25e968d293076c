//! Identity, apps, keys, scopes, collaborators and the audit list: the first tier of the wire, served in full.

use atelier_domain::{Auth, BasicScope, Endpoint, Scope, Verb};

use super::*;

/// How many RPCs the first tier of the published protocol has.
const RPCS: usize = 30;

/// The RPCs of the first tier: those of an account, of an app itself, and of its collaborators.
fn first_tier() -> impl Iterator<Item = Endpoint> {
    Endpoint::all()
        .filter(|endpoint| endpoint.is_rpc())
        .filter(|endpoint| matches!(endpoint.group(), None | Some(BasicScope::Collaborator)))
}

pub(super) fn method(verb: Verb) -> Method {
    verb.as_str().parse().unwrap()
}

/// The first path of an RPC, with Ana's app in it.
pub(super) fn path(endpoint: Endpoint) -> String {
    let mut path = endpoint.paths()[0]
        .replace("{user_app_id.user_id}", "ana")
        .replace("{user_app_id.app_id}", "tea")
        .replace("{status_code_id}", "10000");
    while let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
        path.replace_range(start..=end, "00000000-0000-0000-0000-000000000000");
    }
    path
}

#[test]
fn every_rpc_of_the_first_tier_is_served() {
    tell(async |story| {
        let session = story.session_of(&story.ana).await;
        let mut asked = 0;
        for endpoint in first_tier() {
            let secret = if endpoint.auth() == Auth::Session { &session } else { &story.ana_token };
            let (http, answer) =
                story.rest(method(endpoint.verb()), &path(endpoint), secret, json!({})).await;
            assert_ne!(code(&answer), 10040, "{endpoint}");
            assert!(http < 500 && http != 401 && http != 403, "{endpoint}: {http} {answer}");
            asked += 1;
            if endpoint == Endpoint::DeleteApp {
                let app = CreateApp { slug: "tea".into(), ..CreateApp::default() };
                story.bench.service.create_app(&story.ana.who, &app).await.unwrap();
            }
        }
        assert_eq!(asked, RPCS);
    });
}

#[test]
fn scopes_are_listed_for_each_kind_of_key_and_only_to_a_session() {
    tell(async |story| {
        let path = "/v2/users/ana/scopes";
        let (http, answer) = story.get(path, &story.ana_token).await;
        assert_eq!((http, code(&answer)), (403, 11007), "a key is no session: {answer}");

        let session = story.session_of(&story.ana).await;
        let named = |answer: &Value, list: &str, name: &str| -> Vec<String> {
            let entries = answer[list].as_array().unwrap().iter();
            entries.map(|entry| entry[name].as_str().unwrap().to_owned()).collect()
        };
        let (http, answer) = story.get(path, &session).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let endpoints = named(&answer, "endpoint_deps", "endpoint");
        assert!(endpoints.contains(&"/clarifai.api.V2/ListCollaborators".to_owned()), "{answer}");
        assert!(!endpoints.contains(&"/clarifai.api.V2/PostKeys".to_owned()), "takes no app key");
        let scopes = named(&answer, "scope_deps", "scope");
        assert!(!scopes.contains(&"Keys_Add".to_owned()), "opens nothing to an app key");
        let deps = answer["scope_deps"].as_array().unwrap();
        let delete = deps.iter().find(|entry| entry["scope"] == "Inputs_Delete").unwrap();
        assert_eq!(delete["depending_scopes"], json!(["Inputs_Add", "Inputs_Get"]));

        let (_, answer) = story.get(&format!("{path}?key_type=personal_access_token"), &session).await;
        let endpoints = named(&answer, "endpoint_deps", "endpoint");
        assert!(endpoints.contains(&"/clarifai.api.V2/PostKeys".to_owned()), "{answer}");
        assert!(named(&answer, "scope_deps", "scope").contains(&"Keys_Add".to_owned()), "{answer}");

        let (http, answer) = story.get(&format!("{path}?key_type=spare_key"), &session).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        let (http, answer) = story.get("/v2/users/bo/scopes", &session).await;
        assert_eq!((http, code(&answer)), (404, 11101), "{answer}");
    });
}

#[test]
fn a_key_hears_what_it_gives() {
    tell(async |story| {
        let reads = ScopeSet::of(&[Scope::AppsGet, Scope::WorkflowsGet]);
        let key = story.key_of(&story.ana, |key| key.scopes = reads).await;
        let (http, answer) = story.get("/v2/myscopesroot", &key).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let scopes = answer["scopes"].as_array().unwrap();
        assert!(scopes.contains(&json!("Apps_Get")) && !scopes.contains(&json!("Apps_Add")), "{answer}");
        let app_key = story
            .key_of(&story.ana, |key| {
                key.app = Some(AppName::of("ana", "tea"));
                key.is_app_key = true;
            })
            .await;
        let (http, answer) = story.get("/v2/myscopesroot", &app_key).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
    });
}
