// TensorFlow.js on its WebAssembly backend: one fused call for each layer of the ONNX file. It has no grouped convolution: groups are
// split, convolved one by one and concatenated, as its own converter does.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isDepthwise, readLayers } from '../layers.mjs';
import { toChannelsFirst, toChannelsLast } from './layout.mjs';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-core');
const backend = require('@tensorflow/tfjs-backend-wasm');

let started;

async function start() {
  backend.setWasmPaths(`${join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist')}/`);
  backend.setThreadsCount(1);
  tf.enableProdMode();
  await tf.setBackend('wasm');
}

/** Clamps by their bounds. */
const ACTIVATIONS = { '-Infinity Infinity': undefined, '0 Infinity': 'relu', '0 6': 'relu6' };

function activationOf({ name, clamp }) {
  const bounds = clamp.join(' ');
  if (!Object.hasOwn(ACTIVATIONS, bounds)) throw new Error(`${name} clamps to ${bounds}, which tfjs does not fuse`);
  return ACTIVATIONS[bounds];
}

const biasOf = ({ bias }) => bias && tf.tensor(bias.values);
const padOf = ([top, left, bottom, right]) => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

/** By op: from a layer, what computes its output from its inputs. */
const LAYERS = {
  conv(layer) {
    const { stride, groups, weight } = layer;
    const pad = padOf(layer.padding);
    const activation = activationOf(layer);
    const bias = biasOf(layer);
    // [N, M, kH, kW] → [kH, kW, M, N]
    const filter = tf.transpose(tf.tensor(weight.values, weight.shape), [2, 3, 1, 0]);
    const options = { strides: stride, pad, dimRoundingMode: 'floor' };
    if (groups === 1) return (x) => tf.fused.conv2d({ ...options, x, filter, bias, activation });
    if (isDepthwise(layer)) {
      const depthwise = tf.transpose(filter, [0, 1, 3, 2]);
      return (x) => tf.fused.depthwiseConv2d({ ...options, x, filter: depthwise, bias, activation });
    }
    const filters = tf.split(filter, groups, 3);
    return (x) => {
      const parts = tf.split(x, groups, 3).map((part, i) => tf.fused.conv2d({ ...options, x: part, filter: filters[i] }));
      const joined = tf.concat(parts, 3);
      const sum = bias ? tf.add(joined, bias) : joined;
      return activation ? tf[activation](sum) : sum;
    };
  },
  linear(layer) {
    const { weight } = layer;
    const b = tf.transpose(tf.tensor(weight.values, weight.shape));
    const bias = biasOf(layer);
    const activation = activationOf(layer);
    return (a) => tf.fused.matMul({ a, b, bias, activation });
  },
  add(layer) {
    const activation = activationOf(layer);
    return (a, b) => (activation ? tf[activation](tf.add(a, b)) : tf.add(a, b));
  },
  maxPool({ kernel, stride, padding }) {
    const pad = padOf(padding);
    return (x) => tf.maxPool(x, kernel, stride, pad, 'floor');
  },
  globalAveragePool: () => (x) => tf.mean(x, [1, 2], true),
  flatten: () => (x) => tf.reshape(x, [1, -1]),
};

/** One model at a time: its weights live in a scope that `free` ends. */
export async function load({ bytes, input, output }) {
  started ??= start();
  await started;
  const { layers } = await readLayers(bytes.onnx);
  tf.engine().startScope();
  const steps = layers.map((layer) => ({ ...layer, compute: LAYERS[layer.op](layer) }));
  const [batch, channels, height, width] = input.shape;
  const data = toChannelsLast(input.data, input.shape);
  let result;
  const compute = () => {
    const values = new Map([[input.name, tf.tensor(data, [batch, height, width, channels])]]);
    for (const step of steps) values.set(step.output, step.compute(...step.inputs.map((name) => values.get(name))));
    result = values.get(output.name).dataSync();
  };
  return {
    run: () => tf.tidy(compute),
    output: () => toChannelsFirst(result, output.shape),
    free: () => tf.engine().endScope(),
  };
}
