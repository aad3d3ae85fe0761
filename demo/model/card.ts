// What a model file says of itself, and what it costs.
import type { Json } from '../../src/formats/modelFile.js';
import { byId, describe } from '../page/dom.js';
import { megabytes, millions, shape } from '../page/format.js';
import { BUNDLED, type LoadedModel } from './modelControl.js';

const facts = byId('facts', HTMLElement);
const title = byId('card-name', HTMLElement);
const bundledCard = byId('bundled-card', HTMLElement);

export function showCard({ model, name, source, bytes }: LoadedModel): void {
  const { layers, total, memory, findings } = model.describe();
  const hetConvs = layers.filter(({ op }) => op === 'hetConv');
  const parts = [...new Set(hetConvs.map(({ part }) => `P = ${part}`))].join(', ');
  const { preprocessing, labels, provenance = {} } = model;
  title.textContent = name === model.name ? name : `${name} (${model.name})`;
  const rows: [string, string | undefined][] = [
    ['Input', model.inputs.map((port) => `${port.name}: ${shape(port.shape)}`).join('; ')],
    ['Output', model.outputs.map((port) => `${port.name}: ${shape(port.shape)}`).join('; ')],
    ['Classes', labels && (labels.length > 20 ? `${labels.length}` : labels.join(', '))],
    ['Layers', `${layers.length}${hetConvs.length > 0 ? `, ${hetConvs.length} of them HetConv, ${parts}` : ''}`],
    ['Multiply-accumulates', millions(total.macs)],
    ['Parameters', millions(total.parameters)],
    ['File', megabytes(bytes)],
    ['Memory', `${megabytes(memory.total)}, activations ${megabytes(memory.activations)}`],
    [
      'Pictures',
      preprocessing && `${shape([...preprocessing.size].reverse())} pixels, ${preprocessing.fit}, ${preprocessing.resize}`,
    ],
    ['Found on loading', findings.length > 0 ? `${findings.length} sums of convolutions that are one` : undefined],
    ['Licence', model.license],
    ...Object.entries(provenance).map(([key, value]): [string, string] => [words(key), valueWords(value)]),
  ];
  describe(
    facts,
    rows.filter((row): row is [string, string] => row[1] !== undefined),
  );
  bundledCard.hidden = source !== BUNDLED.url;
}

/** 'trainingData' and 'training_data' become 'Training data'. */
function words(key: string): string {
  const spaced = key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Lists and objects become what they hold, without punctuation of JSON. */
function valueWords(value: Json): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map(valueWords).join(', ');
  const held = Object.entries(value).filter(([, each]) => each !== null);
  return held.map(([key, each]) => `${words(key).toLowerCase()} ${valueWords(each)}`).join('; ');
}
