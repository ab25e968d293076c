//! The closed table of endpoints: what can be asked of Atelier, and the scopes that each question needs.
//!
//! Rows with paths are RPCs of `clarifai.api.V2` (or, in the last section, our own in the same style), served over
//! REST at those paths and over gRPC by their name. Rows without paths are acts of the browser; a few of them have an
//! address beside the RPCs. A row that is not here cannot be routed, so that nothing is reachable without a decision.

use std::fmt;
use std::str::FromStr;

use crate::basic::BasicScope;
use crate::scope_set::ScopeSet;

/// The HTTP verb of a row's paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the verbs of HTTP")]
pub enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    /// The verb in capitals.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may knock at all, before any scope is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// A personal access token or an app key (or the person, in the browser).
    Key,
    /// A personal access token only (or the person, in the browser).
    Pat,
    /// The person, signed in, in the browser.
    Session,
    /// Anyone.
    Open,
}

/// A property of a request that makes further scopes necessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Condition {
    /// The inputs carry concepts or annotations.
    CarriesLabels,
    /// The inputs are put into datasets, or looked for in them.
    NamesDatasets,
    /// The patch takes something away or replaces it.
    RemovesOrOverwrites,
    /// The task selects its inputs by a search.
    SelectsBySearch,
    /// The task selects its inputs by a saved search.
    SelectsBySavedSearch,
    /// The assignment is one of labelling.
    Labels,
    /// The dataset carries a filter to be saved.
    CarriesFilter,
    /// The model is to be trained.
    Trains,
    /// The collector's source predicts.
    SourcePredicts,
    /// The invitation is someone else's.
    OthersInvitation,
    /// The concept is said of inputs already.
    ConceptIsUsed,
    /// The search is to be kept.
    KeepsSearch,
}

/// The [`Condition`]s that hold of one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions(u16);

impl Conditions {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// These, and `condition` if `holds`.
    #[must_use]
    pub const fn and(self, condition: Condition, holds: bool) -> Self {
        if holds { Self(self.0 | 1 << condition as u8) } else { self }
    }

    /// Whether `condition` holds.
    #[must_use]
    pub const fn hold(self, condition: Condition) -> bool {
        self.0 & (1 << condition as u8) != 0
    }
}

struct Row {
    endpoint: Endpoint,
    rpc: &'static str,
    verb: Verb,
    paths: &'static [&'static str],
    auth: Auth,
    asks_password: bool,
    group: Option<BasicScope>,
    of_whole: bool,
    needs: ScopeSet,
    needs_if: &'static [(Condition, ScopeSet)],
}

macro_rules! app {
    ($rest:literal) => {
        concat!("/v2/users/{user_app_id.user_id}/apps/{user_app_id.app_id}", $rest)
    };
}
macro_rules! user {
    ($rest:literal) => {
        concat!("/v2/users/{user_app_id.user_id}", $rest)
    };
}
macro_rules! group {
    () => {
        None
    };
    ($group:ident) => {
        Some(BasicScope::$group)
    };
}
macro_rules! password {
    () => {
        false
    };
    (Password) => {
        true
    };
}
macro_rules! whole {
    () => {
        false
    };
    (Whole) => {
        true
    };
}
macro_rules! endpoints {
    ($($rpc:ident: $verb:ident [$($path:expr),*] by $auth:ident $(+ $password:ident)? $(in $group:ident)?
        $(of $whole:ident)? needs [$($need:ident),*] $(if $condition:ident [$($more:ident),+])*;)+) => {
        /// One question that can be asked of Atelier.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "each variant is the name of its RPC or act")]
        pub enum Endpoint { $($rpc),+ }

        const ROWS: &[Row] = &[$(Row {
            endpoint: Endpoint::$rpc,
            rpc: stringify!($rpc),
            verb: Verb::$verb,
            paths: &[$($path),*],
            auth: Auth::$auth,
            asks_password: password!($($password)?),
            group: group!($($group)?),
            of_whole: whole!($($whole)?),
            needs: ScopeSet::of(&[$(crate::scope::Scope::$need),*]),
            needs_if: &[$((Condition::$condition, ScopeSet::of(&[$(crate::scope::Scope::$more),+]))),*],
        }),+];
    };
}

endpoints! {
    // Account and service.
    ListAnnotationWorkers: Get [app!("/annotations/workers"), "/v2/annotations/workers"] by Key
        needs [AppsGet, AnnotationsGet, CollaboratorsGet, ModelsGet, WorkflowsGet];
    GetResourceCounts: Get [app!("/resource_counts"), "/v2/resource_counts"] by Key
        needs [DatasetsGet, ModelsGet, WorkflowsGet, AppsGet, PipelinesGet];
    GetKey: Get [user!("/keys/{key_id}")] by Pat
        needs [KeysGet];
    ListKeys: Get [user!("/keys")] by Pat
        needs [KeysGet];
    DeleteKey: Delete [user!("/keys/{key_id}")] by Pat
        needs [KeysAdd, KeysDelete, KeysGet];
    PostKeys: Post [user!("/keys")] by Pat + Password
        needs [AppsGet, KeysAdd, KeysGet];
    PatchKeys: Patch [user!("/keys")] by Pat + Password
        needs [KeysAdd, KeysGet];
    MyScopes: Get [app!("/myscopes"), "/v2/myscopes", "/v2/my_scopes"] by Key
        needs [];
    MyScopesUser: Get [user!("/myscopes")] by Pat
        needs [];
    MyScopesRoot: Get ["/v2/myscopesroot"] by Pat
        needs [];
    ListScopes: Get [user!("/scopes")] by Session
        needs [];
    GetUser: Get [user!("")] by Pat
        needs [];
    ListStatusCodes: Get ["/v2/status_codes"] by Open
        needs [];
    GetStatusCode: Get ["/v2/status_codes/{status_code_id}"] by Open
        needs [];
    ListCollaborations: Get [user!("/collaborations")] by Pat
        needs [AppsGet, CollaboratorsGet];
    PostAuditLogSearches: Post [user!("/audit_log/searches")] by Pat
        needs [AuditLogsGet];

    // App.
    ListAppKeys: Get [app!("/keys")] by Pat
        needs [AppsGet, KeysGet];
    GetApp: Get [app!(""), "/v2/app"] by Key
        needs [AppsGet, WorkflowsGet];
    ListApps: Get [user!("/apps"), "/v2/apps"] by Pat
        needs [AppsGet, WorkflowsGet];
    DeleteApp: Delete [app!("")] by Pat + Password
        needs [AppsAdd, AppsDelete, AppsGet, WorkflowsGet];
    PostApps: Post [user!("/apps")] by Pat
        needs [AppsAdd, AppsGet, ModelsGet, WorkflowsGet, WorkflowsAdd];
    PatchApps: Patch [user!("/apps")] by Pat
        needs [AppsAdd, AppsGet];
    PatchAppsDetails: Patch [app!("/partial")] by Pat
        needs [AppsAdd, AppsGet];
    PatchAppsIds: Patch [user!("/apps/ids")] by Pat
        needs [AppsAdd, AppsGet];
    PatchApp: Patch [app!("")] by Pat
        needs [AppsAdd, AppsGet];
    PostAppsSearches: Post [user!("/apps/searches")] by Pat
        needs [AppsGet, WorkflowsGet];
    PostAppDuplications: Post [app!("/duplications")] by Pat in Input of Whole
        needs [AppsGet, ExportsAdd];

    // Collaborator.
    ListCollaborators: Get [app!("/collaborators")] by Key in Collaborator
        needs [AppsGet, CollaboratorsGet];
    PostCollaborators: Post [app!("/collaborators")] by Key + Password in Collaborator
        needs [AppsGet, CollaboratorsAdd, CollaboratorsGet];
    PatchCollaborators: Patch [app!("/collaborators")] by Key + Password in Collaborator
        needs [AppsGet, CollaboratorsAdd, CollaboratorsGet, CollaboratorsDelete];
    DeleteCollaborators: Delete [app!("/collaborators")] by Key + Password in Collaborator
        needs [AppsGet, CollaboratorsAdd, CollaboratorsGet, CollaboratorsDelete];

    // Annotation.
    GetAnnotation: Get [app!("/inputs/{input_id}/annotations/{annotation_id}"), "/v2/inputs/{input_id}/annotations/{annotation_id}"] by Key in Annotation
        needs [AppsGet, InputsGet, AnnotationsGet, ConceptsGet, ModelsGet];
    ListAnnotations: Get [app!("/annotations"), "/v2/annotations"] by Key in Annotation
        needs [AppsGet, InputsGet, AnnotationsGet, ConceptsGet, ModelsGet];
    PostAnnotations: Post [app!("/annotations"), "/v2/annotations"] by Key in Annotation
        needs [AppsGet, InputsGet, AnnotationsAdd, AnnotationsGet, ConceptsGet, ModelsGet, WorkflowsGet];
    PatchAnnotations: Patch [app!("/annotations"), "/v2/annotations"] by Key in Annotation
        needs [AppsGet, InputsGet, AnnotationsAdd, AnnotationsGet, ConceptsGet, WorkflowsGet, ModelsGet]
        if RemovesOrOverwrites [AnnotationsDelete];
    PatchAnnotationsStatus: Patch [app!("/task/{task_id}/annotations/status")] by Key in Annotation
        needs [AppsGet, AnnotationsAdd, AnnotationsGet, ConceptsGet, WorkflowsGet, ModelsGet];
    DeleteAnnotation: Delete [app!("/inputs/{input_id}/annotations/{annotation_id}"), "/v2/inputs/{input_id}/annotations/{annotation_id}"] by Key in Annotation
        needs [AppsGet, InputsGet, AnnotationsAdd, AnnotationsDelete, AnnotationsGet, WorkflowsGet, ModelsGet];
    DeleteAnnotations: Delete [app!("/inputs/annotations"), "/v2/inputs/annotations", app!("/annotations"), "/v2/annotations"] by Key in Annotation
        needs [AppsGet, InputsGet, AnnotationsAdd, AnnotationsDelete, AnnotationsGet, WorkflowsGet, ModelsGet];

    // Concept.
    ListConceptRelations: Get [app!("/concepts/{concept_id}/relations"), app!("/concepts/relations")] by Pat in Concept
        needs [AppsGet, ConceptsGet];
    PostConceptRelations: Post [app!("/concepts/{concept_id}/relations")] by Pat in Concept
        needs [AppsGet, ConceptsAdd, ConceptsGet];
    DeleteConceptRelations: Delete [app!("/concepts/{concept_id}/relations")] by Pat in Concept
        needs [AppsGet, ConceptsDelete, ConceptsAdd, ConceptsGet];
    GetConcept: Get [app!("/concepts/{concept_id}"), "/v2/concepts/{concept_id}"] by Key in Concept
        needs [AppsGet, ConceptsGet];
    ListConcepts: Get [app!("/concepts"), "/v2/concepts"] by Key in Concept
        needs [AppsGet, ConceptsGet];
    PostConcepts: Post [app!("/concepts"), "/v2/concepts"] by Key in Concept
        needs [AppsGet, ConceptsAdd, ConceptsGet];
    PatchConcepts: Patch [app!("/concepts"), "/v2/concepts"] by Key in Concept
        needs [AppsGet, ConceptsAdd, ConceptsGet];
    GetConceptLanguage: Get [app!("/concepts/{concept_id}/languages/{language}"), "/v2/concepts/{concept_id}/languages/{language}"] by Key in Concept
        needs [AppsGet, ConceptsGet];
    ListConceptLanguages: Get [app!("/concepts/{concept_id}/languages"), "/v2/concepts/{concept_id}/languages"] by Key in Concept
        needs [AppsGet, ConceptsGet];
    PostConceptLanguages: Post [app!("/concepts/{concept_id}/languages"), "/v2/concepts/{concept_id}/languages"] by Key in Concept
        needs [AppsGet, ConceptsAdd, ConceptsGet];
    PatchConceptLanguages: Patch [app!("/concepts/{concept_id}/languages"), "/v2/concepts/{concept_id}/languages"] by Key in Concept
        needs [AppsGet, ConceptsAdd, ConceptsGet];
    ListKnowledgeGraphs: Get [app!("/concepts/knowledge_graphs"), "/v2/concepts/knowledge_graphs"] by Key in Concept
        needs [AppsGet, ConceptsGet];
    PostKnowledgeGraphs: Post [app!("/concepts/knowledge_graphs"), "/v2/concepts/knowledge_graphs"] by Key in Concept
        needs [AppsGet, ConceptsAdd, ConceptsGet];

    // Input.
    // How often concepts occur, and what a model learned from, are told by those who may look at the inputs.
    GetConceptCounts: Get [app!("/concepts/status"), "/v2/concepts/status"] by Key in Input
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet];
    ListModelInputs: Get [app!("/models/{model_id}/inputs"), "/v2/models/{model_id}/inputs", app!("/models/{model_id}/versions/{version_id}/inputs"), "/v2/models/{model_id}/versions/{version_id}/inputs"] by Key in Input of Whole
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet, ModelsGet];
    GetInputCount: Get [app!("/inputs/status"), "/v2/inputs/status"] by Key in Input
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet];
    GetInput: Get [app!("/inputs/{input_id}"), "/v2/inputs/{input_id}"] by Key in Input
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet];
    ListInputs: Get [app!("/inputs"), "/v2/inputs"] by Key in Input
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet];
    // What is added belongs to no task yet: whoever reaches only what tasks gave them would not see it again.
    PostInputs: Post [app!("/inputs"), "/v2/inputs"] by Key in Input of Whole
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsAdd, InputsGet, ModelsGet, WorkflowsGet]
        if CarriesLabels [AnnotationsAdd]
        if NamesDatasets [DatasetsGet];
    PatchInputs: Patch [app!("/inputs"), "/v2/inputs"] by Key in Input
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsAdd, InputsGet, ModelsGet]
        if CarriesLabels [AnnotationsAdd]
        if RemovesOrOverwrites [AnnotationsDelete]
        if NamesDatasets [DatasetsGet];
    DeleteInput: Delete [app!("/inputs/{input_id}"), "/v2/inputs/{input_id}"] by Key in Input
        needs [AppsGet, AnnotationsGet, InputsDelete, InputsGet, ModelsGet, WorkflowsGet];
    DeleteInputs: Delete [app!("/inputs"), "/v2/inputs"] by Key in Input
        needs [AppsGet, AnnotationsGet, InputsDelete, InputsGet, ModelsGet, WorkflowsGet];
    ListDatasets: Get [app!("/datasets"), user!("/datasets"), "/v2/datasets"] by Key in Input
        needs [AppsGet, DatasetsGet, SavedSearchGet];
    GetDataset: Get [app!("/datasets/{dataset_id}"), "/v2/datasets/{dataset_id}"] by Key in Input
        needs [AppsGet, DatasetsGet, SavedSearchGet];
    PostDatasets: Post [app!("/datasets"), "/v2/datasets"] by Key in Input
        needs [AppsGet, DatasetsGet, DatasetsAdd, SavedSearchGet]
        if CarriesFilter [SavedSearchAdd];
    PatchDatasets: Patch [app!("/datasets"), "/v2/datasets"] by Key in Input
        needs [AppsGet, DatasetsGet, DatasetsAdd, SavedSearchGet]
        if CarriesFilter [SavedSearchAdd];
    DeleteDatasets: Delete [app!("/datasets"), "/v2/datasets"] by Key in Input of Whole
        needs [AppsGet, DatasetsGet, DatasetsAdd, DatasetsDelete];
    ListDatasetInputs: Get [app!("/datasets/{dataset_id}/inputs"), "/v2/datasets/{dataset_id}/inputs"] by Key in Input
        needs [AppsGet, DatasetsGet, InputsGet, AnnotationsGet, ConceptsGet];
    GetDatasetInput: Get [app!("/datasets/{dataset_id}/inputs/{input_id}"), "/v2/datasets/{dataset_id}/inputs/{input_id}"] by Key in Input
        needs [AppsGet, DatasetsGet, InputsGet, AnnotationsGet, ConceptsGet];
    PostDatasetInputs: Post [app!("/datasets/{dataset_id}/inputs"), "/v2/datasets/{dataset_id}/inputs"] by Key in Input
        needs [AppsGet, DatasetsGet, InputsAdd, InputsGet, AnnotationsGet, ConceptsGet];
    DeleteDatasetInputs: Delete [app!("/datasets/{dataset_id}/inputs"), "/v2/datasets/{dataset_id}/inputs"] by Key in Input
        needs [AppsGet, DatasetsGet, InputsAdd, InputsDelete, InputsGet];
    ListDatasetVersions: Get [app!("/datasets/{dataset_id}/versions"), "/v2/datasets/{dataset_id}/versions"] by Key in Input
        needs [AppsGet, DatasetsGet, SavedSearchGet];
    GetDatasetVersion: Get [app!("/datasets/{dataset_id}/versions/{dataset_version_id}"), "/v2/datasets/{dataset_id}/versions/{dataset_version_id}"] by Key in Input
        needs [AppsGet, DatasetsGet, SavedSearchGet];
    PostDatasetVersions: Post [app!("/datasets/{dataset_id}/versions"), "/v2/datasets/{dataset_id}/versions"] by Key in Input of Whole
        needs [AppsGet, DatasetsGet, DatasetsAdd, ModelsGet, WorkflowsGet];
    PatchDatasetVersions: Patch [app!("/datasets/{dataset_id}/versions"), "/v2/datasets/{dataset_id}/versions"] by Key in Input
        needs [AppsGet, DatasetsGet, DatasetsAdd];
    DeleteDatasetVersions: Delete [app!("/datasets/{dataset_id}/versions"), "/v2/datasets/{dataset_id}/versions"] by Key in Input of Whole
        needs [AppsGet, DatasetsGet, DatasetsAdd, DatasetsDelete];
    ListInputsAddJobs: Get [app!("/inputs/jobs/add"), "/v2/inputs/jobs/add"] by Key in Input
        needs [AppsGet, InputsGet];
    GetInputsAddJob: Get [app!("/inputs/jobs/add/{id}"), "/v2/inputs/jobs/add/{id}"] by Key in Input
        needs [AppsGet, InputsGet];
    CancelInputsAddJob: Patch [app!("/inputs/jobs/add/{id}"), "/v2/inputs/jobs/add/{id}"] by Key in Input
        needs [AppsGet, InputsAdd, InputsGet];

    // Model.
    ListModelConcepts: Get [app!("/models/{model_id}/concepts"), app!("/models/{model_id}/versions/{version_id}/concepts")] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsGet];
    GetModelType: Get [app!("/models/types/{model_type_id}"), "/v2/models/types/{model_type_id}"] by Key in Model
        needs [AppsGet, ModelsGet];
    ListModelTypes: Get [app!("/models/types"), "/v2/models/types"] by Key in Model
        needs [AppsGet, ModelsGet];
    GetModel: Get [app!("/models/{model_id}"), "/v2/models/{model_id}"] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsGet];
    GetModelOutputInfo: Get [app!("/models/{model_id}/output_info"), "/v2/models/{model_id}/output_info", app!("/models/{model_id}/versions/{version_id}/output_info"), "/v2/models/{model_id}/versions/{version_id}/output_info"] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsGet];
    ListModels: Get [app!("/models"), user!("/models"), "/v2/models"] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsGet];
    PostModels: Post [app!("/models"), "/v2/models"] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsAdd, ModelsGet, WorkflowsGet]
        if Trains [ModelsTrain];
    PatchModels: Patch [app!("/models"), "/v2/models"] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsAdd, ModelsGet, ModelsTrain];
    DeleteModel: Delete [app!("/models/{model_id}"), "/v2/models/{model_id}"] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsAdd, ModelsDelete, ModelsGet, WorkflowsGet];
    DeleteModels: Delete [app!("/models"), "/v2/models"] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsAdd, ModelsDelete, ModelsGet, WorkflowsGet];
    GetModelVersion: Get [app!("/models/{model_id}/versions/{version_id}"), "/v2/models/{model_id}/versions/{version_id}"] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsGet];
    ListModelVersions: Get [app!("/models/{model_id}/versions"), "/v2/models/{model_id}/versions"] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsGet];
    PostModelVersions: Post [app!("/models/{model_id}/versions"), "/v2/models/{model_id}/versions"] by Key in Model
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet, ModelsGet, ModelsTrain, WorkflowsGet, MetricsGet];
    PatchModelVersions: Patch [app!("/models/{model_id}/versions")] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsGet, ModelsAdd, ModelsTrain];
    DeleteModelVersion: Delete [app!("/models/{model_id}/versions/{version_id}"), "/v2/models/{model_id}/versions/{version_id}"] by Key in Model
        needs [AppsGet, ConceptsGet, ModelsAdd, ModelsDelete, ModelsGet, WorkflowsGet];

    // Predict.
    PostModelOutputs: Post [app!("/models/{model_id}/versions/{version_id}/outputs"), "/v2/models/{model_id}/versions/{version_id}/outputs", app!("/models/{model_id}/outputs"), "/v2/models/{model_id}/outputs", "/v2/users/{runner_selector.deployment.user_id}/deployments/{runner_selector.deployment.id}/outputs"] by Key in Predict
        needs [AppsGet, ConceptsGet, ModelsGet, Predict];
    GenerateModelOutputs: Post [app!("/models/{model_id}/versions/{version_id}/outputs/generate"), app!("/models/{model_id}/outputs/generate")] by Key in Predict
        needs [AppsGet, ConceptsGet, ModelsGet, Predict];
    StreamModelOutputs: Post ["/v2/models/outputs/stream"] by Key in Predict
        needs [AppsGet, ConceptsGet, ModelsGet, Predict];
    PostWorkflowResults: Post [app!("/workflows/{workflow_id}/versions/{version_id}/results"), app!("/workflows/{workflow_id}/results"), "/v2/workflows/{workflow_id}/results"] by Key in Predict
        needs [AppsGet, ModelsGet, ConceptsGet, Predict, WorkflowsGet];

    // Search.
    PostConceptsSearches: Post [app!("/concepts/searches"), "/v2/concepts/searches"] by Key in Search
        needs [AppsGet, ConceptsGet, ModelsGet, WorkflowsGet];
    PatchAnnotationsSearches: Patch [app!("/annotations/searches"), "/v2/annotations/searches"] by Key in Search
        needs [AppsGet, SavedSearchAdd, SavedSearchGet]
        if NamesDatasets [DatasetsGet];
    PostAnnotationsSearches: Post [app!("/annotations/searches"), "/v2/annotations/searches"] by Key in Search
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet, ModelsGet, Search, WorkflowsGet]
        if NamesDatasets [DatasetsGet]
        if KeepsSearch [SavedSearchAdd, SavedSearchGet];
    PatchInputsSearches: Patch [app!("/inputs/searches"), "/v2/inputs/searches"] by Key in Search
        needs [AppsGet, SavedSearchAdd, SavedSearchGet]
        if NamesDatasets [DatasetsGet];
    PostInputsSearches: Post [app!("/inputs/searches"), "/v2/inputs/searches"] by Key in Search
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet, ModelsGet, Search, WorkflowsGet]
        if NamesDatasets [DatasetsGet]
        if KeepsSearch [SavedSearchAdd, SavedSearchGet];
    PostModelsSearches: Post [app!("/models/searches"), "/v2/models/searches"] by Key in Search
        needs [AppsGet, ConceptsGet, ModelsGet];
    GetSearch: Get [app!("/searches/{id}"), "/v2/searches/{id}"] by Key in Search
        needs [AppsGet, SavedSearchGet];
    ListSearches: Get [app!("/searches"), "/v2/searches"] by Key in Search
        needs [AppsGet, SavedSearchGet];
    PatchSearches: Patch [app!("/searches"), "/v2/searches"] by Key in Search
        needs [AppsGet, SavedSearchAdd, SavedSearchGet]
        if NamesDatasets [DatasetsGet];
    PostSearches: Post [app!("/searches"), "/v2/searches"] by Key in Search
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet, ModelsGet, Search, WorkflowsGet]
        if NamesDatasets [DatasetsGet]
        if KeepsSearch [SavedSearchAdd, SavedSearchGet];
    PostSearchesByID: Post [app!("/searches/{id}"), "/v2/searches/{id}"] by Key in Search
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet, SavedSearchGet, Search]
        if NamesDatasets [DatasetsGet];
    DeleteSearch: Delete [app!("/searches/{id}"), "/v2/searches/{id}"] by Key in Search
        needs [AppsGet, SavedSearchGet, SavedSearchAdd, SavedSearchDelete];

    // Task.
    PostTasks: Post [app!("/tasks"), "/v2/tasks"] by Key in Task of Whole
        needs [AppsGet, TasksAdd, TasksGet, InputsGet, ConceptsGet, WorkflowsGet, ModelsGet, AnnotationsGet]
        if SelectsBySearch [Search] if SelectsBySavedSearch [SavedSearchGet];
    GetTaskAnnotationCount: Get [app!("/tasks/{task_id}/annotations/count"), "/v2/tasks/{task_id}/annotations/count"] by Key in Task
        needs [AppsGet, TasksGet];
    GetTaskInputCount: Get [app!("/tasks/{task_id}/inputs/count"), "/v2/tasks/{task_id}/inputs/count"] by Key in Task
        needs [AppsGet, TasksGet];
    GetTask: Get [app!("/tasks/{task_id}"), "/v2/tasks/{task_id}"] by Key in Task
        needs [AppsGet, TasksGet, SavedSearchGet, ConceptsGet, WorkflowsGet, ModelsGet];
    ListTasks: Get [app!("/tasks"), "/v2/tasks"] by Key in Task
        needs [AppsGet, TasksGet, SavedSearchGet, ConceptsGet, WorkflowsGet, ModelsGet];
    PatchTasks: Patch [app!("/tasks"), "/v2/tasks"] by Key in Task of Whole
        needs [AppsGet, TasksAdd, TasksGet, InputsGet, ConceptsGet, WorkflowsGet, ModelsGet, AnnotationsGet]
        if SelectsBySearch [Search] if SelectsBySavedSearch [SavedSearchGet];
    DeleteTasks: Delete [app!("/tasks"), "/v2/tasks"] by Key in Task of Whole
        needs [AppsGet, TasksAdd, TasksGet, TasksDelete];
    ListNextTaskAssignments: Get [app!("/tasks/{task_id}/assignments"), "/v2/tasks/{task_id}/assignments"] by Key in Task
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet, TasksGet, DatasetsGet];
    PutTaskAssignments: Put [app!("/tasks/{task_id}/assignments")] by Key in Task
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet, TasksGet, DatasetsGet]
        if Labels [AnnotationsAdd];

    // Workflow.
    GetWorkflow: Get [app!("/workflows/{workflow_id}"), "/v2/workflows/{workflow_id}"] by Key in Workflow
        needs [AppsGet, ModelsGet, WorkflowsGet];
    ListWorkflows: Get [app!("/workflows"), user!("/workflows"), "/v2/workflows"] by Key in Workflow
        needs [AppsGet, ModelsGet, WorkflowsGet];
    PostWorkflows: Post [app!("/workflows"), "/v2/workflows"] by Key in Workflow
        needs [AppsGet, ModelsGet, WorkflowsAdd, WorkflowsGet];
    PatchWorkflows: Patch [app!("/workflows"), "/v2/workflows"] by Key in Workflow
        needs [AppsGet, ModelsGet, WorkflowsAdd, WorkflowsGet];
    DeleteWorkflow: Delete [app!("/workflows/{workflow_id}"), "/v2/workflows/{workflow_id}"] by Key in Workflow
        needs [AppsGet, WorkflowsAdd, WorkflowsDelete, WorkflowsGet];
    DeleteWorkflows: Delete [app!("/workflows"), "/v2/workflows"] by Key in Workflow
        needs [AppsGet, WorkflowsAdd, WorkflowsDelete, WorkflowsGet];
    ListWorkflowVersions: Get [app!("/workflows/{workflow_id}/versions"), "/v2/workflows/{workflow_id}/versions"] by Key in Workflow
        needs [AppsGet, ModelsGet, WorkflowsGet];
    GetWorkflowVersion: Get [app!("/workflows/{workflow_id}/versions/{workflow_version_id}"), "/v2/workflows/{workflow_id}/versions/{workflow_version_id}"] by Key in Workflow
        needs [AppsGet, ModelsGet, WorkflowsGet];
    DeleteWorkflowVersions: Delete [app!("/workflows/{workflow_id}/versions"), "/v2/workflows/{workflow_id}/versions"] by Key in Workflow
        needs [AppsGet, WorkflowsGet, WorkflowsAdd, WorkflowsDelete];
    PatchWorkflowVersions: Patch [app!("/workflows/{workflow_id}/versions"), "/v2/workflows/{workflow_id}/versions"] by Key in Workflow
        needs [AppsGet, ModelsGet, WorkflowsGet, WorkflowsAdd];

    // Collector.
    PostCollectors: Post [app!("/collectors")] by Key in Collector of Whole
        needs [AppsGet, InputsAdd, AnnotationsGet, CollectorsAdd, ConceptsGet, InputsGet, ModelsGet, WorkflowsGet]
        if SourcePredicts [Predict];
    GetCollector: Get [app!("/collectors/{collector_id}")] by Key in Collector
        needs [AppsGet, CollectorsGet];
    ListCollectors: Get [app!("/collectors")] by Key in Collector
        needs [AppsGet, CollectorsGet];
    PatchCollectors: Patch [app!("/collectors")] by Key in Collector
        needs [AppsGet, CollectorsAdd, CollectorsGet];
    DeleteCollectors: Delete [app!("/collectors")] by Key in Collector
        needs [AppsGet, CollectorsAdd, CollectorsDelete, CollectorsGet];

    // Our own, in the style of the wire.
    DeleteConcepts: Delete [app!("/concepts")] by Key in Concept of Whole
        needs [AppsGet, ConceptsAdd, ConceptsDelete, ConceptsGet]
        if ConceptIsUsed [AnnotationsDelete];
    MergeConcepts: Post [app!("/concepts/{concept_id}/merges")] by Key in Concept of Whole
        needs [AppsGet, ConceptsAdd, ConceptsDelete, ConceptsGet]
        if ConceptIsUsed [AnnotationsDelete];
    ListVocabs: Get [app!("/vocabs")] by Key in Vocab
        needs [AppsGet, ConceptsGet, VocabsGet];
    GetVocab: Get [app!("/vocabs/{vocab_id}")] by Key in Vocab
        needs [AppsGet, ConceptsGet, VocabsGet];
    PostVocabs: Post [app!("/vocabs")] by Key in Vocab
        needs [AppsGet, ConceptsGet, VocabsGet, VocabsAdd];
    PatchVocabs: Patch [app!("/vocabs")] by Key in Vocab
        needs [AppsGet, ConceptsGet, VocabsGet, VocabsAdd];
    DeleteVocabs: Delete [app!("/vocabs")] by Key in Vocab
        needs [AppsGet, VocabsGet, VocabsAdd, VocabsDelete];
    PostCollectorInputs: Post [app!("/collectors/{collector_id}/inputs")] by Key in Collector of Whole
        needs [AppsGet, InputsAdd, InputsGet];
    PostExports: Post [app!("/exports")] by Key in Input
        needs [AppsGet, InputsGet, AnnotationsGet, ConceptsGet, DatasetsGet, ExportsAdd];

    // Acts in an app, in the browser only.
    ViewApp: Get [] by Session needs [AppsGet];
    LeaveApp: Post [] by Session needs [];
    RestoreApp: Post [] by Session needs [AppsAdd, AppsDelete, AppsGet];
    PreviewCollaborators: Get [] by Session needs [AppsGet, CollaboratorsGet];
    CheckInvitees: Get [] by Session needs [AppsGet, CollaboratorsGet, CollaboratorsAdd];
    ResendInvitation: Post [] by Session + Password needs [AppsGet, CollaboratorsGet, CollaboratorsAdd];
    CancelInvitation: Post [] by Session + Password needs [AppsGet, CollaboratorsGet, CollaboratorsAdd]
        if OthersInvitation [CollaboratorsDelete];
    ListAppAudit: Get [] by Session of Whole needs [AppsGet, AuditLogsGet];
    FollowApp: Get [] by Session needs [AppsGet];
    ViewSuggestions: Get [] by Session
        needs [AppsGet, AnnotationsGet, ConceptsGet, InputsGet, ModelsGet, TasksGet];
    PostModelVersionsUpload: Post [] by Session needs [AppsGet, ModelsAdd, ModelsGet, ModelsTrain, WorkflowsGet];
    // Who shares a model lets others have it predict.
    ShareModel: Post [] by Session of Whole needs [AppsGet, ConceptsGet, ModelsAdd, ModelsGet, ModelsTrain, Predict];
    ViewTaskProgress: Get [] by Session of Whole
        needs [AppsGet, TasksGet, ConceptsGet, InputsGet, AnnotationsGet, CollaboratorsGet];

    // Acts on one's own account, in the browser only.
    ViewAccount: Get [] by Session needs [];
    ChangeProfile: Post [] by Session needs [];
    ChangePassword: Post [] by Session needs [];
    ConfirmPassword: Post [] by Session needs [];
    AddEmailAddress: Post [] by Session + Password needs [];
    RemoveEmailAddress: Post [] by Session + Password needs [];
    MakeEmailAddressPrimary: Post [] by Session + Password needs [];
    ResendVerification: Post [] by Session needs [];
    ListSessions: Get [] by Session needs [];
    EndSession: Post [] by Session + Password needs [];
    SignOut: Post [] by Session needs [];
    RevealKey: Post [] by Session + Password needs [];
    RotateKey: Post [] by Session + Password needs [];
    ConnectIdentity: Post [] by Session + Password needs [];
    DisconnectIdentity: Post [] by Session + Password needs [];
    SetUpAuthenticator: Post [] by Session + Password needs [];
    ConfirmAuthenticator: Post [] by Session + Password needs [];
    MakeRecoveryCodes: Post [] by Session + Password needs [];
    RemoveSecondFactor: Post [] by Session + Password needs [];
    AddPasskey: Post [] by Session + Password needs [];
    RemovePasskey: Post [] by Session + Password needs [];
    ProveByPasskey: Post [] by Session needs [];

    // Asked beside the RPCs.
    ListOrganizations: Get [] by Pat needs [];
    ListAuthMethods: Get [] by Open needs [];

    // Acts of people not yet known.
    SignUp: Post [] by Open needs [];
    MakeFirstAccount: Post [] by Open needs [];
    SignIn: Post [] by Open needs [];
    ListProviders: Get [] by Open needs [];
    SignInByProvider: Get [] by Open needs [];
    SignInByPasskey: Post [] by Open needs [];
    CompleteSignIn: Post [] by Open needs [];
    VerifyEmailAddress: Post [] by Open needs [];
    RequestPasswordReset: Post [] by Open needs [];
    ResetPassword: Post [] by Open needs [];
    ReportLeakedKey: Post [] by Open needs [];
}

impl Endpoint {
    /// How many endpoints there are.
    pub const COUNT: usize = ROWS.len();

    /// Every endpoint, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        ROWS.iter().map(|row| row.endpoint)
    }

    const fn row(self) -> &'static Row {
        // INVARIANT: `ROWS` and the variants come from one macro, so every discriminant is an index of it.
        #[expect(clippy::indexing_slicing, reason = "see the invariant above")]
        &ROWS[self as usize]
    }

    /// The name of the RPC or act: `PostInputs`.
    #[must_use]
    pub fn rpc(self) -> &'static str {
        self.row().rpc
    }

    /// The verb of its paths.
    #[must_use]
    pub fn verb(self) -> Verb {
        self.row().verb
    }

    /// Its paths over REST, with the request's fields in braces; none for an act of the browser.
    #[must_use]
    pub fn paths(self) -> &'static [&'static str] {
        self.row().paths
    }

    /// Whether it is an RPC, in contrast to an act of the browser.
    #[must_use]
    pub fn is_rpc(self) -> bool {
        !self.row().paths.is_empty()
    }

    /// Whether it is asked of an app; else of the caller's own account, or of nobody's.
    #[must_use]
    pub fn is_of_app(self) -> bool {
        self.paths().iter().any(|path| path.contains("{user_app_id.app_id}"))
    }

    /// Who may knock.
    #[must_use]
    pub fn auth(self) -> Auth {
        self.row().auth
    }

    /// Whether somebody who is signed in must have given their password not long ago: it hands out access, takes it
    /// away, or changes how the account is entered.
    #[must_use]
    pub fn asks_password(self) -> bool {
        self.row().asks_password
    }

    /// The basic scope in whose group it stands in the picker.
    #[must_use]
    pub fn group(self) -> Option<BasicScope> {
        self.row().group
    }

    /// Whether it is about an app as a whole, so that it is refused to rights that reach only some of the app's inputs.
    /// Every other one is answered with what they reach.
    #[must_use]
    pub fn is_of_whole(self) -> bool {
        self.row().of_whole
    }

    /// The scopes that every such request needs.
    #[must_use]
    pub const fn needs(self) -> ScopeSet {
        self.row().needs
    }

    /// The scopes that a request needs further, when its condition holds.
    #[must_use]
    pub fn needs_if(self) -> &'static [(Condition, ScopeSet)] {
        self.row().needs_if
    }

    /// The scopes that a request of which `conditions` hold needs.
    #[must_use]
    pub fn needs_for(self, conditions: Conditions) -> ScopeSet {
        let row = self.row();
        let mut needs = row.needs;
        for (condition, more) in row.needs_if {
            if conditions.hold(*condition) {
                needs = needs.union(*more);
            }
        }
        needs
    }

    /// The endpoints of the wire that `scopes` open, without any condition.
    pub fn opened_by(scopes: ScopeSet) -> impl Iterator<Item = Self> + Clone {
        Self::all().filter(move |endpoint| {
            endpoint.is_rpc() && !endpoint.needs().is_empty() && endpoint.needs().is_subset(scopes)
        })
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rpc())
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rpc())
    }
}

/// A name that is no endpoint's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an endpoint")]
pub struct UnknownEndpoint(pub String);

impl FromStr for Endpoint {
    type Err = UnknownEndpoint;

    /// Reads `PostInputs` and the full name `/clarifai.api.V2/PostInputs`.
    fn from_str(name: &str) -> Result<Self, UnknownEndpoint> {
        let rpc = name.strip_prefix("/clarifai.api.V2/").unwrap_or(name);
        Self::all()
            .find(|endpoint| endpoint.rpc() == rpc && endpoint.is_rpc())
            .ok_or_else(|| UnknownEndpoint(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_shown_inputs_may_see_annotations_and_the_other_way_round() {
        // Inputs carry what is said of them, and what is said of a text carries parts of it.
        for endpoint in
            [Endpoint::GetInput, Endpoint::ListInputs, Endpoint::PostInputs, Endpoint::PatchInputs]
        {
            assert!(endpoint.needs().contains(crate::Scope::AnnotationsGet), "{endpoint}");
        }
        for endpoint in [
            Endpoint::GetAnnotation,
            Endpoint::ListAnnotations,
            Endpoint::PostAnnotations,
            Endpoint::PatchAnnotations,
        ] {
            assert!(endpoint.needs().contains(crate::Scope::InputsGet), "{endpoint}");
        }
    }

    #[test]
    fn names_read_back_and_paths_are_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for endpoint in Endpoint::all().filter(|endpoint| endpoint.is_rpc()) {
            assert_eq!(endpoint.rpc().parse::<Endpoint>(), Ok(endpoint));
            for path in endpoint.paths() {
                assert!(seen.insert((endpoint.verb().as_str(), *path)), "{endpoint} repeats {path}");
            }
        }
        assert!("ViewApp".parse::<Endpoint>().is_err(), "an act of the browser is not on the wire");
    }

    #[test]
    fn every_condition_adds_a_scope_that_is_not_needed_anyway() {
        for endpoint in Endpoint::all() {
            for (condition, more) in endpoint.needs_if() {
                assert!(more.intersection(endpoint.needs()).is_empty(), "{endpoint} {condition:?}");
                let conditions = Conditions::NONE.and(*condition, true);
                assert_eq!(endpoint.needs_for(conditions), endpoint.needs().union(*more));
            }
        }
    }
}
