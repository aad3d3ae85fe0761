// Any move of elements between two views is one call of f32_copy.
import * as abi from '../../assembly/abi.js';
import type { Lowering, View } from './op.js';
import { ParameterRecord } from './parameterRecord.js';
import { rowAxes, rowCount, rowSizes, rowStrides } from './rows.js';

/**
 * Appends the step that copies `source` to `target`, views of one shape of at most 6 axes that do not overlap. Source strides may be
 * negative or zero; each element of the target is written once.
 */
export function stridedCopy(l: Pick<Lowering<unknown>, 'step'>, source: View, target: View): void {
  const axes = rowAxes([source, target]);
  const unit = axes.findIndex((axis) => axis.size > 1 && axis.strides[0] === 1);
  // The source's unit axis goes next to the innermost one, where the kernel transposes.
  if (unit >= 0 && unit < 4) axes.splice(4, 0, ...axes.splice(unit, 1));
  const record = new ParameterRecord(abi.COPY_WORDS)
    .int(abi.COPY_SOURCE, source.address)
    .int(abi.COPY_TARGET, target.address)
    .ints(abi.COPY_SIZES, rowSizes(axes))
    .ints(abi.COPY_SOURCE_STRIDES, rowStrides(axes, 0))
    .ints(abi.COPY_TARGET_STRIDES, rowStrides(axes, 1));
  l.step('f32_copy', record, rowCount(axes));
}
