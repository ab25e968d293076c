//! Decisions, beside the rules said a second time with nothing but lists.

use atelier_domain::id::{AppId, GrantId, KeyId, UserId};
use atelier_domain::session::PROOF;
use atelier_domain::time::DAY;
use atelier_domain::{
    AppRef, Auth, Caller, Condition, Conditions, Credential, Endpoint, EndpointSet, Reach, Rights, Scope,
    ScopeSet, Standing, Timestamp, decide, decide_own,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_000 * DAY);
const OWNER: UserId = UserId(Uuid::from_u128(1));
const PERSON: UserId = UserId(Uuid::from_u128(2));
const APP: AppRef = AppRef { id: AppId(Uuid::from_u128(3)), owner: OWNER };
const OTHER_APP: AppId = AppId(Uuid::from_u128(4));
const KEY: KeyId = KeyId(Uuid::from_u128(5));
const GRANT: GrantId = GrantId(Uuid::from_u128(6));

const CONDITIONS: [Condition; 12] = [
    Condition::CarriesLabels,
    Condition::NamesDatasets,
    Condition::RemovesOrOverwrites,
    Condition::SelectsBySearch,
    Condition::SelectsBySavedSearch,
    Condition::Labels,
    Condition::CarriesFilter,
    Condition::Trains,
    Condition::SourcePredicts,
    Condition::OthersInvitation,
    Condition::ConceptIsUsed,
    Condition::KeepsSearch,
];

/// Rights that are near to what `endpoint` asks for, so that they open it about as often as not.
fn rights(endpoint: Endpoint) -> impl Strategy<Value = Rights> {
    let every_need = CONDITIONS.iter().fold(Conditions::NONE, |all, condition| all.and(*condition, true));
    let needs: Vec<Scope> = endpoint.needs_for(every_need).iter().collect();
    let least = needs.len().saturating_sub(1);
    let scopes = prop_oneof![
        2 => subsequence(needs.clone(), least..=needs.len())
            .prop_map(|scopes| scopes.into_iter().collect::<ScopeSet>()),
        1 => Just(ScopeSet::ALL),
        1 => Just(ScopeSet::EMPTY),
    ];
    let endpoints = prop_oneof![
        3 => Just(None),
        1 => Just(Some(EndpointSet::EMPTY)),
        1 => Just(Some(EndpointSet::EMPTY.with(endpoint))),
    ];
    let ends_at = prop_oneof![
        2 => Just(None),
        1 => (-1..=1i64).prop_map(|span| Some(NOW.plus(span))),
        1 => any::<i64>().prop_map(|micros| Some(Timestamp::from_micros(micros))),
    ];
    let reach = select(Reach::ALL.to_vec());
    (scopes, endpoints, reach, ends_at).prop_map(|(scopes, endpoints, reach, ends_at)| Rights {
        scopes,
        endpoints,
        reach,
        ends_at,
    })
}

fn credential(endpoint: Endpoint) -> impl Strategy<Value = Credential> {
    let apps = vec![APP.id, APP.id, OTHER_APP];
    prop_oneof![
        select(vec![NOW, NOW.plus(1 - PROOF), NOW.plus(-PROOF)])
            .prop_map(|proved_at| Credential::Session { proved_at }),
        (rights(endpoint), proptest::option::of(select(apps.clone())))
            .prop_map(|(rights, app)| Credential::Token { id: KEY, rights, app }),
        (rights(endpoint), select(apps)).prop_map(|(rights, app)| Credential::AppKey {
            id: KEY,
            rights,
            app
        }),
    ]
}

fn standing(endpoint: Endpoint) -> impl Strategy<Value = Standing> {
    prop_oneof![
        1 => Just(Standing::Owner),
        1 => Just(Standing::Stranger),
        4 => rights(endpoint).prop_map(|rights| Standing::Collaborator { grant: GRANT, rights }),
    ]
}

/// A request, in all that a decision looks at.
#[derive(Clone, Debug)]
struct Request {
    endpoint: Endpoint,
    credential: Credential,
    standing: Standing,
    conditions: Vec<Condition>,
}

fn request() -> impl Strategy<Value = Request> {
    select(Endpoint::all().collect::<Vec<_>>()).prop_flat_map(|endpoint| {
        (credential(endpoint), standing(endpoint), subsequence(CONDITIONS.to_vec(), 0..=11)).prop_map(
            move |(credential, standing, conditions)| Request { endpoint, credential, standing, conditions },
        )
    })
}

/// Whether rights open an endpoint that needs `needs`.
fn opens(rights: &Rights, endpoint: Endpoint, needs: &[Scope]) -> bool {
    let in_time = match rights.ends_at {
        Some(end) => NOW.micros() < end.micros(),
        None => true,
    };
    let listed = match rights.endpoints {
        Some(list) => endpoint.paths().is_empty() || list.iter().any(|listed| listed == endpoint),
        None => true,
    };
    let reached = rights.reach == Reach::Everything || !endpoint.is_of_whole();
    in_time && listed && reached && needs.iter().all(|need| rights.scopes.iter().any(|scope| scope == *need))
}

/// Whether a credential is of the kind that is asked for, and opens the endpoint.
fn key_opens(credential: &Credential, endpoint: Endpoint, needs: &[Scope]) -> bool {
    match (endpoint.auth(), credential) {
        (_, Credential::Session { .. }) => true,
        (Auth::Session, _) | (Auth::Pat, Credential::AppKey { .. }) => false,
        (_, Credential::Token { rights, .. } | Credential::AppKey { rights, .. }) => {
            opens(rights, endpoint, needs)
        }
    }
}

/// Whether a session's password was given long ago, where that matters.
fn is_stale(credential: &Credential, endpoint: Endpoint) -> bool {
    let Credential::Session { proved_at } = credential else { return false };
    endpoint.asks_password() && NOW.micros() - proved_at.micros() >= PROOF
}

fn needs(request: &Request) -> Vec<Scope> {
    let more = request.endpoint.needs_if().iter();
    let more = more.filter(|(condition, _)| request.conditions.contains(condition));
    request.endpoint.needs().iter().chain(more.flat_map(|(_, scopes)| scopes.iter())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_decision_is_what_the_rules_say(request in request()) {
        let Request { endpoint, credential, standing, conditions } = &request;
        let caller = Caller { user: PERSON, credential: *credential };
        let conditions = conditions.iter().fold(Conditions::NONE, |all, condition| all.and(*condition, true));
        let needs = needs(&request);
        let reaches = match credential {
            Credential::Token { app: Some(app), .. } | Credential::AppKey { app, .. } => *app == APP.id,
            Credential::Session { .. } | Credential::Token { app: None, .. } => true,
        };
        let may = match standing {
            Standing::Owner => true,
            Standing::Stranger => false,
            Standing::Collaborator { rights, .. } => opens(rights, *endpoint, &needs),
        };
        let expected =
            reaches && may && key_opens(credential, *endpoint, &needs) && !is_stale(credential, *endpoint);
        match decide(&caller, APP, standing, *endpoint, conditions, NOW) {
            Ok(permit) => {
                prop_assert!(expected, "{permit:?}");
                // What was permitted can be done with what the permit says one has, and it is neither's excess.
                prop_assert!(opens(permit.rights(), *endpoint, &needs));
                prop_assert!(permit.rights().within(credential.rights()));
                if let Standing::Collaborator { rights, .. } = standing {
                    prop_assert!(permit.rights().within(rights));
                }
                prop_assert_eq!((permit.app(), permit.user(), permit.endpoint()), (APP.id, PERSON, *endpoint));
                prop_assert_eq!(permit.grant().is_some(), matches!(standing, Standing::Collaborator { .. }));
                prop_assert_eq!(permit.key().is_some(), !matches!(credential, Credential::Session { .. }));
            }
            Err(refusal) => {
                prop_assert!(!expected, "{refusal:?}");
                prop_assert_eq!(refusal.endpoint, *endpoint);
                prop_assert!(refusal.missing().iter().all(|scope| needs.contains(&scope)));
                prop_assert!(!refusal.explain(&["Ada"]).is_empty());
            }
        }
    }

    #[test]
    fn a_decision_on_ones_own_account_is_what_the_rules_say(request in request()) {
        let Request { endpoint, credential, .. } = &request;
        let caller = Caller { user: PERSON, credential: *credential };
        let needs: Vec<Scope> = endpoint.needs().iter().collect();
        prop_assert_eq!(
            decide_own(&caller, *endpoint, NOW).is_ok(),
            key_opens(credential, *endpoint, &needs) && !is_stale(credential, *endpoint)
        );
    }
}
