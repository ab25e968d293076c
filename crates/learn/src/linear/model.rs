//! What was learned, which predicts.
#![cfg_attr(
    not(test),
    expect(clippy::indexing_slicing, reason = "what is cut was made as long some lines above")
)]

use super::design::Scale;
use super::objective::Objective;
use crate::Rows;
use crate::kernel::{self, ALIGNMENT};

/// What files of models begin with.
const MAGIC: [u8; 8] = *b"atlinear";
/// The form of what follows.
const VERSION: u16 = 1;
/// How many rows are predicted at once.
const BLOCK: usize = 32;

/// A linear classifier: probabilities of classes or concepts by their features.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    names: Vec<String>,
    exclusive: bool,
    width: usize,
    outputs: usize,
    scale: Scale,
    coefficients: Vec<f32>,
    intercepts: Vec<f32>,
}

/// Why something is no model, or does not fit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidModel {
    /// It does not begin as models do.
    #[error("this is no linear model")]
    NoModel,
    /// It is of another form.
    #[error("this is a linear model of version {0}, and only version {VERSION} can be read")]
    Version(u16),
    /// It ends too early, goes on too long, or says what cannot be.
    #[error("this linear model is damaged")]
    Damaged,
    /// Examples are of another width.
    #[error("the model takes {model} features, and the examples have {examples}")]
    Width {
        /// How many features the model takes.
        model: usize,
        /// How many the examples have.
        examples: usize,
    },
    /// There are more or fewer names than classes.
    #[error("the model tells {outputs} classes, and there are {names} names")]
    Names {
        /// How many classes or concepts it tells.
        outputs: usize,
        /// How many names there are.
        names: usize,
    },
}

impl Model {
    /// The model of these heads, each of which has its coefficients and an intercept.
    pub(super) fn new(scale: Scale, objective: &Objective, width: usize, heads: &[f64]) -> Self {
        let parts = || heads.chunks_exact(width + 1).map(|head| head.split_at(width));
        Self {
            names: Vec::new(),
            exclusive: objective.exclusive,
            width,
            outputs: objective.outputs,
            scale,
            coefficients: parts().flat_map(|(of, _)| of).map(|exact| *exact as f32).collect(),
            intercepts: parts().flat_map(|(_, of)| of).map(|exact| *exact as f32).collect(),
        }
    }

    /// The model with names for what it tells, such as identifiers of concepts, in the order of the classes.
    ///
    /// # Errors
    /// When there are more or fewer.
    pub fn named(self, names: Vec<String>) -> Result<Self, InvalidModel> {
        if names.len() == self.outputs {
            Ok(Self { names, ..self })
        } else {
            Err(InvalidModel::Names { outputs: self.outputs, names: names.len() })
        }
    }

    /// The names of what it tells; none unless it was given some.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many classes or concepts it tells.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Whether each example is of exactly one of them, so that their probabilities come to 1.
    #[must_use]
    pub fn is_exclusive(&self) -> bool {
        self.exclusive
    }

    /// How many features it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The coefficients of scaled features, of one head after the other: a head for each class or concept, and of two
    /// exclusive classes one for the second.
    #[must_use]
    pub fn coefficients(&self) -> &[f32] {
        &self.coefficients
    }

    /// The intercepts of its heads.
    #[must_use]
    pub fn intercepts(&self) -> &[f32] {
        &self.intercepts
    }

    /// For each row the probability of each class or concept.
    ///
    /// # Errors
    /// When rows are not as wide as what it was learned from.
    pub fn probabilities(&self, rows: Rows<'_>) -> Result<Vec<f64>, InvalidModel> {
        self.probabilities_of(rows, &(0..rows.count()).collect::<Vec<_>>())
    }

    /// The probabilities of some of the rows.
    pub(crate) fn probabilities_of(
        &self,
        rows: Rows<'_>,
        examples: &[usize],
    ) -> Result<Vec<f64>, InvalidModel> {
        if rows.width() != self.width {
            return Err(InvalidModel::Width { model: self.width, examples: rows.width() });
        }
        let (heads, stride) = (self.intercepts.len(), self.width.next_multiple_of(ALIGNMENT));
        let mut weights = vec![0.0_f32; heads * stride];
        for (into, from) in weights.chunks_exact_mut(stride).zip(self.coefficients.chunks_exact(self.width)) {
            into[..self.width].copy_from_slice(from);
        }
        let mut scaled = vec![0.0_f32; BLOCK.min(examples.len()) * stride];
        let mut scores = vec![0.0_f32; BLOCK * heads];
        let mut found = Vec::with_capacity(examples.len() * self.outputs);
        for block in examples.chunks(BLOCK) {
            for (example, into) in block.iter().zip(scaled.chunks_exact_mut(stride)) {
                self.scale.apply(rows.row(*example), into);
            }
            let scores = &mut scores[..block.len() * heads];
            kernel::scores(&scaled[..block.len() * stride], &weights, stride, scores);
            for scores in scores.chunks_exact(heads) {
                self.judge(scores, &mut found);
            }
        }
        Ok(found)
    }

    /// Adds the probabilities of one example by the products of its heads.
    fn judge(&self, products: &[f32], found: &mut Vec<f64>) {
        let mut scores =
            products.iter().zip(&self.intercepts).map(|(one, other)| f64::from(*one) + f64::from(*other));
        if !self.exclusive {
            found.extend(scores.map(logistic));
        } else if let [_] = products {
            let second = scores.next().map_or(0.0, logistic);
            found.extend([1.0 - second, second]);
        } else {
            let start = found.len();
            found.extend(scores);
            softmax(&mut found[start..]);
        }
    }

    /// The model as bytes, which [`Model::from_bytes`] reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64 + 4 * self.coefficients.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.push(u8::from(self.exclusive));
        bytes.push(match self.scale {
            Scale::None => 0,
            Scale::Length => 1,
            Scale::Features { .. } => 2,
        });
        // Neither can be larger: both count numbers that are in memory.
        for count in [self.width, self.outputs, self.names.len()] {
            bytes.extend((count as u64).to_le_bytes());
        }
        for name in &self.names {
            bytes.extend((name.len() as u64).to_le_bytes());
            bytes.extend(name.as_bytes());
        }
        if let Scale::Features { centers, deviations } = &self.scale {
            bytes.extend(centers.iter().chain(deviations).flat_map(|value| value.to_le_bytes()));
        }
        let values = self.coefficients.iter().chain(&self.intercepts);
        bytes.extend(values.flat_map(|value| value.to_le_bytes()));
        bytes
    }

    /// Reads what [`Model::to_bytes`] wrote. It takes no more memory than there are bytes, whatever they say.
    ///
    /// # Errors
    /// When it is no such model, or not whole.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidModel> {
        let bytes = bytes.strip_prefix(&MAGIC).ok_or(InvalidModel::NoModel)?;
        let (version, rest) = bytes.split_first_chunk().ok_or(InvalidModel::Damaged)?;
        match u16::from_le_bytes(*version) {
            VERSION => read(rest).ok_or(InvalidModel::Damaged),
            other => Err(InvalidModel::Version(other)),
        }
    }
}

fn read(bytes: &[u8]) -> Option<Model> {
    let mut reader = Reader(bytes);
    let [exclusive, scale] = *reader.take()?;
    let exclusive = match exclusive {
        0 => false,
        1 => true,
        _ => return None,
    };
    let [width, outputs, names] = [reader.count()?, reader.count()?, reader.count()?];
    let fits = width > 0 && outputs > usize::from(exclusive) && (names == 0 || names == outputs);
    // Each name has a length.
    if !fits || names > reader.0.len() / 8 {
        return None;
    }
    let names = (0..names).map(|_| reader.text()).collect::<Option<_>>()?;
    let scale = match scale {
        0 => Scale::None,
        1 => Scale::Length,
        2 => {
            let (centers, deviations) = (reader.numbers(width)?, reader.numbers(width)?);
            if deviations.iter().any(|deviation| *deviation <= 0.0) {
                return None;
            }
            Scale::Features { centers, deviations }
        }
        _ => return None,
    };
    let heads = if exclusive && outputs == 2 { 1 } else { outputs };
    let coefficients = reader.numbers(heads.checked_mul(width)?)?;
    let intercepts = reader.numbers(heads)?;
    reader.0.is_empty().then_some(Model { names, exclusive, width, outputs, scale, coefficients, intercepts })
}

/// What is still to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(taken)
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(*self.take()?)).ok()
    }

    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.count()?;
        String::from_utf8(self.bytes(length)?.to_vec()).ok()
    }

    /// So many finite numbers.
    fn numbers(&mut self, count: usize) -> Option<Vec<f32>> {
        let (numbers, _) = self.bytes(count.checked_mul(4)?)?.as_chunks();
        let numbers: Vec<f32> = numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        numbers.iter().all(|number| number.is_finite()).then_some(numbers)
    }
}

fn logistic(score: f64) -> f64 {
    let small = (-score.abs()).exp();
    if score >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) }
}

fn softmax(scores: &mut [f64]) {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    scores.iter_mut().for_each(|score| *score = (*score - largest).exp());
    let sum: f64 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn model(exclusive: bool, outputs: usize, scale: Scale, values: &[f32]) -> Model {
        let heads = if exclusive && outputs == 2 { 1 } else { outputs };
        let names = (0..outputs).map(|output| format!("concept {output} – é")).collect();
        let (coefficients, intercepts) = (values[..heads * 3].to_vec(), values[40..40 + heads].to_vec());
        let unnamed =
            Model { names: Vec::new(), exclusive, width: 3, outputs, scale, coefficients, intercepts };
        unnamed.named(names).unwrap()
    }

    fn any_model() -> impl Strategy<Value = Model> {
        let numbers = prop::collection::vec(-100.0_f32..100.0, 60);
        (any::<bool>(), 2_usize..8, 0..3, numbers).prop_map(|(exclusive, outputs, scale, values)| {
            let scale = match scale {
                0 => Scale::None,
                1 => Scale::Length,
                _ => {
                    let deviations = values[3..6].iter().map(|value| value.abs() + 0.1).collect();
                    Scale::Features { centers: values[..3].to_vec(), deviations }
                }
            };
            model(exclusive, outputs, scale, &values)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn models_read_back(model in any_model(), cut in 0_usize..1_000, flip in 0_usize..1_000, bit in 0_u8..8) {
            let bytes = model.to_bytes();
            prop_assert_eq!(Model::from_bytes(&bytes), Ok(model.clone()));
            let cut = cut % bytes.len();
            prop_assert!(Model::from_bytes(&bytes[..cut]).is_err());
            prop_assert!(Model::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
            // What is damaged is refused, or is another model that works.
            let mut damaged = bytes.clone();
            damaged[flip % bytes.len()] ^= 1_u8 << bit;
            if let Ok(other) = Model::from_bytes(&damaged) {
                prop_assert_ne!(&other, &model);
                let row = vec![1.0; other.width()];
                let found = other.probabilities(Rows::new(&row, other.width()).unwrap()).unwrap();
                prop_assert_eq!(found.len(), other.outputs());
            }
        }

        #[test]
        fn probabilities_of_one_are_those_of_many(
            model in any_model(),
            rows in prop::collection::vec(-9.0_f32..9.0, 210),
        ) {
            let all = model.probabilities(Rows::new(&rows, 3).unwrap()).unwrap();
            for (row, found) in rows.chunks(3).zip(all.chunks(model.outputs())) {
                prop_assert_eq!(model.probabilities(Rows::new(row, 3).unwrap()).unwrap(), found);
                prop_assert!(found.iter().all(|share| (0.0..=1.0).contains(share)));
                if model.is_exclusive() {
                    prop_assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn what_is_no_model_is_refused() {
        assert_eq!(Model::from_bytes(b"").unwrap_err().to_string(), "this is no linear model");
        let mut bytes = model(true, 3, Scale::None, &[1.0; 60]).to_bytes();
        bytes[8] = 7;
        let refused = Model::from_bytes(&bytes).unwrap_err().to_string();
        assert_eq!(refused, "this is a linear model of version 7, and only version 1 can be read");
        // Sizes beyond all memory.
        let mut bytes = model(true, 3, Scale::None, &[1.0; 60]).to_bytes();
        bytes[12..36].fill(0xff);
        assert_eq!(Model::from_bytes(&bytes), Err(InvalidModel::Damaged));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let model = model(false, 2, Scale::None, &[1.0; 60]);
        let refused = model.probabilities(Rows::new(&[1.0, 2.0], 2).unwrap()).unwrap_err();
        assert_eq!(refused.to_string(), "the model takes 3 features, and the examples have 2");
        let refused = model.named(vec!["one".into()]).unwrap_err();
        assert_eq!(refused.to_string(), "the model tells 2 classes, and there are 1 names");
    }
}
