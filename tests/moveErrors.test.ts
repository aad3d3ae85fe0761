// What element-wise and moving ops refuse: one graph for each complaint, none of which may allocate.
import { test } from 'node:test';
import type { ErrorCode } from '../src/graph/error.js';
import type { Attribute, Shape } from '../src/graph/graph.js';
import { loadRareOps } from '../src/ops/index.js';
import { inferShapes } from '../src/ops/inferShapes.js';
import { rejects } from './support/rejects.js';

await loadRareOps();

const REFUSED: readonly [
  op: string,
  attributes: Record<string, Attribute>,
  shapes: readonly Shape[],
  code: ErrorCode,
  message: RegExp,
][] = [
  [
    'add',
    {},
    [
      [2, 3],
      [2, 4],
    ],
    'bad-shape',
    /\[2,3\] and \[2,4\] do not broadcast/,
  ],
  [
    'add',
    {},
    [
      [2 ** 20, 1],
      [1, 2 ** 20],
    ],
    'too-large',
    /1099511627776 elements/,
  ],
  ['mul', { clampMin: 0 }, [[2], [2]], 'bad-attribute', /unknown attribute "clampMin"/],
  [
    'prelu',
    {},
    [
      [2, 3],
      [4, 2, 3],
    ],
    'bad-shape',
    /does not broadcast to the input/,
  ],
  ['gelu', { approximate: 'erf' }, [[2]], 'bad-attribute', /one of none, tanh/],
  [
    'concat',
    { axis: 1 },
    [
      [2, 3],
      [3, 3],
    ],
    'bad-shape',
    /differ beyond axis 1/,
  ],
  ['concat', { axis: 0 }, [[2, 3], [2]], 'bad-shape', /differ beyond axis 0/],
  ['concat', { axis: 2 }, [[2, 3]], 'bad-attribute', /axis 2 is outside/],
  ['slice', { starts: [0], ends: [2, 3], axes: [0], steps: [1] }, [[4]], 'bad-attribute', /differ in length/],
  ['slice', { starts: [0], ends: [5], axes: [0], steps: [1] }, [[4]], 'bad-attribute', /or leaves it/],
  ['slice', { starts: [2], ends: [2], axes: [0], steps: [1] }, [[4]], 'bad-attribute', /selects nothing/],
  ['slice', { starts: [0], ends: [4], axes: [0], steps: [0] }, [[4]], 'bad-attribute', /selects nothing/],
  ['slice', { starts: [0, 0], ends: [1, 1], axes: [0, -1], steps: [1, 1] }, [[4]], 'bad-attribute', /one axis twice/],
  ['pad', { pads: [1, 1] }, [[2, 3]], 'bad-attribute', /takes 4/],
  ['pad', { pads: [-1, 1] }, [[4]], 'bad-attribute', /outside 0/],
  ['pad', { pads: [0, 3], mode: 'reflect' }, [[3]], 'bad-shape', /3 mirrored elements need a longer axis 0/],
  ['pad', { pads: [2 ** 31 - 1, 0] }, [[3]], 'too-large', /2147483650 elements/],
  ['transpose', { perm: [0, 0] }, [[2, 3]], 'bad-attribute', /does not order the 2 axes/],
  ['transpose', { perm: [1, 0] }, [[2, 3, 4]], 'bad-attribute', /does not order the 3 axes/],
  ['reshape', { shape: [5] }, [[2, 3]], 'bad-shape', /has 6 elements, \[5\] has 5/],
  ['flatten', { axis: 3 }, [[2, 3]], 'bad-attribute', /axis 3 is outside/],
  ['pixelShuffle', { factor: 2 }, [[1, 6, 2, 2]], 'bad-shape', /does not divide the 6 channels/],
  ['pixelShuffle', { factor: 2 }, [[4, 2]], 'bad-shape', /4 axes/],
  ['channelShuffle', { groups: 4 }, [[1, 6, 2]], 'bad-shape', /4 groups do not divide/],
  ['channelShuffle', { groups: 1 }, [[6]], 'bad-shape', /do not divide/],
  ['permuteChannels', { order: [0, 3] }, [[1, 3, 2]], 'bad-attribute', /no channel 3/],
  ['permuteChannels', { order: [] }, [[1, 3]], 'bad-shape', /\[1,0\]/],
];

for (const [op, attributes, shapes, code, message] of REFUSED) {
  test(`${op} ${JSON.stringify(attributes)} refuses ${JSON.stringify(shapes)}`, async () => {
    const names = shapes.map((_, i) => `x${i}`);
    await rejects(
      () =>
        inferShapes({
          name: 'graph',
          inputs: shapes.map((shape, i) => ({ name: names[i]!, shape })),
          outputs: ['y'],
          nodes: [{ name: 'node', op, inputs: names, outputs: ['y'], attributes }],
          tensors: new Map(),
        }),
      code,
      message,
    );
  });
}
