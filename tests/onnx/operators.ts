// Every ONNX operator that 2-D CNNs export, as each edition of the standard spells it: what is an attribute in one is an input in
// the next. A case says from and until which edition it is valid, and writes its nodes.
import type { AttributeSpec, NodeSpec, TensorSpec } from '../support/onnxWriter.js';

type Attributes = Record<string, AttributeSpec>;

const FLOAT = 1;
const INT64 = 7;

export const INPUTS: Readonly<Record<string, readonly number[]>> = {
  x: [2, 4, 6, 5],
  other: [2, 4, 6, 5],
  positive: [2, 4, 6, 5],
  signal: [2, 4, 9],
  rows: [3, 8],
  boxes: [1, 6, 4],
  scores: [1, 2, 6],
};

/** Nodes, constants and outputs of many cases side by side. */
export class OperatorGraph {
  readonly opset: number;
  readonly nodes: NodeSpec[] = [];
  readonly tensors: TensorSpec[] = [];
  readonly outputs: { name: string; type: number }[] = [];
  #case = '';

  constructor(opset: number) {
    this.opset = opset;
  }

  begin(name: string): void {
    this.#case = name;
  }

  /** A constant that repeats a few values. */
  floats(dims: number[], values: readonly number[] = [0.5, -1, 0.25, 2, -0.75, 1.5, -0.125]): string {
    const count = dims.reduce((product, size) => product * size, 1);
    return this.#tensor({ dims, floats: Array.from({ length: count }, (_, i) => values[i % values.length]!) });
  }

  ints(...values: number[]): string {
    return this.#tensor({ dims: [values.length], type: INT64, int64s: values });
  }

  number(value: number): string {
    return this.#tensor({ dims: [], floats: [value] });
  }

  integer(value: number): string {
    return this.#tensor({ dims: [], type: INT64, int64s: [value] });
  }

  node(op: string, inputs: string[], attributes: Attributes = {}): string {
    return this.nodeOf(op, inputs, attributes, 1)[0]!;
  }

  nodeOf(op: string, inputs: string[], attributes: Attributes, count: number): string[] {
    const name = `${this.#case}/${this.nodes.length}`;
    const outputs = Array.from({ length: count }, (_, i) => `${name}.${i}`);
    this.nodes.push({ op, name, inputs, outputs, attributes });
    return outputs;
  }

  /** A node whose output is one of the graph's. */
  gives(op: string, inputs: string[], attributes: Attributes = {}): void {
    this.output(this.node(op, inputs, attributes));
  }

  output(name: string, type = FLOAT): void {
    this.outputs.push({ name, type });
  }

  /** A list that is an attribute before edition `since`, and the next input from then on. */
  listed(since: number, attribute: string, values: number[]): [inputs: string[], attributes: Attributes] {
    return this.opset >= since ? [[this.ints(...values)], {}] : [[], { [attribute]: { ints: values } }];
  }

  #tensor(spec: Omit<TensorSpec, 'name'>): string {
    const name = `${this.#case}.c${this.tensors.length}`;
    this.tensors.push({ name, ...spec });
    return name;
  }
}

export interface OperatorCase {
  readonly op: string;
  readonly name: string;
  readonly since: number;
  readonly until: number;
  readonly write: (graph: OperatorGraph) => void;
}

export const cases: OperatorCase[] = [];

function add(op: string, write: (graph: OperatorGraph) => void, { since = 7, until = Infinity, as = '' } = {}): void {
  cases.push({ op, name: as ? `${op} ${as}` : op, since, until, write });
}

const i = (value: number): AttributeSpec => ({ i: value });
const f = (value: number): AttributeSpec => ({ f: value });
const s = (value: string): AttributeSpec => ({ s: value });
const ints = (...values: number[]): AttributeSpec => ({ ints: values });

const PLAIN = ['Relu', 'Sigmoid', 'Tanh', 'Softplus', 'Softsign', 'Exp', 'Neg', 'Abs', 'Identity', 'Dropout', 'Elu', 'Selu'];
for (const op of [...PLAIN, 'LeakyRelu', 'HardSigmoid']) add(op, (g) => g.gives(op, ['x']));
for (const [op, since] of [
  ['Erf', 9],
  ['HardSwish', 14],
  ['Gelu', 20],
] as const) {
  add(op, (g) => g.gives(op, ['x']), { since });
}
for (const op of ['Elu', 'LeakyRelu', 'HardSigmoid']) add(op, (g) => g.gives(op, ['x'], { alpha: f(0.3) }), { as: 'alpha' });
add('Selu', (g) => g.gives('Selu', ['x'], { alpha: f(1.5), gamma: f(0.8) }), { as: 'alpha, gamma' });
add('Gelu', (g) => g.gives('Gelu', ['x'], { approximate: s('tanh') }), { since: 20, as: 'tanh' });
for (const op of ['Sqrt', 'Log', 'Reciprocal']) add(op, (g) => g.gives(op, ['positive']));
for (const [op, since] of [
  ['Ceil', 7],
  ['Floor', 7],
  ['Sign', 9],
  ['Round', 11],
] as const) {
  add(op, (g) => g.gives(op, ['x']), { since });
}
add('Mish', (g) => g.gives('Mish', ['x']), { since: 18 });
add('PRelu', (g) => g.gives('PRelu', ['x', g.floats([4, 1, 1])]));
for (const [as, min, max] of [
  ['both', -0.5, 0.5],
  ['min', -0.5, undefined],
  ['max', undefined, 0.25],
] as const) {
  add(
    'Clip',
    (g) => {
      const bounds = { ...(min !== undefined && { min: f(min) }), ...(max !== undefined && { max: f(max) }) };
      if (g.opset < 11) g.gives('Clip', ['x'], bounds);
      else g.gives('Clip', ['x', min === undefined ? '' : g.number(min), ...(max === undefined ? [] : [g.number(max)])]);
    },
    { as },
  );
}

for (const op of ['Add', 'Sub', 'Mul', 'Div']) {
  add(op, (g) => g.gives(op, ['x', 'positive']));
  add(op, (g) => g.gives(op, ['x', g.floats([4, 1, 1])]), { as: 'by channel' });
}
for (const exponent of [2, 0.5, 3, 1.5]) {
  add('Pow', (g) => g.gives('Pow', ['positive', g.number(exponent)]), { as: `${exponent}` });
}
add('Pow', (g) => g.gives('Pow', ['positive', g.integer(2)]), { since: 12, as: 'an integer' });
for (const op of ['Min', 'Max', 'Sum', 'Mean']) {
  add(op, (g) => g.gives(op, ['x', 'other', 'positive']));
  add(op, (g) => g.gives(op, ['x', g.floats([1, 4, 1, 1])]), { since: 8, as: 'broadcast' });
}

const norm = (g: OperatorGraph) => [[0.5, 2], [1, -1], [0.25], [1.5, 0.5]].map((values) => g.floats([4], values));
add('BatchNormalization', (g) => g.gives('BatchNormalization', ['x', ...norm(g)], { epsilon: f(1e-3) }));
add('InstanceNormalization', (g) => g.gives('InstanceNormalization', ['x', ...norm(g).slice(0, 2)]));
add('InstanceNormalization', (g) => g.gives('InstanceNormalization', ['signal', ...norm(g).slice(0, 2)]), { as: 'one axis' });
add(
  'GroupNormalization',
  (g) => {
    const weights = [
      [0.5, 2, 1, -1],
      [1, -1],
    ].map((values) => g.floats([g.opset < 21 ? 2 : 4], values));
    g.gives('GroupNormalization', ['x', ...weights], { num_groups: i(2), epsilon: f(1e-3) });
  },
  { since: 18 },
);
add(
  'LayerNormalization',
  (g) =>
    g.gives(
      'LayerNormalization',
      [
        'x',
        ...[
          [0.5, 2],
          [1, -1],
        ].map((v) => g.floats([6, 5], v)),
      ],
      { axis: i(2) },
    ),
  {
    since: 17,
  },
);
for (const size of [3, 5]) {
  const attributes = { size: i(size), alpha: f(0.1), beta: f(0.6), bias: f(1.5) };
  add('LRN', (g) => g.gives('LRN', ['x'], attributes), { as: `${size}` });
}
for (const op of ['Softmax', 'LogSoftmax']) {
  add(op, (g) => g.gives(op, ['x']));
  for (const axis of [1, 3]) add(op, (g) => g.gives(op, ['x'], { axis: i(axis) }), { as: `axis ${axis}` });
  add(op, (g) => g.gives(op, ['x'], { axis: i(-2) }), { since: 11, as: 'axis -2' });
}

const windows: readonly [as: string, attributes: Attributes][] = [
  ['plain', {}],
  ['stride and pads', { strides: ints(2, 1), pads: ints(1, 0, 1, 1) }],
  ['SAME_UPPER', { strides: ints(2, 2), auto_pad: s('SAME_UPPER') }],
  ['SAME_LOWER', { auto_pad: s('SAME_LOWER') }],
  ['VALID', { auto_pad: s('VALID') }],
];
for (const [as, attributes] of windows) {
  const kernel = { kernel_shape: ints(3, 2) };
  add('Conv', (g) => g.gives('Conv', ['x', g.floats([3, 4, 3, 2]), g.floats([3])], { ...kernel, ...attributes }), { as });
  add('MaxPool', (g) => g.gives('MaxPool', ['x'], { ...kernel, ...attributes }), { as });
  add('AveragePool', (g) => g.gives('AveragePool', ['x'], { ...kernel, ...attributes }), { as });
  add('AveragePool', (g) => g.gives('AveragePool', ['x'], { ...kernel, ...attributes, count_include_pad: i(1) }), {
    as: `${as}, pads counted`,
  });
}
add('Conv', (g) => g.gives('Conv', ['x', g.floats([8, 1, 3, 3])], { group: i(4), pads: ints(1, 1, 1, 1) }), { as: 'depthwise' });
add('Conv', (g) => g.gives('Conv', ['x', g.floats([6, 2, 3, 3])], { group: i(2), dilations: ints(2, 1) }), { as: 'dilated' });
add(
  'Conv',
  (g) =>
    g.gives('Conv', ['signal', g.floats([3, 4, 3]), g.floats([3])], { strides: ints(2), pads: ints(1, 0), dilations: ints(2) }),
  { as: 'one axis' },
);
add('ConvTranspose', (g) => g.gives('ConvTranspose', ['x', g.floats([4, 3, 3, 2]), g.floats([3])]));
for (const [as, attributes] of [
  ['stride and pads', { strides: ints(2, 3), pads: ints(1, 0, 1, 1), output_padding: ints(1, 0) }],
  ['groups', { group: i(2), dilations: ints(1, 2) }],
  ['output shape', { strides: ints(2, 2), output_shape: ints(12, 10) }],
] as const satisfies readonly [string, Attributes][]) {
  add('ConvTranspose', (g) => g.gives('ConvTranspose', ['x', g.floats([4, 3, 3, 3])], attributes), { as });
}
add('ConvTranspose', (g) => g.gives('ConvTranspose', ['signal', g.floats([4, 3, 4])], { strides: ints(2) }), { as: 'one axis' });
add('MaxPool', (g) => g.gives('MaxPool', ['signal'], { kernel_shape: ints(3), strides: ints(2) }), { as: 'one axis' });
add('AveragePool', (g) => g.gives('AveragePool', ['signal'], { kernel_shape: ints(2) }), { as: 'one axis' });
for (const [op, since] of [
  ['MaxPool', 10],
  ['AveragePool', 10],
] as const) {
  const attributes = { kernel_shape: ints(3, 3), strides: ints(2, 2), ceil_mode: i(1) };
  add(op, (g) => g.gives(op, ['x'], attributes), { since, as: 'rounded up' });
}
add('MaxPool', (g) => g.gives('MaxPool', ['x'], { kernel_shape: ints(2, 2), dilations: ints(2, 3) }), {
  since: 10,
  as: 'dilated',
});
for (const op of ['GlobalAveragePool', 'GlobalMaxPool']) {
  add(op, (g) => g.gives(op, ['x']));
  add(op, (g) => g.gives(op, ['signal']), { as: 'one axis' });
}

for (const [as, shape, attributes] of [
  ['plain', [8, 5], { alpha: f(0.5), beta: f(2) }],
  ['transposed', [5, 8], { transB: i(1) }],
] as const satisfies readonly [string, number[], Attributes][]) {
  add('Gemm', (g) => g.gives('Gemm', ['rows', g.floats([...shape]), g.floats([5])], attributes), { as });
}
add('Gemm', (g) => g.gives('Gemm', ['rows', g.floats([8, 5])]), { since: 11, as: 'without addend' });
add('MatMul', (g) => g.gives('MatMul', ['rows', g.floats([8, 5])]));
add('MatMul', (g) => g.gives('MatMul', ['x', g.floats([2, 1, 5, 3])]), { as: 'batches' });
add('MatMul', (g) => g.gives('MatMul', ['x', g.node('Transpose', ['other'], { perm: ints(0, 1, 3, 2) })]), { as: 'computed' });

add('Concat', (g) => g.gives('Concat', ['x', 'other', g.floats([2, 1, 6, 5])], { axis: i(1) }));
add('Concat', (g) => g.gives('Concat', ['x', 'other'], { axis: i(-1) }), { since: 11, as: 'the last axis' });
add('Split', (g) => {
  const [inputs, attributes] = g.listed(13, 'split', [1, 3]);
  for (const part of g.nodeOf('Split', ['x', ...inputs], { axis: i(1), ...attributes }, 2)) g.output(part);
});
add(
  'Split',
  (g) => {
    const count: Attributes = g.opset >= 18 ? { num_outputs: i(2) } : {};
    for (const part of g.nodeOf('Split', ['x'], { axis: i(2), ...count }, 2)) g.output(part);
  },
  { as: 'alike' },
);
add(
  'Split',
  (g) => {
    for (const part of g.nodeOf('Split', ['x'], { axis: i(3), num_outputs: i(2) }, 2)) g.output(part);
  },
  { since: 18, as: 'the last smaller' },
);
add('Slice', (g) => {
  const [starts, ends, axes] = [
    [1, -3],
    [4, 1000],
    [1, 2],
  ];
  if (g.opset < 10) g.gives('Slice', ['x'], { starts: { ints: starts! }, ends: { ints: ends! }, axes: { ints: axes! } });
  else g.gives('Slice', ['x', g.ints(...starts!), g.ints(...ends!), g.ints(...axes!)]);
});
add('Slice', (g) => g.gives('Slice', ['x', g.ints(-1, 0), g.ints(-1000, 5), g.ints(2, 3), g.ints(-2, 2)]), {
  since: 10,
  as: 'steps',
});
add('Gather', (g) => g.gives('Gather', ['x', g.ints(2, 0, 0)], { axis: i(1) }));
add('Gather', (g) => g.gives('Gather', ['x', g.integer(-1)], { axis: i(2) }), { since: 11, as: 'a number' });
for (const mode of ['constant', 'reflect', 'edge', 'wrap']) {
  add(
    'Pad',
    (g) => {
      const [inputs, attributes] = g.listed(11, 'pads', [0, 0, 2, 1, 0, 0, 1, 3]);
      g.gives('Pad', ['x', ...inputs], { mode: s(mode), ...attributes });
    },
    { as: mode, since: mode === 'wrap' ? 19 : 7 },
  );
}
add(
  'Pad',
  (g) => {
    const pads = [0, 0, 1, -1, 0, 1, 0, 2];
    if (g.opset < 11) g.gives('Pad', ['x'], { pads: { ints: pads }, value: f(1.5) });
    else g.gives('Pad', ['x', g.ints(...pads), g.number(1.5)]);
  },
  { as: 'a value, and cropped' },
);
add('Pad', (g) => g.gives('Pad', ['x', g.ints(1, 2), '', g.ints(-1)]), { since: 18, as: 'axes' });
add('Reshape', (g) => g.gives('Reshape', ['x', g.ints(0, -1, 5)]));
add('Flatten', (g) => g.gives('Flatten', ['x'], { axis: i(2) }));
add('Squeeze', (g) => {
  const [inputs, attributes] = g.listed(13, 'axes', [2, 3]);
  g.gives('Squeeze', [g.node('GlobalAveragePool', ['x']), ...inputs], attributes);
});
add('Squeeze', (g) => g.gives('Squeeze', [g.node('GlobalMaxPool', ['x'])]), { as: 'all' });
add('Unsqueeze', (g) => {
  const [inputs, attributes] = g.listed(13, 'axes', [0, 2]);
  g.gives('Unsqueeze', ['rows', ...inputs], attributes);
});
add('Transpose', (g) => g.gives('Transpose', ['x'], { perm: ints(0, 2, 3, 1) }));
add('Transpose', (g) => g.gives('Transpose', ['rows']), { as: 'reversed' });
add('Expand', (g) => g.gives('Expand', [g.node('GlobalAveragePool', ['x']), g.ints(1, 1, 3, 4)]), { since: 8 });
add('Tile', (g) => g.gives('Tile', ['x', g.ints(1, 2, 1, 3)]));
for (const mode of ['DCR', 'CRD']) {
  add('DepthToSpace', (g) => g.gives('DepthToSpace', ['x'], { blocksize: i(2), mode: s(mode) }), { since: 11, as: mode });
}
add('DepthToSpace', (g) => g.gives('DepthToSpace', ['x'], { blocksize: i(2) }));
add('SpaceToDepth', (g) => g.gives('SpaceToDepth', [g.node('Identity', ['x'])], { blocksize: i(1) }), { as: 'of 1' });
add('SpaceToDepth', (g) => {
  const even = g.node('MaxPool', ['x'], { kernel_shape: ints(1, 2) });
  g.gives('SpaceToDepth', [even], { blocksize: i(2) });
});

add(
  'Upsample',
  (g) => {
    const scales = [1, 1, 2, 3];
    if (g.opset < 9) g.gives('Upsample', ['x'], { mode: s('nearest'), scales: { floats: scales } });
    else g.gives('Upsample', ['x', g.floats([4], scales)], { mode: s('nearest') });
  },
  { until: 9 },
);
add(
  'Upsample',
  (g) => {
    const scales = [1, 1, 2, 2];
    if (g.opset < 9) g.gives('Upsample', ['x'], { mode: s('linear'), scales: { floats: scales } });
    else g.gives('Upsample', ['x', g.floats([4], scales)], { mode: s('linear') });
  },
  { until: 9, as: 'linear' },
);
for (const mode of ['nearest', 'linear']) {
  add('Resize', (g) => g.gives('Resize', ['x', g.floats([4], [1, 1, 2, 1.6])], { mode: s(mode) }), {
    since: 10,
    until: 10,
    as: mode,
  });
}
/** Edition 11 wants a region of interest, of no numbers, where later ones want nothing. */
const region = (g: OperatorGraph) => (g.opset < 13 ? g.floats([0]) : '');
const resized = (g: OperatorGraph, scales: number[], attributes: Attributes) =>
  g.gives('Resize', ['x', region(g), g.floats([scales.length], scales)], attributes);
for (const coordinates of ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']) {
  const mapping = { coordinate_transformation_mode: s(coordinates) };
  for (const scales of [
    [1, 1, 2, 1.6],
    [1, 1, 0.5, 0.8],
  ]) {
    for (const nearest of ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']) {
      const attributes = { mode: s('nearest'), nearest_mode: s(nearest), ...mapping };
      add('Resize', (g) => resized(g, scales, attributes), { since: 11, as: `nearest ${coordinates} ${nearest} ${scales}` });
    }
    add('Resize', (g) => resized(g, scales, { mode: s('linear'), ...mapping }), {
      since: 11,
      as: `linear ${coordinates} ${scales}`,
    });
  }
}
for (const mode of ['nearest', 'linear']) {
  add(
    'Resize',
    (g) => {
      const scales = g.opset < 13 ? g.floats([0]) : '';
      g.gives('Resize', ['x', region(g), scales, g.ints(2, 4, 9, 7)], { mode: s(mode) });
    },
    { since: 11, as: `${mode} to a size` },
  );
}
for (const coordinates of ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']) {
  for (const scales of [
    [1, 1, 2, 1.6],
    [1, 1, 0.5, 0.8],
  ]) {
    for (const outside of [0, 1]) {
      const attributes = {
        mode: s('cubic'),
        coordinate_transformation_mode: s(coordinates),
        cubic_coeff_a: { f: outside ? -0.5 : -0.75 },
        exclude_outside: i(outside),
      };
      add('Resize', (g) => resized(g, scales, attributes), { since: 11, as: `cubic ${coordinates} ${outside} ${scales}` });
    }
  }
}
for (const mode of ['linear', 'cubic']) {
  for (const outside of mode === 'cubic' ? [0, 1] : [0]) {
    for (const sizes of [
      [3, 2],
      [9, 2],
      [1, 7],
    ]) {
      const attributes = { mode: s(mode), antialias: i(1), exclude_outside: i(outside) };
      add('Resize', (g) => g.gives('Resize', ['x', '', '', g.ints(2, 4, ...sizes)], attributes), {
        since: 18,
        as: `antialiased ${mode} ${outside} ${sizes}`,
      });
    }
  }
}
for (const mode of ['nearest', 'linear', 'cubic']) {
  const cropping = { mode: s(mode), coordinate_transformation_mode: s('tf_crop_and_resize') };
  for (const region of [
    [0.25, 0.25, 0.75, 1],
    [-0.5, 0, 1.25, 1.5],
  ]) {
    const [top, left, bottom, right] = region as [number, number, number, number];
    add(
      'Resize',
      (g) => {
        const roi = g.floats([8], [0, 0, top, left, 1, 1, bottom, right]);
        const scales = g.opset < 13 ? g.floats([0]) : '';
        g.gives('Resize', ['x', roi, scales, g.ints(2, 4, 9, 4)], { ...cropping, extrapolation_value: { f: -3 } });
      },
      { since: 11, as: `cropped ${mode} ${region}` },
    );
    add(
      'Resize',
      (g) => {
        const roi = g.floats([4], [left, top, right, bottom]);
        g.gives('Resize', ['x', roi, '', g.ints(4, 9)], { ...cropping, axes: ints(3, 2) });
      },
      { since: 18, as: `cropped ${mode} ${region} along axes` },
    );
  }
  add('Resize', (g) => g.gives('Resize', ['x', '', '', g.ints(12, 7)], { mode: s(mode), axes: ints(2, 3) }), {
    since: 18,
    as: `axes ${mode}`,
  });
  for (const policy of ['not_larger', 'not_smaller']) {
    const attributes = { mode: s(mode), keep_aspect_ratio_policy: s(policy), axes: ints(3, 2) };
    add('Resize', (g) => g.gives('Resize', ['x', '', '', g.ints(12, 7)], attributes), { since: 18, as: `${mode} ${policy}` });
  }
  const symmetric = { mode: s(mode), coordinate_transformation_mode: s('half_pixel_symmetric') };
  for (const scales of [
    [1, 1, 2, 2],
    [1, 1, 1.3, 0.7],
  ]) {
    add('Resize', (g) => resized(g, scales, symmetric), { since: 19, as: `half_pixel_symmetric ${mode} ${scales}` });
  }
}
add(
  'Resize',
  (g) => resized(g, [1, 1, 2, 1.6], { mode: s('nearest'), coordinate_transformation_mode: s('tf_half_pixel_for_nn') }),
  { since: 11, until: 12, as: 'tf_half_pixel_for_nn' },
);

for (const [op, since] of [
  ['ReduceMean', 18],
  ['ReduceSum', 13],
  ['ReduceMax', 18],
  ['ReduceMin', 18],
  ['ReduceL1', 18],
  ['ReduceL2', 18],
  ['ReduceSumSquare', 18],
] as const) {
  add(op, (g) => {
    const [inputs, attributes] = g.listed(since, 'axes', [2, 3]);
    g.gives(op, ['x', ...inputs], { keepdims: i(0), ...attributes });
  });
  add(
    op,
    (g) => {
      const [inputs, attributes] = g.listed(since, 'axes', [1]);
      g.gives(op, ['x', ...inputs], attributes);
    },
    { as: 'kept' },
  );
  add(op, (g) => g.gives(op, ['x']), { as: 'all' });
}
for (const op of ['ArgMax', 'ArgMin']) {
  add(op, (g) => g.output(g.node(op, ['x'], { axis: i(1), keepdims: i(0) }), INT64));
  add(op, (g) => g.output(g.node(op, ['x'], { axis: i(3) }), INT64), { as: 'kept' });
  for (const axis of [1, 3]) {
    const last = { axis: i(axis), select_last_index: i(1) };
    add(op, (g) => g.output(g.node(op, [g.node('Round', ['x'])], last), INT64), { since: 12, as: `last along ${axis}` });
  }
}
add('TopK', (g) => {
  const [values, indices] =
    g.opset < 10 ? g.nodeOf('TopK', ['x'], { k: i(3), axis: i(1) }, 2) : g.nodeOf('TopK', ['x', g.ints(3)], { axis: i(1) }, 2);
  g.output(values!);
  g.output(indices!, INT64);
});
add('TopK', (g) => g.output(g.nodeOf('TopK', ['x', g.ints(2)], { largest: i(0) }, 2)[0]!), { since: 11, as: 'smallest' });
add(
  'NonMaxSuppression',
  (g) => {
    const limits = [g.ints(3), g.floats([1], [0.4]), g.floats([1], [0.2])];
    g.output(g.node('NonMaxSuppression', ['boxes', 'scores', ...limits], { center_point_box: i(1) }), INT64);
  },
  { since: 10 },
);

add('Cast', (g) => g.gives('Cast', [g.node('Cast', ['x'], { to: i(INT64) })], { to: i(FLOAT) }));
add('Constant', (g) => {
  const value = g.node('Constant', [], { value: { t: { name: '', dims: [4, 1, 1], floats: [1, 2, 3, 4] } } });
  g.gives('Mul', ['x', value]);
});
add('Constant', (g) => g.gives('Mul', ['x', g.node('Constant', [], { value_float: f(1.5) })]), { since: 12, as: 'a number' });
add(
  'ConstantOfShape',
  (g) => {
    const ones = { value: { t: { name: '', dims: [1], floats: [2] } } };
    g.gives('Mul', ['x', g.node('ConstantOfShape', [g.ints(4, 1, 1)], ones)]);
  },
  { since: 9 },
);
add('Shape', (g) => g.output(g.node('Shape', ['x']), INT64));
add('Shape', (g) => g.output(g.node('Shape', ['x'], { start: i(1), end: i(-1) }), INT64), { since: 15, as: 'a part' });
/** As exporters flatten: the batch of the input, the rest computed. */
add(
  'Shape',
  (g) => {
    const batch = g.node('Gather', [g.node('Shape', ['x']), g.integer(0)], { axis: i(0) });
    const [inputs, attributes] = g.listed(13, 'axes', [0]);
    const axis = g.node('Unsqueeze', [batch, ...inputs], attributes);
    g.gives('Reshape', ['x', g.node('Concat', [axis, g.ints(-1)], { axis: i(0) })]);
  },
  { as: 'to flatten' },
);

/** What exporters choose and count with: known when the model is read. */
const equal = (g: OperatorGraph, a: number, b: number) => g.node('Equal', [g.ints(a), g.ints(b)]);
add('Equal', (g) => g.gives('Where', [equal(g, 1, 1), 'x', 'other']), { since: 9 });
add('Where', (g) => g.gives('Where', [equal(g, 1, 2), 'x', g.floats([4, 1, 1])]), { since: 9 });
for (const [op, since] of [
  ['Greater', 9],
  ['GreaterOrEqual', 12],
  ['Less', 9],
  ['LessOrEqual', 12],
] as const) {
  add(op, (g) => g.gives('Where', [g.node(op, [g.ints(2), g.ints(1)]), 'x', 'other']), { since });
}
for (const op of ['And', 'Or', 'Xor']) {
  add(op, (g) => g.gives('Where', [g.node(op, [equal(g, 1, 1), equal(g, 1, 2)]), 'x', 'other']), { since: 9 });
}
add('Not', (g) => g.gives('Where', [g.node('Not', [equal(g, 1, 1)]), 'x', 'other']), { since: 9 });
add('Mod', (g) => g.gives('Gather', ['x', g.node('Mod', [g.ints(7, -7), g.ints(3)])], { axis: i(1) }), { since: 10 });
add('NonZero', (g) => g.gives('Gather', ['x', g.node('NonZero', [g.ints(3, 0, 1, 2)])], { axis: i(1) }), { since: 9 });
add(
  'Range',
  (g) =>
    g.gives(
      'Gather',
      [
        'x',
        g.node(
          'Range',
          [0, 4, 2].map((n) => g.integer(n)),
        ),
      ],
      { axis: i(1) },
    ),
  {
    since: 11,
  },
);
add('ReduceProd', (g) => g.gives('Reshape', ['x', g.node('ReduceProd', [g.node('Shape', ['x'])])]));
add('Size', (g) => g.gives('Reshape', ['x', g.node('Reshape', [g.node('Size', ['x']), g.ints(1)])]));
add('CastLike', (g) => g.gives('Mul', ['x', g.node('CastLike', [g.ints(3), 'x'])]), { since: 15 });
add('If', (g) => {
  const x = g.node('Identity', ['x']);
  const branch = (op: string) => ({
    g: { nodes: [{ op, inputs: [x], outputs: [`${op} of a branch`] }], outputs: [`${op} of a branch`] },
  });
  g.gives('If', [g.node('Equal', [g.integer(1), g.integer(1)])], { then_branch: branch('Abs'), else_branch: branch('Neg') });
});
