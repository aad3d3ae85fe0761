// Softmax and its logarithm along one axis.
import type { Case, Op } from './op.js';
import { planReduction, resolveAxes } from './reduction.js';

export interface SoftmaxAttributes {
  /** A negative one counts from the end. */
  readonly axis: number;
}

const LANES = 4;

function softmaxOp(name: string): Op<SoftmaxAttributes> {
  const axesOf = (c: Omit<Case<SoftmaxAttributes>, 'outputs'>) => resolveAxes(c.node, [c.attributes.axis], c.inputs[0]!.length);
  return {
    attributes: { axis: { kind: 'int', default: -1 } },
    inputs: [1, 1],
    infer(c) {
      axesOf(c);
      return [c.inputs[0]!];
    },
    keepsChannels: () => true,
    kernels: [
      {
        exports: [`${name}_lanes`, `${name}_row`],
        lower(l) {
          const plan = planReduction(l.input(0), l.output(0), axesOf(l), LANES, true);
          l.step(plan.row ? `${name}_row` : `${name}_lanes`, plan.record, plan.items);
        },
      },
    ],
  };
}

/** e^x / sum e^x along the axis. */
export const softmax = softmaxOp('f32_softmax');
/** x - ln sum e^x along the axis. */
export const logSoftmax = softmaxOp('f32_log_softmax');
