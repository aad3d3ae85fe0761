// What the experiment may vary, as a form; what it says, as a job.
import { architectures, type UniformKind } from '../../src/architectures/index.js';
import type { Network } from '../../src/bench/bench.js';
import { architectureNetwork, kindsOf } from '../../src/bench/entries.js';
import { HetConvError } from '../../src/graph/error.js';
import type { Accuracy } from '../../src/ops/op.js';
import type { BenchJob, Networks, Timing } from '../measure/protocol.js';
import { byId, element } from '../page/dom.js';

type Kind = Exclude<UniformKind['kind'], 'standard'>;

const KINDS: Record<Kind, string> = {
  hetconv: 'HetConv',
  dwpw: 'depthwise + pointwise',
  gwpw: 'groupwise + pointwise',
  pw: 'pointwise alone',
};
const PARTS = [2, 4, 8, 16, 32, 64];
const GROUPS = [4];
const ACCURACIES: Partial<Record<Accuracy, string>> = { direct: 'added up in order', standard: 'Winograd’s filtering too' };
const SIZES = [32, 64, 96, 128, 160, 224];
const EFFORTS: Record<string, { readonly label: string; readonly timing: Timing }> = {
  quick: { label: '5, quick', timing: { rounds: 5, runs: 2, warmUpMs: 100 } },
  normal: { label: '15, as hetconv bench', timing: { rounds: 15, runs: 3, warmUpMs: 250 } },
  long: { label: '40, for a busy machine', timing: { rounds: 40, runs: 3, warmUpMs: 250 } },
};
const DEFAULTS = {
  architecture: 'vgg16-cifar10',
  kinds: ['hetconv'],
  parts: [2, 4, 8, 16],
  accuracies: ['direct', 'standard'],
  effort: 'quick',
};

export type Plan = Omit<BenchJob, 'environment'> & { readonly network: Network };

export const form = byId('experiment-form', HTMLFormElement);

export function fillForm(): void {
  options(
    'architecture',
    Object.keys(architectures).map((name) => [name, name]),
  );
  options('size', [['', 'its own'], ...SIZES.map((size): [string, string] => [String(size), `${size} pixels`])]);
  options(
    'effort',
    Object.entries(EFFORTS).map(([value, { label }]) => [value, label]),
  );
  byId('architecture', HTMLSelectElement).value = DEFAULTS.architecture;
  byId('effort', HTMLSelectElement).value = DEFAULTS.effort;
  chips('kinds', 'kind', Object.entries(KINDS), DEFAULTS.kinds);
  chips(
    'parts',
    'part',
    PARTS.map((part) => [String(part), String(part)]),
    DEFAULTS.parts.map(String),
  );
  chips('accuracies', 'accuracy', Object.entries(ACCURACIES), DEFAULTS.accuracies);
}

/** Throws `bad-option` or `bad-shape` where that cannot be measured. */
export function readForm(): Plan {
  const data = new FormData(form);
  const kinds = data.getAll('kind') as Kind[];
  const parts = data.getAll('part').map(Number);
  const accuracies = data.getAll('accuracy') as Accuracy[];
  const size = Number(data.get('size'));
  if (kinds.length === 0) throw new HetConvError('bad-option', 'choose at least one kind of convolution to measure');
  if (kinds.includes('hetconv') && parts.length === 0) throw new HetConvError('bad-option', 'choose at least one P for HetConv');
  if (accuracies.length === 0) throw new HetConvError('bad-option', 'choose at least one way to compute products');
  const networks: Networks = {
    architecture: String(data.get('architecture')),
    kinds: kindsOf(kinds, parts, GROUPS),
    ...(size > 0 && { size }),
  };
  const { timing } = EFFORTS[String(data.get('effort'))]!;
  const network = architectureNetwork(networks.architecture, networks.kinds, networks.size);
  return { kind: 'bench', networks, accuracies, timing, network };
}

function options(id: string, entries: readonly (readonly [value: string, label: string])[]): void {
  byId(id, HTMLSelectElement).replaceChildren(
    ...entries.map(([value, textContent]) => element('option', { value, textContent })),
  );
}

/** Check boxes that look like one row of choices. */
function chips(
  id: string,
  name: string,
  entries: readonly (readonly [value: string, label: string])[],
  checked: readonly string[],
): void {
  const made = entries.map(([value, label]) =>
    element(
      'label',
      { className: 'chip' },
      element('input', { type: 'checkbox', name, value, defaultChecked: checked.includes(value) }),
      label,
    ),
  );
  byId(id, HTMLFieldSetElement).append(element('div', { className: 'chips' }, ...made));
}
