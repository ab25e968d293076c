//! The gRPC side. Failures travel inside the answer; a gRPC status other than OK means that no RPC was reached.

use std::sync::Arc;

use atelier_domain::Endpoint;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures::{FutureExt as _, TryStreamExt as _};
use http::StatusCode as Http;
use http::header::{CONTENT_TYPE, HeaderMap};
use tonic::codec::CompressionEncoding;
use tonic::server::Grpc;
use tonic_prost::ProstCodec;

use super::{Call, Target, Transport};

/// Where gRPC finds an RPC.
pub(super) fn path(rpc: &str) -> String {
    format!("/clarifai.api.V2/{rpc}")
}

/// Answers a request for a known RPC.
pub(super) async fn answer<S>(target: Arc<Target<S>>, request: Request) -> Response
where
    S: Clone + Send + Sync + 'static,
{
    if !is_grpc(request.headers()) {
        return Http::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let (parts, body) = request.into_parts();
    let call = Call::new(target.endpoint, Transport::Grpc, &parts, || target.request_ids.next());
    let request = Request::from_parts(parts, body);
    let (operation, state) = (&target.operation, target.state.clone());
    // A client that streams waits for answers before it ends its side, so reading "the" message would never return.
    if target.endpoint == Endpoint::StreamModelOutputs {
        return operation.grpc_stream(state, call, request, target.limit).await;
    }
    // Where only answers stream, one that is alone looks the same as one that does not.
    operation.grpc(state, call, request, target.limit).await
}

/// Answers a request for an RPC that nobody knows. Never `UNAVAILABLE`: clients would try again, and again.
pub(super) async fn unimplemented(request: Request) -> Response {
    if !is_grpc(request.headers()) {
        return Http::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let status = tonic::Status::unimplemented(format!("`{}` is not served", request.uri().path()));
    status.into_http::<Body>()
}

fn is_grpc(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}

/// Reads one message, has it answered, and writes the answer.
pub(super) async fn unary<Q, A, F>(answer: impl Fn(Q) -> F + Send, request: Request, limit: usize) -> Response
where
    Q: prost::Message + Default + 'static,
    A: prost::Message + 'static,
    F: Future<Output = A> + Send,
{
    let service = tower::service_fn(|question: tonic::Request<Q>| {
        let answer = answer(question.into_inner());
        async move { Ok::<_, tonic::Status>(tonic::Response::new(answer.await)) }
    });
    // Compressed requests are welcome. Answers go out as they are: every client offers to take gzip, few gain by it.
    let response = Grpc::new(ProstCodec::<A, Q>::default())
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(limit)
        .unary(service, request)
        .await;
    response.map(Body::new)
}

/// Has each of the messages that are streamed answered, in their order, and streams the answers.
pub(super) async fn streaming<Q, A, F>(
    answer: impl Fn(Q) -> F + Clone + Send + 'static,
    request: Request,
    limit: usize,
) -> Response
where
    Q: prost::Message + Default + 'static,
    A: prost::Message + 'static,
    F: Future<Output = A> + Send + 'static,
{
    let service = tower::service_fn(move |questions: tonic::Request<tonic::Streaming<Q>>| {
        let answer = answer.clone();
        let answers = questions.into_inner().and_then(move |question| answer(question).map(Ok));
        async move { Ok::<_, tonic::Status>(tonic::Response::new(answers)) }
    });
    let response = Grpc::new(ProstCodec::<A, Q>::default())
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(limit)
        .streaming(service, request)
        .await;
    response.map(Body::new)
}
