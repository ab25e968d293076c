//! Small models in ONNX, written by hand.
//!
//! It knows nothing of this crate, so that the tests of `learn` take it in as it is.

/// A message of Protocol Buffers while it is being written.
#[derive(Clone, Debug, Default)]
pub struct Message(pub Vec<u8>);

impl Message {
    /// Adds a number of variable length.
    pub fn varint(&mut self, mut number: u64) {
        while number > 0x7f {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// With a field that is a number.
    #[must_use]
    pub fn number(mut self, field: u64, number: i64) -> Self {
        self.varint(field << 3);
        self.varint(number as u64);
        self
    }

    /// With a field that is bytes: a text, or another message.
    #[must_use]
    pub fn bytes(mut self, field: u64, bytes: impl AsRef<[u8]>) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.as_ref().len() as u64);
        self.0.extend_from_slice(bytes.as_ref());
        self
    }

    /// With what `add` adds for each of the items.
    #[must_use]
    pub fn all<T>(self, items: impl IntoIterator<Item = T>, add: impl Fn(Self, T) -> Self) -> Self {
        items.into_iter().fold(self, add)
    }
}

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The kind of numbers of 32 bits.
pub const FLOAT: i64 = 1;
/// The kind of whole numbers of 64 bits.
pub const INT64: i64 = 7;

/// A value with a name, of a kind, with dimensions; one of -1 is left open.
#[must_use]
pub fn value(name: &str, kind: i64, dimensions: &[i64]) -> Message {
    let shape = Message::default().all(dimensions, |shape, length| {
        let dimension = Message::default();
        shape.bytes(1, if *length < 0 { dimension.bytes(2, "N") } else { dimension.number(1, *length) })
    });
    let tensor = Message::default().number(1, kind).bytes(2, shape);
    Message::default().bytes(1, name).bytes(2, Message::default().bytes(1, tensor))
}

/// Weights of a kind and of these dimensions, as they lie in memory.
pub fn tensor(name: &str, kind: i64, dimensions: &[i64], raw: impl AsRef<[u8]>) -> Message {
    Message::default()
        .all(dimensions, |tensor, length| tensor.number(1, *length))
        .number(2, kind)
        .bytes(8, name)
        .bytes(9, raw)
}

/// Weights of 32 bits.
#[must_use]
pub fn floats(name: &str, dimensions: &[i64], numbers: &[f32]) -> Message {
    tensor(
        name,
        FLOAT,
        dimensions,
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>(),
    )
}

/// A list of whole numbers.
#[must_use]
pub fn whole(name: &str, numbers: &[i64]) -> Message {
    let raw: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    tensor(name, INT64, &[numbers.len() as i64], raw)
}

/// An operator with whole numbers as attributes; one number is a number, several are a list.
#[must_use]
pub fn node(operator: &str, inputs: &[&str], outputs: &[&str], attributes: &[(&str, &[i64])]) -> Message {
    Message::default()
        .all(inputs, |node, name| node.bytes(1, name))
        .all(outputs, |node, name| node.bytes(2, name))
        .bytes(4, operator)
        .all(attributes, |node, (name, numbers)| {
            let attribute = Message::default().bytes(1, name);
            let attribute = match numbers {
                [number] => attribute.number(3, *number).number(20, 2),
                numbers => {
                    attribute.all(*numbers, |attribute, number| attribute.number(8, *number)).number(20, 7)
                }
            };
            node.bytes(5, attribute)
        })
}

/// A graph from `x` to `y`.
#[derive(Clone, Debug)]
pub struct Graph {
    /// What it takes.
    pub input: Message,
    /// What it gives.
    pub output: Message,
    /// Its operators.
    pub nodes: Vec<Message>,
    /// Its weights.
    pub weights: Vec<Message>,
}

impl Graph {
    /// One of these dimensions, without operators.
    #[must_use]
    pub fn new(input: &[i64], output: &[i64]) -> Self {
        let (input, output) = (value("x", FLOAT, input), value("y", FLOAT, output));
        Self { input, output, nodes: Vec::new(), weights: Vec::new() }
    }

    /// With an operator that gives `output`.
    #[must_use]
    pub fn node(
        mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, &[i64])],
    ) -> Self {
        self.nodes.push(node(operator, inputs, &[output], attributes));
        self
    }

    /// With weights.
    #[must_use]
    pub fn weights(mut self, tensor: Message) -> Self {
        self.weights.push(tensor);
        self
    }

    /// Its own message.
    #[must_use]
    pub fn message(&self) -> Message {
        Message::default()
            .all(&self.nodes, |graph, node| graph.bytes(1, node))
            .all(&self.weights, |graph, tensor| graph.bytes(5, tensor))
            .bytes(11, &self.input)
            .bytes(12, &self.output)
    }

    /// A file that holds it.
    #[must_use]
    pub fn file(&self) -> Vec<u8> {
        file(self.message())
    }
}

/// A file that holds a graph.
pub fn file(graph: impl AsRef<[u8]>) -> Vec<u8> {
    Message::default().number(1, 8).bytes(7, graph).bytes(8, Message::default().number(2, 17)).0
}

/// Means of red and of blue of a picture, as scores: a small network with what real ones have.
#[must_use]
pub fn channels(input: &[i64]) -> Graph {
    Graph::new(input, &[-1, 2])
        // Each of three channels as it is.
        .weights(floats("kernel", &[3, 3, 1, 1], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]))
        .weights(floats("classes", &[2, 3], &[1.0, 0.0, 0.0, 0.0, 0.0, 1.0]))
        .weights(whole("flat", &[0, -1]))
        .node("Conv", &["x", "kernel"], "same", &[("kernel_shape", &[1, 1])])
        .node("Relu", &["same"], "positive", &[])
        .node("GlobalAveragePool", &["positive"], "mean", &[])
        .node("Reshape", &["mean", "flat"], "embedding", &[])
        .node("Gemm", &["embedding", "classes"], "y", &[("transB", &[1])])
}

/// How likely the first and the second of so many numbers make each of two concepts, each by itself.
#[must_use]
pub fn features(count: usize) -> Graph {
    let mut weights = vec![0.0; count * 2];
    (weights[0], weights[3]) = (1.0, 1.0);
    let width = i64::try_from(count).unwrap_or(i64::MAX);
    Graph::new(&[-1, width], &[-1, 2])
        .weights(floats("w", &[width, 2], &weights))
        .node("MatMul", &["x", "w"], "scores", &[])
        .node("Sigmoid", &["scores"], "y", &[])
}
