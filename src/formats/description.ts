// What a model file says beside the network: how to feed it, what its classes are called, where it comes from. Every format
// that can carry strings by key carries it so; docs/format.md specifies the keys and their values.
import type { Graph, Shape } from '../graph/graph.js';
import type { Preprocessing } from '../graph/preprocessing.js';
import { inferTypes } from '../ops/inferTypes.js';
import type { Json, ModelFile } from './modelFile.js';
import { preprocessingFromJson } from './preprocessingFromJson.js';
import { dictionary, fail, json, list, parseJson, text } from './schema.js';

export type Description = Omit<ModelFile, 'graph' | 'canonical'>;

/** `shapes` are those of the graph's values. Throws `bad-file`, also where the description does not fit the graph. */
export function readDescription(
  metadata: ReadonlyMap<string, string>,
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
): Description {
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
  if (preprocessing) checkInput(preprocessing, shapes.get(graph.inputs[0]!.name)!);
  if (labels) checkLabels(labels, graph, shapes);
  return {
    ...(preprocessing && { preprocessing }),
    ...(labels && { labels }),
    ...(provenance && { provenance }),
    ...(license !== undefined && { license }),
  };
}

function checkInput({ size }: Preprocessing, input: Shape): void {
  if (`${input.slice(1)}` !== `3,${size}`)
    fail('preprocessing.size', `is [${size}], so the network's input must have shape [N,3,${size}]; it has [${input}]`);
}

/** There are as many as the network tells classes apart. */
function checkLabels(labels: readonly string[], graph: Graph, shapes: ReadonlyMap<string, Shape>): void {
  const output = graph.outputs.includes('scores') ? 'scores' : graph.outputs[0]!;
  // Indices of classes do not say how many there are.
  if (inferTypes(graph).get(output) === 'i32') return;
  const shape = shapes.get(output)!;
  // A detector whose one output has boxes in front of the scores: [N, 4 + C, S].
  const boxes = graph.outputs.length === 1 && shape.length === 3 ? 4 : 0;
  if (labels.length + boxes !== shape[1]) {
    const axis = boxes ? 'less the 4 of the boxes, ' : '';
    fail('labels', `has ${labels.length} entries; axis 1 of the network's output, of shape [${shape}], ${axis}must have as many`);
  }
}
