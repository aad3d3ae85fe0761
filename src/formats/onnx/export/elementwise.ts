// Functions of one or two elements as ONNX, those that opset 17 lacks as what they are made of.
import type { ClampAttributes } from '../../../ops/convolution.js';
import type { Case } from '../../../ops/op.js';
import { clampStage, perChannel } from './convolution.js';
import type { Export } from './exporter.js';

/** An operator with the same inputs and without attributes. */
const plain =
  (opType: string): Export =>
  ({ node }, exporter) =>
    exporter.finish(node, opType, node.inputs);

/** An operator whose attributes are floats, called alike. */
const withFloats =
  (opType: string): Export =>
  ({ node, attributes }: Case<Readonly<Record<string, number>>>, exporter) => {
    const floats = Object.entries(attributes).map(([name, float]) => [name, { float }] as const);
    exporter.finish(node, opType, node.inputs, Object.fromEntries(floats));
  };

const add: Export = ({ node, attributes: { clampMin, clampMax } }: Case<ClampAttributes>, exporter) => {
  const [a, b] = node.inputs as [string, string];
  exporter.chain(node, a, { opType: 'Add', inputs: [b] }, clampStage(exporter, clampMin, clampMax));
};

const clip: Export = ({ node, attributes: { min, max } }: Case<{ readonly min: number; readonly max: number }>, exporter) => {
  exporter.chain(node, node.inputs[0]!, clampStage(exporter, min, max) ?? { opType: 'Identity' });
};

const silu: Export = ({ node }, exporter) => {
  const [x] = node.inputs as [string];
  exporter.chain(node, x, { opType: 'Sigmoid' }, { opType: 'Mul', inputs: [x] });
};

const gelu: Export = ({ node, attributes }: Case<{ readonly approximate: string }>, exporter) => {
  const [x] = node.inputs as [string];
  const by = (opType: string, value: number) => ({ opType, inputs: [exporter.float(value)] });
  const scaled =
    attributes.approximate === 'none'
      ? [by('Div', Math.SQRT2), { opType: 'Erf' }]
      : [
          { opType: 'Mul', inputs: [x] },
          { opType: 'Mul', inputs: [x] },
          by('Mul', 0.044715),
          { opType: 'Add', inputs: [x] },
          by('Mul', Math.sqrt(2 / Math.PI)),
          { opType: 'Tanh' },
        ];
  exporter.chain(node, x, ...scaled, by('Add', 1), { opType: 'Mul', inputs: [x] }, by('Mul', 0.5));
};

/** ONNX aligns a slope of one axis with the last axis, we with the channels. */
const prelu: Export = ({ node, inputs }, exporter) => {
  const [x, slope] = node.inputs as [string, string];
  const [xShape, slopeShape] = inputs as [readonly number[], readonly number[]];
  const isPerChannel = slopeShape.length === 1 && xShape.length > 2 && slopeShape[0] === xShape[1];
  exporter.finish(node, 'PRelu', [x, isPerChannel ? perChannel(exporter, node, slope, xShape) : slope]);
};

export const elementwiseExports = {
  abs: plain('Abs'),
  add,
  ceil: plain('Ceil'),
  clip,
  div: plain('Div'),
  elu: withFloats('Elu'),
  erf: plain('Erf'),
  exp: plain('Exp'),
  floor: plain('Floor'),
  gelu,
  hardSigmoid: withFloats('HardSigmoid'),
  hardSwish: plain('HardSwish'),
  leakyRelu: withFloats('LeakyRelu'),
  log: plain('Log'),
  max: plain('Max'),
  min: plain('Min'),
  mul: plain('Mul'),
  neg: plain('Neg'),
  pow: plain('Pow'),
  prelu,
  reciprocal: plain('Reciprocal'),
  relu: plain('Relu'),
  round: plain('Round'),
  selu: withFloats('Selu'),
  sigmoid: plain('Sigmoid'),
  sign: plain('Sign'),
  silu,
  softplus: plain('Softplus'),
  softsign: plain('Softsign'),
  sqrt: plain('Sqrt'),
  sub: plain('Sub'),
  tanh: plain('Tanh'),
};
