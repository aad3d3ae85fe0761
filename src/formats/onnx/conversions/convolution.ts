// Convolutions over one or two axes; over one they run as two-dimensional ones of height 1.
import type { Conversion, NodeReader } from '../nodeReader.js';
import { isKnown, type Known, type Operand } from '../operand.js';
import { asPicture, spatialRank, windowOf } from './window.js';

/** The weight and, if there is one, the bias, which must be constants. */
function weightsOf(node: NodeReader): [weight: Known, bias: Known | undefined] {
  const [weight, bias] = [node.known(1), node.has(2) ? node.known(2) : undefined];
  if (weight.shape.length !== 3 && weight.shape.length !== 4) {
    node.fail(`its weight has ${weight.shape.length} axes; only convolutions over one or two axes are supported`);
  }
  return [weight, bias];
}

const conv: Conversion = (node) => {
  const [weight, bias] = weightsOf(node);
  const x = node.input(0);
  const window = windowOf(node, x.shape, weight.shape.slice(2));
  return picturewise(node, x, weight, (picture, kernel) =>
    node.emit('conv', [picture, kernel, ...(bias ? [bias] : [])], { ...window, groups: node.int('group', 1) }),
  );
};

const convTranspose: Conversion = (node) => {
  const [weight, bias] = weightsOf(node);
  const x = node.input(0);
  const kernel = weight.shape.slice(2);
  const axes = kernel.length;
  const { stride, dilation, padding } = windowOf(node, x.shape, kernel);
  const extra = node
    .ints(
      'output_padding',
      kernel.map(() => 0),
    )
    .slice();
  if (extra.length !== axes) node.wrong(`output_padding must have ${axes} entries`);
  const mode = node.string('auto_pad', 'NOTSET');
  const same = mode === 'SAME_UPPER' || mode === 'SAME_LOWER';
  const asked = node.attribute('output_shape')?.ints.slice(-axes);
  const steps = stride.slice(-axes);
  const pads = axes === 1 ? [padding[1]!, padding[3]!] : [...padding];
  if (asked || same) {
    kernel.forEach((taps, i) => {
      const size = x.shape[2 + i]!;
      const goal = asked?.[i] ?? size * steps[i]!;
      const total = steps[i]! * (size - 1) + extra[i]! + (taps - 1) * dilation.slice(-axes)[i]! + 1 - goal;
      const half = Math.floor(Math.max(0, total) / 2);
      const other = Math.max(0, total) - half;
      [pads[i], pads[axes + i]] = mode === 'SAME_UPPER' ? [half, other] : [other, half];
      if (total < 0) extra[i]! -= total;
    });
  }
  const outputPadding = axes === 1 ? [0, extra[0]!] : extra;
  const attributes = {
    stride,
    dilation,
    padding: axes === 1 ? [0, pads[0]!, 0, pads[1]!] : pads,
    outputPadding,
    groups: node.int('group', 1),
  };
  return picturewise(node, x, weight, (picture, taps) =>
    node.emit('convTranspose', [picture, taps, ...(bias ? [bias] : [])], attributes),
  );
};

/** Both operands with height 1 if the weight has one axis of space, and the output without it again. */
function picturewise(node: NodeReader, x: Operand, weight: Known, convolve: (x: Operand, weight: Operand) => Operand): Operand {
  if (spatialRank(node, x.shape) !== weight.shape.length - 2) {
    node.wrong(`its weight has ${weight.shape.length} axes, its input ${x.shape.length}`);
  }
  const output = convolve(asPicture(node, x), asPicture(node, weight));
  const [n, c, , w] = output.shape;
  return weight.shape.length === 4 || isKnown(output) ? output : node.reshape(output, [n!, c!, w!]);
}

export const convolution: Readonly<Record<string, Conversion>> = { Conv: conv, ConvTranspose: convTranspose };
