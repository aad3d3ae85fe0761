// Any move of elements between two views becomes one call of f32_copy: here its axes are merged and put in the order the kernel likes.
import * as abi from '../../assembly/abi.js';
import { HetConvError } from '../graph/error.js';
import type { Lowering, View } from './op.js';
import { ParameterRecord } from './parameterRecord.js';

interface Axis {
  size: number;
  source: number;
  target: number;
}

/**
 * Appends the step that copies `source` to `target`, views of one shape that do not overlap. Source strides may be negative or
 * zero, as long as each element of the target is written once. Throws `bad-shape` if more than 6 axes remain after merging.
 */
export function stridedCopy(l: Pick<Lowering<unknown>, 'step'>, source: View, target: View): void {
  const axes = kernelAxes(source, target);
  if (axes.length > 6)
    throw new HetConvError('bad-shape', `moving shape [${target.shape}] takes ${axes.length} axes, at most 6 are supported`);
  while (axes.length < 6) axes.unshift({ size: 1, source: 0, target: 0 });
  const of = (field: keyof Axis, scale: number) => axes.map((axis) => scale * axis[field]);
  const record = new ParameterRecord(abi.COPY_WORDS)
    .int(abi.COPY_SOURCE, source.address)
    .int(abi.COPY_TARGET, target.address)
    .ints(abi.COPY_SIZES, of('size', 1))
    .ints(abi.COPY_SOURCE_STRIDES, of('source', 4))
    .ints(abi.COPY_TARGET_STRIDES, of('target', 4));
  const rows = axes.slice(0, 5).reduce((product, axis) => product * axis.size, 1);
  l.step('f32_copy', record, rows);
}

/** The axes that matter, outermost first: descending by target stride, the source's unit axis next to the innermost. */
function kernelAxes(source: View, target: View): Axis[] {
  const sorted = target.shape
    .map((size, i): Axis => ({ size, source: source.strides[i]!, target: target.strides[i]! }))
    .filter((axis) => axis.size > 1)
    .sort((a, b) => Math.abs(b.target) - Math.abs(a.target));
  const merged: Axis[] = [];
  for (const axis of sorted) {
    const outer = merged.at(-1);
    if (outer && outer.source === axis.source * axis.size && outer.target === axis.target * axis.size) {
      outer.size *= axis.size;
      outer.source = axis.source;
      outer.target = axis.target;
    } else merged.push(axis);
  }
  const unit = merged.findIndex((axis) => axis.source === 1);
  if (unit >= 0 && unit < merged.length - 2) merged.splice(-1, 0, ...merged.splice(unit, 1));
  return merged;
}
