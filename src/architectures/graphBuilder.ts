// Writes a bare graph layer by layer: every method appends a node named after its first argument and returns its output.
import type { Constant } from '../graph/constant.js';
import type { Attribute, Graph, GraphInput, Node, Shape } from '../graph/graph.js';
import { type ConvolutionKind, commonPart } from './convolutionKind.js';

/** A value of the graph and its channels (features, once flattened). */
export interface Channels {
  readonly name: string;
  readonly channels: number;
}

export interface ConvolutionOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

export class GraphBuilder {
  readonly input: Channels;
  readonly #graphInput: GraphInput;
  readonly #nodes: Node[] = [];
  readonly #tensors = new Map<string, Constant>();

  /** `shape` of the one input: [1, C, H, W]. */
  constructor(shape: Shape) {
    this.#graphInput = { name: 'input', shape };
    this.input = { name: 'input', channels: shape[1]! };
  }

  /** The graph with one output. */
  build(name: string, output: Channels): Graph {
    return { name, inputs: [this.#graphInput], outputs: [output.name], nodes: this.#nodes, tensors: this.#tensors };
  }

  /** A K×K convolution with "same" padding for odd K. */
  conv(name: string, x: Channels, channels: number, options: ConvolutionOptions): Channels {
    const { kernel, stride = 1, groups = 1, bias = false } = options;
    const padding = Math.floor(kernel / 2);
    const tensors = [this.#tensor(`${name}.weight`, [channels, x.channels / groups, kernel, kernel])];
    if (bias) tensors.push(this.#tensor(`${name}.bias`, [channels]));
    const attributes = { stride: [stride, stride], padding: [padding, padding, padding, padding], dilation: [1, 1], groups };
    return this.#node(name, 'conv', [x], attributes, channels, tensors);
  }

  /** A K×K convolution without bias, or what stands for it: of a HetConv `<name>.gwc` and `<name>.pwc` in one sum. */
  convolution(kind: ConvolutionKind, name: string, x: Channels, channels: number, kernel: number, stride = 1): Channels {
    switch (kind.kind) {
      case 'standard':
        return this.conv(name, x, channels, { kernel, stride });
      case 'hetconv': {
        const groups = commonPart(kind.part, x.channels, channels, name);
        if (groups === 1) return this.conv(name, x, channels, { kernel, stride });
        const groupwise = this.conv(`${name}.gwc`, x, channels, { kernel, stride, groups });
        return this.add(name, groupwise, this.conv(`${name}.pwc`, x, channels, { kernel: 1, stride }));
      }
      case 'mixed':
        return this.convolution({ kind: 'hetconv', part: kind.parts.get(name) ?? 1 }, name, x, channels, kernel, stride);
      case 'dwpw':
        return this.#separable(name, x, channels, { kernel, stride, groups: x.channels });
      case 'gwpw':
        return this.#separable(name, x, channels, {
          kernel,
          stride,
          groups: commonPart(kind.groups, x.channels, x.channels, name),
        });
      case 'pw':
        return this.conv(name, x, channels, { kernel: 1, stride });
    }
  }

  batchNorm(name: string, x: Channels): Channels {
    const tensors = ['scale', 'shift', 'mean', 'variance'].map((role) => this.#tensor(`${name}.${role}`, [x.channels]));
    return this.#node(name, 'batchNorm', [x], { epsilon: 1e-5 }, x.channels, tensors);
  }

  relu(name: string, x: Channels): Channels {
    return this.#node(name, 'relu', [x]);
  }

  add(name: string, a: Channels, b: Channels): Channels {
    return this.#node(name, 'add', [a, b]);
  }

  maxPool(name: string, x: Channels, kernel: number, stride: number, padding = 0): Channels {
    const attributes = { kernel: [kernel, kernel], stride: [stride, stride], padding: [padding, padding, padding, padding] };
    return this.#node(name, 'maxPool', [x], attributes);
  }

  globalAveragePool(name: string, x: Channels): Channels {
    return this.#node(name, 'globalAveragePool', [x]);
  }

  /** Every second pixel from the first, of a height × width image. */
  everySecondPixel(name: string, x: Channels, height: number, width: number): Channels {
    return this.#node(name, 'slice', [x], { starts: [0, 0], ends: [height, width], axes: [2, 3], steps: [2, 2] });
  }

  /** Adds `begin` and `end` channels of zeros. */
  padChannels(name: string, x: Channels, begin: number, end: number): Channels {
    const attributes = { pads: [0, begin, 0, 0, 0, end, 0, 0], mode: 'constant', value: 0 };
    return this.#node(name, 'pad', [x], attributes, begin + x.channels + end);
  }

  /** Of an image of `pixels` pixels: [1, C, H, W] → [1, C·H·W]. */
  flatten(name: string, x: Channels, pixels = 1): Channels {
    return this.#node(name, 'flatten', [x], { axis: 1 }, x.channels * pixels);
  }

  linear(name: string, x: Channels, features: number): Channels {
    const tensors = [this.#tensor(`${name}.weight`, [features, x.channels]), this.#tensor(`${name}.bias`, [features])];
    return this.#node(name, 'linear', [x], {}, features, tensors);
  }

  #separable(name: string, x: Channels, channels: number, options: ConvolutionOptions): Channels {
    return this.conv(`${name}.pwc`, this.conv(`${name}.gwc`, x, x.channels, options), channels, { kernel: 1 });
  }

  #node(
    name: string,
    op: string,
    values: readonly Channels[],
    attributes: Readonly<Record<string, Attribute>> = {},
    channels = values[0]!.channels,
    tensors: readonly string[] = [],
  ): Channels {
    this.#nodes.push({ name, op, inputs: [...values.map((value) => value.name), ...tensors], outputs: [name], attributes });
    return { name, channels };
  }

  #tensor(name: string, shape: Shape): string {
    this.#tensors.set(name, { shape });
    return name;
  }
}
