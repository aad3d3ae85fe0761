// The model file of this project: safetensors whose `__metadata__` carries the network. docs/format.md specifies it.
import { valuesOf } from '../graph/constant.js';
import { HetConvError } from '../graph/error.js';
import type { Shape } from '../graph/graph.js';
import { graphToJson } from '../graph/graphJson.js';
import type { Preprocessing } from '../graph/preprocessing.js';
import { inferShapes } from '../ops/inferShapes.js';
import type { FormatCodec, WriteOptions } from './format.js';
import { graphFromJson } from './graphFromJson.js';
import { roundToF16 } from './half.js';
import type { Json, ModelFile } from './modelFile.js';
import { parseJson, readSafetensors, type SafeTensor, toConstant, writeSafetensors } from './safetensors.js';
import { dictionary, fail, finite, json, list, oneOf, record, size, text } from './schema.js';

const VERSION = 1;
/** Smallest normal number of F16: below it digits are lost. */
const F16_NORMAL = 2 ** -14;
/** Numbers from here on round to infinity in F16. */
const F16_OVERFLOW = 65520;

export const native: FormatCodec = { read, write };

function read(bytes: Uint8Array): ModelFile {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.get('format') !== 'hetconv') {
    throw new HetConvError(
      'bad-file',
      'this safetensors file holds weights only ("__metadata__" has no "format": "hetconv"); export the network, for example as ONNX',
    );
  }
  checkVersion(metadata.get('version'));
  const parsed = <T>(key: string, check: (value: unknown, path: string) => T): T | undefined => {
    const value = metadata.get(key);
    return value === undefined ? undefined : check(parseJson(value, `"__metadata__": "${key}"`), key);
  };
  const constants = new Map([...tensors].map(([name, tensor]) => [name, toConstant(name, tensor)]));
  const graph = parsed('graph', (value, path) => graphFromJson(value, path, constants));
  if (!graph) throw new HetConvError('bad-file', '"__metadata__" has no "graph"');
  const preprocessing = parsed('preprocessing', preprocessingFromJson);
  const labels = parsed('labels', (value, path) => list(value, path, text));
  const provenance = parsed('provenance', (value, path) => {
    json(value, path);
    return dictionary(value, path) as Readonly<Record<string, Json>>;
  });
  const license = metadata.get('license');
  const shapes = inferShapes(graph);
  checkAgreement(graph.inputs[0]!.shape, shapes.get(graph.outputs[0]!)!, preprocessing, labels);
  return {
    graph,
    ...(metadata.has('canonical') && { canonical: true }),
    ...(preprocessing && { preprocessing }),
    ...(labels && { labels }),
    ...(provenance && { provenance }),
    ...(license !== undefined && { license }),
  };
}

function checkVersion(version: string | undefined): void {
  if (version === undefined || !/^[1-9][0-9]{0,8}$/.test(version)) {
    fail('"__metadata__"', `: "version" is ${version === undefined ? 'missing' : `"${version.slice(0, 40)}"`}, not a number`);
  }
  if (Number(version) > VERSION) {
    throw new HetConvError(
      'bad-version',
      `the model file has version ${version}, this release reads up to ${VERSION}: update hetconv`,
    );
  }
}

function preprocessingFromJson(value: unknown, path: string): Preprocessing {
  const fields = record(value, path, ['size', 'fit', 'resize', 'mean', 'std', 'colorOrder']);
  const tuple = (key: string, length: number, item: (value: unknown, path: string) => number) => {
    const items = list(fields[key], `${path}.${key}`, item, length);
    return items.length === length ? items : fail(`${path}.${key}`, `must have ${length} entries`);
  };
  const positive = (item: unknown, at: string) => (finite(item, at) > 0 ? (item as number) : fail(at, 'must be positive'));
  return {
    size: tuple('size', 2, size) as [number, number],
    fit: oneOf(fields.fit, `${path}.fit`, ['stretch', 'crop']),
    resize: oneOf(fields.resize, `${path}.resize`, ['bilinear', 'nearest']),
    mean: tuple('mean', 3, finite) as [number, number, number],
    std: tuple('std', 3, positive) as [number, number, number],
    colorOrder: oneOf(fields.colorOrder, `${path}.colorOrder`, ['RGB', 'BGR']),
  };
}

/** What is said about pictures and classes fits the network's first input and output. */
function checkAgreement(input: Shape, output: Shape, preprocessing?: Preprocessing, labels?: readonly string[]): void {
  if (preprocessing && `${input.slice(1)}` !== `3,${preprocessing.size}`) {
    const { size } = preprocessing;
    fail('preprocessing.size', `is [${size}], so the network's input must have shape [N,3,${size}]; it has [${input}]`);
  }
  if (labels && labels.length !== output[1]) {
    fail('labels', `has ${labels.length} entries; axis 1 of the network's output, of shape [${output}], must have as many`);
  }
}

function write(model: ModelFile, { precision = 'f32' }: WriteOptions = {}): Uint8Array {
  const { graph, canonical, preprocessing, labels, provenance, license } = model;
  const tensors = new Map(
    [...graph.tensors].map(([name, tensor]) => [name, encode(tensor.shape, valuesOf(tensor, name), precision)]),
  );
  const metadata = new Map(
    Object.entries({ format: 'hetconv', version: `${VERSION}`, graph: JSON.stringify(graphToJson(graph)) }),
  );
  for (const [key, value] of Object.entries({ preprocessing, labels, provenance })) {
    if (value !== undefined) metadata.set(key, JSON.stringify(value));
  }
  if (canonical) metadata.set('canonical', '1');
  if (license !== undefined) metadata.set('license', license);
  return writeSafetensors({ tensors, metadata });
}

/** F16 only for weights of rank 2 and more whose largest magnitude is within its normal range. */
function encode(shape: Shape, values: Float32Array, precision: 'f16' | 'f32'): SafeTensor {
  const compact = precision === 'f16' && shape.length >= 2 && fitsF16(values);
  const { buffer, byteOffset, byteLength } = compact ? roundToF16(values) : values;
  return { dtype: compact ? 'F16' : 'F32', shape, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

function fitsF16(values: Float32Array): boolean {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest === 0 || (largest >= F16_NORMAL && largest < F16_OVERFLOW);
}
