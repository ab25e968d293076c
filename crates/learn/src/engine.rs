//! Where models run: lanes, each of which is one thread, and networks, which run in one of them.
//!
//! A batch is divided up between lanes, not within each product of matrices: each of its items is computed from start
//! to end by one thread. Nothing has to wait for its neighbour then, no more is in memory than one item for each lane
//! needs, and an item comes out to the last bit as it does alone. Of 32 pictures, two lanes were measured to see 1.97
//! times as many in the same time as one, and one lane of two threads no more than one.

use std::any::Any;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rten::{LoadError, Model, ModelOptions, NodeId, OpRegistry, RunOptions, ThreadPool, Value, op_registry};

/// Why a model did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// What it was read from holds no model, or one that the engine does not know how to run.
    #[error("the model cannot be read: {0}")]
    Unreadable(String),
    /// It does not fit what it was given, or what is expected of it.
    #[error("the model cannot compute this: {0}")]
    Failed(String),
    /// The engine met something in it that it was not made for.
    #[error("the model gave up: {0}")]
    GaveUp(String),
    /// It gave what is infinite, or no number.
    #[error("the model gave something that is no number")]
    NotFinite,
}

/// Threads that models run in, as many at once as there are lanes.
///
/// Whoever asks waits for a lane. The threads are made by the thread that makes the lanes, and are as nice as it is.
#[derive(Debug)]
pub struct Lanes {
    lanes: Vec<Lane>,
    /// Whose turn it is: the numbers of lanes, over and over.
    turn: AtomicUsize,
}

/// One thread that models run in.
#[derive(Clone, Debug)]
pub(crate) struct Lane(Arc<ThreadPool>);

impl Lanes {
    /// So many lanes.
    pub fn new(threads: NonZeroUsize) -> Self {
        let lanes = (0..threads.get()).map(|_| Lane(Arc::new(ThreadPool::with_num_threads(1)))).collect();
        Self { lanes, turn: AtomicUsize::new(0) }
    }

    /// One lane.
    pub fn one() -> Self {
        Self::new(NonZeroUsize::MIN)
    }

    /// Does `work` for each of the items, in all lanes at once, and gives what came out in the order of the items.
    ///
    /// # Errors
    /// The first that `work` gives; what has not begun then does not begin.
    pub(crate) fn each<I: Sync, O: Send>(
        &self,
        items: &[I],
        work: impl Fn(&Lane, &I) -> Result<O, Error> + Sync,
    ) -> Result<Vec<O>, Error> {
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(items.len())));
        // Items are taken one by one, so that a lane that others use as well gets fewer of them.
        let take_turns = |lane: &Lane| {
            while let Some((index, item)) = {
                let index = next.fetch_add(1, Ordering::Relaxed);
                items.get(index).map(|item| (index, item))
            } {
                let outcome = work(lane, item);
                if outcome.is_err() {
                    next.store(items.len(), Ordering::Relaxed);
                }
                done.lock().unwrap_or_else(PoisonError::into_inner).push((index, outcome));
            }
        };
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.lanes.len().max(1);
        let mut lanes = self.lanes.iter().cycle().skip(turn).take(self.lanes.len().min(items.len()));
        let Some(own) = lanes.next() else { return Ok(Vec::new()) };
        thread::scope(|scope| {
            for lane in lanes {
                let waits = || take_turns(lane);
                // Without another thread, this one does it all.
                let _ = thread::Builder::new().name("lane".into()).spawn_scoped(scope, waits);
            }
            take_turns(own);
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, outcome)| outcome).collect()
    }
}

/// A model that is loaded: one input, and outputs of numbers.
#[derive(Debug)]
pub(crate) struct Network {
    model: Model,
    input: NodeId,
    outputs: Vec<NodeId>,
}

impl Network {
    /// Loads a model that is built in.
    ///
    /// # Errors
    /// [`Error::Unreadable`] and [`Error::GaveUp`].
    pub(crate) fn built_in(bytes: &'static [u8]) -> Result<Self, Error> {
        Self::load(|options| options.load_static_slice(bytes))
    }

    /// Loads a model of somebody else.
    ///
    /// # Errors
    /// [`Error::Unreadable`] and [`Error::GaveUp`].
    pub(crate) fn owned(bytes: Vec<u8>) -> Result<Self, Error> {
        Self::load(|options| options.load(bytes))
    }

    fn load(load: impl FnOnce(&ModelOptions) -> Result<Model, LoadError>) -> Result<Self, Error> {
        let model = guarded(|| load(&ModelOptions::with_ops(operators())))?
            .map_err(|error| Error::Unreadable(error.to_string()))?;
        let &[input] = model.input_ids() else {
            return Err(Error::Unreadable(format!("it has {} inputs", model.input_ids().len())));
        };
        let outputs = model.output_ids().to_vec();
        Ok(Self { model, input, outputs })
    }

    /// Runs the model, and gives the numbers of each output.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::GaveUp`] and [`Error::NotFinite`].
    pub(crate) fn run<const N: usize>(&self, lane: &Lane, input: Value) -> Result<[Vec<f32>; N], Error> {
        let failed = |error: &dyn std::error::Error| Error::Failed(error.to_string());
        let options = RunOptions::default().with_thread_pool(Some(lane.0.clone()));
        let outputs =
            guarded(|| self.model.run(vec![(self.input, input.into())], &self.outputs, Some(options)))?
                .map_err(|error| failed(&error))?;
        let count = outputs.len();
        let numbers = outputs
            .into_iter()
            .map(|output| match output {
                Value::FloatTensor(tensor) => Ok(tensor.into_data()),
                other => Err(Error::Failed(format!("it gives {:?}", other.dtype()))),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if numbers.iter().flatten().any(|number| !number.is_finite()) {
            return Err(Error::NotFinite);
        }
        numbers.try_into().map_err(|_| Error::Failed(format!("it has {count} outputs")))
    }
}

/// Numbers of a shape.
pub(crate) fn floats(shape: &[usize], numbers: Vec<f32>) -> Result<Value, Error> {
    Value::from_shape(shape, numbers).map_err(|error| Error::Failed(error.to_string()))
}

/// Whole numbers of a shape.
pub(crate) fn whole(shape: &[usize], numbers: Vec<i32>) -> Result<Value, Error> {
    Value::from_shape(shape, numbers).map_err(|error| Error::Failed(error.to_string()))
}

/// Does what the engine is not trusted to bring to its end: it indexes and unwraps where a model is not what it
/// expects.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Error::GaveUp(said(panic.as_ref())))
}

/// What a panic says of itself.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it says nothing")
        .to_owned()
}

/// Makes the registry of the engine, and the list of what is in it, from one list.
macro_rules! operators {
    ($($operator:ident),* $(,)?) => {
        /// The operators that models are made of, by the names that ONNX gives them.
        pub(crate) const OPERATORS: &[&str] = &[$(stringify!($operator)),*, "Constant"];

        fn operators() -> OpRegistry {
            op_registry!($($operator),*)
        }
    };
}

// What networks for pictures and feature vectors are made of, as far as `uploaded::shapes` can tell beforehand how much
// they take. No loops, no branches, no random numbers, nothing whose output has a size that depends on numbers.
operators![
    Abs,
    Add,
    AveragePool,
    BatchNormalization,
    Cast,
    Ceil,
    Clip,
    Concat,
    ConstantOfShape,
    Conv,
    DequantizeLinear,
    Div,
    Elu,
    Equal,
    Erf,
    Exp,
    Expand,
    Flatten,
    Floor,
    Gather,
    Gelu,
    Gemm,
    GlobalAveragePool,
    HardSigmoid,
    HardSwish,
    Identity,
    InstanceNormalization,
    LayerNormalization,
    LeakyRelu,
    Log,
    LogSoftmax,
    LpNormalization,
    MatMul,
    Max,
    MaxPool,
    Min,
    Mul,
    Neg,
    Pad,
    Pow,
    PRelu,
    Reciprocal,
    ReduceL2,
    ReduceMax,
    ReduceMean,
    ReduceMin,
    ReduceSum,
    Relu,
    Reshape,
    Shape,
    Sigmoid,
    Slice,
    Softmax,
    Softplus,
    Split,
    Sqrt,
    Squeeze,
    Sub,
    Sum,
    Tanh,
    Transpose,
    Unsqueeze,
    Where,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_comes_out_once_and_in_its_place() {
        let items: Vec<usize> = (0..100).collect();
        for threads in 1..=4 {
            let lanes = Lanes::new(NonZeroUsize::new(threads).unwrap());
            let doubled = lanes.each(&items, |_, item| Ok(item * 2)).unwrap();
            assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
        assert_eq!(Lanes::one().each(&[], |_, ()| Ok(())), Ok(Vec::new()));
    }

    #[test]
    fn what_goes_wrong_ends_the_batch() {
        let items: Vec<usize> = (0..100).collect();
        let begun = AtomicUsize::new(0);
        let outcome = Lanes::one().each(&items, |_, &item| {
            begun.fetch_add(1, Ordering::Relaxed);
            if item == 3 { Err(Error::NotFinite) } else { Ok(()) }
        });
        assert_eq!((outcome, begun.into_inner()), (Err(Error::NotFinite), 4));
    }

    #[test]
    fn documents_name_the_operators() {
        let list =
            include_str!("../../../docs/models.md").split("The operators that can be used:").nth(1).unwrap();
        let named: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
        assert_eq!(named.len(), OPERATORS.len());
        assert!(OPERATORS.iter().all(|operator| named.contains(operator)));
    }

    #[test]
    fn a_panic_is_an_answer() {
        assert_eq!(guarded(|| panic!("at {}", 7)), Err::<(), _>(Error::GaveUp("at 7".into())));
        assert_eq!(guarded(|| 7), Ok(7));
    }
}
