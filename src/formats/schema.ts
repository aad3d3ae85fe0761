// Checks of JSON that came from outside: each returns the value with its type, or throws `bad-file` with the exact path.
import { HetConvError } from '../graph/error.js';
import type { Json } from './modelFile.js';

const MAX_NAME = 1024;
const MAX_DEPTH = 32;

export function fail(path: string, complaint: string): never {
  throw new HetConvError('bad-file', `${path} ${complaint}`);
}

/** `JSON.parse` whose failure, whatever it is, is a `bad-file` that names `what`. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable';
    throw new HetConvError('bad-file', `${what} is not valid JSON: ${reason}`, { cause });
  }
}

/** An object with all of the `required` keys, perhaps the `optional` ones, and no others. */
export function record(value: unknown, path: string, required: readonly string[], optional: readonly string[] = []) {
  const object = dictionary(value, path);
  for (const key of required) if (!Object.hasOwn(object, key)) fail(path, `lacks "${key}"`);
  for (const key of Object.keys(object)) {
    if (!required.includes(key) && !optional.includes(key)) fail(path, `has the unknown key "${key.slice(0, 40)}"`);
  }
  return object;
}

/** An object with any keys. */
export function dictionary(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, 'must be an object');
  return value as Readonly<Record<string, unknown>>;
}

export function list<T>(value: unknown, path: string, item: (value: unknown, path: string) => T, limit = Infinity): readonly T[] {
  if (!Array.isArray(value)) fail(path, 'must be a list');
  if (value.length > limit) fail(path, `has ${value.length} entries, at most ${limit} are allowed`);
  return value.map((entry, i) => item(entry, `${path}[${i}]`));
}

/** A string of at most 1024 characters, perhaps empty. */
export function text(value: unknown, path: string): string {
  if (typeof value !== 'string') fail(path, 'must be a string');
  if (value.length > MAX_NAME) fail(path, `has ${value.length} characters, at most ${MAX_NAME} are allowed`);
  return value;
}

/** A string that is not empty. */
export function name(value: unknown, path: string): string {
  return text(value, path) || fail(path, 'must not be empty');
}

/** JSON has no NaN or infinity, but `1e999` reads as one. */
export function finite(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) fail(path, 'must be a finite number');
  return value;
}

export function positive(value: unknown, path: string): number {
  const number = finite(value, path);
  return number > 0 ? number : fail(path, 'must be positive');
}

/** A positive safe integer. */
export function size(value: unknown, path: string): number {
  if (!Number.isSafeInteger(value) || (value as number) <= 0) fail(path, 'must be a positive integer');
  return value as number;
}

export function oneOf<const T extends string>(value: unknown, path: string, choices: readonly T[]): T {
  return choices.find((choice) => choice === value) ?? fail(path, `must be one of ${choices.join(', ')}`);
}

/** Any JSON, nested at most 32 deep. */
export function json(value: unknown, path: string, depth = MAX_DEPTH): Json {
  if (depth === 0) fail(path, `is nested more than ${MAX_DEPTH} deep`);
  if (typeof value === 'number') return finite(value, path);
  if (typeof value !== 'object' || value === null) return value as Json;
  for (const [key, entry] of Object.entries(value)) json(entry, `${path}.${key.slice(0, 40)}`, depth - 1);
  return value as Json;
}
