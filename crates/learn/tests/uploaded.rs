//! Models of strangers: what is fine runs, and whatever else is in a file is an answer, not a crash.

use std::cell::Cell;
use std::time::Duration;

use atelier_learn::engine::Lanes;
use atelier_learn::picture::Prepared;
use atelier_learn::public;
use atelier_learn::uploaded::{Input, MOST_BYTES, Order, Output, Refusal, Scale, Uploaded};
use image::{Rgb, RgbImage};
use proptest::prelude::*;

use onnx::{FLOAT, Graph, INT64, Message, channels, features, file, floats, node, tensor, value, whole};

// The testkit stands on the service, which stands on what is tested here.
#[expect(unreachable_pub, reason = "it is public in the testkit")]
#[path = "../../testkit/src/onnx.rs"]
mod onnx;

fn load(file: Vec<u8>) -> Result<Uploaded, Refusal> {
    Uploaded::load(file, 2)
}

fn refusal(graph: &Graph) -> Refusal {
    load(graph.file()).expect_err("it is refused")
}

fn try_out(model: &Uploaded) -> Result<Duration, Refusal> {
    model.try_out(&Lanes::one(), Duration::from_secs(5), &|| Duration::ZERO)
}

/// As it is, between 0 and 1.
const PLAIN: Scale = Scale::UNIT;

#[test]
fn a_network_for_pictures_sees_them() {
    let model = load(channels(&[-1, 3, 8, 16]).file()).unwrap();
    assert_eq!(model.input(), Input::Picture { width: 16, height: 8, order: Order::Planes });
    assert_eq!(model.output(), Output::Scores);
    let red = RgbImage::from_pixel(100, 100, Rgb([255, 9, 0]));
    let picture = Prepared::seen(&red, model.view().unwrap()).unwrap();
    let given = model.look(&Lanes::one(), &[picture], PLAIN).unwrap();
    // Scores of 1 and 0, made probabilities.
    let expected = 1.0 / (1.0 + (-1.0_f32).exp());
    assert!(
        (given[0][0] - expected).abs() < 1e-6 && (given[0][0] + given[0][1] - 1.0).abs() < 1e-6,
        "{given:?}"
    );
    // Three by three products for each of 128 pixels, and so on.
    let cost = model.cost();
    assert_eq!(cost.weight_bytes, 4 * (9 + 6) + 4 * 2);
    assert!((9 * 128..5_000).contains(&cost.products), "{cost:?}");
    assert_eq!(cost.value_bytes, 4 * (3 * 128 * 2 + 3 + 3 + 2));
    assert_eq!(try_out(&model), Ok(Duration::ZERO));
}

#[test]
fn pixels_lie_as_the_network_wants_them() {
    let graph = channels(&[1, 8, 16, 3]);
    let turned = Graph {
        nodes: [
            &[node("Transpose", &["x"], &["turned"], &[("perm", &[0, 3, 1, 2])])][..],
            &[node("Conv", &["turned", "kernel"], &["same"], &[("kernel_shape", &[1, 1])])],
            &graph.nodes[1..],
        ]
        .concat(),
        ..graph
    };
    let model = load(turned.file()).unwrap();
    assert_eq!(model.input(), Input::Picture { width: 16, height: 8, order: Order::Interleaved });
    let blue = RgbImage::from_pixel(100, 100, Rgb([0, 9, 255]));
    let picture = Prepared::seen(&blue, model.view().unwrap()).unwrap();
    let scale = Scale { mean: [0.0, 0.0, 0.5], deviation: [1.0, 1.0, 0.25] };
    let given = model.look(&Lanes::one(), &[picture], scale).unwrap();
    assert!((given[0][1] - 1.0 / (1.0 + (-2.0_f32).exp())).abs() < 1e-6, "{given:?}");
}

#[test]
fn feature_vectors_are_taken_as_well() {
    let model = load(features(3).file()).unwrap();
    assert_eq!((model.input(), model.output()), (Input::Features(3), Output::Each));
    assert_eq!(model.predict(&Lanes::one(), &[vec![0.0, 0.0, 7.0]]).unwrap(), [[0.5, 0.5]]);
    assert!(model.predict(&Lanes::one(), &[vec![0.0]]).is_err(), "too few numbers");
    assert!(model.look(&Lanes::one(), &[], PLAIN).is_err(), "no pictures");
}

/// What exporters write to flatten: shapes that are taken apart and put together again.
#[test]
fn shapes_that_are_calculated_are_followed() {
    let graph = Graph::new(&[-1, 3, 4, 4], &[-1, 2])
        .weights(whole("zero", &[0]))
        .weights(whole("one", &[1]))
        .weights(whole("rest", &[-1]))
        .weights(floats("w", &[48, 2], &[0.5; 96]))
        .node("Shape", &["x"], "shape", &[])
        .node("Slice", &["shape", "zero", "one"], "batch", &[])
        .node("Concat", &["batch", "rest"], "flat", &[("axis", &[0])])
        .node("Reshape", &["x", "flat"], "numbers", &[])
        .node("MatMul", &["numbers", "w"], "scores", &[])
        .node("Softmax", &["scores"], "y", &[("axis", &[-1])]);
    let model = load(graph.file()).unwrap();
    assert_eq!(model.output(), Output::Shares);
    assert_eq!(try_out(&model), Ok(Duration::ZERO));
}

/// What exporters write to repeat something for each input of a batch, such as the first place of a transformer.
#[test]
fn shapes_that_are_chosen_are_followed() {
    let filled = node("ConstantOfShape", &["three"], &["ones"], &[]);
    let one = tensor("", INT64, &[1], 1_i64.to_le_bytes());
    let filled = filled.bytes(5, Message::default().bytes(1, "value").bytes(5, one).number(20, 4));
    let mut graph = Graph::new(&[-1, 2], &[-1, 2])
        .weights(floats("place", &[1, 1, 2], &[3.0, 4.0]))
        .weights(whole("zero", &[0]))
        .weights(whole("one", &[1]))
        .weights(whole("three", &[3]))
        .weights(whole("minus", &[-1]))
        .weights(whole("same", &[-1, -1]))
        .weights(whole("flat", &[-1, 2]))
        .node("Shape", &["x"], "shape", &[])
        .node("Slice", &["shape", "zero", "one"], "batch", &[])
        .node("Concat", &["batch", "same"], "wanted", &[("axis", &[0])]);
    graph.nodes.push(filled);
    let graph = graph
        .node("Mul", &["ones", "minus"], "unchanged", &[])
        .node("Equal", &["wanted", "unchanged"], "which", &[])
        .node("Where", &["which", "ones", "wanted"], "told", &[])
        .node("Expand", &["place", "told"], "repeated", &[])
        .node("Reshape", &["repeated", "flat"], "places", &[])
        .node("Add", &["x", "places"], "y", &[]);
    let model = load(graph.file()).unwrap();
    let expected = 1.0 / (1.0 + 1.0_f32.exp());
    let given = model.predict(&Lanes::one(), &[vec![0.0, 0.0]]).unwrap();
    assert!((given[0][0] - expected).abs() < 1e-6, "{given:?}");
}

#[test]
fn the_public_models_are_told_apart_from_classifiers() {
    let pictures = include_bytes!("../models/pictures.onnx").to_vec();
    assert_eq!(load(pictures).unwrap_err(), Refusal::NotOneToOne { inputs: 1, outputs: 2 });
    let texts = include_bytes!("../models/texts.onnx").to_vec();
    assert!(matches!(load(texts).unwrap_err(), Refusal::Input(_)));
}

/// A real network, as if somebody had uploaded it: the public one without its embedding.
#[test]
fn a_real_network_sees_what_the_public_one_sees() {
    let public = include_bytes!("../models/pictures.onnx");
    let uploaded =
        Uploaded::load(changed(public, 7, |graph| without(graph, 12, b"embedding")), 1000).unwrap();
    assert_eq!(uploaded.input(), Input::Picture { width: 224, height: 224, order: Order::Planes });
    assert_eq!(uploaded.output(), Output::Shares);
    // 385 million, as is published of it, and one for each number that goes in or comes out.
    assert!((385_000_000..430_000_000).contains(&uploaded.cost().products), "{:?}", uploaded.cost());
    let file = include_bytes!("data/ball.png");
    let picture = Prepared::new(&image::load_from_memory(file).unwrap().into_rgb8()).unwrap();
    let scale = Scale { mean: [127.0 / 255.0; 3], deviation: [128.0 / 255.0; 3] };
    let given = uploaded.look(&Lanes::one(), std::slice::from_ref(&picture), scale).unwrap();
    let seen = public::pictures().unwrap().look(&Lanes::one(), &[picture]).unwrap();
    let apart = given[0].iter().zip(&seen[0].probabilities).map(|(left, right)| (left - right).abs());
    assert!(apart.fold(0.0, f32::max) < 1e-4);
}

/// The fields of a message that have bytes, each with its number; those with numbers are left out.
fn fields(mut message: &[u8]) -> Vec<(u64, &[u8])> {
    let varint = |message: &mut &[u8]| {
        let mut number = 0_u64;
        for shift in (0..).step_by(7) {
            let (byte, rest) = message.split_first().unwrap();
            *message = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    };
    let mut fields = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message);
        let number = varint(&mut message);
        if key & 7 == 2 {
            let (bytes, rest) = message.split_at(number as usize);
            fields.push((key >> 3, bytes));
            message = rest;
        }
    }
    fields
}

/// A model with another graph.
fn changed(model: &[u8], field: u64, change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    Message::default()
        .number(1, 10)
        .all(fields(model), |model, (number, bytes)| match number == field {
            true => model.bytes(number, change(bytes)),
            false => model.bytes(number, bytes),
        })
        .0
}

/// A message without those of its fields that have a number and begin with a name.
fn without(message: &[u8], field: u64, name: &[u8]) -> Vec<u8> {
    let named = |bytes: &[u8]| fields(bytes).contains(&(1, name));
    fields(message)
        .into_iter()
        .filter(|(number, bytes)| *number != field || !named(bytes))
        .fold(Message::default(), |message, (number, bytes)| message.bytes(number, bytes))
        .0
}

#[test]
fn what_it_takes_and_gives_has_to_fit() {
    let graph = channels(&[-1, 3, 8, 16]);
    assert_eq!(Uploaded::load(graph.file(), 3).unwrap_err(), Refusal::Concepts { given: 2, concepts: 3 });
    for (input, said) in [
        (&[-1, 3, -1, -1][..], "N×3×N×N"),
        (&[-1, 4, 8, 8], "N×4×8×8"),
        (&[16, 3, 8, 8], "16×3×8×8"),
        (&[-1, 3, 0, 8], "N×3×0×8"),
        (&[-1, 3, 1_000_000, 1_000_000], "N×3×1000000×1000000"),
        (&[-1, 3, i64::MAX, 8], "N×3×9223372036854775807×8"),
        (&[-1], "N"),
        (&[], "one number"),
    ] {
        let graph = Graph { input: value("x", FLOAT, input), ..graph.clone() };
        assert_eq!(refusal(&graph), Refusal::Input(said.into()));
    }
    let whole_numbers = Graph { input: value("x", INT64, &[-1, 3, 8, 16]), ..graph.clone() };
    assert!(matches!(refusal(&whole_numbers), Refusal::Input(_)));
    let not_flat = Graph { output: value("mean", FLOAT, &[-1, 3, 1, 1]), ..graph.clone() };
    assert_eq!(refusal(&not_flat), Refusal::Output("1×3×1×1".into()));
    let nowhere = Graph { output: value("elsewhere", FLOAT, &[-1, 2]), ..graph.clone() };
    assert_eq!(refusal(&nowhere), Refusal::Disordered("elsewhere".into()));
    let two = Message(graph.message().0).bytes(11, value("z", FLOAT, &[1]));
    assert_eq!(load(file(two)).unwrap_err(), Refusal::NotOneToOne { inputs: 2, outputs: 1 });
}

/// ASVS 5.2.1 and 5.2.2.
#[test]
fn what_can_loop_or_grow_is_refused() {
    let graph = || Graph::new(&[-1, 2], &[-1, 2]);
    for operator in ["Loop", "If", "Scan", "Range", "RandomNormal", "NonZero", "Tile", "Resize"] {
        let used = graph().node(operator, &["x"], "y", &[]);
        assert_eq!(refusal(&used), Refusal::UnknownOperator(operator.into()));
    }
    let foreign =
        Graph { nodes: vec![Message(node("Relu", &["x"], &["y"], &[]).0).bytes(7, "evil")], ..graph() };
    assert_eq!(refusal(&foreign), Refusal::UnknownOperator("evil.Relu".into()));

    let grown = graph()
        .weights(whole("huge", &[100_000, 100_000, 2]))
        .node("Expand", &["x", "huge"], "grown", &[])
        .node("ReduceMean", &["grown"], "y", &[]);
    assert_eq!(refusal(&grown), Refusal::TooMuchMemory);
    // Of weights alone, which would be computed while it is loaded.
    let constant = graph()
        .weights(floats("one", &[1], &[1.0]))
        .weights(whole("huge", &[100_000, 100_000]))
        .node("Expand", &["one", "huge"], "grown", &[])
        .node("Relu", &["x"], "y", &[]);
    assert_eq!(refusal(&constant), Refusal::TooMuchMemory);
    let filled = graph()
        .weights(whole("huge", &[100_000, 100_000]))
        .node("ConstantOfShape", &["huge"], "grown", &[])
        .node("Relu", &["x"], "y", &[]);
    assert_eq!(refusal(&filled), Refusal::TooMuchMemory);
    let crowd = vec!["x"; 100_000];
    let summed = Graph::new(&[-1, 3, 1_024, 1_024], &[-1, 2]).node("Sum", &crowd, "y", &[]);
    assert_eq!(refusal(&summed), Refusal::TooMuchWork);
    let axes = vec![0; 200_000];
    let unsqueezed = graph().node("Unsqueeze", &["x"], "y", &[("axes", &axes)]);
    assert_eq!(refusal(&unsqueezed), Refusal::Misfit("Unsqueeze".into()));
    let mut doubled = graph().weights(whole("v0", &[1; 64]));
    for number in 0..60 {
        let (from, to) = (format!("v{number}"), format!("v{}", number + 1));
        doubled = doubled.node("Concat", &[&from, &from], &to, &[("axis", &[0])]);
    }
    assert_eq!(refusal(&doubled.node("Relu", &["x"], "y", &[])), Refusal::TooMuchMemory);
    let deeper =
        graph().weights(whole("axes", &[0, 1, 2, 3, 4, 5, 6])).node("Unsqueeze", &["x", "axes"], "y", &[]);
    assert_eq!(refusal(&deeper), Refusal::TooManyDimensions(8));
    let outer = graph()
        .weights(floats("column", &[20_000, 1], &[1.0; 20_000]))
        .weights(floats("row", &[1, 20_000], &[1.0; 20_000]))
        .node("Add", &["column", "row"], "square", &[])
        .node("Relu", &["x"], "y", &[]);
    assert_eq!(refusal(&outer), Refusal::TooMuchMemory);

    let mut work = graph()
        .weights(floats("column", &[3_000, 1], &[1.0; 3_000]))
        .weights(floats("row", &[1, 3_000], &[1.0; 3_000]))
        .node("MatMul", &["column", "row"], "square", &[])
        .node("MatMul", &["square", "square"], "again", &[]);
    work = work.node("Relu", &["x"], "y", &[]);
    assert_eq!(refusal(&work), Refusal::TooMuchWork);

    for pads in
        [&[1_000_000_000, 0, 0, 0][..], &[i64::MAX, i64::MAX, i64::MAX, i64::MAX], &[-1, 0, 0, 0], &[1]]
    {
        let padded = Graph::new(&[-1, 3, 8, 8], &[-1, 2])
            .weights(floats("kernel", &[3, 3, 1, 1], &[0.0; 9]))
            .node("Conv", &["x", "kernel"], "y", &[("pads", pads)]);
        assert_eq!(refusal(&padded), Refusal::Misfit("Conv".into()), "{pads:?}");
    }
    for (name, numbers) in
        [("strides", [0, 1]), ("dilations", [0, 1]), ("strides", [-1, 1]), ("kernel_shape", [2, 2])]
    {
        let stepped = Graph::new(&[-1, 3, 8, 8], &[-1, 2])
            .weights(floats("kernel", &[3, 3, 1, 1], &[0.0; 9]))
            .node("Conv", &["x", "kernel"], "y", &[(name, &numbers)]);
        assert_eq!(refusal(&stepped), Refusal::Misfit("Conv".into()), "{name}");
    }
}

#[test]
fn a_graph_has_to_be_in_order() {
    let graph = || Graph::new(&[-1, 2], &[-1, 2]);
    let circle = graph().node("Add", &["x", "b"], "a", &[]).node("Relu", &["a"], "b", &[]);
    assert_eq!(refusal(&circle.node("Relu", &["b"], "y", &[])), Refusal::Disordered("b".into()));
    let itself = graph().node("Add", &["x", "y"], "y", &[]);
    assert_eq!(refusal(&itself), Refusal::Disordered("y".into()));
    let twice = graph().node("Relu", &["x"], "y", &[]).node("Relu", &["x"], "y", &[]);
    assert_eq!(refusal(&twice), Refusal::Disordered("y".into()));
    let over_input = graph().node("Relu", &["x"], "x", &[]).node("Relu", &["x"], "y", &[]);
    assert_eq!(refusal(&over_input), Refusal::Disordered("x".into()));
}

#[test]
fn weights_are_where_they_are_said_to_be() {
    let with = |tensor: Message| {
        refusal(&Graph::new(&[-1, 2], &[-1, 2]).weights(tensor).node("Relu", &["x"], "y", &[]))
    };
    for lengths in [&[1 << 40][..], &[1 << 40, 1 << 40], &[-1], &[3], &[0]] {
        assert!(matches!(with(floats("w", lengths, &[1.0])), Refusal::NotOnnx(_)), "{lengths:?}");
    }
    assert!(matches!(with(tensor("w", FLOAT, &[1], [0; 3])), Refusal::NotOnnx(_)));
    assert!(matches!(with(tensor("w", 8, &[1], [0; 4])), Refusal::Unsupported(_)), "strings");
    let elsewhere = tensor("w", FLOAT, &[1], "")
        .bytes(13, Message::default().bytes(1, "location").bytes(2, "/etc/passwd"));
    assert_eq!(with(elsewhere), Refusal::Unsupported("weights in other files"));
    assert_eq!(
        with(tensor("w", FLOAT, &[1], "").number(14, 1)),
        Refusal::Unsupported("weights in other files")
    );
    assert_eq!(with(floats("w", &[1; 9], &[1.0])), Refusal::TooManyDimensions(8));
    // A byte each that would become eight.
    let small =
        Message::default().number(1, 1_000_000).number(2, INT64).bytes(8, "w").bytes(7, vec![1; 1_000_000]);
    assert_eq!(with(small), Refusal::TooManyParts);
    assert_eq!(load(vec![0; MOST_BYTES + 1]).unwrap_err(), Refusal::TooManyBytes);
}

/// What the engine's own reader would make room for, or follow until the stack ends.
/// ASVS 5.2.1 and 5.2.2.
#[test]
fn lengths_and_depths_are_not_believed() {
    for length in [1_u64 << 32, 1 << 40, 1 << 62, u64::MAX] {
        for outer in [vec![], vec![5], vec![1, 5, 5]] {
            let mut inner = Message::default();
            inner.varint(9 << 3 | 2);
            inner.varint(length);
            let nested = outer
                .iter()
                .rev()
                .fold(inner.clone(), |inner, field| Message::default().bytes(*field, inner));
            assert!(matches!(
                load(Message::default().number(1, 8).bytes(7, nested).0),
                Err(Refusal::NotOnnx(_))
            ));
            // With each message around it as long as it would have to be.
            let mut lying = Message::default().number(1, 8);
            for field in [7].iter().chain(&outer) {
                lying.varint(field << 3 | 2);
                lying.varint(length);
            }
            lying.0.extend(inner.0);
            assert!(matches!(load(lying.0), Err(Refusal::NotOnnx(_))), "{length}, {outer:?}");
        }
    }
    let mut deep = Message::default();
    for _ in 0..20_000 {
        let attribute = Message::default().bytes(1, "body").bytes(6, deep);
        deep = Message::default().bytes(1, Message::default().bytes(4, "Relu").bytes(5, attribute));
        if deep.0.len() > 200_000 {
            break;
        }
    }
    assert_eq!(load(file(&deep)).unwrap_err(), Refusal::Unsupported("graphs within its graph"));
    let mut kind = Message::default();
    for _ in 0..20_000 {
        kind = Message::default().bytes(4, Message::default().bytes(1, kind));
    }
    let sequence = Message::default().bytes(13, Message::default().bytes(1, "v").bytes(2, kind));
    assert_eq!(load(file(sequence)).unwrap_err(), Refusal::Unsupported("values that are no tensors"));
    let functions = Message(channels(&[-1, 3, 8, 8]).file()).bytes(25, "");
    assert_eq!(load(functions.0).unwrap_err(), Refusal::Unsupported("functions of its own"));
}

#[test]
fn long_graphs_are_loaded_and_longer_ones_refused() {
    let chain = |length: usize| {
        let names: Vec<String> = (0..length).map(|number| format!("v{number}")).collect();
        let mut graph = Graph::new(&[-1, 2], &[-1, 2]).node("Relu", &["x"], "v0", &[]);
        for pair in names.windows(2) {
            graph = graph.node("Neg", &[&pair[0]], &pair[1], &[]);
        }
        graph.node("Relu", &[&names[length - 1]], "y", &[])
    };
    let long = load(chain(4_000).file()).unwrap();
    assert_eq!(try_out(&long), Ok(Duration::ZERO));
    assert_eq!(refusal(&chain(5_000)), Refusal::TooManyOperators(5_000));
    // Each is made of the two before: whoever followed each way by itself would never come to an end.
    let mut woven =
        Graph::new(&[-1, 2], &[-1, 2]).node("Relu", &["x"], "v0", &[]).node("Neg", &["v0"], "v1", &[]);
    for number in 2..2_000 {
        let name = |back: usize| format!("v{}", number - back);
        woven = woven.node("Min", &[&name(1), &name(2)], &name(0), &[]);
    }
    let woven = load(woven.node("Neg", &["v1999"], "y", &[]).file()).unwrap();
    assert_eq!(try_out(&woven), Ok(Duration::ZERO));
}

#[test]
fn a_trial_tells_what_is_slow_and_what_gives_no_numbers() {
    let model = load(channels(&[-1, 3, 8, 8]).file()).unwrap();
    let seconds = Cell::new(0);
    let stopwatch = || {
        seconds.set(seconds.get() + 3);
        Duration::from_secs(seconds.get())
    };
    let most = Duration::from_secs(2);
    let slow = model.try_out(&Lanes::one(), most, &stopwatch);
    assert_eq!(slow, Err(Refusal::TooSlow { took: Duration::from_secs(3), most }));
    assert_eq!(slow.unwrap_err().to_string(), "takes 3000 ms for one input, and may take 2000");
    let infinite = Graph::new(&[-1, 2], &[-1, 2]).node("Log", &["x"], "y", &[]);
    let refused = try_out(&load(infinite.file()).unwrap()).unwrap_err();
    assert_eq!(refused.to_string(), "cannot be used: the model gave something that is no number");
}

#[test]
fn a_file_that_was_cut_off_is_no_model() {
    let file = channels(&[-1, 3, 8, 8]).file();
    for length in 0..file.len() {
        let cut = load(file[..length].to_vec());
        // What is left out at the very end are versions of operators.
        assert!(cut.is_err() || length + 4 >= file.len(), "{length} of {}", file.len());
    }
}

/// Takes a file as a server would: what is taken is also tried out.
fn survives(file: Vec<u8>) {
    if let Ok(model) = load(file) {
        assert!(model.cost().products < 20_000_000_000 && model.cost().value_bytes <= 1 << 30);
        let _ = try_out(&model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// ASVS 5.2.1 and 5.2.2.
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        survives(bytes.clone());
        survives(file(bytes));
    }

    #[test]
    fn any_bytes_within_a_model_are_survived(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = channels(&[-1, 3, 8, 8]).file();
        for (at, byte) in flips {
            let at = at.index(file.len());
            file[at] = byte;
        }
        survives(file);
    }

    /// Operators that hardly fit what they are given, which the engine may not have been made for.
    #[test]
    fn any_operators_are_survived(
        nodes in proptest::collection::vec(
            (0..OPERATORS.len(), any::<[prop::sample::Index; 3]>(), 1..4_usize, attributes()),
            1..4,
        ),
        numbers in proptest::collection::vec(-2..5_i64, 1..5),
    ) {
        let mut graph = Graph::new(&[-1, 3, 4, 4], &[-1, 2])
            .weights(whole("n", &numbers))
            .weights(floats("w", &[2, 3, 1, 1], &[0.5; 6]))
            .weights(floats("v", &[3], &[1.0; 3]));
        let mut names = vec!["x".to_owned(), "n".into(), "w".into(), "v".into()];
        for (operator, inputs, count, attributes) in &nodes {
            // Each begins with what the one before gave.
            let first = if names.len() == 4 { "x" } else { &names[names.len() - 1] };
            let others = inputs[1..*count].iter().map(|at| names[at.index(names.len())].as_str());
            let inputs: Vec<&str> = [first].into_iter().chain(others).collect();
            let attributes: Vec<_> = attributes.iter().map(|(name, numbers)| (*name, numbers.as_slice())).collect();
            let output = format!("o{}", names.len());
            graph = graph.node(OPERATORS[*operator], &inputs, &output, &attributes);
            names.push(output);
        }
        // Whatever it is, it is made the output, by an operator that fits.
        let last = names.last().unwrap().clone();
        let graph = graph
            .weights(whole("pair", &[1, 2]))
            .node("ReduceMean", &[&last], "one", &[("keepdims", &[0])])
            .node("Expand", &["one", "pair"], "y", &[]);
        survives(graph.file());
    }
}

/// Up to two attributes, each a number or a list.
fn attributes() -> impl Strategy<Value = Vec<(&'static str, Vec<i64>)>> {
    let numbers = proptest::collection::vec(-1..4_i64, 1..5);
    proptest::collection::vec((prop::sample::select(&ATTRIBUTES[..]), numbers), 0..3)
}

const OPERATORS: [&str; 36] = [
    "Abs",
    "Equal",
    "Where",
    "Add",
    "AveragePool",
    "BatchNormalization",
    "Cast",
    "Clip",
    "Concat",
    "Conv",
    "DequantizeLinear",
    "Div",
    "Expand",
    "Flatten",
    "Gather",
    "Gemm",
    "GlobalAveragePool",
    "InstanceNormalization",
    "LayerNormalization",
    "LpNormalization",
    "MatMul",
    "MaxPool",
    "Pad",
    "Pow",
    "PRelu",
    "ReduceL2",
    "ReduceSum",
    "Reshape",
    "Shape",
    "Slice",
    "Softmax",
    "Split",
    "Squeeze",
    "Sum",
    "Transpose",
    "Unsqueeze",
];
const ATTRIBUTES: [&str; 10] =
    ["axis", "axes", "perm", "pads", "strides", "dilations", "kernel_shape", "group", "to", "ceil_mode"];
