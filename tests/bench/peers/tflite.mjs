// Writes the layers of a network as a .tflite file, in f32 and channels-last, as LiteRT's own converters do: activations fused, padding
// by name where TensorFlow has a name for it. Numbers are those of the schema, tensorflow/compiler/mlir/lite/schema/schema.fbs.
import { Builder } from 'flatbuffers';
import { transposed } from './contestants/layout.mjs';
import { isDepthwise } from './layers.mjs';

/** BuiltinOperator, and the member of BuiltinOptions that belongs to it. */
const ADD = { code: 0, options: 11 };
const CONV_2D = { code: 3, options: 1 };
const DEPTHWISE_CONV_2D = { code: 4, options: 2 };
const FULLY_CONNECTED = { code: 9, options: 8 };
const MAX_POOL_2D = { code: 17, options: 5 };
const RESHAPE = { code: 22, options: 17 };
const PAD = { code: 34, options: 22 };
const MEAN = { code: 40, options: 27 };

const FLOAT32 = 0;
const INT32 = 2;
const SAME = 0;
const VALID = 1;
/** ActivationFunctionType, by the bounds of the clamp. */
const ACTIVATIONS = { '-Infinity Infinity': 0, '0 Infinity': 1, '0 6': 3 };
const SCHEMA_VERSION = 3;

const channelsLast = (shape) => (shape.length === 4 ? [shape[0], shape[2], shape[3], shape[1]] : shape);

function activationOf({ name, clamp }) {
  const bounds = clamp.join(' ');
  if (!Object.hasOwn(ACTIVATIONS, bounds)) throw new Error(`${name} clamps to ${bounds}, which .tflite does not fuse`);
  return ACTIVATIONS[bounds];
}

class Writer {
  #builder = new Builder(1 << 20);
  #buffers = [];
  #tensors = [];
  #operators = [];
  /** Codes that were used, in the order of their first use. */
  #codes = [];
  #values = new Map();
  #shapes;

  constructor(shapes) {
    this.#shapes = shapes;
    // By the schema the first is empty: what is computed lies there.
    this.#buffers.push(this.#table(1, []));
  }

  /** The tensor of a value of the graph. */
  value(name) {
    if (!this.#values.has(name)) this.#values.set(name, this.tensor(channelsLast(this.#shapes[name]), FLOAT32, 0, name));
    return this.#values.get(name);
  }

  constant(shape, values, name) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const builder = this.#builder;
    builder.startVector(1, bytes.length, 16);
    builder.space -= bytes.length;
    builder.bb.bytes().set(bytes, builder.space);
    const data = builder.endVector();
    this.#buffers.push(this.#table(1, [['Offset', data]]));
    return this.tensor(shape, values instanceof Int32Array ? INT32 : FLOAT32, this.#buffers.length - 1, name);
  }

  tensor(shape, type, buffer, name) {
    const [dims, label] = [this.integers(shape), this.#builder.createString(name)];
    const fields = [
      ['Offset', dims],
      ['Int8', type],
      ['Int32', buffer],
      ['Offset', label],
    ];
    this.#tensors.push(this.#table(4, fields));
    return this.#tensors.length - 1;
  }

  /** `options` are the fields of the op's own table. */
  operator({ code, options: type }, inputs, output, options) {
    if (!this.#codes.includes(code)) this.#codes.push(code);
    const own = this.#table(options.length, options);
    const [from, to] = [this.integers(inputs), this.integers([output])];
    const fields = [
      ['Int32', this.#codes.indexOf(code)],
      ['Offset', from],
      ['Offset', to],
      ['Int8', type],
      ['Offset', own],
    ];
    this.#operators.push(this.#table(5, fields));
  }

  finish(input, output) {
    const builder = this.#builder;
    const [tensors, inputs, outputs] = [
      this.#offsets(this.#tensors),
      this.integers([this.value(input)]),
      this.integers([this.value(output)]),
    ];
    const [operators, name] = [this.#offsets(this.#operators), builder.createString('main')];
    const subgraph = this.#table(
      5,
      [tensors, inputs, outputs, operators, name].map((offset) => ['Offset', offset]),
    );
    const codes = this.#codes.map((code) =>
      this.#table(4, [
        ['Int8', code],
        ['Offset', 0],
        ['Int32', 1],
        ['Int32', code],
      ]),
    );
    const parts = [
      this.#offsets(codes),
      this.#offsets([subgraph]),
      builder.createString('hetconv'),
      this.#offsets(this.#buffers),
    ];
    const model = this.#table(5, [['Int32', SCHEMA_VERSION], ...parts.map((offset) => ['Offset', offset])]);
    builder.finish(model, 'TFL3');
    return builder.asUint8Array().slice();
  }

  /** Fields in the order of the schema. */
  #table(count, fields) {
    this.#builder.startObject(count);
    fields.forEach(([type, value], slot) => {
      this.#builder[`addField${type}`](slot, value, 0);
    });
    return this.#builder.endObject();
  }

  integers(values) {
    this.#builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) this.#builder.addInt32(value);
    return this.#builder.endVector();
  }

  #offsets(values) {
    this.#builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) this.#builder.addOffset(value);
    return this.#builder.endVector();
  }
}

/** By op: what a layer adds to the file. `zeros(layer)` is its input with its padding as a layer of its own. */
const LAYERS = {
  conv(layer, writer) {
    const { name, stride, padding, weight, bias, output } = layer;
    const [filters, channels, height, width] = weight.shape;
    const depthwise = isDepthwise(layer);
    const kernel = depthwise ? [1, height, width, filters] : [filters, height, width, channels];
    const taps = height * width;
    const values = new Float32Array(weight.values.length);
    if (depthwise) values.set(transposed(weight.values, filters, taps));
    else
      for (let at = 0; at < values.length; at += channels * taps)
        values.set(transposed(weight.values.subarray(at, at + channels * taps), channels, taps), at);
    const same = stride.every((step) => step === 1) && padding.every((pad, side) => 2 * pad === [height, width][side % 2] - 1);
    const parameters = [
      same ? writer.value(layer.inputs[0]) : padded(layer, writer),
      writer.constant(kernel, values, `${name}.weight`),
      writer.constant([filters], bias?.values ?? new Float32Array(filters), `${name}.bias`),
    ];
    const window = [
      ['Int8', same ? SAME : VALID],
      ['Int32', stride[1]],
      ['Int32', stride[0]],
    ];
    const activation = ['Int8', activationOf(layer)];
    if (depthwise) writer.operator(DEPTHWISE_CONV_2D, parameters, writer.value(output), [...window, ['Int32', 1], activation]);
    else writer.operator(CONV_2D, parameters, writer.value(output), [...window, activation]);
  },
  linear(layer, writer) {
    const { name, weight, bias, inputs, output } = layer;
    const parameters = [
      writer.value(inputs[0]),
      writer.constant(weight.shape, weight.values, `${name}.weight`),
      writer.constant([weight.shape[0]], bias?.values ?? new Float32Array(weight.shape[0]), `${name}.bias`),
    ];
    writer.operator(FULLY_CONNECTED, parameters, writer.value(output), [['Int8', activationOf(layer)]]);
  },
  add(layer, writer) {
    const terms = layer.inputs.map((input) => writer.value(input));
    writer.operator(ADD, terms, writer.value(layer.output), [['Int8', activationOf(layer)]]);
  },
  maxPool(layer, writer) {
    const { stride, kernel, output } = layer;
    // What is pooled here has been clamped at zero: to pad with zeros is to pad with nothing.
    const fields = [VALID, stride[1], stride[0], kernel[1], kernel[0], 0].map((value, slot) => [
      slot === 0 || slot === 5 ? 'Int8' : 'Int32',
      value,
    ]);
    writer.operator(MAX_POOL_2D, [padded(layer, writer)], writer.value(output), fields);
  },
  globalAveragePool({ name, inputs, output }, writer) {
    const axes = writer.constant([2], Int32Array.of(1, 2), `${name}.axes`);
    writer.operator(MEAN, [writer.value(inputs[0]), axes], writer.value(output), [['Int8', 1]]);
  },
  flatten({ name, inputs, output }, writer, shapes) {
    const shape = shapes[output];
    const target = writer.constant([shape.length], Int32Array.from(shape), `${name}.shape`);
    writer.operator(RESHAPE, [writer.value(inputs[0]), target], writer.value(output), [['Offset', writer.integers(shape)]]);
  },
};

/** The first input of a layer, with zeros round it where the layer pads. */
function padded(layer, writer) {
  const { name, inputs, padding, shape } = layer;
  const input = writer.value(inputs[0]);
  const [top, left, bottom, right] = padding;
  if (padding.every((pad) => pad === 0)) return input;
  const [batch, channels, height, width] = shape;
  const output = writer.tensor([batch, top + height + bottom, left + width + right, channels], FLOAT32, 0, `${name}.padded`);
  const widths = writer.constant([4, 2], Int32Array.of(0, 0, top, bottom, left, right, 0, 0), `${name}.padding`);
  writer.operator(PAD, [input, widths], output, []);
  return output;
}

/** From what readLayers of layers.ts gives. */
export function writeTflite({ layers, input, output, shapes }) {
  const writer = new Writer(shapes);
  for (const layer of layers) LAYERS[layer.op]({ ...layer, shape: shapes[layer.inputs[0]] }, writer, shapes);
  return writer.finish(input, output);
}
