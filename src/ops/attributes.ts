// What an op's attributes may be: types, ranges and defaults, checked in one place for every source of graphs.
import type { Attribute, Node } from '../graph/graph.js';
import { nodeError } from './nodeError.js';

interface Numeric<T> {
  min?: number;
  max?: number;
  default?: T;
}
export type AttributeSpec =
  | ({ kind: 'int' | 'float' } & Numeric<number>)
  | ({ kind: 'ints' | 'floats'; length?: number } & Numeric<readonly number[]>)
  | { kind: 'enum'; values: readonly string[]; default?: string }
  | { kind: 'bool'; default?: boolean };

export type AttributeSpecs<A> = { readonly [K in keyof Required<A>]: AttributeSpec };

/** Of nodes that were asked about before. */
const known = new WeakMap<Node, unknown>();

/** The node's attributes, complete with defaults; `specs` are those of its op. Throws `bad-attribute`. */
export function attributesOf<A>(node: Node, specs: AttributeSpecs<A>): A {
  let attributes = known.get(node);
  if (!attributes) {
    attributes = completed(node, specs);
    known.set(node, attributes);
  }
  return attributes as A;
}

function completed<A>(node: Node, specs: AttributeSpecs<A>): A {
  const table = specs as Readonly<Record<string, AttributeSpec>>;
  for (const name of Object.keys(node.attributes)) {
    if (!Object.hasOwn(table, name)) {
      throw nodeError(node, `unknown attribute "${name}"; known are ${Object.keys(table).join(', ') || 'none'}`, 'bad-attribute');
    }
  }
  const complete: Record<string, Attribute> = {};
  for (const [name, spec] of Object.entries(table)) {
    const value = Object.hasOwn(node.attributes, name) ? node.attributes[name] : spec.default;
    if (value === undefined) throw nodeError(node, `attribute "${name}" is missing`, 'bad-attribute');
    const wrong = complaint(value, spec);
    if (wrong) throw nodeError(node, `attribute "${name}" ${wrong}`, 'bad-attribute');
    complete[name] = value;
  }
  return complete as A;
}

function complaint(value: Attribute, spec: AttributeSpec): string | undefined {
  switch (spec.kind) {
    case 'enum':
      return spec.values.includes(value as string) ? undefined : `must be one of ${spec.values.join(', ')}`;
    case 'bool':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'ints':
    case 'floats':
      if (!Array.isArray(value)) return `must be a list of ${spec.kind === 'ints' ? 'integers' : 'numbers'}`;
      if (spec.length !== undefined && value.length !== spec.length)
        return `must have ${spec.length} entries, not ${value.length}`;
      for (const item of value) {
        const wrong = numberComplaint(item, spec.kind === 'ints', spec);
        if (wrong) return wrong;
      }
      return undefined;
    default:
      return numberComplaint(value, spec.kind === 'int', spec);
  }
}

function numberComplaint(value: unknown, integer: boolean, range: { min?: number; max?: number }): string | undefined {
  if (typeof value !== 'number' || Number.isNaN(value)) return `must be ${integer ? 'an integer' : 'a number'}`;
  if (integer && !Number.isInteger(value)) return 'must be an integer';
  const { min = integer ? -(2 ** 31) : -Infinity, max = integer ? 2 ** 31 - 1 : Infinity } = range;
  return value < min || value > max ? `is ${value}, outside ${min}…${max}` : undefined;
}
