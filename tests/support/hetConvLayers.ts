// The networks that the state dicts of tests/fixtures/hetconv belong to, as a user describes them with `--graph`.

/** A module of tests/fixtures/hetconv/make.py. */
export interface LayerCase {
  readonly name: string;
  readonly form: string;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly norm: boolean;
  readonly residual: boolean;
  readonly opsets: readonly number[];
}

/** Writes a bare graph from `x` on; each method returns the name of its output. */
class LayerGraph {
  readonly nodes: object[] = [];
  readonly tensors: Record<string, number[]> = {};
  #last = 'x';

  op(op: string, inputs: string[], attributes: object = {}, name = op): string {
    this.nodes.push({ name, op, inputs, outputs: [`${name}.y`], attributes });
    this.#last = `${name}.y`;
    return this.#last;
  }

  /** [N, M/groups, K, K], "same" padding. */
  conv(name: string, shape: number[], { stride = 1, dilation = 1, groups = 1 } = {}): string {
    this.tensors[`${name}.weight`] = shape;
    const padding = new Array(4).fill((dilation * (shape[2]! - 1)) / 2);
    const attributes = { stride: [stride, stride], padding, dilation: [dilation, dilation], groups };
    return this.op('conv', ['x', `${name}.weight`], attributes, name);
  }

  norm(name: string, x: string, channels: number): string {
    const vectors = ['weight', 'bias', 'running_mean', 'running_var'].map((vector) => `${name}.${vector}`);
    for (const vector of vectors) this.tensors[vector] = [channels];
    return this.op('batchNorm', [x, ...vectors], {}, name);
  }

  json(name: string, channels: number): object {
    const { nodes, tensors } = this;
    return { name, inputs: [{ name: 'x', shape: [1, channels, 5, 4] }], outputs: [this.#last], nodes, tensors };
  }
}

type Write = (g: LayerGraph, c: LayerCase) => string;

/** A dense convolution: the state dicts hold its weights in a spelling of their own. */
const dense: Write = (g, { channels, filters, kernel, stride, dilation }) =>
  g.conv('layer.conv', [filters, channels, kernel, kernel], { stride, dilation });

/** Modules that have batch norms inside, outputs of their own, or a sum that is no HetConv: layer by layer. */
const severalLayers: Readonly<Record<string, Write>> = {
  'b-norms': (g, { channels, filters, groups, kernel }) => {
    const gwc = g.conv('layer.gwc', [filters, channels / groups, kernel, kernel], { groups });
    const pwc = g.conv('layer.pwc', [filters, channels, 1, 1]);
    return g.op('add', [g.norm('layer.norms.0', gwc, filters), g.norm('layer.norms.1', pwc, filters)]);
  },
  split: (g, { channels, filters, groups, kernel }) => {
    const [spatial, pointwise] = [filters / groups, filters - filters / groups];
    const wide = g.conv('layer.hetconv_3x3', [spatial, channels, kernel, kernel]);
    const narrow = g.conv('layer.hetconv_1x1', [pointwise, channels, 1, 1]);
    return g.op('concat', [g.norm('layer.bn3', wide, spatial), g.norm('layer.bn1', narrow, pointwise)], { axis: 1 });
  },
  repvgg: (g, { channels, filters }) => {
    const conv3 = g.conv('layer.conv3', [filters, channels, 3, 3]);
    const conv1 = g.conv('layer.conv1', [filters, channels, 1, 1]);
    const [bn3, bn1] = [g.norm('layer.bn3', conv3, filters), g.norm('layer.bn1', conv1, filters)];
    const sum = g.op('add', [bn3, bn1], {}, 'branches');
    return g.op('add', [sum, g.norm('layer.identity', 'x', filters)]);
  },
  'plain-sum': (g, { channels, filters, kernel }) => {
    const gwc = g.conv('layer.gwc', [filters, channels, kernel, kernel]);
    return g.op('add', [gwc, g.conv('layer.pwc', [filters, channels, 1, 1])]);
  },
};

/** The case's layer with batch norm, shortcut and ReLU where it has them; its tensors are called as in the state dict, where they are the same. */
export function bareLayer(layer: LayerCase): object {
  const { name, channels, filters, norm, residual } = layer;
  const g = new LayerGraph();
  let y = (severalLayers[name] ?? dense)(g, layer);
  if (norm) y = g.norm('bn', y, filters);
  if (residual) y = g.op('add', [y, 'x'], {}, 'shortcut');
  g.op('relu', [y]);
  return g.json(name, channels);
}
