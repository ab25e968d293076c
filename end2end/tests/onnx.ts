/** A message of Protocol Buffers: its fields, each a number or bytes. */
type Field = [number, number | string | Buffer];

function varint(number: number): Buffer {
  const bytes: number[] = [];
  for (; number > 0x7f; number = Math.floor(number / 128)) bytes.push((number % 128) | 0x80);
  return Buffer.from([...bytes, number]);
}

function message(...fields: Field[]): Buffer {
  const written = fields.map(([field, value]) => {
    if (typeof value === "number") return Buffer.concat([varint(field * 8), varint(value)]);
    const bytes = Buffer.from(value);
    return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
  });
  return Buffer.concat(written);
}

function value(name: string, lengths: (number | string)[]): Buffer {
  const dimensions = lengths.map((length): Field => [1, message([typeof length === "number" ? 1 : 2, length])]);
  const tensor = message([1, 1], [2, message(...dimensions)]);
  return message([1, name], [2, message([1, tensor])]);
}

/** Weights: of 32 bits, or whole numbers. */
function weights(name: string, lengths: number[], numbers: number[], isWhole = false): Buffer {
  const raw = isWhole ? new BigInt64Array(numbers.map(BigInt)) : new Float32Array(numbers);
  const dimensions = lengths.map((length): Field => [1, length]);
  return message(...dimensions, [2, isWhole ? 7 : 1], [8, name], [9, Buffer.from(raw.buffer)]);
}

function node(operator: string, inputs: string[], output: string, transposes = false): Buffer {
  const attribute: Field[] = transposes ? [[5, message([1, "transB"], [3, 1], [20, 2])]] : [];
  return message(...inputs.map((input): Field => [1, input]), [2, output], [4, operator], ...attribute);
}

/** An ONNX file of a network that says how red and how blue a picture is, of which it sees so many pixels. */
export function redAndBlue(width: number, height: number): Buffer {
  const graph = message(
    [1, node("GlobalAveragePool", ["x"], "mean")],
    [1, node("Reshape", ["mean", "flat"], "colours")],
    [1, node("Gemm", ["colours", "classes"], "scores", true)],
    [1, node("Softmax", ["scores"], "y")],
    [5, weights("flat", [2], [0, -1], true)],
    [5, weights("classes", [2, 3], [9, 0, 0, 0, 0, 9])],
    [11, value("x", ["n", 3, height, width])],
    [12, value("y", ["n", 2])],
  );
  return message([1, 8], [7, graph], [8, message([2, 17])]);
}
