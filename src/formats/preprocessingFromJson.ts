// How a picture becomes the input, from its JSON: in a model file, or in a file of its own for conversion.
import type { Preprocessing } from '../graph/preprocessing.js';
import { dictionary, fail, finite, list, oneOf, positive, record, size } from './schema.js';

const KEYS = ['size', 'fit', 'resize', 'mean', 'std', 'colorOrder'];
/** Pixels of a side of a scaled picture. */
const MAX_SIDE = 65_536;

/** `path` is how messages call the value. Throws `bad-file`. */
export function preprocessingFromJson(value: unknown, path: string): Preprocessing {
  const fit = oneOf(dictionary(value, path).fit, `${path}.fit`, ['stretch', 'crop', 'letterbox']);
  const own = fit === 'letterbox' ? ['placement', 'fill'] : [];
  const fields = record(value, path, [...KEYS, ...own], fit === 'crop' ? ['shorterSide'] : []);
  const tuple = (key: string, length: number, item: (value: unknown, path: string) => number) => {
    const items = list(fields[key], `${path}.${key}`, item, length);
    return items.length === length ? items : fail(`${path}.${key}`, `must have ${length} entries`);
  };
  const triple = (key: string, item: (value: unknown, path: string) => number) => tuple(key, 3, item) as [number, number, number];
  const inputSize = tuple('size', 2, size) as [number, number];
  return {
    size: inputSize,
    fit,
    ...(fields.shorterSide !== undefined && {
      shorterSide: within(Math.max(...inputSize), MAX_SIDE)(fields.shorterSide, `${path}.shorterSide`),
    }),
    ...(fit === 'letterbox' && {
      placement: oneOf(fields.placement, `${path}.placement`, ['center', 'topLeft']),
      fill: triple('fill', within(0, 255)),
    }),
    resize: oneOf(fields.resize, `${path}.resize`, ['bilinear', 'nearest']),
    mean: triple('mean', finite),
    std: triple('std', positive),
    colorOrder: oneOf(fields.colorOrder, `${path}.colorOrder`, ['RGB', 'BGR']),
  };
}

/** A check for integers in least … most. */
function within(least: number, most: number): (value: unknown, path: string) => number {
  return (value, path) => {
    const fits = Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
    return fits ? (value as number) : fail(path, `must be an integer in ${least}…${most}`);
  };
}
