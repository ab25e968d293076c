//! A handler behind both transports: decoding, calling, and saying how it went.

use std::marker::PhantomData;

use axum::extract::Request;
use axum::response::Response;
use futures::FutureExt;
use futures::future::{BoxFuture, Either};
use prost_reflect::MessageDescriptor;
use serde_json::{Map, Value};

use super::{Call, grpc, rest};
use crate::proto::status::StatusCode;
use crate::{Answer, Failure, json, schema};

/// A handler whose types are forgotten.
pub(super) trait Operation<S>: Send + Sync {
    /// The message that it takes.
    fn question(&self) -> MessageDescriptor;

    /// Answers over REST what was read from the request, or that it could not be read.
    fn rest(
        &self,
        state: S,
        call: Call,
        input: Result<Map<String, Value>, Failure>,
    ) -> BoxFuture<'static, Response>;

    /// Answers a request over gRPC whose message is of `limit` bytes at most.
    fn grpc(&self, state: S, call: Call, request: Request, limit: usize) -> BoxFuture<'static, Response>;

    /// Answers each of the messages that a client streams over gRPC, in their order. All are of the one call.
    fn grpc_stream(
        &self,
        state: S,
        call: Call,
        request: Request,
        limit: usize,
    ) -> BoxFuture<'static, Response>;
}

/// A handler with its types: it takes `Q` and answers `A`.
pub(super) struct Typed<H, Q, A> {
    handler: H,
    types: PhantomData<fn(Q) -> A>,
}

impl<H, Q, A> Typed<H, Q, A> {
    pub(super) fn new(handler: H) -> Self {
        Self { handler, types: PhantomData }
    }
}

impl<S, H, F, Q, A> Operation<S> for Typed<H, Q, A>
where
    S: Clone + Send + Sync + 'static,
    H: Fn(S, Call, Q) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<A, Failure>> + Send + 'static,
    Q: prost::Message + prost::Name + Default + 'static,
    A: Answer,
{
    fn question(&self) -> MessageDescriptor {
        schema::message::<Q>()
    }

    fn rest(
        &self,
        state: S,
        call: Call,
        input: Result<Map<String, Value>, Failure>,
    ) -> BoxFuture<'static, Response> {
        let handler = self.handler.clone();
        let noted = call.clone();
        async move {
            let result = match input.and_then(|input| Ok(json::from_object(input)?)) {
                Ok(question) => handler(state, call, question).await,
                Err(failure) => Err(failure),
            };
            let (status, answer) = finish(&noted, result);
            rest::respond(status, &answer)
        }
        .boxed()
    }

    fn grpc(&self, state: S, call: Call, request: Request, limit: usize) -> BoxFuture<'static, Response> {
        grpc::unary(answering(self.handler.clone(), state, call), request, limit).boxed()
    }

    fn grpc_stream(
        &self,
        state: S,
        call: Call,
        request: Request,
        limit: usize,
    ) -> BoxFuture<'static, Response> {
        grpc::streaming(answering(self.handler.clone(), state, call), request, limit).boxed()
    }
}

/// What answers the messages of a call over gRPC.
fn answering<S, H, F, Q, A>(
    handler: H,
    state: S,
    call: Call,
) -> impl Fn(Q) -> BoxFuture<'static, A> + Clone + Send + 'static
where
    S: Clone + Send + Sync + 'static,
    H: Fn(S, Call, Q) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<A, Failure>> + Send + 'static,
    A: Answer,
{
    move |question: Q| {
        let noted = call.clone();
        let result = match call.refused.clone() {
            Some(failure) => Either::Left(async { Err(failure) }),
            None => Either::Right(handler(state.clone(), call.clone(), question)),
        };
        async move { finish(&noted, result.await).1 }.boxed()
    }
}

/// Completes an answer with how the request went, and finds the HTTP status that goes with it.
fn finish<A: Answer>(call: &Call, result: Result<A, Failure>) -> (http::StatusCode, A) {
    let (http, mut answer) = match result {
        Ok(answer) => (None, answer),
        Err(failure) => {
            let http = failure.http_status();
            let mut answer = A::default();
            answer.set_status(failure.into());
            (Some(http), answer)
        }
    };
    let mut status = answer.status().cloned().unwrap_or_else(|| StatusCode::Success.status());
    status.req_id.clone_from(&call.request_id);
    let http = http.unwrap_or_else(|| match StatusCode::try_from(status.code) {
        // There, the status is what was asked for, and says nothing about how asking went.
        _ if call.endpoint == atelier_domain::Endpoint::GetStatusCode => http::StatusCode::OK,
        Ok(code) => code.http_status(),
        Err(_) => http::StatusCode::OK,
    });
    answer.set_status(status);
    (http, answer)
}
