//! What a file of a model says, as far as it matters before it runs.
//!
//! The engine's own reader believes each length that it reads, makes room for it before it looks whether that many
//! bytes follow, and goes as deep as messages lie in one another. So the file is gone through here first: each message
//! has to lie within the one around it, there are only so many, and what can hold itself (graphs in attributes, types
//! of sequences) is refused. Whatever else the engine's reader knows is read here, too, by the same numbers of fields;
//! what it skips is skipped.

use std::collections::HashMap;
use std::str;

use super::Refusal;

/// The most operators of a graph.
const MOST_NODES: usize = 5_000;
/// The most messages, of all kinds, and numbers that stand by themselves.
const MOST_PARTS: usize = 500_000;
/// The most dimensions of a tensor.
pub(super) const MOST_DIMENSIONS: usize = 8;
/// The most whole numbers of a value that are looked at: shapes and positions have far fewer.
pub(super) const MOST_WHOLE: usize = 64;

/// A graph.
#[derive(Debug, Default)]
pub(super) struct Graph<'a> {
    /// In the order in which they stand.
    pub(super) nodes: Vec<Node<'a>>,
    /// Weights, by their names.
    pub(super) tensors: HashMap<&'a str, Tensor>,
    /// What it is given, without weights that old files name here as well.
    pub(super) inputs: Vec<Declared<'a>>,
    /// What it gives.
    pub(super) outputs: Vec<Declared<'a>>,
}

/// An operator at its place.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    pub(super) operator: &'a str,
    /// Names; an empty one stands for what is left out.
    pub(super) inputs: Vec<&'a str>,
    pub(super) outputs: Vec<&'a str>,
    pub(super) attributes: Vec<Attribute<'a>>,
}

/// What an operator is told beside its inputs.
#[derive(Debug, Default)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) int: Option<i64>,
    pub(super) ints: Vec<i64>,
    pub(super) text: &'a str,
    pub(super) tensor: Option<Tensor>,
}

/// What is known of a tensor of weights.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tensor {
    pub(super) shape: Vec<u64>,
    /// Its numbers, if they are whole and few.
    pub(super) whole: Option<Vec<i64>>,
    /// How many bytes it takes once it is loaded.
    pub(super) bytes: u64,
}

/// What a graph says of what it is given or gives.
#[derive(Debug, Default)]
pub(super) struct Declared<'a> {
    pub(super) name: &'a str,
    /// Its kind of number, as ONNX counts them.
    pub(super) kind: u64,
    /// The length of each dimension; `None` if it is told when the model runs.
    pub(super) shape: Option<Vec<Option<u64>>>,
}

/// Numbers of kinds of numbers.
pub(super) mod kind {
    pub(in super::super) const FLOAT: u64 = 1;
    pub(super) const UINT8: u64 = 2;
    pub(super) const INT8: u64 = 3;
    pub(super) const INT32: u64 = 6;
    pub(super) const INT64: u64 = 7;
    pub(super) const BOOL: u64 = 9;
    pub(in super::super) const FLOAT16: u64 = 10;
    pub(super) const DOUBLE: u64 = 11;
}

/// Reads what a file says.
///
/// # Errors
/// When it is no model, or one of a kind that is not taken.
pub(super) fn read(file: &[u8]) -> Result<Graph<'_>, Refusal> {
    let mut reader = Reader { parts: 0 };
    let (mut graph, mut versioned) = (None, false);
    for field in reader.fields(file)? {
        match field {
            (1, Field::Number(_)) => versioned = true,
            (7, Field::Bytes(_)) if graph.is_some() => return Err(Refusal::NotOnnx("it has two graphs")),
            (7, Field::Bytes(bytes)) => graph = Some(reader.graph(bytes)?),
            (8, Field::Bytes(bytes)) => drop(reader.fields(bytes)?),
            (14, Field::Bytes(bytes)) => drop(reader.fields(bytes)?),
            (20, _) => return Err(Refusal::Unsupported("steps of a training")),
            (25, _) => return Err(Refusal::Unsupported("functions of its own")),
            _ => {}
        }
    }
    if !versioned {
        return Err(Refusal::NotOnnx("it names no version of the format"));
    }
    graph.ok_or(Refusal::NotOnnx("it has no graph"))
}

/// One field of a message.
#[derive(Clone, Copy, Debug)]
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Fixed,
}

/// Goes through a file, and counts on the way.
struct Reader {
    parts: usize,
}

impl Reader {
    /// The fields of a message with their numbers.
    fn fields<'a>(&mut self, mut rest: &'a [u8]) -> Result<Vec<(u64, Field<'a>)>, Refusal> {
        let mut fields = Vec::new();
        while !rest.is_empty() {
            self.parts += 1;
            if self.parts > MOST_PARTS {
                return Err(Refusal::TooManyParts);
            }
            let key = varint(&mut rest)?;
            let field = match key & 7 {
                0 => Field::Number(varint(&mut rest)?),
                1 => take(&mut rest, 8).map(|_| Field::Fixed)?,
                2 => {
                    let length = varint(&mut rest)?;
                    Field::Bytes(take(&mut rest, length)?)
                }
                5 => take(&mut rest, 4).map(|_| Field::Fixed)?,
                _ => return Err(BROKEN),
            };
            fields.push((key >> 3, field));
        }
        Ok(fields)
    }

    fn graph<'a>(&mut self, bytes: &'a [u8]) -> Result<Graph<'a>, Refusal> {
        let mut graph = Graph::default();
        let mut inputs = Vec::new();
        for field in self.fields(bytes)? {
            match field {
                (1, Field::Bytes(bytes)) => graph.nodes.push(self.node(bytes)?),
                (5, Field::Bytes(bytes)) => {
                    let (name, tensor) = self.tensor(bytes)?;
                    if name.is_empty() || graph.tensors.insert(name, tensor).is_some() {
                        return Err(Refusal::NotOnnx("its weights have no names, or the same"));
                    }
                }
                (11, Field::Bytes(bytes)) => inputs.push(self.declared(bytes)?),
                (12, Field::Bytes(bytes)) => graph.outputs.push(self.declared(bytes)?),
                (13, Field::Bytes(bytes)) => drop(self.declared(bytes)?),
                (1 | 5 | 11 | 12 | 13, _) => return Err(BROKEN),
                (15, _) => return Err(Refusal::Unsupported("weights most of which are zero")),
                _ => {}
            }
            if graph.nodes.len() > MOST_NODES {
                return Err(Refusal::TooManyOperators(MOST_NODES));
            }
        }
        inputs.retain(|input| !graph.tensors.contains_key(input.name));
        graph.inputs = inputs;
        Ok(graph)
    }

    fn node<'a>(&mut self, bytes: &'a [u8]) -> Result<Node<'a>, Refusal> {
        let mut node = Node::default();
        let mut domain = "";
        for field in self.fields(bytes)? {
            match field {
                (1, Field::Bytes(bytes)) => node.inputs.push(text(bytes)?),
                (2, Field::Bytes(bytes)) => node.outputs.push(text(bytes)?),
                (4, Field::Bytes(bytes)) => node.operator = text(bytes)?,
                (5, Field::Bytes(bytes)) => node.attributes.push(self.attribute(bytes)?),
                (7, Field::Bytes(bytes)) => domain = text(bytes)?,
                (1 | 2 | 4 | 5 | 7, _) => return Err(BROKEN),
                _ => {}
            }
        }
        if !matches!(domain, "" | "ai.onnx") {
            return Err(Refusal::UnknownOperator(format!("{domain}.{}", node.operator)));
        }
        Ok(node)
    }

    fn attribute<'a>(&mut self, bytes: &'a [u8]) -> Result<Attribute<'a>, Refusal> {
        let mut attribute = Attribute::default();
        for field in self.fields(bytes)? {
            match field {
                (1, Field::Bytes(bytes)) => attribute.name = text(bytes)?,
                (3, Field::Number(number)) => attribute.int = Some(number.cast_signed()),
                (4, Field::Bytes(bytes)) => attribute.text = text(bytes)?,
                (5, Field::Bytes(bytes)) => attribute.tensor = Some(self.tensor(bytes)?.1),
                (6 | 11, _) => return Err(Refusal::Unsupported("graphs within its graph")),
                (8, Field::Number(number)) => attribute.ints.push(number.cast_signed()),
                // The engine reads neither tensors in lists, nor types, nor lists that are packed.
                (10 | 14 | 15 | 22 | 23, _) => return Err(Refusal::Unsupported("lists of tensors")),
                (1 | 3 | 4 | 5 | 8, _) => return Err(BROKEN),
                _ => {}
            }
        }
        Ok(attribute)
    }

    fn tensor<'a>(&mut self, bytes: &'a [u8]) -> Result<(&'a str, Tensor), Refusal> {
        let (mut name, mut number_kind, mut shape) = ("", 0, Vec::new());
        // How many numbers there are in each way to write them, and the last of them.
        let (mut raw, mut singles, mut doubles, mut whole) = (None, 0_u64, 0_u64, Vec::new());
        for field in self.fields(bytes)? {
            match field {
                (1, Field::Number(length)) => shape.push(length),
                (2, Field::Number(number)) => number_kind = number,
                (4, Field::Fixed) => singles += 1,
                (4, Field::Bytes(bytes)) => singles += bytes.len() as u64 / 4,
                (5 | 7, Field::Number(number)) => whole.push(number),
                (5 | 7, Field::Bytes(mut packed)) => {
                    while !packed.is_empty() {
                        self.parts += 1;
                        if self.parts > MOST_PARTS {
                            return Err(Refusal::TooManyParts);
                        }
                        whole.push(varint(&mut packed)?);
                    }
                }
                (8, Field::Bytes(bytes)) => name = text(bytes)?,
                (9, Field::Bytes(bytes)) => raw = Some(bytes),
                (10, Field::Fixed) => doubles += 1,
                (10, Field::Bytes(bytes)) => doubles += bytes.len() as u64 / 8,
                (13, _) | (14, Field::Number(1..)) => {
                    return Err(Refusal::Unsupported("weights in other files"));
                }
                (1 | 2 | 4 | 5 | 7 | 8 | 9 | 10 | 14, _) => return Err(BROKEN),
                _ => {}
            }
        }
        if shape.len() > MOST_DIMENSIONS {
            return Err(Refusal::TooManyDimensions(MOST_DIMENSIONS));
        }
        let count = shape.iter().try_fold(1_u64, |count, length| count.checked_mul(*length)).ok_or(BROKEN)?;
        let (size, loaded) = match number_kind {
            kind::FLOAT | kind::INT32 => (4, 4),
            kind::FLOAT16 => (2, 4),
            kind::INT64 | kind::DOUBLE => (8, 4),
            kind::UINT8 | kind::INT8 => (1, 1),
            kind::BOOL => (1, 4),
            _ => return Err(Refusal::Unsupported("weights of a kind of number that few use")),
        };
        let written = match (raw, number_kind) {
            (Some(raw), _) if (raw.len() as u64).is_multiple_of(size) => raw.len() as u64 / size,
            (Some(_), _) => return Err(BROKEN),
            (None, kind::FLOAT) => singles,
            (None, kind::DOUBLE) => doubles,
            (None, _) => whole.len() as u64,
        };
        if written != count {
            return Err(Refusal::NotOnnx("its weights do not have the shapes that it says they have"));
        }
        let whole = (count <= MOST_WHOLE as u64).then(|| match (raw, number_kind) {
            (Some(raw), kind::INT64) => {
                Some(raw.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect())
            }
            (Some(raw), kind::INT32) => {
                Some(raw.as_chunks().0.iter().map(|bytes| i32::from_le_bytes(*bytes).into()).collect())
            }
            (None, kind::INT64 | kind::INT32) => {
                Some(whole.iter().map(|number| number.cast_signed()).collect())
            }
            _ => None,
        });
        Ok((name, Tensor { shape, whole: whole.flatten(), bytes: count.saturating_mul(loaded) }))
    }

    fn declared<'a>(&mut self, bytes: &'a [u8]) -> Result<Declared<'a>, Refusal> {
        let mut declared = Declared::default();
        for field in self.fields(bytes)? {
            match field {
                (1, Field::Bytes(bytes)) => declared.name = text(bytes)?,
                (2, Field::Bytes(bytes)) => {
                    for field in self.fields(bytes)? {
                        match field {
                            (1, Field::Bytes(bytes)) => {
                                (declared.kind, declared.shape) = self.tensor_type(bytes)?;
                            }
                            (1, _) => return Err(BROKEN),
                            (4 | 5 | 7 | 8 | 9, _) => {
                                return Err(Refusal::Unsupported("values that are no tensors"));
                            }
                            _ => {}
                        }
                    }
                }
                (1 | 2, _) => return Err(BROKEN),
                _ => {}
            }
        }
        Ok(declared)
    }

    #[expect(clippy::type_complexity, reason = "the two parts of a type, which nothing else is asked for")]
    fn tensor_type(&mut self, bytes: &[u8]) -> Result<(u64, Option<Vec<Option<u64>>>), Refusal> {
        let (mut number_kind, mut shape) = (0, None);
        for field in self.fields(bytes)? {
            match field {
                (1, Field::Number(number)) => number_kind = number,
                (2, Field::Bytes(bytes)) => {
                    let mut dimensions = Vec::new();
                    for field in self.fields(bytes)? {
                        match field {
                            (1, Field::Bytes(bytes)) => {
                                let mut length = None;
                                for field in self.fields(bytes)? {
                                    match field {
                                        (1, Field::Number(number)) => length = Some(number),
                                        (2, Field::Bytes(bytes)) => drop(text(bytes)?),
                                        (1 | 2, _) => return Err(BROKEN),
                                        _ => {}
                                    }
                                }
                                dimensions.push(length);
                            }
                            (1, _) => return Err(BROKEN),
                            _ => {}
                        }
                    }
                    shape = Some(dimensions);
                }
                (1 | 2, _) => return Err(BROKEN),
                _ => {}
            }
        }
        Ok((number_kind, shape))
    }
}

const BROKEN: Refusal = Refusal::NotOnnx("it is broken, or was cut off");

fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    str::from_utf8(bytes).map_err(|_| BROKEN)
}

fn take<'a>(rest: &mut &'a [u8], length: u64) -> Result<&'a [u8], Refusal> {
    let length = usize::try_from(length).map_err(|_| BROKEN)?;
    let (taken, left) = rest.split_at_checked(length).ok_or(BROKEN)?;
    *rest = left;
    Ok(taken)
}

fn varint(rest: &mut &[u8]) -> Result<u64, Refusal> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, left) = rest.split_first().ok_or(BROKEN)?;
        *rest = left;
        number |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Ok(number);
        }
    }
    Err(BROKEN)
}
