//! The eleven basic scopes: the groups in which people choose.

use crate::scope::Scope;
use crate::scope_set::ScopeSet;

/// One group of scopes, as the scope picker shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant has its sentence in `sentence`")]
pub enum BasicScope {
    Annotation,
    Collaborator,
    Collector,
    Concept,
    Input,
    Model,
    Predict,
    Search,
    Task,
    Vocab,
    Workflow,
}

impl BasicScope {
    /// The groups, in the order in which the picker shows them.
    pub const ALL: [Self; 11] = [
        Self::Annotation,
        Self::Collaborator,
        Self::Collector,
        Self::Concept,
        Self::Input,
        Self::Model,
        Self::Predict,
        Self::Search,
        Self::Task,
        Self::Vocab,
        Self::Workflow,
    ];

    /// The name that people see.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Annotation => "Annotation",
            Self::Collaborator => "Collaborator",
            Self::Collector => "Collector",
            Self::Concept => "Concept",
            Self::Input => "Input",
            Self::Model => "Model",
            Self::Predict => "Predict",
            Self::Search => "Search",
            Self::Task => "Task",
            Self::Vocab => "Vocab",
            Self::Workflow => "Workflow",
        }
    }

    /// The sentence beside the name.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Annotation => "Add and Remove Annotations on Inputs",
            Self::Collaborator => "Add, Remove and Patch Collaborators",
            Self::Collector => "Add, Remove and Patch Input Collectors",
            Self::Concept => "Add, Remove and Patch Concept",
            Self::Input => "Add and Remove Inputs to an App",
            Self::Model => "Add, Remove and Train Custom Models",
            Self::Predict => "Predict on Public and Custom Models",
            Self::Search => "Search over Inputs an App",
            Self::Task => "Add, Remove and Patch Scribe labeling Tasks",
            Self::Vocab => "Add, Remove and Delete lists of Concepts",
            Self::Workflow => "Add, Remove and Delete Workflows of Models",
        }
    }

    /// The scopes that ticking the group gives, before closure. `Exports_Add` stands under Input: copying an app's
    /// data out is a right of its own, and part of everything one may do with inputs.
    #[must_use]
    pub fn own(self) -> ScopeSet {
        use Scope as S;
        const fn set(scopes: &[Scope]) -> ScopeSet {
            ScopeSet::of(scopes)
        }
        match self {
            Self::Annotation => set(&[S::AnnotationsGet, S::AnnotationsAdd, S::AnnotationsDelete]),
            Self::Collaborator => set(&[S::CollaboratorsGet, S::CollaboratorsAdd, S::CollaboratorsDelete]),
            Self::Collector => set(&[S::CollectorsGet, S::CollectorsAdd, S::CollectorsDelete]),
            Self::Concept => set(&[S::ConceptsGet, S::ConceptsAdd, S::ConceptsDelete]),
            Self::Input => set(&[
                S::InputsGet,
                S::InputsAdd,
                S::InputsDelete,
                S::DatasetsGet,
                S::DatasetsAdd,
                S::DatasetsDelete,
                S::ExportsAdd,
            ]),
            Self::Model => set(&[S::ModelsGet, S::ModelsAdd, S::ModelsDelete, S::ModelsTrain]),
            Self::Predict => set(&[S::Predict]),
            Self::Search => set(&[S::Search, S::SavedSearchGet, S::SavedSearchAdd, S::SavedSearchDelete]),
            Self::Task => set(&[S::TasksGet, S::TasksAdd, S::TasksDelete]),
            Self::Vocab => set(&[S::VocabsGet, S::VocabsAdd, S::VocabsDelete]),
            Self::Workflow => set(&[S::WorkflowsGet, S::WorkflowsAdd, S::WorkflowsDelete]),
        }
    }

    /// The group that `scope` belongs to, if it is in one of the eleven.
    #[must_use]
    pub fn of(scope: Scope) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.own().contains(scope))
    }
}

/// The scopes of the app itself, which are in none of the eleven groups: the picker shows them below the groups when it
/// shows fine scopes, so that whoever has them can be seen to have them, and lose them.
pub const ADMINISTRATION: ScopeSet = ScopeSet::of(&[
    Scope::AppsGet,
    Scope::AppsAdd,
    Scope::AppsDelete,
    Scope::KeysGet,
    Scope::KeysAdd,
    Scope::KeysDelete,
    Scope::AuditLogsGet,
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_scope_is_in_two_groups() {
        for a in BasicScope::ALL {
            assert!(a.own().intersection(ADMINISTRATION).is_empty(), "{a:?} meets the app itself");
            for b in BasicScope::ALL {
                assert!(a == b || a.own().intersection(b.own()).is_empty(), "{a:?} meets {b:?}");
            }
        }
    }
}
