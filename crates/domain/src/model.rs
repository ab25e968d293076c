//! Kinds of models: what each takes and what it gives.

use crate::label::Medium;

/// A kind of model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Says which concepts are in a picture.
    VisualClassifier,
    /// Says which of an app's own concepts are in a picture or a text, by what was said of others.
    EmbeddingClassifier,
    /// Turns a picture into numbers that are alike for pictures that look alike.
    VisualEmbedder,
    /// Turns a text into numbers that are alike for texts that mean the like.
    TextEmbedder,
    /// Lets those of the concepts through that another model is sure enough of: a step of workflows.
    ConceptThresholder,
}

/// What a model gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Concepts, each with how sure it is.
    Concepts,
    /// A vector.
    Embeddings,
}

impl Gives {
    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Concepts => "concepts",
            Self::Embeddings => "embeddings",
        }
    }
}

impl ModelKind {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::EmbeddingClassifier,
        Self::VisualClassifier,
        Self::VisualEmbedder,
        Self::TextEmbedder,
        Self::ConceptThresholder,
    ];

    /// The kind of that name, if there is one.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether models of this kind are made and trained in apps.
    #[must_use]
    pub fn is_trained(self) -> bool {
        self == Self::EmbeddingClassifier
    }

    /// Whether apps make models of this kind, which are trained or say themselves what they let through.
    #[must_use]
    pub fn is_made(self) -> bool {
        self.is_trained() || self.is_filter()
    }

    /// Whether it lets some of what other models find through, and finds nothing itself.
    #[must_use]
    pub fn is_filter(self) -> bool {
        self == Self::ConceptThresholder
    }

    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EmbeddingClassifier => "embedding-classifier",
            Self::VisualClassifier => "visual-classifier",
            Self::VisualEmbedder => "visual-embedder",
            Self::TextEmbedder => "text-embedder",
            Self::ConceptThresholder => "concept-thresholder",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::EmbeddingClassifier => "Trained classifier",
            Self::VisualClassifier => "Picture classifier",
            Self::VisualEmbedder => "Picture embedder",
            Self::TextEmbedder => "Text embedder",
            Self::ConceptThresholder => "Concept filter",
        }
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::EmbeddingClassifier => {
                "Says which of the app’s concepts are in a picture or a text, by what was said of others."
            }
            Self::VisualClassifier => "Says which concepts are in a picture, and how sure it is.",
            Self::VisualEmbedder => {
                "Turns a picture into numbers, which are alike for pictures that look alike."
            }
            Self::TextEmbedder => "Turns a text into numbers, which are alike for texts that mean the like.",
            Self::ConceptThresholder => {
                "Lets those of the concepts through that the model before it is sure enough of."
            }
        }
    }

    /// What all models of this kind take; nothing, if some take pictures and others texts, or if they take the concepts that
    /// another model found.
    #[must_use]
    pub fn takes(self) -> Option<Medium> {
        match self {
            Self::VisualClassifier | Self::VisualEmbedder => Some(Medium::Image),
            Self::TextEmbedder => Some(Medium::Text),
            Self::EmbeddingClassifier | Self::ConceptThresholder => None,
        }
    }

    /// What it gives.
    #[must_use]
    pub fn gives(self) -> Gives {
        match self {
            Self::EmbeddingClassifier | Self::VisualClassifier | Self::ConceptThresholder => Gives::Concepts,
            Self::VisualEmbedder | Self::TextEmbedder => Gives::Embeddings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_name() {
        for kind in ModelKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(ModelKind::of_name(kind.name()), Some(kind));
        }
    }
}
