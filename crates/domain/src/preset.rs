//! Presets: named scope sets for the roles that teams have.

use std::sync::LazyLock;

use crate::basic::BasicScope;
use crate::closure::closed;
use crate::scope::Scope;
use crate::scope_set::ScopeSet;

/// A named scope set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Looks at everything.
    Viewer,
    /// Annotates; never deletes or exports.
    Worker,
    /// A worker who also finds their way through all of the data, to review it.
    Reviewer,
    /// Runs the labelling: inputs, concepts, tasks, and the people who work on them.
    LabellingLead,
    /// Makes, trains and tries models.
    ModelTrainer,
    /// Everything.
    Trusted,
}

impl Preset {
    /// The presets, from the least to the most.
    pub const ALL: [Self; 6] =
        [Self::Viewer, Self::Worker, Self::Reviewer, Self::LabellingLead, Self::ModelTrainer, Self::Trusted];

    /// The name that people see.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Worker => "Worker",
            Self::Reviewer => "Reviewer",
            Self::LabellingLead => "Labelling lead",
            Self::ModelTrainer => "Model trainer",
            Self::Trusted => "Trusted",
        }
    }

    /// The name in forms and addresses.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Worker => "worker",
            Self::Reviewer => "reviewer",
            Self::LabellingLead => "labelling-lead",
            Self::ModelTrainer => "model-trainer",
            Self::Trusted => "trusted",
        }
    }

    /// The preset of that slug.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.slug() == slug)
    }

    /// What it is for, in half a sentence.
    #[must_use]
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Viewer => "looks at everything, changes nothing",
            Self::Worker => "annotates, never deletes or exports",
            Self::Reviewer => "annotates, searches and reviews",
            Self::LabellingLead => "runs inputs, concepts and tasks, and invites workers",
            Self::ModelTrainer => "makes, trains and tries models",
            Self::Trusted => "everything that you may give",
        }
    }

    /// Its scopes, closed.
    #[must_use]
    pub fn scopes(self) -> ScopeSet {
        // Closing takes a hundred times as long as looking it up, and a list of people asks for every preset for each.
        static CLOSED: LazyLock<[ScopeSet; Preset::ALL.len()]> =
            LazyLock::new(|| Preset::ALL.map(|preset| closed(preset.chosen())));
        // They are listed in the order in which they are declared, so that there is one at each place.
        CLOSED.get(self as usize).copied().unwrap_or(ScopeSet::EMPTY)
    }

    /// What it is made of.
    fn chosen(self) -> ScopeSet {
        let view = ScopeSet::of(&[
            Scope::AnnotationsGet,
            Scope::ConceptsGet,
            Scope::DatasetsGet,
            Scope::InputsGet,
            Scope::ModelsGet,
            Scope::TasksGet,
            Scope::VocabsGet,
            Scope::WorkflowsGet,
        ]);
        let work = ScopeSet::of(&[Scope::AnnotationsAdd, Scope::TasksGet]);
        match self {
            Self::Viewer => view,
            Self::Worker => work,
            Self::Reviewer => work.union(view).with(Scope::Search).with(Scope::SavedSearchGet),
            Self::LabellingLead => [
                BasicScope::Annotation,
                BasicScope::Concept,
                BasicScope::Input,
                BasicScope::Search,
                BasicScope::Task,
                BasicScope::Vocab,
            ]
            .into_iter()
            .fold(view.with(Scope::CollaboratorsAdd), |set, group| set.union(group.own())),
            Self::ModelTrainer => {
                [BasicScope::Model, BasicScope::Predict, BasicScope::Search, BasicScope::Workflow]
                    .into_iter()
                    .fold(view.with(Scope::DatasetsAdd), |set, group| set.union(group.own()))
            }
            Self::Trusted => ScopeSet::ALL,
        }
    }

    /// How a person with `scopes` shows: `Worker`, `Worker + Search`, `Worker − Tasks_Get`, or `Custom` when no preset
    /// is near.
    #[must_use]
    pub fn describe(scopes: ScopeSet) -> String {
        let Some((nearest, more, less)) = Self::reading(scopes) else {
            return Self::custom(scopes);
        };
        let mut text = nearest.name().to_owned();
        for part in more {
            text.push_str(" + ");
            text.push_str(&part);
        }
        for scope in less.iter() {
            text.push_str(" − ");
            text.push_str(scope.wire());
        }
        text
    }

    /// The preset under whose name a person with `scopes` shows, if one is near.
    #[must_use]
    pub fn nearest(scopes: ScopeSet) -> Option<Self> {
        Self::reading(scopes).map(|(nearest, ..)| nearest)
    }

    /// The nearest preset, what `scopes` has beyond it, and what it lacks; none if that is too much to be named.
    fn reading(scopes: ScopeSet) -> Option<(Self, Vec<String>, ScopeSet)> {
        Self::ALL
            .map(|preset| (preset, more_than(preset, scopes), preset.scopes().minus(scopes)))
            .into_iter()
            .min_by_key(|(_, more, less)| more.len() + less.len())
            .filter(|(_, more, less)| less.writes().len() <= 1 && less.len() <= 2 && more.len() <= 2)
    }

    fn custom(scopes: ScopeSet) -> String {
        let parts = crate::words::summary(scopes);
        match parts.as_slice() {
            [] => "Custom, looks only".into(),
            [one] => one.clone(),
            [one, two] => format!("{one} + {two}"),
            [one, two, rest @ ..] => format!("{one} + {two} + {} more", rest.len()),
        }
    }
}

/// What `scopes` has beyond `preset`: the reads that came along with a change go without saying.
fn more_than(preset: Preset, scopes: ScopeSet) -> Vec<String> {
    let parts = crate::words::summary_beyond(preset.scopes(), scopes);
    let more = scopes.minus(preset.scopes());
    if parts.is_empty() { more.iter().map(|scope| scope.wire().to_owned()).collect() } else { parts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Endpoint;

    #[test]
    fn presets_are_closed_and_open_something() {
        for preset in Preset::ALL {
            assert_eq!(preset.scopes(), closed(preset.chosen()), "{preset:?}");
            assert_eq!(preset.scopes(), closed(preset.scopes()), "{preset:?}");
            assert!(crate::rights::Rights::of(preset.scopes()).opens_something());
            assert_eq!(Preset::from_slug(preset.slug()), Some(preset));
            assert_eq!(Preset::describe(preset.scopes()), preset.name());
        }
    }

    #[test]
    fn a_worker_annotates_and_never_deletes_copies_or_invites() {
        let opened: Vec<Endpoint> = Endpoint::opened_by(Preset::Worker.scopes()).collect();
        assert!(opened.contains(&Endpoint::PostAnnotations) && opened.contains(&Endpoint::ListInputs));
        for scope in Preset::Worker.scopes().writes().iter() {
            assert_eq!(scope, Scope::AnnotationsAdd);
        }
    }

    #[test]
    fn no_preset_below_labelling_lead_copies_data_out() {
        for preset in [Preset::Viewer, Preset::Worker, Preset::Reviewer, Preset::ModelTrainer] {
            assert!(!preset.scopes().contains(Scope::ExportsAdd), "{preset:?}");
        }
        assert!(Preset::LabellingLead.scopes().contains(Scope::ExportsAdd));
    }

    #[test]
    fn a_changed_preset_says_what_differs() {
        let worker = Preset::Worker.scopes();
        assert_eq!(Preset::describe(worker.with(Scope::CollaboratorsAdd)), "Worker + Collaborators_Add");
        assert_eq!(Preset::describe(worker.union(closed(BasicScope::Search.own()))), "Worker + Search");
        assert_eq!(Preset::describe(ScopeSet::of(&[Scope::AppsGet])), "Custom, looks only");
        assert_eq!(Preset::nearest(worker.with(Scope::CollaboratorsAdd)), Some(Preset::Worker));
        assert_eq!(Preset::nearest(ScopeSet::of(&[Scope::AppsGet])), None);
    }
}
