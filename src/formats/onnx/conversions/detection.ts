// The best of many: what detectors end in.
import type { Conversion } from '../nodeReader.js';

export const detection: Readonly<Record<string, Conversion>> = {
  NonMaxSuppression: (node) => {
    // Without a limit nothing is selected, says the standard; and a threshold that is not there stops nothing.
    const limit = node.has(2) ? node.number(2) : 0;
    if (limit <= 0) node.fail('max_output_boxes_per_class is 0: nothing would be selected');
    return node.emit('nonMaxSuppression', [node.input(0), node.input(1)], {
      maxOutputBoxesPerClass: Math.min(limit, 2 ** 31 - 1),
      iouThreshold: node.has(3) ? node.number(3) : 0,
      scoreThreshold: node.has(4) ? node.number(4) : Number.NEGATIVE_INFINITY,
      centerPointBox: node.int('center_point_box', 0) !== 0,
    });
  },
  TopK: (node) => {
    const x = node.input(0);
    return node.emitAll(
      'topK',
      [x],
      {
        k: node.has(1) ? node.number(1) : node.int('k', 1),
        axis: node.axis(node.int('axis', -1), x.shape.length),
        largest: node.int('largest', 1) !== 0,
      },
      2,
    );
  },
};
