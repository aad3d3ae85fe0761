// What a model file says beside the network: how to feed it, what its classes are called, where it comes from. Every format
// that can carry strings by key carries it so; docs/format.md specifies the keys and their values.
import type { Shape } from '../graph/graph.js';
import type { Preprocessing } from '../graph/preprocessing.js';
import type { Json, ModelFile } from './modelFile.js';
import { dictionary, fail, finite, json, list, oneOf, parseJson, record, size, text } from './schema.js';

export type Description = Omit<ModelFile, 'graph' | 'canonical'>;

/** `input` and `output` are the shapes of the network's first ones. Throws `bad-file`, also where the description does not fit them. */
export function readDescription(metadata: ReadonlyMap<string, string>, input: Shape, output: Shape): Description {
  const parsed = <T>(key: string, check: (value: unknown, path: string) => T): T | undefined => {
    const value = metadata.get(key);
    return value === undefined ? undefined : check(parseJson(value, `the metadata "${key}"`), key);
  };
  const preprocessing = parsed('preprocessing', preprocessingFromJson);
  const labels = parsed('labels', (value, path) => list(value, path, text));
  const provenance = parsed('provenance', (value, path) => {
    json(value, path);
    return dictionary(value, path) as Readonly<Record<string, Json>>;
  });
  const license = metadata.get('license');
  checkAgreement(input, output, preprocessing, labels);
  return {
    ...(preprocessing && { preprocessing }),
    ...(labels && { labels }),
    ...(provenance && { provenance }),
    ...(license !== undefined && { license }),
  };
}

export function writeDescription({ preprocessing, labels, provenance, license }: Description): Map<string, string> {
  const metadata = new Map<string, string>();
  for (const [key, value] of Object.entries({ preprocessing, labels, provenance })) {
    if (value !== undefined) metadata.set(key, JSON.stringify(value));
  }
  if (license !== undefined) metadata.set('license', license);
  return metadata;
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
