//! Models that people upload, as ONNX files: looked at before anything of them runs, then run like the public ones.
//!
//! What a stranger's file says is believed nowhere: `wire` goes through the file, and `shapes` tells from what it finds
//! how much memory and work one input takes. What has loops, branches or graphs within its graph, or is larger than the
//! limits here, is refused. The engine then sees only what passed. It may still meet something that it was not made
//! for; that it gives up is caught in [`engine`](crate::engine), and told.
//!
//! A model is given one input at a time, whatever number at once it was exported for.

mod shapes;
mod wire;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wire::{Declared, Graph, kind};

use crate::engine::{Error, Lanes, Network, OPERATORS, floats};
use crate::picture::{Prepared, View};

/// The most bytes of a file.
pub const MOST_BYTES: usize = 200 << 20;
/// The most bytes of weights once they are loaded.
const MOST_WEIGHTS: u64 = 400 << 20;
/// The most pixels along a side of what a model sees.
const MOST_SIDE: u64 = 1_024;
/// The most numbers of a feature vector, and the most that a model gives.
const MOST_NUMBERS: u64 = 100_000;

/// Why a file is not taken as a model, in words that follow the field's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It has too many bytes.
    #[error("must have at most {} MiB", MOST_BYTES >> 20)]
    TooManyBytes,
    /// It is no ONNX file, or one that contradicts itself.
    #[error("must be an ONNX model: {0}")]
    NotOnnx(&'static str),
    /// It is cut into more parts than any model needs.
    #[error("has more parts than a model needs")]
    TooManyParts,
    /// It has more operators than that.
    #[error("has more than {0} operators")]
    TooManyOperators(usize),
    /// It has a tensor with more dimensions than that.
    #[error("has a tensor of more than {0} dimensions")]
    TooManyDimensions(usize),
    /// It has something that models here do not have.
    #[error("has {0}, which models here cannot have")]
    Unsupported(&'static str),
    /// It uses an operator that is not let through.
    #[error("uses the operator `{0}`, which models here cannot use")]
    UnknownOperator(String),
    /// It uses a value that nothing before makes, or makes one twice.
    #[error("has a value `{0}` that is used before it is made, or is made twice")]
    Disordered(String),
    /// An operator does not fit what it is given, or gives what has no size that is known beforehand.
    #[error("has an operator `{0}` whose output has no size that is known before it runs")]
    Misfit(String),
    /// Its weights take too much memory.
    #[error("has weights that take more than {} MiB", MOST_WEIGHTS >> 20)]
    TooManyWeights,
    /// What it computes takes too much memory.
    #[error("computes values that take more than {} MiB for one input", shapes::MOST_BYTES >> 20)]
    TooMuchMemory,
    /// What it computes is too much.
    #[error("takes more than {} billion products for one input", shapes::MOST_PRODUCTS / 1_000_000_000)]
    TooMuchWork,
    /// It has none, or more than one, of what it has to have one of.
    #[error("must have one input and one output, and has {inputs} and {outputs}")]
    NotOneToOne {
        /// How many inputs it has.
        inputs: usize,
        /// How many outputs it has.
        outputs: usize,
    },
    /// Its input is neither a picture nor a feature vector.
    #[error(
        "must take a picture (N×3×H×W or N×H×W×3) or a feature vector (N×F) of floating-point numbers, and takes {0}"
    )]
    Input(String),
    /// What it gives is not one number for each concept.
    #[error("must give one number for each concept (N×C), and gives {0}")]
    Output(String),
    /// It gives more or fewer numbers than there are concepts.
    #[error(
        "must give one number for each concept: it gives {given}, and {concepts} {} named",
        if *concepts == 1 { "is" } else { "are" }
    )]
    Concepts {
        /// How many numbers it gives.
        given: usize,
        /// How many concepts there are.
        concepts: usize,
    },
    /// It took too long in the trial.
    #[error("takes {} ms for one input, and may take {}", took.as_millis(), most.as_millis())]
    TooSlow {
        /// How long it took.
        took: Duration,
        /// How long it may take.
        most: Duration,
    },
    /// The engine cannot load or run it.
    #[error("cannot be used: {0}")]
    Engine(#[from] Error),
}

/// What a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A picture.
    Picture {
        /// How many pixels it sees across.
        width: u32,
        /// How many pixels it sees from top to bottom.
        height: u32,
        /// How its numbers lie.
        order: Order,
    },
    /// So many numbers.
    Features(usize),
}

/// How the numbers of a picture lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// All red ones, then all green ones, then all blue ones (N×3×H×W).
    Planes,
    /// Red, green and blue of each pixel (N×H×W×3).
    Interleaved,
}

/// What a model's numbers are, as far as its last operator tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// Probabilities of concepts of which one is right (`Softmax`).
    Shares,
    /// Probabilities of concepts each of which may be right (`Sigmoid`).
    Each,
    /// Numbers of any size, of which the largest is right.
    Scores,
}

/// What is subtracted from each colour of a pixel, and by what the rest is divided: values between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// What is subtracted from red, green and blue.
    pub mean: [f32; 3],
    /// By what they are divided.
    pub deviation: [f32; 3],
}

/// That pixels cannot be scaled so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScale {
    /// A mean is infinite, or no number.
    #[error("must have numbers as means")]
    Mean,
    /// A deviation is not above 0.
    #[error("must have numbers above 0 as deviations")]
    Deviation,
}

impl Scale {
    /// The mean and the deviation of the pictures of ImageNet, by which most networks of PyTorch are trained.
    pub const IMAGE_NET: Self = Self { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
    /// From 0 to 1.
    pub const UNIT: Self = Self { mean: [0.0; 3], deviation: [1.0; 3] };
    /// From −1 to 1.
    pub const SIGNED: Self = Self { mean: [0.5; 3], deviation: [0.5; 3] };
    /// From 0 to 255, as pixels lie in files: for networks that scale by themselves.
    pub const BYTES: Self = Self { mean: [0.0; 3], deviation: [1.0 / 255.0; 3] };

    /// Whether pixels can be scaled so.
    ///
    /// # Errors
    /// When not all of it are numbers, or something would be divided by what is not above 0.
    pub fn check(&self) -> Result<(), InvalidScale> {
        if !self.mean.iter().all(|mean| mean.is_finite()) {
            return Err(InvalidScale::Mean);
        }
        let is_one = |deviation: &f32| deviation.is_normal() && *deviation > 0.0;
        if self.deviation.iter().all(is_one) { Ok(()) } else { Err(InvalidScale::Deviation) }
    }
}

/// How much a model takes for one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Products of two numbers, about.
    pub products: u64,
    /// Bytes of all that it computes, were all of it kept.
    pub value_bytes: u64,
    /// Bytes of its weights.
    pub weight_bytes: u64,
}

/// A model that was looked at and loaded.
#[derive(Debug)]
pub struct Uploaded {
    network: Network,
    /// The shape of one input.
    shape: Vec<usize>,
    input: Input,
    output: Output,
    concepts: usize,
    cost: Cost,
}

impl Uploaded {
    /// Looks at a file of a model for so many concepts, and loads it. Nothing runs yet besides what depends on weights
    /// alone.
    ///
    /// # Errors
    /// When it is no model, or none that is taken.
    pub fn load(file: Vec<u8>, concepts: usize) -> Result<Self, Refusal> {
        let (shape, input, output, cost) = looked_at(&file, concepts)?;
        let shape = shape.into_iter().map(|length| usize::try_from(length).unwrap_or(usize::MAX)).collect();
        Ok(Self { network: Network::owned(file)?, shape, input, output, concepts, cost })
    }

    /// What it takes.
    pub fn input(&self) -> Input {
        self.input
    }

    /// What its numbers are.
    pub fn output(&self) -> Output {
        self.output
    }

    /// How much it takes for one input.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// How it looks at pictures, if it does: all of the largest part from the middle that has the shape of what it
    /// sees.
    pub fn view(&self) -> Option<View> {
        match self.input {
            Input::Picture { width, height, .. } => Some(View { width, height, share: 1.0 }),
            Input::Features(_) => None,
        }
    }

    /// Runs it once on zeros, and gives how long that took, by a stopwatch that tells how long it has been running.
    ///
    /// A run cannot be stopped: how long it can take at all is bounded by [`Cost::products`].
    ///
    /// # Errors
    /// When it fails, gives other than it said, or takes longer than it may.
    pub fn try_out(
        &self,
        lanes: &Lanes,
        most: Duration,
        stopwatch: &dyn Fn() -> Duration,
    ) -> Result<Duration, Refusal> {
        let zeros = vec![0.0; self.shape.iter().product()];
        let began = stopwatch();
        let given = self.run(lanes, &[zeros])?.first().map_or(0, Vec::len);
        let took = stopwatch().saturating_sub(began);
        if given != self.concepts {
            return Err(Refusal::Concepts { given, concepts: self.concepts });
        }
        if took > most { Err(Refusal::TooSlow { took, most }) } else { Ok(took) }
    }

    /// The probabilities of the concepts for each picture, which was prepared with [`view`](Self::view).
    ///
    /// # Errors
    /// When it takes no pictures, or others, or the engine fails.
    pub fn look(&self, lanes: &Lanes, pictures: &[Prepared], scale: Scale) -> Result<Vec<Vec<f32>>, Error> {
        let Input::Picture { order, .. } = self.input else {
            return Err(Error::Failed("it takes no pictures".into()));
        };
        let number = |channel: usize, value: u8| {
            let part = |of: [f32; 3], otherwise| of.get(channel).copied().unwrap_or(otherwise);
            (f32::from(value) / 255.0 - part(scale.mean, 0.0)) / part(scale.deviation, 1.0)
        };
        let numbers = pictures.iter().map(|picture| match order {
            Order::Planes => picture.planes(number),
            Order::Interleaved => picture.interleaved(number),
        });
        self.predict(lanes, &numbers.collect::<Vec<_>>())
    }

    /// The probabilities of the concepts for each list of numbers.
    ///
    /// # Errors
    /// When there are more or fewer numbers than it takes, or the engine fails.
    pub fn predict(&self, lanes: &Lanes, inputs: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, Error> {
        let mut outputs = self.run(lanes, inputs)?;
        if self.output == Output::Scores {
            outputs.iter_mut().for_each(|scores| softmax(scores));
        }
        Ok(outputs)
    }

    /// Its own numbers for each list of numbers.
    fn run(&self, lanes: &Lanes, inputs: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, Error> {
        lanes.each(inputs, |lane, numbers| {
            let [output] = self.network.run(lane, floats(&self.shape, numbers.clone())?)?;
            Ok(output)
        })
    }
}

/// What a file of a model for so many concepts takes and gives, and at what cost.
fn looked_at(file: &[u8], concepts: usize) -> Result<(Vec<u64>, Input, Output, Cost), Refusal> {
    if file.len() > MOST_BYTES {
        return Err(Refusal::TooManyBytes);
    }
    let graph = wire::read(file)?;
    let ([given], [gives]) = (graph.inputs.as_slice(), graph.outputs.as_slice()) else {
        return Err(Refusal::NotOneToOne { inputs: graph.inputs.len(), outputs: graph.outputs.len() });
    };
    let unknown = |node: &&wire::Node<'_>| !OPERATORS.contains(&node.operator);
    if let Some(node) = graph.nodes.iter().find(unknown) {
        return Err(Refusal::UnknownOperator(node.operator.to_owned()));
    }
    let weight_bytes = graph.tensors.values().fold(0_u64, |sum, tensor| sum.saturating_add(tensor.bytes));
    if weight_bytes > MOST_WEIGHTS {
        return Err(Refusal::TooManyWeights);
    }
    let (shape, input) = taken(given)?;
    let (values, sum) = shapes::infer(&graph, &shape)?;
    let output = values.get(gives.name).ok_or_else(|| Refusal::Disordered(gives.name.to_owned()))?;
    let &[1, count] = output.shape.as_slice() else {
        return Err(Refusal::Output(written(output.shape.iter())));
    };
    if count > MOST_NUMBERS || !matches!(gives.kind, 0 | kind::FLOAT | kind::FLOAT16) {
        return Err(Refusal::Output(written(output.shape.iter())));
    }
    if count != concepts as u64 {
        return Err(Refusal::Concepts { given: usize::try_from(count).unwrap_or(usize::MAX), concepts });
    }
    let cost = Cost { products: sum.products, value_bytes: sum.bytes, weight_bytes };
    Ok((shape, input, last(&graph, gives), cost))
}

/// The shape of one input, and what it is.
fn taken(given: &Declared<'_>) -> Result<(Vec<u64>, Input), Refusal> {
    let lengths = given.shape.as_deref().unwrap_or_default();
    let refused = || {
        let lengths = lengths.iter().map(|length| length.map_or("N".to_owned(), |length| length.to_string()));
        Refusal::Input(written(lengths))
    };
    if !matches!(given.kind, kind::FLOAT | kind::FLOAT16) {
        return Err(refused());
    }
    // How many at once is left open, or one.
    let Some((None | Some(1), rest)) = lengths.split_first() else { return Err(refused()) };
    let rest: Vec<u64> = rest.iter().copied().collect::<Option<_>>().ok_or_else(refused)?;
    let picture = |width: u64, height: u64, order| {
        let side = |side: u64| u32::try_from(side).ok().filter(|_| (1..=MOST_SIDE).contains(&side));
        Some(Input::Picture { width: side(width)?, height: side(height)?, order })
    };
    let input = match *rest.as_slice() {
        [3, height, width] => picture(width, height, Order::Planes),
        [height, width, 3] => picture(width, height, Order::Interleaved),
        [count] if (1..=MOST_NUMBERS).contains(&count) => usize::try_from(count).ok().map(Input::Features),
        _ => None,
    };
    Ok(([&[1], rest.as_slice()].concat(), input.ok_or_else(refused)?))
}

/// What the operator that gives the output makes of its numbers.
fn last(graph: &Graph<'_>, gives: &Declared<'_>) -> Output {
    let operator =
        graph.nodes.iter().find(|node| node.outputs.contains(&gives.name)).map(|node| node.operator);
    match operator {
        Some("Softmax") => Output::Shares,
        Some("Sigmoid") => Output::Each,
        _ => Output::Scores,
    }
}

/// A shape, as people write it.
fn written(lengths: impl Iterator<Item: ToString>) -> String {
    let lengths: Vec<String> = lengths.map(|length| length.to_string()).collect();
    if lengths.is_empty() { "one number".into() } else { lengths.join("×") }
}

/// Makes probabilities of scores.
fn softmax(scores: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    scores.iter_mut().for_each(|score| *score = (*score - largest).exp());
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}
