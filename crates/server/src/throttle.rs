//! How many requests one key makes.
//!
//! It is kept in memory, by each server for itself: it holds the load of one program in bounds and decides nothing about
//! access. The answers tell how much is left, in the fields `RateLimit` and `RateLimit-Policy` of the IETF's draft
//! `httpapi-ratelimit-headers`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use atelier_contract::Failure;
use atelier_contract::gateway::{Credential, Refused};
use atelier_domain::Timestamp;
use atelier_domain::limit::Allowance;
use atelier_domain::time::SECOND;
use atelier_service::{World, hash_secret};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};

/// By as many locks keys are kept, so that requests rarely wait for one another.
const SHARDS: usize = 64;

/// When a shard has as many keys, those that have their whole allowance again are forgotten.
const CROWDED: usize = 1_024;

type Shard = Mutex<HashMap<[u8; 32], Timestamp>>;

/// What the keys have spent.
#[derive(Clone)]
pub(crate) struct Throttle {
    allowance: Allowance,
    world: World,
    shards: Arc<[Shard]>,
}

/// What is left of a key's allowance.
struct Left {
    requests: u32,
    /// Seconds until it has all of it again.
    whole_in: u64,
    /// Seconds until the next request, if there was one too many.
    refused_for: Option<u64>,
}

impl Throttle {
    pub(crate) fn new(world: World, allowance: Allowance) -> Self {
        Self { allowance, world, shards: (0..SHARDS).map(|_| Shard::default()).collect() }
    }

    fn spend(&self, secret: &str) -> Left {
        let (now, hash) = (self.world.now(), hash_secret(secret));
        let shard =
            self.shards.get(usize::from(hash[0]) % SHARDS).expect("there is a shard for each remainder");
        // Nothing that panics runs while it is locked.
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.len() >= CROWDED {
            shard.retain(|_, spent_until| *spent_until > now);
        }
        let spent_until = shard.entry(hash).or_insert(now);
        let refused_for = match self.allowance.spend(1, *spent_until, now) {
            Ok(until) => {
                *spent_until = until;
                None
            }
            Err(wait) => Some(seconds(wait)),
        };
        Left {
            requests: self.allowance.left(*spent_until, now),
            whole_in: seconds(spent_until.since(now)),
            refused_for,
        }
    }
}

fn seconds(span: i64) -> u64 {
    u64::try_from(span).unwrap_or_default().div_ceil(SECOND.unsigned_abs())
}

/// Has requests refused of a key that makes too many, and says of each how many are left.
pub(crate) async fn per_key(State(throttle): State<Throttle>, mut request: Request, next: Next) -> Response {
    // Without a secret there is nobody to count for: such requests get nothing but what is open to everyone.
    let Some(credential) = Credential::of(request.headers()) else { return next.run(request).await };
    let left = throttle.spend(credential.reveal());
    if let Some(wait) = left.refused_for {
        let plural = if wait == 1 { "" } else { "s" };
        let details = format!("this key makes too many requests; try again in {wait} second{plural}");
        request.extensions_mut().insert(Refused(Failure::throttled().details(details)));
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let window = throttle.allowance.span() / SECOND;
    let fields = [
        ("ratelimit-policy", Some(format!("\"key\";q={};w={window}", throttle.allowance.count()))),
        ("ratelimit", Some(format!("\"key\";r={};t={}", left.requests, left.whole_in))),
        (RETRY_AFTER.as_str(), left.refused_for.map(|wait| wait.to_string())),
    ];
    for (name, value) in fields {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
