// Resize in all its editions, and its predecessor Upsample: pictures scaled along height and width.
import type { Conversion, NodeReader } from '../nodeReader.js';
import type { Operand } from '../operand.js';
import { asPicture } from './window.js';

/** Sizes of all axes, and the scales that were named, if it was scales. */
interface Target {
  readonly sizes: readonly number[];
  readonly scales?: readonly number[];
}

const COORDINATES: ReadonlyMap<string, string> = new Map([
  ['half_pixel', 'halfPixel'],
  ['half_pixel_symmetric', 'halfPixel'],
  ['pytorch_half_pixel', 'pytorchHalfPixel'],
  ['align_corners', 'alignCorners'],
  ['asymmetric', 'asymmetric'],
]);
const NEAREST: ReadonlyMap<string, string> = new Map([
  ['round_prefer_floor', 'roundPreferFloor'],
  ['round_prefer_ceil', 'roundPreferCeil'],
  ['floor', 'floor'],
  ['ceil', 'ceil'],
]);

function scaledBy(node: NodeReader, x: Operand, scales: readonly number[]): Target {
  if (scales.length !== x.shape.length || !scales.every((scale) => scale > 0)) {
    node.wrong(`its scales [${scales.slice(0, 8)}] do not fit an input of shape [${x.shape}]`);
  }
  return { sizes: x.shape.map((size, axis) => Math.floor(size * scales[axis]!)), scales };
}

/** Scales or sizes for the axes that are named, with 1 and their own size for the others. */
function targetOf(node: NodeReader, x: Operand): Target {
  const rank = x.shape.length;
  const axes = node
    .ints(
      'axes',
      x.shape.map((_, axis) => axis),
    )
    .map((axis) => node.axis(axis, rank));
  const spread = (values: readonly number[], otherwise: readonly number[]) => {
    if (values.length !== axes.length) node.wrong(`it names ${values.length} scales or sizes for ${axes.length} axes`);
    return otherwise.map((other, axis) => (axes.includes(axis) ? values[axes.indexOf(axis)]! : other));
  };
  const scales = node.has(2) ? Array.from(node.known(2).read()) : [];
  if (scales.length > 0) {
    return scaledBy(
      node,
      x,
      spread(
        scales,
        x.shape.map(() => 1),
      ),
    );
  }
  const asked = node.integers(3);
  const policy = node.string('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return { sizes: spread(asked, x.shape) };
  const ratios = asked.map((size, i) => size / x.shape[axes[i] ?? 0]!);
  const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  const sizes = axes.map((axis) => Math.floor(ratio * x.shape[axis]! + 0.5));
  return { sizes: spread(sizes, x.shape) };
}

function resizeTo(node: NodeReader, x: Operand, { sizes, scales }: Target, coordinateMode: string, nearestMode: string): Operand {
  const mode = node.string('mode', 'nearest');
  if (!['nearest', 'linear', 'bilinear'].includes(mode)) node.fail(`mode "${mode.slice(0, 40)}" is not supported`);
  const rank = x.shape.length;
  if (rank !== 3 && rank !== 4) node.fail(`its input has shape [${x.shape}]; only one or two axes of space are supported`);
  if (sizes[0] !== x.shape[0] || sizes[1] !== x.shape[1]) {
    node.fail(`it resizes [${x.shape}] to [${sizes}]; only the axes behind batch and channels can be resized`);
  }
  const picture = rank === 3 ? [1, sizes[2]!] : sizes.slice(2);
  const factors = scales && (rank === 3 ? [1, scales[2]!] : scales.slice(2));
  const y = node.emit('resize', [asPicture(node, x)], {
    outputSize: picture,
    mode: mode === 'nearest' ? 'nearest' : 'linear',
    coordinateMode,
    nearestMode,
    ...(factors && { scales: factors }),
  });
  return node.reshape(y, sizes);
}

const resize: Conversion = (node) => {
  const x = node.input(0);
  if (node.opset < 11) return resizeTo(node, x, scaledBy(node, x, Array.from(node.known(1).read())), 'asymmetric', 'floor');
  const target = targetOf(node, x);
  const coordinates = node.string('coordinate_transformation_mode', 'half_pixel');
  const nearest = node.string('nearest_mode', 'round_prefer_floor');
  const coordinateMode =
    COORDINATES.get(coordinates) ?? node.fail(`coordinate_transformation_mode "${coordinates.slice(0, 40)}" is not supported`);
  const nearestMode = NEAREST.get(nearest) ?? node.fail(`nearest_mode "${nearest.slice(0, 40)}" is unknown`);
  const exact = !target.scales || target.scales.every((scale, axis) => scale * x.shape[axis]! === target.sizes[axis]);
  if (coordinates === 'half_pixel_symmetric' && !exact) node.fail('half_pixel_symmetric is supported for scales that fit only');
  const shrinks = target.sizes.some((size, axis) => size < x.shape[axis]!);
  if (node.int('antialias', 0) !== 0 && shrinks && node.string('mode', 'nearest') !== 'nearest') {
    node.fail('antialias = 1 is not supported');
  }
  return resizeTo(node, x, target, coordinateMode, nearestMode);
};

const upsample: Conversion = (node) => {
  const x = node.input(0);
  const scales = node.has(1) ? Array.from(node.known(1).read()) : (node.attribute('scales')?.floats ?? []);
  return resizeTo(node, x, scaledBy(node, x, scales), 'asymmetric', 'floor');
};

export const resizing: Readonly<Record<string, Conversion>> = { Resize: resize, Upsample: upsample };
