//! How large everything becomes that a graph computes, and how much work it is: told from shapes, before anything runs.
//!
//! The engine sets no limits of its own, and evaluates while it loads what depends on weights alone. So each operator
//! that is let through has its rule here, and one whose output would depend on numbers that are not known is refused.

use std::collections::HashMap;

use super::Refusal;
use super::wire::{Attribute, Graph, MOST_DIMENSIONS, MOST_WHOLE, Node, Tensor};

/// The most bytes of everything that is computed for one input, were all of it kept.
pub(super) const MOST_BYTES: u64 = 1 << 30;
/// The most products of two numbers for one input: half more than the largest networks of 2016 take.
pub(super) const MOST_PRODUCTS: u64 = 20_000_000_000;
/// The most numbers by which a side is padded, and by which a window steps.
const MOST_STEP: u64 = 4_096;

/// What is known of a value: its shape, and its numbers, if it is a shape or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) shape: Vec<u64>,
    whole: Option<Vec<i64>>,
}

/// How much a graph takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) products: u64,
    pub(super) bytes: u64,
}

impl From<&Tensor> for Known {
    fn from(tensor: &Tensor) -> Self {
        Self { shape: tensor.shape.clone(), whole: tensor.whole.clone() }
    }
}

/// What all values are like if the one input has a shape, and how much they take.
///
/// # Errors
/// When an operator has no rule, does not fit what it is given, or the whole is too much.
pub(super) fn infer<'a>(graph: &Graph<'a>, shape: &[u64]) -> Result<(HashMap<&'a str, Known>, Sum), Refusal> {
    let mut values: HashMap<&str, Known> =
        graph.tensors.iter().map(|(name, known)| (*name, known.into())).collect();
    for input in &graph.inputs {
        values.insert(input.name, Known { shape: shape.to_vec(), whole: None });
    }
    let mut sum = Sum::default();
    for node in &graph.nodes {
        let misfit = || Refusal::Misfit(node.operator.to_owned());
        let inputs = node.inputs.iter().map(|name| match *name {
            "" => Ok(None),
            // What is not there yet makes a circle, or is made by nobody.
            name => values.get(name).map(Some).ok_or_else(|| Refusal::Disordered(name.to_owned())),
        });
        let step = Step { node, inputs: inputs.collect::<Result<_, _>>()? };
        let (outputs, products) = step.outputs().ok_or_else(misfit)?;
        if outputs.len() != node.outputs.len() {
            return Err(misfit());
        }
        // Whatever it does, it goes through all that it is given.
        let given = step.inputs.iter().flatten().filter_map(|known| count(&known.shape));
        sum.products = given.fold(sum.products.saturating_add(products), u64::saturating_add);
        for (name, mut output) in node.outputs.iter().zip(outputs) {
            if output.shape.len() > MOST_DIMENSIONS {
                return Err(Refusal::TooManyDimensions(MOST_DIMENSIONS));
            }
            // Else what is put together again and again would double each time.
            output.whole.take_if(|whole| whole.len() > MOST_WHOLE);
            let count = count(&output.shape).ok_or(Refusal::TooMuchMemory)?;
            sum.products = sum.products.saturating_add(count);
            sum.bytes = sum.bytes.saturating_add(count.saturating_mul(4));
            if name.is_empty() || values.insert(name, output).is_some() {
                return Err(Refusal::Disordered((*name).to_owned()));
            }
        }
        if sum.bytes > MOST_BYTES {
            return Err(Refusal::TooMuchMemory);
        }
        if sum.products > MOST_PRODUCTS {
            return Err(Refusal::TooMuchWork);
        }
    }
    Ok((values, sum))
}

/// How many numbers a shape has.
pub(super) fn count(shape: &[u64]) -> Option<u64> {
    shape.iter().try_fold(1_u64, |count, length| count.checked_mul(*length))
}

/// An operator with what is known of its inputs.
struct Step<'n, 'a, 'v> {
    node: &'n Node<'a>,
    inputs: Vec<Option<&'v Known>>,
}

/// Outputs, and how many products they take beside one for each number that goes in or comes out.
type Outputs = Option<(Vec<Known>, u64)>;

fn one(shape: Vec<u64>) -> Outputs {
    Some((vec![Known { shape, whole: None }], 0))
}

impl<'a> Step<'_, 'a, '_> {
    /// What comes out. `None` if the operator does not fit its inputs.
    fn outputs(&self) -> Outputs {
        match self.node.operator {
            "Constant" => self.constant(),
            "Shape" => self.shape_of(),
            "Identity" | "Cast" => Some((vec![(*self.inputs.first()?)?.clone()], 0)),
            "Abs"
            | "Ceil"
            | "Clip"
            | "DequantizeLinear"
            | "Elu"
            | "Erf"
            | "Exp"
            | "Floor"
            | "Gelu"
            | "HardSigmoid"
            | "HardSwish"
            | "BatchNormalization"
            | "InstanceNormalization"
            | "LayerNormalization"
            | "LeakyRelu"
            | "Log"
            | "LogSoftmax"
            | "LpNormalization"
            | "Neg"
            | "Reciprocal"
            | "Relu"
            | "Sigmoid"
            | "Softmax"
            | "Softplus"
            | "Sqrt"
            | "Tanh" => one(self.shape(0)?.to_vec()),
            "Add" | "Sub" | "Mul" | "Div" | "Pow" | "Min" | "Max" | "Sum" | "PRelu" | "Equal" | "Where" => {
                self.broadcast()
            }
            "Conv" => self.conv(),
            "MaxPool" | "AveragePool" => self.pool(),
            "GlobalAveragePool" => {
                let (outer, inner) = self.shape(0)?.split_at_checked(2)?;
                let mut shape = outer.to_vec();
                shape.resize(outer.len() + inner.len(), 1);
                Some((vec![Known { shape, whole: None }], count(self.shape(0)?)?))
            }
            "Gemm" => self.gemm(),
            "MatMul" => self.matmul(),
            "Flatten" => {
                let shape = self.shape(0)?;
                let (outer, inner) =
                    shape.split_at_checked(self.axis(self.int("axis", 1), shape.len() + 1)?)?;
                one(vec![count(outer)?, count(inner)?])
            }
            "Reshape" => self.reshape(),
            "Transpose" => self.transpose(),
            "Squeeze" => self.squeeze(),
            "Unsqueeze" => self.unsqueeze(),
            "Concat" => self.concat(),
            "Slice" => self.slice(),
            "Split" => self.split(),
            "Gather" => self.gather(),
            "ConstantOfShape" => self.constant_of_shape(),
            "Expand" => {
                let wanted = self.whole(1)?.iter().map(|length| u64::try_from(*length).ok());
                one(common(self.shape(0)?, &wanted.collect::<Option<Vec<_>>>()?)?)
            }
            "Pad" => self.pad(),
            "ReduceL2" | "ReduceMax" | "ReduceMean" | "ReduceMin" | "ReduceSum" => self.reduce(),
            _ => None,
        }
    }

    fn input(&self, index: usize) -> Option<&Known> {
        self.inputs.get(index).copied().flatten()
    }

    fn shape(&self, index: usize) -> Option<&[u64]> {
        self.input(index).map(|known| known.shape.as_slice())
    }

    fn whole(&self, index: usize) -> Option<&[i64]> {
        self.input(index)?.whole.as_deref()
    }

    fn attribute(&self, name: &str) -> Option<&Attribute<'a>> {
        self.node.attributes.iter().find(|attribute| attribute.name == name)
    }

    fn int(&self, name: &str, otherwise: i64) -> i64 {
        self.attribute(name).and_then(|attribute| attribute.int).unwrap_or(otherwise)
    }

    /// Numbers of an attribute, each within what steps and windows may have: as many as there are sides, or none.
    fn sides(&self, name: &str, count: usize, otherwise: u64) -> Option<Vec<u64>> {
        let Some(attribute) = self.attribute(name) else { return Some(vec![otherwise; count]) };
        let numbers =
            attribute.ints.iter().map(|number| u64::try_from(*number).ok().filter(|n| *n <= MOST_STEP));
        let numbers: Vec<u64> = numbers.collect::<Option<_>>()?;
        (numbers.len() == count).then_some(numbers)
    }

    /// The place of a dimension that may be counted from the end.
    fn axis(&self, axis: i64, dimensions: usize) -> Option<usize> {
        let dimensions = i64::try_from(dimensions).ok()?;
        let axis = if axis < 0 { axis.checked_add(dimensions)? } else { axis };
        (0..dimensions).contains(&axis).then(|| usize::try_from(axis).ok())?
    }

    /// The dimensions that an attribute names, or, in newer models, the second input.
    fn axes(&self, dimensions: usize) -> Option<Option<Vec<usize>>> {
        let axes = match self.attribute("axes") {
            Some(attribute) => attribute.ints.as_slice(),
            None if self.input(1).is_some() => self.whole(1)?,
            None => return Some(None),
        };
        axes.iter().map(|axis| self.axis(*axis, dimensions)).collect::<Option<Vec<_>>>().map(Some)
    }

    fn constant(&self) -> Outputs {
        let [attribute] = self.node.attributes.as_slice() else { return None };
        let known = match attribute.name {
            "value" => attribute.tensor.as_ref()?.into(),
            "value_int" => Known { shape: Vec::new(), whole: Some(vec![attribute.int?]) },
            "value_ints" => {
                Known { shape: vec![attribute.ints.len() as u64], whole: Some(attribute.ints.clone()) }
            }
            "value_float" => Known::default(),
            _ => return None,
        };
        Some((vec![known], 0))
    }

    fn shape_of(&self) -> Outputs {
        let shape = self.shape(0)?;
        // Parts of shapes are taken by `Slice`, as all write it.
        if self.attribute("start").is_some() || self.attribute("end").is_some() {
            return None;
        }
        let whole = shape.iter().map(|length| i64::try_from(*length).ok()).collect::<Option<Vec<_>>>()?;
        Some((vec![Known { shape: vec![shape.len() as u64], whole: Some(whole) }], 0))
    }

    fn constant_of_shape(&self) -> Outputs {
        let shape =
            self.whole(0)?.iter().map(|length| u64::try_from(*length).ok()).collect::<Option<Vec<_>>>()?;
        let filled =
            self.attribute("value").and_then(|attribute| attribute.tensor.as_ref()?.whole.as_deref());
        let count = usize::try_from(count(&shape)?).ok().filter(|count| *count <= MOST_WHOLE);
        let whole = match (filled, count) {
            (Some(&[number]), Some(count)) => Some(vec![number; count]),
            _ => None,
        };
        Some((vec![Known { shape, whole }], 0))
    }

    fn broadcast(&self) -> Outputs {
        let mut shape = Vec::new();
        for index in 0..self.inputs.len() {
            shape = common(&shape, self.shape(index)?)?;
        }
        let whole = count(&shape).and_then(|count| self.calculated(usize::try_from(count).ok()?));
        Some((vec![Known { shape, whole }], 0))
    }

    /// So many numbers that come out, of shapes that are calculated with: where each input has as many, or a single one.
    fn calculated(&self, count: usize) -> Option<Vec<i64>> {
        let numbers = (0..self.inputs.len()).map(|index| self.whole(index)).collect::<Option<Vec<_>>>()?;
        let fits = |numbers: &&[i64]| numbers.len() == count || numbers.len() == 1;
        (count <= MOST_WHOLE && numbers.iter().all(fits)).then_some(())?;
        let at =
            |numbers: &[i64], place: usize| numbers.get(if numbers.len() == 1 { 0 } else { place }).copied();
        let calculate = |place| match (self.node.operator, numbers.as_slice()) {
            ("Add", &[left, right]) => at(left, place)?.checked_add(at(right, place)?),
            ("Sub", &[left, right]) => at(left, place)?.checked_sub(at(right, place)?),
            ("Mul", &[left, right]) => at(left, place)?.checked_mul(at(right, place)?),
            ("Div", &[left, right]) => at(left, place)?.checked_div(at(right, place)?),
            ("Equal", &[left, right]) => Some(i64::from(at(left, place)? == at(right, place)?)),
            ("Where", &[which, left, right]) => at(if at(which, place)? == 0 { right } else { left }, place),
            _ => None,
        };
        (0..count).map(calculate).collect()
    }

    /// The length of each side after a window of these lengths went over it.
    fn windows(&self, sides: &[u64], kernel: &[u64]) -> Option<Vec<u64>> {
        let strides = self.sides("strides", sides.len(), 1)?;
        let dilations = self.sides("dilations", sides.len(), 1)?;
        let pads = self.sides("pads", sides.len() * 2, 0)?;
        let automatic = self.attribute("auto_pad").map_or("NOTSET", |attribute| attribute.text);
        // `ceil_mode` counts a window that begins within and ends outside.
        let round_up = self.int("ceil_mode", 0) != 0;
        let (begins, ends) = pads.split_at_checked(sides.len())?;
        let each = sides.iter().zip(kernel).zip(strides.iter().zip(&dilations)).zip(begins.iter().zip(ends));
        each.map(|(((side, kernel), (stride, dilation)), (begin, end))| {
            if *side == 0 || *kernel == 0 || *stride == 0 || *dilation == 0 {
                return None;
            }
            if matches!(automatic, "SAME_UPPER" | "SAME_LOWER") {
                return Some(side.div_ceil(*stride));
            }
            let window = (kernel - 1).checked_mul(*dilation)?.checked_add(1)?;
            let room = side.checked_add(*begin)?.checked_add(*end)?.checked_sub(window)?;
            Some(if round_up { room.div_ceil(*stride) + 1 } else { room / stride + 1 })
        })
        .collect()
    }

    fn conv(&self) -> Outputs {
        let [batch, channels, sides @ ..] = self.shape(0)? else { return None };
        let [filters, within, kernel @ ..] = self.shape(1)? else { return None };
        let group = u64::try_from(self.int("group", 1)).ok().filter(|group| *group > 0)?;
        let named = self.attribute("kernel_shape").is_none_or(|attribute| {
            attribute.ints.iter().copied().eq(kernel.iter().map(|side| i64::try_from(*side).unwrap_or(-1)))
        });
        if !named
            || !(1..=2).contains(&sides.len())
            || sides.len() != kernel.len()
            || within.checked_mul(group)? != *channels
            || !filters.is_multiple_of(group)
        {
            return None;
        }
        if let Some(bias) = self.shape(2)
            && bias != [*filters]
        {
            return None;
        }
        let mut shape = vec![*batch, *filters];
        shape.extend(self.windows(sides, kernel)?);
        let products = count(&shape)?.checked_mul(*within)?.checked_mul(count(kernel)?)?;
        Some((vec![Known { shape, whole: None }], products))
    }

    fn pool(&self) -> Outputs {
        let [batch, channels, sides @ ..] = self.shape(0)? else { return None };
        self.attribute("kernel_shape")?;
        let kernel = self.sides("kernel_shape", sides.len(), 1)?;
        if sides.is_empty() || sides.len() > 2 {
            return None;
        }
        let mut shape = vec![*batch, *channels];
        shape.extend(self.windows(sides, &kernel)?);
        let products = count(&shape)?.checked_mul(count(&kernel)?)?;
        Some((vec![Known { shape, whole: None }], products))
    }

    fn gemm(&self) -> Outputs {
        let pair = |index: usize, turned: &str| match (self.shape(index)?, self.int(turned, 0)) {
            (&[rows, columns], 0) => Some((rows, columns)),
            (&[columns, rows], _) => Some((rows, columns)),
            _ => None,
        };
        let ((rows, inner), (same, columns)) = (pair(0, "transA")?, pair(1, "transB")?);
        let shape = vec![rows, columns];
        let fits =
            self.shape(2).is_none_or(|bias| common(&shape, bias).is_some_and(|common| common == shape));
        (inner == same && fits).then_some(())?;
        let products = count(&shape)?.checked_mul(inner)?;
        Some((vec![Known { shape, whole: None }], products))
    }

    fn matmul(&self) -> Outputs {
        let ([left @ .., rows, inner], [right @ .., same, columns]) = (self.shape(0)?, self.shape(1)?) else {
            return None;
        };
        (inner == same).then_some(())?;
        let mut shape = common(left, right)?;
        shape.extend([*rows, *columns]);
        let products = count(&shape)?.checked_mul(*inner)?;
        Some((vec![Known { shape, whole: None }], products))
    }

    fn reshape(&self) -> Outputs {
        let (from, wanted) = (self.shape(0)?, self.whole(1)?);
        let kept = self.int("allowzero", 0) == 0;
        let mut shape = Vec::new();
        let mut open = None;
        for (index, length) in wanted.iter().enumerate() {
            shape.push(match length {
                0 if kept => *from.get(index)?,
                -1 if open.is_none() => {
                    open = Some(index);
                    1
                }
                length => u64::try_from(*length).ok()?,
            });
        }
        let (all, told) = (count(from)?, count(&shape)?);
        if let Some(open) = open {
            *shape.get_mut(open)? = all.checked_div(told)?;
        }
        (count(&shape)? == all).then_some(())?;
        Some((vec![Known { shape, whole: self.input(0)?.whole.clone() }], 0))
    }

    fn transpose(&self) -> Outputs {
        let shape = self.shape(0)?;
        let Some(order) = self.attribute("perm") else { return one(shape.iter().rev().copied().collect()) };
        let order: Vec<usize> =
            order.ints.iter().map(|axis| self.axis(*axis, shape.len())).collect::<Option<_>>()?;
        let once = (0..shape.len()).all(|axis| order.contains(&axis)) && order.len() == shape.len();
        once.then_some(())?;
        one(order.iter().map(|axis| shape.get(*axis).copied()).collect::<Option<_>>()?)
    }

    fn squeeze(&self) -> Outputs {
        let known = self.input(0)?;
        let axes = self.axes(known.shape.len())?;
        let leaves = |(axis, length): &(usize, &u64)| match &axes {
            Some(axes) => !axes.contains(axis),
            None => **length != 1,
        };
        let shape: Vec<u64> =
            known.shape.iter().enumerate().filter(leaves).map(|(_, length)| *length).collect();
        (count(&shape)? == count(&known.shape)?).then_some(())?;
        Some((vec![Known { shape, whole: known.whole.clone() }], 0))
    }

    fn unsqueeze(&self) -> Outputs {
        let known = self.input(0)?;
        let added = match self.attribute("axes") {
            Some(attribute) => attribute.ints.len(),
            None => self.whole(1)?.len(),
        };
        let dimensions = known.shape.len().checked_add(added)?;
        (dimensions <= MOST_WHOLE).then_some(())?;
        let axes = self.axes(dimensions)??;
        let mut old = known.shape.iter();
        let shape =
            (0..dimensions).map(|axis| if axes.contains(&axis) { Some(1) } else { old.next().copied() });
        let shape: Vec<u64> = shape.collect::<Option<_>>()?;
        old.next().is_none().then_some(())?;
        Some((vec![Known { shape, whole: known.whole.clone() }], 0))
    }

    fn concat(&self) -> Outputs {
        let mut shape = self.shape(0)?.to_vec();
        let axis = self.axis(self.attribute("axis")?.int?, shape.len())?;
        *shape.get_mut(axis)? = 0;
        let mut whole = Some(Vec::new());
        for input in &self.inputs {
            let known = (*input)?;
            for (index, (length, other)) in shape.iter_mut().zip(&known.shape).enumerate() {
                if index == axis {
                    *length = length.checked_add(*other)?;
                } else if length != other {
                    return None;
                }
            }
            (shape.len() == known.shape.len()).then_some(())?;
            whole = whole.zip(known.whole.as_ref()).map(|(mut all, more)| {
                all.extend(more);
                all
            });
        }
        let whole = whole.filter(|_| shape.len() == 1);
        Some((vec![Known { shape, whole }], 0))
    }

    fn slice(&self) -> Outputs {
        let known = self.input(0)?;
        let (starts, ends) = (self.whole(1)?, self.whole(2)?);
        let axes = match self.input(3) {
            Some(_) => self.whole(3)?.to_vec(),
            None => (0..).take(starts.len()).collect(),
        };
        let steps = match self.input(4) {
            Some(_) => self.whole(4)?.to_vec(),
            None => vec![1; starts.len()],
        };
        (starts.len() == ends.len() && starts.len() == axes.len() && starts.len() == steps.len())
            .then_some(())?;
        let mut shape = known.shape.clone();
        let mut whole = known.whole.clone();
        for (((start, end), axis), step) in starts.iter().zip(ends).zip(&axes).zip(&steps) {
            let length = shape.get_mut(self.axis(*axis, known.shape.len())?)?;
            let most = i64::try_from(*length).ok()?;
            let place =
                |place: i64| if place < 0 { place.saturating_add(most) } else { place }.clamp(0, most);
            let (start, end) = (place(*start), place(*end));
            // Backwards nobody needs.
            let step = u64::try_from(*step).ok().filter(|step| *step > 0)?;
            *length = u64::try_from(end.saturating_sub(start)).unwrap_or(0).div_ceil(step);
            whole = whole.map(|all| {
                let (start, step) = (usize::try_from(start).unwrap_or(0), usize::try_from(step).unwrap_or(1));
                all.into_iter()
                    .skip(start)
                    .take(usize::try_from(end).unwrap_or(0).saturating_sub(start))
                    .step_by(step)
                    .collect()
            });
        }
        let whole = whole.filter(|_| shape.len() == 1);
        Some((vec![Known { shape, whole }], 0))
    }

    fn split(&self) -> Outputs {
        let shape = self.shape(0)?;
        let axis = self.axis(self.int("axis", 0), shape.len())?;
        let (length, parts) = (*shape.get(axis)?, self.node.outputs.len() as u64);
        let lengths = match (self.attribute("split"), self.input(1)) {
            (Some(attribute), _) => attribute.ints.clone(),
            (None, Some(_)) => self.whole(1)?.to_vec(),
            (None, None) => {
                length.is_multiple_of(parts).then_some(())?;
                vec![i64::try_from(length.checked_div(parts)?).ok()?; self.node.outputs.len()]
            }
        };
        let lengths: Vec<u64> =
            lengths.iter().map(|length| u64::try_from(*length).ok()).collect::<Option<_>>()?;
        let sum = lengths.iter().try_fold(0_u64, |sum, length| sum.checked_add(*length))?;
        (sum == length).then_some(())?;
        let part = |length: &u64| {
            let mut shape = shape.to_vec();
            *shape.get_mut(axis)? = *length;
            Some(Known { shape, whole: None })
        };
        Some((lengths.iter().map(part).collect::<Option<_>>()?, 0))
    }

    fn gather(&self) -> Outputs {
        let (known, places) = (self.input(0)?, self.input(1)?);
        let axis = self.axis(self.int("axis", 0), known.shape.len())?;
        let (before, after) = (known.shape.get(..axis)?, known.shape.get(axis + 1..)?);
        let shape: Vec<u64> = [before, &places.shape, after].concat();
        let whole = known.whole.as_ref().zip(places.whole.as_ref()).map(|(all, places)| {
            let found = places.iter().map(|place| all.get(self.axis(*place, all.len())?).copied());
            found.collect::<Option<Vec<_>>>()
        });
        Some((vec![Known { shape, whole: whole.flatten() }], 0))
    }

    fn pad(&self) -> Outputs {
        let (shape, pads) = (self.shape(0)?, self.whole(1)?);
        let (begins, ends) = pads.split_at_checked(shape.len())?;
        (ends.len() == shape.len() && self.input(3).is_none()).then_some(())?;
        let amount = |pad: &i64| u64::try_from(*pad).ok().filter(|pad| *pad <= MOST_STEP);
        let padded = shape.iter().zip(begins.iter().zip(ends));
        one(padded
            .map(|(length, (begin, end))| length.checked_add(amount(begin)?)?.checked_add(amount(end)?))
            .collect::<Option<_>>()?)
    }

    fn reduce(&self) -> Outputs {
        let shape = self.shape(0)?;
        let (axes, kept) = (self.axes(shape.len())?, self.int("keepdims", 1) != 0);
        // Without dimensions it is all of them, unless it is to be none.
        let axes = match axes.filter(|axes| !axes.is_empty()) {
            Some(axes) => axes,
            None if self.int("noop_with_empty_axes", 0) != 0 => Vec::new(),
            None => (0..shape.len()).collect(),
        };
        let reduced = shape.iter().enumerate().filter_map(|(axis, length)| match axes.contains(&axis) {
            true => kept.then_some(1),
            false => Some(*length),
        });
        Some((vec![Known { shape: reduced.collect(), whole: None }], count(shape)?))
    }
}

/// The shape that two are brought to, where one of each pair of lengths is 1 or both are the same.
fn common(left: &[u64], right: &[u64]) -> Option<Vec<u64>> {
    let dimensions = left.len().max(right.len());
    let from_behind = |shape: &[u64], place: usize| shape.iter().rev().nth(place).copied().unwrap_or(1);
    let mut shape: Vec<u64> = (0..dimensions)
        .map(|place| match (from_behind(left, place), from_behind(right, place)) {
            (left, right) if left == right => Some(left),
            (1, length) | (length, 1) => Some(length),
            _ => None,
        })
        .collect::<Option<_>>()?;
    shape.reverse();
    Some(shape)
}
