// Cases of moves of elements, all exact: every order of axes, every layout on either side, every run length.
import { seededRandom } from '../../src/bench/random.js';
import type { Attribute, Shape } from '../../src/graph/graph.js';
import { exact, MANY_CHANNELS, type TestCase } from './testCase.js';

function move(op: string, attributes: Record<string, Attribute>, ...shapes: readonly Shape[]): TestCase {
  const name = `${op} ${JSON.stringify(attributes)} ${shapes.map((shape) => `[${shape}]`).join(' ')}`;
  return { name, node: { op, attributes }, inputs: shapes.map((shape) => ({ shape, values: 'special' })), tolerance: exact };
}

function permutations(rank: number): number[][] {
  if (rank === 0) return [[]];
  return permutations(rank - 1).flatMap((perm) => Array.from({ length: rank }, (_, at) => perm.toSpliced(at, 0, rank - 1)));
}

function shuffled(count: number): number[] {
  const random = seededRandom(`order ${count}`);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((i + 1) * random());
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

const CHANNELS = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, MANY_CHANNELS];

const transposes = [
  ...permutations(1).map((perm) => move('transpose', { perm }, [5])),
  ...permutations(2).flatMap((perm) => [move('transpose', { perm }, [5, 7]), move('transpose', { perm }, [33, 16])]),
  ...permutations(3).flatMap((perm) => [move('transpose', { perm }, [2, 3, 5]), move('transpose', { perm }, [1, 17, 6])]),
  ...permutations(4).flatMap((perm) => [move('transpose', { perm }, [2, 3, 4, 5]), move('transpose', { perm }, [1, 9, 1, 6])]),
  ...permutations(5).flatMap((perm, i) => (i % 7 === 0 ? [move('transpose', { perm }, [2, 3, 1, 4, 5])] : [])),
  ...permutations(6).flatMap((perm, i) => (i % 41 === 0 ? [move('transpose', { perm }, [2, 3, 2, 3, 2, 5])] : [])),
  ...CHANNELS.map((channels) => move('transpose', { perm: [0, 2, 3, 1] }, [1, channels, 3, 5])),
];

const concats = [
  ...CHANNELS.flatMap((channels) => [
    move('concat', { axis: 1 }, [1, channels, 2, 3], [1, 3, 2, 3]),
    move('concat', { axis: -1 }, [1, 2, 3, channels], [1, 2, 3, 1], [1, 2, 3, 4]),
  ]),
  move('concat', { axis: 0 }, [3]),
  move('concat', { axis: 0 }, [3], [1], [17]),
  move('concat', { axis: 1 }, [2, 5], [2, 7]),
  move('concat', { axis: -2 }, [2, 5], [1, 5]),
  ...[0, 1, 2].map((axis) => move('concat', { axis }, [2, 3, 4], [2, 3, 4])),
  ...[0, 1, 2, 3].map((axis) => move('concat', { axis }, [2, 3, 4, 5], [2, 3, 4, 5], [2, 3, 4, 5])),
  ...[0, 3, 4].map((axis) => move('concat', { axis }, [2, 3, 1, 2, 4], [2, 3, 1, 2, 4])),
  move('concat', { axis: 5 }, [1, 2, 1, 3, 2, 4], [1, 2, 1, 3, 2, 3]),
];

/** One range along each axis of [2, 18, 6, 9], alone, in pairs and all together. */
const RANGES = [
  {
    axis: 0,
    ranges: [
      [1, 2, 1],
      [1, -1, -1],
    ],
  },
  {
    axis: 1,
    ranges: [
      [0, 9, 1],
      [3, 8, 1],
      [0, 18, 2],
      [17, -1, -1],
      [16, 2, -3],
      [5, 6, 1],
    ],
  },
  {
    axis: 2,
    ranges: [
      [1, 5, 1],
      [0, 6, 2],
      [5, -1, -1],
    ],
  },
  {
    axis: 3,
    ranges: [
      [1, 9, 1],
      [0, 9, 2],
      [8, -1, -4],
    ],
  },
];
const single = RANGES.flatMap(({ axis, ranges }) => ranges.map((range) => ({ axis, range })));
const sliceOf = (parts: readonly { axis: number; range: readonly number[] }[], shape: Shape) =>
  move(
    'slice',
    {
      starts: parts.map(({ range }) => range[0]!),
      ends: parts.map(({ range }) => range[1]!),
      axes: parts.map(({ axis }) => axis),
      steps: parts.map(({ range }) => range[2]!),
    },
    shape,
  );

const slices = [
  ...single.map((part) => sliceOf([part], [2, 18, 6, 9])),
  ...single.flatMap((a, i) => single.slice(i + 1).flatMap((b) => (a.axis !== b.axis ? [sliceOf([b, a], [2, 18, 6, 9])] : []))),
  sliceOf(
    RANGES.map(({ axis, ranges }) => ({ axis, range: ranges.at(-1)! })),
    [2, 18, 6, 9],
  ),
  sliceOf([{ axis: -1, range: [2, 7, 1] }], [9]),
  sliceOf([{ axis: 0, range: [8, -1, -1] }], [9]),
  sliceOf([{ axis: -1, range: [1, 5, 2] }], [3, 5]),
  sliceOf(
    [
      { axis: 1, range: [1, 3, 1] },
      { axis: 2, range: [4, 0, -2] },
    ],
    [2, 3, 5],
  ),
  sliceOf([{ axis: 4, range: [1, 3, 1] }], [2, 3, 2, 2, 4]),
  sliceOf([{ axis: 1, range: [1, 3, 1] }], [1, 3, 1, 2, 2, 3]),
];

const pads = ['constant', 'reflect', 'edge'].flatMap((mode) => [
  move('pad', { mode, pads: [2, 1] }, [5]),
  move('pad', { mode, pads: [0, 2, 1, 3], value: 1.5 }, [3, 5]),
  move('pad', { mode, pads: [0, 1, 2, 0, 0, 1] }, [2, 3, 5]),
  move('pad', { mode, pads: [0, 0, 1, 1, 0, 0, 1, 1] }, [1, 3, 4, 5]),
  move('pad', { mode, pads: [0, 0, 3, 2, 0, 0, 0, 4], value: -Infinity }, [2, 5, 4, 5]),
  move('pad', { mode, pads: [1, 2, 0, 0, 1, 1, 2, 0] }, [2, 4, 3, 6]),
  move('pad', { mode, pads: [1, 2, 3, 1, 1, 2, 3, 1], value: 0.1 }, [2, 3, 4, 2]),
  move('pad', { mode, pads: [0, 0, 0, 0, 0, 0, 0, 0] }, [1, 17, 3, 2]),
  move('pad', { mode, pads: [0, 16, 0, 0, 0, 5, 0, 0] }, [1, 17, 3, 2]),
  move('pad', { mode, pads: [0, 0, 0, 1, 1, 0, 0, 1, 0, 2] }, [1, 2, 3, 3, 4]),
  move('pad', { mode, pads: [0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1] }, [1, 2, 2, 1, 3, 4]),
]);

const reshapes = [
  [[1], [1, 1, 1, 1]],
  [[12], [3, 4]],
  [
    [3, 4],
    [4, 3],
  ],
  [
    [3, 4],
    [2, 6],
  ],
  [
    [2, 12],
    [2, 3, 4],
  ],
  [
    [2, 12],
    [2, 12, 1, 1],
  ],
  [
    [2, 12, 1, 1],
    [2, 12],
  ],
  [
    [1, 12, 3, 5],
    [1, 12, 15],
  ],
  [
    [1, 12, 15],
    [1, 12, 3, 5],
  ],
  [
    [1, 12, 3, 5],
    [1, 180],
  ],
  [
    [2, 12, 3, 5],
    [2, 180],
  ],
  [
    [1, 180],
    [1, 12, 3, 5],
  ],
  [
    [2, 12, 3, 5],
    [24, 15],
  ],
  [
    [2, 12, 3, 5],
    [2, 3, 4, 15],
  ],
  [
    [2, 12, 3, 5],
    [2, 3, 4, 3, 5],
  ],
  [
    [2, 12, 3, 5],
    [2, 4, 9, 5],
  ],
  [
    [2, 12, 3, 5],
    [5, 3, 12, 2],
  ],
  [
    [2, 6, 35],
    [4, 3, 5, 7],
  ],
  [
    [2, 6, 35],
    [7, 5, 12],
  ],
  [
    [2, 1, 6, 5],
    [2, 6, 5],
  ],
  [
    [2, 6, 5],
    [2, 1, 6, 5],
  ],
  [
    [1, 1, 6, 5],
    [1, 30],
  ],
  [
    [4, 3, 2],
    [2, 2, 3, 2, 1, 1],
  ],
  [
    [2, 2, 3, 2, 1, 5],
    [4, 6, 5],
  ],
  [
    [2, 3, 4, 2, 3],
    [2, 12, 2, 3],
  ],
  [
    [1, 33, 1, 1],
    [33, 1],
  ],
  [
    [1, 2, 3, 4],
    [1, 3, 2, 4],
  ],
  [
    [64, 3, 2, 2],
    [2, 32, 3, 4],
  ],
].map(([from, to]) => move('reshape', { shape: to! }, from!));

const flattens = [
  ...[-4, -1, 0, 1, 2, 3, 4].map((axis) => move('flatten', { axis }, [2, 3, 4, 5])),
  ...[0, 1, 2, 3].map((axis) => move('flatten', { axis }, [2, 7, 6])),
  ...[0, 1].map((axis) => move('flatten', { axis }, [7])),
  move('flatten', {}, [2, 17, 1, 1]),
  move('flatten', {}, [1, 8, 3, 3]),
  move('flatten', { axis: 3 }, [2, 1, 2, 3, 2]),
];

const shuffles = [
  ...['CRD', 'DCR'].flatMap((mode) => [
    move('pixelShuffle', { mode, factor: 1 }, [1, 3, 2, 5]),
    move('pixelShuffle', { mode, factor: 2 }, [1, 4, 1, 1]),
    move('pixelShuffle', { mode, factor: 2 }, [2, 12, 3, 5]),
    move('pixelShuffle', { mode, factor: 2 }, [1, 64, 4, 3]),
    move('pixelShuffle', { mode, factor: 3 }, [1, 27, 2, 3]),
    move('pixelShuffle', { mode, factor: 3 }, [1, 9, 5, 1]),
    move('pixelShuffle', { mode, factor: 4 }, [1, 32, 2, 2]),
  ]),
  ...[1, 2, 3, 4, 6, 12].flatMap((groups) => [
    move('channelShuffle', { groups }, [2, 12, 3, 5]),
    move('channelShuffle', { groups }, [1, 12, 7]),
    move('channelShuffle', { groups }, [3, 24]),
    move('channelShuffle', { groups }, [1, 12, 2, 3, 2]),
  ]),
  ...CHANNELS.flatMap((channels) => [
    move('permuteChannels', { order: shuffled(channels) }, [1, channels, 3, 5]),
    move('permuteChannels', { order: shuffled(channels) }, [3, channels]),
  ]),
  move('permuteChannels', { order: shuffled(12) }, [2, 12, 5]),
  move('permuteChannels', { order: shuffled(6) }, [2, 6, 2, 3, 2]),
  move('permuteChannels', { order: shuffled(6) }, [2, 6, 2, 1, 2, 3]),
  move('permuteChannels', { order: [2, 2, 0, 5, 1] }, [2, 6, 3, 2]),
  move('permuteChannels', { order: [-1, 0, 1, -1, -1, 2, -1] }, [2, 3, 3, 2]),
  move('permuteChannels', { order: [1, -1, 0] }, [2, 2, 2, 1, 3]),
  move('permuteChannels', { order: [...Array(128).keys()].map((i) => (i + 64) % 128) }, [2, 128, 3, 2]),
  move('permuteChannels', { order: [...Array(64).keys()].map((i) => (i % 8) * 8 + (i >> 3)) }, [1, 64, 3, 3]),
];

const repeats = [
  move('expand', { shape: [5] }, [1]),
  move('expand', { shape: [3, 5] }, [5]),
  move('expand', { shape: [1] }, [2, 3]),
  move('expand', { shape: [4, 1, 3] }, [2, 1]),
  move('expand', { shape: [2, 17, 3, 4] }, [17, 1, 1]),
  move('expand', { shape: [2, 5, 3, 4] }, [1, 5, 3, 1]),
  move('expand', { shape: [3, 1, 2, 5, 4, 1] }, [2, 5, 1, 6]),
  move('tile', { repeats: [3] }, [1]),
  move('tile', { repeats: [7] }, [5]),
  move('tile', { repeats: [2, 3] }, [3, 4]),
  move('tile', { repeats: [1, 5, 2] }, [2, 3, 4]),
  move('tile', { repeats: [2, 3, 2, 3] }, [1, 5, 2, 3]),
  move('tile', { repeats: [1, 1, 4, 1] }, [2, 6, 3, 5]),
  move('tile', { repeats: [1, 9, 1, 1] }, [1, 1, 4, 5]),
  move('tile', { repeats: [2, 1, 3, 2, 2] }, [1, 2, 3, 2, 2]),
  move('tile', { repeats: [2, 3, 2, 3, 2, 3] }, [2, 1, 2, 2, 2, 2]),
];

const gathers = [
  move('gather', { axis: 0, indices: [4, 0, 0, 2] }, [5]),
  move('gather', { axis: 0, indices: [3] }, [5, 7]),
  move('gather', { axis: 1, indices: [6, 5, 5, 0, 1, 2] }, [5, 7]),
  move('gather', { axis: -1, indices: [0, 2, 1] }, [2, 3, 4]),
  ...[0, 1, 2, 3].flatMap((axis) => [
    move('gather', { axis, indices: [1, 0, 1] }, [2, 3, 4, 5]),
    move('gather', { axis, indices: shuffled(6) }, [6, 6, 6, 6]),
  ]),
  move('gather', { axis: 1, indices: shuffled(33) }, [1, 33, 3, 4]),
  ...[0, 1, 2, 3, 4].map((axis) => move('gather', { axis, indices: [1, 1, 0] }, [2, 3, 2, 5, 4])),
  move('gather', { axis: 5, indices: [4, 2, 0] }, [1, 2, 3, 1, 2, 5]),
  move('gather', { axis: 2, indices: [0, 1, 2, 0, 1, 2] }, [2, 1, 3, 2, 2, 5]),
];

const MANY = [2, MANY_CHANNELS, 4, 3];
const shifted = [
  move('transpose', { perm: [0, 1, 3, 2] }, MANY),
  move('transpose', { perm: [1, 0, 2, 3] }, MANY),
  ...[0, 1, 2, 3].map((axis) => move('concat', { axis }, MANY, MANY)),
  ...[0, 1, 2, 3].map((axis) => sliceOf([{ axis, range: [1, 2, 1] }], MANY)),
  move('pad', { mode: 'reflect', pads: [0, 0, 1, 2, 0, 0, 2, 1] }, MANY),
  move('reshape', { shape: [2, 2 * MANY_CHANNELS, 2, 3] }, MANY),
  move('flatten', {}, MANY),
  move('pixelShuffle', { mode: 'CRD', factor: 2 }, [1, 4 * MANY_CHANNELS, 2, 3]),
  move('channelShuffle', { groups: 4 }, MANY),
  move('expand', { shape: MANY }, [MANY_CHANNELS, 1, 1]),
  move('tile', { repeats: [1, 1, 2, 3] }, MANY),
  move('gather', { axis: 2, indices: [3, 0, 0, 2] }, MANY),
];

export const cases: TestCase[] = [
  ...transposes,
  ...concats,
  ...slices,
  ...pads,
  ...reshapes,
  ...flattens,
  ...shuffles,
  ...repeats,
  ...gathers,
  ...shifted,
];
