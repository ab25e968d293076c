//! The closed table of scopes: one right on one kind of resource each.
//!
//! Names and numbers are those of the wire (`crates/contract`); the last four rows are our own, numbered from
//! 1001 so that they can never meet a number of the wire.

use std::fmt;
use std::str::FromStr;

use crate::scope_set::ScopeSet;

/// What holding a scope lets its holder do to the resource it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Look at it. Closure may add it: see [`crate::closure`].
    Read,
    /// Change it, or act with it (predict, search). Nobody holds it who was not given it by name.
    Write,
}

macro_rules! scopes {
    (@deprecated deprecated) => { true };
    (@deprecated) => { false };
    ($($name:ident = $number:literal $wire:literal $(($deprecated:ident))? $(needs [$($need:ident),+])?;)+) => {
        /// One right on one kind of resource.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "the wire name of each variant is its documentation")]
        pub enum Scope { $($name),+ }

        const ROWS: &[Row] = &[$(Row {
            scope: Scope::$name,
            wire: $wire,
            number: $number,
            deprecated: scopes!(@deprecated $($deprecated)?),
            depends_on: ScopeSet::of(&[$($(Scope::$need),+)?]),
        }),+];
    };
}

struct Row {
    scope: Scope,
    wire: &'static str,
    number: u16,
    deprecated: bool,
    depends_on: ScopeSet,
}

scopes! {
    Predict = 2 "Predict";
    Search = 3 "Search";
    InputsAdd = 4 "Inputs_Add" needs [InputsGet];
    InputsGet = 5 "Inputs_Get";
    InputsPatch = 7 "Inputs_Patch" (deprecated) needs [InputsAdd, InputsGet];
    InputsDelete = 8 "Inputs_Delete" needs [InputsAdd, InputsGet];
    OutputsPatch = 9 "Outputs_Patch" (deprecated) needs [InputsGet, Predict];
    ConceptsAdd = 10 "Concepts_Add" needs [ConceptsGet];
    ConceptsGet = 11 "Concepts_Get";
    ConceptsPatch = 12 "Concepts_Patch" (deprecated) needs [ConceptsAdd, ConceptsGet];
    ConceptsDelete = 13 "Concepts_Delete" needs [ConceptsAdd, ConceptsGet];
    ModelsAdd = 14 "Models_Add" needs [ModelsGet];
    ModelsGet = 15 "Models_Get";
    ModelsPatch = 16 "Models_Patch" (deprecated) needs [ModelsAdd, ModelsGet, ModelsTrain];
    ModelsDelete = 17 "Models_Delete" needs [ModelsAdd, ModelsGet];
    WorkflowsAdd = 18 "Workflows_Add" needs [WorkflowsGet];
    WorkflowsGet = 19 "Workflows_Get";
    WorkflowsPatch = 20 "Workflows_Patch" (deprecated) needs [WorkflowsAdd, WorkflowsGet];
    WorkflowsDelete = 21 "Workflows_Delete" needs [WorkflowsAdd, WorkflowsGet];
    TSNEVisualizationsAdd = 24 "TSNEVisualizations_Add" (deprecated) needs [TSNEVisualizationsGet];
    TSNEVisualizationsGet = 25 "TSNEVisualizations_Get" (deprecated);
    ModelsTrain = 26 "Models_Train" needs [ModelsGet];
    ModelsSync = 27 "Models_Sync" needs [ModelsGet];
    AnnotationsAdd = 37 "Annotations_Add" needs [AnnotationsGet];
    AnnotationsGet = 38 "Annotations_Get";
    AnnotationsPatch = 39 "Annotations_Patch" (deprecated) needs [AnnotationsAdd, AnnotationsGet];
    AnnotationsDelete = 40 "Annotations_Delete" needs [AnnotationsAdd, AnnotationsGet];
    CollectorsAdd = 41 "Collectors_Add" (deprecated) needs [CollectorsGet];
    CollectorsGet = 42 "Collectors_Get" (deprecated);
    CollectorsDelete = 43 "Collectors_Delete" (deprecated) needs [CollectorsAdd, CollectorsGet];
    AppsAdd = 44 "Apps_Add" needs [AppsGet];
    AppsGet = 45 "Apps_Get";
    AppsDelete = 46 "Apps_Delete" needs [AppsAdd, AppsGet];
    KeysAdd = 47 "Keys_Add" needs [KeysGet];
    KeysGet = 48 "Keys_Get";
    KeysDelete = 49 "Keys_Delete" needs [KeysAdd, KeysGet];
    CollaboratorsGet = 50 "Collaborators_Get";
    CollaboratorsAdd = 51 "Collaborators_Add" needs [CollaboratorsGet];
    CollaboratorsDelete = 52 "Collaborators_Delete" needs [CollaboratorsAdd, CollaboratorsGet];
    MetricsGet = 53 "Metrics_Get";
    MetricsAdd = 54 "Metrics_Add" needs [MetricsGet];
    TasksAdd = 55 "Tasks_Add" needs [TasksGet];
    TasksGet = 56 "Tasks_Get";
    PasswordPoliciesAdd = 57 "PasswordPolicies_Add" needs [PasswordPoliciesGet];
    PasswordPoliciesGet = 58 "PasswordPolicies_Get";
    PasswordPoliciesDelete = 59 "PasswordPolicies_Delete" needs [PasswordPoliciesAdd, PasswordPoliciesGet];
    MetricsDelete = 63 "Metrics_Delete" needs [MetricsAdd, MetricsGet];
    LabelOrdersGet = 67 "LabelOrders_Get";
    LabelOrdersAdd = 68 "LabelOrders_Add" needs [LabelOrdersGet];
    LabelOrdersDelete = 69 "LabelOrders_Delete" needs [LabelOrdersAdd, LabelOrdersGet];
    TasksDelete = 70 "Tasks_Delete" needs [TasksAdd, TasksGet];
    WorkflowMetricsGet = 96 "WorkflowMetrics_Get" (deprecated);
    WorkflowMetricsAdd = 97 "WorkflowMetrics_Add" needs [WorkflowMetricsGet];
    WorkflowMetricsDelete = 98 "WorkflowMetrics_Delete" needs [WorkflowMetricsAdd, WorkflowMetricsGet];
    FindDuplicateAnnotationsJobsAdd = 102 "FindDuplicateAnnotationsJobs_Add" (deprecated) needs [FindDuplicateAnnotationsJobsGet];
    FindDuplicateAnnotationsJobsGet = 103 "FindDuplicateAnnotationsJobs_Get";
    FindDuplicateAnnotationsJobsDelete = 104 "FindDuplicateAnnotationsJobs_Delete" needs [FindDuplicateAnnotationsJobsAdd, FindDuplicateAnnotationsJobsGet];
    DatasetsGet = 105 "Datasets_Get";
    DatasetsAdd = 106 "Datasets_Add" needs [DatasetsGet];
    DatasetsDelete = 107 "Datasets_Delete" needs [DatasetsGet, DatasetsAdd];
    ModulesAdd = 108 "Modules_Add" (deprecated) needs [ModulesGet];
    ModulesGet = 109 "Modules_Get" (deprecated);
    ModulesDelete = 110 "Modules_Delete" (deprecated) needs [ModulesAdd, ModulesGet];
    InstalledModuleVersionsAdd = 111 "InstalledModuleVersions_Add" (deprecated) needs [InstalledModuleVersionsGet, ModulesGet];
    InstalledModuleVersionsGet = 112 "InstalledModuleVersions_Get" (deprecated) needs [ModulesGet];
    InstalledModuleVersionsDelete = 113 "InstalledModuleVersions_Delete" (deprecated) needs [InstalledModuleVersionsAdd, InstalledModuleVersionsGet, ModulesGet];
    SavedSearchGet = 114 "SavedSearch_Get";
    SavedSearchAdd = 115 "SavedSearch_Add" needs [SavedSearchGet];
    SavedSearchDelete = 116 "SavedSearch_Delete" needs [SavedSearchGet, SavedSearchAdd];
    ModelVersionPublicationsAdd = 117 "ModelVersionPublications_Add";
    ModelVersionPublicationsDelete = 118 "ModelVersionPublications_Delete";
    WorkflowPublicationsAdd = 119 "WorkflowPublications_Add";
    WorkflowPublicationsDelete = 120 "WorkflowPublications_Delete";
    BulkOperationAdd = 121 "BulkOperation_Add" needs [BulkOperationGet];
    BulkOperationGet = 122 "BulkOperation_Get";
    BulkOperationDelete = 123 "BulkOperation_Delete" needs [BulkOperationAdd, BulkOperationGet];
    HistoricalUsageGet = 124 "HistoricalUsage_Get";
    UploadsGet = 128 "Uploads_Get";
    UploadsAdd = 129 "Uploads_Add" needs [UploadsGet];
    UploadsDelete = 130 "Uploads_Delete" needs [UploadsGet, UploadsAdd];
    RunnersGet = 131 "Runners_Get";
    RunnersAdd = 132 "Runners_Add" needs [RunnersGet];
    RunnersDelete = 133 "Runners_Delete" needs [RunnersGet, RunnersAdd];
    RunnerItemsGet = 134 "RunnerItems_Get";
    RunnerItemsAdd = 135 "RunnerItems_Add" needs [RunnerItemsGet];
    NodepoolsGet = 136 "Nodepools_Get";
    NodepoolsAdd = 137 "Nodepools_Add" needs [NodepoolsGet];
    NodepoolsDelete = 138 "Nodepools_Delete" needs [NodepoolsGet, NodepoolsAdd];
    ComputeClustersGet = 139 "ComputeClusters_Get";
    ComputeClustersAdd = 140 "ComputeClusters_Add" needs [ComputeClustersGet];
    ComputeClustersDelete = 141 "ComputeClusters_Delete" needs [ComputeClustersGet, ComputeClustersAdd];
    ModelExportsGet = 142 "ModelExports_Get";
    ModelExportsAdd = 143 "ModelExports_Add" needs [ModelExportsGet];
    DeploymentsGet = 144 "Deployments_Get";
    DeploymentsAdd = 145 "Deployments_Add" needs [DeploymentsGet];
    DeploymentsDelete = 146 "Deployments_Delete" needs [DeploymentsGet, DeploymentsAdd];
    InstanceTypesGet = 148 "InstanceTypes_Get";
    AuditLogsGet = 149 "AuditLogs_Get";
    ModelsPull = 150 "Models_Pull" needs [ModelsGet];
    LogEntriesGet = 151 "LogEntries_Get";
    WorkflowVersionEvaluationsGet = 152 "WorkflowVersionEvaluations_Get";
    WorkflowVersionEvaluationsAdd = 153 "WorkflowVersionEvaluations_Add" needs [WorkflowVersionEvaluationsGet];
    PipelinesGet = 154 "Pipelines_Get";
    PipelinesAdd = 155 "Pipelines_Add" needs [PipelinesGet];
    PipelinesDelete = 156 "Pipelines_Delete" needs [PipelinesGet, PipelinesAdd];
    PipelineStepsGet = 157 "PipelineSteps_Get";
    PipelineStepsAdd = 158 "PipelineSteps_Add" needs [PipelineStepsGet];
    PipelineStepsPull = 159 "PipelineSteps_Pull" needs [PipelineStepsGet];
    SecretsGet = 160 "Secrets_Get";
    SecretsAdd = 161 "Secrets_Add" needs [SecretsGet];
    SecretsDelete = 162 "Secrets_Delete" needs [SecretsGet, SecretsAdd];
    UserMetricsGet = 163 "UserMetrics_Get";
    AnnotationTracksGet = 166 "AnnotationTracks_Get";
    AnnotationTracksAdd = 167 "AnnotationTracks_Add";
    AnnotationTracksDelete = 168 "AnnotationTracks_Delete";
    PipelineStepsDelete = 169 "PipelineSteps_Delete" needs [PipelineStepsGet, PipelineStepsAdd];
    ArtifactsGet = 170 "Artifacts_Get";
    ArtifactsAdd = 171 "Artifacts_Add" needs [ArtifactsGet];
    ArtifactsDelete = 172 "Artifacts_Delete" needs [ArtifactsGet, ArtifactsAdd];
    PipelineVersionRunStatusLogsGet = 173 "PipelineVersionRunStatusLogs_Get";
    VocabsGet = 1001 "Vocabs_Get";
    VocabsAdd = 1002 "Vocabs_Add" needs [VocabsGet];
    VocabsDelete = 1003 "Vocabs_Delete" needs [VocabsAdd, VocabsGet];
    ExportsAdd = 1004 "Exports_Add";
}

impl Scope {
    /// How many scopes there are.
    pub const COUNT: usize = ROWS.len();

    /// Every scope, in the order of the table.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + Clone {
        ROWS.iter().map(|row| row.scope)
    }

    /// The scope at `index` of the table, if there is one.
    pub(crate) fn at(index: u32) -> Option<Self> {
        ROWS.get(index as usize).map(|row| row.scope)
    }

    fn row(self) -> &'static Row {
        // INVARIANT: `ROWS` and the variants come from one macro, so every discriminant is an index of it.
        #[expect(clippy::indexing_slicing, reason = "see the invariant above")]
        &ROWS[self as usize]
    }

    /// The name on the wire: `Inputs_Get`.
    pub fn wire(self) -> &'static str {
        self.row().wire
    }

    /// The number on the wire; 1001 and above are our own.
    pub fn number(self) -> u16 {
        self.row().number
    }

    /// Whether the wire keeps this scope only for old clients. It opens no endpoint.
    pub fn deprecated(self) -> bool {
        self.row().deprecated
    }

    /// The scopes that the table declares as needed by this one.
    pub fn depends_on(self) -> ScopeSet {
        self.row().depends_on
    }

    /// Whether this scope only looks, or changes and acts.
    pub fn access(self) -> Access {
        if self.wire().ends_with("_Get") { Access::Read } else { Access::Write }
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire())
    }
}

/// A name that is no scope's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a scope")]
pub struct UnknownScope(pub String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, UnknownScope> {
        Self::all().find(|scope| scope.wire() == name).ok_or_else(|| UnknownScope(name.into()))
    }
}

impl serde::Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.wire())
    }
}

impl<'de> serde::Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_numbers_are_unique() {
        let mut numbers: Vec<u16> = Scope::all().map(Scope::number).collect();
        for scope in Scope::all() {
            assert_eq!(scope.wire().parse::<Scope>().as_ref(), Ok(&scope));
        }
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), Scope::COUNT);
        assert!("inputs_get".parse::<Scope>().is_err());
        assert!("All".parse::<Scope>().is_err(), "`All` is a set, not a scope");
    }

    #[test]
    fn dependencies_are_transitive_in_the_table_itself() {
        // The table spells out what a scope needs in full: `Models_Patch` names `Models_Get` beside `Models_Add`.
        for scope in Scope::all() {
            for needed in scope.depends_on().iter() {
                assert!(needed.depends_on().is_subset(scope.depends_on()), "{scope} needs {needed}");
            }
        }
    }
}
