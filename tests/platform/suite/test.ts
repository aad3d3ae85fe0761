// What a test of the suite is, and what it is given. Nothing here or in a test knows where it runs: the environment does.
import { assert } from 'chai';
import type * as Hetconv from '../../../src/platform/node/index.js';
import type { ErrorCode, LoadOptions, Model, Source } from '../../../src/platform/node/index.js';

/** What not every platform has. */
export type Capability =
  | 'files'
  | 'page'
  | 'inline'
  | 'wideColor'
  | 'videoFrame'
  | 'relaxed'
  | 'memory'
  | 'cache'
  | 'cutCompression';

/** All files below the folder of caches. */
export interface KeptFiles {
  /** Their paths. */
  list(): Promise<string[]>;
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  write(path: string, bytes: Uint8Array): Promise<void>;
}

export type Entry = Pick<typeof Hetconv, 'loadModel' | 'HetConvError'>;

export interface Environment {
  /** The installed package, by the entry of this platform. */
  readonly hetconv: Entry;
  /** Imports hetconv/inline. */
  readonly inline?: () => Promise<Entry>;
  /** Address of the test server, without a slash at its end. */
  readonly server: string;
  /** What this platform lacks, and why. */
  readonly limits: Readonly<Partial<Record<Capability, string>>>;
  /** The fixtures' folder as a path, where there are files. */
  readonly folder?: string;
  /** What caches keep, if they are files. */
  readonly keptFiles?: KeptFiles;
  /** Bytes that the process (or the page) holds, where it can know, when garbage has been collected. */
  readonly memory?: () => number;
}

export interface Test {
  readonly name: string;
  readonly needs: readonly Capability[];
  readonly body: (t: TestContext) => unknown;
}

export const tests: Test[] = [];

/** Registers a test. `needs` names what a platform must have for it to run. */
export function test(name: string, needs: readonly Capability[], body: Test['body']): void {
  assert(!tests.some((other) => other.name === name), `two tests are named "${name}"`);
  tests.push({ name, needs, body });
}

/** What one test is given. */
export class TestContext {
  readonly environment: Environment;
  readonly #loaded: Model[];
  readonly #shared: Record<string, string> = {};

  /** `loaded` takes the models that are to be disposed of. */
  constructor(environment: Environment, loaded: Model[] = []) {
    this.environment = environment;
    this.#loaded = loaded;
  }

  /** The same with hetconv/inline in place of the platform's own entry; for tests that need 'inline'. */
  async inline(): Promise<TestContext> {
    return new TestContext({ ...this.environment, hetconv: await this.environment.inline!() }, this.#loaded);
  }

  /** The address of a fixture, or of another path of the test server. */
  url(path: string): string {
    return `${this.environment.server}/${path}`;
  }

  fixtureUrl(name: string): string {
    return this.url(`fixtures/${name}`);
  }

  /** A fixture's path; for tests that need 'files'. */
  path(name: string): string {
    return `${this.environment.folder}/${name}`;
  }

  async response(name: string): Promise<Response> {
    const response = await fetch(this.fixtureUrl(name));
    assert(response.ok, `${response.url} answered ${response.status}`);
    return response;
  }

  async bytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await (await this.response(name)).arrayBuffer());
  }

  async floats(name: string): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array(await (await this.response(name)).arrayBuffer());
  }

  async json<T>(name: string): Promise<T> {
    return (await this.response(name)).json();
  }

  /** `loadModel`; the model is disposed of after the test. */
  async loadFrom(source: Source, options?: LoadOptions): Promise<Model> {
    const model = await this.environment.hetconv.loadModel(source, options);
    this.#loaded.push(model);
    return model;
  }

  /** A fixture's bytes, loaded. */
  async load(name: string, options?: LoadOptions): Promise<Model> {
    return this.loadFrom(await this.bytes(name), options);
  }

  /** `work` must fail with a HetConvError of this code whose message matches. */
  async rejects(work: () => unknown, code: ErrorCode, message: RegExp): Promise<void> {
    const outcome = await new Promise<unknown>((resolve) => {
      Promise.resolve()
        .then(work)
        .then(() => resolve(undefined), resolve);
    });
    assert(outcome !== undefined, `it went well, but ${code} was expected`);
    const { HetConvError } = this.environment.hetconv;
    assert(outcome instanceof HetConvError, `not a HetConvError: ${outcome instanceof Error ? outcome.stack : outcome}`);
    assert.equal(outcome.code, code, outcome.message);
    assert.match(outcome.message, message);
  }

  /** Hands in what must have the same bits on every platform. */
  agree(label: string, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
    const text = Array.from(new Uint8Array(buffer, byteOffset, byteLength), (byte) => String.fromCharCode(byte)).join('');
    this.#shared[label] = btoa(text);
  }

  get shared(): Readonly<Record<string, string>> {
    return this.#shared;
  }

  dispose(): void {
    for (const model of this.#loaded) model.dispose();
  }
}
