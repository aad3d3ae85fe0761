// ONNX files that are refused: what this release cannot run, graphs that are wrong, damage.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readModel } from '../src/formats/index.js';
import type { ErrorCode } from '../src/graph/error.js';
import { type GraphSpec, type NodeSpec, type TensorSpec, writeOnnx } from './support/onnxWriter.js';
import { rejects } from './support/rejects.js';

const fixture = (name: string) => new Uint8Array(readFileSync(`tests/fixtures/onnx/${name}.onnx`));

const weights: TensorSpec = { name: 'w', dims: [2, 2, 1, 1], floats: [1, 2, 3, 4] };
const conv: NodeSpec = { op: 'Conv', name: 'c', inputs: ['x', 'w'] };
const integers: TensorSpec = { name: 's', dims: [2], type: 7, int64s: [1, 32] };
type Refused = [what: string, file: GraphSpec, code: ErrorCode, message: RegExp];
const refused: Refused[] = [
  [
    'all unsupported operators at once',
    {
      nodes: [
        { op: 'Relu', outputs: ['a'] },
        { op: 'Loop', name: 'l' },
        { op: 'toString' },
        { op: 'Relu', domain: 'com.example' },
      ],
    },
    'unsupported-op',
    /cannot run 3 of 4 nodes: Loop node "l"; toString node "y"; com\.example\.Relu node "y"/,
  ],
  [
    'an undefined value',
    { nodes: [{ op: 'Relu', inputs: ['z'] }] },
    'bad-graph',
    /Relu node "y" reads "z", which nothing before it defines/,
  ],
  [
    'nodes out of order',
    {
      nodes: [
        { op: 'Relu', inputs: ['a'] },
        { op: 'Relu', outputs: ['a'] },
      ],
    },
    'bad-graph',
    /reads "a", which nothing before/,
  ],
  ['an output defined twice', { nodes: [{ op: 'Relu' }, { op: 'Relu' }] }, 'bad-graph', /defines "y", which is defined already/],
  [
    'an output that shadows an input',
    { nodes: [{ op: 'Relu', outputs: ['x'] }] },
    'bad-graph',
    /defines "x", which is defined already/,
  ],
  ['an unknown output', { nodes: [{ op: 'Relu', outputs: ['a'] }] }, 'bad-graph', /graph output "y" is defined by nothing/],
  ['no input', { nodes: [conv], inputs: [], tensors: [weights] }, 'bad-graph', /no inputs/],
  ['no output', { nodes: [conv], outputs: [], tensors: [weights] }, 'bad-graph', /no outputs/],
  [
    'an input of integers that is computed with',
    { nodes: [{ op: 'Sigmoid' }], inputs: [{ name: 'x', dims: [1], type: 7 }] },
    'unsupported-op',
    /Sigmoid node "y": it computes with integers/,
  ],
  ['an input of text', { nodes: [{ op: 'Relu' }], inputs: [{ name: 'x', dims: [1], type: 8 }] }, 'bad-graph', /element type 8/],
  [
    'weights computed in the graph',
    { nodes: [{ op: 'Conv', inputs: ['x', 'x'] }] },
    'unsupported-op',
    /input 1 \("x"\) must be a constant/,
  ],
  [
    'weights in another file',
    { nodes: [conv], tensors: [{ ...weights, external: true }] },
    'bad-file',
    /"w" is in the file "", which is not inside/,
  ],
  [
    'weights cut short',
    { nodes: [conv], tensors: [{ ...weights, floats: [1] }] },
    'bad-file',
    /"w" of shape \[2,2,1,1\] needs 4 values, the file has 1/,
  ],
  [
    'weights of a billion',
    { nodes: [conv], tensors: [{ ...weights, dims: [1e9, 1, 1, 1] }] },
    'bad-file',
    /needs 1000000000 values/,
  ],
  [
    'weights of negative size',
    { nodes: [conv], tensors: [{ ...weights, dims: [-2, -2, 1, 1] }] },
    'bad-file',
    /"w" has the shape \[-2,-2,1,1\]/,
  ],
  [
    'raw weights of a fraction',
    { nodes: [conv], tensors: [{ name: 'w', dims: [1], raw: new Uint8Array(5) }] },
    'bad-file',
    /has 1.25/,
  ],
  [
    'integer weights',
    { nodes: [{ op: 'Add', inputs: ['x', 's'] }], tensors: [integers] },
    'unsupported-op',
    /"s" does not hold floats/,
  ],
  [
    'three axes of space',
    { nodes: [conv], tensors: [{ ...weights, dims: [2, 2, 1, 1, 1] }] },
    'unsupported-op',
    /weight has 5 axes/,
  ],
  ...(
    [
      ['a region of five numbers', [0, 0, 0, 0, 1], {}, 'bad-attribute', /region of interest has 5 numbers for 4 axes/],
      ['a part of the channels', [0, 0.5, 0, 0, 1, 1, 1, 1], {}, 'unsupported-op', /only the axes behind batch and channels/],
      ['a region without end', [0, 0, 0, 0, 1, 1, 1, Infinity], {}, 'bad-attribute', /"region" is Infinity, outside/],
      ['an unknown mode', [], { mode: { s: 'lanczos' } }, 'unsupported-op', /mode "lanczos" is not supported/],
      ['an unknown policy', [], { keep_aspect_ratio_policy: { s: 'fit' } }, 'unsupported-op', /policy "fit" is not supported/],
      ['three sizes', [], { axes: { ints: [1, 2, 3] } }, 'bad-attribute', /4 scales or sizes for 3 axes/],
    ] satisfies [string, number[], NodeSpec['attributes'], ErrorCode, RegExp][]
  ).map(([what, roi, attributes, code, message]): Refused => {
    const cropping = roi.length > 0 && { coordinate_transformation_mode: { s: 'tf_crop_and_resize' } };
    const node = { op: 'Resize', inputs: ['x', 'roi', '', 'sizes'], attributes: { ...cropping, ...attributes } };
    const sizes = { name: 'sizes', dims: [4], type: 7, int64s: [1, 2, 8, 8] };
    const tensors = [sizes, { name: 'roi', dims: [roi.length], floats: [...roi] }];
    return [`resizing by ${what}`, { opset: 18, nodes: [node], tensors }, code, message];
  }),
  [
    'pooling over one axis of two',
    { nodes: [{ op: 'MaxPool', attributes: { kernel_shape: { ints: [2] } } }] },
    'unsupported-op',
    /kernel_shape \[2\]/,
  ],
  [
    'pooling indices',
    { nodes: [{ op: 'MaxPool', outputs: ['y', 'i'], attributes: { kernel_shape: { ints: [2, 2] } } }], outputs: ['y', 'i'] },
    'unsupported-op',
    /its output "i" is not supported/,
  ],
  [
    'channels that do not fit',
    { nodes: [conv], inputs: [{ name: 'x', dims: [1, 3, 4, 4] }], tensors: [weights] },
    'bad-shape',
    /"c" \(conv\)/,
  ],
  [
    'a stride of zero',
    { nodes: [{ ...conv, attributes: { strides: { ints: [0, 0] }, auto_pad: { s: 'SAME_UPPER' } } }], tensors: [weights] },
    'bad-attribute',
    /"c" \(conv\)/,
  ],
  [
    'an unknown auto_pad',
    { nodes: [{ ...conv, attributes: { auto_pad: { s: 'SAME' } } }], tensors: [weights] },
    'unsupported-op',
    /auto_pad "SAME" is unknown/,
  ],
  [
    'kernel_shape that lies',
    { nodes: [{ ...conv, attributes: { kernel_shape: { ints: [3, 3] } } }], tensors: [weights] },
    'bad-attribute',
    /kernel_shape \[3,3\] differs from its weight's, \[1,1\]/,
  ],
  [
    'batch norm in training',
    { nodes: [{ op: 'BatchNormalization', attributes: { training_mode: { i: 1 } } }] },
    'unsupported-op',
    /model\.eval\(\)/,
  ],
  ['a bound computed in the graph', { nodes: [{ op: 'Clip', inputs: ['x', 'x'] }] }, 'unsupported-op', /input 1/],
  [
    'a bound that is a list',
    { nodes: [{ op: 'Clip', inputs: ['x', 'w'] }], tensors: [weights] },
    'unsupported-op',
    /must be one number/,
  ],
  ['a computed shape', { nodes: [{ op: 'Reshape', inputs: ['x', 'x'] }] }, 'unsupported-op', /export the model with fixed sizes/],
  [
    'a shape that does not fit',
    { nodes: [{ op: 'Reshape', inputs: ['x', 's'] }], tensors: [{ ...integers, int64s: [1, 33] }] },
    'bad-shape',
    /"y"/,
  ],
  [
    'a shape of zeros',
    {
      nodes: [{ op: 'Reshape', inputs: ['x', 's'], attributes: { allowzero: { i: 1 } } }],
      tensors: [{ ...integers, int64s: [0, -1] }],
    },
    'bad-attribute',
    /"shape"/,
  ],
  [
    'factors of four axes',
    { nodes: [{ op: 'Gemm', inputs: ['x', 'w'], attributes: { transA: { i: 1 } } }], tensors: [weights] },
    'bad-attribute',
    /factors must have 2 axes/,
  ],
  [
    'a Constant of text',
    { nodes: [{ op: 'Constant', inputs: [], attributes: { value_string: { s: 'a' } } }] },
    'unsupported-op',
    /Constant node "y"/,
  ],
];

test('what is refused', async (t) => {
  for (const [name, spec, code, message] of refused) {
    await t.test(name, () => rejects(() => readModel(writeOnnx(spec)), code, message));
  }
});

test('truncated at every byte', async () => {
  const file = fixture('opset10');
  for (let length = 0; length < file.length; length++) {
    // A cut between two top-level fields leaves a valid file: the opset and the producer may follow the graph.
    const cut = file.subarray(0, length);
    try {
      await readModel(cut);
      assert.ok(length >= file.length - 16, `${length} of ${file.length} bytes were accepted`);
    } catch {
      await rejects(() => readModel(cut), undefined);
    }
  }
});

test('hostile lengths and varints', async () => {
  const start = [0x08, 0x08, 0x3a];
  const tails = [
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0xff],
    [0x02, 0x0a, 0xff, 0x7f],
    [0x06, 0x2a, 0x04, 0x0a, 0xff, 0xff, 0x7f],
    [0x02, 0x0b, 0x00],
    [0x02, 0x00, 0x00],
    [0x00],
    [],
  ];
  for (const tail of tails) await rejects(() => readModel(Uint8Array.from([...start, ...tail])), undefined);
});
