//! The gateway: the endpoint table as a router, over REST and gRPC at once.
//!
//! Every RPC of the table is routed, whether it has a handler or not, so that a permission can be refused before it
//! is said that something is not served. Failures are in band: over gRPC the status is OK and the answer's own
//! `status` says what went wrong; over REST the same answer comes with a fitting HTTP status.

pub mod beside;
mod call;
mod grpc;
mod operation;
mod rest;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use atelier_domain::{Endpoint, EndpointSet};
use axum::Router;
use axum::extract::Request;
use axum::routing::{MethodRouter, any, post};

use self::operation::{Operation, Typed};
use crate::proto::status::{BaseResponse, StatusCode};
use crate::proto::{MyScopesRequest, UserAppIdSet};
use crate::{Answer, Failure, schema};

pub use self::call::{Call, Credential, Refused, Transport};

/// How large a request may be, in bytes, unless told otherwise.
const BODY_LIMIT: usize = 4 << 20;
/// How large one that carries inputs with their bytes may be.
const INPUTS_BODY_LIMIT: usize = 128 << 20;

/// The RPCs and who answers them. See the [module](self).
pub struct Gateway<S> {
    state: S,
    operations: HashMap<Endpoint, Arc<dyn Operation<S>>>,
    unserved: Arc<dyn Operation<S>>,
    body_limits: HashMap<Endpoint, usize>,
    beside: Vec<(Endpoint, beside::Handler<S>)>,
    request_ids: RequestIds,
}

/// One RPC, as the two transports see it.
struct Target<S> {
    endpoint: Endpoint,
    operation: Arc<dyn Operation<S>>,
    state: S,
    limit: usize,
    request_ids: RequestIds,
}

/// Makes the ids of requests that come without one.
#[derive(Clone)]
struct RequestIds(Arc<dyn Fn() -> String + Send + Sync>);

impl RequestIds {
    fn next(&self) -> String {
        (self.0)()
    }
}

impl<S: Clone + Send + Sync + 'static> Gateway<S> {
    /// A gateway that serves nothing yet. Each handler gets a clone of `state`.
    #[must_use]
    pub fn new(state: S) -> Self {
        let counter = AtomicU64::new(1);
        Self {
            state,
            operations: HashMap::new(),
            unserved: unserved(async |_, _, _| Failure::not_implemented()),
            body_limits: HashMap::from([
                (Endpoint::PostInputs, INPUTS_BODY_LIMIT),
                (Endpoint::PostCollectorInputs, INPUTS_BODY_LIMIT),
                (Endpoint::PostModelOutputs, INPUTS_BODY_LIMIT),
                (Endpoint::GenerateModelOutputs, INPUTS_BODY_LIMIT),
                (Endpoint::StreamModelOutputs, INPUTS_BODY_LIMIT),
            ]),
            beside: Vec::new(),
            request_ids: RequestIds(Arc::new(move || {
                format!("{:016x}", counter.fetch_add(1, Ordering::Relaxed))
            })),
        }
    }

    /// Has `handler` answer `endpoint`.
    ///
    /// The answer's `status` is filled in: success, unless the handler set another. So is its request id.
    ///
    /// # Panics
    /// When the handler's types are not those of the RPC: at start, so that no request can meet it.
    #[must_use]
    pub fn serve<H, F, Q, A>(mut self, endpoint: Endpoint, handler: H) -> Self
    where
        H: Fn(S, Call, Q) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<A, Failure>> + Send + 'static,
        Q: prost::Message + prost::Name + Default + 'static,
        A: Answer,
    {
        let method = schema::service().methods().find(|method| method.name() == endpoint.rpc());
        let method = method.unwrap_or_else(|| panic!("{endpoint} is not in service.proto"));
        assert_eq!(method.input().full_name(), Q::full_name(), "what {endpoint} takes");
        assert_eq!(method.output().full_name(), A::full_name(), "what {endpoint} answers");
        self.operations.insert(endpoint, Arc::new(Typed::new(handler)));
        self
    }

    /// Has `handler` answer an act at its address among [`beside::ADDRESSES`].
    ///
    /// # Panics
    /// When the act has none there: at start, so that no request can meet it.
    #[must_use]
    pub fn serve_beside<H, F, Q, A>(mut self, endpoint: Endpoint, handler: H) -> Self
    where
        H: Fn(S, Call, Q) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<A, Failure>> + Send + 'static,
        Q: serde::de::DeserializeOwned + Send + 'static,
        A: serde::Serialize + 'static,
    {
        let has_address = beside::ADDRESSES.iter().any(|(act, _)| *act == endpoint);
        assert!(has_address, "{endpoint} has no address beside the RPCs");
        self.beside.push((endpoint, beside::handler(handler)));
        self
    }

    /// Has `handler` refuse every RPC that has no handler of its own. It learns whose app is meant, so that a caller
    /// without permission gets to hear that first. Without it, they are all answered with 10040.
    #[must_use]
    pub fn unserved<H, F>(mut self, handler: H) -> Self
    where
        H: Fn(S, Call, UserAppIdSet) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Failure> + Send + 'static,
    {
        self.unserved = unserved(handler);
        self
    }

    /// Lets requests for `endpoint` have up to `bytes` bytes: bodies over REST, messages over gRPC. The default is
    /// 4 MiB, and 128 MiB for what carries inputs.
    #[must_use]
    pub fn body_limit(mut self, endpoint: Endpoint, bytes: usize) -> Self {
        self.body_limits.insert(endpoint, bytes);
        self
    }

    /// Names requests that come without an `x-request-id` by calling `make`. The default counts.
    #[must_use]
    pub fn request_ids(mut self, make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.request_ids = RequestIds(Arc::new(make));
        self
    }

    /// The endpoints that have a handler.
    #[must_use]
    pub fn served(&self) -> EndpointSet {
        self.operations.keys().copied().collect()
    }

    /// The router: REST under `/v2`, gRPC under `/clarifai.api.V2`.
    ///
    /// Captures in its paths are named `p0`, `p1`, … by position. A route that is merged into the same tree must name
    /// its captures likewise: `/v2/users/{p0}/organizations`.
    pub fn into_router(self) -> Router {
        let mut paths: BTreeMap<String, MethodRouter> = BTreeMap::new();
        let mut router = Router::new();
        for endpoint in Endpoint::all().filter(|endpoint| endpoint.is_rpc()) {
            let target = Arc::new(Target {
                endpoint,
                operation: Arc::clone(self.operations.get(&endpoint).unwrap_or(&self.unserved)),
                state: self.state.clone(),
                limit: self.body_limits.get(&endpoint).copied().unwrap_or(BODY_LIMIT),
                request_ids: self.request_ids.clone(),
            });
            for path in endpoint.paths() {
                let (shape, fields) = rest::shape(path);
                let (target, fields) = (Arc::clone(&target), Arc::from(fields));
                let methods = paths.remove(&shape).unwrap_or_default();
                let handler = move |request: Request| rest::answer(target, fields, request);
                paths.insert(shape, methods.on(rest::filter(endpoint.verb()), handler));
            }
            let handler = move |request: Request| grpc::answer(target, request);
            router = router.route(&grpc::path(endpoint.rpc()), post(handler));
        }
        for (endpoint, handler) in self.beside {
            for (_, path) in beside::ADDRESSES.iter().filter(|(act, _)| *act == endpoint) {
                let (shape, fields) = rest::shape(path);
                let (state, fields) = (self.state.clone(), Arc::from(fields));
                let (handler, request_ids) = (Arc::clone(&handler), self.request_ids.clone());
                let methods = paths.remove(&shape).unwrap_or_default();
                let handler = move |request: Request| {
                    beside::answer(endpoint, handler, state, fields, request_ids, request)
                };
                paths.insert(shape, methods.on(rest::filter(endpoint.verb()), handler));
            }
        }
        for (path, methods) in paths {
            router = router.route(&path, methods);
        }

        let refuse = |code: StatusCode| {
            let request_ids = self.request_ids.clone();
            move |request: Request| rest::refuse(Failure::new(code), request_ids, request)
        };
        router
            .route(&grpc::path("{rpc}"), post(grpc::unimplemented))
            .method_not_allowed_fallback(refuse(StatusCode::ConnMethodNotAllowed))
            .route("/v2", any(refuse(StatusCode::ConnDoesNotExist)))
            .route("/v2/", any(refuse(StatusCode::ConnDoesNotExist)))
            .route("/v2/{*rest}", any(refuse(StatusCode::ConnDoesNotExist)))
    }
}

/// A handler for RPCs whose messages are not known, except that field 1 says whose app is meant and that field 1 of
/// the answer is its status. `MyScopesRequest` and `BaseResponse` are the messages that have nothing else.
fn unserved<S, H, F>(handler: H) -> Arc<dyn Operation<S>>
where
    S: Clone + Send + Sync + 'static,
    H: Fn(S, Call, UserAppIdSet) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Failure> + Send + 'static,
{
    let answer = move |state, call, question: MyScopesRequest| {
        let failure = handler(state, call, question.user_app_id.unwrap_or_default());
        async move { Err::<BaseResponse, _>(failure.await) }
    };
    Arc::new(Typed::new(answer))
}
