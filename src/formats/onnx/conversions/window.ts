// Sliding windows: what convolutions and pooling have in common, over one axis of space or two.
import { HetConvError } from '../../../graph/error.js';
import type { Shape } from '../../../graph/graph.js';
import type { NodeReader } from '../nodeReader.js';
import { label, type Operand } from '../operand.js';

/** How many axes of space an input [N, C, …] has: one or two. */
export function spatialRank(node: NodeReader, shape: Shape): 1 | 2 {
  if (shape.length === 3) return 1;
  if (shape.length === 4) return 2;
  return node.fail(`its input has shape [${shape}]; only one or two axes behind batch and channels are supported`);
}

/** [N, C, W] as [N, C, 1, W]. */
export function asPicture(node: NodeReader, x: Operand): Operand {
  const [n, c, w] = x.shape;
  return x.shape.length === 3 ? node.reshape(x, [n!, c!, 1, w!]) : x;
}

/** Stride, dilation and padding of a window of `kernel` pixels over `input` [N, C, …], for two axes; `auto_pad` resolved. */
export function windowOf(node: NodeReader, input: Shape, kernel: readonly number[]) {
  const axes = kernel.length;
  const kernelShape = node.ints('kernel_shape', kernel);
  if (`${kernelShape}` !== `${kernel}`) {
    throw new HetConvError(
      'bad-attribute',
      `${label(node.source)}: kernel_shape [${kernelShape.slice(0, 8)}] differs from its weight's, [${kernel}]`,
    );
  }
  const list = (name: string, filler: number, length: number) => {
    const values = node.ints(name, new Array<number>(length).fill(filler));
    if (values.length !== length) node.wrong(`${name} must have ${length} entries, it has ${values.length}`);
    return values;
  };
  const stride = list('strides', 1, axes);
  const dilation = list('dilations', 1, axes);
  const padding = paddingOf(node, input.slice(2), kernel, stride, dilation, () => list('pads', 0, 2 * axes));
  if (axes === 2) return { stride, dilation, padding };
  return { stride: [1, stride[0]!], dilation: [1, dilation[0]!], padding: [0, padding[0]!, 0, padding[1]!] };
}

function paddingOf(
  node: NodeReader,
  sizes: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
  pads: () => readonly number[],
): readonly number[] {
  const mode = node.string('auto_pad', 'NOTSET');
  switch (mode) {
    case 'NOTSET':
      return pads();
    case 'VALID':
      return new Array<number>(2 * kernel.length).fill(0);
    case 'SAME_UPPER':
    case 'SAME_LOWER': {
      const totals = kernel.map((taps, i) => {
        const outputs = Math.ceil(sizes[i]! / stride[i]!);
        return Math.max(0, (outputs - 1) * stride[i]! + (taps - 1) * dilation[i]! + 1 - sizes[i]!);
      });
      const halves = totals.map((total) => Math.floor(total / 2));
      const others = totals.map((total, i) => total - halves[i]!);
      return mode === 'SAME_UPPER' ? [...halves, ...others] : [...others, ...halves];
    }
    default:
      return node.fail(`auto_pad "${mode.slice(0, 40)}" is unknown`);
  }
}
