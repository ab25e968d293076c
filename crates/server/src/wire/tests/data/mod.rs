//! Inputs, concepts, annotations and pictures.

mod annotations;
mod collectors;
mod datasets;
mod inputs;
mod models;
mod reach;
mod searches;
mod tenants;
mod vocabs;
mod workflows;

use atelier_contract::json as wire_json;
use atelier_contract::proto::{
    Annotation, Concept, ConceptQuery, Data, Dataset, DatasetVersion, Filter, GetAnnotationRequest,
    GetConceptCountsRequest, Image, Input, MultiAnnotationResponse, MultiConceptCountResponse,
    MultiConceptResponse, MultiDatasetInputResponse, MultiDatasetResponse, MultiDatasetVersionResponse,
    MultiInputResponse, PatchAnnotationsStatusRequest, PatchAnnotationsStatusResponse,
    PostAnnotationsRequest, PostConceptsSearchesRequest, PostDatasetInputsRequest,
    PostDatasetVersionsRequest, PostDatasetsRequest, PostInputsRequest, Query, Region, RegionInfo, Search,
    SingleAnnotationResponse, Span,
};
use atelier_domain::{Rights, Scope};
use atelier_ui::SessionCookie;
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};

use super::*;
use crate::pictures;

const INPUTS: &str = "/v2/users/ana/apps/tea/inputs";
const CONCEPTS: &str = "/v2/users/ana/apps/tea/concepts";
const ANNOTATIONS: &str = "/v2/users/ana/apps/tea/annotations";
const DATASETS: &str = "/v2/users/ana/apps/tea/datasets";

/// A PNG of one pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// `<svg xmlns="http://www.w3.org/2000/svg"/>`
const SVG: &str = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";

fn text(id: &str, raw: &str) -> Value {
    json!({ "id": id, "data": { "text": { "raw": raw } } })
}

fn picture(id: &str, base64: &str) -> Value {
    json!({ "id": id, "data": { "image": { "base64": base64 } } })
}

impl Story {
    /// Sends `inputs` with Ana's token, all of which are taken.
    async fn with_inputs(&self, inputs: Value) {
        let (http, answer) =
            self.rest(Method::POST, INPUTS, &self.ana_token, json!({ "inputs": inputs })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
    }

    async fn with_concepts(&self, ids: &[&str]) {
        let concepts: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        let (http, answer) =
            self.rest(Method::POST, CONCEPTS, &self.ana_token, json!({ "concepts": concepts })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
    }

    async fn with_datasets(&self, ids: &[&str]) {
        let datasets: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        let (http, answer) =
            self.rest(Method::POST, DATASETS, &self.ana_token, json!({ "datasets": datasets })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
    }

    /// Puts inputs into a dataset with Ana's token.
    async fn put_into(&self, dataset: &str, ids: &[&str]) -> (u16, Value) {
        let inputs: Vec<Value> = ids.iter().map(|id| json!({ "input": { "id": id } })).collect();
        let path = format!("{DATASETS}/{dataset}/inputs");
        self.rest(Method::POST, &path, &self.ana_token, json!({ "dataset_inputs": inputs })).await
    }

    /// Freezes a dataset with Ana's token, as a version that has what `version` says.
    async fn freeze(&self, dataset: &str, version: Value) -> (u16, Value) {
        let path = format!("{DATASETS}/{dataset}/versions");
        self.rest(Method::POST, &path, &self.ana_token, json!({ "dataset_versions": [version] })).await
    }

    /// Sends one annotation of `note` that says `concept`.
    async fn say(&self, secret: &str, id: &str, concept: &str) -> (u16, Value) {
        let data = json!({ "concepts": [{ "id": concept }] });
        let annotations = json!({ "annotations": [{ "id": id, "input_id": "note", "data": data }] });
        self.rest(Method::POST, ANNOTATIONS, secret, annotations).await
    }

    async fn patch(&self, secret: &str, action: &str, annotation: Value) -> (u16, Value) {
        let body = json!({ "action": action, "annotations": [annotation], "delete_if_empty_data": true });
        self.rest(Method::PATCH, ANNOTATIONS, secret, body).await
    }

    /// Asks for a picture, with these headers.
    async fn picture(&self, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Bytes) {
        let router = pictures::router(&self.bench.service, SessionCookie { secure: false });
        let request =
            headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status.as_u16(), parts.headers, to_bytes(body, 1 << 20).await.unwrap())
    }
}

/// The ids of what a listing shows under `field`.
fn ids<'a>(answer: &'a Value, field: &str) -> Vec<&'a str> {
    answer[field].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap()).collect()
}
