// Non-maximum suppression: of boxes that overlap only the one with the best score stays, class by class.
import * as abi from '../abi';
import { heapify, indexOf, rankOf, takeGreatest } from '../heap';
import { word } from '../rows';

/**
 * One work item. Rows (batch, class, box) of i32 in the order of batches, classes and descending scores, then rows of -1. The heap takes
 * 8 bytes for each box of a picture.
 */
export function f32_non_max_suppression(p: usize, begin: i32, end: i32): void {
  if (begin >= end) return;
  const batches = word(p, abi.NMS_BATCHES);
  const classes = word(p, abi.NMS_CLASSES);
  const count = word(p, abi.NMS_COUNT);
  const most = word(p, abi.NMS_MOST);
  const scoreStep = <usize>word(p, abi.NMS_SCORE_STEP);
  const boxStep = word(p, abi.NMS_BOX_STEP);
  const threshold = load<f32>(p, abi.NMS_SCORE_THRESHOLD << 2);
  const heap = <usize>word(p, abi.NMS_HEAP);
  let output = <usize>word(p, abi.NMS_OUTPUT);
  const outputEnd = output + <usize>(batches * classes * most) * 12;
  for (let batch = 0; batch < batches; batch++) {
    const boxes = word(p, abi.NMS_BOXES) + batch * word(p, abi.NMS_BOX_BATCH);
    for (let category = 0; category < classes; category++) {
      let score = <usize>(word(p, abi.NMS_SCORES) + batch * word(p, abi.NMS_SCORE_BATCH) + category * word(p, abi.NMS_SCORE_CLASS));
      let size = 0;
      for (let i = 0; i < count; i++, score += scoreStep) {
        const x = load<f32>(score);
        if (!(x > threshold)) continue;
        store<i64>(heap + (<usize>size << 3), rankOf(x, i, 0));
        size++;
      }
      heapify(heap, size);
      const first = output;
      const full = output + <usize>most * 12;
      while (size > 0 && output < full) {
        const box = indexOf(takeGreatest(heap, size--));
        let stays = true;
        for (let row = first; row < output && stays; row += 12) {
          stays = !overlaps(p, <usize>(boxes + box * boxStep), <usize>(boxes + load<i32>(row, 8) * boxStep));
        }
        if (!stays) continue;
        store<i32>(output, batch);
        store<i32>(output, category, 4);
        store<i32>(output, box, 8);
        output += 12;
      }
    }
  }
  memory.fill(output, 0xff, outputEnd - output);
}

/** Whether intersection over union exceeds the threshold. */
function overlaps(p: usize, a: usize, b: usize): bool {
  const height = shared(p, a, b, 0);
  const width = shared(p, a, b, 1);
  if (!(height > 0 && width > 0)) return false;
  const intersection = height * width;
  const union = extent(p, a, 0) * extent(p, a, 1) + extent(p, b, 0) * extent(p, b, 1) - intersection;
  return intersection / union > load<f32>(p, abi.NMS_OVERLAP_THRESHOLD << 2);
}

/** How long two boxes overlap along one axis. */
// @ts-ignore: decorator
@inline
function shared(p: usize, a: usize, b: usize, axis: i32): f32 {
  return min<f32>(edge(p, a, axis, 1), edge(p, b, axis, 1)) - max<f32>(edge(p, a, axis, -1), edge(p, b, axis, -1));
}

// @ts-ignore: decorator
@inline
function extent(p: usize, box: usize, axis: i32): f32 {
  return edge(p, box, axis, 1) - edge(p, box, axis, -1);
}

/** The lower (side -1) or upper (1) end of a box along an axis. */
function edge(p: usize, box: usize, axis: i32, side: f32): f32 {
  const step = <usize>word(p, abi.NMS_COORDINATE_STEP);
  const first = load<f32>(box + axis * step);
  const second = load<f32>(box + (axis + 2) * step);
  // Centre and size, or two opposite corners.
  if (word(p, abi.NMS_CENTERS)) return first + side * <f32>0.5 * second;
  return side > 0 ? max<f32>(first, second) : min<f32>(first, second);
}
