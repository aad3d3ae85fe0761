// Functions of one element, and of two with broadcasting.

import type { Conversion, NodeReader } from '../nodeReader.js';
import { isKnown, type Known, known, type Operand } from '../operand.js';

const unary =
  (op: string, attributes: (node: NodeReader) => Record<string, number> = () => ({})): Conversion =>
  (node) =>
    node.emit(op, [node.input(0)], attributes(node));

/** Input 1, with the axes that opset 6 aligned explicitly. */
function secondOperand(node: NodeReader): Operand {
  const [a, b] = [node.input(0), node.input(1)];
  if (node.int('broadcast', 0) === 0 || !node.attribute('axis')) return b;
  const axis = node.axis(node.int('axis', 0), a.shape.length);
  const trailing = a.shape.length - axis - b.shape.length;
  if (trailing < 0) node.wrong(`its input of shape [${b.shape}] reaches beyond [${a.shape}] from axis ${axis} on`);
  return node.reshape(b, [...b.shape, ...new Array<number>(trailing).fill(1)]);
}

const binary =
  (op: string): Conversion =>
  (node) =>
    node.emit(op, [node.input(0), secondOperand(node)]);

/** Any number of operands, from the left. */
const chain = (op: string, node: NodeReader): Operand => {
  const [first, ...others] = node.inputs();
  if (!first) return node.wrong('it has no inputs');
  return others.reduce((total, operand) => node.emit(op, [total, operand]), first);
};

/** One known number, or undefined. */
function single(operand: Operand): number | undefined {
  return isKnown(operand) && operand.shape.every((size) => size === 1) ? operand.read()[0] : undefined;
}

const pow: Conversion = (node) => {
  const [x, exponent] = [node.input(0), secondOperand(node)];
  if (!isKnown(x) && exponent.shape.length <= x.shape.length) {
    const value = single(exponent);
    if (value === 1) return x;
    if (value === 2) return node.emit('mul', [x, x]);
    if (value === 0.5) return node.emit('sqrt', [x]);
    if (value === -1) return node.emit('reciprocal', [x]);
    // An exponent may be an integer where the base is a float.
    if (isKnown(exponent) && exponent.type === 'int') return node.emit('pow', [x, asFloats(exponent)]);
  }
  return node.emit('pow', [x, exponent]);
};

function asFloats({ shape, read }: Known): Known {
  return { type: 'f32', shape, read: () => Float32Array.from(read()) };
}

/** A missing bound is none; an empty one is none, too. */
const clip: Conversion = (node) => {
  const x = node.input(0);
  const bound = (i: number, name: string) => (node.has(i) ? node.number(i) : node.attribute(name)?.float);
  const min = bound(1, 'min');
  const max = bound(2, 'max');
  if (isKnown(x) && x.type === 'int') {
    const { type, shape, read } = x;
    return node.derive(type, shape, () => read().map((value) => Math.min(Math.max(value, min ?? -Infinity), max ?? Infinity)));
  }
  return node.emit('clip', [x], { ...(min !== undefined && { min }), ...(max !== undefined && { max }) });
};

/** A slope without trailing axes belongs to the channels where it fits them only; opset 6 meant so, too. */
const prelu: Conversion = (node) => {
  const [x, slope] = [node.input(0), node.input(1)];
  const perChannel = node.opset < 7 && slope.shape.length === 1 && slope.shape[0] === x.shape[1];
  const shape = perChannel ? [...slope.shape, ...x.shape.slice(2).map(() => 1)] : slope.shape;
  return node.emit('prelu', [x, node.reshape(slope, shape)]);
};

export const elementwise: Readonly<Record<string, Conversion>> = {
  Abs: unary('abs'),
  Add: binary('add'),
  Ceil: unary('ceil'),
  Clip: clip,
  Div: binary('div'),
  Elu: unary('elu', (node) => ({ alpha: node.float('alpha', 1) })),
  Erf: unary('erf'),
  Exp: unary('exp'),
  Floor: unary('floor'),
  Gelu: (node) => node.emit('gelu', [node.input(0)], { approximate: node.string('approximate', 'none') }),
  HardSigmoid: unary('hardSigmoid', (node) => ({ alpha: node.float('alpha', 0.2), beta: node.float('beta', 0.5) })),
  HardSwish: unary('hardSwish'),
  LeakyRelu: unary('leakyRelu', (node) => ({ alpha: node.float('alpha', 0.01) })),
  Log: unary('log'),
  Max: (node) => chain('max', node),
  Mean: (node) => {
    const sum = chain('add', node);
    return node.inputCount === 1 ? sum : node.emit('div', [sum, known('f32', [], [node.inputCount])]);
  },
  Min: (node) => chain('min', node),
  Mish: (node) => node.emit('mul', [node.input(0), node.emit('tanh', [node.emit('softplus', [node.input(0)])])]),
  Mul: binary('mul'),
  Neg: unary('neg'),
  PRelu: prelu,
  Pow: pow,
  Reciprocal: unary('reciprocal'),
  Relu: unary('relu'),
  Round: unary('round'),
  Selu: unary('selu', (node) => ({
    alpha: node.float('alpha', 1.6732631921768188),
    gamma: node.float('gamma', 1.0507010221481323),
  })),
  Sigmoid: unary('sigmoid'),
  Sign: unary('sign'),
  Softplus: unary('softplus'),
  Softsign: unary('softsign'),
  Sqrt: unary('sqrt'),
  Sub: binary('sub'),
  Sum: (node) => chain('add', node),
  Tanh: unary('tanh'),
};
