// Resizing as ONNX.
import type { Case } from '../../../ops/op.js';
import type { ResizeAttributes } from '../../../ops/resize.js';
import type { Export } from './exporter.js';

/** Those of opset 17. */
const COORDINATES: Readonly<Partial<Record<ResizeAttributes['coordinateMode'], string>>> = {
  halfPixel: 'half_pixel',
  alignCorners: 'align_corners',
  asymmetric: 'asymmetric',
  pytorchHalfPixel: 'pytorch_half_pixel',
  crop: 'tf_crop_and_resize',
};

const NEAREST: Readonly<Record<ResizeAttributes['nearestMode'], string>> = {
  roundPreferFloor: 'round_prefer_floor',
  roundPreferCeil: 'round_prefer_ceil',
  floor: 'floor',
  ceil: 'ceil',
};

const resize: Export = ({ node, attributes, inputs, outputs }: Case<ResizeAttributes>, exporter) => {
  const { scales, mode, coordinateMode, nearestMode, cubicCoefficient, excludeOutside, antialias, region } = attributes;
  const [images, channels, ...size] = inputs[0] as [number, number, number, number];
  const output = outputs[0]!.slice(2);
  const coordinates = COORDINATES[coordinateMode];
  if (!coordinates) throw exporter.unsupported(node, `opset 17 has no coordinateMode ${coordinateMode}`);
  if (antialias && mode !== 'nearest') throw exporter.unsupported(node, 'opset 17 has no antialiased resizing');
  if (scales.some((scale, axis) => Math.floor(Math.fround(scale) * size[axis]!) !== output[axis])) {
    throw exporter.unsupported(node, `scales [${scales}] of [${size}] do not give its outputSize [${output}]`);
  }
  const named = (name: string, values: readonly number[]) =>
    exporter.floats(`${node.name}.${name}`, { shape: [values.length], read: () => Float32Array.from(values) });
  const target =
    scales.length > 0 ? [named('scales', [1, 1, ...scales])] : ['', exporter.integers([images, channels, ...output])];
  const cropped = coordinateMode === 'crop';
  const [top, left, bottom, right] = region;
  const roi = cropped ? named('roi', [0, 0, top!, left!, 1, 1, bottom!, right!]) : '';
  exporter.finish(node, 'Resize', [node.inputs[0]!, roi, ...target], {
    mode,
    coordinate_transformation_mode: coordinates,
    nearest_mode: NEAREST[nearestMode],
    ...(mode === 'cubic' && { cubic_coeff_a: { float: cubicCoefficient }, exclude_outside: Number(excludeOutside) }),
    ...(cropped && { extrapolation_value: { float: attributes.extrapolationValue } }),
  });
};

export const resizingExports = { resize };
