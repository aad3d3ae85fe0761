// A server whose answers a test writes down: tests/platform/scripted.mjs gives them.
import type { TestContext } from './test.js';

/** One answer. It holds a fixture, ETag and ranges unless this says otherwise. */
export interface Answer {
  readonly etag?: string;
  readonly lastModified?: string;
  /** In place of the fixture that the address names. */
  readonly file?: string;
  /** So many of them in place of a fixture. */
  readonly zeros?: number;
  readonly gzip?: boolean;
  /** Bytes of its body after which the connection breaks. */
  readonly breakAfter?: number;
  /** Bytes of its body after which nothing comes any more. */
  readonly stallAfter?: number;
  /** What it says of its length, whatever comes. */
  readonly length?: number;
  /** It never ends. */
  readonly endless?: boolean;
  /** False: the whole file whatever range is asked for. */
  readonly ranges?: boolean;
  /** Bytes by which its Content-Range is wrong. */
  readonly shift?: number;
  /** Gives what is asked for, whatever If-Range or If-None-Match say. */
  readonly ignoresConditions?: boolean;
  /** An empty answer. */
  readonly status?: number;
  /** No answer: the connection ends. */
  readonly refuse?: boolean;
}

export interface Asked {
  readonly method: string;
  readonly name: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of the answer. */
  readonly status?: number;
  readonly closed?: boolean;
}

export class Script {
  readonly #t: TestContext;
  readonly #id = Math.random().toString(36).slice(2);

  constructor(t: TestContext) {
    this.#t = t;
  }

  /** What the next requests are answered; the last goes for all after it too. */
  async answer(...answers: readonly Answer[]): Promise<this> {
    await fetch(this.#t.url(`scripts/${this.#id}`), { method: 'POST', body: JSON.stringify(answers) });
    return this;
  }

  url(fixture: string): string {
    return this.#t.url(`scripted/${this.#id}/${fixture}`);
  }

  /** All requests until now. */
  async requests(): Promise<readonly Asked[]> {
    return (await fetch(this.#t.url(`requests/${this.#id}`))).json();
  }
}

export const script = (t: TestContext, ...answers: readonly Answer[]): Promise<Script> => new Script(t).answer(...answers);
