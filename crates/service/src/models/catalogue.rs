//! The public models, as they are listed. What they are is said in `docs/models.md`.

use std::sync::OnceLock;

use atelier_domain::{Medium, ModelKind, PublicPermit, Timestamp};
use atelier_learn::public;

use super::{Model, ModelConcept, ModelVersion, Source};

/// Since when they are there, in microseconds UTC: 28 November 2026.
const MADE_AT: Timestamp = Timestamp::from_micros(1_795_824_000_000_000);

/// The versions: the first digits of the SHA-256 of their weights.
const PICTURES: &str = "04e219239bec3b8cddf00746fc278fbe";
const TEXTS: &str = "d66016b9da1d6bdd7ec4f24e05319236";

/// The version of the model by which inputs of a kind are embedded.
pub(super) fn embedder(medium: Medium) -> &'static str {
    match medium {
        Medium::Image => PICTURES,
        Medium::Text => TEXTS,
    }
}

/// How many numbers its vectors have.
pub(super) fn width(medium: Medium) -> usize {
    match medium {
        Medium::Image => public::PICTURE_WIDTH,
        Medium::Text => public::TEXT_WIDTH,
    }
}

/// The version of the filter, which has no weights: the first digits of the SHA-256 of its name and the number of its rules.
const FILTER: &str = "d3e46ef135e03b41baf7177065ba8ec8";

/// What is said of both that look at pictures.
const OF_PICTURES: &str = "EfficientNet-Lite0, trained on ImageNet-1k: 75.1 % of the pictures of its test get the right one of \
    1000 concepts, as its publisher says.\n\n\
    It knows these concepts and no others: many animals, plants, dishes, vehicles and tools, and **no people** but a \
    bridegroom, a baseball player and a diver. What a picture shows besides is called by whatever of them is nearest. It looks at the middle of a picture, 224 pixels across: \
    what is small in it, or at its edge, is not seen.";

const OF_TEXTS: &str = "all-MiniLM-L6-v2, trained on English pairs of questions and answers, titles and texts.\n\n\
    It knows **English**: texts in other languages get vectors as well, which mean little. Of a long text the first 256 \
    pieces of words are read, which is about 200 words.";

const OF_FILTERS: &str = "A step of workflows: it stands behind a model that finds concepts, and lets those through that are \
    wanted of it. Where it lets nothing through, the workflow does not go on behind it.\n\n\
    What it lets through is said where it stands: how sure the model has to be, of which concepts, and how many at most.";

/// The public models, in the order in which they are listed: for whoever shows that they may.
pub(super) fn models(_permit: &PublicPermit) -> &'static [Model] {
    static MODELS: OnceLock<Vec<Model>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let model =
            |slug: &str, name: &str, kind: ModelKind, description: &str, notes: &str, version| Model {
                app: None,
                slug: slug.into(),
                name: name.into(),
                description: description.into(),
                notes: notes.into(),
                kind,
                takes: kind.takes(),
                license: "Apache-2.0".into(),
                settings: None,
                shared_from: None,
                made_at: MADE_AT,
                changed_at: MADE_AT,
                versions: 1,
                version: Some(version),
            };
        let version = |slug: &str, concepts, dimensions| ModelVersion {
            slug: slug.into(),
            made_at: MADE_AT,
            concepts,
            dimensions,
            source: Source::Public,
        };
        vec![
            model(
                "general-image-recognition",
                "General image recognition",
                ModelKind::VisualClassifier,
                "Says which of 1000 everyday things, animals and plants a picture shows.",
                OF_PICTURES,
                version(PICTURES, public::concepts().len(), None),
            ),
            model(
                "general-image-embedding",
                "General image embedding",
                ModelKind::VisualEmbedder,
                "Turns a picture into 1280 numbers, which are alike for pictures that look alike.",
                OF_PICTURES,
                version(PICTURES, 0, Some(public::PICTURE_WIDTH)),
            ),
            model(
                "general-text-embedding",
                "General text embedding",
                ModelKind::TextEmbedder,
                "Turns an English text into 384 numbers, which are alike for texts that mean the like.",
                OF_TEXTS,
                version(TEXTS, 0, Some(public::TEXT_WIDTH)),
            ),
            model(
                "concept-thresholder",
                "Concept filter",
                ModelKind::ConceptThresholder,
                "Lets through what the model before it is sure enough of, and ends a workflow where that is nothing.",
                OF_FILTERS,
                version(FILTER, 0, None),
            ),
        ]
    })
}

/// The concepts that a model knows, in the order of its probabilities; none, if it gives vectors.
pub(super) fn concepts(model: &Model) -> &'static [ModelConcept] {
    static CONCEPTS: OnceLock<Vec<ModelConcept>> = OnceLock::new();
    match model.kind {
        ModelKind::EmbeddingClassifier
        | ModelKind::VisualEmbedder
        | ModelKind::TextEmbedder
        | ModelKind::ConceptThresholder => &[],
        ModelKind::VisualClassifier => CONCEPTS.get_or_init(|| {
            let concepts = public::concepts().iter();
            concepts
                .map(|concept| ModelConcept { slug: concept.id.into(), name: concept.name.into() })
                .collect()
        }),
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn a_version_is_called_by_its_weights() {
        let digits = |bytes: &[u8]| -> String {
            Sha256::digest(bytes)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
        };
        for (version, weights) in [(PICTURES, "pictures.onnx"), (TEXTS, "texts.onnx")] {
            let path = format!("{}/../learn/models/{weights}", env!("CARGO_MANIFEST_DIR"));
            assert_eq!(version, digits(&std::fs::read(path).unwrap()), "{weights}");
        }
        assert_eq!(FILTER, digits(b"concept-thresholder 1"));
    }
}
