//! Kinds of models: what each takes and what it gives.

use crate::label::Medium;

/// A kind of model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Says which concepts are in a picture.
    VisualClassifier,
    /// Turns a picture into numbers that are alike for pictures that look alike.
    VisualEmbedder,
    /// Turns a text into numbers that are alike for texts that mean the like.
    TextEmbedder,
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
    pub const ALL: [Self; 3] = [Self::VisualClassifier, Self::VisualEmbedder, Self::TextEmbedder];

    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::VisualClassifier => "visual-classifier",
            Self::VisualEmbedder => "visual-embedder",
            Self::TextEmbedder => "text-embedder",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::VisualClassifier => "Picture classifier",
            Self::VisualEmbedder => "Picture embedder",
            Self::TextEmbedder => "Text embedder",
        }
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::VisualClassifier => "Says which concepts are in a picture, and how sure it is.",
            Self::VisualEmbedder => {
                "Turns a picture into numbers, which are alike for pictures that look alike."
            }
            Self::TextEmbedder => "Turns a text into numbers, which are alike for texts that mean the like.",
        }
    }

    /// What it takes.
    #[must_use]
    pub fn takes(self) -> Medium {
        match self {
            Self::VisualClassifier | Self::VisualEmbedder => Medium::Image,
            Self::TextEmbedder => Medium::Text,
        }
    }

    /// What it gives.
    #[must_use]
    pub fn gives(self) -> Gives {
        match self {
            Self::VisualClassifier => Gives::Concepts,
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
        }
    }
}
