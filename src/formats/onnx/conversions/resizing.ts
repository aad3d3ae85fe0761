// Resize in all its editions, and its predecessor Upsample: pictures scaled along height and width.
import type { Attribute } from '../../../graph/graph.js';
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
  ['half_pixel_symmetric', 'halfPixelSymmetric'],
  ['pytorch_half_pixel', 'pytorchHalfPixel'],
  ['align_corners', 'alignCorners'],
  ['asymmetric', 'asymmetric'],
  ['tf_half_pixel_for_nn', 'tfHalfPixelForNearest'],
  ['tf_crop_and_resize', 'crop'],
]);
const NEAREST: ReadonlyMap<string, string> = new Map([
  ['round_prefer_floor', 'roundPreferFloor'],
  ['round_prefer_ceil', 'roundPreferCeil'],
  ['floor', 'floor'],
  ['ceil', 'ceil'],
]);
/** Upsample called linear what it did to two axes bilinear at first. */
const MODES: ReadonlyMap<string, string> = new Map([
  ['nearest', 'nearest'],
  ['linear', 'linear'],
  ['bilinear', 'linear'],
  ['cubic', 'cubic'],
]);
const POLICIES: ReadonlyMap<string, (...ratios: number[]) => number> = new Map([
  ['not_larger', Math.min],
  ['not_smaller', Math.max],
]);

/** What a text of the file means. */
function meaning<T>(node: NodeReader, attribute: string, otherwise: string, meanings: ReadonlyMap<string, T>): T {
  const text = node.string(attribute, otherwise);
  return meanings.get(text) ?? node.fail(`${attribute} "${text.slice(0, 40)}" is not supported`);
}

function scaledBy(node: NodeReader, x: Operand, scales: readonly number[]): Target {
  if (scales.length !== x.shape.length || !scales.every((scale) => scale > 0)) {
    node.wrong(`its scales [${scales.slice(0, 8)}] do not fit an input of shape [${x.shape}]`);
  }
  return { sizes: x.shape.map((size, axis) => Math.floor(size * scales[axis]!)), scales };
}

/** Values for the axes that the node names, `otherwise` for the others. */
type Spread = (values: readonly number[], otherwise: readonly number[]) => number[];

/** The axes that the node names, or all. */
function namedAxes(node: NodeReader, rank: number): number[] {
  const all = Array.from({ length: rank }, (_, axis) => axis);
  return node.ints('axes', all).map((axis) => node.axis(axis, rank));
}

/** Scales or sizes for the axes that are named, with 1 and their own size for the others. */
function targetOf(node: NodeReader, x: Operand, axes: readonly number[], spread: Spread): Target {
  const ones = x.shape.map(() => 1);
  const scales = node.has(2) ? Array.from(node.known(2).read()) : [];
  if (scales.length > 0) return scaledBy(node, x, spread(scales, ones));
  const asked = node.integers(3);
  const wanted = spread(asked, x.shape);
  if (node.string('keep_aspect_ratio_policy', 'stretch') === 'stretch') return { sizes: wanted };
  const choose = meaning(node, 'keep_aspect_ratio_policy', '', POLICIES);
  const ratio = Math.fround(choose(...axes.map((axis) => wanted[axis]! / x.shape[axis]!)));
  const ratios = spread(
    axes.map(() => ratio),
    ones,
  );
  return { sizes: x.shape.map((size, axis) => Math.floor(ratios[axis]! * size + 0.5)), scales: ratios };
}

function resizeTo(
  node: NodeReader,
  x: Operand,
  { sizes, scales }: Target,
  attributes: Readonly<Record<string, Attribute>>,
): Operand {
  const mode = meaning(node, 'mode', 'nearest', MODES);
  const rank = x.shape.length;
  if (rank !== 3 && rank !== 4) node.fail(`its input has shape [${x.shape}]; only one or two axes of space are supported`);
  if (sizes[0] !== x.shape[0] || sizes[1] !== x.shape[1]) {
    node.fail(`it resizes [${x.shape}] to [${sizes}]; only the axes behind batch and channels can be resized`);
  }
  const y = node.emit('resize', [asPicture(node, x)], {
    outputSize: ofPicture(sizes),
    mode,
    ...attributes,
    ...(scales && { scales: ofPicture(scales) }),
  });
  return node.reshape(y, sizes);
}

/** Height and width, where there are both; 1 for the height of a signal. */
function ofPicture(values: readonly number[]): number[] {
  return values.length === 3 ? [1, values[2]!] : values.slice(2);
}

/** top, left, bottom, right */
function regionOf(node: NodeReader, rank: number, axes: readonly number[], spread: Spread): number[] {
  const roi = Array.from(node.known(1).read());
  if (roi.length !== 2 * axes.length) node.wrong(`its region of interest has ${roi.length} numbers for ${axes.length} axes`);
  const starts = spread(roi.slice(0, axes.length), new Array(rank).fill(0));
  const ends = spread(roi.slice(axes.length), new Array(rank).fill(1));
  if (starts[0] !== 0 || starts[1] !== 0 || ends[0] !== 1 || ends[1] !== 1) {
    node.fail(`it crops [${roi.slice(0, 12)}]; only the axes behind batch and channels can be cropped`);
  }
  const [top, left] = rank === 3 ? [0, starts[2]!] : starts.slice(2);
  return [top!, left!, ...ofPicture(ends)];
}

const resize: Conversion = (node) => {
  const x = node.input(0);
  const rank = x.shape.length;
  if (node.opset < 11) {
    const target = scaledBy(node, x, Array.from(node.known(1).read()));
    return resizeTo(node, x, target, { coordinateMode: 'asymmetric', nearestMode: 'floor' });
  }
  const axes = namedAxes(node, rank);
  const spread: Spread = (values, otherwise) => {
    if (values.length !== axes.length) node.wrong(`it names ${values.length} scales or sizes for ${axes.length} axes`);
    return otherwise.map((other, axis) => (axes.includes(axis) ? values[axes.indexOf(axis)]! : other));
  };
  const target = targetOf(node, x, axes, spread);
  const coordinateMode = meaning(node, 'coordinate_transformation_mode', 'half_pixel', COORDINATES);
  return resizeTo(node, x, target, {
    coordinateMode,
    nearestMode: meaning(node, 'nearest_mode', 'round_prefer_floor', NEAREST),
    cubicCoefficient: node.float('cubic_coeff_a', -0.75),
    excludeOutside: node.int('exclude_outside', 0) !== 0,
    antialias: node.int('antialias', 0) !== 0,
    ...(coordinateMode === 'crop' && {
      region: regionOf(node, rank, axes, spread),
      extrapolationValue: node.float('extrapolation_value', 0),
    }),
  });
};

const upsample: Conversion = (node) => {
  const x = node.input(0);
  const scales = node.has(1) ? Array.from(node.known(1).read()) : (node.attribute('scales')?.floats ?? []);
  return resizeTo(node, x, scaledBy(node, x, scales), { coordinateMode: 'asymmetric', nearestMode: 'floor' });
};

export const resizing: Readonly<Record<string, Conversion>> = { Resize: resize, Upsample: upsample };
