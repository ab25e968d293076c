//! The gateway with handlers that answer everything, for programs that make up requests.

use atelier_contract::proto::{
    DeleteInputsRequest, GetInputRequest, ListAnnotationsRequest, ListInputsRequest, MultiAnnotationResponse,
    MultiAppResponse, MultiAuditLogEntryResponse, MultiCollaboratorsResponse, MultiConceptResponse,
    MultiInputResponse, MultiKeyResponse, PatchAnnotationsRequest, PatchCollaboratorsRequest,
    PatchInputsRequest, PostAnnotationsRequest, PostAppsRequest, PostAuditLogSearchesRequest,
    PostCollaboratorsRequest, PostConceptsRequest, PostInputsRequest, PostKeysRequest, SingleInputResponse,
    status::BaseResponse,
};
use atelier_contract::{Call, Failure, Gateway};
use atelier_domain::Endpoint;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use http::{Request, StatusCode};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// The endpoints whose messages are read whole; field 1 is read of all the others.
pub const SERVED: [Endpoint; 14] = [
    Endpoint::GetInput,
    Endpoint::ListInputs,
    Endpoint::PostInputs,
    Endpoint::PatchInputs,
    Endpoint::DeleteInputs,
    Endpoint::ListAnnotations,
    Endpoint::PostAnnotations,
    Endpoint::PatchAnnotations,
    Endpoint::PostConcepts,
    Endpoint::PostCollaborators,
    Endpoint::PatchCollaborators,
    Endpoint::PostApps,
    Endpoint::PostKeys,
    Endpoint::PostAuditLogSearches,
];

async fn answer<Q, A: Default>(_: (), _: Call, _: Q) -> Result<A, Failure> {
    Ok(A::default())
}

fn router() -> Router {
    Gateway::new(())
        .serve(Endpoint::GetInput, answer::<GetInputRequest, SingleInputResponse>)
        .serve(Endpoint::ListInputs, answer::<ListInputsRequest, MultiInputResponse>)
        .serve(Endpoint::PostInputs, answer::<PostInputsRequest, MultiInputResponse>)
        .serve(Endpoint::PatchInputs, answer::<PatchInputsRequest, MultiInputResponse>)
        .serve(Endpoint::DeleteInputs, answer::<DeleteInputsRequest, BaseResponse>)
        .serve(Endpoint::ListAnnotations, answer::<ListAnnotationsRequest, MultiAnnotationResponse>)
        .serve(Endpoint::PostAnnotations, answer::<PostAnnotationsRequest, MultiAnnotationResponse>)
        .serve(Endpoint::PatchAnnotations, answer::<PatchAnnotationsRequest, MultiAnnotationResponse>)
        .serve(Endpoint::PostConcepts, answer::<PostConceptsRequest, MultiConceptResponse>)
        .serve(Endpoint::PostCollaborators, answer::<PostCollaboratorsRequest, MultiCollaboratorsResponse>)
        .serve(Endpoint::PatchCollaborators, answer::<PatchCollaboratorsRequest, MultiCollaboratorsResponse>)
        .serve(Endpoint::PostApps, answer::<PostAppsRequest, MultiAppResponse>)
        .serve(Endpoint::PostKeys, answer::<PostKeysRequest, MultiKeyResponse>)
        .serve(
            Endpoint::PostAuditLogSearches,
            answer::<PostAuditLogSearchesRequest, MultiAuditLogEntryResponse>,
        )
        .into_router()
}

/// Asks the gateway, and answers the status of HTTP and the body.
pub fn ask(request: Request<Body>) -> (StatusCode, Bytes) {
    thread_local! {
        static GATEWAY: Router = router();
    }
    let gateway = GATEWAY.with(Router::clone);
    wait_for(async {
        let response = gateway.oneshot(request).await.expect("a router answers everything");
        let status = response.status();
        (status, to_bytes(response.into_body(), usize::MAX).await.expect("the body is whole"))
    })
}

/// What `work` comes to, done on this thread.
pub fn wait_for<T>(work: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: Runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    }
    RUNTIME.with(|runtime| runtime.block_on(work))
}
