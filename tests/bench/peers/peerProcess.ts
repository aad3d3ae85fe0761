// A contestant in a process of its own, as the one that times sees it. One that dies says so, and is started anew for the next model.
import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Timing } from '../../../src/bench/stopwatch.js';
import type { Entrant } from './comparison.js';
import type { PeerModel } from './models.js';
import type { ModelFiles } from './project.js';

/** What `load` gives: the first output in NCHW, and what it took to get there. */
export interface Loaded {
  readonly output: Float32Array;
  readonly loadMs: number;
  readonly firstMs: number;
}

const ANSWER_WITHIN = 300_000;

export class PeerProcess {
  readonly #command: readonly [string, ...string[]];
  readonly #root: string;
  #child: ChildProcess | undefined;

  /** `node` is the path of an interpreter. */
  constructor(root: string, node: string, { contestant, ...options }: Entrant) {
    const guest = [node, join(root, 'turns.mjs'), contestant, JSON.stringify(options)] as const;
    // One thread stays on one core: not the first, which most interrupts go to.
    const pin = options.threads === 1 && process.platform === 'linux';
    this.#command = pin ? ['taskset', '-c', `${availableParallelism() - 1}`, ...guest] : [...guest];
    this.#root = root;
  }

  /** Throws what the contestant says. */
  async load({ onnx, tflite, input: path }: ModelFiles, { input, output }: PeerModel): Promise<Loaded> {
    const { name, shape } = input;
    const answer = await this.#ask('load', { files: { onnx, tflite }, input: { name, shape, path }, output });
    const bytes = Buffer.from(answer.output as string, 'base64');
    const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    return { output: values, loadMs: answer.loadMs as number, firstMs: answer.firstMs as number };
  }

  async warmUp(ms: number): Promise<void> {
    await this.#ask('warmUp', ms);
  }

  async turn(runs: number): Promise<Timing[]> {
    return (await this.#ask('turn', runs)).timings as Timing[];
  }

  async free(): Promise<void> {
    await this.#ask('free');
  }

  end(): void {
    this.#child?.kill();
    this.#child = undefined;
  }

  async #ask(question: string, argument?: unknown): Promise<Record<string, unknown>> {
    if (!this.#child) {
      this.#child = this.#start();
      await this.#answer(this.#child, () => {});
    }
    const child = this.#child;
    return this.#answer(child, () => child.send([question, argument]));
  }

  #start(): ChildProcess {
    const [command, ...args] = this.#command;
    const stdio = ['ignore', 'ignore', process.env.DEBUG ? 'inherit' : 'ignore', 'ipc'] as const;
    return spawn(command, args, { cwd: this.#root, stdio: [...stdio] });
  }

  async #answer(child: ChildProcess, ask: () => void): Promise<Record<string, unknown>> {
    const listeners = new AbortController();
    try {
      const answer = await new Promise<Record<string, unknown>>((resolve, reject) => {
        const on = (event: string, listener: (value: unknown) => void): void => {
          child.once(event, listener);
          listeners.signal.addEventListener('abort', () => child.off(event, listener));
        };
        const timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_WITHIN / 1000} s`)), ANSWER_WITHIN);
        listeners.signal.addEventListener('abort', () => clearTimeout(timer));
        on('message', (message) => resolve(message as Record<string, unknown>));
        on('error', reject);
        on('exit', (code) => reject(new Error(`its process ended with ${code ?? 'a signal'}`)));
        ask();
      });
      if (typeof answer.error === 'string') throw new Error(answer.error);
      return answer;
    } catch (error) {
      // After a failure nobody knows what state it is in.
      this.end();
      throw error;
    } finally {
      listeners.abort();
    }
  }
}
