//! The wire: one thin adapter for each RPC that is served, from its messages to an operation and back.
//!
//! Nothing is decided here. An RPC that is not served is permitted first, so that a caller whose scopes do not reach
//! hears of that rather than of what this server lacks.

mod account;
mod annotations;
mod apps;
mod audit;
mod collaborators;
mod collectors;
mod concepts;
mod datasets;
pub(crate) mod document;
mod inputs;
mod keys;
mod labels;
mod metadata;
mod models;
mod place;
mod scopes;
mod search;
mod status_codes;
mod tasks;
#[cfg(test)]
mod tests;
mod users;
mod vocabs;
mod workers;
mod workflows;

use atelier_contract::proto::UserAppIdSet;
use atelier_contract::proto::status::Status;
use atelier_contract::{Call, Failure, Gateway, StatusCode};
use atelier_domain::limit::Allowance;
use atelier_domain::secret::{InvalidSecret, KeySecret};
use atelier_domain::{Auth, Conditions, Endpoint, EndpointSet, ScopeSet, Timestamp};
use atelier_service::{AppName, AskedOwn, Error, Origin, Proof, Service, Who, hash_secret};
use axum::Router;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::get;
use http::StatusCode as Http;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, X_CONTENT_TYPE_OPTIONS};

use crate::throttle::{self, Throttle};

/// What comes before the name of an RPC in its full name.
const RPC_PREFIX: &str = "/clarifai.api.V2/";

/// The most characters of a client's name for itself that are kept.
const USER_AGENT: usize = 200;

/// REST under `/v2` with its OpenAPI document, and gRPC.
pub(crate) fn router(service: &Service, per_key: Allowance) -> Router {
    let rest_and_grpc = gateway(service).into_router();
    rest_and_grpc
        .route("/v2/openapi.json", get(document::get))
        .layer(from_fn_with_state(Throttle::new(service.world().clone(), per_key), throttle::per_key))
        .layer(map_response(with_security_headers))
}

/// What every answer carries: it is data and no page, and nobody but the caller may keep it, unless it says otherwise.
async fn with_security_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The RPCs that are served, each with what answers it.
pub(crate) fn gateway(service: &Service) -> Gateway<Service> {
    Gateway::new(service.clone())
        .unserved(unserved)
        .serve(Endpoint::GetUser, users::get)
        .serve(Endpoint::GetApp, apps::get)
        .serve(Endpoint::ListApps, apps::list)
        .serve(Endpoint::PostApps, apps::post)
        .serve(Endpoint::PatchApp, apps::patch_one)
        .serve(Endpoint::PatchApps, apps::patch)
        .serve(Endpoint::PatchAppsDetails, apps::patch_details)
        .serve(Endpoint::PatchAppsIds, apps::patch_ids)
        .serve(Endpoint::PostAppsSearches, apps::search)
        .serve(Endpoint::GetResourceCounts, apps::count)
        .serve(Endpoint::ListAnnotationWorkers, workers::list)
        .serve(Endpoint::DeleteApp, apps::delete)
        .serve(Endpoint::GetInput, inputs::get)
        .serve(Endpoint::ListInputs, inputs::list)
        .serve(Endpoint::PostInputs, inputs::post)
        .serve(Endpoint::PatchInputs, inputs::patch)
        .serve(Endpoint::DeleteInput, inputs::delete)
        .serve(Endpoint::DeleteInputs, inputs::delete_many)
        .serve(Endpoint::GetInputCount, inputs::count)
        .serve(Endpoint::GetInputsAddJob, inputs::jobs::get)
        .serve(Endpoint::ListInputsAddJobs, inputs::jobs::list)
        .serve(Endpoint::CancelInputsAddJob, inputs::jobs::cancel)
        .serve(Endpoint::ListDatasets, datasets::list)
        .serve(Endpoint::GetDataset, datasets::get)
        .serve(Endpoint::PostDatasets, datasets::post)
        .serve(Endpoint::PatchDatasets, datasets::patch)
        .serve(Endpoint::DeleteDatasets, datasets::delete)
        .serve(Endpoint::ListDatasetInputs, datasets::inputs::list)
        .serve(Endpoint::GetDatasetInput, datasets::inputs::get)
        .serve(Endpoint::PostDatasetInputs, datasets::inputs::post)
        .serve(Endpoint::DeleteDatasetInputs, datasets::inputs::delete)
        .serve(Endpoint::ListDatasetVersions, datasets::versions::list)
        .serve(Endpoint::GetDatasetVersion, datasets::versions::get)
        .serve(Endpoint::PostDatasetVersions, datasets::versions::post)
        .serve(Endpoint::PatchDatasetVersions, datasets::versions::patch)
        .serve(Endpoint::DeleteDatasetVersions, datasets::versions::delete)
        .serve(Endpoint::GetConceptCounts, concepts::count)
        .serve(Endpoint::GetConcept, concepts::get)
        .serve(Endpoint::ListConcepts, concepts::list)
        .serve(Endpoint::PostConceptsSearches, concepts::search::post)
        .serve(Endpoint::PostConcepts, concepts::post)
        .serve(Endpoint::PatchConcepts, concepts::patch)
        .serve(Endpoint::DeleteConcepts, concepts::delete)
        .serve(Endpoint::MergeConcepts, concepts::merge)
        .serve(Endpoint::GetConceptLanguage, concepts::languages::get)
        .serve(Endpoint::ListConceptLanguages, concepts::languages::list)
        .serve(Endpoint::PostConceptLanguages, concepts::languages::post)
        .serve(Endpoint::PatchConceptLanguages, concepts::languages::patch)
        .serve(Endpoint::ListConceptRelations, concepts::relations::list)
        .serve(Endpoint::PostConceptRelations, concepts::relations::post)
        .serve(Endpoint::DeleteConceptRelations, concepts::relations::delete)
        .serve(Endpoint::ListKnowledgeGraphs, concepts::relations::list_graphs)
        .serve(Endpoint::PostKnowledgeGraphs, concepts::relations::post_graphs)
        .serve(Endpoint::PostTasks, tasks::post)
        .serve(Endpoint::GetTask, tasks::get)
        .serve(Endpoint::ListTasks, tasks::list)
        .serve(Endpoint::PatchTasks, tasks::patch)
        .serve(Endpoint::DeleteTasks, tasks::delete)
        .serve(Endpoint::GetTaskInputCount, tasks::count_inputs)
        .serve(Endpoint::GetTaskAnnotationCount, tasks::count_annotations)
        .serve(Endpoint::ListNextTaskAssignments, tasks::next)
        .serve(Endpoint::PutTaskAssignments, tasks::put)
        .serve(Endpoint::PostCollectors, collectors::post)
        .serve(Endpoint::GetCollector, collectors::get)
        .serve(Endpoint::ListCollectors, collectors::list)
        .serve(Endpoint::PatchCollectors, collectors::patch)
        .serve(Endpoint::DeleteCollectors, collectors::delete)
        .serve(Endpoint::PostCollectorInputs, collectors::offer)
        .serve(Endpoint::GetModelType, models::get_type)
        .serve(Endpoint::ListModelTypes, models::list_types)
        .serve(Endpoint::GetModel, models::get)
        .serve(Endpoint::GetModelOutputInfo, models::get_output_info)
        .serve(Endpoint::ListModels, models::list)
        .serve(Endpoint::PostModelsSearches, models::search)
        .serve(Endpoint::GetModelVersion, models::get_version)
        .serve(Endpoint::ListModelVersions, models::list_versions)
        .serve(Endpoint::PostModels, models::trained::post)
        .serve(Endpoint::PatchModels, models::trained::patch)
        .serve(Endpoint::DeleteModel, models::trained::delete_one)
        .serve(Endpoint::DeleteModels, models::trained::delete)
        .serve(Endpoint::PostModelVersions, models::trained::train)
        .serve(Endpoint::PatchModelVersions, models::trained::patch_versions)
        .serve(Endpoint::DeleteModelVersion, models::trained::delete_version)
        .serve(Endpoint::ListModelInputs, models::inputs::list)
        .serve(Endpoint::ListModelConcepts, models::list_concepts)
        .serve(Endpoint::PostModelOutputs, models::predict)
        .serve(Endpoint::GenerateModelOutputs, models::predict)
        .serve(Endpoint::StreamModelOutputs, models::predict)
        .serve(Endpoint::GetWorkflow, workflows::get)
        .serve(Endpoint::ListWorkflows, workflows::list)
        .serve(Endpoint::PostWorkflows, workflows::post)
        .serve(Endpoint::PatchWorkflows, workflows::patch)
        .serve(Endpoint::DeleteWorkflow, workflows::delete)
        .serve(Endpoint::DeleteWorkflows, workflows::delete_many)
        .serve(Endpoint::ListWorkflowVersions, workflows::versions::list)
        .serve(Endpoint::GetWorkflowVersion, workflows::versions::get)
        .serve(Endpoint::PatchWorkflowVersions, workflows::versions::patch)
        .serve(Endpoint::DeleteWorkflowVersions, workflows::versions::delete)
        .serve(Endpoint::PostWorkflowResults, workflows::run::run)
        .serve(Endpoint::ListVocabs, vocabs::list)
        .serve(Endpoint::GetVocab, vocabs::get)
        .serve(Endpoint::PostVocabs, vocabs::post)
        .serve(Endpoint::PatchVocabs, vocabs::patch)
        .serve(Endpoint::DeleteVocabs, vocabs::delete)
        .serve(Endpoint::GetAnnotation, annotations::get)
        .serve(Endpoint::ListAnnotations, annotations::list)
        .serve(Endpoint::PostAnnotations, annotations::post)
        .serve(Endpoint::PatchAnnotations, annotations::patch)
        .serve(Endpoint::PatchAnnotationsStatus, tasks::restate)
        .serve(Endpoint::DeleteAnnotation, annotations::delete)
        .serve(Endpoint::DeleteAnnotations, annotations::delete_many)
        .serve(Endpoint::PostInputsSearches, search::post_inputs)
        .serve(Endpoint::PostAnnotationsSearches, search::post_annotations)
        .serve(Endpoint::PostSearches, search::post)
        .serve(Endpoint::PostSearchesByID, search::post_by_id)
        .serve(Endpoint::GetSearch, search::kept::get)
        .serve(Endpoint::ListSearches, search::kept::list)
        .serve(Endpoint::PatchSearches, search::kept::patch)
        .serve(Endpoint::PatchInputsSearches, search::kept::patch_inputs)
        .serve(Endpoint::PatchAnnotationsSearches, search::kept::patch_annotations)
        .serve(Endpoint::DeleteSearch, search::kept::delete)
        .serve(Endpoint::ListCollaborators, collaborators::list)
        .serve(Endpoint::PostCollaborators, collaborators::post)
        .serve(Endpoint::PatchCollaborators, collaborators::patch)
        .serve(Endpoint::DeleteCollaborators, collaborators::delete)
        .serve(Endpoint::ListCollaborations, collaborators::list_collaborations)
        .serve(Endpoint::GetKey, keys::get)
        .serve(Endpoint::ListKeys, keys::list)
        .serve(Endpoint::ListAppKeys, keys::list_of_app)
        .serve(Endpoint::PostKeys, keys::post)
        .serve(Endpoint::PatchKeys, keys::patch)
        .serve(Endpoint::DeleteKey, keys::delete)
        .serve(Endpoint::MyScopes, scopes::mine)
        .serve(Endpoint::MyScopesUser, scopes::mine_of_user)
        .serve(Endpoint::MyScopesRoot, scopes::mine_at_root)
        .serve(Endpoint::ListScopes, scopes::list)
        .serve(Endpoint::ListStatusCodes, status_codes::list)
        .serve(Endpoint::GetStatusCode, status_codes::get)
        .serve(Endpoint::PostAuditLogSearches, audit::search)
        .serve_beside(Endpoint::SignIn, account::sign_in)
        .serve_beside(Endpoint::SignUp, account::sign_up)
        .serve_beside(Endpoint::ListAuthMethods, account::list_methods)
        .serve_beside(Endpoint::ReportLeakedKey, account::report_leaked)
        .serve_beside(Endpoint::ListOrganizations, account::list_organizations)
}

/// Refuses what is not served: for want of permission if that is missing, else because it is not served.
async fn unserved(service: Service, call: Call, set: UserAppIdSet) -> Failure {
    if call.endpoint.auth() == Auth::Open {
        return Failure::not_implemented();
    }
    match permitted(&service, &call, set).await {
        Ok(()) => Failure::not_implemented(),
        Err(failure) => failure,
    }
}

/// Asks whether the caller may do what the endpoint does, to the app or to their own account.
async fn permitted(service: &Service, call: &Call, set: UserAppIdSet) -> Result<(), Failure> {
    let who = who(call)?;
    let is_of_app = !set.app_id.is_empty()
        || call.endpoint.paths().iter().any(|path| path.contains("{user_app_id.app_id}"));
    let mut conn = service.store().read().await.map_err(Error::from).map_err(failure)?;
    if is_of_app {
        let app = app_name(Some(set));
        service.permit(&mut conn, &who, &app, call.endpoint, Conditions::NONE).await.map_err(failure)?;
    } else {
        service.permit_own(&mut conn, &who, call.endpoint).await.map_err(failure)?;
    }
    Ok(())
}

/// Asks whether the caller may do what the endpoint does to the account that `set` names, which must be their own:
/// those of others do not exist for them.
async fn own_account(
    service: &Service,
    who: &Who,
    call: &Call,
    set: Option<&UserAppIdSet>,
) -> Result<AskedOwn, Failure> {
    let mut conn = service.store().read().await.map_err(Error::from).map_err(failure)?;
    let asked = service.permit_own(&mut conn, who, call.endpoint).await.map_err(failure)?;
    let named = set.map(|set| set.user_id.as_str()).unwrap_or_default();
    if named.is_empty() || named == "me" || named.eq_ignore_ascii_case(&asked.slug) {
        Ok(asked)
    } else {
        Err(Failure::not_found())
    }
}

/// Who calls. A secret that cannot be one is told from one that is unknown, without a look into the database.
///
/// The token of a session is a secret, too, and counts only where nothing but a session does: keys are what programs
/// are given, and what they can be limited by.
fn who(call: &Call) -> Result<Who, Failure> {
    let Some(credential) = &call.credential else {
        return Err(Failure::invalid_key().details("send a key with the header `authorization: Key …`"));
    };
    let secret = credential.reveal();
    let proof = match secret.parse::<KeySecret>() {
        Ok(secret) => Proof::Key(hash_secret(secret.expose())),
        Err(InvalidSecret::Form) if call.endpoint.auth() == Auth::Session => {
            Proof::Session(hash_secret(secret))
        }
        Err(error) => return Err(Failure::invalid_key().details(error.to_string())),
    };
    Ok(Who { proof: Some(proof), origin: origin(call) })
}

/// From where somebody calls.
fn origin(call: &Call) -> Origin {
    Origin {
        address: call.peer.map(|peer| peer.ip().to_string()).unwrap_or_default(),
        user_agent: call.user_agent.as_deref().unwrap_or_default().chars().take(USER_AGENT).collect(),
    }
}

/// The app that is meant; without one, the app to which the key is bound.
fn app_name(set: Option<UserAppIdSet>) -> AppName {
    let set = set.unwrap_or_default();
    AppName::of(&set.user_id, &set.app_id)
}

/// How the wire says that an operation did not do what was asked.
fn failure(error: Error) -> Failure {
    match error {
        Error::NotFound => Failure::not_found(),
        Error::Unauthenticated(why) => Failure::new(StatusCode::ConnKeyNotFound).details(why),
        Error::Forbidden { explanation, .. } | Error::SomeoneElses { explanation, .. } => {
            Failure::insufficient_scopes(explanation)
        }
        // Keys are their own proof, so that this is for people in the browser.
        Error::PasswordNeeded { .. } | Error::SignInNeeded { .. } => {
            Failure::insufficient_scopes(error.to_string())
        }
        Error::Invalid { fields } => {
            let fields: Vec<String> =
                fields.iter().map(|field| format!("{} {}", wire_name(&field.field), field.message)).collect();
            Failure::invalid(fields.join("; "))
        }
        Error::Conflict(why) | Error::Taken(why) => Failure::invalid(why).http(Http::CONFLICT),
        Error::Untrained { state, why } => {
            Failure::new(models::trained::code(state, None)).details(why).http(Http::CONFLICT)
        }
        Error::Throttled { .. } => Failure::throttled().details(error.to_string()),
        // In band, like every other: gRPC's own UNAVAILABLE makes clients send the request again and again.
        Error::Unavailable => Failure::new(StatusCode::TryAgain),
        Error::Internal { id } => Failure::internal(id),
    }
}

/// What the wire calls a field of an operation's input, or one entry of it: `people[2]`.
fn wire_name(field: &str) -> String {
    let (name, entry) = field.split_at(field.find('[').unwrap_or(field.len()));
    let name = match name {
        "slug" => "id",
        "ends_at" => "expires_at",
        "people" | "collaborator" => "collaborators",
        "app" => "apps",
        "languages" => "concept_languages",
        "relations" => "concept_relations",
        "share" => "pre_queue_random_sample",
        other => other,
    };
    format!("{name}{entry}")
}

/// What a request for several things answers when one of them failed: those that were done before it, and why the
/// others were not. Only if there is nothing to show for it has the request as a whole failed.
fn partly<R>(done: Vec<R>, failure: Failure) -> Result<(Vec<R>, Option<Status>), Failure> {
    if done.is_empty() {
        return Err(failure);
    }
    let reason = Status::from(failure);
    let details = format!(
        "the first {} went well, the rest was not done: {} {}",
        done.len(),
        reason.description,
        reason.details
    );
    Ok((done, Some(Status { details, ..StatusCode::MixedStatus.status() })))
}

/// The status of this number.
fn status(number: i64) -> Status {
    let code = i32::try_from(number).ok().and_then(|number| StatusCode::try_from(number).ok());
    code.unwrap_or(StatusCode::Failure).status()
}

/// Which part of a listing is wanted.
#[derive(Clone, Copy)]
struct Window {
    /// From 1.
    page: u32,
    size: u32,
}

impl Window {
    fn new(page: u32, per_page: u32) -> Self {
        let size = if per_page == 0 { 128 } else { per_page.min(1_000) };
        Self { page: page.max(1), size }
    }

    /// How many entries come before it.
    fn skipped(self) -> usize {
        usize::try_from(u64::from(self.page - 1) * u64::from(self.size)).unwrap_or(usize::MAX)
    }

    /// How many entries there are up to its end.
    fn end(self) -> usize {
        self.skipped().saturating_add(self.size as usize)
    }

    fn cut<T>(self, all: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        all.into_iter().skip(self.skipped()).take(self.size as usize)
    }
}

fn timestamp(at: Timestamp) -> prost_types::Timestamp {
    let (seconds, micros) = (at.micros().div_euclid(1_000_000), at.micros().rem_euclid(1_000_000));
    prost_types::Timestamp { seconds, nanos: i32::try_from(micros * 1_000).unwrap_or_default() }
}

/// The seconds of the years 1 to 9998. The wire has moments until the end of 9999, of which JSON cannot write the last
/// two days.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_370_764_799;

/// The moment in a field of that `name`.
fn moment(name: &str, timestamp: prost_types::Timestamp) -> Result<Timestamp, Failure> {
    if !SECONDS.contains(&timestamp.seconds) || !(0..1_000_000_000).contains(&timestamp.nanos) {
        return Err(Failure::invalid(format!("{name} must be in the years 1 to 9998")));
    }
    Ok(Timestamp::from_micros(timestamp.seconds * 1_000_000 + i64::from(timestamp.nanos) / 1_000))
}

fn read_scopes(names: &[String]) -> Result<ScopeSet, Failure> {
    ScopeSet::from_wire(names.iter().map(String::as_str)).map_err(|error| Failure::invalid(error.to_string()))
}

/// The allow-list that the names make; none of them is no list, and not one that allows nothing.
fn read_endpoints(names: &[String]) -> Result<Option<EndpointSet>, Failure> {
    let endpoints = names.iter().map(|name| name.parse::<Endpoint>());
    let set: EndpointSet =
        endpoints.collect::<Result<_, _>>().map_err(|error| Failure::invalid(error.to_string()))?;
    Ok((!names.is_empty()).then_some(set))
}

fn write_endpoints(endpoints: Option<EndpointSet>) -> Vec<String> {
    let named = |endpoint: Endpoint| format!("{RPC_PREFIX}{endpoint}");
    endpoints.map(|set| set.iter().map(named).collect()).unwrap_or_default()
}
