// Products of matrices: fully connected layers where the second factor is a constant matrix.
import { elementCount } from '../../../graph/graph.js';
import type { Conversion, NodeReader } from '../nodeReader.js';
import { isKnown, type Known, known, type Operand } from '../operand.js';

const transposed = (node: NodeReader, x: Operand): Operand => node.emit('transpose', [x], { perm: [1, 0] });

/** factor x */
function scaled(node: NodeReader, x: Operand, factor: number): Operand {
  return factor === 1 ? x : node.emit('mul', [x, known('f32', [], [factor])]);
}

/** alpha A' B' + beta C */
const gemm: Conversion = (node) => {
  const [a, b] = [node.input(0), node.input(1)];
  for (const { shape } of [a, b]) if (shape.length !== 2) node.wrong(`its factors must have 2 axes, one has shape [${shape}]`);
  const left = node.int('transA', 0) !== 0 ? transposed(node, a) : a;
  const transB = node.int('transB', 0) !== 0;
  const alpha = node.float('alpha', 1);
  const beta = node.float('beta', 1);
  const addend = node.has(2) && beta !== 0 ? scaled(node, node.input(2), beta) : undefined;
  if (isKnown(left) || !isKnown(b)) {
    const product = node.emit('matMul', [left, transB ? transposed(node, b) : b]);
    return plus(node, scaled(node, product, alpha), addend);
  }
  const weight = scaled(node, transB ? b : transposed(node, b), alpha);
  const bias = addend && biasOf(node, addend, weight.shape[0]!);
  const product = node.emit('linear', bias ? [left, weight, bias] : [left, weight]);
  return bias ? product : plus(node, product, addend);
};

function plus(node: NodeReader, sum: Operand, addend: Operand | undefined): Operand {
  return addend ? node.emit('add', [sum, addend]) : sum;
}

/** The addend as one number for each of `count` outputs, if it is known and the same for every row. */
function biasOf(node: NodeReader, addend: Operand, count: number): Known | undefined {
  if (!isKnown(addend)) return undefined;
  const size = elementCount(addend.shape);
  if (size === count && addend.shape.at(-1) === count) return node.reshape(addend, [count]) as Known;
  return size === 1 ? (node.emit('expand', [node.reshape(addend, [1])], { shape: [count] }) as Known) : undefined;
}

/** As numpy.matmul. */
const matMul: Conversion = (node) => {
  const [a, b] = [node.input(0), node.input(1)];
  const [row, column] = [a.shape.length === 1, b.shape.length === 1];
  const left = row ? node.reshape(a, [1, ...a.shape]) : a;
  const right = column ? node.reshape(b, [...b.shape, 1]) : b;
  const product = multiply(node, left, right);
  const shape = product.shape.filter(
    (_, i) => !(row && i === product.shape.length - 2) && !(column && i === product.shape.length - 1),
  );
  return node.reshape(product, shape);
};

/** Both have at least two axes. */
function multiply(node: NodeReader, a: Operand, b: Operand): Operand {
  if (isKnown(a) || !isKnown(b) || b.shape.length !== 2) return node.emit('matMul', [a, b]);
  const inner = a.shape.at(-1)!;
  const rows = node.reshape(a, [elementCount(a.shape) / inner, inner]);
  const product = node.emit('linear', [rows, transposed(node, b)]);
  return node.reshape(product, [...a.shape.slice(0, -1), b.shape[1]!]);
}

export const matrix: Readonly<Record<string, Conversion>> = { Gemm: gemm, MatMul: matMul };
