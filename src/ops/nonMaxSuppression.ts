// Non-maximum suppression: which boxes of each class a detector reports.
import * as abi from '../../assembly/abi.js';
import { requireRank, requireShape } from './convolution.js';
import type { Case, Op } from './op.js';
import { ParameterRecord } from './parameterRecord.js';

export interface NonMaxSuppressionAttributes {
  readonly maxOutputBoxesPerClass: number;
  /** A box goes if its intersection with a better one exceeds this part of their union. */
  readonly iouThreshold: number;
  /** A box must score more than this. */
  readonly scoreThreshold: number;
  /** Boxes are (x, y) of the centre, width and height; else (y, x) of two opposite corners. */
  readonly centerPointBox: boolean;
}

/** How many boxes of a class may stay. */
function mostOf({ attributes, inputs }: Omit<Case<NonMaxSuppressionAttributes>, 'outputs'>): number {
  return Math.min(attributes.maxOutputBoxesPerClass, inputs[0]![1]!);
}

/**
 * Boxes [N, S, 4] and scores [N, C, S] -> i32 [N·C·min(maxOutputBoxesPerClass, S), 3]: rows (batch, class, box) in the order of batches,
 * classes and descending scores, of equals the first box first, then rows of -1.
 */
export const nonMaxSuppression: Op<NonMaxSuppressionAttributes> = {
  attributes: {
    maxOutputBoxesPerClass: { kind: 'int', min: 1 },
    iouThreshold: { kind: 'float', default: 0 },
    scoreThreshold: { kind: 'float', default: Number.NEGATIVE_INFINITY },
    centerPointBox: { kind: 'bool', default: false },
  },
  inputs: [2, 2],
  outputType: 'i32',
  infer(c) {
    const boxes = requireRank(c.node, c.inputs[0], 3, 'the boxes');
    const scores = requireRank(c.node, c.inputs[1], 3, 'the scores');
    const [batches, classes, count] = [boxes[0]!, scores[1]!, boxes[1]!];
    requireShape(c.node, boxes, [batches, count, 4], 'the boxes');
    requireShape(c.node, scores, [batches, classes, count], 'the scores');
    return [[batches * classes * mostOf(c), 3]];
  },
  kernels: [
    {
      exports: ['f32_non_max_suppression'],
      /** A heap of 8-byte ranks. */
      scratch: ({ inputs: [boxes] }) => 8 * boxes![1]!,
      lower(l) {
        const [boxes, scores] = [l.input(0), l.input(1)];
        const [batches, classes, count] = scores.shape as [number, number, number];
        const [boxBatch, box, coordinate] = boxes.strides as [number, number, number];
        const [scoreBatch, scoreClass, score] = scores.strides as [number, number, number];
        const record = new ParameterRecord(abi.NMS_WORDS)
          .int(abi.NMS_BOXES, boxes.address)
          .int(abi.NMS_BOX_BATCH, 4 * boxBatch)
          .int(abi.NMS_BOX_STEP, 4 * box)
          .int(abi.NMS_COORDINATE_STEP, 4 * coordinate)
          .int(abi.NMS_SCORES, scores.address)
          .int(abi.NMS_SCORE_BATCH, 4 * scoreBatch)
          .int(abi.NMS_SCORE_CLASS, 4 * scoreClass)
          .int(abi.NMS_SCORE_STEP, 4 * score)
          .int(abi.NMS_BATCHES, batches)
          .int(abi.NMS_CLASSES, classes)
          .int(abi.NMS_COUNT, count)
          .int(abi.NMS_MOST, mostOf(l))
          .float(abi.NMS_OVERLAP_THRESHOLD, l.attributes.iouThreshold)
          .float(abi.NMS_SCORE_THRESHOLD, l.attributes.scoreThreshold)
          .int(abi.NMS_CENTERS, l.attributes.centerPointBox ? 1 : 0)
          .int(abi.NMS_OUTPUT, l.output(0).address)
          .int(abi.NMS_HEAP, l.scratch);
        l.step('f32_non_max_suppression', record, 1);
      },
    },
  ],
};
