//! The public models: what is in a picture, and what pictures and texts are alike.
//!
//! Each is loaded when it is first asked for, and stays until [`forget`] is called. `docs/models.md` says what they
//! know and what not.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::engine::{Error, Lanes, Network, floats, whole};
use crate::picture::{Prepared, View};
use crate::words::Vocabulary;

/// How the model of pictures looks at them: 7/8 of the shorter side.
pub const VIEW: View = View { width: 224, height: 224, share: 0.875 };
/// How many numbers the embedding of a picture has.
pub const PICTURE_WIDTH: usize = 1280;
/// How many numbers the embedding of a text has.
pub const TEXT_WIDTH: usize = 384;

/// What a step of the numbers in `models/names.i16` is worth.
pub const NAME_SCALE: f32 = 1.0 / 32_767.0;

static PICTURES: Slot<Pictures> = Slot(Mutex::new(None));
static TEXTS: Slot<Texts> = Slot(Mutex::new(None));

/// A concept of ImageNet-1k.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concept {
    /// Its number in WordNet, such as `n02123045`.
    pub id: &'static str,
    /// What it is called in English; no two are called the same.
    pub name: &'static str,
}

/// The concepts that the model of pictures knows, in the order of its probabilities: 1000.
pub fn concepts() -> &'static [Concept] {
    static CONCEPTS: OnceLock<Vec<Concept>> = OnceLock::new();
    CONCEPTS.get_or_init(|| {
        let lines = include_str!("../models/imagenet.tsv").lines();
        lines.filter_map(|line| line.split_once('\t')).map(|(id, name)| Concept { id, name }).collect()
    })
}

/// What the model of pictures sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// What the picture is like: [`PICTURE_WIDTH`] numbers from 0 to 6. Of two that are alike they point the same way.
    pub embedding: Vec<f32>,
    /// How likely each of the [`concepts`] is what the picture shows; together they are 1.
    pub probabilities: Vec<f32>,
}

impl Seen {
    /// What the picture is about, as far as the [`concepts`] can say it: [`TEXT_WIDTH`] numbers, a vector of length 1, which
    /// is alike to that of a text about the same ([`Texts::embed`]). It is made of what their names are about, each as much
    /// as it is likely.
    #[must_use]
    pub fn meaning(&self) -> Vec<f32> {
        let names = include_bytes!("../models/names.i16").as_chunks().0.as_chunks::<TEXT_WIDTH>().0;
        let mut meaning = vec![0.0_f32; TEXT_WIDTH];
        for (name, probability) in names.iter().zip(&self.probabilities) {
            for (sum, number) in meaning.iter_mut().zip(name) {
                *sum += probability * f32::from(i16::from_le_bytes(*number)) * NAME_SCALE;
            }
        }
        let length = meaning.iter().map(|number| number * number).sum::<f32>().sqrt();
        if length > 0.0 {
            meaning.iter_mut().for_each(|number| *number /= length);
        }
        meaning
    }
}

/// The model of pictures: EfficientNet-Lite0.
#[derive(Debug)]
pub struct Pictures(Network);

/// The model of texts: all-MiniLM-L6-v2.
#[derive(Debug)]
pub struct Texts {
    network: Network,
    vocabulary: Vocabulary,
}

/// The model of pictures.
///
/// # Errors
/// When it cannot be loaded.
pub fn pictures() -> Result<Arc<Pictures>, Error> {
    PICTURES.get(|| Network::built_in(include_bytes!("../models/pictures.onnx")).map(Pictures))
}

/// The model of texts.
///
/// # Errors
/// When it cannot be loaded.
pub fn texts() -> Result<Arc<Texts>, Error> {
    TEXTS.get(|| {
        let network = Network::built_in(include_bytes!("../models/texts.onnx"))?;
        let vocabulary = Vocabulary::new(include_str!("../models/vocabulary.txt"))
            .ok_or_else(|| Error::Unreadable("its vocabulary lacks special pieces".into()))?;
        Ok(Texts { network, vocabulary })
    })
}

/// Gives back the memory of the models that are loaded, once those who are using them are done.
pub fn forget() {
    PICTURES.empty();
    TEXTS.empty();
}

impl Pictures {
    /// What is seen in each picture.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn look(&self, lanes: &Lanes, pictures: &[Prepared]) -> Result<Vec<Seen>, Error> {
        lanes.each(pictures, |lane, picture| {
            // As it was trained: TensorFlow's EfficientNets for small devices take no notice of each colour's mean.
            let pixels = picture.planes(|_, value| (f32::from(value) - 127.0) / 128.0);
            let [embedding, probabilities] = self.0.run(lane, floats(&[1, 3, 224, 224], pixels)?)?;
            Ok(Seen { embedding, probabilities })
        })
    }
}

impl Texts {
    /// What each text is about: [`TEXT_WIDTH`] numbers, a vector of length 1. The product of two is 1 if they are the
    /// same, and about 0 if they have nothing to do with each other.
    ///
    /// Of a text, the first [`MOST_PIECES`](crate::words::MOST_PIECES) pieces are read. An empty one has an embedding
    /// as well, which means nothing.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn embed<T: AsRef<str> + Sync>(&self, lanes: &Lanes, texts: &[T]) -> Result<Vec<Vec<f32>>, Error> {
        lanes.each(texts, |lane, text| {
            let pieces = self.vocabulary.pieces(text.as_ref());
            // INVARIANT: numbers of pieces are numbers of lines, of which there are far fewer than `i32` can count.
            let pieces: Vec<i32> = pieces.into_iter().map(u32::cast_signed).collect();
            let [embedding] = self.network.run(lane, whole(&[pieces.len()], pieces)?)?;
            Ok(embedding)
        })
    }
}

/// A model that is there while it is needed.
struct Slot<T>(Mutex<Option<Arc<T>>>);

impl<T> Slot<T> {
    /// The model, loaded if it is not there. Whoever asks meanwhile waits for it, so that it is loaded once.
    fn get(&self, load: impl FnOnce() -> Result<T, Error>) -> Result<Arc<T>, Error> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = slot.as_ref() {
            return Ok(model.clone());
        }
        Ok(slot.insert(Arc::new(load()?)).clone())
    }

    fn empty(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
